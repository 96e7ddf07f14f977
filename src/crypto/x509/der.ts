// SPDX-License-Identifier: Apache-2.0
// DER: elements and the values inside them, in the one form that DER allows, so that no other reader finds something else
// in the same bytes. Nothing is read twice: a hostile certificate costs what its length costs.

import { toHex } from '../../base/bytes.ts';
import { SignatureError } from '../errors.ts';

/** The universal tags of certificates; those of the context are written where they are read. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element, its content not looked at. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** The error for bytes that are no certificate. */
export function unreadable(problem: string): SignatureError {
  return new SignatureError('SIGNATURE_CERTIFICATE_UNREADABLE', `not a certificate: ${problem}`);
}

/**
 * The elements that the bytes consist of.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 */
export function elementsIn(bytes: Uint8Array): readonly Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const element = elementAt(bytes, offset);
    elements.push(element);
    offset += element.whole.length;
  }
  return elements;
}

/** Where an element lies. */
export interface Extent {
  readonly tag: number;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
}

/**
 * Where the element at `offset` lies, nothing copied. Tags of one byte, definite lengths in the fewest bytes.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 */
export function extentAt(bytes: Uint8Array, offset: number): Extent {
  const tag = bytes[offset] ?? 0;
  const first = bytes[offset + 1] ?? 0x80;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const start = offset + 2 + digits;
  let length = digits === 0 ? first : 0;
  if (digits > 0 && digits <= 4)
    for (let at = offset + 2; at < start; at += 1) length = length * 256 + (bytes[at] ?? 0);
  const fewest = digits === 0 ? length < 0x80 : digits <= 4 && length >= Math.max(0x80, 256 ** (digits - 1));
  if ((tag & 0x1f) === 0x1f || !fewest || start + length > bytes.length)
    throw unreadable('it is not in the form of DER');
  return { tag, start, end: start + length };
}

function elementAt(bytes: Uint8Array, offset: number): Element {
  const { tag, start, end } = extentAt(bytes, offset);
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(offset, end) };
}

/** The members of a constructed element. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function membersOf(element: Element | undefined, tag: number = TAG.sequence): readonly Element[] {
  return elementsIn(contentOf(element, tag));
}

/** The content of an element that has this tag. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function contentOf(element: Element | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw unreadable('an element of another kind than expected, or none');
  return element.content;
}

/** The one element that the bytes are. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function elementOf(bytes: Uint8Array): Element {
  const element = elementAt(bytes, 0);
  if (element.whole.length !== bytes.length) throw unreadable('bytes after its end');
  return element;
}

/** Takes elements off a list in order; those with a DEFAULT or OPTIONAL may be absent. */
export class Members {
  readonly #left: Element[];

  constructor(elements: readonly Element[]) {
    this.#left = [...elements];
  }

  /** The next element, which may have any tag. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
  next(): Element {
    const element = this.#left.shift();
    if (!element) throw unreadable('an element is missing');
    return element;
  }

  /** The next element if it has this tag. */
  optional(tag: number): Element | undefined {
    return this.#left[0]?.tag === tag ? this.#left.shift() : undefined;
  }

  /** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
  end(): void {
    if (this.#left.length > 0) throw unreadable('an element too many');
  }
}

/** Bytes of an integer, in the fewest. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function integerBytes(element: Element | undefined, tag: number = TAG.integer): Uint8Array {
  const bytes = contentOf(element, tag);
  const [first = 0, second = 0] = bytes;
  const padded = bytes.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (bytes.length === 0 || padded) throw unreadable('a malformed integer');
  return bytes;
}

/** An integer from 0 to 2³¹-1. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function smallInteger(element: Element | undefined, tag: number = TAG.integer): number {
  const bytes = integerBytes(element, tag);
  if (bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) throw unreadable('an integer out of range');
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function booleanOf(element: Element): boolean {
  const content = toHex(contentOf(element, TAG.boolean));
  if (content !== '00' && content !== 'ff') throw unreadable('a malformed truth value');
  return content === 'ff';
}

/** The bits of a string, and how many of the last byte are unused. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function bitsOf(element: Element | undefined): { readonly bytes: Uint8Array; readonly unused: number } {
  const content = contentOf(element, TAG.bitString);
  const [unused = 8] = content;
  const bytes = content.subarray(1);
  const stray = (bytes.at(-1) ?? 0) & (2 ** unused - 1);
  if (unused > 7 || (bytes.length === 0 && unused > 0) || stray !== 0) throw unreadable('a malformed string of bits');
  return { bytes, unused };
}

/** Longer than any in use: those made from a UUID have some 20. */
const MAX_OID_BYTES = 64;

/** An object identifier as text. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function oidOf(element: Element | undefined, tag: number = TAG.oid): string {
  const bytes = contentOf(element, tag);
  if (bytes.length === 0 || bytes.length > MAX_OID_BYTES || (bytes.at(-1) ?? 0) >= 0x80)
    throw unreadable('a malformed object identifier');
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const [index, byte] of bytes.entries()) {
    if (arc === 0n && byte === 0x80 && (index === 0 || (bytes[index - 1] ?? 0) < 0x80))
      throw unreadable('a malformed object identifier');
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/**
 * A time to the second in UTC; the years of two digits end with 2049.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.1.2.5
 */
export function timeOf({ tag, content }: Element): Date {
  const form = tag === TAG.utcTime ? UTC_TIME : tag === TAG.generalizedTime ? GENERALIZED_TIME : undefined;
  const [, digits = '', ...rest] = form?.exec(Buffer.from(content).toString('latin1')) ?? [];
  const year = digits.length === 2 ? `${digits < '50' ? '20' : '19'}${digits}` : digits;
  const [month, day, hour, minute, second] = rest;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) throw unreadable('a malformed time');
  return time;
}
