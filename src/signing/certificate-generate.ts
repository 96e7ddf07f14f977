// SPDX-License-Identifier: Apache-2.0
// Makes throw-away certificates: a root, an issuing CA and a code signing leaf. For trying countersign out and for
// tests; a real CA is somebody else's job.

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { concatBytes, utf8 } from '../primitives/bytes.ts';
import { encodePem } from '../primitives/pem.ts';
import type { Secret } from '../primitives/secret.ts';
import { encodeDer, encodeOid, encodeTime, readDer, TAG } from './der.ts';
import { keyHint } from './keys.ts';

const ECDSA_SHA256 = encodeDer(TAG.sequence, encodeOid('1.2.840.10045.4.3.2'));
const TRUE = encodeDer(TAG.boolean, Uint8Array.of(0xff));
const CA_KEY_USAGE = encodeDer(TAG.bitString, Uint8Array.of(1, 0x06));
const LEAF_KEY_USAGE = encodeDer(TAG.bitString, Uint8Array.of(7, 0x80));
const CODE_SIGNING_USAGE = encodeDer(TAG.sequence, encodeOid('1.3.6.1.5.5.7.3.3'));

/** A new bare key as PEM files. */
export interface KeyFiles {
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
  /** PKCS#8, encrypted when there is a passphrase. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A new leaf with its chain; `root` is the trust anchor. */
export interface ChainFiles extends KeyFiles {
  readonly certificate: string;
  /** PEM of the issuing CA. */
  readonly intermediates: string;
  readonly root: string;
}

/** What one certificate is to say. */
export interface CertificateRequest {
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** Who signs; the certificate's own subject and key for a root. */
  readonly issuer: { readonly subject: string; readonly key: KeyObject };
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER of Extension elements. */
  readonly extensions: readonly Uint8Array[];
}

/** A new ECDSA P-256 key. */
export function generateEcKey(passphrase?: Secret): KeyFiles {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return keyFiles(privateKey, publicKey, passphrase);
}

function keyFiles(privateKey: KeyObject, publicKey: KeyObject, passphrase: Secret | undefined): KeyFiles {
  const encryption = passphrase ? { cipher: 'aes-256-cbc', passphrase: Buffer.from(passphrase.reveal()) } : {};
  return {
    hint: keyHint(publicKey),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8', ...encryption }).toString(),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** A new P-256 leaf for code signing with an e-mail address, under a new issuing CA under a new root; each valid for `days`. */
export function generateX509Chain(options: {
  readonly name: string;
  readonly email: string;
  readonly days: number;
  readonly passphrase?: Secret | undefined;
  readonly now: Date;
}): ChainFiles {
  const { name, email, days, now } = options;
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const validity = { notBefore, notAfter: new Date(notBefore.getTime() + days * 86_400_000) };
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rootIssuer = { subject: `${name} root CA`, key: root.privateKey };
  const caIssuer = { subject: `${name} issuing CA`, key: ca.privateKey };
  const pem = (request: Omit<CertificateRequest, 'notBefore' | 'notAfter'>): string =>
    encodePem('CERTIFICATE', encodeCertificate({ ...request, ...validity }));
  return {
    ...keyFiles(leaf.privateKey, leaf.publicKey, options.passphrase),
    root: pem({
      subject: rootIssuer.subject,
      publicKey: root.publicKey,
      issuer: rootIssuer,
      extensions: caExtensions(),
    }),
    intermediates: pem({
      subject: caIssuer.subject,
      publicKey: ca.publicKey,
      issuer: rootIssuer,
      extensions: caExtensions(0),
    }),
    certificate: pem({ subject: name, publicKey: leaf.publicKey, issuer: caIssuer, extensions: leafExtensions(email) }),
  };
}

/** Extensions of a CA certificate; without a path length any number of CAs may be below it. */
export function caExtensions(pathLength?: number): readonly Uint8Array[] {
  const length = pathLength === undefined ? [] : [encodeDer(TAG.integer, Uint8Array.of(pathLength))];
  return [
    encodeExtension('2.5.29.19', encodeDer(TAG.sequence, TRUE, ...length), true),
    encodeExtension('2.5.29.15', CA_KEY_USAGE, true),
  ];
}

/** Extensions of a code signing certificate for an e-mail address. */
export function leafExtensions(email: string): readonly Uint8Array[] {
  return [
    encodeExtension('2.5.29.15', LEAF_KEY_USAGE, true),
    encodeExtension('2.5.29.37', CODE_SIGNING_USAGE, false),
    encodeExtension('2.5.29.17', encodeDer(TAG.sequence, encodeDer(0x81, utf8(email))), false),
  ];
}

/** DER of one Extension. */
export function encodeExtension(oid: string, value: Uint8Array, critical: boolean): Uint8Array {
  return encodeDer(TAG.sequence, encodeOid(oid), ...(critical ? [TRUE] : []), encodeDer(TAG.octetString, value));
}

/** DER of a version 3 certificate, signed by an ECDSA key with SHA-256. */
export function encodeCertificate(request: CertificateRequest): Uint8Array {
  const serial = Buffer.concat([Uint8Array.of(0x40), randomBytes(15)]);
  const spki = readDer(new Uint8Array(request.publicKey.export({ format: 'der', type: 'spki' })));
  const extensions = encodeDer(0xa3, encodeDer(TAG.sequence, ...request.extensions));
  const tbs = encodeDer(
    TAG.sequence,
    encodeDer(0xa0, encodeDer(TAG.integer, Uint8Array.of(2))),
    encodeDer(TAG.integer, serial),
    ECDSA_SHA256,
    encodeName(request.issuer.subject),
    encodeDer(TAG.sequence, encodeTime(request.notBefore), encodeTime(request.notAfter)),
    encodeName(request.subject),
    spki.bytes,
    ...(request.extensions.length > 0 ? [extensions] : []),
  );
  const signature = sign('sha256', tbs, request.issuer.key);
  return encodeDer(TAG.sequence, tbs, ECDSA_SHA256, encodeDer(TAG.bitString, concatBytes(Uint8Array.of(0), signature)));
}

/** A name of one attribute, the common name. */
function encodeName(commonName: string): Uint8Array {
  const attribute = encodeDer(TAG.sequence, encodeOid('2.5.4.3'), encodeDer(TAG.utf8String, utf8(commonName)));
  return encodeDer(TAG.sequence, encodeDer(TAG.set, attribute));
}
