// SPDX-License-Identifier: Apache-2.0
// An image in a registry or layout folder: what a reference names, resolved once, and for an index the manifests below it,
// at every depth and within limits.

import type { Digest } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { RegistryError } from '../../oci/errors.ts';
import { type IndexEntry, parseManifest } from '../../oci/manifest.ts';
import {
  type Manifest,
  type ManifestFetcher,
  MEDIA_TYPE,
  type OciDescriptor,
  type ReadableRepository,
  SIF_LAYER_TYPES,
} from '../../oci/oci.ts';

/** What a manifest is: a SIF, a multi-platform index, or any other image or artifact. */
export type RegistryShape =
  | { readonly is: 'sif'; readonly layer: OciDescriptor; readonly title: string | undefined }
  /** With its platforms, and nested indexes, at every depth. */
  | { readonly is: 'index'; readonly children: readonly IndexEntry[] }
  | { readonly is: 'image' };

/** An image in a registry or layout folder, resolved. */
export interface RegistryImage {
  readonly repository: ReadableRepository;
  /** `place@digest`. */
  readonly name: string;
  /** Tag or digest by which it was asked for. */
  readonly asked: string;
  readonly descriptor: OciDescriptor;
  readonly manifest: Manifest;
  readonly shape: RegistryShape;
  /** The manifest itself, and for an index every manifest below it that can be run: what layers are attached to. */
  readonly subjects: readonly OciDescriptor[];
}

/**
 * What a tag or digest names; a tag is resolved here and never again. `asked` is the tag that somebody resolved already.
 * @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_MANIFEST_INVALID, REGISTRY_INDEX_TOO_LARGE and as getManifest
 */
export async function openRegistryImage(
  repository: ReadableRepository,
  reference: string,
  asked = reference,
): Promise<RegistryImage> {
  const manifest = await repository.getManifest(reference);
  if (!manifest)
    throw new RegistryError('REGISTRY_NOT_FOUND', `${repository.name} has no manifest ${reference}`, {
      hint: 'check the tag or digest; a private repository also answers so without permission',
    });
  const { digest, mediaType, bytes } = manifest;
  const descriptor = { digest, mediaType, size: bytes.length };
  const shape = await shapeOf(repository, manifest);
  const children = shape.is === 'index' ? shape.children : [];
  return {
    repository,
    name: `${repository.name}@${digest}`,
    asked,
    descriptor,
    manifest,
    shape,
    subjects: [
      descriptor,
      ...children.map((child) => ({ mediaType: child.mediaType, digest: child.digest, size: child.size })),
    ],
  };
}

async function shapeOf(repository: ReadableRepository, manifest: Manifest): Promise<RegistryShape> {
  const { kind, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
  if (kind === 'index') {
    return { is: 'index', children: await manifestsBelow(repository, manifest, (entry) => !isAttestation(entry)) };
  }
  const [layer] = layers;
  if (layer && layers.length === 1 && SIF_LAYER_TYPES.includes(layer.mediaType))
    return { is: 'sif', layer, title: layer.annotations?.['org.opencontainers.image.title'] };
  return { is: 'image' };
}

const REFERENCE_TYPE = 'vnd.docker.reference.type';
const INDEX_TYPES: readonly string[] = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];

/**
 * Every manifest below an index once, the index itself left out; entries for which `follow` is false are not among them.
 * Only nested indexes are fetched.
 * @throws RegistryError REGISTRY_INDEX_TOO_LARGE, REGISTRY_NOT_FOUND when a nested index is missing; as getManifest
 */
export async function manifestsBelow(
  repository: ManifestFetcher,
  index: Manifest,
  follow: (entry: IndexEntry) => boolean = () => true,
): Promise<readonly IndexEntry[]> {
  const found = new Map<Digest, IndexEntry>();
  const seen = new Set<Digest>([index.digest]);
  const visit = async (manifest: Manifest, depth: number): Promise<void> => {
    if (depth > LIMITS.indexDepth) throw tooLarge(index, `is nested deeper than ${LIMITS.indexDepth} levels`);
    const { manifests } = parseManifest(manifest, `the manifest ${manifest.digest}`);
    for (const entry of manifests.filter(follow)) {
      if (seen.has(entry.digest)) continue;
      seen.add(entry.digest);
      if (seen.size > LIMITS.indexManifests)
        throw tooLarge(index, `names more than ${LIMITS.indexManifests} manifests`);
      if (INDEX_TYPES.includes(entry.mediaType)) await visit(await nested(repository, entry.digest), depth + 1);
      found.set(entry.digest, entry);
    }
  };
  await visit(index, 1);
  return [...found.values()];
}

async function nested(repository: ManifestFetcher, digest: Digest): Promise<Manifest> {
  const manifest = await repository.getManifest(digest);
  if (manifest) return manifest;
  throw new RegistryError('REGISTRY_NOT_FOUND', `${repository.name} has no manifest ${digest}, which its image names`, {
    hint: 'the image is incomplete; push it again',
  });
}

function tooLarge({ digest }: Manifest, what: string): RegistryError {
  return new RegistryError('REGISTRY_INDEX_TOO_LARGE', `the index ${digest} ${what}`, {
    hint: 'split the image into several',
  });
}

/**
 * True for what is no platform that anything could run: a build's own attestations. The annotation alone proves nothing,
 * since container engines go by the platform.
 */
export function isAttestation({ mediaType, annotations, platform }: IndexEntry): boolean {
  return (
    annotations?.[REFERENCE_TYPE] === 'attestation-manifest' &&
    platform?.['os'] === 'unknown' &&
    platform['architecture'] === 'unknown' &&
    !INDEX_TYPES.includes(mediaType)
  );
}
