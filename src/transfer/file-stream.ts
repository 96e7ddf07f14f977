// SPDX-License-Identifier: Apache-2.0
// A SIF file on its way out as the only read of it: its bytes in large chunks, and the digests of its objects for
// whoever examines the image meanwhile.

import { sha256Hex } from '../base/bytes.ts';
import type { SignatureObjects } from '../image/sif/signature-objects.ts';
import { DATA_TYPE } from '../sif/format.ts';
import type { HashOptions } from '../sif/hash/hash.ts';
import type { ObjectDigests } from '../sif/integrity.ts';
import type { SifImage, SifObject } from '../sif/sif.ts';
import { RegistryError } from '../oci/errors.ts';
import { ObjectStreamHasher } from '../sif/hash/passing.ts';
import type { ByteSource } from '../sif/source.ts';

/** Sees bytes with their offset in the file. */
export type PassBytes = (offset: number, bytes: Uint8Array) => void;

const CHUNK_BYTES = 1024 * 1024;

/** Digests that a stream of the whole file delivers at its end; asked for again, they are the same ones. */
export class StreamedDigests {
  readonly #image: SifImage;
  readonly #started = Promise.withResolvers<ObjectStreamHasher>();
  #digests: Promise<ObjectDigests> | undefined;

  constructor(image: SifImage) {
    this.#image = image;
    this.#started.promise.catch(() => undefined);
  }

  /** What the bytes of the file have to pass through; known once somebody has asked for digests. */
  get hasher(): Promise<ObjectStreamHasher> {
    return this.#started.promise;
  }

  /** In the place of hashObjects. */
  readonly hash = (_: SifImage, objects: readonly SifObject[], { algorithms }: HashOptions): Promise<ObjectDigests> => {
    if (this.#digests) return this.#digests;
    const asked = new Set(objects);
    const signatures = this.#image.objects.filter((object) => isSignature(object) && !asked.has(object));
    const hasher = new ObjectStreamHasher(this.#image, [...objects, ...signatures], algorithms);
    this.#started.resolve(hasher);
    this.#digests = hasher.digests;
    return this.#digests;
  };

  /**
   * Signature objects are read on their own, and not by the stream alone: what was read of this image must be what has
   * passed by. Objects that the image is only to get are passed over.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED
   */
  async assertPassed({ natives, lane }: SignatureObjects): Promise<void> {
    const digests = await this.ended();
    const present = new Set(this.#image.objects.map(({ id }) => id));
    for (const { object, data } of [...natives, ...lane])
      if (object && present.has(object.id) && digests?.get(object.id)?.get('sha256') !== sha256Hex(data))
        throw changed(this.#image.source);
  }

  /**
   * Waits for the end of the stream and compares.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED when other bytes have passed by than those that were hashed before
   */
  async assertSame(known: ObjectDigests): Promise<void> {
    const ids = new Set(known.keys());
    const algorithms = new Set([...known.values()].flatMap((of) => [...of.keys()]));
    const objects = this.#image.objects.filter(({ id }) => ids.has(id));
    const digests = await this.hash(this.#image, objects, { algorithms: algorithms.add('sha256') });
    for (const [id, of] of known)
      for (const [name, hex] of of) if (digests.get(id)?.get(name) !== hex) throw changed(this.#image.source);
  }

  /** The digests, now or never: for whoever knows that the last byte was sent and must not wait for another one. */
  async ended(): Promise<ObjectDigests | undefined> {
    this.fail(new Error(`the end of ${this.#image.source.name} has not passed by`));
    return this.#digests;
  }

  /** Nothing more will come: whoever waits for hasher or digests gets this error. */
  fail(error: unknown): void {
    this.#started.reject(error);
    this.#started.promise.then((hasher) => hasher.fail(error)).catch(() => undefined);
  }
}

function isSignature({ dataType }: SifObject): boolean {
  return dataType === DATA_TYPE.signature;
}

/**
 * The file is as it was when it was opened, and is what its path names.
 * @throws RegistryError REGISTRY_SOURCE_CHANGED; SifError SIF_REPLACED, SIF_CHANGED
 */
export async function assertUnchanged(file: ByteSource): Promise<void> {
  if ((await file.current?.()) !== undefined) throw changed(file);
  await file.assertStill?.();
}

function changed({ name }: ByteSource): RegistryError {
  return new RegistryError('REGISTRY_SOURCE_CHANGED', `${name} changed while it was pushed`, {
    hint: 'repeat when nothing else writes to the file; no tag was moved',
  });
}

/** Bytes of a file in order, in two blocks of memory that take turns. */
export async function* fileChunks(
  file: ByteSource,
  { from, to }: { readonly from: number; readonly to: number },
  pass: PassBytes,
): AsyncGenerator<Uint8Array, void> {
  let [free, busy] = [new ArrayBuffer(CHUNK_BYTES), new ArrayBuffer(CHUNK_BYTES)];
  let at = from;
  const read = (memory: ArrayBuffer) => readChunk(file, at, { lengthBytes: Math.min(CHUNK_BYTES, to - at), memory });
  let next = read(busy);
  while (at < to) {
    const chunk = await next;
    const start = at;
    at += chunk.length;
    [free, busy] = [busy, free];
    next = read(busy);
    next.catch(() => undefined);
    pass(start, chunk);
    yield chunk;
  }
  await next;
}

async function readChunk(
  file: ByteSource,
  at: number,
  { lengthBytes, memory }: { readonly lengthBytes: number; readonly memory: ArrayBuffer },
): Promise<Uint8Array> {
  if (!file.readInto) return file.read(at, lengthBytes);
  const target = new Uint8Array(memory, 0, lengthBytes);
  await file.readInto(target, at);
  return target;
}
