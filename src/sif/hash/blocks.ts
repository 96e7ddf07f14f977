// SPDX-License-Identifier: Apache-2.0
// The hashing loop: ranges of a source → digests, two large reads always in flight while the previous block is hashed,
// so the processor's SHA-256 rate is the limit and memory stays constant. Runs on the main thread or a helper thread.

import { createHash, type Hash } from 'node:crypto';

/** Digest algorithms that signed metadata may name, spelled as there. */
export type HashName = 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'sha512_224' | 'sha512_256';

/** Object ID → algorithm → lower-case hex. */
export type ObjectDigests = ReadonlyMap<number, ReadonlyMap<HashName, string>>;

/** Where an object's data is. */
export interface DataRange {
  readonly id: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Fills the target with the bytes at an offset, or gives other memory that holds them. */
export type ReadBlock = (target: Uint8Array, offset: number) => Promise<Uint8Array>;

const BLOCK_BYTES = 4 * 1024 * 1024;
const READS_IN_FLIGHT = 2;

/** Name of the algorithm as the crypto library spells it. */
export function cryptoName(algorithm: HashName): string {
  return algorithm.replace('_', '-');
}

/** Digests of the ranges; `onBlock` is told how many bytes each block had and may throw to stop. */
export async function hashRanges(
  ranges: readonly DataRange[],
  algorithms: ReadonlySet<HashName>,
  { read, onBlock }: { readonly read: ReadBlock; readonly onBlock: (lengthBytes: number) => void },
): Promise<ObjectDigests> {
  const running = new Map(ranges.map(({ id }) => [id, startHashes(algorithms)]));
  for await (const { block, bytes } of readAhead(blocksOf(ranges), read)) {
    for (const hash of running.get(block.id)?.values() ?? []) hash.update(bytes);
    onBlock(bytes.length);
  }
  return new Map(Array.from(running, ([id, hashes]) => [id, finish(hashes)]));
}

function startHashes(algorithms: ReadonlySet<HashName>): ReadonlyMap<HashName, Hash> {
  return new Map(Array.from(algorithms, (name) => [name, createHash(cryptoName(name))]));
}

function finish(hashes: ReadonlyMap<HashName, Hash>): ReadonlyMap<HashName, string> {
  return new Map(Array.from(hashes, ([name, hash]) => [name, hash.digest('hex')]));
}

/** Blocks in file order. */
function* blocksOf(ranges: readonly DataRange[]): Generator<DataRange> {
  for (const { id, offset, sizeBytes } of [...ranges].sort((a, b) => a.offset - b.offset))
    for (let at = 0; at < sizeBytes; at += BLOCK_BYTES)
      yield { id, offset: offset + at, sizeBytes: Math.min(BLOCK_BYTES, sizeBytes - at) };
}

/** Yields the blocks in order; the bytes are valid until the next one is asked for. */
async function* readAhead(
  blocks: Iterator<DataRange>,
  read: ReadBlock,
): AsyncGenerator<{ readonly block: DataRange; readonly bytes: Uint8Array }> {
  const buffers: ArrayBuffer[] = [];
  const pending: { block: DataRange; buffer: number; bytes: Promise<Uint8Array> }[] = [];
  const start = (buffer: number): void => {
    const next = blocks.next();
    if (next.done === true) return;
    const { offset, sizeBytes } = next.value;
    const memory = enoughMemory(buffers[buffer], sizeBytes);
    buffers[buffer] = memory;
    pending.push({ block: next.value, buffer, bytes: read(new Uint8Array(memory, 0, sizeBytes), offset) });
  };
  for (let buffer = 0; buffer < READS_IN_FLIGHT; buffer += 1) start(buffer);
  try {
    for (let head = pending.shift(); head; head = pending.shift()) {
      yield { block: head.block, bytes: await head.bytes };
      start(head.buffer);
    }
  } finally {
    await Promise.allSettled(pending.map(({ bytes }) => bytes));
  }
}

function enoughMemory(present: ArrayBuffer | undefined, lengthBytes: number): ArrayBuffer {
  return present && present.byteLength >= lengthBytes ? present : new ArrayBuffer(lengthBytes);
}
