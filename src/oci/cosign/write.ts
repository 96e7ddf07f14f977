// SPDX-License-Identifier: Apache-2.0
// Writing legacy cosign signatures and attestations into their shared tags so that no parallel writer's entry is lost: read, merge, write,
// read back, and put back what others had attached.

import { type Digest, sha256, toBase64, utf8 } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { asObject, parseUnambiguous, type Shape } from '../../base/members.ts';
import { immutableTag, RegistryError } from '../errors.ts';
import { makeManifest, MANIFEST_MEMBERS, parseList } from '../manifest.ts';
import {
  type BlobFetcher,
  type BlobPusher,
  type Manifest,
  type ManifestFetcher,
  type ManifestPusher,
  MEDIA_TYPE,
} from '../oci.ts';
import { memoryBlob } from '../referrers/bundles.ts';
import {
  CERTIFICATE,
  CHAIN,
  type CosignSignature,
  cosignTag,
  ENVELOPE_TYPE,
  type NewAttestation,
  PAYLOAD_TYPE,
  readEntry,
  SIGNATURE,
  orUndefined,
} from './cosign.ts';

const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
/** What writing a legacy tag needs. */
type TagStore = ManifestFetcher & BlobFetcher & ManifestPusher & BlobPusher;

/** What Go programs know of an image's config that is merged here. */
const CONFIG_MEMBERS = {
  architecture: 'text',
  created: 'text',
  os: 'text',
  config: 'object',
  history: ['any'],
  rootfs: { type: 'text', diff_ids: ['text'] },
} as const satisfies Shape;
const MAX_ROUNDS = 20;
const PAUSE_MS = { from: 100, to: 500 } as const;

/** Signatures or attestations that belong into a tag. */
export interface Kept<T> {
  readonly ours: readonly T[];
  /** What other writers attached so far. */
  readonly others?: () => Promise<readonly T[]>;
  readonly clock: Clock;
}

/** A layer of a legacy tag, word for word: what others wrote into it is not ours to leave out. */
export interface LegacyLayer {
  readonly layer: JsonObject;
  /** Pushed with it; undefined when it is there already. */
  readonly blob: Uint8Array | undefined;
}

/**
 * Sees to it that the tag holds every wanted signature: read, merge, write, read back. First `ours`; after every write
 * `others` is asked, so that what other writers attached before we wrote is put back too. True when it wrote.
 * @throws RegistryError REGISTRY_REFERRER_NOT_LISTED when others overwrite it every time, REGISTRY_TAG_IMMUTABLE,
 * REGISTRY_REFERRERS_TAG_TAKEN; as putManifest
 */
export function keepCosignSignatures(
  repository: TagStore,
  subject: Digest,
  { ours, others, clock }: Kept<CosignSignature>,
): Promise<boolean> {
  return keepLayers(repository, cosignTag(subject, 'sig'), {
    ours: ours.map(layerOf),
    others: async () => ((await others?.()) ?? []).map(layerOf),
    clock,
  });
}

/**
 * The same for attestations.
 * @throws as keepCosignSignatures
 */
export function keepCosignAttestations(
  repository: TagStore,
  subject: Digest,
  { ours, others, clock }: Kept<NewAttestation>,
): Promise<boolean> {
  return keepLayers(repository, cosignTag(subject, 'att'), {
    ours: ours.map(attestationLayer),
    others: async () => ((await others?.()) ?? []).map(attestationLayer),
    clock,
  });
}

/**
 * Sees to it that a legacy tag holds these layers, whose blobs are there. Where there is no such tag it becomes `whole`,
 * byte for byte, if that is given. True when it wrote.
 * @throws as keepCosignSignatures
 */
export function keepLegacyLayers(
  repository: TagStore,
  tag: string,
  { layers, whole, clock }: { readonly layers: readonly JsonObject[]; whole?: Manifest | undefined; clock: Clock },
): Promise<boolean> {
  const ours = layers.map((layer) => ({ layer, blob: undefined }));
  return keepLayers(repository, tag, { ours, others: () => Promise.resolve([]), whole, clock });
}

/** What the manifest of a legacy tag holds, as it stands there. @throws DataError DATA_JSON_INVALID */
export function legacyLayers(
  { bytes }: Manifest,
  tag: string,
): { readonly layers: readonly JsonObject[]; readonly config: JsonObject } {
  const { layers, config } = objectIn(bytes, `the tag ${tag}`, MANIFEST_MEMBERS);
  return {
    layers: Array.isArray(layers) ? layers.filter(isJsonObject) : [],
    config: isJsonObject(config) ? config : {},
  };
}

/**
 * Sees to it that the tag holds none of these signatures; all others stay.
 * @throws as keepCosignSignatures
 */
export function dropCosignSignatures(
  repository: TagStore,
  subject: Digest,
  { outdated, clock }: { readonly outdated: readonly CosignSignature[]; readonly clock: Clock },
): Promise<void> {
  const names = new Set(outdated.map((signature) => nameOf(layerOf(signature).layer)));
  return dropLayers(repository, cosignTag(subject, 'sig'), { names, clock });
}

/**
 * Sees to it that the tag does not hold this envelope; all others stay.
 * @throws as keepCosignSignatures
 */
export function dropCosignAttestation(
  repository: TagStore,
  subject: Digest,
  { envelope, clock }: { readonly envelope: Digest; readonly clock: Clock },
): Promise<void> {
  const names = new Set([nameOf({ digest: envelope })]);
  return dropLayers(repository, cosignTag(subject, 'att'), { names, clock });
}

async function dropLayers(
  repository: TagStore,
  tag: string,
  { names, clock }: { readonly names: ReadonlySet<string>; readonly clock: Clock },
): Promise<void> {
  for (let round = 0; names.size > 0 && round < MAX_ROUNDS; round += 1) {
    const present = await readTag(repository, tag);
    const before = present ? legacyLayers(present, tag).layers : [];
    const layers = before.filter((layer) => !names.has(nameOf(layer)));
    const dropped = before.length - layers.length;
    if (dropped === 0) return;
    await writeTag(repository, tag, { present, layers, added: [], dropped, fresh: false });
    await clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
  }
  if (names.size > 0) throw overwritten(tag);
}

async function keepLayers(
  repository: TagStore,
  tag: string,
  wanted: {
    readonly ours: readonly LegacyLayer[];
    readonly others: () => Promise<readonly LegacyLayer[]>;
    readonly whole?: Manifest | undefined;
    readonly clock: Clock;
  },
): Promise<boolean> {
  const { ours, others, whole, clock } = wanted;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const first = round === 0 && ours.length > 0;
    const entries = first ? ours : [...ours, ...(await others())];
    const present = await readTag(repository, tag);
    const layers = present ? legacyLayers(present, tag).layers : [];
    const known = new Set(layers.map(nameOf));
    const missing = entries.filter(({ layer }) => {
      const isNew = !known.has(nameOf(layer));
      known.add(nameOf(layer));
      return isNew;
    });
    if (missing.length === 0) return round > 0;
    if (!present && whole) await repository.putManifest(whole, tag);
    else await writeTag(repository, tag, { present, layers, added: missing, fresh: first });
    await clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
  }
  throw overwritten(tag);
}

function overwritten(tag: string): RegistryError {
  return new RegistryError('REGISTRY_REFERRER_NOT_LISTED', `other writers overwrite the tag ${tag} every time`, {
    hint: 'let the stages of one image sign one after another, and repeat',
  });
}

async function readTag(repository: ManifestFetcher, tag: string): Promise<Manifest | undefined> {
  const present = await repository.getManifest(tag);
  if (!present || parseList(present, `the tag ${tag}`).kind === 'manifest') return present;
  throw new RegistryError('REGISTRY_REFERRERS_TAG_TAKEN', `the tag ${tag} is a ${present.mediaType}`, {
    hint: 'remove or rename that tag; cosign keeps signatures and attestations under this name',
  });
}

/** What tells one layer from another: the same payload may be signed by many. */
function nameOf({ digest, annotations }: JsonObject): string {
  const signature = isJsonObject(annotations) ? annotations[SIGNATURE] : undefined;
  return `${typeof digest === 'string' ? digest : ''} ${typeof signature === 'string' ? signature : ''}`;
}

function layerOf({ payload, signature, ...by }: CosignSignature): LegacyLayer {
  return newLayer(PAYLOAD_TYPE, payload, { [SIGNATURE]: toBase64(signature), ...certificatesOf(by) });
}

function attestationLayer({ envelope, predicateType, ...by }: NewAttestation): LegacyLayer {
  return newLayer(ENVELOPE_TYPE, envelope, { [SIGNATURE]: '', ...certificatesOf(by), predicateType });
}

function newLayer(mediaType: string, blob: Uint8Array, annotations: JsonObject): LegacyLayer {
  return { blob, layer: { mediaType, size: blob.length, digest: sha256(blob), annotations } };
}

function certificatesOf({ certificate, chain }: Pick<CosignSignature, 'certificate' | 'chain'>): JsonObject {
  return certificate === undefined ? {} : { [CERTIFICATE]: certificate, [CHAIN]: chain ?? '' };
}

const EPOCH = '0001-01-01T00:00:00Z';

/** A tag on its way to more layers. */
interface TagChange {
  readonly present: Manifest | undefined;
  /** What it has and keeps. */
  readonly layers: readonly JsonObject[];
  /** How many it had and does not keep. */
  readonly dropped?: number;
  readonly added: readonly LegacyLayer[];
  /** Only we make these entries. */
  readonly fresh: boolean;
}

/** Writes the tag with further layers; whatever else is in the manifest and its config stays, types included. */
async function writeTag(repository: TagStore, tag: string, change: TagChange): Promise<void> {
  const { present, layers, added, fresh } = change;
  const mediaType = present?.mediaType ?? MEDIA_TYPE.manifest;
  const document = present ? objectIn(present.bytes, `the tag ${tag}`, MANIFEST_MEMBERS) : {};
  const old = isJsonObject(document['config']) ? document['config'] : {};
  const config = utf8(JSON.stringify(await mergedConfig(repository, tag, change)));
  for (const blob of [...added.flatMap((entry) => entry.blob ?? []), config])
    await repository.pushBlob(sha256(blob), memoryBlob(blob), { fresh });
  const merged = {
    schemaVersion: 2,
    mediaType,
    ...document,
    config: { mediaType: old['mediaType'] ?? CONFIG_TYPE, size: config.length, digest: sha256(config) },
    layers: [...layers, ...added.map(({ layer }) => layer)],
  };
  try {
    await repository.putManifest(makeManifest(utf8(JSON.stringify(merged)), mediaType), tag);
  } catch (error) {
    throw (present && immutableTag(tag, error)) ?? error;
  }
}

/** The image config that goes with the layers: one diff id each. */
async function mergedConfig(
  repository: TagStore,
  tag: string,
  { present, layers, added, dropped = 0 }: TagChange,
): Promise<JsonObject> {
  const old = present ? parseList(present, `the tag ${tag}`).config : undefined;
  const readable = old && old.size <= LIMITS.manifestBytes ? await readEntry(repository, old) : undefined;
  const base: JsonObject = (readable && orUndefined(() => objectIn(readable, 'the config', CONFIG_MEMBERS))) ?? {
    architecture: '',
    created: EPOCH,
    os: '',
    config: {},
  };
  const told = base['history'];
  const history = Array.isArray(told)
    ? told.slice(0, Math.max(0, told.length - dropped))
    : layers.map(() => ({ created: EPOCH }));
  const digests = [...layers, ...added.map(({ layer }) => layer)].map(({ digest }) => digest ?? '');
  return {
    ...base,
    history: [...history, ...added.map(() => ({ created: EPOCH }))],
    rootfs: { type: 'layers', diff_ids: digests },
  };
}

function objectIn(bytes: Uint8Array, what: string, members: Shape): JsonObject {
  return asObject(parseUnambiguous(bytes, what, members), what);
}
