// SPDX-License-Identifier: Apache-2.0
// Creating an image from nothing: written under a temporary name, and given its own name only when whole.

import { randomBytes, randomUUID } from 'node:crypto';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { counted } from '../../base/text.ts';
import { fileError, isErrnoException } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD, DETERMINISTIC_TIME, LAUNCH_SCRIPT_BYTES, NIL_ID } from '../format.ts';
import { encodeHeader } from './encode.ts';
import { growTo, writeFully } from './edit.ts';
import { SifError } from '../errors.ts';
import { type Layout, layOut, type NewObject, type Placement } from './placement.ts';

/** What a new image is to contain. */
export interface CreateOptions {
  readonly now: Date;
  /** Nil ID and the deterministic time, unless `id` or `time` say otherwise. */
  readonly deterministic?: boolean;
  /** UUID text; default random. */
  readonly id?: string;
  /** Unix seconds; default `now`. */
  readonly time?: number;
  /** At most 31 bytes. */
  readonly launchScript?: string;
  /** Descriptor slots; default 48. */
  readonly capacity?: number;
  readonly objects?: readonly NewObject[];
  /** Replace a file that exists; default: refuse. */
  readonly replace?: boolean;
}

const DESCRIPTORS_OFFSET = 4096;
const DEFAULT_CAPACITY = 48;
const FILE_MODE = 0o755;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Creates an image file.
 * @throws SifError SIF_EXISTS, SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_PRIMARY_PARTITION_EXISTS,
 * SIF_TOO_MANY_DESCRIPTORS; SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function createSif(path: string, options: CreateOptions): Promise<void> {
  const plan = planImage(options);
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await using file = await open(temporary, 'wx', FILE_MODE);
    await writeImage(file, plan);
    await file.close();
    await (options.replace ? rename(temporary, path) : renameToNew(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, path, 'write');
  }
}

interface ImagePlan {
  readonly header: Uint8Array;
  readonly table: Uint8Array;
  readonly layout: Layout;
}

function planImage(options: CreateOptions): ImagePlan {
  const { capacity = DEFAULT_CAPACITY, launchScript = '', objects = [] } = options;
  if (!Number.isInteger(capacity) || capacity < 0 || capacity > LIMITS.sifDescriptors)
    throw new SifError('SIF_TOO_MANY_DESCRIPTORS', `${capacity} descriptor slots, limit ${LIMITS.sifDescriptors}`);
  if (Buffer.byteLength(launchScript) >= LAUNCH_SCRIPT_BYTES)
    throw new SifError('SIF_OBJECT_INVALID', `the launch script has more than ${LAUNCH_SCRIPT_BYTES - 1} bytes`);
  const id = options.id ?? (options.deterministic ? NIL_ID : randomUUID());
  if (!UUID.test(id)) throw new SifError('SIF_OBJECT_INVALID', `${JSON.stringify(id)} is no UUID`);
  const clock = Math.floor(options.now.getTime() / 1000);
  const time = options.time ?? (options.deterministic ? DETERMINISTIC_TIME : clock);
  const dataOffset = DESCRIPTORS_OFFSET + capacity * DESCRIPTOR_BYTES;
  const layout = layOut(objects, { present: [], totalSlots: capacity, dataOffset, time });
  const table = new Uint8Array(capacity * DESCRIPTOR_BYTES);
  for (const { slot, record } of layout.placements) {
    table.set(record, slot * DESCRIPTOR_BYTES);
    table[slot * DESCRIPTOR_BYTES + DESCRIPTOR_FIELD.used] = 1;
  }
  const header = encodeHeader({
    launchScript,
    archCode: layout.archCode ?? Buffer.from('00\0', 'latin1'),
    id: Buffer.from(id.replaceAll('-', ''), 'hex'),
    createdAt: time,
    modifiedAt: time,
    descriptorsFree: capacity - objects.length,
    descriptorsTotal: capacity,
    descriptorsOffset: DESCRIPTORS_OFFSET,
    dataSize: layout.dataSize,
  });
  return { header, table, layout };
}

async function writeImage(file: FileHandle, plan: ImagePlan): Promise<void> {
  for (const placement of plan.layout.placements) await writeData(file, placement);
  for (const { offset, sizeBytes } of plan.layout.placements.slice(-1)) await growTo(file, offset + sizeBytes);
  await writeFully(file, plan.table, DESCRIPTORS_OFFSET);
  await writeFully(file, plan.header, 0);
  await file.sync();
}

async function writeData(file: FileHandle, placement: Placement): Promise<void> {
  const { data } = placement.object;
  if (data instanceof Uint8Array) return writeFully(file, data, placement.offset);
  let done = 0;
  for await (const chunk of data.chunks) {
    await writeFully(file, chunk, placement.offset + done);
    done += chunk.length;
    if (done > placement.sizeBytes) break;
  }
  if (done !== placement.sizeBytes)
    throw new SifError(
      'SIF_OBJECT_INVALID',
      `object ${placement.id}: its data is not ${counted(placement.sizeBytes, 'byte')} long`,
    );
}

async function renameToNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    await rm(temporary);
  } catch (error) {
    if (isErrnoException(error) && error.code === 'EEXIST') throw exists(path, error);
    await renameWithoutLinks(temporary, path);
  }
}

/** For file systems without hard links, where looking first is the best there is. */
async function renameWithoutLinks(temporary: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found) throw exists(path);
  await rename(temporary, path);
}

function exists(path: string, cause?: unknown): SifError {
  return new SifError('SIF_EXISTS', `${path} exists`, { cause });
}
