// SPDX-License-Identifier: Apache-2.0
// DER → what a timestamp token says (RFC 3161 in CMS). Nothing is judged here. Read in the one form that DER allows, and
// only in the parts that a timestamp needs: what no signature covers has one possible value, or is refused.

import { toHex } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { SignatureError } from '../errors.ts';
import {
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
  unreadable,
} from '../x509/der.ts';
import { type DistinguishedName, readGeneralName, readName } from '../x509/names.ts';

/** A token with a chain of certificates has some 6 KiB. */
export const MAX_TOKEN_BYTES = 64 * 1024;
const MAX_CERTIFICATES = 16;
const MAX_ATTRIBUTES = 32;

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The certificate that the signer says is its own, by hash. */
export interface CertificateId {
  /** `sha1` in the older form of the attribute. */
  readonly hash: string;
  readonly digest: Uint8Array;
}

/** What a timestamp authority signed. */
export interface TimestampInfo {
  /** Which of its rules the authority followed, as a dotted number. */
  readonly policy: string;
  readonly imprint: { readonly hash: string; readonly digest: Uint8Array };
  /** Lower-case hex. */
  readonly serial: string;
  readonly time: Date;
  /** By how much the time may be wrong, milliseconds; undefined when the authority does not say. */
  readonly accuracyMs: number | undefined;
  /** Tokens of this authority follow each other in the order of their times, whatever the accuracy. */
  readonly ordering: boolean;
  /** Lower-case hex; undefined when the request had none. */
  readonly nonce: string | undefined;
  /** The subject that the authority gives as its own. */
  readonly authority: DistinguishedName | undefined;
}

/** One timestamp token. */
export interface TimestampToken {
  readonly info: TimestampInfo;
  /** DER of the certificates in it. */
  readonly certificates: readonly Uint8Array[];
  /** Who signed it: the encoding of the issuer's name and the serial number, both hex. */
  readonly signer: { readonly issuer: string; readonly serial: string };
  readonly certificateId: CertificateId;
  /** Hash that the signature is over. */
  readonly hash: string;
  /** Identifier of the signature algorithm; with `rsaEncryption` the hash is the one above. */
  readonly algorithm: string;
  /** The exact bytes that are signed. */
  readonly signedBytes: Uint8Array;
  /** What is signed says that this is the hash of `content`. */
  readonly messageDigest: Uint8Array;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The token in a granted response.
 * @throws SignatureError SIGNATURE_TIMESTAMP_UNREADABLE
 * @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.4.2
 */
export function readTimestamp(der: Uint8Array): TimestampToken {
  try {
    if (der.length > MAX_TOKEN_BYTES) throw unreadable(`${der.length} bytes; the limit is ${MAX_TOKEN_BYTES}`);
    const [status, token, ...more] = membersOf(elementOf(der));
    if (!token || more.length > 0) throw unreadable('a response without a token');
    const [number, text, ...failure] = membersOf(status);
    if (smallInteger(number) !== 0 || failure.length > 0) throw unreadable('a response that grants no timestamp');
    if (text) membersOf(text);
    return readSignedData(explicitly(token, SIGNED_DATA));
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    const problem = cause.message.replace('not a certificate: ', '');
    throw new SignatureError('SIGNATURE_TIMESTAMP_UNREADABLE', `not a timestamp: ${problem}`, { cause });
  }
}

/** What an element of type ContentInfo holds. */
function explicitly(element: Element | undefined, type: string): Element {
  const [oid, content, ...more] = membersOf(element);
  if (oidOf(oid) !== type || more.length > 0) throw unreadable('content of another type');
  return elementOf(contentOf(content, 0xa0));
}

/** @see https://www.rfc-editor.org/rfc/rfc5652.html#section-5.1 */
function readSignedData(element: Element): TimestampToken {
  const members = new Members(membersOf(element));
  if (smallInteger(members.next()) !== 3) throw unreadable('signed data of another version');
  const [hash, ...others] = membersOf(members.next(), TAG.set);
  const content = contentOf(explicitly(members.next(), TST_INFO), TAG.octetString);
  const certificates = elementsIn(members.optional(0xa0)?.content ?? new Uint8Array());
  const [signer, ...more] = membersOf(members.next(), TAG.set);
  members.end();
  if (!signer || more.length > 0 || others.length > 0) throw unreadable('it has not exactly one signer');
  if (certificates.length > MAX_CERTIFICATES) throw unreadable('too many certificates');
  for (const certificate of certificates) contentOf(certificate, TAG.sequence);
  return {
    info: readInfo(elementOf(content)),
    certificates: certificates.map(({ whole }) => whole),
    content,
    ...readSigner(signer, hashOf(hash)),
  };
}

type SignerPart = Omit<TimestampToken, 'info' | 'certificates' | 'content'>;

/** @see https://www.rfc-editor.org/rfc/rfc5652.html#section-5.3 */
function readSigner(element: Element, expected: string): SignerPart {
  const members = new Members(membersOf(element));
  if (smallInteger(members.next()) !== 1) throw unreadable('a signer that is not named by issuer and serial number');
  const [issuer, serial, ...more] = membersOf(members.next());
  const hash = hashOf(members.next());
  const signed = members.next();
  const attributes = readAttributes(contentOf(signed, 0xa0));
  const [algorithm, signature] = [plainAlgorithm(members.next()), contentOf(members.next(), TAG.octetString)];
  members.end();
  if (!issuer || more.length > 0 || hash !== expected) throw unreadable('a malformed signer');
  if (oidOf(attributes.get(ATTRIBUTE.contentType)) !== TST_INFO) throw unreadable('a signature over another type');
  const signedBytes = Uint8Array.from(signed.whole);
  signedBytes[0] = TAG.set;
  return {
    signer: { issuer: readName(issuer).key, serial: serialOf(serial) },
    certificateId: readCertificateId(attributes),
    hash,
    algorithm,
    signedBytes,
    messageDigest: contentOf(attributes.get(ATTRIBUTE.messageDigest), TAG.octetString),
    signature,
  };
}

/** Values by identifier; of the kinds that we read, every attribute has one. */
function readAttributes(bytes: Uint8Array): ReadonlyMap<string, Element> {
  const attributes = new Map<string, Element>();
  const elements = elementsIn(bytes);
  if (elements.length > MAX_ATTRIBUTES) throw unreadable('too many attributes');
  for (const element of elements) {
    const [type, values, ...more] = membersOf(element);
    const oid = oidOf(type);
    const [value, second] = membersOf(values, TAG.set);
    const several = second && Object.values<string>(ATTRIBUTE).includes(oid);
    if (!value || several || more.length > 0 || attributes.has(oid)) throw unreadable('a malformed attribute');
    attributes.set(oid, value);
  }
  return attributes;
}

/**
 * The first certificate that the signer names is its own.
 * @see https://www.rfc-editor.org/rfc/rfc5035.html#section-3
 */
function readCertificateId(attributes: ReadonlyMap<string, Element>): CertificateId {
  const newer = attributes.get(ATTRIBUTE.signingCertificateV2);
  const older = attributes.get(ATTRIBUTE.signingCertificate);
  const [list] = membersOf(newer ?? older);
  const members = new Members(membersOf(membersOf(list)[0]));
  const algorithm = newer ? members.optional(TAG.sequence) : undefined;
  const hash = newer ? (algorithm ? hashOf(algorithm) : 'sha256') : 'sha1';
  return { hash, digest: contentOf(members.next(), TAG.octetString) };
}

/** @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.4.2 */
function readInfo(element: Element): TimestampInfo {
  const members = new Members(membersOf(element));
  if (smallInteger(members.next()) !== 1) throw unreadable('a timestamp of another version');
  const policy = oidOf(members.next());
  const [algorithm, digest, ...more] = membersOf(members.next());
  const serial = serialOf(members.next());
  const time = preciseTimeOf(contentOf(members.next(), TAG.generalizedTime));
  const accuracy = members.optional(TAG.sequence);
  const ordering = members.optional(TAG.boolean);
  const nonce = members.optional(TAG.integer);
  const authority = members.optional(0xa0);
  const extensions = members.optional(0xa1);
  members.end();
  if (more.length > 0) throw unreadable('a malformed imprint');
  for (const extension of extensions ? elementsIn(extensions.content) : [])
    if (membersOf(extension)[1]?.tag === TAG.boolean) throw unreadable('an extension that must be understood');
  const name = authority && readGeneralName(elementOf(authority.content));
  return {
    policy,
    imprint: { hash: hashOf(algorithm), digest: contentOf(digest, TAG.octetString) },
    serial,
    time,
    accuracyMs: accuracy && readAccuracy(accuracy),
    ordering: ordering !== undefined && booleanOf(ordering),
    nonce: nonce && serialOf(nonce),
    authority: name?.kind === 'directory' ? name.name : undefined,
  };
}

function readAccuracy(element: Element): number {
  const members = new Members(membersOf(element));
  const [seconds, millis, micros] = [members.optional(TAG.integer), members.optional(0x80), members.optional(0x81)];
  members.end();
  return smallOrZero(seconds, TAG.integer) * 1000 + smallOrZero(millis, 0x80) + smallOrZero(micros, 0x81) / 1000;
}

function smallOrZero(element: Element | undefined, tag: number): number {
  return element ? smallInteger(element, tag) : 0;
}

/** An integer of any length as hex, without the sign byte. */
function serialOf(element: Element | undefined): string {
  return toHex(integerBytes(element)).replace(/^00(?=.)/, '');
}

function hashOf(element: Element | undefined): string {
  const hash = HASHES[plainAlgorithm(element)];
  if (hash === undefined) throw unreadable('a hash other than SHA-256, SHA-384 and SHA-512');
  return hash;
}

/** An algorithm that has no parameters; NULL stands for none. */
function plainAlgorithm(element: Element | undefined): string {
  const [oid, parameters, ...more] = membersOf(element);
  if (more.length > 0 || (parameters && toHex(parameters.whole) !== '0500')) throw unreadable('a malformed algorithm');
  return oidOf(oid);
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/;

/** A time in UTC that may have a fraction of a second, without trailing zeros; to the millisecond. */
function preciseTimeOf(content: Uint8Array): Date {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    TIME.exec(Buffer.from(content).toString('latin1')) ?? [];
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) throw unreadable('a malformed time');
  return time;
}
