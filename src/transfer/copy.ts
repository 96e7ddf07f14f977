// SPDX-License-Identifier: Apache-2.0
// Copying a manifest from one place to another under its digest: its blobs, and everything below an index, each part
// before what names it.

import type { Digest } from '../base/bytes.ts';
import { manifestsBelow } from '../image/registry/platforms.ts';
import { RegistryError } from '../oci/errors.ts';
import { parseManifest } from '../oci/manifest.ts';
import type {
  BlobFetcher,
  BlobSource,
  Manifest,
  ManifestFetcher,
  OciDescriptor,
  OnBytes,
  ReadableRepository,
  Repository,
} from '../oci/oci.ts';
import { sizeMismatch } from '../oci/remote/blobs.ts';

/** From where to where. */
export interface Route {
  readonly from: ReadableRepository;
  readonly to: Repository;
  /** Repository name at `to`'s registry that blobs may be mounted from; undefined when it is another registry. */
  readonly mountFrom: string | undefined;
  readonly onBytes?: OnBytes;
}

/** How a manifest's parts are copied; by default all of them are, whatever their size. */
export interface CopyOptions {
  /** Told of each manifest and the bytes that go with it before these move; throws to stop. */
  readonly admit?: (manifest: Manifest, bytes: number) => void;
  /** Told why something could not be read at its source. */
  readonly reading?: (failure: unknown) => void;
  /** Blobs that are at the destination already; those that are copied are added. */
  readonly there?: Set<string>;
}

/**
 * Copies a manifest with all it is made of; gives the digests of what is below it.
 * @throws RegistryError REGISTRY_NOT_FOUND when a part is missing, REGISTRY_INDEX_TOO_LARGE, and others; NetworkError
 */
export async function copyImage(manifest: Manifest, route: Route, how: CopyOptions = {}): Promise<readonly Digest[]> {
  const below = await copyParts(manifest, route, how);
  await route.to.putManifest(manifest, manifest.digest);
  return below;
}

/** As copyImage, all but the manifest itself. @throws as copyImage */
export async function copyParts(manifest: Manifest, route: Route, how: CopyOptions = {}): Promise<readonly Digest[]> {
  const below = await atSource(how, () => entriesBelow(manifest, route.from));
  for (const digest of below) {
    const part = await atSource(how, () => manifestOf(route.from, digest));
    await copyBlobs(part, route, how);
    await route.to.putManifest(part, digest);
  }
  await copyBlobs(manifest, route, how);
  return below;
}

async function atSource<T>({ reading }: CopyOptions, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    reading?.(error);
    throw error;
  }
}

async function entriesBelow(manifest: Manifest, from: ManifestFetcher): Promise<readonly Digest[]> {
  const { kind } = parseManifest(manifest, `the manifest ${manifest.digest}`);
  return kind === 'index' ? (await manifestsBelow(from, manifest)).map(({ digest }) => digest) : [];
}

async function manifestOf(from: ManifestFetcher, digest: Digest): Promise<Manifest> {
  const manifest = await from.getManifest(digest);
  if (manifest) return manifest;
  throw new RegistryError('REGISTRY_NOT_FOUND', `${from.name} has no manifest ${digest}`, {
    hint: 'the image is incomplete at its source; push it again there',
  });
}

async function copyBlobs(manifest: Manifest, route: Route, how: CopyOptions): Promise<void> {
  const { config, layers } = await atSource(how, async () =>
    parseManifest(manifest, `the manifest ${manifest.digest}`),
  );
  const blobs = [...(config ? [config] : []), ...layers];
  how.admit?.(
    manifest,
    blobs.reduce((sum, { size }) => sum + size, manifest.bytes.length),
  );
  for (const blob of blobs) await copyBlob(blob, route, how);
}

/** Copies a blob, unless it is there. @throws RegistryError, NetworkError */
export async function copyBlob(
  blob: Pick<OciDescriptor, 'digest' | 'size'>,
  { from, to, mountFrom, onBytes }: Route,
  { reading, there }: CopyOptions = {},
): Promise<void> {
  const name = `${blob.digest} ${blob.size}`;
  if (there?.has(name)) return;
  if ((await to.blobSize(blob.digest)) !== blob.size) {
    if (reading) await atSource({ reading }, () => assertSize(blob, from));
    const mounted = mountFrom !== undefined && (await to.mountBlob(blob.digest, mountFrom));
    if (!mounted) await to.pushBlob(blob.digest, remoteBlob(from, blob, reading), onBytes ? { onBytes } : {});
  }
  there?.add(name);
}

/** A size that is not the blob's would be noticed at the destination, and look like the fault of that. */
async function assertSize({ digest, size }: Pick<OciDescriptor, 'digest' | 'size'>, from: BlobFetcher) {
  const got = await from.blobSize(digest);
  if (got !== undefined && got !== size) throw sizeMismatch(digest, from.name, { got, wanted: size });
}

/** A blob elsewhere as something to push; an interrupted upload asks for the rest only. */
function remoteBlob(
  repository: BlobFetcher,
  { digest, size }: Pick<OciDescriptor, 'digest' | 'size'>,
  reading: CopyOptions['reading'],
): BlobSource {
  return {
    sizeBytes: size,
    async *open(offset) {
      const part = offset === 0 ? { sizeBytes: size } : { range: { offset, lengthBytes: size - offset } };
      try {
        yield* repository.readBlob(digest, part);
      } catch (error) {
        reading?.(error);
        throw error;
      }
    },
  };
}
