// SPDX-License-Identifier: Apache-2.0
// Where new objects go: slot, ID, offset and descriptor for each, by the rules of the format. Pure; writes nothing.

import { createHash } from 'node:crypto';
import { utf8 } from '../../base/bytes.ts';
import { counted } from '../../base/text.ts';
import {
  DATA_TYPE,
  DESCRIPTOR_BYTES,
  DESCRIPTOR_FIELD,
  EXTRA_BYTES,
  GROUP_MASK,
  NAME_BYTES,
  PARTITION_TYPE,
  SIGNATURE_HASH_SHA256,
} from '../format.ts';
import { parsePartitionInfo } from '../sif.ts';
import { SifError } from '../errors.ts';

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
  /** At most 384 bytes; default zeros, or the digest of the data for OCI blobs and root indexes. */
  readonly extra?: Uint8Array;
  /** Bytes; default 4096 for partitions, none for all else. */
  readonly alignment?: number;
  /** Unix seconds; default: the time of the operation. */
  readonly createdAt?: number;
  /** Unix seconds; default: `createdAt`. */
  readonly modifiedAt?: number;
}

/** What a layout must know of the objects that are there. */
export interface PresentObject {
  readonly slot: number;
  readonly id: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly primary: boolean;
}

/** A new object with its place. */
export interface Placement {
  readonly object: NewObject;
  readonly slot: number;
  readonly id: number;
  readonly offset: number;
  readonly sizeBytes: number;
  /** 585 bytes with Used = 0. */
  readonly record: Uint8Array;
}

/** Where new objects go, and what the header says then. */
export interface Layout {
  readonly placements: readonly Placement[];
  /** For the header: from the data offset to the end of the last new object. */
  readonly dataSize: number;
  /** Three bytes for the header when a primary partition is added. */
  readonly archCode: Uint8Array | undefined;
}

/** The image before the change, and what is to be added. */
export interface LayoutInput {
  readonly present: readonly PresentObject[];
  readonly totalSlots: number;
  readonly dataOffset: number;
  /** Unix seconds. */
  readonly time: number;
}

const PARTITION_ALIGNMENT = 4096;
const MAX_GROUP = 0x0fff_ffff;

/**
 * Places new objects after the data of the present ones, in the first free slots.
 * @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_PRIMARY_PARTITION_EXISTS
 */
export function layOut(objects: readonly NewObject[], input: LayoutInput): Layout {
  assertCapacity(objects.length, input);
  const takenSlots = new Set(input.present.map((object) => object.slot));
  const takenIds = new Set(input.present.map((object) => object.id));
  let dataEnd = input.present.reduce(
    (end, object) => Math.max(end, object.offset + object.sizeBytes),
    input.dataOffset,
  );
  let hasPrimary = input.present.some((object) => object.primary);
  let archCode: Uint8Array | undefined;
  const placements = objects.map((object) => {
    assertValid(object);
    const slot = firstFree(takenSlots, 0);
    const id = takenIds.has(slot + 1) ? firstFree(takenIds, 1) : slot + 1;
    takenSlots.add(slot);
    takenIds.add(id);
    if (isPrimary(object)) {
      if (hasPrimary) throw new SifError('SIF_PRIMARY_PARTITION_EXISTS', 'the image already has a primary partition');
      hasPrimary = true;
      archCode = object.extra?.slice(8, 11);
    }
    const placement = place(object, { slot, id, dataEnd, time: input.time });
    dataEnd = placement.offset + placement.sizeBytes;
    return placement;
  });
  return { placements, dataSize: dataEnd - input.dataOffset, archCode };
}

function assertCapacity(needed: number, { present, totalSlots }: LayoutInput): void {
  const left = totalSlots - present.length;
  if (needed > left)
    throw new SifError(
      'SIF_NO_FREE_SLOT',
      `${counted(needed, 'descriptor slot')} needed, ${left} of ${totalSlots} left`,
    );
}

function place(
  object: NewObject,
  where: { readonly slot: number; readonly id: number; readonly dataEnd: number; readonly time: number },
): Placement {
  const sizeBytes = dataSize(object.data);
  const alignment = object.alignment ?? (object.dataType === DATA_TYPE.partition ? PARTITION_ALIGNMENT : 0);
  const offset = alignment > 0 ? Math.ceil(where.dataEnd / alignment) * alignment : where.dataEnd;
  if (!Number.isSafeInteger(offset + sizeBytes)) throw invalid('its data would end beyond 2^53');
  const createdAt = object.createdAt ?? where.time;
  const record = new Uint8Array(DESCRIPTOR_BYTES);
  const view = new DataView(record.buffer);
  view.setInt32(DESCRIPTOR_FIELD.dataType, object.dataType, true);
  view.setUint32(DESCRIPTOR_FIELD.id, where.id, true);
  view.setUint32(DESCRIPTOR_FIELD.group, (GROUP_MASK | (object.group ?? 1)) >>> 0, true);
  view.setUint32(DESCRIPTOR_FIELD.link, rawLink(object), true);
  const numbers = {
    offset,
    sizeBytes,
    sizeWithPadding: offset - where.dataEnd + sizeBytes,
    createdAt,
    modifiedAt: object.modifiedAt ?? createdAt,
  };
  for (const field of ['offset', 'sizeBytes', 'sizeWithPadding', 'createdAt', 'modifiedAt'] as const)
    view.setBigInt64(DESCRIPTOR_FIELD[field], BigInt(numbers[field]), true);
  record.set(utf8(object.name ?? ''), DESCRIPTOR_FIELD.name);
  record.set(object.extra ?? ociExtra(object), DESCRIPTOR_FIELD.extra);
  return { object, slot: where.slot, id: where.id, offset, sizeBytes, record };
}

/**
 * The extra field of a signature object: hash type SHA-256 and the signer's primary fingerprint, or zeros without one.
 * @throws SifError SIF_OBJECT_INVALID unless the fingerprint is 40 hex digits
 */
export function signatureExtra(fingerprint: string | undefined): Uint8Array {
  const extra = new Uint8Array(EXTRA_BYTES);
  new DataView(extra.buffer).setInt32(0, SIGNATURE_HASH_SHA256, true);
  if (fingerprint === undefined) return extra;
  if (!/^[0-9A-Fa-f]{40}$/.test(fingerprint))
    throw new SifError('SIF_OBJECT_INVALID', `${JSON.stringify(fingerprint)} is not a fingerprint of 40 hex digits`);
  extra.set(Buffer.from(fingerprint, 'hex'), 4);
  return extra;
}

/** Length of an object's data, bytes. */
export function dataSize(data: NewData): number {
  return data instanceof Uint8Array ? data.length : data.sizeBytes;
}

function rawLink(object: NewObject): number {
  if (object.linkedGroup !== undefined) return (GROUP_MASK | object.linkedGroup) >>> 0;
  return object.linkedObject ?? 0;
}

function ociExtra(object: NewObject): Uint8Array {
  const extra = new Uint8Array(EXTRA_BYTES);
  if (object.dataType !== DATA_TYPE.ociBlob && object.dataType !== DATA_TYPE.ociRootIndex) return extra;
  if (!(object.data instanceof Uint8Array)) throw invalid('an OCI object given as a stream needs its digest in extra');
  extra.set(utf8(`sha256:${createHash('sha256').update(object.data).digest('hex')}`));
  return extra;
}

function isPrimary(object: NewObject): boolean {
  if (object.dataType !== DATA_TYPE.partition || !object.extra || object.extra.length < 11) return false;
  return parsePartitionInfo(object.extra).type === PARTITION_TYPE.primarySystem;
}

function firstFree(taken: ReadonlySet<number>, from: number): number {
  let candidate = from;
  while (taken.has(candidate)) candidate += 1;
  return candidate;
}

function assertValid(object: NewObject): void {
  const nameBytes = utf8(object.name ?? '').length;
  if (nameBytes > NAME_BYTES) throw invalid(`its name has ${nameBytes} bytes, at most ${NAME_BYTES} fit`);
  if (object.name?.includes('\0')) throw invalid('its name holds a zero byte');
  if (object.extra && object.extra.length > EXTRA_BYTES)
    throw invalid(`its extra field has ${object.extra.length} bytes, at most ${EXTRA_BYTES} fit`);
  if (!Number.isInteger(object.dataType) || object.dataType < 0 || object.dataType > 0x7fff_ffff)
    throw invalid(`${object.dataType} is no data type`);
  if (object.linkedGroup !== undefined && object.linkedObject !== undefined)
    throw invalid('it is linked to both a group and an object');
  for (const number of [object.group, object.linkedGroup, object.linkedObject])
    if (number !== undefined && !(Number.isInteger(number) && number >= 0 && number <= MAX_GROUP))
      throw invalid(`${number} is no group or object number`);
  for (const number of [object.createdAt, object.modifiedAt, dataSize(object.data)])
    if (number !== undefined && !Number.isSafeInteger(number)) throw invalid(`${number} is no whole number`);
  if (dataSize(object.data) < 0) throw invalid('its data has a negative length');
}

function invalid(problem: string): SifError {
  return new SifError('SIF_OBJECT_INVALID', `object to be added: ${problem}`);
}
