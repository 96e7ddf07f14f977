// SPDX-License-Identifier: Apache-2.0
// Sigstore bundles: the one container of every approval and every piece of evidence. Reads versions 0.1 to 0.3 that
// hold a DSSE envelope, writes deterministic compact JSON. Says nothing about whether a signature is good.

import type { VerificationMaterial } from '../crypto/verifier.ts';
import { type Digest, fromBase64, sha256, toBase64, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { parseUnambiguous } from '../base/members.ts';
import { documentError, SignatureError } from '../crypto/errors.ts';
import { readSigstoreBundle } from '../crypto/sigstore/shape.ts';
import { envelopeFromJson } from './dsse.ts';
import { BUNDLE_MEMBERS } from './known-members.ts';

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
export interface BundleEnvelope {
  readonly payloadType: string;
  /** The exact signed bytes. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyid: string | undefined;
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

/** What a new bundle is made from. */
export interface BundleContent {
  readonly material: VerificationMaterial;
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** RFC 3161 responses over the signature. */
  readonly timestamps?: readonly Uint8Array[];
  /** Entries of transparency logs. */
  readonly tlogEntries?: readonly JsonObject[];
}

/**
 * The bundle in the bytes.
 * @throws SignatureError SIGNATURE_BUNDLE_INVALID, SIGNATURE_AMBIGUOUS
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  if (bytes.length > LIMITS.bundleBytes) throw invalid(`${bytes.length} bytes; the limit is ${LIMITS.bundleBytes}`);
  try {
    const value = parseUnambiguous(bytes, 'the bundle', BUNDLE_MEMBERS);
    if (!isJsonObject(value)) throw invalid('it is not a JSON object');
    return bundleFrom(bytes, value);
  } catch (cause) {
    if (!(cause instanceof CountersignError) || cause.code === 'SIGNATURE_BUNDLE_INVALID') throw cause;
    throw documentError(cause, () => invalid(cause.message, cause));
  }
}

/**
 * Bytes of a bundle; the same content gives the same bytes.
 * @throws SignatureError SIGNATURE_BUNDLE_INVALID when Sigstore's own parser would refuse the result
 */
export function encodeBundle(content: BundleContent): Uint8Array {
  const { timestamps = [], tlogEntries = [] } = content;
  return encode(content, {
    ...(tlogEntries.length > 0 ? { tlogEntries } : {}),
    ...(timestamps.length > 0 ? { timestampVerificationData: timestampData(timestamps) } : {}),
  });
}

/** The copy for registries and cosign: certificate only, the same envelope. A bundle without intermediates is unchanged. */
export function leafOnlyBundle(bundle: Bundle): Bundle {
  const { material } = bundle;
  const [leaf] = material.kind === 'certificates' ? material.chain : [];
  if (leaf === undefined || bundle.mediaType === BUNDLE_MEDIA_TYPE) return bundle;
  return withMaterial(bundle, { kind: 'certificates', chain: [leaf] });
}

/** The bundle with these intermediates (DER, issuing CA first) behind its leaf. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
export function withIntermediates(bundle: Bundle, intermediates: readonly Uint8Array[]): Bundle {
  const { material } = bundle;
  const [leaf] = material.kind === 'certificates' ? material.chain : [];
  if (leaf === undefined) throw invalid('only a bundle with a certificate takes intermediates');
  return withMaterial(bundle, { kind: 'certificates', chain: [leaf, ...intermediates] });
}

/** The bundle with one more timestamp over its signature. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
export function withTimestamp(bundle: Bundle, timestamp: Uint8Array): Bundle {
  return withMaterial({ ...bundle, timestamps: [...bundle.timestamps, timestamp] }, bundle.material);
}

function withMaterial(bundle: Bundle, material: VerificationMaterial): Bundle {
  const { payloadType, payload, signature } = bundle.envelope;
  const extra = {
    ...(bundle.tlogEntries.length > 0 ? { tlogEntries: bundle.tlogEntries } : {}),
    ...(bundle.timestamps.length > 0 ? { timestampVerificationData: timestampData(bundle.timestamps) } : {}),
  };
  return parseBundle(encode({ material, payloadType, payload, signature }, extra));
}

function timestampData(timestamps: readonly Uint8Array[]): JsonObject {
  return { rfc3161Timestamps: timestamps.map((stamp) => ({ signedTimestamp: toBase64(stamp) })) };
}

function encode(content: BundleContent, extraMaterial: JsonObject): Uint8Array {
  const { material, payloadType, payload, signature } = content;
  const chained = material.kind === 'certificates' && material.chain.length > 1;
  const json = {
    mediaType: chained ? BUNDLE_CHAIN_MEDIA_TYPE : BUNDLE_MEDIA_TYPE,
    verificationMaterial: { ...materialJson(material), ...extraMaterial },
    dsseEnvelope: { payload: toBase64(payload), payloadType, signatures: [{ sig: toBase64(signature) }] },
  };
  assertSigstoreReads(json);
  return utf8(JSON.stringify(json));
}

function materialJson(material: VerificationMaterial): JsonObject {
  if (material.kind === 'public-key') return { publicKey: { hint: material.hint } };
  const certificates = material.chain.map((der) => ({ rawBytes: toBase64(der) }));
  const [leaf] = certificates;
  if (leaf === undefined) throw invalid('a certificate chain without certificates');
  return certificates.length === 1 ? { certificate: leaf } : { x509CertificateChain: { certificates } };
}

/** Sigstore's own parser must take every bundle that we write or accept. */
function assertSigstoreReads(json: JsonObject): void {
  try {
    readSigstoreBundle(json);
  } catch (cause) {
    throw invalid(`sigstore refuses it: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function bundleFrom(bytes: Uint8Array, value: JsonObject): Bundle {
  const { mediaType, verificationMaterial, dsseEnvelope, messageSignature } = value;
  if (typeof mediaType !== 'string' || !READ_MEDIA_TYPES.has(mediaType))
    throw invalid(
      `its media type is ${typeof mediaType === 'string' ? JSON.stringify(mediaType.slice(0, 120)) : 'missing'}`,
    );
  if (messageSignature !== undefined) throw invalid('it holds a message signature, not a DSSE envelope');
  if (!isJsonObject(verificationMaterial)) throw invalid('it has no verification material');
  const envelope = envelopeFromJson(dsseEnvelope);
  const [signature, second] = envelope.signatures;
  if (signature === undefined || second !== undefined) throw invalid('its envelope must have exactly one signature');
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
    throw invalid('it must have one of publicKey, certificate and x509CertificateChain');
  if (publicKey !== undefined) return publicKeyFrom(publicKey);
  if (certificate !== undefined) return { kind: 'certificates', chain: [certificateFrom(certificate)] };
  if (mediaType === BUNDLE_MEDIA_TYPE) throw invalid('version 0.3 holds a single certificate, not a chain');
  const chain = objects(
    isJsonObject(x509CertificateChain) ? x509CertificateChain['certificates'] : null,
    'certificates',
  );
  if (chain.length === 0 || chain.length > MAX_CERTIFICATES)
    throw invalid(`its chain has ${chain.length} certificates; 1 to ${MAX_CERTIFICATES} are read`);
  return { kind: 'certificates', chain: chain.map(certificateFrom) };
}

function publicKeyFrom(value: JsonValue): VerificationMaterial {
  const hint = isJsonObject(value) ? (value['hint'] ?? '') : null;
  if (typeof hint !== 'string') throw invalid('its key hint is not a text');
  return { kind: 'public-key', hint };
}

function certificateFrom(value: JsonValue): Uint8Array {
  const rawBytes = isJsonObject(value) ? value['rawBytes'] : undefined;
  if (typeof rawBytes !== 'string' || rawBytes === '') throw invalid('a certificate has no rawBytes');
  return fromBase64(rawBytes, 'a certificate');
}

function timestampsFrom(value: JsonValue | undefined): readonly Uint8Array[] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) throw invalid('timestampVerificationData is not an object');
  return objects(value['rfc3161Timestamps'], 'rfc3161Timestamps').map(({ signedTimestamp }) => {
    if (typeof signedTimestamp !== 'string') throw invalid('a timestamp is not a text');
    return fromBase64(signedTimestamp, 'a timestamp');
  });
}

function objects(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_ENTRIES || !value.every(isJsonObject))
    throw invalid(`${what} is not a list of at most ${MAX_ENTRIES} objects`);
  return value;
}

function invalid(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_BUNDLE_INVALID', `not a usable bundle: ${problem}`, { cause });
}
