// SPDX-License-Identifier: Apache-2.0
// A SIF in a registry as something to read from: range requests, with the beginning of the file fetched once, since
// header and descriptor table are always read first; and its data hashed in one pass over the blob, whose digest is checked.

import { counted } from '../../base/text.ts';
import type { Digest } from '../../base/bytes.ts';
import { RegistryError } from '../../oci/errors.ts';
import type { BlobFetcher, ByteRange, OciDescriptor } from '../../oci/oci.ts';
import { SifError } from '../../sif/errors.ts';
import type { hashObjects } from '../../sif/hash/hash.ts';
import { ObjectStreamHasher } from '../../sif/hash/passing.ts';
import type { ByteSource } from '../../sif/source.ts';

/** Header and a table of 48 slots, the usual size, end at 32,176. */
const HEAD_BYTES = 32_768;

/** Parts that lie this close together are fetched as one; a request costs about as much. */
const GAP_BYTES = 1024;
/** Nothing larger is fetched ahead. */
const AHEAD_BYTES = 1024 * 1024;

/** A SIF in a registry, with parts fetched ahead of being read. */
export interface RegistrySource extends ByteSource {
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
  return async (image, objects, { algorithms, onBytes, signal }) => {
    const hasher = new ObjectStreamHasher(image, objects, algorithms);
    let at = 0;
    for await (const chunk of repository.readBlob(layer.digest, {
      sizeBytes: layer.size,
      ...(signal ? { signal } : {}),
    })) {
      hasher.update(at, chunk);
      at += chunk.length;
      onBytes?.(at, layer.size);
    }
    return hasher.digests;
  };
}
