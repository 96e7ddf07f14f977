// SPDX-License-Identifier: Apache-2.0
// What objects an image has: opens header and table with every bound checked, and reads objects' bytes.
// The reference trusts the numbers in the file; we refuse what cannot be, before any memory is taken for it.

import { counted } from '../base/text.ts';
import { DATA_TYPE, DESCRIPTOR_FIELD, nameIn, parseDescriptor, type SifDescriptor } from './descriptor.ts';
import { SifError } from './errors.ts';
import { DESCRIPTOR_BYTES, HEADER_BYTES, parseHeader, type SifHeader } from './header.ts';
import type { ByteSource } from './source.ts';

/** A used object of an image: its descriptor, found to lie inside the file and apart from all others. */
export type SifObject = SifDescriptor;

/** An open image: its header and objects, every bound checked; data is read through `source`. */
export interface SifImage {
  readonly source: ByteSource;
  readonly header: SifHeader;
  /** Used slots only, in slot order. */
  readonly objects: readonly SifObject[];
  /** Slots that are marked unused and are not empty: an interrupted change leaves such, and so does hiding an object. */
  readonly hidden: readonly HiddenObject[];
  /** Counted, not read from the header. */
  readonly freeSlots: number;
  readonly totalSlots: number;
}

/** What an unused slot says of the object that was, or is to be, in it. */
export interface HiddenObject {
  readonly slot: number;
  readonly id: number;
  readonly name: string;
}

const STREAM_CHUNK_BYTES = 1024 * 1024;

/**
 * Reads header and descriptor table of an image and checks every bound.
 * @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS,
 * SIF_DESCRIPTOR_INVALID, SIF_DUPLICATE_ID, SIF_OBJECT_OUT_OF_BOUNDS, SIF_OBJECTS_OVERLAP
 */
export async function openSif(source: ByteSource): Promise<SifImage> {
  try {
    return await readImage(source);
  } catch (error) {
    if (!(error instanceof SifError)) throw error;
    if (error.code === 'SIF_NOT_SIF') throw (await plainFileSystem(source)) ?? error.about(source.name);
    throw error.message.includes(source.name) ? error : error.about(source.name);
  }
}

/** Where the superblocks of ext2, 3 and 4 have their magic. */
const EXT_MAGIC_AT = 0x438;

/** What to do with an overlay or root file system that is in no SIF yet. */
async function plainFileSystem(source: ByteSource): Promise<SifError | undefined> {
  if (source.sizeBytes < EXT_MAGIC_AT + 2) return undefined;
  const isSquashfs = Buffer.from(await source.read(0, 4)).toString('latin1') === 'hsqs';
  const isExt = Buffer.from(await source.read(EXT_MAGIC_AT, 2)).readUInt16LE() === 0xef53;
  if (!isSquashfs && !isExt) return undefined;
  const { name } = source;
  const what = isSquashfs ? 'a plain squashfs file system' : 'a plain ext file system';
  return new SifError('SIF_NOT_SIF', `${name} is ${what}, and in no SIF that could hold a signature`, {
    hint: `put it into one: apptainer sif new NEW.sif, then apptainer sif add --datatype 4 --parttype 4 --partfs ${isSquashfs ? 1 : 2} --partarch 2 --groupid 1 NEW.sif ${name}; for a root file system --parttype 2`,
  });
}

async function readImage(source: ByteSource): Promise<SifImage> {
  const header = parseHeader(await source.read(0, Math.min(HEADER_BYTES, source.sizeBytes)));
  const tableBytes = header.descriptorsTotal * DESCRIPTOR_BYTES;
  if (header.descriptorsOffset + tableBytes > source.sizeBytes)
    throw new SifError(
      'SIF_TRUNCATED',
      `${source.name} has ${counted(source.sizeBytes, 'byte')}, but its descriptor table ends at ${header.descriptorsOffset + tableBytes}`,
    );
  const table = await source.read(header.descriptorsOffset, tableBytes);
  const objects = parseTable(table, header.descriptorsTotal);
  assertUniqueIds(objects);
  for (const object of objects) assertInBounds(object, header, source.sizeBytes);
  assertApart(objects);
  return {
    source,
    header,
    objects,
    hidden: hiddenIn(table, header.descriptorsTotal),
    freeSlots: header.descriptorsTotal - objects.length,
    totalSlots: header.descriptorsTotal,
  };
}

function parseTable(table: Uint8Array, total: number): readonly SifObject[] {
  const objects: SifObject[] = [];
  for (let slot = 0; slot < total; slot += 1) {
    const object = parseDescriptor(table.subarray(slot * DESCRIPTOR_BYTES, (slot + 1) * DESCRIPTOR_BYTES), slot);
    if (object) objects.push(object);
  }
  return objects;
}

function hiddenIn(table: Uint8Array, total: number): readonly HiddenObject[] {
  const hidden: HiddenObject[] = [];
  for (let slot = 0; slot < total; slot += 1) {
    const record = Buffer.from(table.subarray(slot * DESCRIPTOR_BYTES, (slot + 1) * DESCRIPTOR_BYTES));
    if (record[DESCRIPTOR_FIELD.used] !== 0 || record.every((byte) => byte === 0)) continue;
    hidden.push({ slot, id: record.readUInt32LE(DESCRIPTOR_FIELD.id), name: nameIn(record) });
  }
  return hidden;
}

function assertUniqueIds(objects: readonly SifObject[]): void {
  const slots = new Map<number, number>();
  for (const { id, slot } of objects) {
    const other = slots.get(id);
    if (other !== undefined)
      throw new SifError('SIF_DUPLICATE_ID', `object ${id}: slots ${other} and ${slot} both have this ID`);
    slots.set(id, slot);
  }
}

function assertInBounds(object: SifObject, header: SifHeader, fileBytes: number): void {
  const end = object.offset + object.sizeBytes;
  const range = `bytes ${object.offset} to ${end}`;
  if (!Number.isSafeInteger(end) || end > fileBytes)
    throw new SifError(
      'SIF_OBJECT_OUT_OF_BOUNDS',
      `object ${object.id}: ${range}, but the file has ${counted(fileBytes, 'byte')}`,
    );
  if (object.sizeBytes === 0) return;
  if (object.offset < HEADER_BYTES)
    throw new SifError('SIF_OBJECT_OUT_OF_BOUNDS', `object ${object.id}: ${range} lies over the global header`);
  const tableEnd = header.descriptorsOffset + header.descriptorsTotal * DESCRIPTOR_BYTES;
  if (object.offset < tableEnd && end > header.descriptorsOffset)
    throw new SifError('SIF_OBJECT_OUT_OF_BOUNDS', `object ${object.id}: ${range} lies over the descriptor table`);
}

function assertApart(objects: readonly SifObject[]): void {
  const filled = objects.filter((object) => object.sizeBytes > 0).sort((a, b) => a.offset - b.offset);
  let last: SifObject | undefined;
  for (const object of filled) {
    if (last && object.offset < last.offset + last.sizeBytes)
      throw new SifError('SIF_OBJECTS_OVERLAP', `object ${object.id}: shares bytes with object ${last.id}`);
    last = object;
  }
}

/** Group numbers that occur on objects, ascending. */
export function groupsOf(image: SifImage): readonly number[] {
  const groups = new Set(image.objects.map((object) => object.group));
  groups.delete(0);
  return [...groups].sort((a, b) => a - b);
}

/** Objects of a group by ascending ID; empty when there is no such group. */
export function objectsInGroup(image: SifImage, group: number): readonly SifObject[] {
  return image.objects.filter((object) => object.group === group).sort((a, b) => a.id - b.id);
}

/** The object with this ID. */
export function findObject(image: SifImage, id: number): SifObject | undefined {
  return image.objects.find((object) => object.id === id);
}

/** Objects that no signature can cover: in no group, yet no signature themselves. Apptainer refuses such an image. */
export function uncoverableObjects(image: SifImage): readonly SifObject[] {
  return image.objects.filter((object) => object.group === 0 && object.dataType !== DATA_TYPE.signature);
}

/**
 * All bytes of an object of at most `limitBytes`.
 * @throws SifError SIF_OBJECT_TOO_LARGE, SIF_TRUNCATED
 */
export async function readObject(image: SifImage, object: SifObject, limitBytes: number): Promise<Uint8Array> {
  if (object.sizeBytes > limitBytes)
    throw new SifError(
      'SIF_OBJECT_TOO_LARGE',
      `object ${object.id}: ${object.sizeBytes} bytes, limit ${limitBytes} for this kind of object`,
    );
  return image.source.read(object.offset, object.sizeBytes);
}

/**
 * The bytes of an object in order, in chunks of at most `chunkBytes`; the consumer sets the pace.
 * @throws SifError SIF_TRUNCATED
 */
export async function* streamObject(
  image: SifImage,
  object: SifObject,
  chunkBytes: number = STREAM_CHUNK_BYTES,
): AsyncIterable<Uint8Array> {
  for (let done = 0; done < object.sizeBytes; done += chunkBytes)
    yield await image.source.read(object.offset + done, Math.min(chunkBytes, object.sizeBytes - done));
}
