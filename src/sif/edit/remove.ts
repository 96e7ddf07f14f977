// SPDX-License-Identifier: Apache-2.0
// Removing objects from an image in place. A removed object is gone with one byte (Used = 0); everything after that is tidying,
// and may be cut off at any point.

import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD, PARTITION_TYPE } from '../format.ts';
import type { SifImage, SifObject } from '../sif.ts';
import { equalBytes } from '../../base/bytes.ts';
import { editImage, type OpenedImage, slotOffset, type WriteOptions, writeHeader } from './edit.ts';
import { SifError } from '../errors.ts';

/** What becomes of the data of removed objects. */
export interface DeleteOptions extends WriteOptions {
  /** Overwrite the data with zeros. */
  readonly zero?: boolean;
  /** Cut the file after the last remaining object; nothing is moved. */
  readonly compact?: boolean;
}

const UNUSED = Uint8Array.of(0);
const EMPTY_SLOT = new Uint8Array(DESCRIPTOR_BYTES);
const UNKNOWN_ARCH = new Uint8Array([0x30, 0x30, 0]);
const ZEROS = new Uint8Array(1024 * 1024);

/**
 * Removes objects.
 * @throws SifError SIF_OBJECT_NOT_FOUND; SIF_CHANGED also when an ID names another object than in `expected`; SIF_LOCKED and
 * those of openSif; SystemError
 */
export async function deleteObjects(path: string, ids: readonly number[], options: DeleteOptions): Promise<void> {
  await editImage(path, options, async (opened) => {
    const { image } = opened;
    const selected = Array.from(new Set(ids), (id) => existing(image, id));
    for (const object of selected) assertSame(object, options.expected);
    if (selected.length === 0) return;
    for (const { id, slot } of selected) {
      await opened.write(UNUSED, slotOffset(image, slot, DESCRIPTOR_FIELD.used), `unused ${id}`);
      await opened.flush(`unused ${id} flushed`);
    }
    for (const object of selected) await tidy(opened, object, options.zero ?? false);
    const remaining = image.objects.filter((object) => !selected.includes(object));
    const dataSize = options.compact ? dataEnd(image, remaining) - image.header.dataOffset : image.header.dataSize;
    const primaryGone = selected.some((object) => object.partition?.type === PARTITION_TYPE.primarySystem);
    await writeHeader(opened, {
      descriptorsFree: image.totalSlots - remaining.length,
      dataSize,
      archCode: primaryGone ? UNKNOWN_ARCH : undefined,
    });
    if (!options.compact) return;
    await opened.truncate(image.header.dataOffset + dataSize);
    await opened.flushAll('compacted');
  });
}

async function tidy(opened: OpenedImage, object: SifObject, zero: boolean): Promise<void> {
  await opened.write(EMPTY_SLOT, slotOffset(opened.image, object.slot), `slot ${object.id} cleared`);
  if (!zero) return;
  for (let done = 0; done < object.sizeBytes; done += ZEROS.length) {
    const chunk = ZEROS.subarray(0, Math.min(ZEROS.length, object.sizeBytes - done));
    await opened.write(chunk, object.offset + done, `data ${object.id} cleared at ${done}`);
  }
}

function dataEnd(image: SifImage, objects: readonly SifObject[]): number {
  return objects.reduce((end, object) => Math.max(end, object.offset + object.sizeBytes), image.header.dataOffset);
}

/** IDs are used again: what has this ID now may not be what the caller has read and means. */
function assertSame(object: SifObject, expected: SifImage | undefined): void {
  const meant = expected?.objects.find(({ id }) => id === object.id);
  if (expected && !(meant && equalBytes(meant.record, object.record)))
    throw new SifError('SIF_CHANGED', `object ${object.id} of ${expected.source.name} is another one now`);
}

function existing(image: SifImage, id: number): SifObject {
  const object = image.objects.find((one) => one.id === id);
  if (!object) throw new SifError('SIF_OBJECT_NOT_FOUND', `${image.source.name} has no object ${id}`);
  return object;
}
