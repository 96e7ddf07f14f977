// SPDX-License-Identifier: Apache-2.0
// Bytes ↔ text: UTF-8, hex and canonical base64, all strict.

import { DataError } from './errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Text of UTF-8 bytes.
 * @throws DataError DATA_NOT_UTF8
 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new DataError('DATA_NOT_UTF8', `${what} is not valid UTF-8`, {
      cause,
      hint: 'check that the right file was given; it has to be a text in UTF-8',
    });
  }
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * Bytes of canonical standard base64 (padding required, no white space, no stray bits).
 * @throws DataError DATA_BASE64_INVALID
 */
export function fromBase64(text: string, what: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text)
    throw new DataError('DATA_BASE64_INVALID', `${what} is not canonical base64`, {
      hint: 'restore the original bytes; the value was altered or cut',
    });
  return new Uint8Array(bytes);
}

/** One array of all the parts, in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Same length and same bytes; not constant time, so not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
