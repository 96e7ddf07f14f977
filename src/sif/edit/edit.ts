// SPDX-License-Identifier: Apache-2.0
// The frame of every change to an image in place: lock, open, check that it is the image the caller means, and the
// small writes with their flushes. What is written in which order is the business of append.ts, reserve.ts and remove.ts.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { equalBytes } from '../../base/bytes.ts';
import { fileError } from '../../base/errors.ts';
import {
  DESCRIPTOR_BYTES,
  DETERMINISTIC_TIME,
  HEADER_BYTES,
  HEADER_FIELD,
  NIL_ID,
  PARTITION_TYPE,
  type SifHeader,
} from '../format.ts';
import { type HashName, type ObjectDigests, protectedHeaderBytes } from '../integrity.ts';
import { openSif, type SifImage, type SifObject } from '../sif.ts';
import { hashObjects } from '../hash/hash.ts';
import { SifError } from '../errors.ts';
import type { PresentObject } from './placement.ts';
import { type ImageLock, lockImage } from './lock.ts';
import { assertAtPath, type FileSource, handleSource } from '../source.ts';

/**
 * Up to this size the data is read again once a layer is written: our own writes hide the change time of whoever
 * overwrites data in that moment.
 */
const REREAD_BYTES = 64 * 1024 * 1024;
const SHA256: ReadonlySet<HashName> = new Set(['sha256']);

/** What every change of an image in place can be told. */
export interface WriteOptions {
  readonly now: Date;
  /** Time of the operation in Unix seconds, instead of `now` or the deterministic time. */
  readonly time?: number;
  /** Stamp the deterministic time, also on an image that is not itself deterministic. */
  readonly deterministic?: boolean;
  /** A lock that the caller holds already. */
  readonly lock?: ImageLock;
  /** How long to wait for another writer; default 60 s. */
  readonly lockWaitMs?: number;
  /** The image as the caller has read it: refuse when it is another file now or its grouped objects differ. */
  readonly expected?: SifImage;
  /** SHA-256 of the grouped objects of `expected`: when the file changed since it was opened, they are hashed again. */
  readonly expectedDigests?: ObjectDigests;
  /** Called with the image as it is under the lock, before anything is written; may throw to leave it so. */
  readonly admit?: (present: SifImage) => void;
  /** Called after each write and each flush with its name; what it throws counts as a failed write. */
  readonly fault?: (step: string) => void | Promise<void>;
}

/** An image opened for changing, with the lock held. */
export interface OpenedImage {
  readonly image: SifImage;
  readonly lock: ImageLock;
  /** Unix seconds to stamp on what is changed. */
  readonly time: number;
  write(bytes: Uint8Array, offset: number, step: string): Promise<void>;
  /** Data and size reach the disk. */
  flush(step: string): Promise<void>;
  /** Data and all attributes reach the disk. */
  flushAll(step: string): Promise<void>;
  /** Takes a write back; not a step of its own. */
  restore(bytes: Uint8Array, offset: number): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  /** Makes the file at least this long. */
  grow(sizeBytes: number): Promise<void>;
}

/**
 * Runs a change with the image locked, opened for writing and checked.
 * @throws SifError SIF_LOCKED, SIF_CHANGED, SIF_HEADER_INVALID and those of openSif; SystemError
 */
export async function editImage<T>(
  path: string,
  options: WriteOptions,
  change: (opened: OpenedImage) => Promise<T>,
): Promise<T> {
  if (options.lock) return editLocked(options.lock, options, change);
  const { lockWaitMs } = options;
  await using lock = await lockImage(path, lockWaitMs === undefined ? {} : { waitMs: lockWaitMs });
  return await editLocked(lock, options, change);
}

async function editLocked<T>(
  lock: ImageLock,
  options: WriteOptions,
  change: (opened: OpenedImage) => Promise<T>,
): Promise<T> {
  const path = lock.path;
  try {
    await using handle = await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
    const source = await handleSource(path, handle);
    const image = await openSif(source);
    if (options.expected) await assertExpected(image, source, options.expected, options.expectedDigests);
    assertDataSection(image);
    options.admit?.(image);
    await lock.assertHeld();
    const result = await change(openedImage({ image, lock, handle }, options));
    const written = await handle.stat({ bigint: true });
    if (options.expectedDigests && dataBytes(image) <= REREAD_BYTES) await assertData(image, options.expectedDigests);
    await assertAtPath(path, written);
    return result;
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

function openedImage(
  parts: { readonly image: SifImage; readonly lock: ImageLock; readonly handle: FileHandle },
  options: WriteOptions,
): OpenedImage {
  const { image, lock, handle } = parts;
  const write = (bytes: Uint8Array, offset: number) => lock.writing(() => writeFully(handle, bytes, offset));
  return {
    image,
    lock,
    time: operationTime(image, options),
    async write(bytes, offset, step) {
      await write(bytes, offset);
      await options.fault?.(step);
    },
    async flush(step) {
      await lock.writing(() => handle.datasync());
      await options.fault?.(step);
    },
    async flushAll(step) {
      await lock.writing(() => handle.sync());
      await options.fault?.(step);
    },
    restore: write,
    truncate: (sizeBytes) => lock.writing(() => handle.truncate(sizeBytes)),
    grow: (sizeBytes) => lock.writing(() => growTo(handle, sizeBytes)),
  };
}

/** Writes all bytes at an offset; a single system call may write fewer. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** Makes a file at least this long: an empty object may begin after a gap that no write has filled. */
export async function growTo(handle: FileHandle, sizeBytes: number): Promise<void> {
  const { size } = await handle.stat();
  if (size < sizeBytes) await handle.truncate(sizeBytes);
}

/** The time that a change stamps, Unix seconds. */
export function operationTime(
  { header }: SifImage,
  options: Pick<WriteOptions, 'now' | 'time' | 'deterministic'>,
): number {
  if (options.time !== undefined) return options.time;
  const times = [header.createdAt, header.modifiedAt];
  const deterministic = header.id === NIL_ID && times.every((time) => time === DETERMINISTIC_TIME);
  return options.deterministic || deterministic ? DETERMINISTIC_TIME : Math.floor(options.now.getTime() / 1000);
}

/** A wrong data offset harms no reader, but a writer would put data over the table or far beyond the file. */
export function assertDataSection({ header, source }: SifImage): void {
  const { dataOffset, descriptorsOffset, descriptorsTotal } = header;
  const tableEnd = descriptorsOffset + descriptorsTotal * DESCRIPTOR_BYTES;
  if (dataOffset < tableEnd || dataOffset > Math.max(source.sizeBytes, tableEnd))
    throw new SifError('SIF_HEADER_INVALID', `global header: the data section starts at byte ${dataOffset}`);
}

function grouped(image: SifImage): readonly SifObject[] {
  return image.objects.filter((object) => object.group !== 0);
}

async function assertExpected(
  now: SifImage,
  file: FileSource,
  expected: SifImage,
  digests: ObjectDigests | undefined,
): Promise<void> {
  const { source } = expected;
  const differs = (what: string): SifError =>
    new SifError('SIF_CHANGED', `${now.source.name} is not the image that was read: ${what}`);
  if ('identity' in source && source.identity !== file.identity) throw differs('the file was replaced');
  if (!equalBytes(protectedHeaderBytes(now.header), protectedHeaderBytes(expected.header)))
    throw differs('the global header differs');
  const before = new Map(grouped(expected).map((object) => [object.id, object]));
  for (const object of grouped(now)) {
    const same = before.get(object.id);
    if (!same || !equalBytes(same.record, object.record)) throw differs(`object ${object.id} differs`);
    before.delete(object.id);
  }
  for (const id of before.keys()) throw differs(`object ${id} is gone`);
  if (!digests || ('state' in source && source.state === file.state)) return;
  // Another signer's layer explains a changed file. It does not excuse other data, which must not be approved unread.
  await assertData(now, digests);
}

function dataBytes(image: SifImage): number {
  return grouped(image).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** @throws SifError SIF_CHANGED */
async function assertData(image: SifImage, digests: ObjectDigests): Promise<void> {
  const present = await hashObjects(image, grouped(image), { algorithms: SHA256 });
  for (const [id, of] of present)
    if (of.get('sha256') !== digests.get(id)?.get('sha256'))
      throw new SifError('SIF_CHANGED', `the data of object ${id} of ${image.source.name} is not what was read before`);
}

/** The present objects of an image, as a layout wants to know them. */
export function presentObjects(image: SifImage): readonly PresentObject[] {
  return image.objects.map((object) => ({
    slot: object.slot,
    id: object.id,
    offset: object.offset,
    sizeBytes: object.sizeBytes,
    primary: object.partition?.type === PARTITION_TYPE.primarySystem,
  }));
}

/** Byte offset in the file of a field of the descriptor in a slot. */
export function slotOffset(image: SifImage, slot: number, field = 0): number {
  return image.header.descriptorsOffset + slot * DESCRIPTOR_BYTES + field;
}

/** What a change to the objects makes of the header. */
export interface HeaderChange {
  readonly descriptorsFree: number;
  readonly dataSize: number;
  readonly archCode?: Uint8Array | undefined;
}

/** The header record after a change, 128 bytes. */
export function headerAfter({ record }: SifHeader, change: HeaderChange & { readonly time: number }): Uint8Array {
  const after = record.slice();
  const view = new DataView(after.buffer);
  view.setBigInt64(HEADER_FIELD.modifiedAt, BigInt(change.time), true);
  view.setBigInt64(HEADER_FIELD.descriptorsFree, BigInt(change.descriptorsFree), true);
  view.setBigInt64(HEADER_FIELD.dataSize, BigInt(change.dataSize), true);
  if (change.archCode) after.set(change.archCode, HEADER_FIELD.arch);
  return after;
}

/** Writes the fields of the header that signatures do not cover, in one write, and flushes. */
export async function writeHeader(opened: OpenedImage, change: HeaderChange): Promise<void> {
  const record = headerAfter(opened.image.header, { ...change, time: opened.time });
  const from = change.archCode ? HEADER_FIELD.arch : HEADER_FIELD.modifiedAt;
  await opened.write(record.subarray(from, HEADER_BYTES), from, 'header');
  await opened.flushAll('header flushed');
}
