// SPDX-License-Identifier: Apache-2.0
// Names in certificates as text: distinguished names as RFC 4514 writes them, alternative names as policies do. What a
// name constraint allows is name-constraints.ts.

import { isIP } from 'node:net';

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

/** One attribute of a distinguished name. */
export interface Attribute {
  readonly oid: string;
  /** Undefined when the value is of a kind that we do not decode. */
  readonly text: string | undefined;
  /** The encoding. */
  readonly valueHex: () => string;
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

/** A name of subjectAltName or nameConstraints. */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly text: string }
  /** An address, or in name constraints a network: `192.0.2.0/24`. */
  | { readonly kind: 'ip'; readonly text: string }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'other'; readonly type: string };

/** Attributes of each RDN, root first → the name; `key` is its encoding as hex. */
export function distinguishedName(rdns: readonly (readonly Attribute[])[], key: string): DistinguishedName {
  return {
    key,
    text: rdns
      .toReversed()
      .map((rdn) => rdn.map(attributeText).join('+'))
      .join(','),
    rdns: rdns.map((rdn) => rdn.map(normalised).sort().join('+')),
    emails: rdns.flat().flatMap(({ oid, text }) => (oid === EMAIL_ATTRIBUTE && text !== undefined ? [text] : [])),
  };
}

/** @see RFC 4514 section 2.4 */
function attributeText({ oid, text, valueHex }: Attribute): string {
  const name = Object.hasOwn(ATTRIBUTES, oid) ? ATTRIBUTES[oid] : undefined;
  if (name === undefined || text === undefined) return `${name ?? oid}=#${valueHex()}`;
  const escaped = text
    .replace(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/\p{Cc}|\p{Cf}/gu, (char) => Buffer.from(char).toString('hex').replace(/../g, '\\$&'));
  return `${name}=${escaped}`;
}

function normalised({ oid, text, valueHex }: Attribute): string {
  return `${oid}=${text === undefined ? `#${valueHex()}` : text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')}`;
}

/** The name as policies write it, `email:a@b`; undefined for kinds that identities do not use. */
export function sanText(name: GeneralName): string | undefined {
  if (name.kind === 'directory' || name.kind === 'other' || (name.kind === 'ip' && isIP(name.text) === 0))
    return undefined;
  return `${name.kind}:${name.text}`;
}
