// SPDX-License-Identifier: Apache-2.0
// Sigstore's verification library, and what it leaves open: a log key without start of validity, a log that was not valid
// at the time, errors that say what to do. Its own check of identities is not used.

import { createHash, type KeyObject } from 'node:crypto';
import { readSigstoreBundle, type SigstoreBundle } from './bundle.ts';
import { TrustedRoot } from './formats.ts';
import { toSignedEntity, toTrustMaterial, type TrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { Reason } from '../../findings/signature.ts';
import { SignatureError } from '../errors.ts';
import type { SigstoreTrust } from '../verifier.ts';
import { type Operators, operatorsOf } from './operators.ts';
import { sigstoreReason, type SigstoreReasonCode } from './reasons.ts';

/** A Sigstore instance: its keys and CAs, and how much of what it can prove is asked for. */
export interface Instance {
  readonly trust: SigstoreTrust;
  readonly material: TrustMaterial;
  readonly operators: Operators;
  /** DER of the certificates of its CAs, each chain issuing CA first. */
  readonly authorities: readonly (readonly Uint8Array[])[];
  /** The same of its timestamp authorities, each chain the certificate that signs first. */
  readonly stampers: readonly (readonly Uint8Array[])[];
}

/** Something signed, with what a bundle proves about it. */
export interface Proven {
  readonly json: JsonObject;
  /** What is signed: of an envelope its PAE. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** DER of the certificate whose key signed. */
  readonly leaf?: Uint8Array;
  /** For a bundle that holds no certificate. */
  readonly key?: KeyObject;
}

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.1|\.v0\.[12]\+json)$/;

/**
 * The instance that a trusted root describes.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_trustroot.proto
 */
export function readInstance(trust: SigstoreTrust): Instance {
  try {
    const json = parseJson(trust.root, 'the trusted root');
    if (!isJsonObject(json) || typeof json['mediaType'] !== 'string' || !MEDIA_TYPE.test(json['mediaType']))
      throw unusable('it is no trusted root of Sigstore');
    const root = TrustedRoot.fromJSON(json);
    const logs = [...root.tlogs, ...root.ctlogs].map(({ publicKey }) => publicKey);
    const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities];
    // The library takes a key without start for one that was always valid.
    if ([...logs, ...authorities].some((one) => !one?.validFor?.start))
      throw unusable('a key or certificate authority in it has no start of validity');
    if (root.certificateAuthorities.length === 0) throw unusable('it holds no certificate authority');
    const material = toTrustMaterial(root);
    return {
      trust,
      material,
      operators: operatorsOf(root, material),
      authorities: root.certificateAuthorities.map(chainOf),
      stampers: root.timestampAuthorities.map(chainOf),
    };
  } catch (cause) {
    if (cause instanceof SignatureError) throw cause;
    throw unusable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function chainOf({ certChain }: TrustedRoot['certificateAuthorities'][number]): readonly Uint8Array[] {
  return (certChain?.certificates ?? []).map(({ rawBytes }) => new Uint8Array(rawBytes));
}

function unusable(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_TRUST_UNREADABLE', `the trusted root cannot be used: ${problem}`, {
    cause,
    hint: 'give the trusted_root.json that the operators of the instance publish',
  });
}

/** The times that log and timestamps prove for the signature, or why they, or other proofs, do not do. Never throws for what is in a bundle. */
export function proofsOf(signed: Proven, { trust, material, operators }: Instance): readonly Date[] | Reason {
  const entity = readEntity(signed);
  if ('code' in entity) return entity;
  const logs = new Set(entity.tlogEntries.map(({ logId }) => operators.ofLog(logId.keyId)));
  if (logs.size < trust.log) return missing('SIGSTORE_LOG_MISSING', logs.size, trust.log);
  const stated = timesOf(entity, operators);
  if ('code' in stated) return stated;
  const witnesses = new Set(stated.map(({ by }) => by));
  if (witnesses.size < trust.timestamps) return missing('SIGSTORE_TIME_MISSING', witnesses.size, trust.timestamps);
  const times = stated.map(({ time }) => time);
  const { key } = signed;
  const publicKey = key ? () => ({ publicKey: key, validFor: () => true }) : material.publicKey;
  const options = { ctlogThreshold: trust.sct, tlogThreshold: trust.log, timestampThreshold: trust.timestamps };
  try {
    new Verifier({ ...material, publicKey }, options).verify(entity);
  } catch (cause) {
    return reasonOf(cause, trust);
  }
  return closedLog(entity, material, times) ?? times;
}

type Entity = ReturnType<typeof toSignedEntity>;

/** The bundle as the library reads it, which must find the same in it as whoever checked the signature. */
function readEntity({ json, message, signature, leaf }: Proven): Entity | Reason {
  let bundle: SigstoreBundle;
  try {
    bundle = readSigstoreBundle(json);
  } catch (cause) {
    return sigstoreReason('SIGSTORE_LOG_BAD', `sigstore refuses the bundle: ${textOf(cause)}`);
  }
  try {
    const entity = toSignedEntity(bundle, Buffer.from(message));
    const same =
      entity.signature.compareSignature(Buffer.from(signature)) &&
      entity.signature.compareSignedDigest(createHash('sha256').update(message).digest()) &&
      (!leaf || leafOf(bundle)?.equals(leaf));
    return same ? entity : sigstoreReason('SIGSTORE_LOG_CONTRADICTS', 'the bundle is about another signature');
  } catch (cause) {
    return sigstoreReason('SIGSTORE_TIMESTAMP_BAD', `a timestamp or the certificate cannot be read: ${textOf(cause)}`);
  }
}

function leafOf({ verificationMaterial: { content } }: SigstoreBundle): Buffer | undefined {
  if (content.$case === 'certificate') return content.certificate.rawBytes;
  return content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates[0]?.rawBytes : undefined;
}

/** A time, and the operator who states it. */
interface StatedTime {
  readonly time: Date;
  readonly by: string;
}

function timesOf({ timestamps }: Entity, operators: Operators): readonly StatedTime[] | Reason {
  try {
    return timestamps.flatMap((one) => {
      if (one.$case === 'timestamp-authority') {
        const { signingTime: time, signerSerialNumber, signerIssuer } = one.timestamp;
        return { time, by: operators.ofAuthority(signerSerialNumber, signerIssuer) };
      }
      const { inclusionPromise, integratedTime, logId } = one.tlogEntry;
      // Without a promise nothing signs the time that an entry of the log names.
      if (!inclusionPromise) return [];
      return { time: new Date(Number(integratedTime) * 1000), by: operators.ofLog(logId.keyId) };
    });
  } catch (cause) {
    return sigstoreReason('SIGSTORE_TIMESTAMP_BAD', `a timestamp cannot be read: ${textOf(cause)}`);
  }
}

/** An entry of a log whose key was not valid at the time; the library does not look where the log itself signs no time. */
function closedLog({ tlogEntries }: Entity, { tlogs }: TrustMaterial, times: readonly Date[]): Reason | undefined {
  for (const { logId } of tlogEntries) {
    const keys = tlogs.filter(({ logID }) => logID.equals(logId.keyId));
    const open = keys.some(({ validFor }) => times.every((time) => validFor.start <= time && time <= validFor.end));
    if (!open)
      return sigstoreReason(
        'SIGSTORE_OUTSIDE_VALIDITY',
        'the log was not valid, by the trusted root, when it was signed',
      );
  }
  return undefined;
}

function missing(code: 'SIGSTORE_LOG_MISSING' | 'SIGSTORE_TIME_MISSING', found: number, needed: number): Reason {
  const what = code === 'SIGSTORE_LOG_MISSING' ? 'entries of logs' : 'times by logs or timestamp authorities';
  return sigstoreReason(
    code,
    `it has ${found} of ${needed} ${what} that are asked for, those of one operator counted once`,
  );
}

const BY_CODE: Readonly<Record<string, SigstoreReasonCode>> = {
  TLOG_ERROR: 'SIGSTORE_LOG_BAD',
  TLOG_INCLUSION_PROOF_ERROR: 'SIGSTORE_LOG_BAD',
  TLOG_INCLUSION_PROMISE_ERROR: 'SIGSTORE_LOG_BAD',
  TLOG_MISSING_INCLUSION_ERROR: 'SIGSTORE_LOG_BAD',
  TLOG_BODY_ERROR: 'SIGSTORE_LOG_CONTRADICTS',
  TIMESTAMP_ERROR: 'SIGSTORE_TIMESTAMP_BAD',
};

function reasonOf(cause: unknown, { sct }: SigstoreTrust): Reason {
  const text = textOf(cause);
  if (!(cause instanceof VerificationError))
    return sigstoreReason('SIGSTORE_LOG_BAD', `a proof cannot be read: ${text}`);
  if (/^expected \d+ SCTs/.test(text))
    return sigstoreReason('SIGSTORE_SCT_MISSING', `the certificate has fewer than ${sct} proofs of a certificate log`);
  if (text.includes('SCT')) return sigstoreReason('SIGSTORE_SCT_BAD', `the proof of the certificate log: ${text}`);
  if (cause.code === 'CERTIFICATE_ERROR')
    return sigstoreReason(
      'SIGSTORE_OUTSIDE_VALIDITY',
      `by the trusted root the certificate was not valid then: ${text}`,
    );
  return sigstoreReason(BY_CODE[cause.code] ?? 'SIGSTORE_LOG_BAD', `the proofs of the signature do not hold: ${text}`);
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '').slice(0, 200) : 'unknown problem';
}
