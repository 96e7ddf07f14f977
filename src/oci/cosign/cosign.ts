// SPDX-License-Identifier: Apache-2.0
// Legacy cosign signatures: the tag `sha256-<hex>.sig`, an image whose layers are the signed payloads. podman, skopeo and
// CRI-O read nothing else. Their form, and reading them within limits; write.ts adds to the tag.

import { decodeUtf8, type Digest, fromBase64, toBase64, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { RegistryError } from '../errors.ts';
import { parseList } from '../manifest.ts';
import type { ManifestFetcher, OciDescriptor } from '../oci.ts';
import { parseDockerReference, referrersTag } from '../reference.ts';
import { type BlobReader, readSmallBlob } from '../referrers/bundles.ts';

/** Media type of a signed payload. */
export const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** Media type of an attestation. */
export const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';
/** Annotations of a payload's layer. */
export const SIGNATURE = 'dev.cosignproject.cosign/signature';
/** Annotation of a legacy signature: PEM of its certificate. */
export const CERTIFICATE = 'dev.sigstore.cosign/certificate';
/** Annotation of a legacy signature: PEM of the certificates behind that. */
export const CHAIN = 'dev.sigstore.cosign/chain';
/** What payloads call themselves: those of cosign, and those that GPG signs. */
export const SIGNATURE_TYPES = {
  cosign: 'cosign container image signature',
  gpg: 'atomic container signature',
} as const;
const MAX_LAYERS = 1000;

/** What reading the tags needs. */
type SmallBlobs = Pick<ManifestFetcher, 'getManifest'> & BlobReader;

/** One legacy signature: the payload as it was signed. */
export interface CosignSignature {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** PEM of the leaf, for X.509. */
  readonly certificate: string | undefined;
  /** PEM, issuing CA first. */
  readonly chain: string | undefined;
}

/** One attestation of a legacy tag. */
export interface CosignAttestation {
  /** A DSSE envelope, the bytes of the layer. */
  readonly envelope: Uint8Array;
  /** PEM of the leaf, for X.509. */
  readonly certificate: string | undefined;
  /** PEM, issuing CA first. */
  readonly chain: string | undefined;
}

/** An attestation to be written. */
export interface NewAttestation extends CosignAttestation {
  readonly predicateType: string;
}

/** What a simple signing payload says. */
export interface SimpleSigning {
  readonly reference: string;
  readonly digest: string;
  readonly type: string;
  readonly optional: JsonObject;
}

/** The tag that holds the legacy signatures of a manifest. */
export function cosignTag(subject: Digest, suffix: 'sig' | 'att'): string {
  return `${referrersTag(subject)}.${suffix}`;
}

/**
 * The payload to sign: compact, keys in the order of the reference, nothing but texts in `optional`. A place that is no
 * image name, as that of a folder may be, becomes one: podman reads no other.
 */
export function encodeSimpleSigning(
  repository: string,
  digest: Digest,
  optional: Readonly<Record<string, string | number>>,
  type: keyof typeof SIGNATURE_TYPES = 'cosign',
): Uint8Array {
  const critical = {
    identity: { 'docker-reference': signableReference(repository) },
    image: { 'docker-manifest-digest': digest },
    type: SIGNATURE_TYPES[type],
  };
  return utf8(JSON.stringify({ critical, optional }));
}

function signableReference(place: string): string {
  if (parseDockerReference(place)) return place;
  const last = place.slice(place.lastIndexOf('/') + 1).replace(/^oci:/, '');
  return `oci:${
    last
      .replace(/[^A-Za-z0-9_.-]/g, '_')
      .replace(/^[.-]/, '_')
      .slice(0, 128) || 'image'
  }`;
}

/**
 * What a payload says; undefined when it is no signature of this type. podman is as strict about its members. One
 * `inside` an OCI-SIF may name no place, as SingularityCE writes it: podman never sees it.
 * @see https://github.com/containers/image/blob/v5.36.0/docs/containers-signature.5.md
 */
export function parseSimpleSigning(
  payload: Uint8Array,
  wanted: keyof typeof SIGNATURE_TYPES | 'inside' = 'cosign',
): SimpleSigning | undefined {
  return orUndefined(() => {
    const { critical, optional } = exactly(['critical', 'optional'], parseJson(payload, 'the payload'));
    const { identity, image, type } = exactly(['identity', 'image', 'type'], critical);
    const { 'docker-reference': reference } = exactly(['docker-reference'], identity);
    const { 'docker-manifest-digest': digest } = exactly(['docker-manifest-digest'], image);
    if (
      type !== SIGNATURE_TYPES[wanted === 'inside' ? 'cosign' : wanted] ||
      typeof reference !== 'string' ||
      typeof digest !== 'string'
    )
      return undefined;
    const notes = wanted === 'gpg' && optional === null ? undefined : parseOptional(optional);
    const sound = (wanted === 'inside' && reference === '') || parseDockerReference(reference);
    return notes && sound ? { reference, digest, type, optional: notes } : undefined;
  });
}

/** The members of an object that has these and no others; none of them otherwise. */
function exactly(names: readonly string[], value: JsonValue | undefined): JsonObject {
  const same = isJsonObject(value) && Object.keys(value).length === names.length;
  return same && names.every((name) => Object.hasOwn(value, name)) ? value : {};
}

/** Null is what cosign writes when nothing was given; who made it and when have a fixed form. */
function parseOptional(value: JsonValue | undefined): JsonObject | undefined {
  if (value === null) return {};
  if (!isJsonObject(value)) return undefined;
  const { creator, timestamp } = value;
  const sound =
    (creator === undefined || typeof creator === 'string') && (timestamp === undefined || Number.isInteger(timestamp));
  return sound ? value : undefined;
}

/**
 * Legacy signatures of a manifest, each once; malformed entries are left out, they prove nothing. Entries that name one
 * payload share its bytes.
 */
export async function readCosignSignatures(
  repository: SmallBlobs,
  subject: Digest,
): Promise<readonly CosignSignature[]> {
  const found = await readTag(repository, cosignTag(subject, 'sig'), PAYLOAD_TYPE);
  const signatures: CosignSignature[] = [];
  const payloads = new Map<Digest, Uint8Array | undefined>();
  for (const layer of distinct(found, ({ digest, annotations }) => JSON.stringify([digest, annotations]))) {
    const signature = layer.annotations?.[SIGNATURE];
    if (!signature || layer.size > LIMITS.legacyPayloadBytes) continue;
    const bytes = orUndefined(() => fromBase64(signature, 'the signature'));
    if (!bytes) continue;
    const payload = payloads.has(layer.digest) ? payloads.get(layer.digest) : await readEntry(repository, layer);
    payloads.set(layer.digest, payload);
    if (!payload) continue;
    signatures.push({ payload, signature: bytes, ...certificatesOf(layer) });
  }
  return signatures;
}

/** What the legacy attestation tag of a manifest holds, each envelope once. */
export async function readCosignAttestations(
  repository: SmallBlobs,
  subject: Digest,
): Promise<readonly CosignAttestation[]> {
  const found = await readTag(repository, cosignTag(subject, 'att'), ENVELOPE_TYPE);
  const attestations: CosignAttestation[] = [];
  for (const layer of distinct(found, ({ digest }) => digest)) {
    const envelope = layer.size <= LIMITS.bundleBytes ? await readEntry(repository, layer) : undefined;
    if (envelope) attestations.push({ envelope, ...certificatesOf(layer) });
  }
  return attestations;
}

function certificatesOf({ annotations }: OciDescriptor): Pick<CosignSignature, 'certificate' | 'chain'> {
  return { certificate: annotations?.[CERTIFICATE] || undefined, chain: annotations?.[CHAIN] || undefined };
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): Iterable<T> {
  return new Map(items.map((item) => [keyOf(item), item])).values();
}

/** A blob that an entry names; undefined when it is not there or another one: a bad entry must not hide the others. */
export async function readEntry(
  repository: Pick<SmallBlobs, 'readBlob'>,
  layer: OciDescriptor,
): Promise<Uint8Array | undefined> {
  try {
    return await readSmallBlob(repository, layer);
  } catch (error) {
    const ofTheEntry = ['REGISTRY_NOT_FOUND', 'REGISTRY_DIGEST_MISMATCH', 'REGISTRY_SIZE_MISMATCH'];
    if (error instanceof RegistryError && ofTheEntry.includes(error.code)) return undefined;
    throw error;
  }
}

async function readTag(repository: SmallBlobs, tag: string, type: string): Promise<readonly OciDescriptor[]> {
  const manifest = await repository.getManifest(tag);
  if (!manifest) return [];
  const { layers } = parseList(manifest, `the tag ${tag}`);
  return layers.slice(0, MAX_LAYERS).filter(({ mediaType }) => mediaType === type);
}

/** The value, or undefined when what somebody else wrote is malformed. */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** A signature as text, to travel in an annotation of the bundle that belongs to it. */
export function encodeCosignNote(signature: CosignSignature): string {
  return JSON.stringify({
    payload: decodeUtf8(signature.payload, 'the payload'),
    signature: toBase64(signature.signature),
  });
}

/** The signature in such an annotation; undefined when it is malformed. */
export function parseCosignNote(text: string): Pick<CosignSignature, 'payload' | 'signature'> | undefined {
  return orUndefined(() => {
    const note = parseJson(text, 'the annotation');
    if (!isJsonObject(note) || typeof note['payload'] !== 'string' || typeof note['signature'] !== 'string')
      return undefined;
    return { payload: utf8(note['payload']), signature: fromBase64(note['signature'], 'the signature') };
  });
}
