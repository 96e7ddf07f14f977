// SPDX-License-Identifier: Apache-2.0
// Makes throw-away certificates: a root, an issuing CA and a code signing leaf. For trying countersign out and for
// tests; a real CA is somebody else's job.

// @peculiar/x509 refuses to load without it.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { encodePem } from '../../base/bytes.ts';
import type { Secret } from '../../base/secret.ts';
import { type KeyFiles, keyFiles } from '../key-generate.ts';

const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new leaf with its chain; `root` is the trust anchor. */
export interface ChainFiles extends KeyFiles {
  readonly certificate: string;
  /** PEM of the issuing CA. */
  readonly intermediates: string;
  readonly root: string;
}

interface Party {
  readonly commonName: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A new P-256 leaf for code signing with an e-mail address, under a new issuing CA under a new root; each valid for `days`. */
export async function generateX509Chain(options: {
  readonly name: string;
  readonly email: string;
  readonly days: number;
  readonly passphrase?: Secret | undefined;
  readonly now: Date;
}): Promise<ChainFiles> {
  const { name, email, days, now } = options;
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const validity = { notBefore, notAfter: new Date(notBefore.getTime() + days * 86_400_000) };
  const root = await newParty(`${name} root CA`);
  const ca = await newParty(`${name} issuing CA`);
  const leaf = await newParty(name);
  const { privateKey, publicKey } = leaf.keys;
  return {
    ...keyFiles({ privateKey: KeyObject.from(privateKey), publicKey: KeyObject.from(publicKey) }, options.passphrase),
    root: await issue(root, root, { ...validity, extensions: caExtensions() }),
    intermediates: await issue(ca, root, { ...validity, extensions: caExtensions(0) }),
    certificate: await issue(leaf, ca, { ...validity, extensions: leafExtensions(email) }),
  };
}

async function newParty(commonName: string): Promise<Party> {
  return { commonName, keys: await webcrypto.subtle.generateKey(ECDSA_P256, true, ['sign', 'verify']) };
}

/** PEM of a certificate for `subject`, signed by `issuer`. */
async function issue(
  subject: Party,
  issuer: Party,
  content: Validity & { readonly extensions: readonly Extension[] },
): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    ...content,
    extensions: [...content.extensions],
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    publicKey: subject.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ECDSA_P256,
  });
  return encodePem('CERTIFICATE', new Uint8Array(certificate.rawData));
}

/** Given as an object, the text is taken literally: `#`, quotes and commas have no meaning. */
function nameOf({ commonName }: Party): Name {
  return new Name([{ CN: [{ utf8String: commonName }] }]);
}

/** Without a path length any number of CAs may be below it. */
function caExtensions(pathLength?: number): readonly Extension[] {
  return [
    new BasicConstraintsExtension(true, pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
}

function leafExtensions(email: string): readonly Extension[] {
  return [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning]),
    new SubjectAlternativeNameExtension([{ type: 'email', value: email }]),
  ];
}
