// SPDX-License-Identifier: Apache-2.0
// A SIF file on its way out as the only read of it: its bytes in large chunks, and the digests of its objects for
// whoever examines the image meanwhile.

import type { HashOptions } from '../sif/hash.ts';
import type { ObjectDigests } from '../sif/hash-blocks.ts';
import type { SifImage, SifObject } from '../sif/image.ts';
import type { ByteSource } from '../sif/source.ts';
import { ObjectStreamHasher } from '../sif/stream-hash.ts';

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
    const hasher = new ObjectStreamHasher(this.#image, objects, algorithms);
    this.#started.resolve(hasher);
    this.#digests = hasher.digests;
    return this.#digests;
  };

  /** Nothing more will come: whoever waits for hasher or digests gets this error. */
  fail(error: unknown): void {
    this.#started.reject(error);
    this.#started.promise.then((hasher) => hasher.fail(error)).catch(() => undefined);
  }
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
