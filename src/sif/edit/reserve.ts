// SPDX-License-Identifier: Apache-2.0
// An image as it will be once objects of known length are added, before their data is known: header, table and total
// length now, the data at the end. For whoever has to send an image from its first byte while it is still being signed.

import { DESCRIPTOR_BYTES, DESCRIPTOR_FIELD } from '../format.ts';
import type { SifImage } from '../sif.ts';
import { equalBytes } from '../../base/bytes.ts';
import { assertDataSection, headerAfter, operationTime, presentObjects } from './edit.ts';
import { layOut, type Layout, type NewObject } from './placement.ts';
import type { ByteSource } from '../source.ts';

/**
 * What is known of the new image. Its bytes from `head.length` to `dataFrom`, and those after the new data if there are
 * any, are those of the old one.
 */
export interface Reservation {
  /** From the first byte to the end of the descriptor table. */
  readonly head: Uint8Array;
  /** The same bytes of the image as it is. */
  readonly oldHead: Uint8Array;
  /** Where the data of the new objects begins, and ends. */
  readonly dataFrom: number;
  readonly dataEnd: number;
  readonly sizeBytes: number;
  /** Unix seconds that `appendObjects` has to be told so that it writes the same. */
  readonly time: number;
  /** The data of the new objects, which is all that may differ from what was reserved; undefined if anything else does. */
  fill(objects: readonly NewObject[]): Uint8Array | undefined;
}

/**
 * Reserves slots and room for new objects, of whose data only the length counts. Without any, the image stays as it is.
 * @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_HEADER_INVALID, SIF_TRUNCATED
 */
export async function reserveObjects(image: SifImage, objects: readonly NewObject[], now: Date): Promise<Reservation> {
  const { header, source } = image;
  assertDataSection(image);
  const time = operationTime(image, { now });
  const { dataOffset, descriptorsOffset, descriptorsTotal } = header;
  const lay = (wanted: readonly NewObject[]): Layout =>
    layOut(wanted, { present: presentObjects(image), totalSlots: image.totalSlots, dataOffset, time });
  const layout = lay(objects);
  const [first] = layout.placements;
  const oldHead = (await source.read(0, descriptorsOffset + descriptorsTotal * DESCRIPTOR_BYTES)).slice();
  const dataFrom = first?.offset ?? source.sizeBytes;
  const dataEnd = first ? dataOffset + layout.dataSize : dataFrom;
  return {
    head: first ? headWith(layout, { image, oldHead, time }) : oldHead,
    oldHead,
    dataFrom,
    dataEnd,
    sizeBytes: Math.max(source.sizeBytes, dataEnd),
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

/** Header and table with the new descriptors, as they are once all is written. */
function headWith(
  layout: Layout,
  { image, oldHead, time }: { readonly image: SifImage; readonly oldHead: Uint8Array; readonly time: number },
): Uint8Array {
  const { header, freeSlots } = image;
  const head = oldHead.slice();
  const descriptorsFree = freeSlots - layout.placements.length;
  head.set(headerAfter(header, { time, descriptorsFree, dataSize: layout.dataSize }), 0);
  for (const { slot, record } of layout.placements) {
    const at = header.descriptorsOffset + slot * DESCRIPTOR_BYTES;
    head.set(record, at);
    head[at + DESCRIPTOR_FIELD.used] = 1;
  }
  return head;
}

const EMPTY = new Uint8Array();

/** The new image as a source: what was reserved, what is in the old one, and the new data. */
export function reservedSource(old: ByteSource, reserved: Reservation, tail: Uint8Array): ByteSource {
  const { head, dataFrom, dataEnd, sizeBytes } = reserved;
  return {
    name: old.name,
    sizeBytes,
    async read(offset, lengthBytes) {
      const end = offset + lengthBytes;
      const kept = (from: number, to: number): Promise<Uint8Array> => {
        const start = Math.max(offset, from);
        const length = Math.min(end, to) - start;
        return length > 0 ? old.read(start, length) : Promise.resolve(EMPTY);
      };
      return Buffer.concat([
        head.subarray(Math.min(offset, head.length), Math.min(end, head.length)),
        await kept(head.length, dataFrom),
        tail.subarray(Math.max(0, offset - dataFrom), Math.max(0, end - dataFrom)),
        await kept(dataEnd, sizeBytes),
      ]);
    },
  };
}
