// SPDX-License-Identifier: Apache-2.0
// DER → what a certificate says, by the ASN.1 library. That reads more than DER; so a value counts only if the library,
// asked to write it again, gives the very bytes it read, explicit defaults apart. Nothing is judged here.

import { RsaSaPssParams } from '@peculiar/asn1-rsa';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  type AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  type Extension,
  type GeneralName as AsnGeneralName,
  type GeneralSubtrees,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_policyConstraints,
  id_ce_subjectAltName,
  KeyUsage,
  type KeyUsageType,
  type Name,
  NameConstraints as AsnNameConstraints,
  PolicyConstraints,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import { equalBytes, toHex } from '../../base/bytes.ts';
import { type Attribute, type DistinguishedName, distinguishedName, type GeneralName } from './names.ts';
import { SignatureError } from '../errors.ts';
import {
  BASIC_CONSTRAINTS_SHAPE,
  CERTIFICATE_SHAPE,
  NAME_CONSTRAINTS_SHAPE,
  type Shape,
  withoutExplicitDefaults,
} from './explicit-defaults.ts';
import type { NameConstraints } from './name-constraints.ts';

const MAX_BYTES = 32 * 1024;
/** The library needs some 50 µs for each element: what a hostile certificate can cost. */
const BER_LIMITS = { maxDepth: 32, maxNodes: 3000, maxContentLength: MAX_BYTES };
const MAX_EXTENSIONS = 64;
const MAX_ATTRIBUTES = 100;
const MAX_GENERAL_NAMES = 1024;
const MAX_SUBTREES = 256;
export const RSASSA_PSS = '1.2.840.113549.1.1.10';

/** Identifiers of the hashes; absent parameters mean SHA-1 and are given so. */
export interface PssParameters {
  readonly hash: string;
  readonly maskHash: string;
  readonly saltBytes: number;
}

export interface SignatureAlgorithm {
  readonly oid: string;
  /** Undefined unless it is `RSASSA_PSS` with parameters. */
  readonly pss: PssParameters | undefined;
}

export interface Extensions {
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly keyUsage: readonly KeyUsageType[] | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: readonly GeneralName[];
  readonly nameConstraints: NameConstraints | undefined;
  /** True when paths must be valid under some certificate policy, from here or from some certificates below on. */
  readonly requiresPolicy: boolean;
  /** Identifiers of the critical ones that are none of the above. */
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
 * @see RFC 5280 section 4.1
 */
export function readX509(der: Uint8Array): CertificateFields {
  const {
    tbsCertificate: tbs,
    tbsCertificateRaw,
    signatureAlgorithm,
    signatureValue,
  } = decode(der, Certificate, CERTIFICATE_SHAPE);
  const version = tbs.version + 1;
  const { notBefore, notAfter } = tbs.validity;
  if (!tbs.signature.isEqual(signatureAlgorithm)) throw unreadable('its two signature algorithms differ');
  if (!tbsCertificateRaw || version < 1 || version > 3) throw unreadable(`version ${version}`);
  if (tbs.extensions && version !== 3) throw unreadable(`version ${version} with extensions`);
  return {
    version,
    serial: readSerial(new Uint8Array(tbs.serialNumber)),
    subject: readName(tbs.subject),
    issuer: readName(tbs.issuer),
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
    spki: encode(tbs.subjectPublicKeyInfo),
    algorithm: readAlgorithm(signatureAlgorithm),
    signedBytes: new Uint8Array(tbsCertificateRaw),
    signature: new Uint8Array(signatureValue),
    extensions: readExtensions(tbs.extensions ?? []),
  };
}

function unreadable(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_CERTIFICATE_UNREADABLE', `not a certificate: ${problem}`, { cause });
}

/** The library throws errors of many kinds at malformed bytes: all of them mean the same. */
function decode<T>(bytes: Uint8Array, type: new () => T, shape: Shape = {}): T {
  if (bytes.length > MAX_BYTES) throw unreadable(`${bytes.length} bytes; the limit is ${MAX_BYTES}`);
  let value: T;
  let again: Uint8Array;
  try {
    value = AsnConvert.parse(Uint8Array.from(bytes), type, { berOptions: BER_LIMITS });
    again = encode(value);
  } catch (cause) {
    throw unreadable(`${type.name} is malformed`, cause);
  }
  if (!equalBytes(again, bytes) && !equalBytes(again, withoutExplicitDefaults(bytes, shape)))
    throw unreadable(`${type.name} is not in the one form that DER allows`);
  return value;
}

function encode(value: unknown): Uint8Array {
  return new Uint8Array(AsnConvert.serialize(value));
}

/** @see RFC 4055 section 3.1 */
function readAlgorithm({ algorithm, parameters }: AlgorithmIdentifier): SignatureAlgorithm {
  if (algorithm !== RSASSA_PSS || !parameters) return { oid: algorithm, pss: undefined };
  const { hashAlgorithm, maskGenAlgorithm, saltLength } = decode(new Uint8Array(parameters), RsaSaPssParams);
  const mask = new Uint8Array(maskGenAlgorithm.parameters ?? []);
  const maskHash = decode(mask, AlgorithmIdentifier).algorithm;
  return { oid: algorithm, pss: { hash: hashAlgorithm.algorithm, maskHash, saltBytes: smallInteger(saltLength) } };
}

/** Large integers come from the library as text. */
function smallInteger(value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 0x7fff_ffff) throw unreadable('an integer out of range');
  return number;
}

/** The library keeps the bytes as they are, padding included. */
function readSerial(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  if (hex === '' || /^(?:00[0-7]|ff[89a-f])/.test(hex)) throw unreadable('a malformed serial number');
  return hex.replace(/^00(?=.)/, '');
}

function readName(name: Name): DistinguishedName {
  const rdns = name.map((rdn) => [...rdn].map(readAttribute));
  if (rdns.flat().length > MAX_ATTRIBUTES || rdns.some((rdn) => rdn.length === 0)) throw unreadable('a malformed name');
  return distinguishedName(rdns, toHex(encode(name)));
}

function readAttribute({ type, value }: AttributeTypeAndValue): Attribute {
  const ascii = value.printableString ?? value.ia5String;
  if (ascii !== undefined && /[^\0-\x7f]/.test(ascii)) throw unreadable('a text with characters outside its alphabet');
  const text = ascii ?? value.utf8String ?? value.bmpString ?? value.teletexString;
  if (text?.isWellFormed() === false) throw unreadable('a text that is not properly encoded');
  return { oid: type, text, valueHex: () => toHex(encode(value)) };
}

/** @see RFC 5280 section 4.2.1.6 */
function readGeneralName(name: AsnGeneralName): GeneralName {
  const { rfc822Name, dNSName, uniformResourceIdentifier, iPAddress, directoryName } = name;
  if (rfc822Name !== undefined) return { kind: 'email', text: printable(rfc822Name) };
  if (dNSName !== undefined) return { kind: 'dns', text: printable(dNSName) };
  if (uniformResourceIdentifier !== undefined) return { kind: 'uri', text: printable(uniformResourceIdentifier) };
  if (iPAddress !== undefined) return { kind: 'ip', text: iPAddress };
  if (directoryName !== undefined) return { kind: 'directory', name: readName(directoryName) };
  return { kind: 'other', type: Object.entries(name).find(([, value]) => value !== undefined)?.[0] ?? '' };
}

/** Printable ASCII only: a NUL or line end inside a name has no honest use. */
function printable(text: string): string {
  if (/[^ -~]/.test(text)) throw unreadable('a name with unprintable characters');
  return text;
}

const READ_EXTENSIONS: ReadonlySet<string> = new Set([
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  id_ce_nameConstraints,
  id_ce_policyConstraints,
]);

function readExtensions(list: readonly Extension[]): Extensions {
  const values = new Map(list.map(({ extnID, extnValue }) => [extnID, new Uint8Array(extnValue.buffer)]));
  if (list.length > MAX_EXTENSIONS || values.size < list.length)
    throw unreadable('too many extensions, or one that is repeated');
  const read = <T>(oid: string, type: new () => T, shape?: Shape): T | undefined => {
    const value = values.get(oid);
    return value && decode(value, type, shape);
  };
  const usages = read(id_ce_extKeyUsage, ExtendedKeyUsage);
  return {
    basicConstraints: readBasicConstraints(read(id_ce_basicConstraints, BasicConstraints, BASIC_CONSTRAINTS_SHAPE)),
    keyUsage: readKeyUsage(read(id_ce_keyUsage, KeyUsage)),
    extendedKeyUsage: usages && [...usages],
    subjectAltName: readAltNames(read(id_ce_subjectAltName, SubjectAlternativeName) ?? []),
    nameConstraints: readNameConstraints(read(id_ce_nameConstraints, AsnNameConstraints, NAME_CONSTRAINTS_SHAPE)),
    requiresPolicy: read(id_ce_policyConstraints, PolicyConstraints)?.requireExplicitPolicy !== undefined,
    otherCritical: list.flatMap(({ extnID, critical }) => (critical && !READ_EXTENSIONS.has(extnID) ? [extnID] : [])),
  };
}

function readBasicConstraints(value: BasicConstraints | undefined): Extensions['basicConstraints'] {
  const length = value?.pathLenConstraint;
  return value && { ca: value.cA, pathLength: length === undefined ? undefined : smallInteger(length) };
}

/** The library ignores stray bits, and miscounts more bits than there are usages. */
function readKeyUsage(usage: KeyUsage | undefined): Extensions['keyUsage'] {
  const octets = new Uint8Array(usage?.value ?? []);
  if (octets.length > 2 || ((octets.at(-1) ?? 0) & (2 ** (usage?.unusedBits ?? 0) - 1)) !== 0)
    throw unreadable('a malformed key usage');
  return usage?.toJSON();
}

function readAltNames(names: readonly AsnGeneralName[]): readonly GeneralName[] {
  if (names.length > MAX_GENERAL_NAMES) throw unreadable('too many names');
  return names.map(readGeneralName);
}

function readNameConstraints(value: AsnNameConstraints | undefined): NameConstraints | undefined {
  return value && { permitted: readSubtrees(value.permittedSubtrees), excluded: readSubtrees(value.excludedSubtrees) };
}

/** `minimum` and `maximum` must be absent. @see RFC 5280 section 4.2.1.10 */
function readSubtrees(subtrees: GeneralSubtrees | undefined): readonly GeneralName[] {
  const list = [...(subtrees ?? [])];
  if (list.length > MAX_SUBTREES || list.some(({ minimum, maximum }) => minimum !== 0 || maximum !== undefined))
    throw unreadable('name constraints that are too many or malformed');
  return list.map(({ base }) => readGeneralName(base));
}
