// SPDX-License-Identifier: Apache-2.0
// The numbers of the SIF format: where each field of header and descriptor lies, what its values are called, and what a
// record is once it was read.

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

/** What every image has at byte 32. */
export const MAGIC = 'SIF_MAGIC\0';
/** The one version there is. */
export const VERSION = '01\0';

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

/** Go names of architectures in the order of their codes. */
const ARCHITECTURES =
  'unknown 386 amd64 arm arm64 ppc64 ppc64le mips mipsle mips64 mips64le s390x riscv64 loong64'.split(' ');

/** Go names of architectures by their three-byte codes, two digits and a zero byte. */
export const ARCHITECTURE_NAMES: ReadonlyMap<string, string> = new Map(
  ARCHITECTURES.map((name, index) => [`${String(index).padStart(2, '0')}\0`, name]),
);

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

/** What types are called for people. */
export const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
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

/** Bits that mark a raw group ID, and a raw link that points to a group. */
export const GROUP_MASK = 0xf0000000;
/** Bits of a raw group or link that are the number. */
export const NUMBER_MASK = 0x0fffffff;

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

/** The time that deterministic images carry: the zero time of the reference's language, in Unix seconds. */
export const DETERMINISTIC_TIME = -62_135_596_800;

/** The signature part of a descriptor's extra field. */
export interface SignatureInfo {
  readonly hashType: number;
  /** 40 upper-case hex digits, undefined when the 20 bytes are zero. */
  readonly fingerprint: string | undefined;
  /** True when there is nothing else, as `signatureExtra` writes it. */
  readonly plain: boolean;
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
