// SPDX-License-Identifier: Apache-2.0
// New records: the bytes of a header or descriptor that is written.

import {
  ARCHITECTURE_NAMES,
  DESCRIPTOR_BYTES,
  DESCRIPTOR_FIELD,
  EXTRA_BYTES,
  HEADER_BYTES,
  HEADER_FIELD,
  LAUNCH_SCRIPT_BYTES,
  MAGIC,
  NAME_BYTES,
  type PartitionInfo,
  SIGNATURE_HASH_SHA256,
  VERSION,
} from '../format.ts';
import { SifError } from '../errors.ts';

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

/** The values that `encodeDescriptor` writes. */
export interface NewDescriptor {
  readonly dataType: number;
  readonly used: 0 | 1;
  readonly id: number;
  readonly rawGroup: number;
  readonly rawLink: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly sizeWithPadding: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly name: Uint8Array;
  readonly extra: Uint8Array;
}

/** The 585 bytes of a new descriptor; owner IDs are zero, as the format asks of new objects. */
export function encodeDescriptor(descriptor: NewDescriptor): Uint8Array {
  const record = new Uint8Array(DESCRIPTOR_BYTES);
  const view = new DataView(record.buffer);
  view.setInt32(DESCRIPTOR_FIELD.dataType, descriptor.dataType, true);
  view.setUint8(DESCRIPTOR_FIELD.used, descriptor.used);
  view.setUint32(DESCRIPTOR_FIELD.id, descriptor.id, true);
  view.setUint32(DESCRIPTOR_FIELD.group, descriptor.rawGroup, true);
  view.setUint32(DESCRIPTOR_FIELD.link, descriptor.rawLink, true);
  for (const field of ['offset', 'sizeBytes', 'sizeWithPadding', 'createdAt', 'modifiedAt'] as const)
    view.setBigInt64(DESCRIPTOR_FIELD[field], BigInt(descriptor[field]), true);
  record.set(descriptor.name.subarray(0, NAME_BYTES), DESCRIPTOR_FIELD.name);
  record.set(descriptor.extra.subarray(0, EXTRA_BYTES), DESCRIPTOR_FIELD.extra);
  return record;
}

/**
 * The extra field of a partition.
 * @throws SifError SIF_OBJECT_INVALID for an architecture that has no code
 */
export function partitionExtra(partition: PartitionInfo): Uint8Array {
  const extra = new Uint8Array(EXTRA_BYTES);
  const view = new DataView(extra.buffer);
  view.setInt32(0, partition.fs, true);
  view.setInt32(4, partition.type, true);
  const code = [...ARCHITECTURE_NAMES].find(([, name]) => name === partition.arch)?.[0];
  if (code === undefined || partition.arch === 'unknown')
    throw new SifError('SIF_OBJECT_INVALID', `unknown architecture ${JSON.stringify(partition.arch)}`);
  extra.set(Buffer.from(code, 'latin1'), 8);
  return extra;
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
