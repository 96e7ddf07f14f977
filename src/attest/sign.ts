// SPDX-License-Identifier: Apache-2.0
// Makes bundles and envelopes: deterministic compact JSON. A statement becomes a signed bundle, with a timestamp where the
// signer has one made.

import type { Signer } from '../crypto/signer.ts';
import type { VerificationMaterial } from '../crypto/verifier.ts';
import { toBase64, utf8 } from '../base/bytes.ts';
import type { JsonObject } from '../base/json.ts';
import {
  assertSigstoreReads,
  type Bundle,
  BUNDLE_CHAIN_MEDIA_TYPE,
  BUNDLE_MEDIA_TYPE,
  encodePae,
  type Envelope,
  parseBundle,
  unusableBundle,
} from './bundle.ts';
import { IN_TOTO_PAYLOAD_TYPE } from './statement.ts';

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
 * Bytes of the bundle with this statement.
 * @throws SignatureError, also when no timestamp can be had; NetworkError
 */
export async function signStatement(
  payload: Uint8Array,
  signer: Signer,
  { now, stamp = true }: { readonly now: Date /** False asks no timestamp authority. */; readonly stamp?: boolean },
): Promise<Uint8Array> {
  const payloadType = IN_TOTO_PAYLOAD_TYPE;
  const pae = encodePae(payloadType, payload);
  const signature = await signer.signPae(pae, now);
  const stamps = stamp && signer.stamp ? [await signer.stamp(signature)] : [];
  const proofs = await signer.witness?.({ payloadType, payload, pae, signature });
  const { tlogEntries = [], timestamps = [] } = proofs ?? {};
  const content = { material: signer.material, payloadType, payload, signature };
  return encodeBundle({ ...content, timestamps: [...stamps, ...timestamps], tlogEntries });
}

/**
 * Bytes of a bundle; the same content gives the same bytes.
 * @throws SignatureError SIGNATURE_BUNDLE_INVALID when Sigstore's own parser would refuse the result
 */
export function encodeBundle(content: BundleContent): Uint8Array {
  const { material, payloadType, payload, signature, timestamps = [], tlogEntries = [] } = content;
  const chained = material.kind === 'certificates' && material.chain.length > 1;
  const rfc3161Timestamps = timestamps.map((stamp) => ({ signedTimestamp: toBase64(stamp) }));
  const json = {
    mediaType: chained ? BUNDLE_CHAIN_MEDIA_TYPE : BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...materialJson(material),
      ...(tlogEntries.length > 0 ? { tlogEntries } : {}),
      ...(timestamps.length > 0 ? { timestampVerificationData: { rfc3161Timestamps } } : {}),
    },
    dsseEnvelope: { payload: toBase64(payload), payloadType, signatures: [{ sig: toBase64(signature) }] },
  };
  assertSigstoreReads(json);
  return utf8(JSON.stringify(json));
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
  if (leaf === undefined) throw unusableBundle('only a bundle with a certificate takes intermediates');
  return withMaterial(bundle, { kind: 'certificates', chain: [leaf, ...intermediates] });
}

/** The bundle with one more timestamp over its signature. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
export function withTimestamp(bundle: Bundle, timestamp: Uint8Array): Bundle {
  return withMaterial({ ...bundle, timestamps: [...bundle.timestamps, timestamp] }, bundle.material);
}

function withMaterial({ envelope, tlogEntries, timestamps }: Bundle, material: VerificationMaterial): Bundle {
  return parseBundle(encodeBundle({ ...envelope, material, tlogEntries, timestamps }));
}

function materialJson(material: VerificationMaterial): JsonObject {
  if (material.kind === 'public-key') return { publicKey: { hint: material.hint } };
  const certificates = material.chain.map((der) => ({ rawBytes: toBase64(der) }));
  const [leaf] = certificates;
  if (leaf === undefined) throw unusableBundle('a certificate chain without certificates');
  return certificates.length === 1 ? { certificate: leaf } : { x509CertificateChain: { certificates } };
}

/** Compact JSON, members in the order that Apptainer writes: payloadType, payload, signatures of keyid and sig. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return utf8(
    JSON.stringify({
      payloadType: envelope.payloadType,
      payload: toBase64(envelope.payload),
      signatures: envelope.signatures.map(({ keyid, signature }) => ({ keyid, sig: toBase64(signature) })),
    }),
  );
}
