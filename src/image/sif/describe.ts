// SPDX-License-Identifier: Apache-2.0
// A SIF as `inspect` shows it: its objects and what they are, by what they say of themselves.

import { FILE_SYSTEM, PARTITION_TYPE } from '../../sif/format.ts';
import type { SifImage, SifObject } from '../../sif/sif.ts';
import type { OciSif } from './oci-sif.ts';

const FILE_SYSTEM_NAMES: ReadonlyMap<number, string> = new Map([
  [FILE_SYSTEM.squashfs, 'squashfs'],
  [FILE_SYSTEM.ext3, 'ext3'],
  [FILE_SYSTEM.immutableObjectArchive, 'immutable object archive'],
  [FILE_SYSTEM.raw, 'raw'],
  [FILE_SYSTEM.encryptedSquashfs, 'squashfs in LUKS'],
  [FILE_SYSTEM.gocryptfsSquashfs, 'squashfs in gocryptfs'],
]);
const ENCRYPTED: ReadonlySet<number> = new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);

/** An object of a SIF as `inspect` shows it. */
export interface ObjectDescription {
  readonly id: number;
  readonly type: string;
  readonly group: number | null;
  /** `group 1` or `object 3`. */
  readonly link: string | null;
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
  /** File system of a partition: `squashfs`, `ext3`, …; null for other objects. */
  readonly fileSystem: string | null;
  /** Whether a partition is encrypted, by its file system; null for other objects. */
  readonly encrypted: boolean | null;
  /** What a partition is for; null for other objects. */
  readonly use: 'system' | 'overlay' | 'data' | null;
}

/** A SIF as `inspect` shows it. */
export interface SifDescription {
  readonly id: string;
  /** Digest of the manifest of the image that an OCI-SIF holds; null for other files. */
  readonly ociImage: string | null;
  readonly architecture: string;
  readonly sizeBytes: number;
  readonly objects: readonly ObjectDescription[];
  readonly freeSlots: number;
  readonly totalSlots: number;
}

/** What a file says of itself. */
export function describeSif(image: SifImage, { manifest }: Pick<OciSif, 'manifest'>): SifDescription {
  return {
    id: image.header.id,
    ociImage: manifest ?? null,
    architecture: primaryArchitecture(image),
    sizeBytes: image.source.sizeBytes,
    objects: image.objects.map(describeObject),
    freeSlots: image.freeSlots,
    totalSlots: image.totalSlots,
  };
}

/** The partition's own architecture; the header's is not protected by any signature (docs/spec/sif.md, 7.1). */
function primaryArchitecture(image: SifImage): string {
  const partitions = image.objects.flatMap(({ partition }) => (partition ? [partition] : []));
  return (partitions.find(({ type }) => type === 2) ?? partitions[0])?.arch ?? 'unknown';
}

function describeObject(object: SifObject): ObjectDescription {
  const { partition } = object;
  const { id, typeName, group, linkedGroup, linkedObject, name, offset, sizeBytes } = object;
  const link =
    linkedGroup !== undefined ? `group ${linkedGroup}` : linkedObject !== undefined ? `object ${linkedObject}` : null;
  return {
    id,
    type: typeName,
    group: group === 0 ? null : group,
    link,
    name,
    offset,
    sizeBytes,
    ...describePartition(partition),
  };
}

function describePartition(
  partition: SifObject['partition'],
): Pick<ObjectDescription, 'fileSystem' | 'encrypted' | 'use'> {
  if (!partition) return { fileSystem: null, encrypted: null, use: null };
  const { fs, type } = partition;
  const use = type === PARTITION_TYPE.overlay ? 'overlay' : type === PARTITION_TYPE.data ? 'data' : 'system';
  return { fileSystem: FILE_SYSTEM_NAMES.get(fs) ?? `file system ${fs}`, encrypted: ENCRYPTED.has(fs), use };
}
