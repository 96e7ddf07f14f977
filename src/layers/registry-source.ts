// SPDX-License-Identifier: Apache-2.0
// A SIF in a registry as something to read from: range requests, with the beginning of the file fetched once, since
// header and descriptor table are always read first.

import type { Digest } from '../primitives/digest.ts';
import { RegistryError } from '../registry/errors.ts';
import type { OciDescriptor, ReadableRepository } from '../registry/repository.ts';
import { SifError } from '../sif/errors.ts';
import type { ByteSource } from '../sif/source.ts';

/** Header and a table of 48 slots, the usual size, end at 32,176. */
const HEAD_BYTES = 32_768;

/** Reads a SIF's bytes from its blob; a registry that cannot send parts is an error, never a download of it all. */
export function registrySource(repository: ReadableRepository, layer: OciDescriptor): ByteSource {
  let head: Promise<Uint8Array> | undefined;
  const name = `${repository.name}@${layer.digest}`;
  return {
    name,
    sizeBytes: layer.size,
    async read(offset, lengthBytes) {
      if (offset < 0 || offset + lengthBytes > layer.size)
        throw new SifError('SIF_TRUNCATED', `${name} ends at ${layer.size}, before offset ${offset + lengthBytes}`);
      if (lengthBytes === 0) return new Uint8Array();
      const headBytes = Math.min(HEAD_BYTES, layer.size);
      if (offset + lengthBytes > headBytes) return fetchRange(repository, layer.digest, { offset, lengthBytes });
      head ??= fetchRange(repository, layer.digest, { offset: 0, lengthBytes: headBytes });
      return (await head).slice(offset, offset + lengthBytes);
    },
  };
}

async function fetchRange(
  repository: ReadableRepository,
  digest: Digest,
  range: { readonly offset: number; readonly lengthBytes: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.lengthBytes);
  let at = 0;
  for await (const chunk of repository.readBlob(digest, { range })) {
    if (at + chunk.length > bytes.length) break;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== bytes.length)
    throw new RegistryError('REGISTRY_SIZE_MISMATCH', `${repository.name} sent ${at} of ${bytes.length} bytes`, {
      hint: 'repeat; if it stays so, the registry or a proxy does not serve parts of blobs correctly',
    });
  return bytes;
}
