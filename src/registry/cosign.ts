// SPDX-License-Identifier: Apache-2.0
// Legacy cosign signatures: the tag `sha256-<hex>.sig`, an image whose layers are the signed payloads. podman, skopeo and
// CRI-O read nothing else. Reading is bounded; writing merges and repairs, so that no parallel writer's entry is lost.

import { decodeUtf8, fromBase64, toBase64, utf8 } from '../primitives/bytes.ts';
import { type Digest, sha256 } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../primitives/json.ts';
import { asObject } from '../primitives/shape.ts';
import { LIMITS } from '../primitives/limits.ts';
import type { Clock } from '../primitives/retry.ts';
import { memoryBlob, readSmallBlob } from './bundles.ts';
import { RegistryError } from './errors.ts';
import { makeManifest, parseManifest } from './manifest.ts';
import { referrersTag } from './reference.ts';
import {
  type Manifest,
  MEDIA_TYPE,
  type OciDescriptor,
  type ReadableRepository,
  type Repository,
} from './repository.ts';

const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const CHAIN = 'dev.sigstore.cosign/chain';
const SIGNATURE_TYPE = 'cosign container image signature';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const MAX_LAYERS = 1000;
const MAX_ROUNDS = 20;
const PAUSE_MS = { from: 100, to: 500 } as const;

/** What reading the tags needs. */
type SmallBlobs = Pick<ReadableRepository, 'getManifest' | 'readBlob'>;

/** One legacy signature: the payload as it was signed. */
export interface CosignSignature {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** PEM of the leaf, for X.509. */
  readonly certificate: string | undefined;
  /** PEM, issuing CA first. */
  readonly chain: string | undefined;
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

/** The payload to sign: compact, keys in the order of the reference, nothing but texts in `optional`. */
export function encodeSimpleSigning(repository: string, digest: Digest, stage: string): Uint8Array {
  const critical = {
    identity: { 'docker-reference': repository },
    image: { 'docker-manifest-digest': digest },
    type: SIGNATURE_TYPE,
  };
  return utf8(JSON.stringify({ critical, optional: { stage } }));
}

/**
 * What a payload says; undefined when it is no cosign signature. podman is as strict about its members.
 * @see containers/image docs, containers-signature(5)
 */
export function parseSimpleSigning(payload: Uint8Array): SimpleSigning | undefined {
  try {
    const document = parseJson(payload, 'the payload');
    if (!isJsonObject(document) || !isJsonObject(document['critical'])) return undefined;
    const { identity, image, type } = document['critical'];
    if (!isJsonObject(identity) || !isJsonObject(image) || type !== SIGNATURE_TYPE) return undefined;
    const reference = identity['docker-reference'];
    const digest = image['docker-manifest-digest'];
    if (typeof reference !== 'string' || typeof digest !== 'string') return undefined;
    const optional = document['optional'];
    return { reference, digest, type, optional: isJsonObject(optional) ? optional : {} };
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** Legacy signatures of a manifest; malformed entries are left out, they prove nothing. */
export async function readCosignSignatures(
  repository: SmallBlobs,
  subject: Digest,
): Promise<readonly CosignSignature[]> {
  const found = await readTag(repository, cosignTag(subject, 'sig'), PAYLOAD_TYPE);
  const signatures: CosignSignature[] = [];
  for (const layer of found) {
    const signature = layer.annotations?.[SIGNATURE];
    if (!signature || layer.size > LIMITS.legacyPayloadBytes) continue;
    const bytes = tolerant(() => fromBase64(signature, 'the signature'));
    const payload = bytes && (await readEntry(repository, layer));
    if (!payload) continue;
    signatures.push({
      payload,
      signature: bytes,
      certificate: layer.annotations?.[CERTIFICATE] || undefined,
      chain: layer.annotations?.[CHAIN] || undefined,
    });
  }
  return signatures;
}

/** DSSE envelopes in the legacy attestation tag of a manifest. */
export async function readCosignAttestations(repository: SmallBlobs, subject: Digest): Promise<readonly Uint8Array[]> {
  const found = await readTag(repository, cosignTag(subject, 'att'), ENVELOPE_TYPE);
  const envelopes: Uint8Array[] = [];
  for (const layer of found) {
    const envelope = layer.size <= LIMITS.bundleBytes ? await readEntry(repository, layer) : undefined;
    if (envelope) envelopes.push(envelope);
  }
  return envelopes;
}

/** A blob that an entry names; undefined when it is not there or another one: a bad entry must not hide the others. */
async function readEntry(repository: SmallBlobs, layer: OciDescriptor): Promise<Uint8Array | undefined> {
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
  const { layers } = parseManifest(manifest, `the tag ${tag}`);
  return layers.slice(0, MAX_LAYERS).filter(({ mediaType }) => mediaType === type);
}

function tolerant<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** Signatures that belong into a tag. */
export interface Kept {
  readonly ours: readonly CosignSignature[];
  /** What other writers attached so far. */
  readonly others?: () => Promise<readonly CosignSignature[]>;
  readonly clock: Clock;
}

/**
 * Sees to it that the tag holds every wanted signature: read, merge, write, read back. First `ours`; after every write
 * `others` is asked, so that what other writers attached before we wrote is put back too.
 * @throws RegistryError REGISTRY_REFERRER_NOT_LISTED when others overwrite it every time; as putManifest
 */
export async function keepCosignSignatures(
  repository: Repository,
  subject: Digest,
  { ours, others, clock }: Kept,
): Promise<void> {
  const tag = cosignTag(subject, 'sig');
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const entries = round === 0 && ours.length > 0 ? ours : [...ours, ...((await others?.()) ?? [])];
    const present = await repository.getManifest(tag);
    const layers = present ? parseManifest(present, `the tag ${tag}`).layers : [];
    const known = new Set(layers.map((layer) => `${layer.digest} ${layer.annotations?.[SIGNATURE] ?? ''}`));
    const missing = entries.filter((entry) => {
      const key = `${sha256(entry.payload)} ${toBase64(entry.signature)}`;
      const isNew = !known.has(key);
      known.add(key);
      return isNew;
    });
    if (missing.length === 0) return;
    await writeTag(repository, tag, { present, layers, added: missing, fresh: round === 0 && ours.length > 0 });
    await clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
  }
  throw new RegistryError('REGISTRY_REFERRER_NOT_LISTED', `other writers overwrite the tag ${tag} every time`, {
    hint: 'let the stages of one image sign one after another, and repeat',
  });
}

function layerOf({ payload, signature, certificate, chain }: CosignSignature): OciDescriptor {
  return {
    mediaType: PAYLOAD_TYPE,
    size: payload.length,
    digest: sha256(payload),
    annotations: {
      [SIGNATURE]: toBase64(signature),
      ...(certificate === undefined ? {} : { [CERTIFICATE]: certificate, [CHAIN]: chain ?? '' }),
    },
  };
}

const EPOCH = '0001-01-01T00:00:00Z';

/** Writes the tag with further layers; whatever else is in the manifest and its config stays. */
async function writeTag(
  repository: Repository,
  tag: string,
  change: {
    readonly present: Manifest | undefined;
    readonly layers: readonly OciDescriptor[];
    readonly added: readonly CosignSignature[];
    /** Only we make these entries. */
    readonly fresh: boolean;
  },
): Promise<void> {
  const { present, added, fresh } = change;
  const document = present ? objectIn(present.bytes, `the tag ${tag}`) : {};
  const config = utf8(JSON.stringify(await mergedConfig(repository, tag, change)));
  for (const blob of [...added.map(({ payload }) => payload), config])
    await repository.pushBlob(sha256(blob), memoryBlob(blob), { fresh });
  const merged = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    ...document,
    config: { mediaType: CONFIG_TYPE, size: config.length, digest: sha256(config) },
    layers: [...(Array.isArray(document['layers']) ? document['layers'] : []), ...added.map(layerOf)],
  };
  await repository.putManifest(makeManifest(utf8(JSON.stringify(merged)), MEDIA_TYPE.manifest), tag);
}

/** The image config that goes with the layers: one diff id each. */
async function mergedConfig(
  repository: Repository,
  tag: string,
  { present, layers, added }: Parameters<typeof writeTag>[2],
): Promise<JsonObject> {
  const old = present ? parseManifest(present, `the tag ${tag}`).config : undefined;
  const readable = old && old.size <= LIMITS.manifestBytes ? await readSmallBlob(repository, old) : undefined;
  const base: JsonObject = (readable && tolerant(() => objectIn(readable, 'the config'))) ?? {
    architecture: '',
    created: EPOCH,
    os: '',
    config: {},
  };
  const history = Array.isArray(base['history']) ? base['history'] : layers.map(() => ({ created: EPOCH }));
  const diffIds = [...layers.map(({ digest }) => digest), ...added.map(({ payload }) => sha256(payload))];
  return {
    ...base,
    history: [...history, ...added.map(() => ({ created: EPOCH }))],
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
}

function objectIn(bytes: Uint8Array, what: string): JsonObject {
  return asObject(parseJson(bytes, what), what);
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
  return tolerant(() => {
    const note = parseJson(text, 'the annotation');
    if (!isJsonObject(note) || typeof note['payload'] !== 'string' || typeof note['signature'] !== 'string')
      return undefined;
    return { payload: utf8(note['payload']), signature: fromBase64(note['signature'], 'the signature') };
  });
}
