// SPDX-License-Identifier: Apache-2.0
// Where statements about an image go: signed into its lane, signed into a file beside it when they are too large or the
// user wants files, or unsigned into a file when there is no key.

import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { attachEvidence, type EvidenceStatement, sifSubjects } from '../layers/attach.ts';
import { examineSif, type SifExamination } from '../layers/sif-facts.ts';
import { StageError } from '../layers/errors.ts';
import { sha256 } from '../primitives/digest.ts';
import { CountersignError, fileError } from '../primitives/errors.ts';
import { readFileBounded, writeFileAtomic } from '../primitives/file.ts';
import { LIMITS } from '../primitives/limits.ts';
import { openSif } from '../sif/image.ts';
import { openFileSource } from '../sif/source.ts';
import { type Bundle, parseBundle } from '../signing/bundle.ts';
import { encodePae } from '../signing/pae.ts';
import type { Signer } from '../signing/signer.ts';
import { encodeStatement, parseStatement } from '../signing/statement.ts';
import { createVerifier } from '../signing/verifier.ts';

/** A statement to be kept, and the word for it in file names. */
export interface NamedStatement extends EvidenceStatement {
  /** For instance `sbom` or `vulns-trivy`. */
  readonly label: string;
}

export interface StoredEvidence {
  readonly label: string;
  readonly predicateType: string;
  readonly signed: boolean;
  /** `lane`: in the image now; `present`: it was there already; `file`: only in the file. */
  readonly where: 'lane' | 'present' | 'file';
  /** SHA-256 of the statement: what approvals call it. */
  readonly digest: string;
  /** Absolute path of the file that was written or was there already, null when there is none. */
  readonly path: string | null;
}

export interface StoreOptions {
  /** Absolute path of the SIF file. */
  readonly path: string;
  /** Path that the image is going to have, when it does not have it yet: files are named after it. */
  readonly as?: string;
  readonly statements: readonly NamedStatement[];
  readonly signer: Signer | undefined;
  readonly now: Date;
  /** Keep everything out of the image. */
  readonly beside: boolean;
  /** Folder that gets a file of every statement; without it only what is not in the lane gets one, beside the image. */
  readonly folder: string | undefined;
  readonly onBytes?: (done: number, total: number) => void;
}

export interface Stored {
  readonly evidence: readonly StoredEvidence[];
  /** Content digests of the image, one per group. */
  readonly contentDigests: readonly string[];
}

/**
 * Stores the statements; what is there already stays as it is.
 * @throws StageError STAGE_IMAGE_BROKEN; SifError and SystemError when the image or a file cannot be read or written
 */
export async function storeEvidence(options: StoreOptions): Promise<Stored> {
  const { signer, folder } = options;
  if (folder !== undefined) await makeFolder(folder);
  return signer && options.statements.length > 0 ? storeSigned(options, signer) : storeUnsigned(options);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(error, folder, 'write');
  }
}

async function storeSigned(options: StoreOptions, signer: Signer): Promise<Stored> {
  const { path, statements, now, beside, onBytes } = options;
  const attached = await attachEvidence({ path, statements, signer, now, beside, ...(onBytes ? { onBytes } : {}) });
  const labels = uniqueLabels(statements);
  const evidence: StoredEvidence[] = [];
  for (const [index, { predicateType, where, bundle, digest }] of attached.entries()) {
    const label = labels[index] ?? 'other';
    const wanted = where === 'file' || options.folder !== undefined;
    const file = wanted ? fileFor(options, `${label}.sigstore.json`) : null;
    const there = file !== null && (await holdsSame(file, parseBundle(bundle), { signer, now }));
    if (file !== null && !there) await writeFileAtomic(file, bundle);
    evidence.push({
      label,
      predicateType,
      signed: true,
      where: there && where === 'file' ? 'present' : where,
      digest,
      path: file,
    });
  }
  const first = attached[0];
  return { evidence, contentDigests: first ? subjectDigests(parseBundle(first.bundle).envelope.payload) : [] };
}

/** Several statements of one kind get numbers. */
function uniqueLabels(statements: readonly NamedStatement[]): readonly string[] {
  const seen = new Map<string, number>();
  return statements.map(({ label }) => {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label}-${count}`;
  });
}

function fileFor({ path, as, folder }: StoreOptions, ending: string): string {
  const named = as ?? path;
  return join(folder ?? dirname(named), `${basename(named)}.${ending}`);
}

function subjectDigests(payload: Uint8Array): readonly string[] {
  return parseStatement(payload).subject.map(({ digest }) => `sha256:${digest['sha256'] ?? ''}`);
}

/** True when the file is a bundle of the same statement that this signer made, so that a second run changes nothing. */
async function holdsSame(file: string, fresh: Bundle, by: { signer: Signer; now: Date }): Promise<boolean> {
  try {
    const { envelope, payloadDigest, material } = parseBundle(await readFileBounded(file, LIMITS.reportBytes));
    if (payloadDigest !== fresh.payloadDigest) return false;
    const verifier = await createVerifier(by.signer.publicMaterial);
    const pae = encodePae(envelope.payloadType, envelope.payload);
    const { signature, keyid } = envelope;
    const check = await verifier.verifyDsse({ pae, signature, material, keyid, hashing: 'bundle' }, by.now);
    return check.status === 'valid';
  } catch (error) {
    if (error instanceof CountersignError) return false;
    throw error;
  }
}

async function storeUnsigned(options: StoreOptions): Promise<Stored> {
  const examination = await examineContent(options.path, options);
  const subject = sifSubjects(examination);
  const labels = uniqueLabels(options.statements);
  const evidence: StoredEvidence[] = [];
  for (const [index, { predicateType, predicate }] of options.statements.entries()) {
    const label = labels[index] ?? 'other';
    const payload = encodeStatement({ subject, predicateType, predicate });
    const path = fileFor(options, `${label}.intoto.json`);
    await writeFileAtomic(path, payload);
    evidence.push({ label, predicateType, signed: false, where: 'file', digest: sha256(payload), path });
  }
  return { evidence, contentDigests: examination.groups.map(({ digest }) => digest) };
}

/** The content of an image, signatures left unchecked. */
async function examineContent(
  path: string,
  { now, onBytes }: Pick<StoreOptions, 'now' | 'onBytes'>,
): Promise<Pick<SifExamination, 'groups'>> {
  await using source = await openFileSource(path);
  const verifier = await createVerifier({ keyrings: [], keys: [], anchors: [], intermediates: [], certificates: [] });
  const image = await openSif(source);
  const examination = await examineSif(image, { name: path, verifier, now, ...(onBytes ? { onBytes } : {}) });
  const [problem] = examination.facts.problems;
  if (problem) throw new StageError('STAGE_IMAGE_BROKEN', problem.message, { hint: problem.hint });
  return examination;
}

/** One line about where a statement went. */
export function describeEvidence({ label, signed, where, path }: StoredEvidence): string {
  const place = { lane: 'in the image', present: 'was there already', file: 'beside the image' }[where];
  return `${label}: ${signed ? 'signed' : 'not signed'}, ${place}${path === null ? '' : `, ${path}`}`;
}
