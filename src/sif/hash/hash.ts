// SPDX-License-Identifier: Apache-2.0
// Digests of objects' data, each byte read once whatever the number of signatures. Large files are hashed on a helper
// thread, so that checking signatures costs no time of its own.

import { SifError } from '../errors.ts';
import { type HashName, hashRanges, type ObjectDigests } from './blocks.ts';
import { hashOnThread, THREAD_FROM_BYTES } from './thread.ts';
import { openSif, type SifImage, type SifObject } from '../sif.ts';

export interface HashOptions {
  readonly algorithms: ReadonlySet<HashName>;
  /** Called after each block. */
  readonly onBytes?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
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
  const digests =
    (total >= THREAD_FROM_BYTES ? await onThread(image, objects, { options, total }) : undefined) ??
    (await here(image, objects, { options, total }));
  await assertUnchanged(image, objects);
  return digests;
}

interface Work {
  readonly options: HashOptions;
  readonly total: number;
}

/** Undefined when there is no file that a thread could read, or the thread failed. */
async function onThread(
  { source }: SifImage,
  objects: readonly SifObject[],
  { options, total }: Work,
): Promise<ObjectDigests | undefined> {
  if (source.descriptor === undefined) return undefined;
  const ranges = objects.map(({ id, offset, sizeBytes }) => ({ id, offset, sizeBytes }));
  const task = { descriptor: source.descriptor, ranges, algorithms: [...options.algorithms] };
  return hashOnThread(task, { onBlock: counter(options, total), signal: options.signal });
}

function here({ source }: SifImage, objects: readonly SifObject[], { options, total }: Work): Promise<ObjectDigests> {
  const count = counter(options, total);
  return hashRanges(objects, options.algorithms, {
    async read(target, offset) {
      if (!source.readInto) return source.read(offset, target.length);
      await source.readInto(target, offset);
      return target;
    },
    onBlock(lengthBytes) {
      options.signal?.throwIfAborted();
      count(lengthBytes);
    },
  });
}

function counter({ onBytes }: HashOptions, total: number): (lengthBytes: number) => void {
  let done = 0;
  return (lengthBytes) => {
    done += lengthBytes;
    onBytes?.(done, total);
  };
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
