// SPDX-License-Identifier: Apache-2.0
// Digests of objects' data out of a stream of the whole file, for commands that read it from start to end anyway.

import { createHash, type Hash } from 'node:crypto';
import { cryptoName, type HashName, type ObjectDigests } from './hash-blocks.ts';
import type { SifObject } from './image.ts';

interface Running {
  readonly object: SifObject;
  readonly hashes: ReadonlyMap<HashName, Hash>;
}

/** Takes the bytes of a file in order and gives the digests of its objects at the end. */
export class ObjectStreamHasher {
  readonly #running: readonly Running[];
  readonly #digests = Promise.withResolvers<ObjectDigests>();
  readonly #sizeBytes: number;
  #at = 0;

  constructor(objects: readonly SifObject[], algorithms: ReadonlySet<HashName>, sizeBytes: number) {
    const started = () => new Map(Array.from(algorithms, (name) => [name, createHash(cryptoName(name))] as const));
    this.#running = objects.map((object) => ({ object, hashes: started() }));
    this.#sizeBytes = sizeBytes;
    this.#digests.promise.catch(() => undefined);
    if (sizeBytes === 0) this.#finish();
  }

  /** Settles when the whole file has passed by. */
  get digests(): Promise<ObjectDigests> {
    return this.#digests.promise;
  }

  /** Bytes at an offset; those that passed by before are skipped, so that a part may be streamed again. */
  update(offset: number, bytes: Uint8Array): void {
    const fresh = bytes.subarray(Math.max(0, this.#at - offset));
    if (fresh.length === 0 || offset > this.#at) return;
    const start = this.#at;
    const end = start + fresh.length;
    for (const { object, hashes } of this.#running) {
      const from = Math.max(start, object.offset);
      const to = Math.min(end, object.offset + object.sizeBytes);
      if (from < to) for (const hash of hashes.values()) hash.update(fresh.subarray(from - start, to - start));
    }
    this.#at = end;
    if (end === this.#sizeBytes) this.#finish();
  }

  /** The stream ended early: whoever waits for the digests gets this error. */
  fail(error: unknown): void {
    this.#digests.reject(error);
  }

  #finish(): void {
    const entries = this.#running.map(({ object, hashes }) => {
      const hex = Array.from(hashes, ([name, hash]) => [name, hash.digest('hex')] as const);
      return [object.id, new Map(hex)] as const;
    });
    this.#digests.resolve(new Map(entries));
  }
}
