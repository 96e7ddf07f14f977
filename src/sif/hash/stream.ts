// SPDX-License-Identifier: Apache-2.0
// Digests of objects' data out of a stream of the whole file, for commands that read it from start to end anyway. The
// stream must have the header and the table by which the objects were found, else the digests are of something else.

import { createHash, type Hash } from 'node:crypto';
import { equalBytes } from '../../base/bytes.ts';
import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD } from '../descriptor.ts';
import { SifError } from '../errors.ts';
import { cryptoName, type HashName, type ObjectDigests } from './blocks.ts';
import { HEADER_BYTES } from '../header.ts';
import type { SifImage, SifObject } from '../sif.ts';

interface Running {
  readonly object: SifObject;
  readonly hashes: ReadonlyMap<HashName, Hash>;
}

/** Takes the bytes of a file in order and gives the digests of its objects at the end. */
export class ObjectStreamHasher {
  readonly #running: readonly Running[];
  readonly #digests = Promise.withResolvers<ObjectDigests>();
  readonly #image: SifImage;
  readonly #head = new Window(0, HEADER_BYTES);
  readonly #table: Window;
  #at = 0;

  constructor(image: SifImage, objects: readonly SifObject[], algorithms: ReadonlySet<HashName>) {
    const started = () => new Map(Array.from(algorithms, (name) => [name, createHash(cryptoName(name))] as const));
    const { descriptorsOffset, descriptorsTotal } = image.header;
    this.#running = objects.map((object) => ({ object, hashes: started() }));
    this.#image = image;
    this.#table = new Window(descriptorsOffset, descriptorsTotal * DESCRIPTOR_BYTES);
    this.#digests.promise.catch(() => undefined);
  }

  /** Settles when the whole file has passed by; SifError SIF_CHANGED when its header or table is another one. */
  get digests(): Promise<ObjectDigests> {
    return this.#digests.promise;
  }

  /**
   * Bytes at an offset; those that passed by before are skipped, so that a part may be streamed again. After a gap the
   * digests can never be told, and whoever waits for them learns it.
   */
  update(offset: number, bytes: Uint8Array): void {
    if (offset > this.#at) {
      this.fail(new Error(`bytes ${this.#at} to ${offset} of ${this.#image.source.name} were passed over`));
      return;
    }
    const fresh = bytes.subarray(Math.max(0, this.#at - offset));
    if (fresh.length === 0) return;
    const start = this.#at;
    const end = start + fresh.length;
    this.#head.take(start, fresh);
    this.#table.take(start, fresh);
    for (const { object, hashes } of this.#running) {
      const from = Math.max(start, object.offset);
      const to = Math.min(end, object.offset + object.sizeBytes);
      if (from < to) for (const hash of hashes.values()) hash.update(fresh.subarray(from - start, to - start));
    }
    this.#at = end;
    if (end === this.#image.source.sizeBytes) this.#finish();
  }

  /** The stream ended early: whoever waits for the digests gets this error. */
  fail(error: unknown): void {
    this.#digests.reject(error);
  }

  #finish(): void {
    const { source, header } = this.#image;
    if (!equalBytes(this.#head.bytes, header.record) || !isTableOf(this.#image, this.#table.bytes)) {
      this.fail(
        new SifError('SIF_CHANGED', `${source.name} changed while it was read: header or descriptor table differ`),
      );
      return;
    }
    const entries = this.#running.map(({ object, hashes }) => {
      const hex = Array.from(hashes, ([name, hash]) => [name, hash.digest('hex')] as const);
      return [object.id, new Map(hex)] as const;
    });
    this.#digests.resolve(new Map(entries));
  }
}

/** A part of a stream, kept. */
class Window {
  readonly bytes: Uint8Array;
  readonly #from: number;

  constructor(from: number, lengthBytes: number) {
    this.#from = from;
    this.bytes = new Uint8Array(lengthBytes);
  }

  take(at: number, chunk: Uint8Array): void {
    const start = Math.max(at, this.#from);
    const end = Math.min(at + chunk.length, this.#from + this.bytes.length);
    if (start < end) this.bytes.set(chunk.subarray(start - at, end - at), start - this.#from);
  }
}

function isTableOf(image: SifImage, table: Uint8Array): boolean {
  const used = new Map(image.objects.map((object) => [object.slot, object]));
  for (let slot = 0; slot < image.header.descriptorsTotal; slot += 1) {
    const record = table.subarray(slot * DESCRIPTOR_BYTES, (slot + 1) * DESCRIPTOR_BYTES);
    const object = used.get(slot);
    if (object ? !equalBytes(record, object.record) : record[DESCRIPTOR_FIELD.used] !== 0) return false;
  }
  return true;
}
