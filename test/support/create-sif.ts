// SPDX-License-Identifier: Apache-2.0
// New images of one's own making, for tests and benchmarks: an empty one, to which the objects are added.

import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { appendObjects, type NewObject } from '../../src/sif/edit/append.ts';
import {
  ARCHITECTURE_NAMES,
  DESCRIPTOR_BYTES,
  DETERMINISTIC_TIME,
  EXTRA_BYTES,
  HEADER_BYTES,
  HEADER_FIELD,
  MAGIC,
  NIL_ID,
  type PartitionInfo,
  VERSION,
} from '../../src/sif/format.ts';

/** What a new image is to contain. */
export interface CreateOptions {
  readonly now: Date;
  /** Nil ID and the deterministic time, unless `id` or `time` say otherwise. */
  readonly deterministic?: boolean;
  /** UUID text; default random. */
  readonly id?: string;
  /** Unix seconds; default `now`. */
  readonly time?: number;
  readonly launchScript?: string;
  /** Descriptor slots; default 48. */
  readonly capacity?: number;
  readonly objects?: readonly NewObject[];
}

const DESCRIPTORS_OFFSET = 4096;

/** Creates an image file, in place of one that is there. */
export async function createSif(path: string, options: CreateOptions): Promise<void> {
  const { now, deterministic, capacity = 48, launchScript = '', objects = [] } = options;
  const id = options.id ?? (deterministic ? NIL_ID : randomUUID());
  const time = options.time ?? (deterministic ? DETERMINISTIC_TIME : Math.floor(now.getTime() / 1000));
  const tableSize = capacity * DESCRIPTOR_BYTES;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(launchScript, HEADER_FIELD.launchScript);
  header.write(MAGIC, HEADER_FIELD.magic);
  header.write(VERSION, HEADER_FIELD.version);
  header.write('00', HEADER_FIELD.arch);
  header.write(id.replaceAll('-', ''), HEADER_FIELD.id, 'hex');
  const numbers = {
    createdAt: time,
    modifiedAt: time,
    descriptorsFree: capacity,
    descriptorsTotal: capacity,
    descriptorsOffset: DESCRIPTORS_OFFSET,
    descriptorsSize: tableSize,
    dataOffset: DESCRIPTORS_OFFSET + tableSize,
  } as const;
  for (const [field, value] of Object.entries(numbers))
    header.writeBigInt64LE(BigInt(value), HEADER_FIELD[field as keyof typeof numbers]);
  const empty = Buffer.alloc(DESCRIPTORS_OFFSET + tableSize);
  header.copy(empty);
  await writeFile(path, empty, { mode: 0o755 });
  if (objects.length > 0) await appendObjects(path, objects, { now, time });
}

/** The extra field of a partition. */
export function partitionExtra({ fs, type, arch }: PartitionInfo): Uint8Array {
  const extra = Buffer.alloc(EXTRA_BYTES);
  const code = [...ARCHITECTURE_NAMES].find(([, name]) => name === arch)?.[0];
  extra.writeInt32LE(fs, 0);
  extra.writeInt32LE(type, 4);
  extra.write(code ?? '00\0', 8);
  return extra;
}
