// SPDX-License-Identifier: Apache-2.0
// The signed message of a SIF signature, "sif-metadata": writing it for a group, reading it from a signature, and
// saying where it disagrees with an image. Knows no keys and no signatures.

import { createHash, type Hash } from 'node:crypto';
import { utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { parseUnambiguous, type Shape } from '../base/members.ts';
import type { Reason } from '../findings/signature.ts';
import { SifError } from './errors.ts';
import { HEADER_FIELD, type SifHeader } from './format.ts';
import { objectsInGroup, type SifImage, type SifObject } from './sif.ts';

/** Digest algorithms that signed metadata may name, spelled as there. */
export type HashName = 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'sha512_224' | 'sha512_256';

/** Object ID → algorithm → lower-case hex. */
export type ObjectDigests = ReadonlyMap<number, ReadonlyMap<HashName, string>>;

/** A digest as the metadata writes it: `sha256:<hex>`. */
export interface MetaDigest {
  readonly algorithm: HashName;
  /** Lower case. */
  readonly hex: string;
}

/** What a signed message says of one object. */
export interface SifMetadataObject {
  /** ID minus the lowest ID of the group. */
  readonly relativeId: number;
  readonly descriptorDigest: MetaDigest;
  readonly objectDigest: MetaDigest;
}

/** A signed message as it was read. */
export interface SifMetadata {
  readonly version: number;
  /** Undefined when the signer left it out: the header is then not covered. */
  readonly header: MetaDigest | undefined;
  readonly objects: readonly SifMetadataObject[];
}

const DIGEST_HEX_DIGITS: ReadonlyMap<string, { readonly name: HashName; readonly digits: number }> = new Map(
  (
    [
      ['sha224', 56],
      ['sha256', 64],
      ['sha384', 96],
      ['sha512', 128],
      ['sha512_224', 56],
      ['sha512_256', 64],
    ] as const
  ).map(([name, digits]) => [name, { name, digits }]),
);

/** What Apptainer knows of the metadata. */
const METADATA_MEMBERS = {
  version: 'any',
  header: { digest: 'text' },
  objects: [{ relativeId: 'any', descriptorDigest: 'text', objectDigest: 'text' }],
} as const satisfies Shape;

const MAX_RELATIVE_ID = 0xffff_ffff;

/**
 * The sif-metadata of all objects of a group, byte for byte as the reference writes it.
 * @throws SifError SIF_GROUP_NOT_FOUND, SIF_DIGEST_MISSING
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/metadata.go
 */
export function encodeMetadata(image: SifImage, group: number, digests: ObjectDigests): Uint8Array {
  const members = objectsInGroup(image, group);
  const [lowest] = members;
  if (!lowest) throw new SifError('SIF_GROUP_NOT_FOUND', `no object is in group ${group}`);
  const objects = members.map((object) => {
    const hex = digests.get(object.id)?.get('sha256');
    if (hex === undefined) throw new SifError('SIF_DIGEST_MISSING', `object ${object.id}: its data was not hashed`);
    return {
      relativeId: object.id - lowest.id,
      descriptorDigest: `sha256:${hash('sha256', protectedDescriptorBytes(image, object))}`,
      objectDigest: `sha256:${hex}`,
    };
  });
  const header = { digest: `sha256:${hash('sha256', protectedHeaderBytes(image.header))}` };
  return utf8(JSON.stringify({ version: 1, header, objects }));
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

/**
 * The part of a descriptor that signatures cover, 557 bytes: neither its place nor its absolute ID nor its group.
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/descriptor.go
 */
export function protectedDescriptorBytes(image: SifImage, object: SifObject): Uint8Array {
  const { record } = object;
  const covered = new Uint8Array(557);
  const lowest = lowestIds(image).get(object.rawGroup) ?? object.id;
  covered.set(record.subarray(0, 4), 0);
  covered[4] = 1;
  new DataView(covered.buffer).setUint32(5, object.id - lowest, true);
  covered.set(record.subarray(13, 17), 9);
  covered.set(record.subarray(25, 33), 13);
  covered.set(record.subarray(41, 49), 21);
  covered.set(record.subarray(57, 585), 29);
  return covered;
}

const LOWEST_IDS = new WeakMap<SifImage, ReadonlyMap<number, number>>();

/** Lowest ID by raw group; worked out once for an image, whatever the number of objects and signatures. */
function lowestIds(image: SifImage): ReadonlyMap<number, number> {
  const known = LOWEST_IDS.get(image);
  if (known) return known;
  const lowest = new Map<number, number>();
  for (const { rawGroup, id } of image.objects) lowest.set(rawGroup, Math.min(id, lowest.get(rawGroup) ?? id));
  LOWEST_IDS.set(image, lowest);
  return lowest;
}

/**
 * Reads signed metadata. Unknown members are ignored, as the reference does; a missing header is kept as undefined.
 * @throws SifError SIF_METADATA_INVALID, SIF_METADATA_AMBIGUOUS
 */
export function parseMetadata(bytes: Uint8Array): SifMetadata {
  const document = parseDocument(bytes);
  if (!isJsonObject(document)) throw invalid('not an object');
  const { version, header, objects } = document;
  if (version !== 1) throw invalid(`version ${JSON.stringify(version ?? null).slice(0, 20)} instead of 1`);
  if (!Array.isArray(objects)) throw invalid('"objects" is not a list');
  return {
    version,
    header: header === undefined ? undefined : parseHeaderDigest(header),
    objects: objects.map((entry: JsonValue, index) => parseEntry(entry, index)),
  };
}

function parseDocument(bytes: Uint8Array): JsonValue {
  try {
    return parseUnambiguous(bytes, 'sif-metadata', METADATA_MEMBERS);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    if (cause.code === 'DATA_JSON_AMBIGUOUS') throw new SifError('SIF_METADATA_AMBIGUOUS', cause.message, { cause });
    throw invalid(cause.message, cause);
  }
}

function parseHeaderDigest(header: JsonValue): MetaDigest {
  if (!isJsonObject(header)) throw invalid('"header" is not an object');
  return parseMetaDigest(header['digest'], 'the header digest');
}

function parseEntry(entry: JsonValue, index: number): SifMetadataObject {
  if (!isJsonObject(entry)) throw invalid(`entry ${index} of "objects" is not an object`);
  const { relativeId } = entry;
  if (typeof relativeId !== 'number' || !Number.isInteger(relativeId) || relativeId < 0 || relativeId > MAX_RELATIVE_ID)
    throw invalid(`entry ${index} of "objects" has no valid relativeId`);
  return {
    relativeId,
    descriptorDigest: parseMetaDigest(entry['descriptorDigest'], `the descriptor digest of entry ${index}`),
    objectDigest: parseMetaDigest(entry['objectDigest'], `the object digest of entry ${index}`),
  };
}

function parseMetaDigest(value: JsonValue | undefined, what: string): MetaDigest {
  const [name = '', hex = '', ...rest] = typeof value === 'string' ? value.split(':') : [];
  const algorithm = DIGEST_HEX_DIGITS.get(name);
  if (!algorithm) throw invalid(`${what} has the unknown algorithm ${JSON.stringify(name.slice(0, 40))}`);
  if (rest.length > 0 || hex.length !== algorithm.digits || !/^[0-9A-Fa-f]+$/.test(hex))
    throw invalid(`${what} is not ${algorithm.digits} hex digits`);
  return { algorithm: algorithm.name, hex: hex.toLowerCase() };
}

/** Where signed metadata agrees with an image. */
export interface MetadataComparison {
  /** IDs of objects whose descriptor and data match; with no digests given, whose descriptor matches. */
  readonly matchingObjects: readonly number[];
  /** Header matches, every object of the group is listed once and matches, and nothing else is listed. */
  readonly complete: boolean;
  readonly reasons: readonly Reason[];
}

/**
 * Compares signed metadata with a group of an image; without digests only header and descriptors are checked.
 * Every disagreement becomes a reason that names the object.
 */
export function compareMetadata(
  metadata: SifMetadata,
  image: SifImage,
  group: number,
  digests: ObjectDigests | undefined,
): MetadataComparison {
  const members = objectsInGroup(image, group);
  const firstId = members[0]?.id ?? 1;
  const reasons = [...headerReasons(metadata.header, image.header)];
  const entries = new Map<number, SifMetadataObject>();
  for (const entry of metadata.objects) {
    const id = firstId + entry.relativeId;
    if (entries.has(id))
      reasons.push(reason('SIF_ENTRY_REPEATED', `object ${id}: listed twice in the signed metadata`));
    else entries.set(id, entry);
  }
  const matchingObjects: number[] = [];
  for (const object of members) {
    const problems = objectReasons(entries.get(object.id), image, object, digests);
    entries.delete(object.id);
    reasons.push(...problems);
    if (problems.length === 0) matchingObjects.push(object.id);
  }
  for (const id of entries.keys())
    reasons.push(reason('SIF_SIGNED_OBJECT_MISSING', `object ${id}: signed, but not in group ${group} of the image`));
  return { matchingObjects, complete: members.length > 0 && reasons.length === 0, reasons };
}

function headerReasons(signed: MetaDigest | undefined, header: SifHeader): readonly Reason[] {
  if (!signed) return [reason('SIF_HEADER_NOT_SIGNED', 'global header: not covered by the signature')];
  if (hash(signed.algorithm, protectedHeaderBytes(header)) === signed.hex) return [];
  return [reason('SIF_HEADER_CHANGED', 'global header: launch script or image ID differ from what was signed')];
}

function objectReasons(
  entry: SifMetadataObject | undefined,
  image: SifImage,
  object: SifObject,
  digests: ObjectDigests | undefined,
): readonly Reason[] {
  const where = `object ${object.id}`;
  if (!entry) return [reason('SIF_OBJECT_NOT_SIGNED', `${where}: not covered by the signature`)];
  const reasons: Reason[] = [];
  const { descriptorDigest, objectDigest } = entry;
  if (hash(descriptorDigest.algorithm, protectedDescriptorBytes(image, object)) !== descriptorDigest.hex)
    reasons.push(reason('SIF_DESCRIPTOR_CHANGED', `${where}: its descriptor differs from what was signed`));
  if (!digests) return reasons;
  const data = digests.get(object.id)?.get(objectDigest.algorithm);
  if (data === undefined)
    reasons.push(reason('SIF_DATA_NOT_HASHED', `${where}: its ${objectDigest.algorithm} digest was not computed`));
  else if (data !== objectDigest.hex)
    reasons.push(reason('SIF_DATA_CHANGED', `${where}: its data differs from what was signed`));
  return reasons;
}

/** A running hash by the name that the metadata has for it. */
export function startHash(algorithm: HashName): Hash {
  return createHash(algorithm.replace('_', '-'));
}

function hash(algorithm: HashName, bytes: Uint8Array): string {
  return startHash(algorithm).update(bytes).digest('hex');
}

function invalid(problem: string, cause?: unknown): SifError {
  return new SifError('SIF_METADATA_INVALID', `sif-metadata: ${problem}`, { cause });
}

const RESTORE = 'fetch the image again from a trusted place, or have the stage sign it anew if the change is wanted';

const HINTS = {
  SIF_DATA_CHANGED: RESTORE,
  SIF_DATA_NOT_HASHED: 'report this as a bug, with the command that was run',
  SIF_DESCRIPTOR_CHANGED: RESTORE,
  SIF_ENTRY_REPEATED: 'sign the image again; no known tool writes such a signature',
  SIF_HEADER_CHANGED: RESTORE,
  SIF_HEADER_NOT_SIGNED: 'sign the image again; no known tool writes such a signature',
  SIF_OBJECT_NOT_SIGNED: 'sign the whole group; an object was added after signing, or only single objects were signed',
  SIF_SIGNED_OBJECT_MISSING: RESTORE,
} as const;

function reason(code: keyof typeof HINTS, message: string): Reason {
  return { code, message, hint: HINTS[code] };
}
