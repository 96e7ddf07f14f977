// SPDX-License-Identifier: Apache-2.0
// DER → what a certificate says. Nothing is judged here; what no other reader would read alike is refused. One departure
// from DER is read, because certificates in use show it and Go and OpenSSL read it: a DEFAULT that is written out.

import { toHex } from '../../base/bytes.ts';
import {
  bitsOf,
  booleanOf,
  contentOf,
  type Element,
  elementOf,
  elementsIn,
  integerBytes,
  Members,
  membersOf,
  oidOf,
  smallInteger,
  TAG,
  timeOf,
  unreadable,
} from './der.ts';
import type { NameConstraints } from './name-constraints.ts';
import { type DistinguishedName, type GeneralName, readGeneralName, readName } from './names.ts';

const MAX_BYTES = 32 * 1024;
const MAX_EXTENSIONS = 64;
const MAX_GENERAL_NAMES = 1024;
const MAX_SUBTREES = 256;
/** RSA with the padding of PKCS#1 version 2, whose hashes are parameters. */
export const RSASSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const SHA1 = '1.3.14.3.2.26';

/** Bits of the key usage, by their number. */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'crlSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** Identifiers of the hashes; absent parameters mean SHA-1 and are given so. */
export interface PssParameters {
  readonly hash: string;
  readonly maskHash: string;
  readonly saltBytes: number;
}

/** How a certificate says that it was signed. */
export interface SignatureAlgorithm {
  readonly oid: string;
  /** Undefined unless it is `RSASSA_PSS` with parameters. */
  readonly pss: PssParameters | undefined;
}

/** The extensions that say who may do what. */
export interface Extensions {
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly keyUsage: readonly string[] | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  /** Identifiers of all that are critical. */
  readonly critical: readonly string[];
  readonly subjectAltName: readonly GeneralName[];
  readonly nameConstraints: NameConstraints | undefined;
  /** True when paths must be valid under some certificate policy, from here or from some certificates below on. */
  readonly requiresPolicy: boolean;
  /** The values of those that are none of the above, by identifier. */
  readonly others: ReadonlyMap<string, Uint8Array>;
  /** Identifiers of the critical ones among them. */
  readonly otherCritical: readonly string[];
}

/** The content of one certificate. */
export interface CertificateFields {
  readonly version: number;
  /** Lower-case hex, without the sign byte. */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER of the public key. */
  readonly spki: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  /** The exact bytes that are signed. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly extensions: Extensions;
}

/**
 * The content of a DER certificate.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.1
 */
export function readX509(der: Uint8Array): CertificateFields {
  if (der.length > MAX_BYTES) throw unreadable(`${der.length} bytes; the limit is ${MAX_BYTES}`);
  const parts = new Members(membersOf(elementOf(der)));
  const [signed, algorithm, signature] = [parts.next(), parts.next(), bitsOf(parts.next())];
  parts.end();
  if (signature.unused > 0) throw unreadable('a signature that is no whole number of bytes');
  const tbs = new Members(membersOf(signed));
  const version = readVersion(tbs.optional(0xa0));
  const serial = toHex(integerBytes(tbs.next())).replace(/^00(?=.)/, '');
  if (toHex(tbs.next().whole) !== toHex(algorithm.whole)) throw unreadable('its two signature algorithms differ');
  const issuer = readName(tbs.next());
  const [from, until, ...more] = membersOf(tbs.next());
  if (!from || !until || more.length > 0) throw unreadable('a malformed validity');
  const [subject, spki] = [readName(tbs.next()), tbs.next()];
  // Unique identifiers of issuer and subject are of no use to anybody, and not looked at.
  const ids = [tbs.optional(0x81), tbs.optional(0x82)].filter(Boolean);
  const list = tbs.optional(0xa3);
  tbs.end();
  if ((list && version !== 3) || (ids.length > 0 && version < 2))
    throw unreadable(`version ${version} with extensions`);
  return {
    version,
    serial,
    subject,
    issuer,
    notBefore: timeOf(from),
    notAfter: timeOf(until),
    spki: readSpki(spki),
    algorithm: readAlgorithm(algorithm),
    signedBytes: signed.whole,
    signature: signature.bytes,
    extensions: readExtensions(list ? membersOf(elementOf(list.content)) : []),
  };
}

/** Version 1 is the default, and never written. */
function readVersion(element: Element | undefined): number {
  const version = element ? smallInteger(elementOf(element.content)) + 1 : 1;
  if (element && (version < 2 || version > 3)) throw unreadable(`version ${version}`);
  return version;
}

/** The key itself is for the cryptography to read. */
function readSpki(element: Element): Uint8Array {
  const [algorithm, key, ...more] = membersOf(element);
  oidOf(membersOf(algorithm)[0]);
  if (bitsOf(key).unused > 0 || more.length > 0) throw unreadable('a malformed public key');
  return element.whole;
}

/**
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 * @see https://www.rfc-editor.org/rfc/rfc4055.html#section-3.1
 */
export function readAlgorithm(element: Element | undefined): SignatureAlgorithm {
  const [identifier, parameters, ...more] = membersOf(element);
  const oid = oidOf(identifier);
  if (more.length > 0) throw unreadable('a malformed algorithm');
  if (oid !== RSASSA_PSS || !parameters) return { oid, pss: undefined };
  const members = new Members(membersOf(parameters));
  const [hash, mask, salt] = [members.optional(0xa0), members.optional(0xa1), members.optional(0xa2)];
  members.end();
  const [function_, maskHash] = mask ? membersOf(elementOf(mask.content)) : [];
  if (mask && oidOf(function_) !== MGF1) throw unreadable('RSA-PSS with an unknown mask');
  return {
    oid,
    pss: {
      hash: hash ? oidOf(membersOf(elementOf(hash.content))[0]) : SHA1,
      maskHash: mask ? oidOf(membersOf(maskHash)[0]) : SHA1,
      saltBytes: salt ? smallInteger(elementOf(salt.content)) : 20,
    },
  };
}

/** One extension, its value not looked at. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
export function readExtension(element: Element): Extension {
  const members = new Members(membersOf(element));
  const oid = oidOf(members.next());
  const critical = members.optional(TAG.boolean);
  const value = contentOf(members.next(), TAG.octetString);
  members.end();
  return { oid, critical: critical !== undefined && booleanOf(critical), value };
}

const EXTENSION = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
} as const;
const READ_EXTENSIONS: ReadonlySet<string> = new Set(Object.values(EXTENSION));

/** @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2 */
function readExtensions(elements: readonly Element[]): Extensions {
  if (elements.length > MAX_EXTENSIONS) throw unreadable('too many extensions');
  const list = elements.map(readExtension);
  const values = new Map(list.map(({ oid, value }) => [oid, value]));
  if (values.size < list.length) throw unreadable('an extension that is repeated');
  const read = <T>(name: keyof typeof EXTENSION, from: (element: Element) => T): T | undefined => {
    const value = values.get(EXTENSION[name]);
    return value && from(elementOf(value));
  };
  return {
    basicConstraints: read('basicConstraints', readBasicConstraints),
    keyUsage: read('keyUsage', readKeyUsage),
    extendedKeyUsage: read('extendedKeyUsage', (element) => membersOf(element).map((usage) => oidOf(usage))),
    critical: list.flatMap(({ oid, critical }) => (critical ? [oid] : [])),
    subjectAltName: read('subjectAltName', readAltNames) ?? [],
    nameConstraints: read('nameConstraints', readNameConstraints),
    requiresPolicy: read('policyConstraints', readPolicyConstraints) ?? false,
    others: new Map([...values].filter(([oid]) => !READ_EXTENSIONS.has(oid))),
    otherCritical: list.flatMap(({ oid, critical }) => (critical && !READ_EXTENSIONS.has(oid) ? [oid] : [])),
  };
}

function readBasicConstraints(element: Element): Extensions['basicConstraints'] {
  const members = new Members(membersOf(element));
  const [ca, length] = [members.optional(TAG.boolean), members.optional(TAG.integer)];
  members.end();
  return { ca: ca !== undefined && booleanOf(ca), pathLength: length && smallInteger(length) };
}

function readKeyUsage(element: Element): Extensions['keyUsage'] {
  const { bytes } = bitsOf(element);
  if (bytes.length > 2) throw unreadable('a malformed key usage');
  return KEY_USAGES.filter((_, bit) => (((bytes[bit >> 3] ?? 0) << (bit & 7)) & 0x80) !== 0);
}

/** @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.6 */
function readAltNames(element: Element): readonly GeneralName[] {
  const names = membersOf(element);
  if (names.length > MAX_GENERAL_NAMES) throw unreadable('too many names');
  return names.map(readGeneralName);
}

/** One that is empty would say nothing and mean something to others. @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.10 */
function readNameConstraints(element: Element): NameConstraints {
  const members = new Members(membersOf(element));
  const [permitted, excluded] = [members.optional(0xa0), members.optional(0xa1)];
  members.end();
  if (!permitted && !excluded) throw unreadable('name constraints without names');
  return { permitted: permitted ? readSubtrees(permitted) : [], excluded: excluded ? readSubtrees(excluded) : [] };
}

/** A minimum may be written out, and only as zero; a maximum has no meaning. */
function readSubtrees({ content }: Element): readonly GeneralName[] {
  const subtrees = elementsIn(content);
  if (subtrees.length === 0 || subtrees.length > MAX_SUBTREES)
    throw unreadable('name constraints with too many names, or none');
  return subtrees.map((subtree) => {
    const members = new Members(membersOf(subtree));
    const base = readGeneralName(members.next());
    const minimum = members.optional(0x80);
    members.end();
    if (minimum && smallInteger(minimum, 0x80) !== 0) throw unreadable('name constraints with a minimum');
    return base;
  });
}

function readPolicyConstraints(element: Element): boolean {
  const members = new Members(membersOf(element));
  const [required, inhibited] = [members.optional(0x80), members.optional(0x81)];
  members.end();
  for (const [tag, count] of [
    [0x80, required],
    [0x81, inhibited],
  ] as const)
    if (count) smallInteger(count, tag);
  return required !== undefined;
}
