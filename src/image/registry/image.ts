// SPDX-License-Identifier: Apache-2.0
// An image in a registry or layout folder: what a reference names, resolved once, and a SIF there as something to read
// from: range requests, with the beginning of the file fetched once, since header and descriptor table are always read
// first, or its data hashed in one pass over the blob, whose digest is checked.

import { counted } from '../../base/text.ts';
import type { Digest } from '../../base/bytes.ts';
import { RegistryError } from '../../oci/errors.ts';
import { type IndexEntry, parseManifest } from '../../oci/manifest.ts';
import {
  type BlobFetcher,
  type ByteRange,
  type Manifest,
  type OciDescriptor,
  type ReadableRepository,
  SIF_LAYER_TYPES,
} from '../../oci/oci.ts';
import { SifError } from '../../sif/errors.ts';
import { DATA_TYPE } from '../../sif/format.ts';
import type { hashObjects } from '../../sif/hash/hash.ts';
import { ObjectStreamHasher } from '../../sif/hash/passing.ts';
import { openSif, type SifImage } from '../../sif/sif.ts';
import type { ByteSource } from '../../sif/source.ts';
import { isAttestation, manifestsBelow } from './platforms.ts';

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

/** A folder of this machine, where the size of a blob costs nothing to ask for and nobody names a place. */
export function isFolder({ name }: Pick<BlobFetcher, 'name'>): boolean {
  return name.startsWith('oci:');
}

/** A SIF in a registry with its signature objects at hand. @throws SifError, RegistryError, NetworkError */
export async function openRemoteSif(repository: BlobFetcher, layer: OciDescriptor): Promise<SifImage> {
  const source = registrySource(repository, layer);
  const file = await openSif(source);
  const signatures = file.objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
  await source.prefetch(signatures.map(({ offset, sizeBytes }) => ({ offset, lengthBytes: sizeBytes })));
  return file;
}

/** Header and a table of 48 slots, the usual size, end at 32,176. */
const HEAD_BYTES = 32_768;

/** Parts that lie this close together are fetched as one; a request costs about as much. */
const GAP_BYTES = 1024;
/** Nothing larger is fetched ahead. */
const AHEAD_BYTES = 1024 * 1024;

/** A SIF in a registry, with parts fetched ahead of being read. */
interface RegistrySource extends ByteSource {
  /** Fetches parts that will be read, neighbours together; too large ones are left to be read by themselves. */
  prefetch(ranges: readonly ByteRange[]): Promise<void>;
}

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads a SIF's bytes from its blob; a registry that cannot send parts is an error, never a download of it all. */
export function registrySource(repository: BlobFetcher, layer: OciDescriptor): RegistrySource {
  const name = `${repository.name}@${layer.digest}`;
  const parts: Part[] = [];
  let head: Promise<Part> | undefined;
  const fetchPart = async (offset: number, lengthBytes: number): Promise<Part> => ({
    offset,
    bytes: await fetchRange(repository, layer.digest, { offset, lengthBytes }),
  });
  return {
    name,
    sizeBytes: layer.size,
    async read(offset, lengthBytes) {
      if (offset < 0 || offset + lengthBytes > layer.size)
        throw new SifError('SIF_TRUNCATED', `${name} ends at ${layer.size}, before offset ${offset + lengthBytes}`);
      if (lengthBytes === 0) return new Uint8Array();
      const headBytes = Math.min(HEAD_BYTES, layer.size);
      if (offset + lengthBytes <= headBytes) return cut(await (head ??= fetchPart(0, headBytes)), offset, lengthBytes);
      const part = parts.find((one) => one.offset <= offset && offset + lengthBytes <= one.offset + one.bytes.length);
      return cut(part ?? (await fetchPart(offset, lengthBytes)), offset, lengthBytes);
    },
    async prefetch(ranges) {
      const inside = ranges.filter(
        (range) => range.offset >= HEAD_BYTES && range.offset + range.lengthBytes <= layer.size,
      );
      for (const { offset, lengthBytes } of joined(inside)) parts.push(await fetchPart(offset, lengthBytes));
    },
  };
}

function cut({ offset, bytes }: Part, from: number, lengthBytes: number): Uint8Array {
  return bytes.slice(from - offset, from - offset + lengthBytes);
}

/** Ranges with those that lie close together made one; none is larger than what may be fetched ahead. */
function joined(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const result: ByteRange[] = [];
  for (const range of ranges.filter(isSmall).toSorted((a, b) => a.offset - b.offset)) {
    const last = result.at(-1);
    const end = range.offset + range.lengthBytes;
    const near = last !== undefined && range.offset - (last.offset + last.lengthBytes) <= GAP_BYTES;
    if (near && end - last.offset <= AHEAD_BYTES)
      result.splice(-1, 1, { offset: last.offset, lengthBytes: Math.max(end - last.offset, last.lengthBytes) });
    else result.push(range);
  }
  return result;
}

function isSmall({ lengthBytes }: ByteRange): boolean {
  return lengthBytes > 0 && lengthBytes <= AHEAD_BYTES;
}

async function fetchRange(repository: BlobFetcher, digest: Digest, range: ByteRange): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.lengthBytes);
  let at = 0;
  for await (const chunk of repository.readBlob(digest, { range })) {
    if (at + chunk.length > bytes.length) break;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== bytes.length)
    throw new RegistryError(
      'REGISTRY_SIZE_MISMATCH',
      `${repository.name} sent ${at} of ${counted(bytes.length, 'byte')}`,
      {
        hint: 'repeat; if it stays so, the registry or a proxy does not serve parts of blobs correctly',
      },
    );
  return bytes;
}

/**
 * Hashes the objects of a SIF while its whole blob passes by. The digests are then those of the blob that the manifest
 * names, whatever the registry sends for parts of it.
 */
export function blobHasher(repository: BlobFetcher, layer: OciDescriptor): typeof hashObjects {
  return async (image, objects, { algorithms, onBytes }) => {
    const hasher = new ObjectStreamHasher(image, objects, algorithms);
    let at = 0;
    for await (const chunk of repository.readBlob(layer.digest, {
      sizeBytes: layer.size,
    })) {
      hasher.update(at, chunk);
      at += chunk.length;
      onBytes?.(at, layer.size);
    }
    return hasher.digests;
  };
}
