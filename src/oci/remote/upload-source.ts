// SPDX-License-Identifier: Apache-2.0
// The bytes of an upload: read piece by piece in one pass, each hashed once when first read, however often it has to be
// sent. Only a step back (after a failed upload) opens the source again.

import { createHash, type Hash } from 'node:crypto';
import { counted } from '../../base/text.ts';
import type { Digest } from '../../base/bytes.ts';
import { RegistryError } from '../errors.ts';
import type { BlobSource } from '../oci.ts';
import { hashFor } from './blobs.ts';

const NOTHING = new Uint8Array();

/** A source that is read once, as far as nothing has to be sent again, and its digest. */
export class UploadSource {
  readonly sizeBytes: number;
  /** How far the bytes of the last request went; no registry can have more of them. */
  sentTo = 0;
  readonly #source: BlobSource;
  readonly #wanted: Digest | undefined;
  readonly #hash: Hash;
  #hashedBytes = 0;
  #digest: Digest | undefined;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #at = 0;
  #rest: Uint8Array = NOTHING;

  /** `wanted`: the digest if it is known. */
  constructor(source: BlobSource, wanted: Digest | undefined) {
    this.sizeBytes = source.sizeBytes;
    this.#source = source;
    this.#wanted = wanted;
    this.#hash = wanted ? hashFor(wanted) : createHash('sha256');
  }

  /** True when every byte has been read. */
  get isRead(): boolean {
    return this.#hashedBytes === this.sizeBytes;
  }

  /**
   * Digest of all bytes, which must have been read.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED when it is not the one that was wanted
   */
  digest(): Digest {
    if (!this.isRead)
      throw new Error(`an upload of ${this.sizeBytes} bytes ended after ${this.#hashedBytes} were hashed`);
    const algorithm = this.#wanted?.startsWith('sha512:') ? 'sha512' : 'sha256';
    this.#digest ??= `${algorithm}:${this.#hash.digest('hex')}`;
    if (this.#wanted === undefined || this.#wanted === this.#digest) return this.#digest;
    throw new RegistryError('REGISTRY_SOURCE_CHANGED', `the bytes to push have not the digest ${this.#wanted}`, {
      hint: 'repeat when nothing else writes to the file',
    });
  }

  /**
   * The bytes from `offset` to `end`, none of which may follow bytes that were never read.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED when the source ends before
   */
  async *slice(offset: number, end: number): AsyncGenerator<Uint8Array, void> {
    if (offset > this.#hashedBytes)
      throw new Error(`bytes ${this.#hashedBytes} to ${offset} of an upload were passed over`);
    this.sentTo = offset;
    const chunks = await this.#seek(offset);
    while (this.#at < end) {
      if (this.#rest.length === 0) {
        const next = await chunks.next();
        if (next.done) throw endsEarly(this.#at, end);
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, end - this.#at);
      this.#rest = this.#rest.subarray(part.length);
      this.#take(part);
      yield part;
    }
  }

  #take(part: Uint8Array): void {
    const start = this.#at;
    this.#at += part.length;
    this.sentTo = this.#at;
    if (this.#at <= this.#hashedBytes) return;
    this.#hash.update(part.subarray(this.#hashedBytes - start));
    this.#hashedBytes = this.#at;
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = undefined;
    this.#rest = NOTHING;
    await chunks?.return?.();
  }

  async #seek(offset: number): Promise<AsyncIterator<Uint8Array>> {
    if (this.#chunks && this.#at === offset) return this.#chunks;
    await this.close();
    this.#at = offset;
    this.#chunks = this.#source.open(offset)[Symbol.asyncIterator]();
    return this.#chunks;
  }
}

function endsEarly(at: number, end: number): RegistryError {
  return new RegistryError('REGISTRY_SOURCE_CHANGED', `the data to push ends after ${at} of ${counted(end, 'byte')}`, {
    hint: 'repeat when nothing else writes to the file',
  });
}
