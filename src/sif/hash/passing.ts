// SPDX-License-Identifier: Apache-2.0
// Digests of objects out of a stream of the whole file, which is read from start to end for another purpose anyway.
// ObjectStreamHasher knows the image from before, as in an upload; the stream must have the same header and table.
// PassingImage meets it for the first time, as in a download: what the objects are is seen when the table has passed.

import type { Hash } from 'node:crypto';
import { equalBytes } from '../../base/bytes.ts';
import { SifError } from '../errors.ts';
import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD, HEADER_BYTES } from '../format.ts';
import { groupsOf, objectsInGroup, openSif, parseHeader, type SifImage, type SifObject } from '../sif.ts';
import { type HashName, type ObjectDigests, startHash } from '../integrity.ts';
import { hashObjects, type HashOptions } from './hash.ts';
import { assertInside, type ByteSource } from '../source.ts';

const SHA256: ReadonlySet<HashName> = new Set(['sha256']);
/** A table that ends later is no usual one; its image is read again. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;

interface Started {
  readonly image: SifImage;
  readonly objects: readonly SifObject[];
  readonly hasher: ObjectStreamHasher;
}

/**
 * Takes the bytes of an image from the first one on and hashes its grouped objects with SHA-256. The digests are used for
 * that very image; whatever else is asked for, and whatever passed by in another order, is hashed by reading it.
 */
export class PassingImage {
  readonly #sizeBytes: number;
  #at = 0;
  #head: Uint8Array[] = [];
  /** How much of the beginning has to be there before it is worth a look: the header, then the table too. */
  #wanted = HEADER_BYTES;
  #started: Started | undefined;
  #lost = false;

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
  }

  /** Bytes at an offset; offset 0 begins anew. */
  async update(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset === 0) this.#reset();
    if (offset !== this.#at) this.#lost = true;
    if (this.#lost) return;
    this.#at += bytes.length;
    if (this.#started) this.#started.hasher.update(offset, bytes);
    else await this.#begin(bytes);
  }

  /** As hashObjects; reads nothing when the image is the one that passed by. */
  readonly hash = async (
    image: SifImage,
    objects: readonly SifObject[],
    options: HashOptions,
  ): Promise<ObjectDigests> => {
    const { algorithms } = options;
    const plain = algorithms.size === 1 && algorithms.has('sha256');
    const whole = !this.#lost && this.#at === this.#sizeBytes;
    const started = this.#started;
    if (!plain || !whole || !started || !isSame(started, image, objects)) return hashObjects(image, objects, options);
    return started.hasher.digests;
  };

  #reset(): void {
    this.#at = 0;
    this.#head = [];
    this.#wanted = HEADER_BYTES;
    this.#started = undefined;
    this.#lost = false;
  }

  /** Collects the beginning until the table is complete. */
  async #begin(bytes: Uint8Array): Promise<void> {
    this.#head.push(bytes.slice());
    try {
      if (this.#at < Math.min(this.#wanted, this.#sizeBytes)) return;
      const head = Buffer.concat(this.#head);
      this.#head = [head];
      const { descriptorsOffset, descriptorsTotal } = parseHeader(head);
      this.#wanted = descriptorsOffset + descriptorsTotal * DESCRIPTOR_BYTES;
      if (head.length < Math.min(this.#wanted, this.#sizeBytes)) {
        if (this.#wanted > MAX_HEAD_BYTES) this.#lose();
        return;
      }
      const image = await openSif(beginningOf(head, this.#sizeBytes));
      const objects = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
      const hasher = new ObjectStreamHasher(image, objects, SHA256);
      hasher.update(0, head);
      this.#started = { image, objects, hasher };
      this.#head = [];
    } catch (error) {
      // What is wrong with it is for whoever opens the whole image to say.
      if (!(error instanceof SifError)) throw error;
      this.#lose();
    }
  }

  #lose(): void {
    this.#lost = true;
    this.#head = [];
  }
}

function beginningOf(head: Uint8Array, sizeBytes: number): ByteSource {
  return {
    name: 'the image',
    sizeBytes,
    async read(offset, lengthBytes) {
      assertInside({ ...this, sizeBytes: head.length }, offset, lengthBytes);
      return head.subarray(offset, offset + lengthBytes);
    },
  };
}

function isSame(passed: Started, image: SifImage, objects: readonly SifObject[]): boolean {
  const records = new Map(passed.objects.map(({ id, record }) => [id, record]));
  return (
    equalBytes(passed.image.header.record, image.header.record) &&
    image.source.sizeBytes === passed.image.source.sizeBytes &&
    objects.length === passed.objects.length &&
    objects.every(({ id, record }) => equalBytes(records.get(id) ?? record.subarray(0, 0), record))
  );
}

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
    const started = () => new Map(Array.from(algorithms, (name) => [name, startHash(name)] as const));
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
