// SPDX-License-Identifier: Apache-2.0
// Is a subject or issuer written as it is compared? Names of certificates are compared as RFC 4514 text; OpenSSL and
// others print the same name in other spellings, which would match nothing without a word.

import { ATTRIBUTE_NAMES } from '../../crypto/x509/names.ts';

/** What other programs call attributes. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  e: 'emailAddress',
  email: 'emailAddress',
  s: 'ST',
  sp: 'ST',
  surname: 'SN',
  gn: 'givenName',
};
/** Attributes that stand for one person or thing: the most specific ones. */
const MOST_SPECIFIC: ReadonlySet<string> = new Set(['CN', 'UID', 'emailAddress', 'serialNumber']);

/**
 * Whether every attribute of a name, which may have stars, is written as a certificate's name is.
 * @see https://www.rfc-editor.org/rfc/rfc4514.html#section-2
 */
export function isRfc4514(text: string): boolean {
  const parts = text.split(/(?<=(?:^|[^\\])(?:\\\\)*)[,+]/);
  return parts.every((part) => {
    const [, type = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    const known = ATTRIBUTE_NAMES.has(type) || (/^\d+(?:\.\d+)+$/.test(type) && value.startsWith('#'));
    return known && value !== '' && !value.startsWith(' ') && !/(?<!\\) $/.test(value);
  });
}

/** The name as a policy writes it, of one that OpenSSL or another program printed; undefined when that cannot be told. */
export function asRfc4514(text: string): string | undefined {
  const slashes = text.startsWith('/');
  const printed = slashes ? text.slice(1).split(/\/(?=[\w.]+=)/) : text.split(/(?<!\\),\s*(?=[A-Za-z][\w.]*\s*=)/);
  const attributes = printed.map((part) => {
    const [, type = '', value = ''] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    const name = [...ATTRIBUTE_NAMES].find((known) => known.toLowerCase() === type.toLowerCase());
    const [, quoted] = /^"(.*)"$/s.exec(value) ?? [];
    const plain = quoted ?? value;
    const escaped = slashes || quoted !== undefined ? plain.replace(/["+,;<>\\]/g, '\\$&') : plain;
    return [name ?? OTHER_NAMES[type.toLowerCase()] ?? type, escaped] as const;
  });
  const rootFirst = slashes || !MOST_SPECIFIC.has(attributes[0]?.[0] ?? '');
  const ordered = rootFirst ? attributes.toReversed() : attributes;
  const written = ordered.map(([name, value]) => `${name}=${value}`).join(',');
  return isRfc4514(written) ? written : undefined;
}
