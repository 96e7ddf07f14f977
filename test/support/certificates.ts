// SPDX-License-Identifier: Apache-2.0
// Writes certificates of any content, also such that no library would write. Shares no code with what reads them.

import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** What one certificate is to say. */
export interface CertificateRequest {
  /** A random one unless given. */
  readonly serial?: Uint8Array;
  readonly subject: string;
  /** An `emailAddress` of the subject beside its common name. */
  readonly subjectEmail?: string;
  readonly publicKey: KeyObject;
  /** Who signs; the certificate's own subject and key for a root. */
  readonly issuer: { readonly subject: string; readonly key: KeyObject };
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** How times are written; as encodeTime does if absent. */
  readonly time?: (time: Date) => Uint8Array;
  /** DER of Extension elements. */
  readonly extensions: readonly Uint8Array[];
}

/** Bytes of an element with this tag and content. */
export function encodeDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length];
  return concatBytes(Uint8Array.from(head), body);
}

/** Bytes of an object identifier. */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left % 128) | 0x80);
    return digits;
  });
  return encodeDer(TAG.oid, Uint8Array.from(bytes));
}

/** Bytes of a time: UTCTime up to 2049, then GeneralizedTime. */
export function encodeTime(time: Date): Uint8Array {
  const digits = `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  const utc = time.getUTCFullYear() >= 1950 && time.getUTCFullYear() < 2050;
  return encodeDer(utc ? TAG.utcTime : TAG.generalizedTime, utf8(utc ? digits.slice(2) : digits));
}

const ECDSA_SHA256 = encodeDer(TAG.sequence, encodeOid('1.2.840.10045.4.3.2'));
const TRUE = encodeDer(TAG.boolean, Uint8Array.of(0xff));
const CA_KEY_USAGE = encodeDer(TAG.bitString, Uint8Array.of(1, 0x06));
const LEAF_KEY_USAGE = encodeDer(TAG.bitString, Uint8Array.of(7, 0x80));
const CODE_SIGNING_USAGE = encodeDer(TAG.sequence, encodeOid('1.3.6.1.5.5.7.3.3'));

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

/** A positive serial number of 16 bytes. */
export function newSerial(): Uint8Array {
  return Uint8Array.of(0x40, ...randomBytes(15));
}

/** DER of a version 3 certificate, signed by an ECDSA key with SHA-256. */
export function encodeCertificate(request: CertificateRequest): Uint8Array {
  const time = request.time ?? encodeTime;
  const { serial = newSerial() } = request;
  const spki = new Uint8Array(request.publicKey.export({ format: 'der', type: 'spki' }));
  const extensions = encodeDer(0xa3, encodeDer(TAG.sequence, ...request.extensions));
  const tbs = encodeDer(
    TAG.sequence,
    encodeDer(0xa0, encodeDer(TAG.integer, Uint8Array.of(2))),
    encodeDer(TAG.integer, serial),
    ECDSA_SHA256,
    encodeName(request.issuer.subject),
    encodeDer(TAG.sequence, time(request.notBefore), time(request.notAfter)),
    encodeName(request.subject, request.subjectEmail),
    spki,
    ...(request.extensions.length > 0 ? [extensions] : []),
  );
  const signature = sign('sha256', tbs, request.issuer.key);
  return encodeDer(TAG.sequence, tbs, ECDSA_SHA256, encodeDer(TAG.bitString, concatBytes(Uint8Array.of(0), signature)));
}

/** A name of one attribute, the common name, and an e-mail address if given; of none where the first is empty. */
export function encodeName(commonName: string, email?: string): Uint8Array {
  if (commonName === '') return encodeDer(TAG.sequence);
  const attribute = (oid: string, tag: number, text: string) =>
    encodeDer(TAG.set, encodeDer(TAG.sequence, encodeOid(oid), encodeDer(tag, utf8(text))));
  return encodeDer(
    TAG.sequence,
    attribute('2.5.4.3', TAG.utf8String, commonName),
    ...(email === undefined ? [] : [attribute('1.2.840.113549.1.9.1', 0x16, email)]),
  );
}
