// SPDX-License-Identifier: Apache-2.0
// The manifests below an index, at every depth and within limits.

import type { Digest } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { RegistryError } from '../../oci/errors.ts';
import { type IndexEntry, parseManifest } from '../../oci/manifest.ts';
import { type Manifest, type ManifestFetcher, MEDIA_TYPE } from '../../oci/oci.ts';

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
  return new RegistryError('REGISTRY_INDEX_TOO_LARGE', `the index ${digest} ${what}`);
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
