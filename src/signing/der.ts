// SPDX-License-Identifier: Apache-2.0
// A strict reader of DER, for certificates from hostile places: definite minimal lengths, one-byte tags, no left-over
// bytes. Also the few writers that making a certificate needs.

import { concatBytes, utf8 } from '../primitives/bytes.ts';
import { SignatureError } from './errors.ts';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

/** One element: its identifier octet, its content and all its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly bytes: Uint8Array;
}

export function derError(problem: string): SignatureError {
  return new SignatureError('SIGNATURE_CERTIFICATE_UNREADABLE', `not a certificate: ${problem}`);
}

/**
 * The one element that the bytes hold.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 * @see ITU-T X.690 (02/2021) section 10
 */
export function readDer(bytes: Uint8Array): DerElement {
  const [element, ...rest] = readAll(bytes);
  if (!element || rest.length > 0) throw derError('there is not exactly one element');
  return element;
}

/** The elements inside a constructed element. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function childrenOf(element: DerElement, tag: number = TAG.sequence): readonly DerElement[] {
  return readAll(expectTag(element, tag).content);
}

/** The element, which must be there and have this tag. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag === tag) return element;
  throw derError(`expected tag 0x${tag.toString(16)}, found ${element ? `0x${element.tag.toString(16)}` : 'nothing'}`);
}

function readAll(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readAt(bytes, at);
    elements.push(element);
    at += element.bytes.length;
  }
  return elements;
}

function readAt(bytes: Uint8Array, at: number): DerElement {
  const tag = bytes[at] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw derError('a tag of several bytes');
  const { length, size } = readLength(bytes, at + 1);
  const start = at + 1 + size;
  if (start + length > bytes.length) throw derError('an element reaches past the end');
  return { tag, content: bytes.subarray(start, start + length), bytes: bytes.subarray(at, start + length) };
}

function readLength(bytes: Uint8Array, at: number): { readonly length: number; readonly size: number } {
  const first = bytes[at];
  if (first === undefined) throw derError('it is cut off');
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + count >= bytes.length) throw derError('a length is malformed');
  let length = 0;
  for (let index = 1; index <= count; index += 1) length = length * 256 + (bytes[at + index] ?? 0);
  if (length < 0x80 || length < 256 ** (count - 1)) throw derError('a length is not minimal');
  return { length, size: 1 + count };
}

/** Dotted text of an object identifier. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readOid(element: DerElement | undefined): string {
  const { content } = expectTag(element, TAG.oid);
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0) >= 0x80)
    throw derError('a malformed identifier');
  const arcs: number[] = [];
  let value = 0;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) throw derError('an identifier that is not minimal');
    value = value * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) throw derError('an identifier that is too large');
    fresh = byte < 0x80;
    if (fresh) {
      arcs.push(value);
      value = 0;
    }
  }
  const [head = 0, ...tail] = arcs;
  const top = Math.min(2, Math.floor(head / 40));
  return [top, head - top * 40, ...tail].join('.');
}

/** TRUE or FALSE. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readBoolean(element: DerElement): boolean {
  const { content } = expectTag(element, TAG.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw derError('a malformed boolean');
  return content[0] === 0xff;
}

/** Content of a minimally encoded INTEGER. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readInteger(element: DerElement | undefined, tag: number = TAG.integer): Uint8Array {
  const { content } = expectTag(element, tag);
  const [first, second] = content;
  const padded = (first === 0 && (second ?? 0xff) < 0x80) || (first === 0xff && (second ?? 0) >= 0x80);
  if (first === undefined || (content.length > 1 && padded)) throw derError('a malformed integer');
  return content;
}

/** An INTEGER from 0 to 2^31 - 1. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readSmallInteger(element: DerElement | undefined, tag?: number): number {
  const content = readInteger(element, tag);
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) throw derError('an integer out of range');
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/** Bytes of a BIT STRING of whole bytes. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readBitBytes(element: DerElement | undefined): Uint8Array {
  const { content } = expectTag(element, TAG.bitString);
  if (content[0] !== 0) throw derError('a bit string that is no whole number of bytes');
  return content.subarray(1);
}

/** Set bits of a named BIT STRING, bit 0 first. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readNamedBits(element: DerElement): ReadonlySet<number> {
  const { content } = expectTag(element, TAG.bitString);
  const unused = content[0] ?? 8;
  const bytes = content.subarray(1);
  if (unused > 7 || (bytes.length === 0 && unused > 0)) throw derError('a malformed bit string');
  const bits = new Set<number>();
  for (let bit = 0; bit < bytes.length * 8; bit += 1)
    if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) bits.add(bit);
  if ([...bits].some((bit) => bit >= bytes.length * 8 - unused)) throw derError('a bit string with stray bits');
  return bits;
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** A UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 allows. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readTime(element: DerElement | undefined): Date {
  const utc = element?.tag === TAG.utcTime;
  const { content } = expectTag(element, utc ? TAG.utcTime : TAG.generalizedTime);
  const text = Buffer.from(content).toString('latin1');
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    (utc ? UTC_TIME : GENERALIZED_TIME).exec(text) ?? [];
  const century = utc ? (Number(year) >= 50 ? '19' : '20') : '';
  const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(iso);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw derError('a malformed time');
  return time;
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
