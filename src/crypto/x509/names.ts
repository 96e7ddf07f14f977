// SPDX-License-Identifier: Apache-2.0
// Names in certificates as text: distinguished names as RFC 4514 writes them, alternative names as policies do. What a
// name constraint allows is name-constraints.ts.

import { isIP } from 'node:net';
import { toHex } from '../../base/bytes.ts';
import { contentOf, type Element, elementOf, elementsIn, membersOf, oidOf, TAG, unreadable } from './der.ts';

const MAX_ATTRIBUTES = 100;

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'givenName',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};
/** What attributes are called in the text of a name; others are dotted numbers. */
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(Object.values(ATTRIBUTES));
const EMAIL_ATTRIBUTE = '1.2.840.113549.1.9.1';

/** One attribute of a distinguished name. */
interface Attribute {
  readonly oid: string;
  /** Undefined when the value is of a kind that we do not decode. */
  readonly text: string | undefined;
  readonly value: Element;
}

/** A distinguished name. */
export interface DistinguishedName {
  /** The encoding, as hex: names of issuer and subject are compared by it. */
  readonly key: string;
  /** RFC 4514 text; control characters escaped. Empty for a name without attributes. */
  readonly text: string;
  /** One normalised text per RDN, root first, for comparison as in RFC 5280 section 7.1. */
  readonly rdns: readonly string[];
  readonly emails: readonly string[];
}

/** A name of subjectAltName or nameConstraints. */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly text: string }
  /** An address, or in name constraints a network: `192.0.2.0/24`. */
  | { readonly kind: 'ip'; readonly text: string }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'other'; readonly type: string };

/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readName(name: Element): DistinguishedName {
  const members = membersOf(name).map((rdn) => membersOf(rdn, TAG.set));
  if (members.flat().length > MAX_ATTRIBUTES || members.some((rdn) => rdn.length === 0))
    throw unreadable('a malformed name');
  const rdns = members.map((rdn) => rdn.map(readAttribute));
  return {
    key: toHex(name.whole),
    text: rdns
      .toReversed()
      .map((rdn) => rdn.map(attributeText).join('+'))
      .join(','),
    rdns: rdns.map((rdn) => rdn.map(normalised).sort().join('+')),
    emails: rdns.flat().flatMap(({ oid, text }) => (oid === EMAIL_ATTRIBUTE && text !== undefined ? [text] : [])),
  };
}

function readAttribute(element: Element): Attribute {
  const [type, value, ...more] = membersOf(element);
  if (!value || more.length > 0) throw unreadable('a malformed attribute');
  return { oid: oidOf(type), text: textOf(value), value };
}

const ASCII_KINDS: ReadonlySet<number> = new Set([0x13, 0x16]);

/** Texts are PrintableString, IA5String, UTF8String, BMPString and TeletexString, which everybody reads as Latin-1. */
function textOf({ tag, content }: Element): string | undefined {
  const bytes = Buffer.from(content);
  if (ASCII_KINDS.has(tag) && bytes.some((byte) => byte > 0x7f))
    throw unreadable('a text with characters outside its alphabet');
  if (ASCII_KINDS.has(tag) || tag === 0x14) return bytes.toString('latin1');
  if (tag !== 0x0c && tag !== 0x1e) return undefined;
  const text =
    tag === 0x0c
      ? bytes.toString('utf8')
      : bytes
          .subarray(0, bytes.length & ~1)
          .swap16()
          .toString('utf16le');
  const again = tag === 0x0c ? Buffer.from(text) : Buffer.from(text, 'utf16le');
  if (!text.isWellFormed() || again.length !== bytes.length || (tag === 0x0c && !again.equals(bytes)))
    throw unreadable('a text that is not properly encoded');
  return text;
}

/** What the tags of alternative names are called that identities do not use. */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  0xa0: 'otherName',
  0xa3: 'x400Address',
  0xa5: 'ediPartyName',
  0x88: 'registeredID',
};

/**
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.6
 */
export function readGeneralName(element: Element): GeneralName {
  const { tag, content } = element;
  if (tag === 0x81) return { kind: 'email', text: printable(content) };
  if (tag === 0x82) return { kind: 'dns', text: printable(content) };
  if (tag === 0x86) return { kind: 'uri', text: printable(content) };
  if (tag === 0x87) return { kind: 'ip', text: ipText(content) };
  if (tag === 0xa4) return { kind: 'directory', name: readName(elementOf(content)) };
  const type = OTHER_NAMES[tag];
  if (type === undefined) throw unreadable('a name of an unknown kind');
  if (tag === 0x88) oidOf(element, tag);
  else elementsIn(contentOf(element, tag));
  return { kind: 'other', type };
}

/** Printable ASCII only: a NUL or line end inside a name has no honest use. */
function printable(content: Uint8Array): string {
  const text = Buffer.from(content).toString('latin1');
  if (/[^ -~]/.test(text)) throw unreadable('a name with unprintable characters');
  return text;
}

/** An address, or in constraints a network with the length of its mask. */
function ipText(content: Uint8Array): string {
  if (content.length === 4 || content.length === 16) return addressText(content);
  const half = content.length / 2;
  const mask = [...content.subarray(half)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  if ((half !== 4 && half !== 16) || !/^1*0*$/.test(mask)) throw unreadable('a malformed address');
  return `${addressText(content.subarray(0, half))}/${mask.replace(/0+$/, '').length}`;
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = toHex(bytes).match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** @see https://www.rfc-editor.org/rfc/rfc4514.html#section-2.4 */
function attributeText({ oid, text, value }: Attribute): string {
  const name = Object.hasOwn(ATTRIBUTES, oid) ? ATTRIBUTES[oid] : undefined;
  if (name === undefined || text === undefined) return `${name ?? oid}=#${toHex(value.whole)}`;
  const escaped = text
    .replace(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/\p{Cc}|\p{Cf}/gu, (char) => Buffer.from(char).toString('hex').replace(/../g, '\\$&'));
  return `${name}=${escaped}`;
}

function normalised({ oid, text, value }: Attribute): string {
  return `${oid}=${text === undefined ? `#${toHex(value.whole)}` : text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')}`;
}

/** The name as policies write it, `email:a@b`; undefined for kinds that identities do not use. */
export function sanText(name: GeneralName): string | undefined {
  if (name.kind === 'directory' || name.kind === 'other' || (name.kind === 'ip' && isIP(name.text) === 0))
    return undefined;
  return `${name.kind}:${name.text}`;
}
