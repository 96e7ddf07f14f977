// SPDX-License-Identifier: Apache-2.0
// The lane: where layers and evidence live inside a SIF without disturbing Apptainer. A lane object is a Signature
// object without group or link, which Apptainer ignores; its name and descriptor follow from its bytes alone, so that
// any change to either shows, and the same bundle makes the same object in every file. Only an approval that is signed
// while its image is being sent has a name without the digest, since the name leaves before the signature
// (docs/formats.md); its bytes may then be written in one way only.

import { fromBase64, sha256Hex } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, parseJson } from '../../base/json.ts';
import { evidenceKind } from '../../attest/statement.ts';
import { DATA_TYPE, DETERMINISTIC_TIME, GROUP_MASK } from '../../sif/format.ts';
import type { SifImage, SifObject } from '../../sif/sif.ts';
import { signatureExtra } from '../../sif/edit/encode.ts';
import type { NewObject } from '../../sif/edit/append.ts';

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
function reservedName(stage: string): string {
  return `${PREFIX}approval/${stage}`;
}

/** The SIF object that carries a bundle in the lane. */
export function laneObject(kind: LaneKind, label: string, bundle: Uint8Array): NewObject {
  return named(laneName(kind, label, bundle), bundle);
}

/** The same for an approval that is signed after its object was placed; at most RESERVED_BYTES spaces may follow it. */
export function reservedLaneObject(stage: string, bundle: Uint8Array): NewObject {
  return named(reservedName(stage), bundle);
}

/** Data brought to a length, if it is shorter. */
export function filledUp(data: Uint8Array, lengthBytes: number, filler: ' ' | '\n'): Uint8Array {
  if (data.length >= lengthBytes) return data;
  const filled = Buffer.alloc(lengthBytes, filler);
  filled.set(data);
  return filled;
}

function named(name: string, bundle: Uint8Array): NewObject {
  return {
    dataType: DATA_TYPE.signature,
    data: bundle,
    group: 0,
    name,
    extra: signatureExtra(undefined),
    createdAt: DETERMINISTIC_TIME,
    modifiedAt: DETERMINISTIC_TIME,
  };
}

/** True for an object that calls itself ours. */
export function hasLaneName({ name }: SifObject): boolean {
  return name.startsWith(PREFIX);
}

/**
 * True for an object that is ours: by its name, by what is left of a changed name, or as an approval by content. Objects
 * linked to a group are Apptainer's, and other tools may keep their own bundles in unlinked Signature objects.
 */
export function isLaneObject(object: SifObject, data: Uint8Array): boolean {
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

/** What a lane object's bytes turned out to be. */
export interface LaneContent {
  readonly is: LaneKind;
  /** The stage or kind of evidence that the bytes ask for. */
  readonly label: string;
  readonly bundle: Uint8Array;
  /** True for an approval of ours, the only thing whose room is ever reserved. */
  readonly reservable: boolean;
}

/** What is unusual about a lane object, undefined when it is exactly as we write it. */
export function laneDefect(object: SifObject, content: LaneContent): string | undefined {
  const { is, label, bundle, reservable } = content;
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

/** Lane objects in slot order, by name alone, for listing without reading data. */
export function laneObjectsByName(image: SifImage): readonly SifObject[] {
  return image.objects.filter(
    (object) => object.dataType === DATA_TYPE.signature && object.group === 0 && hasLaneName(object),
  );
}
