// SPDX-License-Identifier: Apache-2.0
// Reads Sigstore bundles, the one container of every approval and every piece of evidence: versions 0.1 to 0.3 that hold a
// DSSE envelope, and such envelopes alone. Says nothing about whether a signature is good. New ones are made by sign.ts.

import type { VerificationMaterial } from '../crypto/verifier.ts';
import { concatBytes, type Digest, fromBase64, sha256, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { parseUnambiguous } from '../base/members.ts';
import { documentError, SignatureError } from '../crypto/errors.ts';
import { readSigstoreBundle } from '../crypto/sigstore/bundle.ts';
import { BUNDLE_MEMBERS, ENVELOPE_MEMBERS } from './known-members.ts';

/** Media type of the bundles that we write. */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** Written when intermediates travel along; docs/formats.md says why. */
export const BUNDLE_CHAIN_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle+json;version=0.2';

const READ_MEDIA_TYPES: ReadonlySet<string> = new Set([
  BUNDLE_MEDIA_TYPE,
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  BUNDLE_CHAIN_MEDIA_TYPE,
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
]);

const MAX_CERTIFICATES = 16;
const MAX_ENTRIES = 64;

/** The DSSE envelope of a bundle, with its one signature. */
export interface BundleEnvelope extends EnvelopeSignature {
  readonly payloadType: string;
  /** The exact signed bytes. */
  readonly payload: Uint8Array;
}

/** A bundle that was read. */
export interface Bundle {
  /** The bytes as received or written: their SHA-256 names the bundle everywhere. */
  readonly bytes: Uint8Array;
  /** What the bytes say. */
  readonly json: JsonObject;
  readonly mediaType: string;
  readonly material: VerificationMaterial;
  readonly envelope: BundleEnvelope;
  /** SHA-256 of the DSSE payload: what later approvals call this one. */
  readonly payloadDigest: Digest;
  /** Transparency log entries as found, unchecked. */
  readonly tlogEntries: readonly JsonObject[];
  /** RFC 3161 TimeStampResp DER over the signature, unchecked. */
  readonly timestamps: readonly Uint8Array[];
}

/**
 * The bundle in the bytes.
 * @throws SignatureError SIGNATURE_BUNDLE_INVALID, SIGNATURE_AMBIGUOUS
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  if (bytes.length > LIMITS.bundleBytes)
    throw unusableBundle(`${bytes.length} bytes; the limit is ${LIMITS.bundleBytes}`);
  try {
    const value = parseUnambiguous(bytes, 'the bundle', BUNDLE_MEMBERS);
    if (!isJsonObject(value)) throw unusableBundle('it is not a JSON object');
    return bundleFrom(bytes, value);
  } catch (cause) {
    if (!(cause instanceof CountersignError) || cause.code === 'SIGNATURE_BUNDLE_INVALID') throw cause;
    throw documentError(cause, () => unusableBundle(cause.message, cause));
  }
}

/**
 * Sigstore's own parser must take every bundle that we write or accept.
 * @throws SignatureError SIGNATURE_BUNDLE_INVALID
 */
export function assertSigstoreReads(json: JsonObject): void {
  try {
    readSigstoreBundle(json);
  } catch (cause) {
    throw unusableBundle(`sigstore refuses it: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function bundleFrom(bytes: Uint8Array, value: JsonObject): Bundle {
  const { mediaType, verificationMaterial, dsseEnvelope, messageSignature } = value;
  if (typeof mediaType !== 'string' || !READ_MEDIA_TYPES.has(mediaType))
    throw unusableBundle(
      `its media type is ${typeof mediaType === 'string' ? JSON.stringify(mediaType.slice(0, 120)) : 'missing'}`,
    );
  if (messageSignature !== undefined) throw unusableBundle('it holds a message signature, not a DSSE envelope');
  if (!isJsonObject(verificationMaterial)) throw unusableBundle('it has no verification material');
  const envelope = reading(() => envelopeFromValue(dsseEnvelope, fromBase64));
  const [signature, second] = envelope.signatures;
  if (signature === undefined || second !== undefined)
    throw unusableBundle('its envelope must have exactly one signature');
  const bundle: Bundle = {
    bytes,
    json: value,
    mediaType,
    material: materialFrom(verificationMaterial, mediaType),
    envelope: { payloadType: envelope.payloadType, payload: envelope.payload, ...signature },
    payloadDigest: sha256(envelope.payload),
    tlogEntries: objects(verificationMaterial['tlogEntries'], 'tlogEntries'),
    timestamps: timestampsFrom(verificationMaterial['timestampVerificationData']),
  };
  assertSigstoreReads(value);
  return bundle;
}

function materialFrom(value: JsonObject, mediaType: string): VerificationMaterial {
  const { publicKey, certificate, x509CertificateChain } = value;
  if ([publicKey, certificate, x509CertificateChain].filter((member) => member !== undefined).length !== 1)
    throw unusableBundle('it must have one of publicKey, certificate and x509CertificateChain');
  if (publicKey !== undefined) return publicKeyFrom(publicKey);
  if (certificate !== undefined) return { kind: 'certificates', chain: [certificateFrom(certificate)] };
  if (mediaType === BUNDLE_MEDIA_TYPE) throw unusableBundle('version 0.3 holds a single certificate, not a chain');
  const chain = objects(
    isJsonObject(x509CertificateChain) ? x509CertificateChain['certificates'] : null,
    'certificates',
  );
  if (chain.length === 0 || chain.length > MAX_CERTIFICATES)
    throw unusableBundle(`its chain has ${chain.length} certificates; 1 to ${MAX_CERTIFICATES} are read`);
  return { kind: 'certificates', chain: chain.map(certificateFrom) };
}

function publicKeyFrom(value: JsonValue): VerificationMaterial {
  const hint = isJsonObject(value) ? (value['hint'] ?? '') : null;
  if (typeof hint !== 'string') throw unusableBundle('its key hint is not a text');
  return { kind: 'public-key', hint };
}

function certificateFrom(value: JsonValue): Uint8Array {
  const rawBytes = isJsonObject(value) ? value['rawBytes'] : undefined;
  if (typeof rawBytes !== 'string' || rawBytes === '') throw unusableBundle('a certificate has no rawBytes');
  return fromBase64(rawBytes, 'a certificate');
}

function timestampsFrom(value: JsonValue | undefined): readonly Uint8Array[] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) throw unusableBundle('timestampVerificationData is not an object');
  return objects(value['rfc3161Timestamps'], 'rfc3161Timestamps').map(({ signedTimestamp }) => {
    if (typeof signedTimestamp !== 'string') throw unusableBundle('a timestamp is not a text');
    return fromBase64(signedTimestamp, 'a timestamp');
  });
}

function objects(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_ENTRIES || !value.every(isJsonObject))
    throw unusableBundle(`${what} is not a list of at most ${MAX_ENTRIES} objects`);
  return value;
}

/** The error about a bundle that is none for us. */
export function unusableBundle(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_BUNDLE_INVALID', `not a usable bundle: ${problem}`, { cause });
}

/** Signatures of one envelope that are read; each costs a verification per trusted key. */
const MAX_SIGNATURES = 64;

/** One signature of an envelope. */
export interface EnvelopeSignature {
  /** Undefined when absent or empty. */
  readonly keyid: string | undefined;
  readonly signature: Uint8Array;
}

/** A DSSE envelope, decoded. */
export interface Envelope {
  readonly payloadType: string;
  /** The exact signed bytes. */
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

/**
 * A DSSE envelope by the strict reading: exact member names, canonical standard base64, nothing after the document.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  return readEnvelope(bytes, fromBase64);
}

/**
 * The envelope in the bytes, by a base64 reader.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
 */
export function readEnvelope(bytes: Uint8Array, base64: Base64Reader): Envelope {
  return reading(() => envelopeFromValue(parseUnambiguous(bytes, 'the envelope', ENVELOPE_MEMBERS), base64));
}

/** Reads base64; the text names what it is in errors. */
export type Base64Reader = (text: string, what: string) => Uint8Array;

function envelopeFromValue(value: JsonValue | undefined, base64: Base64Reader): Envelope {
  if (!isJsonObject(value)) throw invalidEnvelope('it is not a JSON object');
  const { payloadType, payload, signatures } = value;
  if (typeof payloadType !== 'string' || payloadType === '') throw invalidEnvelope('payloadType is not a text');
  if (typeof payload !== 'string') throw invalidEnvelope('payload is not a text');
  if (!Array.isArray(signatures) || signatures.length === 0) throw invalidEnvelope('it has no signatures');
  if (signatures.length > MAX_SIGNATURES)
    throw invalidEnvelope(`${signatures.length} signatures; the limit is ${MAX_SIGNATURES}`);
  return {
    payloadType,
    payload: base64(payload, 'the payload'),
    signatures: signatures.map((entry) => signatureFrom(entry, base64)),
  };
}

function signatureFrom(value: JsonValue, base64: Base64Reader): EnvelopeSignature {
  if (!isJsonObject(value)) throw invalidEnvelope('a signature is not an object');
  const { keyid, sig } = value;
  // As protobuf reads JSON, null is a member that is not there.
  if (keyid !== undefined && keyid !== null && typeof keyid !== 'string')
    throw invalidEnvelope('a keyid is not a text');
  if (typeof sig !== 'string' || sig === '') throw invalidEnvelope('a signature has no sig');
  return { keyid: keyid || undefined, signature: base64(sig, 'a signature') };
}

function reading<T>(body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof SignatureError || !(cause instanceof CountersignError)) throw cause;
    throw documentError(cause, () => invalidEnvelope(cause.message, cause));
  }
}

/** The error about an envelope that is none. */
export function invalidEnvelope(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_ENVELOPE_INVALID', `not a DSSE envelope: ${problem}`, { cause });
}

/**
 * `DSSEv1 <type length> <type> <payload length> <payload>`, lengths in decimal bytes.
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md#signature-definition
 */
export function encodePae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  return concatBytes(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
}
