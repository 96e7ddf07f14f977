// SPDX-License-Identifier: Apache-2.0
// The blobs and manifests of what is attached to an image: each read once, all of them within one limit.

import { type Digest, sha256 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { RegistryError } from '../../oci/errors.ts';
import type { BlobFetcher, Manifest, ManifestFetcher, OciDescriptor, ReadBlobOptions } from '../../oci/oci.ts';
import { type BlobReader, readSmallBlob } from '../../oci/referrers/bundles.ts';

/**
 * Reads what is attached: what is at hand is not fetched, and all of it together stays within a limit. Entries without
 * number may name one blob, so that everybody who reads it gets the same bytes and not a copy.
 */
export class AttachedBlobs implements BlobReader, Pick<ManifestFetcher, 'getManifest'> {
  readonly #repository: ManifestFetcher & BlobFetcher;
  readonly #atHand: Map<Digest, Uint8Array>;
  readonly #digests = new WeakMap<Uint8Array, Digest>();
  readonly #derived = new WeakMap<Uint8Array, Map<string, Uint8Array>>();
  #left: number = LIMITS.attachedTotalBytes;
  #leftDerived: number = LIMITS.attachedTotalBytes;

  constructor(repository: ManifestFetcher & BlobFetcher, atHand: ReadonlyMap<Digest, Uint8Array>) {
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

  /** A manifest that holds what is attached. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; as ManifestFetcher.getManifest */
  async getManifest(reference: string): Promise<Manifest | undefined> {
    if (this.#left <= 0) throw tooLarge();
    const manifest = await this.#repository.getManifest(reference);
    this.#left -= manifest?.bytes.length ?? 0;
    return manifest;
  }

  /** A whole small blob. @throws as readWhole */
  async *readBlob(digest: Digest, { sizeBytes = 0 }: ReadBlobOptions = {}): AsyncIterable<Uint8Array> {
    yield await this.readWhole({ digest, size: sizeBytes });
  }

  /** A whole small blob, to be read only. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; as BlobFetcher.readBlob */
  async readWhole({ digest, size }: Pick<OciDescriptor, 'digest' | 'size'>): Promise<Uint8Array> {
    const known = this.#atHand.get(digest);
    if (known?.length === size) return known;
    this.#left -= size;
    if (this.#left < 0) throw tooLarge();
    const bytes = await readSmallBlob(this.#repository, { digest, size });
    this.#atHand.set(digest, bytes);
    return bytes;
  }

  /** SHA-256 of bytes that were read or derived here, computed once. */
  digestOf(bytes: Uint8Array): Digest {
    const known = this.#digests.get(bytes);
    if (known !== undefined) return known;
    const digest = sha256(bytes);
    this.#digests.set(bytes, digest);
    return digest;
  }

  /**
   * What `make` makes of bytes that were read here and a text beside them: made once for the two.
   * @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE when too much is made of too little
   */
  derive(bytes: Uint8Array, text: string, make: () => Uint8Array): Uint8Array {
    const made = this.#derived.get(bytes) ?? new Map<string, Uint8Array>();
    const known = made.get(text);
    if (known) return known;
    this.#leftDerived -= bytes.length;
    if (this.#leftDerived < 0) throw tooLarge();
    const result = make();
    this.#derived.set(bytes, made.set(text, result));
    return result;
  }
}

function tooLarge(): RegistryError {
  return new RegistryError(
    'REGISTRY_ATTACHED_TOO_LARGE',
    `more than ${LIMITS.attachedTotalBytes} bytes are attached to one image`,
  );
}
