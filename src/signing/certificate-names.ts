// SPDX-License-Identifier: Apache-2.0
// Names in certificates: distinguished names as RFC 4514 text, and the general names of subjectAltName and
// nameConstraints. What a constraint allows is name-constraints.ts.

import { toHex } from '../primitives/bytes.ts';
import { childrenOf, type DerElement, derError, readDer, readOid, TAG } from './der.ts';

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
const EMAIL_ATTRIBUTE = '1.2.840.113549.1.9.1';

/** Attributes in one distinguished name. */
const MAX_ATTRIBUTES = 100;
/** General names in one extension. */
const MAX_GENERAL_NAMES = 1024;

interface Attribute {
  readonly oid: string;
  /** Undefined when the value is of a kind that we do not decode. */
  readonly text: string | undefined;
  readonly valueHex: string;
}

/** A distinguished name. */
export interface DistinguishedName {
  /** The encoding, as hex: names of issuer and subject are compared by it. */
  readonly key: string;
  /** RFC 4514 text; control characters escaped. */
  readonly text: string;
  /** One normalised text per RDN, root first, for comparison as in RFC 5280 section 7.1. */
  readonly rdns: readonly string[];
  readonly emails: readonly string[];
}

/** A general name by its context tag number. */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly text: string }
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'other'; readonly tag: number };

/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readName(element: DerElement): DistinguishedName {
  const rdns = childrenOf(element).map((rdn) => childrenOf(rdn, TAG.set).map(readAttribute));
  const attributes = rdns.flat();
  if (attributes.length > MAX_ATTRIBUTES || rdns.some((rdn) => rdn.length === 0)) throw derError('a malformed name');
  return {
    key: toHex(element.bytes),
    text: rdns
      .toReversed()
      .map((rdn) => rdn.map(attributeText).join('+'))
      .join(','),
    rdns: rdns.map((rdn) => rdn.map(normalised).sort().join('+')),
    emails: attributes.flatMap(({ oid, text }) => (oid === EMAIL_ATTRIBUTE && text !== undefined ? [text] : [])),
  };
}

function readAttribute(element: DerElement): Attribute {
  const [type, value, ...rest] = childrenOf(element);
  if (!value || rest.length > 0) throw derError('a malformed name attribute');
  return { oid: readOid(type), text: readText(value), valueHex: toHex(value.bytes) };
}

function readText({ tag, content }: DerElement): string | undefined {
  switch (tag) {
    case TAG.utf8String:
      return decode('utf-8', content);
    case TAG.printableString:
    case TAG.ia5String:
      if (content.some((byte) => byte >= 0x80)) throw derError('a text with characters outside its alphabet');
      return decode('utf-8', content);
    case TAG.teletexString:
      return Buffer.from(content).toString('latin1');
    case TAG.bmpString:
      return decode('utf-16be', content);
    default:
      return undefined;
  }
}

function decode(encoding: string, content: Uint8Array): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw derError('a text that is not properly encoded');
  }
}

/** @see RFC 4514 section 2.4 */
function attributeText({ oid, text, valueHex }: Attribute): string {
  const name = Object.hasOwn(ATTRIBUTES, oid) ? ATTRIBUTES[oid] : undefined;
  if (name === undefined || text === undefined) return `${name ?? oid}=#${valueHex}`;
  const escaped = text
    .replace(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/\p{Cc}|\p{Cf}/gu, (char) => Buffer.from(char).toString('hex').replace(/../g, '\\$&'));
  return `${name}=${escaped}`;
}

function normalised({ oid, text, valueHex }: Attribute): string {
  return `${oid}=${text === undefined ? `#${valueHex}` : text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')}`;
}

/** The names in a GeneralNames sequence. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readGeneralNames(element: DerElement): readonly GeneralName[] {
  const names = childrenOf(element);
  if (names.length > MAX_GENERAL_NAMES) throw derError('too many names');
  return names.map(readGeneralName);
}

/** @see RFC 5280 section 4.2.1.6 */
export function readGeneralName({ tag, content }: DerElement): GeneralName {
  switch (tag) {
    case 0x81:
      return { kind: 'email', text: readAscii(content) };
    case 0x82:
      return { kind: 'dns', text: readAscii(content) };
    case 0x86:
      return { kind: 'uri', text: readAscii(content) };
    case 0x87:
      return { kind: 'ip', bytes: content };
    case 0xa4:
      return { kind: 'directory', name: readName(readDer(content)) };
    default:
      return { kind: 'other', tag };
  }
}

/** Printable ASCII only: a NUL or line end inside a name has no honest use. */
function readAscii(content: Uint8Array): string {
  if (content.some((byte) => byte < 0x20 || byte > 0x7e)) throw derError('a name with unprintable characters');
  return Buffer.from(content).toString('latin1');
}

/** The name as policies write it, `email:a@b`; undefined for kinds that identities do not use. */
export function sanText(name: GeneralName): string | undefined {
  if (name.kind === 'ip') return ipText(name.bytes);
  return name.kind === 'directory' || name.kind === 'other' ? undefined : `${name.kind}:${name.text}`;
}

function ipText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return `ip:${bytes.join('.')}`;
  if (bytes.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  // The URL parser writes IPv6 addresses as RFC 5952 does.
  const { hostname } = new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`);
  return `ip:${hostname.slice(1, -1)}`;
}
