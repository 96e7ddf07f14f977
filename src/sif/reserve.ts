// SPDX-License-Identifier: Apache-2.0
// An image as it will be once objects of known length are added, before their data is known: header, table and total
// length now, the data at the end. For whoever has to send an image from its first byte while it is still being signed.

import { equalBytes } from '../primitives/bytes.ts';
import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD } from './descriptor.ts';
import { headerAfter, operationTime, presentObjects } from './editing.ts';
import type { SifImage } from './image.ts';
import { layOut, type Layout, type NewObject } from './layout.ts';
import type { ByteSource } from './source.ts';

/** What is known of the new image. Its bytes from `head.length` to `dataFrom` are those of the old one. */
export interface Reservation {
  /** From the first byte to the end of the descriptor table. */
  readonly head: Uint8Array;
  /** The same bytes of the image as it is. */
  readonly oldHead: Uint8Array;
  /** Where the data of the new objects begins. */
  readonly dataFrom: number;
  readonly sizeBytes: number;
  /** Unix seconds that `appendObjects` has to be told so that it writes the same. */
  readonly time: number;
  /** The data of the new objects, which is all that may differ from what was reserved; undefined if anything else does. */
  fill(objects: readonly NewObject[]): Uint8Array | undefined;
}

/**
 * Reserves slots and room for new objects; undefined for a file that has bytes after its last object, since these would
 * be overwritten. Only the length of the objects' data counts.
 * @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_TRUNCATED
 */
export async function reserveObjects(
  image: SifImage,
  objects: readonly NewObject[],
  now: Date,
): Promise<Reservation | undefined> {
  const { header, source } = image;
  const time = operationTime(image, { now });
  const { dataOffset, descriptorsOffset, descriptorsTotal } = header;
  const lay = (wanted: readonly NewObject[]): Layout =>
    layOut(wanted, { present: presentObjects(image), totalSlots: image.totalSlots, dataOffset, time });
  const layout = lay(objects);
  const dataFrom = layout.placements[0]?.offset;
  const tableEnd = descriptorsOffset + descriptorsTotal * DESCRIPTOR_BYTES;
  if (dataFrom !== source.sizeBytes || dataOffset < tableEnd) return undefined;
  const oldHead = (await source.read(0, tableEnd)).slice();
  const head = oldHead.slice();
  const descriptorsFree = image.freeSlots - layout.placements.length;
  head.set(headerAfter(header, { time, descriptorsFree, dataSize: layout.dataSize }), 0);
  for (const { slot, record } of layout.placements) {
    const at = descriptorsOffset + slot * DESCRIPTOR_BYTES;
    head.set(record, at);
    head[at + DESCRIPTOR_FIELD.used] = 1;
  }
  return {
    head,
    oldHead,
    dataFrom,
    sizeBytes: dataOffset + layout.dataSize,
    time,
    fill(filled) {
      const { placements } = lay(filled);
      const fits =
        placements.length === layout.placements.length &&
        placements.every(({ record }, index) => equalBytes(record, layout.placements[index]?.record ?? EMPTY));
      if (!fits) return undefined;
      const parts = placements.map(({ object }) => (object.data instanceof Uint8Array ? object.data : undefined));
      return parts.includes(undefined) ? undefined : Buffer.concat(parts.filter((part) => part !== undefined));
    },
  };
}

const EMPTY = new Uint8Array();

/** The new image as a source: what was reserved, what is in the old one, and the new data. */
export function reservedSource(old: ByteSource, reserved: Reservation, tail: Uint8Array): ByteSource {
  const { head, dataFrom, sizeBytes } = reserved;
  return {
    name: old.name,
    sizeBytes,
    async read(offset, lengthBytes) {
      const end = offset + lengthBytes;
      const middle = { from: Math.max(offset, head.length), to: Math.min(end, dataFrom) };
      const kept = middle.from < middle.to ? await old.read(middle.from, middle.to - middle.from) : EMPTY;
      const before = head.subarray(Math.min(offset, head.length), Math.min(end, head.length));
      const after = tail.subarray(Math.max(0, offset - dataFrom), Math.max(0, end - dataFrom));
      return Buffer.concat([before, kept, after]);
    },
  };
}
