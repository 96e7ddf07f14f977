// SPDX-License-Identifier: Apache-2.0
// Our reader of certificates and @peculiar/x509 agree: on certificates of ours, and on certificates that it makes.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import { parsePem } from '../../../src/primitives/pem.ts';
import { type Certificate, isSignedBy, parseCertificate } from '../../../src/signing/certificate.ts';
import { generateX509Chain } from '../../../src/signing/certificate-generate.ts';
import { findPaths } from '../../../src/signing/x509.ts';

x509.cryptoProvider.set(webcrypto);

const NOW = new Date('2026-11-22T12:00:00Z');
/** It does not count the first moment of a certificate as valid. */
const LATER = new Date('2026-11-22T12:00:01Z');
const VALIDITY = { notBefore: new Date('2026-11-01T00:00:00Z'), notAfter: new Date('2027-11-01T00:00:00Z') };
const ALGORITHMS = [
  { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  { name: 'Ed25519' },
  { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
] as const;

const bytes = (certificate: x509.X509Certificate): Uint8Array => new Uint8Array(certificate.rawData);

function sameFacts(ours: Certificate, theirs: x509.X509Certificate): void {
  const san = theirs.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  const basic = theirs.getExtension(x509.BasicConstraintsExtension);
  expect({
    serial: ours.serial,
    notBefore: ours.notBefore,
    notAfter: ours.notAfter,
    names: ours.extensions.subjectAltName.length,
    ca: ours.extensions.basicConstraints?.ca ?? false,
    purposes: ours.extensions.extendedKeyUsage ?? [],
  }).toEqual({
    serial: theirs.serialNumber.toLowerCase(),
    notBefore: theirs.notBefore,
    notAfter: theirs.notAfter,
    names: san.length,
    ca: basic?.ca ?? false,
    purposes: theirs.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [],
  });
  const commonName = theirs.subjectName.getField('CN')[0] ?? '';
  expect(ours.subject.text).toContain(`CN=${commonName}`);
}

describe('a second opinion on certificates', () => {
  test('it reads the chain that we generate as we do, and finds every signature good', async () => {
    const chain = generateX509Chain({ name: 'Release', email: 'release@example.org', days: 30, now: NOW });
    const pems = [chain.certificate, chain.intermediates, chain.root];
    const theirs = pems.map((pem) => new x509.X509Certificate(pem));
    for (const [index, certificate] of theirs.entries()) {
      sameFacts(parseCertificate(parsePem(pems[index] ?? '')[0]?.der ?? new Uint8Array()), certificate);
      const issuer = theirs[Math.min(index + 1, 2)];
      expect(await certificate.verify({ ...(issuer && { publicKey: issuer }), date: LATER })).toBe(true);
    }
  });

  test.each(ALGORITHMS)('we read a chain of $name $namedCurve that it makes, and find a path', async (algorithm) => {
    const [rootKeys, leafKeys] = [await newKeys(algorithm), await newKeys(algorithm)];
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01ab',
      name: 'CN=Root, O=Example',
      ...VALIDITY,
      keys: rootKeys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 1, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: '7f00ff',
      subject: 'CN=Release, O=Example',
      issuer: root.subject,
      ...VALIDITY,
      publicKey: leafKeys.publicKey,
      signingKey: rootKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
        new x509.SubjectAlternativeNameExtension([{ type: 'email', value: 'release@example.org' }]),
      ],
    });
    const [ourRoot, ourLeaf] = [parseCertificate(bytes(root)), parseCertificate(bytes(leaf))];
    sameFacts(ourRoot, root);
    sameFacts(ourLeaf, leaf);
    expect(isSignedBy(ourLeaf, ourRoot)).toBe(true);
    expect(isSignedBy(ourRoot, ourLeaf)).toBe(false);
    expect(findPaths(ourLeaf, { anchors: [ourRoot], intermediates: [], now: NOW })).toEqual({
      anchors: [ourRoot.sha256],
      reasons: [],
    });
  });
});

async function newKeys(algorithm: (typeof ALGORITHMS)[number]): Promise<webcrypto.CryptoKeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('a key pair was expected');
  return keys;
}
