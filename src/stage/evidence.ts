// SPDX-License-Identifier: Apache-2.0
// Signs evidence about a SIF (provenance, SBOM, findings) and puts it into the lane. Large evidence is handed back to
// be kept beside the image; approvals then name it by digest. Records take the place of the signer's earlier ones.

import { encodePae, parseBundle } from '../attest/bundle.ts';
import { recordKind, supersedes } from '../attest/record.ts';
import { signStatement } from '../attest/sign.ts';
import { encodeStatement, parseStatement } from '../attest/statement.ts';
import { type Digest, sha256 } from '../base/bytes.ts';
import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { createVerifier } from '../crypto/lazy-verifier.ts';
import type { Signer } from '../crypto/signer.ts';
import { isSameSigner } from '../findings/signature.ts';
import type { BundleFact } from '../image/bundle.ts';
import { examineSif, type SifExamination } from '../image/sif/examine.ts';
import { laneObject } from '../image/sif/lane.ts';
import { evidenceLabel } from '../image/sif/signature-objects.ts';
import type { EvidenceFact } from '../policy/facts.ts';
import { deleteObjects, type NewObject } from '../sif/edit/append.ts';
import { lockImage } from '../sif/edit/lock.ts';
import { openSif } from '../sif/sif.ts';
import { openFileSource } from '../sif/source.ts';
import { appendLayers } from './append.ts';
import { identityKey } from './approval.ts';
import { assertBundleReadable } from './bundles.ts';
import { assertSound } from './review.ts';

/** A statement about an image, not signed yet. */
export interface EvidenceStatement {
  readonly predicateType: string;
  readonly predicate: JsonObject;
  /** Put it into the image whatever its size. */
  readonly inside?: boolean;
}

/** A signed statement, and where it is. */
export interface AttachedEvidence {
  readonly predicateType: string;
  /** `lane`: in the image now. `present`: the same evidence by this key was there already. `file`: too large, not stored. */
  readonly where: 'lane' | 'present' | 'file';
  readonly bundle: Uint8Array;
  /** SHA-256 of the statement: what approvals call it. */
  readonly digest: Digest;
}

/** What is signed and attached to which file. */
export interface AttachOptions {
  readonly path: string;
  readonly statements: readonly EvidenceStatement[];
  readonly signer: Signer;
  readonly now: Date;
  /** Keep everything out of the image. */
  readonly beside?: boolean;
  /** The image as it was examined, by whatever trust; read when not given. */
  readonly examination?: SifExamination;
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Signs the statements and appends them to the image in one change; the data is read once.
 * @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; SifError when the file cannot be read or changed (it is then as it was)
 */
export async function attachEvidence(options: AttachOptions): Promise<readonly AttachedEvidence[]> {
  const { path, signer, now } = options;
  const examination = options.examination ?? (await examine(options));
  assertSound(examination.facts.problems);
  const subject = examination.subjects;
  const attached: AttachedEvidence[] = [];
  for (const { predicateType, predicate, inside } of options.statements) {
    const payload = encodeStatement({ subject, predicateType, predicate });
    const digest = sha256(payload);
    const repeated = attached.find((earlier) => earlier.digest === digest);
    if (repeated) attached.push({ ...repeated, where: repeated.where === 'file' ? 'file' : 'present' });
    else
      attached.push(
        presentEvidence(examination, digest, signer) ?? (await sign(payload, { predicateType, inside }, options)),
      );
  }
  const objects = attached
    .filter(({ where }) => where === 'lane')
    .map(({ predicateType, bundle }) => laneObject('evidence', evidenceLabel(predicateType), bundle));
  const superseded: number[] = [];
  for (const statement of options.statements)
    superseded.push(...objectsOf(await supersededBy(statement, examination.bundles, options)));
  if (objects.length > 0) await write(path, { objects, superseded, examination, now });
  return attached;
}

interface Change {
  readonly objects: readonly NewObject[];
  readonly superseded: readonly number[];
  readonly examination: SifExamination;
  readonly now: Date;
}

/** Adds, then takes away; in a full image the other way round, since what goes makes the room. */
async function write(path: string, { objects, superseded, examination, now }: Change): Promise<void> {
  const { image, digests } = examination;
  await using lock = await lockImage(path);
  const options = { now, lock, expected: image, expectedDigests: digests };
  const full = image.freeSlots < objects.length;
  if (full && superseded.length > 0) await deleteObjects(lock.path, superseded, options);
  await appendLayers(lock.path, objects, options);
  if (!full && superseded.length > 0) await deleteObjects(lock.path, superseded, options);
}

async function examine({ path, signer, now, onBytes }: AttachOptions): Promise<SifExamination> {
  await using source = await openFileSource(path);
  const verifier = await createVerifier(signer.publicMaterial);
  return await examineSif(await openSif(source), { name: path, verifier, now, ...(onBytes ? { onBytes } : {}) });
}

/** The same statement by the same signer, found in the image. */
function presentEvidence(examination: SifExamination, digest: Digest, signer: Signer): AttachedEvidence | undefined {
  for (const { is, fact, opened } of examination.bundles) {
    if (is !== 'evidence' || fact.digest !== digest || fact.signature !== 'valid' || !fact.signer) continue;
    if (identityKey(fact.signer) !== identityKey(signer.identity)) continue;
    return {
      predicateType: fact.predicateType,
      where: 'present',
      bundle: opened.found.bytes,
      digest: fact.digest,
    };
  }
  return undefined;
}

async function sign(
  payload: Uint8Array,
  { predicateType, inside }: { readonly predicateType: string; readonly inside: boolean | undefined },
  { signer, now, beside }: AttachOptions,
): Promise<AttachedEvidence> {
  const bundle = await signStatement(payload, signer, { now });
  assertBundleReadable(bundle, 'evidence', predicateType);
  const large = bundle.length > LIMITS.laneEvidenceBytes && !inside;
  return {
    predicateType,
    where: beside || large ? 'file' : 'lane',
    bundle,
    digest: parseBundle(bundle).payloadDigest,
  };
}

/**
 * The signer's own earlier records that the statement replaces, so that running a command again does not fill an image. None
 * for a statement that is no record; what others say stays.
 */
export async function supersededBy(
  { predicateType, predicate }: { readonly predicateType: string; readonly predicate: JsonObject },
  bundles: readonly BundleFact[],
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<readonly EvidenceFact[]> {
  const kind = recordKind(predicateType, predicate);
  if (!kind) return [];
  const verifier = await createVerifier(signer.publicMaterial);
  const superseded: EvidenceFact[] = [];
  for (const { is, fact, opened } of bundles) {
    if (is !== 'evidence' || fact.record !== kind || fact.signature === 'invalid') continue;
    const { envelope, material, json } = opened.bundle;
    const { payload, payloadType, signature, keyid } = envelope;
    if (!supersedes(kind, predicate, parseStatement(payload).predicate)) continue;
    const pae = encodePae(payloadType, payload);
    const { status, identity } = await verifier.verifyDsse(
      { pae, signature, material, keyid, hashing: 'bundle', bundle: json },
      signer.now?.() ?? now,
    );
    if (status === 'valid' && isSameSigner(identity, signer.identity)) superseded.push(fact);
  }
  return superseded;
}

/** Objects of a SIF that hold them. */
function objectsOf(superseded: readonly EvidenceFact[]): readonly number[] {
  return superseded.flatMap(({ place }) => (place.in === 'sif' ? [place.object] : []));
}
