// SPDX-License-Identifier: Apache-2.0
// Small container images, for one platform or several, that every real tool takes for genuine.

import { sha256, utf8 } from '../../src/base/bytes.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';

const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** An empty archive. */
const TAR = new Uint8Array(1024);

/** Pushes an image; without a tag by digest alone. `label` tells images apart. */
export async function pushOciImage(
  repository: Repository,
  { tag, architecture = 'amd64', label = '' }: { tag?: string; architecture?: string; label?: string } = {},
): Promise<Manifest> {
  const rootfs = { type: 'layers', diff_ids: [sha256(TAR)] };
  const config = utf8(JSON.stringify({ architecture, os: 'linux', config: { Labels: { label } }, rootfs }));
  for (const blob of [TAR, config]) await repository.pushBlob(sha256(blob), memoryBlob(blob));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: CONFIG, size: config.length, digest: sha256(config) },
    layers: [{ mediaType: LAYER, size: TAR.length, digest: sha256(TAR) }],
  };
  const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
  await repository.putManifest(manifest, tag ?? manifest.digest);
  return manifest;
}

/** Pushes an index with an image for each architecture; the index first. */
export async function pushOciIndex(
  repository: Repository,
  tag: string,
  architectures: readonly string[] = ['amd64', 'arm64'],
): Promise<readonly [Manifest, ...Manifest[]]> {
  const children: Manifest[] = [];
  for (const architecture of architectures) children.push(await pushOciImage(repository, { architecture }));
  const entries = children.map((manifest, index) => entryOf(manifest, architectures[index]));
  return [await pushIndexOf(repository, entries, { tag }), ...children];
}

/** An entry of an index; without an architecture it has no platform. */
export function entryOf({ mediaType, digest, bytes }: Manifest, architecture?: string, os = 'linux') {
  const entry = { mediaType, digest, size: bytes.length };
  return architecture === undefined ? entry : { ...entry, platform: { architecture, os } };
}

/** Pushes an index with these entries; without a tag by digest alone. */
export async function pushIndexOf(
  repository: Repository,
  manifests: readonly object[],
  { tag, ...more }: { readonly tag?: string; readonly [member: string]: unknown } = {},
): Promise<Manifest> {
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, ...more, manifests };
  const index = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.index);
  await repository.putManifest(index, tag ?? index.digest);
  return index;
}
