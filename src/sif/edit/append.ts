// SPDX-License-Identifier: Apache-2.0
// Adding objects to an image in place: never copies it, takes the same time for any size, and leaves the old or the
// new set of objects whenever it is killed. A descriptor counts only once its Used byte is set: that is the commit.

import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD } from '../format.ts';
import { counted } from '../../base/text.ts';
import { editImage, type OpenedImage, presentObjects, slotOffset, type WriteOptions, writeHeader } from './edit.ts';
import { SifError } from '../errors.ts';
import { layOut, type NewObject, type Placement } from './placement.ts';

export { DETERMINISTIC_TIME } from '../format.ts';
export { signatureExtra } from './placement.ts';
export type { WriteOptions } from './edit.ts';
export type { NewData, NewObject } from './placement.ts';
export { deleteObjects } from './remove.ts';

const USED = Uint8Array.of(1);
const UNUSED = Uint8Array.of(0);

/**
 * Adds objects in order and returns their IDs. On any error before the commit the file is as it was.
 * @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_PRIMARY_PARTITION_EXISTS, SIF_LOCKED, SIF_CHANGED and
 * those of openSif; SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function appendObjects(
  path: string,
  objects: readonly NewObject[],
  options: WriteOptions,
): Promise<readonly number[]> {
  return editImage(path, options, async (opened) => {
    const { image, time } = opened;
    const layout = layOut(objects, {
      present: presentObjects(image),
      totalSlots: image.totalSlots,
      dataOffset: image.header.dataOffset,
      time,
    });
    if (layout.placements.length === 0) return [];
    await commit(opened, layout.placements);
    await writeHeader(opened, {
      descriptorsFree: image.freeSlots - layout.placements.length,
      dataSize: layout.dataSize,
      archCode: layout.archCode,
    });
    return layout.placements.map((placement) => placement.id);
  });
}

async function commit(opened: OpenedImage, placements: readonly Placement[]): Promise<void> {
  const { image } = opened;
  const slots = await Promise.all(
    placements.map(({ slot }) => image.source.read(slotOffset(image, slot), DESCRIPTOR_BYTES)),
  );
  try {
    for (const [index, placement] of placements.entries()) await writeData(opened, placement, index);
    await opened.grow(Math.max(...placements.map(({ offset, sizeBytes }) => offset + sizeBytes)));
    await opened.flush('data flushed');
    for (const [index, { slot, record }] of placements.entries())
      await opened.write(record, slotOffset(image, slot), `descriptor ${index}`);
    await opened.flush('descriptors flushed');
    await opened.lock.assertHeld();
    for (const [index, { slot }] of placements.entries()) {
      await opened.write(USED, slotOffset(image, slot, DESCRIPTOR_FIELD.used), `used ${index}`);
      await opened.flush(`used ${index} flushed`);
    }
  } catch (error) {
    await rollBack(opened, placements, slots).catch(() => undefined);
    throw error;
  }
}

/** Takes back what was written, descriptors before the data they point to. */
async function rollBack(
  opened: OpenedImage,
  placements: readonly Placement[],
  slots: readonly Uint8Array[],
): Promise<void> {
  const { image } = opened;
  await opened.lock.assertHeld();
  for (const { slot } of placements.toReversed())
    await opened.restore(UNUSED, slotOffset(image, slot, DESCRIPTOR_FIELD.used));
  for (const [index, { slot }] of placements.entries()) {
    const before = slots[index];
    if (before) await opened.restore(before, slotOffset(image, slot));
  }
  await opened.truncate(image.source.sizeBytes);
}

async function writeData(opened: OpenedImage, placement: Placement, index: number): Promise<void> {
  const { data } = placement.object;
  let done = 0;
  const write = async (chunk: Uint8Array): Promise<void> => {
    if (done + chunk.length > placement.sizeBytes) throw wrongLength(placement, 'more');
    await opened.write(chunk, placement.offset + done, `data ${index} at ${done}`);
    done += chunk.length;
  };
  if (data instanceof Uint8Array) await write(data);
  else for await (const chunk of data.chunks) await write(chunk);
  if (done !== placement.sizeBytes) throw wrongLength(placement, 'fewer');
}

function wrongLength(placement: Placement, relation: 'more' | 'fewer'): SifError {
  return new SifError(
    'SIF_OBJECT_INVALID',
    `object to be added: its data has ${relation} than the announced ${counted(placement.sizeBytes, 'byte')}`,
  );
}
