// SPDX-License-Identifier: Apache-2.0
// The one departure from DER that certificates in use show and that Go and OpenSSL read alike: a member written out
// although it has its DEFAULT value. Gives the bytes as DER wants them, without those members, for a comparison with
// what the ASN.1 library writes; what is signed and verified stays the bytes as they came.

import { concatBytes, equalBytes } from '../../base/bytes.ts';

/** Where members with a DEFAULT are, below an element. */
export interface Shape {
  /** The member with a DEFAULT: its place among all members, and its encoding with that value. */
  readonly member?: { readonly at: number; readonly byDefault: Uint8Array };
  /** Members to look into, by their tag. */
  readonly inside?: Readonly<Record<number, Shape>>;
}

const SEQUENCE = 0x30;
const FALSE = Uint8Array.of(0x01, 1, 0);
const MINIMUM_ZERO = Uint8Array.of(0x80, 1, 0);

const EXTENSION: Shape = { member: { at: 1, byDefault: FALSE } };
const SUBTREES: Shape = { inside: { [SEQUENCE]: { member: { at: 1, byDefault: MINIMUM_ZERO } } } };
const TBS: Shape = { inside: { 0xa3: { inside: { [SEQUENCE]: { inside: { [SEQUENCE]: EXTENSION } } } } } };

/** `critical` of extensions. */
export const CERTIFICATE_SHAPE: Shape = { inside: { [SEQUENCE]: TBS } };
/** `cA`. */
export const BASIC_CONSTRAINTS_SHAPE: Shape = { member: { at: 0, byDefault: FALSE } };
/** `minimum` of subtrees. */
export const NAME_CONSTRAINTS_SHAPE: Shape = { inside: { 0xa0: SUBTREES, 0xa1: SUBTREES } };

/** The element without members that have their DEFAULT value; unchanged when its lengths are not as in DER. */
export function withoutExplicitDefaults(bytes: Uint8Array, shape: Shape): Uint8Array {
  const element = readElement(bytes, 0);
  return element && element.end === bytes.length ? rewrite(element, shape) : bytes;
}

interface Element {
  readonly tag: number;
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
  /** Offset behind it. */
  readonly end: number;
}

function rewrite(element: Element, { member, inside = {} }: Shape): Uint8Array {
  const members = readElements(element.content);
  if (!members) return element.whole;
  const kept = members.filter(({ whole }, index) => index !== member?.at || !equalBytes(whole, member.byDefault));
  const parts = kept.map((part) => {
    const shape = inside[part.tag];
    return shape ? rewrite(part, shape) : part.whole;
  });
  const content = concatBytes(...parts);
  return concatBytes(headOf(element.tag, content.length), content);
}

function readElements(bytes: Uint8Array): readonly Element[] | undefined {
  const elements: Element[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const element = readElement(bytes, offset);
    if (!element) return undefined;
    elements.push(element);
    offset = element.end;
  }
  return elements;
}

/** Tags of one byte and definite lengths in the fewest bytes only. */
function readElement(bytes: Uint8Array, offset: number): Element | undefined {
  const [tag, first] = [bytes[offset], bytes[offset + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const digits = bytes.subarray(offset + 2, offset + 2 + more);
  if (first === 0x80 || more > 3 || digits.length < more) return undefined;
  const length = more === 0 ? first : digits.reduce((sum, digit) => sum * 256 + digit, 0);
  const start = offset + 2 + more;
  const end = start + length;
  if (end > bytes.length || headOf(tag, length).length !== 2 + more) return undefined;
  return { tag, whole: bytes.subarray(offset, end), content: bytes.subarray(start, end), end };
}

function headOf(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.of(tag, 0x80 | digits.length, ...digits);
}
