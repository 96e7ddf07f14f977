// SPDX-License-Identifier: Apache-2.0
// Digests of objects' data, each byte read once whatever the number of signatures. Two large reads are always in flight
// while the block before is hashed, so that the processor's SHA-256 rate is the limit and memory stays constant. Data that
// is read for another purpose anyway is hashed by passing.ts.

import type { Hash } from 'node:crypto';
import { SifError } from '../errors.ts';
import { type HashName, type ObjectDigests, startHash } from '../integrity.ts';
import { openSif, type SifImage, type SifObject } from '../sif.ts';

/** Where an object's data is. */
interface DataRange {
  readonly id: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Fills the target with the bytes at an offset, or gives other memory that holds them. */
type ReadBlock = (target: Uint8Array, offset: number) => Promise<Uint8Array>;

const BLOCK_BYTES = 4 * 1024 * 1024;
const READS_IN_FLIGHT = 2;

/** How data is hashed. */
export interface HashOptions {
  readonly algorithms: ReadonlySet<HashName>;
  /** Called after each block. */
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Digests of the data of the given objects.
 * @throws SifError SIF_TRUNCATED; SIF_CHANGED when the file became another one underneath
 */
export async function hashObjects(
  image: SifImage,
  objects: readonly SifObject[],
  options: HashOptions,
): Promise<ObjectDigests> {
  const total = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
  const { source } = image;
  let done = 0;
  const digests = await hashRanges(objects, options.algorithms, {
    async read(target, offset) {
      if (!source.readInto) return source.read(offset, target.length);
      await source.readInto(target, offset);
      return target;
    },
    onBlock(lengthBytes) {
      done += lengthBytes;
      options.onBytes?.(done, total);
    },
  });
  await assertUnchanged(image, objects);
  return digests;
}

/**
 * A file may grow by another signer's layer while it is read, which disturbs nobody; anything else that changes what
 * was just hashed makes the digests meaningless.
 */
async function assertUnchanged(image: SifImage, objects: readonly SifObject[]): Promise<void> {
  const { source } = image;
  const current = await source.current?.();
  if (!current) return;
  const differs = (what: string): SifError =>
    new SifError('SIF_CHANGED', `${source.name} changed while it was read: ${what}`);
  const now = await openSif(current).catch((cause: unknown) => {
    throw new SifError('SIF_CHANGED', `${source.name} changed while it was read`, { cause });
  });
  if (Buffer.compare(now.header.record.subarray(0, 64), image.header.record.subarray(0, 64)) !== 0)
    throw differs('the global header');
  for (const object of objects) {
    const same = now.objects.find((other) => other.id === object.id);
    if (!same || Buffer.compare(same.record, object.record) !== 0) throw differs(`object ${object.id}`);
  }
  if (current.sizeBytes === source.sizeBytes && sameTables(now, image)) throw differs('data was overwritten');
}

/** Whoever adds or removes an object changes header or table; who changes the file and neither has changed data. */
function sameTables(a: SifImage, b: SifImage): boolean {
  return Buffer.compare(recordsOf(a), recordsOf(b)) === 0;
}

function recordsOf({ header, objects }: SifImage): Buffer {
  return Buffer.concat([header.record, ...objects.map(({ record }) => record)]);
}

/** Digests of the ranges; `onBlock` is told how many bytes each block had and may throw to stop. */
async function hashRanges(
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
  return new Map(Array.from(algorithms, (name) => [name, startHash(name)]));
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
    const bytes = read(new Uint8Array(memory, 0, sizeBytes), offset);
    // It may fail before the one that is awaited, which is no error that nobody handles.
    bytes.catch(() => undefined);
    pending.push({ block: next.value, buffer, bytes });
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
