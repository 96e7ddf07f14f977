// SPDX-License-Identifier: Apache-2.0
// The global header: 128 bytes at the start of the file ↔ typed values. Does not look at the table or the objects.

import { counted } from '../base/text.ts';
import { LIMITS } from '../base/limits.ts';
import { SifError } from './errors.ts';

/** Length of one slot of the descriptor table. */
export const DESCRIPTOR_BYTES = 585;
/** Length of the header record. */
export const HEADER_BYTES = 128;

/**
 * Where each field starts in the record; numbers are little-endian 64-bit integers.
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/sif.go
 */
export const HEADER_FIELD = {
  launchScript: 0,
  magic: 32,
  version: 42,
  arch: 45,
  id: 48,
  createdAt: 64,
  modifiedAt: 72,
  descriptorsFree: 80,
  descriptorsTotal: 88,
  descriptorsOffset: 96,
  descriptorsSize: 104,
  dataOffset: 112,
  dataSize: 120,
} as const;

const MAGIC = 'SIF_MAGIC\0';
const VERSION = '01\0';
/** Room for the launch script, padding included. */
export const LAUNCH_SCRIPT_BYTES = 32;

/** ID of deterministic images. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

/** What a header says, as stored. */
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
    launchScript: trimNul(text.toString('utf8', launchScript, magic)),
    arch: archName(text.toString('latin1', arch, id)),
    id: formatUuid(record.subarray(id, createdAt)),
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
  record.write(header.launchScript, HEADER_FIELD.launchScript, LAUNCH_SCRIPT_BYTES - 1, 'utf8');
  record.write(MAGIC, HEADER_FIELD.magic, 'latin1');
  record.write(VERSION, HEADER_FIELD.version, 'latin1');
  record.set(header.archCode.subarray(0, 3), HEADER_FIELD.arch);
  record.set(header.id.subarray(0, 16), HEADER_FIELD.id);
  const put = (field: keyof typeof HEADER_FIELD, value: number): unknown =>
    record.writeBigInt64LE(BigInt(value), HEADER_FIELD[field]);
  const tableSize = header.descriptorsTotal * DESCRIPTOR_BYTES;
  put('createdAt', header.createdAt);
  put('modifiedAt', header.modifiedAt);
  put('descriptorsFree', header.descriptorsFree);
  put('descriptorsTotal', header.descriptorsTotal);
  put('descriptorsOffset', header.descriptorsOffset);
  put('descriptorsSize', tableSize);
  put('dataOffset', header.descriptorsOffset + tableSize);
  put('dataSize', header.dataSize);
  return new Uint8Array(record);
}

/**
 * The part of a header that signatures cover: launch script, magic, version and ID, 61 bytes.
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/metadata.go
 */
export function protectedHeaderBytes(header: SifHeader): Uint8Array {
  const covered = new Uint8Array(61);
  covered.set(header.record.subarray(0, HEADER_FIELD.arch), 0);
  covered.set(header.record.subarray(HEADER_FIELD.id, HEADER_FIELD.createdAt), HEADER_FIELD.arch);
  return covered;
}

function invalid(problem: string): SifError {
  return new SifError('SIF_HEADER_INVALID', `global header: ${problem}`);
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function trimNul(text: string): string {
  return text.replace(/\0+$/, '');
}

/** Architecture names by code, in code order; the code is the index as two digits. */
export const ARCHITECTURES = [
  'unknown',
  '386',
  'amd64',
  'arm',
  'arm64',
  'ppc64',
  'ppc64le',
  'mips',
  'mipsle',
  'mips64',
  'mips64le',
  's390x',
  'riscv64',
  'loong64',
] as const;

/** Go name of a three-byte architecture code; anything unlisted is `unknown`. */
export function archName(code: string): string {
  const match = /^(\d\d)\0$/.exec(code);
  return (match && ARCHITECTURES[Number(match[1])]) ?? 'unknown';
}

/**
 * Three-byte code of an architecture name.
 * @throws SifError SIF_OBJECT_INVALID
 */
export function archCode(name: string): string {
  const index = ARCHITECTURES.findIndex((known) => known === name);
  if (index < 1) throw new SifError('SIF_OBJECT_INVALID', `unknown architecture ${JSON.stringify(name)}`);
  return `${String(index).padStart(2, '0')}\0`;
}
