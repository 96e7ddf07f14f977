// SPDX-License-Identifier: Apache-2.0
// What objects an image has: reads header and descriptor table with every number and every bound checked, and objects'
// bytes. The reference trusts the numbers in the file; we refuse what cannot be, before any memory is taken for it.

import { LIMITS } from '../base/limits.ts';
import { counted } from '../base/text.ts';
import {
  ARCHITECTURE_NAMES,
  DATA_TYPE,
  DESCRIPTOR_BYTES,
  DESCRIPTOR_FIELD,
  EXTRA_BYTES,
  GROUP_MASK,
  HEADER_BYTES,
  HEADER_FIELD,
  MAGIC,
  NUMBER_MASK,
  type PartitionInfo,
  type SifDescriptor,
  type SifHeader,
  SIGNATURE_HASH_SHA256,
  TYPE_NAMES,
  VERSION,
} from './format.ts';
import { SifError } from './errors.ts';
import type { ByteSource } from './source.ts';

/** A used object of an image: its descriptor, found to lie inside the file and apart from all others. */
export type SifObject = SifDescriptor;

/** In a signature's extra field: where the fingerprint is, behind the hash type. */
const FINGERPRINT = { from: 4, to: 24 };
/** Fields of a descriptor that cannot be negative. */
const POSITIVE: ReadonlySet<string> = new Set(['offset', 'sizeBytes']);

/** An open image: its header and objects, every bound checked; data is read through `source`. */
export interface SifImage {
  readonly source: ByteSource;
  readonly header: SifHeader;
  /** Used slots only, in slot order. */
  readonly objects: readonly SifObject[];
  /** Slots that are marked unused and are not empty: an interrupted change leaves such, and so does hiding an object. */
  readonly hidden: readonly Pick<SifDescriptor, 'slot' | 'id' | 'name'>[];
  /** Counted, not read from the header. */
  readonly freeSlots: number;
  readonly totalSlots: number;
}

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
    if (error.code === 'SIF_NOT_SIF') {
      const { plainFileSystem } = await import('./plain-file-system.ts');
      throw (await plainFileSystem(source)) ?? error.about(source.name);
    }
    throw error.message.includes(source.name) ? error : error.about(source.name);
  }
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
  const { objects, hidden } = parseTable(table, header.descriptorsTotal);
  assertUniqueIds(objects);
  for (const object of objects) assertInBounds(object, header, source.sizeBytes);
  assertApart(objects);
  return {
    source,
    header,
    objects,
    hidden,
    freeSlots: header.descriptorsTotal - objects.length,
    totalSlots: header.descriptorsTotal,
  };
}

/** What the slots hold, used ones and those that are unused and not empty. */
function parseTable(table: Uint8Array, total: number): Pick<SifImage, 'objects' | 'hidden'> {
  const objects: SifObject[] = [];
  const hidden: SifImage['hidden'][number][] = [];
  for (let slot = 0; slot < total; slot += 1) {
    const record = Buffer.from(table.subarray(slot * DESCRIPTOR_BYTES, (slot + 1) * DESCRIPTOR_BYTES));
    const object = parseDescriptor(record, slot);
    if (object) objects.push(object);
    else if (record.some((byte) => byte !== 0))
      hidden.push({ slot, id: record.readUInt32LE(DESCRIPTOR_FIELD.id), name: nameIn(record) });
  }
  return { objects, hidden };
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
 * Reads a header record; the numbers are checked on their own, not yet against the file.
 * @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/load.go
 */
export function parseHeader(record: Uint8Array): SifHeader {
  if (record.length < HEADER_BYTES)
    throw new SifError('SIF_TRUNCATED', `global header: ${counted(record.length, 'byte')} instead of ${HEADER_BYTES}`);
  const text = Buffer.from(record.buffer, record.byteOffset, HEADER_BYTES);
  const { launchScript, magic, version: versionAt, arch, id, createdAt } = HEADER_FIELD;
  if (text.toString('latin1', magic, versionAt) !== MAGIC)
    throw new SifError('SIF_NOT_SIF', 'global header: the SIF magic is missing at byte 32');
  const version = text.toString('latin1', versionAt, arch);
  if (version !== VERSION)
    throw new SifError('SIF_VERSION_UNSUPPORTED', `global header: format version ${JSON.stringify(version)}`);
  const number = (field: keyof typeof HEADER_FIELD, what: string): number => {
    const value = text.readBigInt64LE(HEADER_FIELD[field]);
    if (!Number.isSafeInteger(Number(value))) throw invalid(`the ${what} is ${value}`);
    return Number(value);
  };
  const header: SifHeader = {
    launchScript: text.toString('utf8', launchScript, magic).replace(/\0+$/, ''),
    arch: ARCHITECTURE_NAMES.get(text.toString('latin1', arch, id)) ?? 'unknown',
    id: text.toString('hex', id, createdAt).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    createdAt: number('createdAt', 'creation time'),
    modifiedAt: number('modifiedAt', 'modification time'),
    descriptorsFree: number('descriptorsFree', 'number of free descriptors'),
    descriptorsTotal: number('descriptorsTotal', 'number of descriptors'),
    descriptorsOffset: number('descriptorsOffset', 'offset of the descriptor table'),
    descriptorsSize: number('descriptorsSize', 'size of the descriptor table'),
    dataOffset: number('dataOffset', 'offset of the data section'),
    dataSize: number('dataSize', 'size of the data section'),
    record: new Uint8Array(record.subarray(0, HEADER_BYTES)),
  };
  assertTableWindow(header);
  return header;
}

function assertTableWindow(header: SifHeader): void {
  const { descriptorsTotal: total, descriptorsOffset: offset, descriptorsSize: size } = header;
  if (total < 0) throw invalid(`the number of descriptors is ${total}`);
  if (total > LIMITS.sifDescriptors)
    throw new SifError(
      'SIF_TOO_MANY_DESCRIPTORS',
      `global header: ${total} descriptors, limit ${LIMITS.sifDescriptors}`,
    );
  if (offset < HEADER_BYTES) throw invalid(`the descriptor table starts at byte ${offset}, inside the header`);
  if (size < total * DESCRIPTOR_BYTES) throw invalid(`${total} descriptors do not fit a table of ${size} bytes`);
  if (!Number.isSafeInteger(offset + size)) throw invalid(`the descriptor table ends beyond 2^53`);
}

/**
 * Reads the descriptor in a slot of the table; undefined when the slot is free.
 * @throws SifError SIF_DESCRIPTOR_INVALID
 */
export function parseDescriptor(stored: Uint8Array, slot: number): SifDescriptor | undefined {
  const record = new Uint8Array(stored.subarray(0, DESCRIPTOR_BYTES));
  const view = new DataView(record.buffer);
  const used = view.getUint8(DESCRIPTOR_FIELD.used);
  if (used === 0) return undefined;
  const id = view.getUint32(DESCRIPTOR_FIELD.id, true);
  if (id === 0) throw new SifError('SIF_DESCRIPTOR_INVALID', `slot ${slot} is in use with object ID 0`);
  const dataType = view.getInt32(DESCRIPTOR_FIELD.dataType, true);
  const rawGroup = view.getUint32(DESCRIPTOR_FIELD.group, true);
  const rawLink = view.getUint32(DESCRIPTOR_FIELD.link, true);
  const toGroup = (rawLink & GROUP_MASK) >>> 0 === GROUP_MASK;
  const extra = record.subarray(DESCRIPTOR_FIELD.extra, DESCRIPTOR_FIELD.extra + EXTRA_BYTES);
  const number = (field: keyof typeof DESCRIPTOR_FIELD, what: string): number => {
    const value = view.getBigInt64(DESCRIPTOR_FIELD[field], true);
    if (!Number.isSafeInteger(Number(value)) || (value < 0 && POSITIVE.has(field)))
      throw new SifError('SIF_DESCRIPTOR_INVALID', `object ${id}: the ${what} is ${value}`);
    return Number(value);
  };
  return {
    id,
    slot,
    used,
    dataType,
    typeName: TYPE_NAMES.get(dataType) ?? `type 0x${(dataType >>> 0).toString(16)}`,
    group: rawGroup & NUMBER_MASK,
    rawGroup,
    rawLink,
    linkedGroup: toGroup ? rawLink & NUMBER_MASK : undefined,
    linkedObject: toGroup || rawLink === 0 ? undefined : rawLink & NUMBER_MASK,
    offset: number('offset', 'offset'),
    sizeBytes: number('sizeBytes', 'size'),
    sizeWithPadding: number('sizeWithPadding', 'size with padding'),
    createdAt: number('createdAt', 'creation time'),
    modifiedAt: number('modifiedAt', 'modification time'),
    uid: number('uid', 'user ID'),
    gid: number('gid', 'group ID of the owner'),
    name: nameIn(record),
    extra,
    signature: dataType === DATA_TYPE.signature ? parseSignatureInfo(extra) : undefined,
    partition: dataType === DATA_TYPE.partition ? parsePartitionInfo(extra) : undefined,
    record,
  };
}

/** The name in a descriptor record, without the padding. */
function nameIn(record: Uint8Array): string {
  return Buffer.from(record.subarray(DESCRIPTOR_FIELD.name, DESCRIPTOR_FIELD.extra))
    .toString('utf8')
    .replace(/\0+$/, '');
}

function parseSignatureInfo(extra: Uint8Array): SifDescriptor['signature'] {
  const hashType = new DataView(extra.buffer, extra.byteOffset).getInt32(0, true);
  const hex = Buffer.from(extra.subarray(FINGERPRINT.from, FINGERPRINT.to)).toString('hex').toUpperCase();
  return {
    hashType,
    fingerprint: /[^0]/.test(hex) ? hex : undefined,
    plain: hashType === SIGNATURE_HASH_SHA256 && extra.subarray(FINGERPRINT.to).every((byte) => byte === 0),
  };
}

/** Reads the extra field of a partition. */
export function parsePartitionInfo(extra: Uint8Array): PartitionInfo {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  return {
    fs: view.getInt32(0, true),
    type: view.getInt32(4, true),
    arch: ARCHITECTURE_NAMES.get(Buffer.from(extra.subarray(8, 11)).toString('latin1')) ?? 'unknown',
  };
}

function invalid(problem: string): SifError {
  return new SifError('SIF_HEADER_INVALID', `global header: ${problem}`);
}
