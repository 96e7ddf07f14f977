// SPDX-License-Identifier: Apache-2.0
// Writes certificate revocation lists of any content, also such that no CA would write. Shares no code with their reader.

import { type KeyObject, sign } from 'node:crypto';
import { concatBytes } from '../../src/base/bytes.ts';
import { encodeDer, encodeExtension, encodeName, encodeOid, encodeTime, TAG } from './certificates.ts';

/** One entry. */
export interface CrlEntryRequest {
  /** Hex. */
  readonly serial: string;
  readonly at: Date;
  /** Number of the reason. */
  readonly reason?: number;
  readonly invalidFrom?: Date;
  readonly extensions?: readonly Uint8Array[];
}

/** What one list is to say. */
export interface CrlRequest {
  readonly issuer: { readonly subject: string; readonly key: KeyObject };
  readonly thisUpdate: Date;
  /** Null for none. */
  readonly nextUpdate: Date | null;
  /** Undefined for none. */
  readonly number?: number | undefined;
  readonly entries?: readonly CrlEntryRequest[];
  /** DER of Extension elements beside the number. */
  readonly extensions?: readonly Uint8Array[];
  /** Content of revokedCertificates instead of `entries`. */
  readonly revoked?: Uint8Array;
  /** False for version 1. */
  readonly version2?: boolean;
}

const ECDSA_SHA256 = encodeDer(TAG.sequence, encodeOid('1.2.840.10045.4.3.2'));

/** DER of an integer that is not negative. */
export function encodeInteger(hex: string): Uint8Array {
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return encodeDer(TAG.integer, (bytes[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), bytes) : new Uint8Array(bytes));
}

/** A GeneralizedTime, which invalidity dates are. */
export function encodeGeneralizedTime(time: Date): Uint8Array {
  const digits = `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return encodeDer(TAG.generalizedTime, Buffer.from(digits));
}

/** DER of an entry. */
export function encodeEntry({ serial, at, reason, invalidFrom, extensions = [] }: CrlEntryRequest): Uint8Array {
  const all = [
    ...(reason === undefined ? [] : [encodeExtension('2.5.29.21', encodeDer(0x0a, Uint8Array.of(reason)), false)]),
    ...(invalidFrom ? [encodeExtension('2.5.29.24', encodeGeneralizedTime(invalidFrom), false)] : []),
    ...extensions,
  ];
  const list = all.length > 0 ? [encodeDer(TAG.sequence, ...all)] : [];
  return encodeDer(TAG.sequence, encodeInteger(serial), encodeTime(at), ...list);
}

/** DER of a list, signed by an ECDSA key with SHA-256. */
export function encodeCrl(request: CrlRequest): Uint8Array {
  const { issuer, thisUpdate, nextUpdate, number, entries = [], extensions = [], version2 = true } = request;
  const revoked = request.revoked ?? concatBytes(...entries.map(encodeEntry));
  const all = [
    ...(number === undefined ? [] : [encodeExtension('2.5.29.20', encodeInteger(number.toString(16)), false)]),
    ...extensions,
  ];
  const tbs = encodeDer(
    TAG.sequence,
    ...(version2 ? [encodeDer(TAG.integer, Uint8Array.of(1))] : []),
    ECDSA_SHA256,
    encodeName(issuer.subject),
    encodeTime(thisUpdate),
    ...(nextUpdate ? [encodeTime(nextUpdate)] : []),
    ...(revoked.length > 0 ? [encodeDer(TAG.sequence, revoked)] : []),
    ...(all.length > 0 ? [encodeDer(0xa0, encodeDer(TAG.sequence, ...all))] : []),
  );
  const signature = sign('sha256', tbs, issuer.key);
  return encodeDer(TAG.sequence, tbs, ECDSA_SHA256, encodeDer(TAG.bitString, concatBytes(Uint8Array.of(0), signature)));
}
