// SPDX-License-Identifier: Apache-2.0
// X.509 certificates, parsed strictly from DER: what one certificate says. Whether it is trusted is x509.ts.

import { constants, type KeyObject, verify } from 'node:crypto';
import type { X509Identity } from '../policy/facts.ts';
import { equalBytes, toHex } from '../primitives/bytes.ts';
import { sha256Hex } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { parsePem } from '../primitives/pem.ts';
import { type DistinguishedName, type GeneralName, readGeneralNames, readName, sanText } from './certificate-names.ts';
import {
  childrenOf,
  type DerElement,
  derError,
  expectTag,
  readBitBytes,
  readBoolean,
  readDer,
  readInteger,
  readNamedBits,
  readOid,
  readSmallInteger,
  readTime,
  TAG,
} from './der.ts';
import { SignatureError } from './errors.ts';
import { keyHint, type PublicKey, publicKeyFromDer, toPublicKey } from './keys.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints.ts';

const MAX_CERTIFICATE_BYTES = 64 * 1024;
const MAX_EXTENSIONS = 64;
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';
/** Bits of keyUsage. */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5 } as const;

/** How the issuer signed; undefined hash for Ed25519. */
interface SignatureScheme {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly hash: string | null;
  readonly pssSaltBytes?: number;
}

export interface Extensions {
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly keyUsage: ReadonlySet<number> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: readonly GeneralName[];
  readonly nameConstraints: NameConstraints | undefined;
  /** Critical extensions that we do not process. */
  readonly unknownCritical: readonly string[];
}

export interface Certificate {
  readonly der: Uint8Array;
  /** Hex. */
  readonly sha256: string;
  readonly version: number;
  /** Lower-case hex, without the sign byte. */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Undefined when its kind or size is not supported; `keyProblem` then says why. */
  readonly publicKey: PublicKey | undefined;
  readonly keyProblem: string | undefined;
  readonly hint: string;
  /** Undefined for algorithms that are weak or not supported, named in `schemeName`. */
  readonly scheme: SignatureScheme | undefined;
  readonly schemeName: string;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly extensions: Extensions;
}

/**
 * One certificate.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 * @see RFC 5280 section 4.1
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw derError(`${der.length} bytes; the limit is ${MAX_CERTIFICATE_BYTES}`);
  const [tbs, algorithm, signature, ...rest] = childrenOf(readDer(der));
  if (!tbs || !algorithm || rest.length > 0) throw derError('it does not have three parts');
  const fields = [...childrenOf(tbs)];
  const version = fields[0]?.tag === 0xa0 ? readSmallInteger(childrenOf(fields.shift() ?? tbs, 0xa0)[0]) + 1 : 1;
  const [serial, inner, issuer, validity, subject, spki, ...optional] = fields;
  if (!inner || !issuer || !validity || !subject || !spki) throw derError('a field is missing');
  if (!equalBytes(inner.bytes, algorithm.bytes)) throw derError('its two signature algorithms differ');
  const [notBefore, notAfter, ...more] = childrenOf(validity);
  if (more.length > 0) throw derError('a malformed validity');
  return {
    der,
    sha256: sha256Hex(der),
    version,
    serial: toHex(readInteger(serial)).replace(/^00(?=.)/, ''),
    subject: readName(subject),
    issuer: readName(issuer),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    ...readKey(spki),
    ...readScheme(algorithm),
    signedBytes: tbs.bytes,
    signature: readBitBytes(signature),
    extensions: readExtensions(optional, version),
  };
}

function readKey(spki: DerElement): Pick<Certificate, 'publicKey' | 'keyProblem' | 'hint'> {
  let key: KeyObject;
  try {
    key = publicKeyFromDer(expectTag(spki, TAG.sequence).bytes);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { publicKey: undefined, keyProblem: 'its key is of an unknown kind', hint: '' };
  }
  const hint = keyHint(key);
  try {
    return { publicKey: toPublicKey(key), keyProblem: undefined, hint };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { publicKey: undefined, keyProblem: error.message, hint };
  }
}

const SCHEMES: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.11': { keyType: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', hash: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', hash: null },
};
const WEAK_SCHEMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'MD5 with RSA',
  '1.2.840.113549.1.1.5': 'SHA-1 with RSA',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
};
const PSS = '1.2.840.113549.1.1.10';
const PSS_HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

function readScheme(algorithm: DerElement): Pick<Certificate, 'scheme' | 'schemeName'> {
  const [type, parameters] = childrenOf(algorithm);
  const oid = readOid(type);
  if (oid === PSS) return { scheme: readPss(parameters), schemeName: 'RSA-PSS with a weak or unknown hash' };
  const scheme = Object.hasOwn(SCHEMES, oid) ? SCHEMES[oid] : undefined;
  return { scheme, schemeName: (Object.hasOwn(WEAK_SCHEMES, oid) ? WEAK_SCHEMES[oid] : undefined) ?? oid };
}

/** Hash and mask hash must be the same SHA-2; absent members mean SHA-1. @see RFC 4055 section 3.1 */
function readPss(parameters: DerElement | undefined): SignatureScheme | undefined {
  const members = parameters ? childrenOf(parameters) : [];
  const member = (tag: number): DerElement | undefined => {
    const found = members.find((candidate) => candidate.tag === tag);
    return found && childrenOf(found, tag)[0];
  };
  const hashElement = member(0xa0);
  const maskElement = member(0xa1);
  const saltElement = member(0xa2);
  if (!hashElement || !maskElement) return undefined;
  const oid = readOid(childrenOf(hashElement)[0]);
  const maskHash = childrenOf(maskElement)[1];
  const hash = Object.hasOwn(PSS_HASHES, oid) ? PSS_HASHES[oid] : undefined;
  if (hash === undefined || !maskHash || readOid(childrenOf(maskHash)[0]) !== oid) return undefined;
  return { keyType: 'rsa', hash, pssSaltBytes: saltElement ? readSmallInteger(saltElement) : 20 };
}

const EXTENSION = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  extendedKeyUsage: '2.5.29.37',
} as const;
/** Harmless to ignore even when critical: key identifiers, CRL locations, and policies, of which we demand none. */
const IGNORED_EXTENSIONS: ReadonlySet<string> = new Set(['2.5.29.14', '2.5.29.35', '2.5.29.31', '2.5.29.32']);

function readExtensions(optional: readonly DerElement[], version: number): Extensions {
  const wrapper = optional.find(({ tag }) => tag === 0xa3);
  if (wrapper && version !== 3) throw derError(`version ${version} with extensions`);
  const list = wrapper ? childrenOf(readDer(expectTag(wrapper, 0xa3).content)) : [];
  if (list.length > MAX_EXTENSIONS) throw derError('too many extensions');
  const values = new Map<string, DerElement>();
  const unknownCritical: string[] = [];
  const known: readonly string[] = Object.values(EXTENSION);
  for (const extension of list) {
    const [type, ...parts] = childrenOf(extension);
    const oid = readOid(type);
    const critical = parts[0]?.tag === TAG.boolean ? readBoolean(parts.shift() ?? extension) : false;
    const value = expectTag(parts[0], TAG.octetString);
    if (values.has(oid) || parts.length !== 1) throw derError(`extension ${oid} is repeated or malformed`);
    if (known.includes(oid)) values.set(oid, readDer(value.content));
    else values.set(oid, value);
    if (critical && !known.includes(oid) && !IGNORED_EXTENSIONS.has(oid)) unknownCritical.push(oid);
  }
  return { ...typedExtensions(values), unknownCritical };
}

function typedExtensions(values: ReadonlyMap<string, DerElement>): Omit<Extensions, 'unknownCritical'> {
  const read = <T>(oid: string, reader: (element: DerElement) => T): T | undefined => {
    const element = values.get(oid);
    return element && reader(element);
  };
  return {
    basicConstraints: read(EXTENSION.basicConstraints, readBasicConstraints),
    keyUsage: read(EXTENSION.keyUsage, readNamedBits),
    extendedKeyUsage: read(EXTENSION.extendedKeyUsage, (element) => childrenOf(element).map((usage) => readOid(usage))),
    subjectAltName: read(EXTENSION.subjectAltName, readGeneralNames) ?? [],
    nameConstraints: read(EXTENSION.nameConstraints, readNameConstraints),
  };
}

function readBasicConstraints(element: DerElement): { readonly ca: boolean; readonly pathLength: number | undefined } {
  const parts = [...childrenOf(element)];
  const ca = parts[0]?.tag === TAG.boolean ? readBoolean(parts.shift() ?? element) : false;
  const [length, ...rest] = parts;
  if (rest.length > 0) throw derError('malformed basic constraints');
  return { ca, pathLength: length && readSmallInteger(length) };
}

/** True when the issuer's key made the signature on the certificate. Never throws. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { scheme, signedBytes, signature } = certificate;
  const key = issuer.publicKey?.key;
  if (!scheme || !key || key.asymmetricKeyType !== scheme.keyType) return false;
  const padding =
    scheme.pssSaltBytes === undefined
      ? {}
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.pssSaltBytes };
  try {
    return verify(scheme.hash, signedBytes, { key, ...padding }, signature);
  } catch {
    return false;
  }
}

/** What the certificate says about its owner. `anchors` are hex SHA-256 of the trust anchors of valid paths. */
export function certificateIdentity(certificate: Certificate, anchors: readonly string[]): X509Identity {
  return {
    method: 'x509',
    hint: certificate.hint,
    algorithm: certificate.publicKey?.algorithm ?? 'unsupported',
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    san: certificate.extensions.subjectAltName.flatMap((name) => sanText(name) ?? []),
    serial: certificate.serial,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    certificateSha256: certificate.sha256,
    anchors,
  };
}

/**
 * DER of every certificate in a file: PEM blocks, or one DER certificate.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 */
export function readCertificateFile(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!text.includes('-----BEGIN ')) return [parseCertificate(bytes).der];
  const blocks = parsePem(text).filter(({ label }) => label === 'CERTIFICATE');
  if (blocks.length === 0)
    throw new SignatureError('SIGNATURE_CERTIFICATE_UNREADABLE', 'the file holds no PEM block CERTIFICATE');
  return blocks.map(({ der }) => parseCertificate(der).der);
}
