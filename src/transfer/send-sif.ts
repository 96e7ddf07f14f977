// SPDX-License-Identifier: Apache-2.0
// Publishing a SIF: the file streamed and hashed in one read, its manifest as apptainer writes it, its layers as
// referrers, all checked by reading back, and only then the tags. Stopped anywhere, the old tags stand.

import { type Digest, sha256, utf8 } from '../base/bytes.ts';
import { parseJson } from '../base/json.ts';
import { type Shape, strangeMember } from '../base/members.ts';
import { NetworkError } from '../net/errors.ts';
import { attachBundle, type BundleToAttach, memoryBlob } from '../oci/referrers/bundles.ts';
import { RegistryError } from '../oci/errors.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../oci/manifest.ts';
import {
  type BlobSource,
  type Manifest,
  type ManifestFetcher,
  type ManifestPusher,
  MEDIA_TYPE,
  type OciDescriptor,
  type OnBytes,
  type ReadableRepository,
  type Repository,
  SIF_LAYER_TYPES,
} from '../oci/oci.ts';

/** A SIF to be published. */
export interface SifPush {
  /** Base name of the file; part of the manifest, and so of its digest. */
  readonly title: string;
  readonly source: BlobSource;
  readonly tags: readonly string[];
  /**
   * Asked once when every byte is at the registry and nothing is published; gives what to attach, or undefined to
   * publish nothing.
   */
  admit(layer: Digest): Promise<readonly BundleToAttach[] | undefined>;
  /** Asked with everything readable by digest, before any tag moves; throws to stop. */
  confirm?(manifest: OciDescriptor): Promise<void>;
  /** Told of each tag that has moved, or may have, before anything else is asked of the registry. */
  tagged?(tag: string): Promise<void>;
  readonly onBytes?: OnBytes;
}

/** A SIF as it is published. */
export interface PublishedSif {
  readonly manifest: OciDescriptor;
  readonly layer: Digest;
  /** Digests of the attached manifests. */
  readonly attached: readonly Digest[];
  /** Why other tools do not see some of them. */
  readonly unlisted: readonly RegistryError[];
}

/**
 * The manifest of a pushed SIF, byte for byte as apptainer 1.4.5 writes it.
 * @see https://github.com/apptainer/apptainer/blob/v1.4.5/internal/pkg/client/oras/push.go
 */
export function sifManifest(layer: {
  readonly digest: Digest;
  readonly size: number;
  readonly title: string;
}): Manifest {
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.sifConfig, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest },
    layers: [
      {
        mediaType: MEDIA_TYPE.sifLayer,
        size: layer.size,
        digest: layer.digest,
        annotations: { 'org.opencontainers.image.title': layer.title },
      },
    ],
  };
  return makeManifest(utf8(escapeLikeGo(JSON.stringify(document))), MEDIA_TYPE.manifest);
}

const BLOB_MEMBERS = { mediaType: 'text', size: 'any', digest: 'text' } as const satisfies Shape;
/** What the manifests say that `apptainer push`, `singularity push` and we write. */
const SIF_MEMBERS = {
  schemaVersion: 'any',
  mediaType: 'text',
  config: BLOB_MEMBERS,
  layers: [{ ...BLOB_MEMBERS, annotations: { 'org.opencontainers.image.title': 'text' } }],
} as const satisfies Shape;

/** The configs that say nothing: `{}`, and the empty file of Singularity before 4. */
const SILENT_CONFIGS: readonly Digest[] = [EMPTY_CONFIG.digest, sha256(new Uint8Array())];

/**
 * Refuses a SIF's manifest that says more than ours do, however it is spaced: who pulls what is passed on could be told
 * something by it that nobody judged. Manifests of other images are as they are.
 * @throws RegistryError REGISTRY_SIF_MANIFEST_FOREIGN
 */
export function assertNothingUnread(manifest: Manifest): void {
  const what = `the manifest ${manifest.digest}`;
  const { config, layers } = parseManifest(manifest, what);
  if (!layers.some(({ mediaType }) => SIF_LAYER_TYPES.includes(mediaType))) return;
  const strange = strangeMember(parseJson(manifest.bytes, what), SIF_MEMBERS, 'it');
  const isOurs = config?.mediaType === MEDIA_TYPE.sifConfig && SILENT_CONFIGS.includes(config.digest);
  if (strange === undefined && isOurs && layers.length === 1) return;
  const why = strange ?? (isOurs ? `${layers.length} layers` : 'a config that says something');
  throw new RegistryError('REGISTRY_SIF_MANIFEST_FOREIGN', `${what} of a SIF holds ${why.replace(/^it\./, '')}`);
}

/** Go's JSON encoder, which apptainer uses, also escapes these inside texts. */
function escapeLikeGo(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Publishes a SIF; undefined when `admit` gave nothing.
 * @throws RegistryError, NetworkError; REGISTRY_TAG_MOVED when a tag names something else right after it was written
 */
export async function pushSif(repository: Repository, push: SifPush): Promise<PublishedSif | undefined> {
  let bundles: readonly BundleToAttach[] | undefined;
  const layer = await repository.streamBlob(push.source, {
    async commit(digest) {
      bundles = await push.admit(digest);
      return bundles !== undefined;
    },
    ...(push.onBytes ? { onBytes: push.onBytes } : {}),
  });
  if (bundles === undefined) return undefined;
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  const manifest = sifManifest({ digest: layer.digest, size: layer.sizeBytes, title: push.title });
  await repository.putManifest(manifest, manifest.digest);
  const descriptor = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length };
  const attached: Digest[] = [];
  const unlisted: RegistryError[] = [];
  for (const bundle of bundles) {
    const one = await attachBundle(repository, descriptor, bundle);
    attached.push(one.manifest.digest);
    if (one.unlisted) unlisted.push(one.unlisted);
  }
  await assertPublished(repository, descriptor, { layer: layer.digest, size: layer.sizeBytes, attached });
  await push.confirm?.(descriptor);
  await moveTags(repository, manifest, push);
  return { manifest: descriptor, layer: layer.digest, attached, unlisted };
}

async function assertPublished(
  repository: ReadableRepository,
  manifest: OciDescriptor,
  wanted: { readonly layer: Digest; readonly size: number; readonly attached: readonly Digest[] },
): Promise<void> {
  const stored = await repository.getManifest(manifest.digest);
  const size = await repository.blobSize(wanted.layer);
  const listed = wanted.attached.length === 0 ? [] : (await repository.listReferrers(manifest.digest)).referrers;
  const digests = new Set(listed.map(({ descriptor }) => descriptor.digest));
  const missing = wanted.attached.find((digest) => !digests.has(digest));
  if (stored && size === wanted.size && missing === undefined) return;
  const what = !stored ? 'the manifest' : size !== wanted.size ? 'the image' : `the layer ${missing}`;
  throw new RegistryError('REGISTRY_REFERRER_NOT_LISTED', `${what} cannot be read back from ${repository.name}`, {
    hint: 'repeat; no tag was moved',
  });
}

/** Whoever asked for tags has to know that the image is there, and which of them moved before it failed. */
async function moveTags(repository: TagStore, manifest: Manifest, push: SifPush): Promise<void> {
  const published = `the image is published as ${repository.name}@${manifest.digest}`;
  const moved: string[] = [];
  for (const tag of push.tags) {
    try {
      await repository.putManifest(manifest, tag);
    } catch (error) {
      if (isUnknown(error)) await push.tagged?.(tag);
      const not = isUnknown(error) ? 'perhaps' : 'not';
      const others =
        moved.length > 0 ? ` and has the tags ${moved.join(', ')}, but ${not} ${tag}` : `, but ${not} as ${tag}`;
      throw inside(error, `${published}${others}`);
    }
    moved.push(tag);
    await push.tagged?.(tag);
    try {
      await assertTag(repository, manifest, tag);
    } catch (error) {
      throw inside(error, `${published} and was given the tags ${moved.join(', ')}`);
    }
  }
}

function inside(error: unknown, place: string): unknown {
  return error instanceof RegistryError || error instanceof NetworkError ? error.about(place) : error;
}

/** The tag may have moved, also where the registry says that it stored something else: whoever holds the file has to do as if it had. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  return error.code === 'REGISTRY_OUTCOME_UNKNOWN' || error.code === 'REGISTRY_DIGEST_MISMATCH';
}

/** Where tags are moved and looked at. */
type TagStore = ManifestFetcher & ManifestPusher;

/** Points a tag at a manifest and makes sure. @throws RegistryError REGISTRY_TAG_MOVED */
export async function moveTag(repository: TagStore, manifest: Manifest, tag: string): Promise<void> {
  await repository.putManifest(manifest, tag);
  await assertTag(repository, manifest, tag);
}

async function assertTag(repository: ManifestFetcher, manifest: Manifest, tag: string): Promise<void> {
  const now = await repository.resolve(tag);
  if (now?.digest === manifest.digest) return;
  throw new RegistryError(
    'REGISTRY_TAG_MOVED',
    `the tag ${tag} names ${now?.digest ?? 'nothing'} right after the push`,
    {
      hint: 'find out who else writes this tag; the image is there by its digest',
    },
  );
}
