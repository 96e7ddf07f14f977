// SPDX-License-Identifier: Apache-2.0
// One descriptor: 585 bytes of the table ↔ typed values, and the numbers of the format (types, groups, partitions).
// Checks the numbers on their own; sif.ts checks them against the file and each other.

import { archCode, archName, DESCRIPTOR_BYTES } from './header.ts';
import { SifError } from './errors.ts';

/** Room for an object's name, NUL padded. */
export const NAME_BYTES = 128;
/** Room for what depends on the type of an object. */
export const EXTRA_BYTES = 384;

/**
 * Where each field starts in a descriptor, little-endian; `partitionType` lies inside the extra field of a partition.
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/descriptor.go
 */
export const DESCRIPTOR_FIELD = {
  dataType: 0,
  used: 4,
  id: 5,
  group: 9,
  link: 13,
  offset: 17,
  sizeBytes: 25,
  sizeWithPadding: 33,
  createdAt: 41,
  modifiedAt: 49,
  uid: 57,
  gid: 65,
  name: 73,
  extra: 201,
  partitionType: 205,
} as const;

/**
 * Types of data objects.
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/sif.go
 */
export const DATA_TYPE = {
  deffile: 0x4001,
  envVar: 0x4002,
  labels: 0x4003,
  partition: 0x4004,
  signature: 0x4005,
  genericJson: 0x4006,
  generic: 0x4007,
  cryptoMessage: 0x4008,
  sbom: 0x4009,
  ociRootIndex: 0x400a,
  ociBlob: 0x400b,
} as const;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [DATA_TYPE.deffile, 'definition file'],
  [DATA_TYPE.envVar, 'environment'],
  [DATA_TYPE.labels, 'labels'],
  [DATA_TYPE.partition, 'partition'],
  [DATA_TYPE.signature, 'signature'],
  [DATA_TYPE.genericJson, 'JSON'],
  [DATA_TYPE.generic, 'generic'],
  [DATA_TYPE.cryptoMessage, 'cryptographic message'],
  [DATA_TYPE.sbom, 'SBOM'],
  [DATA_TYPE.ociRootIndex, 'OCI root index'],
  [DATA_TYPE.ociBlob, 'OCI blob'],
]);

/** Fields of a descriptor that cannot be negative. */
const POSITIVE: ReadonlySet<string> = new Set(['offset', 'sizeBytes']);

/** Bits that mark a raw group ID, and a raw link that points to a group. */
export const GROUP_MASK = 0xf0000000;
/** Raw group ID of an object in no group. */
export const RAW_NO_GROUP = GROUP_MASK;
const NUMBER_MASK = 0x0fffffff;

/** What a partition is for; an image has one primary system partition at most. */
export const PARTITION_TYPE = { system: 1, primarySystem: 2, data: 3, overlay: 4 } as const;
/** File systems of partitions; the last exists in Apptainer's fork of the format alone. */
export const FILE_SYSTEM = {
  squashfs: 1,
  ext3: 2,
  immutableObjectArchive: 3,
  raw: 4,
  encryptedSquashfs: 5,
  gocryptfsSquashfs: 6,
} as const;

/** Hash type that every known writer puts into a signature descriptor, whatever hash the signature uses. */
export const SIGNATURE_HASH_SHA256 = 1;
const ENTITY_BYTES = 256;
const FINGERPRINT_BYTES = 20;

/** The time that deterministic images carry: the zero time of the reference's language, in Unix seconds. */
export const DETERMINISTIC_TIME = -62_135_596_800;

/** The signature part of a descriptor's extra field. */
export interface SignatureInfo {
  readonly hashType: number;
  /** 256 bytes; readers use the first 20. */
  readonly entity: Uint8Array;
  /** 40 upper-case hex digits, undefined when the 20 bytes are zero. */
  readonly fingerprint: string | undefined;
}

/** The partition part of a descriptor's extra field. */
export interface PartitionInfo {
  readonly fs: number;
  readonly type: number;
  /** Go name, `unknown` for an unlisted code. */
  readonly arch: string;
}

/** A used slot of the descriptor table. */
export interface SifDescriptor {
  readonly id: number;
  /** Index in the table, from 0. */
  readonly slot: number;
  /** Raw byte; 1 as every writer puts it, other non-zero values count as used too. */
  readonly used: number;
  readonly dataType: number;
  readonly typeName: string;
  /** 0 = none. */
  readonly group: number;
  readonly rawGroup: number;
  readonly rawLink: number;
  readonly linkedGroup: number | undefined;
  readonly linkedObject: number | undefined;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly sizeWithPadding: number;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly uid: number;
  readonly gid: number;
  /** Without the padding; bytes that are no UTF-8 become U+FFFD. `record` has the bytes. */
  readonly name: string;
  /** 384 bytes. */
  readonly extra: Uint8Array;
  readonly signature: SignatureInfo | undefined;
  readonly partition: PartitionInfo | undefined;
  /** The 585 bytes as stored. */
  readonly record: Uint8Array;
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
    ...splitLink(rawLink),
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
export function nameIn(record: Uint8Array): string {
  return Buffer.from(record.subarray(DESCRIPTOR_FIELD.name, DESCRIPTOR_FIELD.extra))
    .toString('utf8')
    .replace(/\0+$/, '');
}

function splitLink(raw: number): Pick<SifDescriptor, 'linkedGroup' | 'linkedObject'> {
  const toGroup = (raw & GROUP_MASK) >>> 0 === GROUP_MASK;
  const number = raw & NUMBER_MASK;
  return {
    linkedGroup: toGroup ? number : undefined,
    linkedObject: !toGroup && raw !== 0 ? number : undefined,
  };
}

function parseSignatureInfo(extra: Uint8Array): SignatureInfo {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  const entity = extra.slice(4, 4 + ENTITY_BYTES);
  const fingerprint = entity.subarray(0, FINGERPRINT_BYTES);
  return {
    hashType: view.getInt32(0, true),
    entity,
    fingerprint: fingerprint.every((byte) => byte === 0)
      ? undefined
      : Buffer.from(fingerprint).toString('hex').toUpperCase(),
  };
}

/** Reads the extra field of a partition. */
export function parsePartitionInfo(extra: Uint8Array): PartitionInfo {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  return {
    fs: view.getInt32(0, true),
    type: view.getInt32(4, true),
    arch: archName(Buffer.from(extra.subarray(8, 11)).toString('latin1')),
  };
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
  extra.set(Buffer.from(archCode(partition.arch), 'latin1'), 8);
  return extra;
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
