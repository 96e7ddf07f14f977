// SPDX-License-Identifier: Apache-2.0
// The small blobs attached to one image: read once, never again, and all together within a limit.

import type { Digest } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { LIMITS } from '../primitives/limits.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Manifest, ReadableRepository, ReadBlobOptions } from '../registry/repository.ts';

/** Reads what is attached: what is at hand is not fetched, and all of it together stays within a limit. */
export class AttachedBlobs implements Pick<ReadableRepository, 'getManifest' | 'readBlob'> {
  readonly #repository: ReadableRepository;
  readonly #atHand: Map<Digest, Uint8Array>;
  #left: number = LIMITS.attachedTotalBytes;

  constructor(repository: ReadableRepository, atHand: ReadonlyMap<Digest, Uint8Array>) {
    this.#repository = repository;
    this.#atHand = new Map(atHand);
  }

  /** Bytes that may still be read, and attached without being too much for the next reader. */
  get leftBytes(): number {
    return this.#left;
  }

  get known(): ReadonlyMap<Digest, Uint8Array> {
    return this.#atHand;
  }

  getManifest(reference: string): Promise<Manifest | undefined> {
    return this.#repository.getManifest(reference);
  }

  /** A whole small blob. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; and as ReadableRepository.readBlob */
  async *readBlob(digest: Digest, { sizeBytes = 0 }: ReadBlobOptions = {}): AsyncIterable<Uint8Array> {
    const known = this.#atHand.get(digest);
    if (known?.length === sizeBytes) {
      yield known;
      return;
    }
    this.#left -= sizeBytes;
    if (this.#left < 0)
      throw new RegistryError(
        'REGISTRY_ATTACHED_TOO_LARGE',
        `more than ${LIMITS.attachedTotalBytes} bytes are attached to one image`,
        { hint: 'remove attached manifests that are not needed' },
      );
    const parts: Uint8Array[] = [];
    for await (const part of this.#repository.readBlob(digest, { sizeBytes })) parts.push(part);
    const bytes = new Uint8Array(Buffer.concat(parts));
    this.#atHand.set(digest, bytes);
    yield bytes;
  }
}

/** Trouble with one entry's content; trouble with the registry itself must not make a layer look absent. */
export function isContentProblem(error: unknown): error is CountersignError {
  if (!(error instanceof CountersignError)) return false;
  const { code } = error;
  return (
    [
      'REGISTRY_ATTACHED_TOO_LARGE',
      'REGISTRY_MANIFEST_INVALID',
      'REGISTRY_NOT_FOUND',
      'REGISTRY_DIGEST_MISMATCH',
      'REGISTRY_SIZE_MISMATCH',
    ].includes(code) ||
    code.startsWith('DATA_') ||
    code.startsWith('SIGNATURE_')
  );
}
