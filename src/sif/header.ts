// SPDX-License-Identifier: Apache-2.0
// The global header: 128 bytes at the start of the file ↔ typed values. Does not look at the table or the objects.

import { counted } from '../base/count.ts';
import { LIMITS } from '../base/limits.ts';
import { archName } from './architecture.ts';
import { DESCRIPTOR_BYTES } from './descriptor.ts';
import { SifError } from './errors.ts';

export const HEADER_BYTES = 128;

/** Offsets of the fields that a writer changes in place; all others are set at creation only. */
export const HEADER_FIELD = { arch: 45, modifiedAt: 72, descriptorsFree: 80, dataSize: 120 } as const;

const MAGIC = 'SIF_MAGIC\0';
const VERSION = '01\0';
export const LAUNCH_SCRIPT_BYTES = 32;

/** ID of deterministic images. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

export interface SifHeader {
  /** Without the padding; decoded leniently, for display only. */
  readonly launchScript: string;
  /** Go name of the architecture; not covered by any signature, so for display only. */
  readonly arch: string;
  /** UUID in canonical lower-case text. */
  readonly id: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** As stored; SifImage.freeSlots is what is true. */
  readonly descriptorsFree: number;
  readonly descriptorsTotal: number;
  readonly descriptorsOffset: number;
  readonly descriptorsSize: number;
  readonly dataOffset: number;
  readonly dataSize: number;
  /** The 128 bytes as stored. */
  readonly record: Uint8Array;
}

/**
 * Reads a header record; the numbers are checked on their own, not yet against the file.
 * @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS
 * @see spec of the format, section "Global header" of the reference implementation github.com/apptainer/sif v2.24.1
 */
export function parseHeader(record: Uint8Array): SifHeader {
  if (record.length < HEADER_BYTES)
    throw new SifError('SIF_TRUNCATED', `global header: ${counted(record.length, 'byte')} instead of ${HEADER_BYTES}`);
  const text = Buffer.from(record.buffer, record.byteOffset, HEADER_BYTES);
  if (text.toString('latin1', 32, 42) !== MAGIC)
    throw new SifError('SIF_NOT_SIF', 'global header: the SIF magic is missing at byte 32');
  const version = text.toString('latin1', 42, 45);
  if (version !== VERSION)
    throw new SifError('SIF_VERSION_UNSUPPORTED', `global header: format version ${JSON.stringify(version)}`);
  const view = new DataView(record.buffer, record.byteOffset, HEADER_BYTES);
  const header: SifHeader = {
    launchScript: trimNul(text.toString('utf8', 0, LAUNCH_SCRIPT_BYTES)),
    arch: archName(text.toString('latin1', 45, 48)),
    id: formatUuid(record.subarray(48, 64)),
    createdAt: integer(view, 64, 'creation time'),
    modifiedAt: integer(view, 72, 'modification time'),
    descriptorsFree: integer(view, 80, 'number of free descriptors'),
    descriptorsTotal: integer(view, 88, 'number of descriptors'),
    descriptorsOffset: integer(view, 96, 'offset of the descriptor table'),
    descriptorsSize: integer(view, 104, 'size of the descriptor table'),
    dataOffset: integer(view, 112, 'offset of the data section'),
    dataSize: integer(view, 120, 'size of the data section'),
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

/** The values that `encodeHeader` writes; the sizes and offsets follow from the capacity. */
export interface NewHeader {
  readonly launchScript: string;
  /** Three bytes. */
  readonly archCode: Uint8Array;
  /** 16 raw bytes in canonical text order. */
  readonly id: Uint8Array;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly descriptorsFree: number;
  readonly descriptorsTotal: number;
  readonly descriptorsOffset: number;
  readonly dataSize: number;
}

/** The 128 bytes of a new header. */
export function encodeHeader(header: NewHeader): Uint8Array {
  const record = Buffer.alloc(HEADER_BYTES);
  record.write(header.launchScript, 0, LAUNCH_SCRIPT_BYTES - 1, 'utf8');
  record.write(MAGIC, 32, 'latin1');
  record.write(VERSION, 42, 'latin1');
  record.set(header.archCode.subarray(0, 3), 45);
  record.set(header.id.subarray(0, 16), 48);
  const tableSize = header.descriptorsTotal * DESCRIPTOR_BYTES;
  const numbers = [
    header.createdAt,
    header.modifiedAt,
    header.descriptorsFree,
    header.descriptorsTotal,
    header.descriptorsOffset,
    tableSize,
    header.descriptorsOffset + tableSize,
    header.dataSize,
  ];
  numbers.forEach((value, index) => record.writeBigInt64LE(BigInt(value), 64 + 8 * index));
  return new Uint8Array(record);
}

/**
 * The part of a header that signatures cover: launch script, magic, version and ID, 61 bytes.
 * @see sif-metadata of the reference implementation, `pkg/integrity`
 */
export function protectedHeaderBytes(header: SifHeader): Uint8Array {
  const covered = new Uint8Array(61);
  covered.set(header.record.subarray(0, 45), 0);
  covered.set(header.record.subarray(48, 64), 45);
  return covered;
}

function invalid(problem: string): SifError {
  return new SifError('SIF_HEADER_INVALID', `global header: ${problem}`);
}

function integer(view: DataView, offset: number, what: string): number {
  const value = view.getBigInt64(offset, true);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw invalid(`the ${what} is ${value}`);
  return number;
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function trimNul(text: string): string {
  return text.replace(/\0+$/, '');
}
