// SPDX-License-Identifier: Apache-2.0
// DER → a certificate revocation list. Its entries stay bytes: a list of 50 MB is walked once when it is read, and once
// for each certificate that is looked up. Whether it says anything about a certificate is revocation.ts.

import { sha256Hex, toHex } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { SignatureError } from '../errors.ts';
import { type Certificate, readScheme } from './certificate.ts';
import {
  bitsOf,
  contentOf,
  type Element,
  elementOf,
  elementsIn,
  type Extent,
  extentAt,
  integerBytes,
  Members,
  membersOf,
  TAG,
  timeOf,
  unreadable,
} from './der.ts';
import { type Extension, readAlgorithm, readExtension } from './fields.ts';
import { type DistinguishedName, readName } from './names.ts';

const MAX_NUMBER_BYTES = 20;
const MAX_EXTENSIONS = 32;
/** Encodings of entry extensions, and days, that are remembered: most entries have the same. */
const MAX_REMEMBERED = 1000;

/** Reasons by their number; one of them is not used. */
const REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

/** Why a certificate was revoked; `unspecified` when the list does not say. */
export type RevocationReason = Exclude<(typeof REASONS)[number], undefined>;

/** What a list says about one certificate. */
export interface CrlEntry {
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
  /** False where the list is silent about the reason. */
  readonly reasonGiven: boolean;
  /** Since when the key is known or suspected to be in other hands, or the certificate to be wrong. */
  readonly invalidFrom: Date | undefined;
}

/** One certificate revocation list. */
export interface Crl extends Pick<Certificate, 'scheme' | 'signedBytes' | 'signature'> {
  /** Hex. */
  readonly sha256: string;
  readonly issuer: DistinguishedName;
  /** Hex of the extension that names the issuer's key; empty without. Only a claim until the signature is checked. */
  readonly issuerKey: string;
  /** Undefined for a list that has none, which is refused. */
  readonly number: bigint | undefined;
  readonly thisUpdate: Date;
  /** Undefined for a list that has none, which is refused. */
  readonly nextUpdate: Date | undefined;
  /** It lists certificates that have expired since this time as well; undefined when it need not. */
  readonly expiredSince: Date | undefined;
  /** Why it is not used, whatever it lists, to follow "the CRL …". */
  readonly refusal: string | undefined;
  /** All entries of a certificate; there is at most one in an honest list. `serial` is lower-case hex. */
  entriesOf(serial: string): readonly CrlEntry[];
}

/**
 * One list.
 * @throws SignatureError SIGNATURE_CRL_UNREADABLE
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-5.1
 */
export function parseCrl(der: Uint8Array): Crl {
  try {
    return readCrl(der);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    const problem = cause.message.replace(/^not a certificate: /, '');
    throw new SignatureError('SIGNATURE_CRL_UNREADABLE', `not a CRL: ${problem}`, { cause });
  }
}

function readCrl(der: Uint8Array): Crl {
  const parts = new Members(membersOf(elementOf(der)));
  const [signed, algorithm, signature] = [parts.next(), parts.next(), bitsOf(parts.next())];
  parts.end();
  if (signature.unused > 0) throw unreadable('a signature that is no whole number of bytes');
  const tbs = new Members(membersOf(signed));
  const version = tbs.optional(TAG.integer);
  if (version && toHex(version.content) !== '01') throw unreadable('an unknown version');
  if (toHex(tbs.next().whole) !== toHex(algorithm.whole)) throw unreadable('its two signature algorithms differ');
  const [issuer, thisUpdate] = [readName(tbs.next()), timeOf(tbs.next())];
  const next = tbs.optional(TAG.utcTime) ?? tbs.optional(TAG.generalizedTime);
  const revoked = tbs.optional(TAG.sequence)?.content ?? new Uint8Array();
  const extensions = readExtensions(tbs.optional(0xa0));
  tbs.end();
  const { scheme, schemeName } = readScheme(readAlgorithm(algorithm));
  const number = numberOf(extensions.get(EXTENSION.number));
  const since = extensions.get(EXTENSION.expiredCertsOnCrl);
  const entries = new Entries(revoked);
  return {
    sha256: sha256Hex(der),
    issuer,
    issuerKey: toHex(extensions.get(EXTENSION.authorityKeyIdentifier)?.value ?? new Uint8Array()),
    number,
    thisUpdate,
    nextUpdate: next && timeOf(next),
    expiredSince: since && timeOf(elementOf(since.value)),
    scheme,
    signedBytes: signed.whole,
    signature: signature.bytes,
    refusal:
      (scheme ? undefined : `is signed with ${schemeName}`) ??
      (version ? undefined : 'is of version 1, which has no number') ??
      (next ? undefined : 'does not say until when it holds') ??
      refusalOf(extensions) ??
      entries.refusal,
    entriesOf: (serial) => entries.of(serial),
  };
}

const EXTENSION = {
  issuerAltName: '2.5.29.18',
  number: '2.5.29.20',
  deltaIndicator: '2.5.29.27',
  distributionPoint: '2.5.29.28',
  authorityKeyIdentifier: '2.5.29.35',
  expiredCertsOnCrl: '2.5.29.60',
} as const;
/** Harmless, critical or not. */
const KNOWN: ReadonlySet<string> = new Set(Object.values(EXTENSION));

function readExtensions(element: Element | undefined): ReadonlyMap<string, Extension> {
  return byOid(element ? membersOf(elementOf(element.content)) : []);
}

function byOid(elements: readonly Element[]): ReadonlyMap<string, Extension> {
  if (elements.length > MAX_EXTENSIONS) throw unreadable('too many extensions');
  const list = elements.map(readExtension);
  const map = new Map(list.map((extension) => [extension.oid, extension]));
  if (map.size < list.length) throw unreadable('an extension that is repeated');
  return map;
}

function numberOf(extension: Extension | undefined): bigint | undefined {
  if (!extension) return undefined;
  const bytes = integerBytes(elementOf(extension.value));
  if (bytes.length > MAX_NUMBER_BYTES || (bytes[0] ?? 0) >= 0x80) throw unreadable('a number out of range');
  return BigInt(`0x${toHex(bytes)}`);
}

/** What the list as a whole is not: complete, direct, and all of it understood. */
function refusalOf(extensions: ReadonlyMap<string, Extension>): string | undefined {
  if (extensions.has(EXTENSION.deltaIndicator)) return 'is a delta CRL, which says nothing without its base';
  const point = extensions.get(EXTENSION.distributionPoint);
  if (point) {
    const indirect = elementsIn(contentOf(elementOf(point.value), TAG.sequence)).some(({ tag }) => tag === 0x84);
    return indirect
      ? 'is indirect: it speaks for certificates of several issuers'
      : 'is partitioned: it speaks for a part of the certificates only (issuing distribution point)';
  }
  const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !KNOWN.has(oid));
  if (unknown) return `has the critical extension ${unknown.oid}, which is not known`;
  const number = extensions.get(EXTENSION.number);
  if (!number) return 'has no CRL number';
  return number.critical ? 'has a CRL number that is marked critical' : undefined;
}

const ENTRY = { reason: '2.5.29.21', invalidFrom: '2.5.29.24', certificateIssuer: '2.5.29.29' } as const;

/** Where the parts of an entry lie. */
interface EntryPlaces {
  readonly serial: Extent;
  readonly date: Extent;
  readonly extensions: Extent | undefined;
  /** Of the date, with its tag. */
  readonly dateAt: number;
  readonly end: number;
}

function entryAt(bytes: Uint8Array, offset: number): EntryPlaces {
  const { tag, start, end } = extentAt(bytes, offset);
  const serial = extentAt(bytes, start);
  const date = extentAt(bytes, serial.end);
  const extensions = date.end < end ? extentAt(bytes, date.end) : undefined;
  const whole =
    tag === TAG.sequence &&
    serial.tag === TAG.integer &&
    serial.end > serial.start &&
    (extensions?.tag ?? TAG.sequence) === TAG.sequence &&
    (extensions?.end ?? date.end) === end;
  if (!whole) throw unreadable('a malformed entry');
  return { serial, date, extensions, dateAt: serial.end, end };
}

/** The end of a time: what remains to be looked at once the day is known to be one. */
const CLOCK = /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ$/;
const CLOCK_LENGTH = 7;

/** The entries of one list, checked when made. */
class Entries {
  readonly refusal: string | undefined;
  readonly #bytes: Uint8Array;
  readonly #found = new Map<string, readonly CrlEntry[]>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const [seen, days] = [new Set<string>(), new Set<string>()];
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset < bytes.length; ) {
      const entry = entryAt(bytes, offset);
      const day = buffer.toString('latin1', entry.dateAt, entry.date.end - CLOCK_LENGTH);
      const clock = buffer.toString('latin1', entry.date.end - CLOCK_LENGTH, entry.date.end);
      if (!days.has(day) || !CLOCK.test(clock)) timeOf(elementOf(bytes.subarray(entry.dateAt, entry.date.end)));
      if (days.size < MAX_REMEMBERED) days.add(day);
      if (entry.extensions) {
        const text = buffer.toString('latin1', entry.extensions.start, entry.extensions.end);
        if (!seen.has(text)) this.refusal ??= entryRefusal(this.#extensions(entry));
        if (seen.size < MAX_REMEMBERED) seen.add(text);
      }
      offset = entry.end;
    }
  }

  of(serial: string): readonly CrlEntry[] {
    const known = this.#found.get(serial);
    if (known) return known;
    const wanted = Buffer.from(serial, 'hex');
    const found: CrlEntry[] = [];
    for (let offset = 0; offset < this.#bytes.length; ) {
      const entry = entryAt(this.#bytes, offset);
      if (this.#isFor(entry, wanted)) found.push(this.#read(entry));
      offset = entry.end;
    }
    this.#found.set(serial, found);
    return found;
  }

  /** Compares without the sign byte. */
  #isFor({ serial: { start, end } }: EntryPlaces, wanted: Uint8Array): boolean {
    const from = end - start > 1 && this.#bytes[start] === 0 ? start + 1 : start;
    if (end - from !== wanted.length) return false;
    for (let at = 0; at < wanted.length; at += 1) if (this.#bytes[from + at] !== wanted[at]) return false;
    return true;
  }

  #read(entry: EntryPlaces): CrlEntry {
    const extensions = this.#extensions(entry);
    const invalidFrom = extensions.get(ENTRY.invalidFrom);
    return {
      revokedAt: timeOf(elementOf(this.#bytes.subarray(entry.dateAt, entry.date.end))),
      reason: reasonOf(extensions.get(ENTRY.reason)),
      reasonGiven: extensions.has(ENTRY.reason),
      invalidFrom: invalidFrom && timeOf(elementOf(invalidFrom.value)),
    };
  }

  #extensions({ extensions }: EntryPlaces): ReadonlyMap<string, Extension> {
    return byOid(extensions ? elementsIn(this.#bytes.subarray(extensions.start, extensions.end)) : []);
  }
}

/** An entry that cannot be understood makes the whole list unusable. @see https://www.rfc-editor.org/rfc/rfc5280.html#section-5.3 */
function entryRefusal(extensions: ReadonlyMap<string, Extension>): string | undefined {
  reasonOf(extensions.get(ENTRY.reason));
  const invalidFrom = extensions.get(ENTRY.invalidFrom);
  if (invalidFrom) timeOf(elementOf(invalidFrom.value));
  if (extensions.has(ENTRY.certificateIssuer)) return 'is indirect: an entry names another issuer';
  const known: readonly string[] = [ENTRY.reason, ENTRY.invalidFrom];
  const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !known.includes(oid));
  return unknown && `has an entry with the critical extension ${unknown.oid}, which is not known`;
}

function reasonOf(extension: Extension | undefined): RevocationReason {
  if (!extension) return 'unspecified';
  const [number = 0, ...more] = contentOf(elementOf(extension.value), TAG.enumerated);
  const reason = REASONS[number];
  if (reason === undefined || more.length > 0) throw unreadable('an unknown reason of revocation');
  return reason;
}
