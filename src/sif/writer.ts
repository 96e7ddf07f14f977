// SPDX-License-Identifier: Apache-2.0
// Adding objects to an image in place: never copies it, never leaves it broken, takes the same time for any size.

import type { SifImage } from './image.ts';
import type { ImageLock } from './lock.ts';

export { DETERMINISTIC_TIME, signatureExtra } from './descriptor.ts';

/** Data of a new object: bytes, or a stream of known length. */
export type NewData = Uint8Array | { readonly sizeBytes: number; readonly chunks: AsyncIterable<Uint8Array> };

/** An object to be added. */
export interface NewObject {
  readonly dataType: number;
  readonly data: NewData;
  /** Default 1; 0 = no group. */
  readonly group?: number;
  readonly linkedGroup?: number;
  readonly linkedObject?: number;
  /** At most 128 bytes of UTF-8. */
  readonly name?: string;
  /** At most 384 bytes. */
  readonly extra?: Uint8Array;
  /** Bytes; default 4096 for partitions, none for all else. */
  readonly alignment?: number;
  /** Unix seconds; default: the time of the operation. */
  readonly createdAt?: number;
  /** Unix seconds; default: `createdAt`. */
  readonly modifiedAt?: number;
}

/** What every change of an image in place can be told. */
export interface WriteOptions {
  readonly now: Date;
  /** Time of the operation in Unix seconds, instead of `now` or the deterministic time. */
  readonly time?: number;
  /** Stamp the deterministic time, also on an image that is not itself deterministic. */
  readonly deterministic?: boolean;
  /** A lock that the caller holds already. */
  readonly lock?: ImageLock;
  /** How long to wait for another writer; default 30 s. */
  readonly lockWaitMs?: number;
  /** The image as the caller has read it: refuse when its grouped objects are no longer the same. */
  readonly expected?: SifImage;
  /** Called after each write and flush with its name; a test hook. */
  readonly fault?: (step: string) => void | Promise<void>;
}

export async function appendObjects(
  path: string,
  objects: readonly NewObject[],
  options: WriteOptions,
): Promise<readonly number[]> {
  throw new Error(`${path} ${objects.length} ${options.now.toISOString()}`);
}
export async function deleteObjects(
  path: string,
  ids: readonly number[],
  options: WriteOptions & { readonly zero?: boolean; readonly compact?: boolean },
): Promise<void> {
  throw new Error(`${path} ${ids.length} ${options.now.toISOString()}`);
}
export async function setPrimaryPartition(path: string, id: number, options: WriteOptions): Promise<void> {
  throw new Error(`${path} ${id} ${options.now.toISOString()}`);
}
