// SPDX-License-Identifier: Apache-2.0
// The signature objects of a SIF, told apart: native signatures, which Apptainer itself reads because they are linked to
// a group (or, in the insecure legacy form, to an object), and the lane, where our layers live without disturbing it. A
// lane object is a Signature object without group or link, which Apptainer ignores; its name and descriptor follow from
// its bytes alone, so that any change to either shows. Only an approval that is signed while its image is being sent has
// a name without the digest, since the name leaves before the signature (docs/formats.md); its bytes may then be written
// in one way only. Nothing is checked here.

import { isNativeDsse, parseNativeDsse } from '../../attest/native-dsse.ts';
import { fromBase64, sha256, sha256Hex, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { evidenceKind } from '../../attest/statement.ts';
import type { Reason } from '../../findings/signature.ts';
import type { Place, VouchedTime } from '../../policy/facts.ts';
import type { LayerKind } from '../../policy/verdict.ts';
import { DATA_TYPE, DETERMINISTIC_TIME, GROUP_MASK } from '../../sif/format.ts';
import type { HashName, SifMetadata } from '../../sif/integrity.ts';
import { groupsOf, readObject, type SifImage, type SifObject } from '../../sif/sif.ts';
import type { SignatureCheck } from '../../crypto/verifier.ts';
import type { BundleFact } from '../bundle.ts';

/** What a lane object holds. */
export type LaneKind = 'approval' | 'evidence';

const PREFIX = 'countersign/';
/**
 * Length of an object that had to be placed before it was signed: the bundle is filled up with spaces, native signatures
 * with line ends. Approvals with a chain of certificates and a dozen entries have some 9 KiB.
 */
export const RESERVED_BYTES = 16_384;
const SPACE = 0x20;
const DIGEST_DIGITS = 32;
const BUNDLE_MARK = 'application/vnd.dev.sigstore.bundle';

/** A native signature's bytes and where they were found. */
export interface FoundNative {
  readonly place: Place;
  readonly data: Uint8Array;
  /** Group that it is linked to; undefined for the legacy object form. */
  readonly group: number | undefined;
  /** Primary key fingerprint that its descriptor names, or the bundle that it travels with. */
  readonly fingerprint: string | undefined;
  /** Its object in the image; undefined when it travels beside the image. */
  readonly object: SifObject | undefined;
}

/** One signature of a native signature object, checked, not yet compared with the image. */
export interface NativeSignature {
  readonly found: FoundNative;
  readonly kind: LayerKind & `native-${string}`;
  /** Group that the object is linked to; undefined for the legacy object form. */
  readonly group: number | undefined;
  /** SHA-256 of the object's data (PGP), or of the signature bytes (DSSE, whose object changes when a signer joins). */
  readonly digest: Digest;
  readonly check: SignatureCheck;
  /** True when the object is stored exactly as we write one: what an approval's native entry asks for. */
  readonly canonical: boolean;
  /** What was signed; undefined when it cannot be read. */
  readonly metadata: SifMetadata | undefined;
  readonly reasons: readonly Reason[];
  /** What it is worth at times that later approvals prove. */
  readonly vouched?: readonly VouchedTime[];
}

/** An object of the lane and its bytes. */
export interface LaneObject {
  readonly object: SifObject;
  readonly data: Uint8Array;
}

/** The signature objects of an image with their data, told apart. */
export interface SignatureObjects {
  readonly natives: readonly FoundNative[];
  readonly lane: readonly LaneObject[];
  /** Cleartext signatures that are not linked to a group, so that nobody reads them, by the SHA-256 of their data. */
  readonly strays: ReadonlyMap<Digest, SifObject>;
}

/**
 * Reads all signature objects of an image once. Unlinked ones that are not ours belong to other tools and are left out.
 * @throws SifError for an object larger than LIMITS.sifSignatureBytes, or all together over the total
 */
export async function readSignatureObjects(image: SifImage): Promise<SignatureObjects> {
  const natives: FoundNative[] = [];
  const lane: LaneObject[] = [];
  const strays = new Map<Digest, SifObject>();
  let left: number = LIMITS.sifSignatureTotalBytes;
  const linked = linkedGroups(image);
  for (const object of signatureObjects(image)) {
    const data = await readObject(image, object, Math.min(left, LIMITS.sifSignatureBytes));
    left -= data.length;
    if (linked(object)) natives.push(foundIn(object, data));
    else if (isLaneObject(object, data)) lane.push({ object, data });
    else if (object.linkedObject !== undefined && isLegacy(data)) natives.push(foundIn(object, data));
    else if (isCleartext(data)) strays.set(sha256(data), object);
  }
  return { natives, lane, strays };
}

/** The objects whose bytes readSignatureObjects reads: they count towards its limits. */
export function signatureObjects(image: SifImage): readonly SifObject[] {
  const linked = linkedGroups(image);
  // Other tools may keep what they like in unlinked objects; one that is too large for a signature is none of ours.
  const isForeign = (object: SifObject): boolean =>
    object.sizeBytes > LIMITS.sifSignatureBytes && !linked(object) && !hasLaneName(object);
  return image.objects.filter((object) => object.dataType === DATA_TYPE.signature && !isForeign(object));
}

/** Apptainer looks for signatures group by group: one that is linked to a group which is not there is read by nobody. */
function linkedGroups(image: SifImage): (object: SifObject) => boolean {
  const groups = new Set(groupsOf(image));
  return ({ linkedGroup }) => linkedGroup !== undefined && groups.has(linkedGroup);
}

function foundIn(object: SifObject, data: Uint8Array): FoundNative {
  const place: Place = { in: 'sif', object: object.id };
  return { place, data, group: object.linkedGroup, fingerprint: object.signature?.fingerprint, object };
}

/** A place for people. */
export function placeText(place: Place): string {
  return place.in === 'sif' ? `object ${place.object}` : place.name;
}

const CLEARTEXT = '-----BEGIN PGP SIGNED MESSAGE-----';

/** True for a native DSSE signature, damaged or not. What begins with a dash is no JSON. */
export function isDsse(data: Uint8Array): boolean {
  return data[0] !== 0x2d && isNativeDsse(data);
}

/** Whether the bytes begin as a cleartext signature does, here or after other lines. */
export function isCleartext(data: Uint8Array): boolean {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  return text.startsWith(CLEARTEXT) || text.includes(`\n${CLEARTEXT}`);
}

/** Whether it is one of the old kind, which signs the data of one object alone. */
export function isLegacy(data: Uint8Array): boolean {
  return isCleartext(data) && /\n\r?\nSIFHASH:\r?\n/.test(Buffer.from(data.subarray(0, 65_536)).toString('latin1'));
}

/** Name of the lane object for these bundle bytes; `label` is the stage, or the kind of evidence. */
export function laneName(kind: LaneKind, label: string, bundle: Uint8Array): string {
  return `${PREFIX}${kind}/${label}/${sha256Hex(bundle).slice(0, DIGEST_DIGITS)}`;
}

/** Short word for a kind of evidence, used in lane names and file names. */
export function evidenceLabel(predicateType: string): string {
  const kind = evidenceKind(predicateType) ?? 'other';
  return kind === 'findings' ? 'vulns' : kind;
}

/** Name of an approval's object that had to be named before its bytes were known. */
export function reservedName(stage: string): string {
  return `${PREFIX}approval/${stage}`;
}

/** True for an object that calls itself ours. */
export function hasLaneName({ name }: SifObject): boolean {
  return name.startsWith(PREFIX);
}

/**
 * True for an object that is ours: by its name, by what is left of a changed name, or as an approval by content. Objects
 * linked to a group are Apptainer's, and other tools may keep their own bundles in unlinked Signature objects.
 */
function isLaneObject(object: SifObject, data: Uint8Array): boolean {
  if (object.dataType !== DATA_TYPE.signature || object.group !== 0) return false;
  if (hasLaneName(object)) return true;
  const head = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, 4096));
  if (!head.includes(BUNDLE_MARK)) return false;
  return object.name.includes(sha256Hex(data).slice(0, DIGEST_DIGITS)) || holdsApproval(data);
}

/** Whether a bundle's statement has the extension that every approval has, under whatever name it lies here. */
function holdsApproval(data: Uint8Array): boolean {
  try {
    const bundle = parseJson(data, 'the bundle');
    const envelope = isJsonObject(bundle) ? bundle['dsseEnvelope'] : undefined;
    const payload = isJsonObject(envelope) ? envelope['payload'] : undefined;
    if (typeof payload !== 'string') return false;
    const statement = parseJson(fromBase64(payload, 'the payload'), 'the statement');
    const predicate = isJsonObject(statement) ? statement['predicate'] : undefined;
    return isJsonObject(predicate) && predicate['countersign'] !== undefined;
  } catch (error) {
    if (error instanceof CountersignError) return false;
    throw error;
  }
}

/** What is unusual about a lane object, undefined when it is exactly as we write it. */
function laneDefect({ object, data: bundle }: LaneObject, fact: BundleFact): string | undefined {
  const is = fact.is === 'evidence' ? 'evidence' : 'approval';
  const label = labelOf(fact, object);
  // The room of an approval is the only one that is ever reserved.
  const reservable = fact.is === 'layer' && fact.fact.approval !== null;
  const reserved = reservable && object.name === reservedName(label);
  const expected = {
    name: reserved ? object.name : laneName(is, label, bundle),
    used: 1,
    rawGroup: GROUP_MASK,
    rawLink: 0,
    createdAt: DETERMINISTIC_TIME,
    modifiedAt: DETERMINISTIC_TIME,
    uid: 0,
    gid: 0,
  };
  for (const key of Object.keys(expected) as (keyof typeof expected)[])
    if (object[key] !== expected[key]) return `its ${key} is ${JSON.stringify(object[key])}`;
  if (!object.signature?.plain || object.signature.fingerprint !== undefined)
    return 'its type-specific field was changed';
  return reserved ? paddingDefect(bundle) : undefined;
}

/**
 * A name without digest does not cover the bytes around the signed ones: they must be compact JSON as we write it, and
 * spaces.
 */
function paddingDefect(bundle: Uint8Array): string | undefined {
  const end = bundle.findLastIndex((byte) => byte !== SPACE) + 1;
  const spaces = bundle.length - end;
  if (spaces > RESERVED_BYTES) return `it ends with ${spaces} spaces`;
  const text = Buffer.from(bundle.buffer, bundle.byteOffset, end).toString();
  const compact = JSON.stringify(parseJson(bundle, 'the bundle'));
  return compact === text ? undefined : 'its bundle is not compact JSON followed by spaces';
}

/** A lane object must be stored exactly as its content says; the name also names the bytes. */
export function withLaneDefect(fact: BundleFact, stored: LaneObject | undefined): BundleFact {
  if (!stored) return fact;
  const defect = laneDefect(stored, fact);
  if (defect === undefined) return fact;
  const reason: Reason = {
    code: 'LANE_ALTERED',
    message: `object ${stored.object.id} was altered: ${defect}`,
    hint: 'restore the image from a copy, or delete the object and sign again',
  };
  const altered = { signature: 'invalid', reasons: [reason, ...fact.fact.reasons] } as const;
  if (fact.is === 'evidence') return { ...fact, fact: { ...fact.fact, ...altered } };
  return { ...fact, fact: { ...fact.fact, ...altered } };
}

/** The label that the content asks for; unreadable content leaves only the name's own. */
function labelOf(fact: BundleFact, object: SifObject): string {
  if (fact.is === 'evidence') return evidenceLabel(fact.fact.predicateType);
  return fact.fact.approval?.stage ?? object.name.split('/')[2] ?? '';
}

/**
 * Digest algorithms that a native signature may name, found without checking it, so that all of them are computed in the
 * one read of the data.
 */
export function algorithmsNamed({ data }: FoundNative): readonly HashName[] {
  const text = Buffer.from(isDsse(data) ? payloadOf(data) : data).toString('latin1');
  return (['sha224', 'sha384', 'sha512', 'sha512_224', 'sha512_256'] as const).filter((name) =>
    text.includes(`"${name}:`),
  );
}

function payloadOf(data: Uint8Array): Uint8Array {
  try {
    return parseNativeDsse(data).payload;
  } catch (error) {
    if (error instanceof CountersignError) return new Uint8Array();
    throw error;
  }
}
