// SPDX-License-Identifier: Apache-2.0
// SHA-256 of the objects of an image whose bytes pass by for the first time, as in a download: what the objects are is
// seen when the descriptor table has passed. The digests are used for that very image; whatever else is asked for, and
// whatever passed by in another order, is hashed by reading it.

import { equalBytes } from '../../base/bytes.ts';
import { DESCRIPTOR_BYTES } from '../descriptor.ts';
import { SifError } from '../errors.ts';
import { hashObjects, type HashOptions } from './hash.ts';
import type { HashName, ObjectDigests } from './blocks.ts';
import { HEADER_BYTES, parseHeader } from '../header.ts';
import { groupsOf, objectsInGroup, openSif, type SifImage, type SifObject } from '../sif.ts';
import { assertInside, type ByteSource } from '../source.ts';
import { ObjectStreamHasher } from './stream.ts';

const SHA256: ReadonlySet<HashName> = new Set(['sha256']);
/** A table that ends later is no usual one; its image is read again. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;

interface Started {
  readonly image: SifImage;
  readonly objects: readonly SifObject[];
  readonly hasher: ObjectStreamHasher;
}

/** Takes the bytes of an image from the first one on. */
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
