// SPDX-License-Identifier: Apache-2.0
// Our reader of certificates and OpenSSL's agree: on certificates that we generate, on others of each algorithm, and on
// all that the vectors hold.

import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as x509 from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import { parsePem } from '../../../../src/base/bytes.ts';
import { type Certificate, isSignedBy, parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { generateX509Chain } from '../../../../src/crypto/x509/generate.ts';
import { findPaths } from '../../../../src/crypto/x509/path.ts';

x509.cryptoProvider.set(webcrypto);

const NOW = new Date('2026-11-22T12:00:00Z');
const VALIDITY = { notBefore: new Date('2026-11-01T00:00:00Z'), notAfter: new Date('2027-11-01T00:00:00Z') };
const ALGORITHMS = [
  { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  { name: 'Ed25519' },
  { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
] as const;

const VECTORS = new URL('../../../vectors/signing/x509/', import.meta.url);

const derOf = (text: string): Uint8Array => parsePem(text)[0]?.der ?? new Uint8Array();
const bytes = (certificate: x509.X509Certificate): Uint8Array => new Uint8Array(certificate.rawData);

const pem = { type: 'spki', format: 'pem' } as const;

function ourFacts({ subject, serial, notBefore, notAfter, publicKey, extensions }: Certificate) {
  const { subjectAltName, basicConstraints, extendedKeyUsage } = extensions;
  return {
    subject: subject.text
      .split(/(?<!\\),/)
      .map((text) => text.replaceAll('\\', ''))
      .sort(),
    serial,
    notBefore,
    notAfter,
    names: subjectAltName.length,
    ca: basicConstraints?.ca ?? false,
    purposes: extendedKeyUsage ?? [],
    key: publicKey?.key.export(pem) ?? 'unsupported',
  };
}

/** As OpenSSL reads it; it supports RSA keys of any size. */
function theirFacts(der: Uint8Array) {
  const theirs = new X509Certificate(der);
  const supported = (theirs.publicKey.asymmetricKeyDetails?.modulusLength ?? 2048) >= 2048;
  return {
    subject: theirs.subject
      .split('\n')
      .map((text) => text.replaceAll('\\', ''))
      .sort(),
    serial: theirs.serialNumber.toLowerCase(),
    notBefore: theirs.validFromDate,
    notAfter: theirs.validToDate,
    names: theirs.subjectAltName?.split(', ').length ?? 0,
    ca: theirs.ca,
    purposes: theirs.keyUsage ?? [],
    key: supported ? theirs.publicKey.export(pem) : 'unsupported',
  };
}

describe('a second opinion on certificates', () => {
  test('OpenSSL reads the chain that we generate as we do, and finds every signature good', async () => {
    const chain = await generateX509Chain({ name: 'Release', email: 'release@example.org', days: 30, now: NOW });
    const ders = [chain.certificate, chain.intermediates, chain.root].map(derOf);
    for (const [index, der] of ders.entries()) {
      expect(ourFacts(parseCertificate(der))).toEqual(theirFacts(der));
      const [certificate, issuer] = [
        new X509Certificate(der),
        new X509Certificate(ders[Math.min(index + 1, 2)] ?? der),
      ];
      expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
    }
  });

  test.each(['#00', 'A "quoted", name+', 'Größe', 'CN=x'])('a name is taken literally: %s', async (name) => {
    const { certificate } = await generateX509Chain({ name, email: 'a@example.org', days: 1, now: NOW });
    expect(new X509Certificate(certificate).toLegacyObject().subject.CN).toBe(name);
  });

  test.each(readdirSync(VECTORS).filter((name) => name.endsWith('.pem')))('both read %s alike', (name) => {
    const der = derOf(readFileSync(new URL(name, VECTORS), 'utf8'));
    expect(ourFacts(parseCertificate(der))).toEqual(theirFacts(der));
  });

  test.each(ALGORITHMS)('both read a chain of $name $namedCurve, and we find a path', async (algorithm) => {
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
    expect(ourFacts(ourRoot)).toEqual(theirFacts(ourRoot.der));
    expect(ourFacts(ourLeaf)).toEqual(theirFacts(ourLeaf.der));
    expect(isSignedBy(ourLeaf, ourRoot)).toBe(true);
    expect(isSignedBy(ourRoot, ourLeaf)).toBe(false);
    expect(findPaths(ourLeaf, { anchors: [ourRoot], intermediates: [], now: NOW })).toMatchObject({
      anchors: [ourRoot.sha256],
      ended: [],
      path: [{ certificate: { sha256: ourLeaf.sha256 } }, { certificate: { sha256: ourRoot.sha256 } }],
      reasons: [],
    });
  });
});

async function newKeys(algorithm: (typeof ALGORITHMS)[number]): Promise<webcrypto.CryptoKeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('a key pair was expected');
  return keys;
}
