// SPDX-License-Identifier: Apache-2.0
// Reads a source piece by piece in one pass: the next piece goes on where the last one ended, and only a step back (after
// a failed upload) opens the source again.

import { counted } from '../../base/count.ts';
import { RegistryError } from '../errors.ts';
import type { BlobSource } from '../oci.ts';

const NOTHING = new Uint8Array();

export class SourceReader {
  readonly #source: BlobSource;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #at = 0;
  #rest: Uint8Array = NOTHING;

  constructor(source: BlobSource) {
    this.#source = source;
  }

  /**
   * The bytes from `offset` to `end`.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED when the source ends before
   */
  async *slice(offset: number, end: number): AsyncGenerator<Uint8Array, void> {
    const chunks = await this.#seek(offset);
    while (this.#at < end) {
      if (this.#rest.length === 0) {
        const next = await chunks.next();
        if (next.done) throw endsEarly(this.#at, end);
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, end - this.#at);
      this.#rest = this.#rest.subarray(part.length);
      this.#at += part.length;
      yield part;
    }
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
