// SPDX-License-Identifier: Apache-2.0
// Since when has a signature existed? What a timestamp proves to whoever trusts its authority, and why one proves nothing.

import { createHash } from 'node:crypto';
import { equalBytes, sha256Hex } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { toSecond } from '../../base/text.ts';
import type { ProvenTime, Reason } from '../../findings/signature.ts';
import type { SignatureReasonCode } from '../errors.ts';
import { type Certificate, isSignedBy, nameOf, parseCertificate, readScheme } from '../x509/certificate.ts';
import { findPaths } from '../x509/path.ts';
import type { RevocationRules } from '../x509/revocation.ts';
import { timestampRemark } from './reasons.ts';
import { readTimestamp, type TimestampToken } from './token.ts';

/** What is assumed of an authority that does not say how exact its times are, which are mostly written in whole seconds. */
const DEFAULT_ACCURACY_MS = 1000;
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';

/** Whose timestamps are believed. */
export interface TimestampTrust {
  readonly anchors: readonly Certificate[];
  /** May complete a path to an anchor. */
  readonly intermediates: readonly Certificate[];
  /** Undefined when revocation is not looked up. */
  readonly revocation?: RevocationRules | undefined;
}

/** What the timestamps of one signature prove. */
export interface TimestampCheck {
  /** The earliest time at which the signature is proven to have existed; undefined when none is. */
  readonly proven: ProvenTime | undefined;
  /** Why a timestamp proves nothing; each a remark, because anybody can put timestamps beside a signature. */
  readonly remarks: readonly Reason[];
}

/** One timestamp that proves a time. */
export interface Verified {
  readonly token: TimestampToken;
  readonly authority: Certificate;
  readonly proven: ProvenTime;
}

/** The earliest time that the timestamps prove. Never throws for what is in them. `checkOne` says how one of them is. */
export function checkTimestamps(
  timestamps: readonly Uint8Array[],
  context: { readonly signed: Uint8Array; readonly trust: TimestampTrust; readonly now: Date },
  checkOne = checkTimestamp,
): TimestampCheck {
  const checks = timestamps.slice(0, LIMITS.timestamps).map((der) => checkOne(der, context));
  const verified = checks.filter((check) => 'proven' in check);
  const remarks = checks.flatMap((check) => ('proven' in check ? [] : [check]));
  const repeated = verified.filter((one) => verified.some((other) => isContradiction(one, other)));
  for (const { token, authority } of repeated) {
    const text = `two timestamps by ${nameOf(authority)} have the serial number ${token.info.serial.slice(0, 40)}`;
    remarks.push(timestampRemark('TIMESTAMP_SERIAL_REPEATED', text));
  }
  const [proven] = verified
    .filter((one) => !repeated.includes(one))
    .map((one) => one.proven)
    .toSorted((a, b) => a.latest.getTime() - b.latest.getTime());
  return { proven, remarks };
}

/** An authority never gives a serial number twice, so one of the two is not what it said. */
function isContradiction(one: Verified, other: Verified): boolean {
  return (
    one.authority.sha256 === other.authority.sha256 &&
    one.token.info.serial === other.token.info.serial &&
    !equalBytes(one.token.content, other.token.content)
  );
}

/**
 * One timestamp over these bytes, or why it proves nothing. The certificate of its authority must have been valid at the time that it states, and need not be any more.
 * @see https://www.rfc-editor.org/rfc/rfc3161.html#appendix-B
 */
export function checkTimestamp(
  der: Uint8Array,
  context: { readonly signed: Uint8Array; readonly trust: TimestampTrust; readonly now: Date },
): Verified | Reason {
  try {
    return judge(readTimestamp(der), context);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return timestampRemark('TIMESTAMP_UNREADABLE', error.message);
  }
}

function judge(
  token: TimestampToken,
  { signed, trust, now }: { readonly signed: Uint8Array; readonly trust: TimestampTrust; readonly now: Date },
): Verified | Reason {
  const { info } = token;
  const given = token.certificates.map((certificate) => parseCertificate(certificate));
  const known = [...given, ...trust.anchors, ...trust.intermediates];
  const authority = known.find(({ der }) =>
    equalBytes(hashed(token.certificateId.hash, der), token.certificateId.digest),
  );
  if (!authority)
    return timestampRemark('TIMESTAMP_NOT_TRUSTED', 'the certificate of the timestamp authority is not here');
  const by = `the timestamp by ${nameOf(authority)}`;
  if (!isSignedByAuthority(token, authority))
    return timestampRemark('TIMESTAMP_SIGNATURE_BAD', `${by} is not what that one signed`);
  if (!equalBytes(hashed(info.imprint.hash, signed), info.imprint.digest))
    return timestampRemark('TIMESTAMP_OTHER_BYTES', `${by} is over other bytes than this signature`);
  const accuracyMs = info.accuracyMs ?? DEFAULT_ACCURACY_MS;
  const latest = new Date(info.time.getTime() + accuracyMs);
  if (info.time.getTime() > now.getTime() + CLOCK_SKEW_MS)
    return timestampRemark('TIMESTAMP_FROM_FUTURE', `${by} is of ${toSecond(info.time)}, which is not yet`);
  const { anchors, reasons: why } = findPaths(authority, {
    anchors: trust.anchors,
    intermediates: [...given, ...trust.intermediates],
    now,
    provenAt: info.time,
    purpose: 'time',
    revocation: trust.revocation,
  });
  if (anchors.length === 0) return untrusted(by, info.time, why);
  if (given.some((one) => isAltered(one, known)))
    return timestampRemark('TIMESTAMP_SIGNATURE_BAD', `a certificate beside ${by} is not what its issuer signed`);
  const who = authority.subject.text || authority.sha256;
  return { token, authority, proven: { time: info.time, latest, accuracyMs, proof: 'timestamp', by: who } };
}

/** What the authority signed, by the key and under the name of its certificate. */
function isSignedByAuthority(token: TimestampToken, authority: Certificate): boolean {
  const { signer, hash, algorithm, info } = token;
  if (authority.issuer.key !== signer.issuer || authority.serial !== signer.serial) return false;
  if (info.authority && info.authority.key !== authority.subject.key) return false;
  if (!equalBytes(hashed(hash, token.content), token.messageDigest)) return false;
  const scheme =
    algorithm === RSA_ENCRYPTION
      ? ({ keyType: 'rsa', hash } as const)
      : readScheme({ oid: algorithm, pss: undefined }).scheme;
  if (!scheme || (scheme.hash ?? hash) !== hash) return false;
  return isSignedBy({ scheme, signedBytes: token.signedBytes, signature: token.signature }, authority);
}

/** No signature covers the certificates in a token: one that is not what its issuer signed was put there. */
function isAltered(certificate: Certificate, known: readonly Certificate[]): boolean {
  const issuers = known.filter(({ subject }) => subject.key === certificate.issuer.key);
  if (issuers.length > 0) return !issuers.some((issuer) => isSignedBy(certificate, issuer));
  return known.some(
    (other) => other.sha256 !== certificate.sha256 && equalBytes(other.signature, certificate.signature),
  );
}

/** The reason in the words of the timestamp, by what the path fails of. */
function untrusted(by: string, time: Date, why: readonly Reason[]): Reason {
  const has = (...codes: readonly SignatureReasonCode[]) => why.find(({ code }) => codes.some((one) => one === code));
  const validity = has('CERTIFICATE_EXPIRED', 'CERTIFICATE_NOT_YET_VALID');
  const usage = has('CERTIFICATE_EXTENDED_KEY_USAGE', 'CERTIFICATE_KEY_USAGE');
  const [first] = why;
  if (usage) return timestampRemark('TIMESTAMP_CERTIFICATE_UNSUITABLE', `${by}: ${usage.message}`);
  if (validity)
    return timestampRemark('TIMESTAMP_OUTSIDE_VALIDITY', `${by} is of ${toSecond(time)}: ${validity.message}`);
  return timestampRemark('TIMESTAMP_NOT_TRUSTED', `${by}: ${first?.message ?? 'its authority is not trusted'}`);
}

function hashed(hash: string, bytes: Uint8Array): Uint8Array {
  return createHash(hash).update(bytes).digest();
}

/** Certificates of the trust material, by their digest once. */
export function uniqueCertificates(ders: readonly Uint8Array[]): readonly Certificate[] {
  return [...new Map(ders.map((der) => [sha256Hex(der), der])).values()].map((der) => parseCertificate(der));
}
