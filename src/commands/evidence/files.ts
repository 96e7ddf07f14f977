// SPDX-License-Identifier: Apache-2.0
// Statements and bundles as files: their names, and writing them so that a second run changes nothing.

import { join } from 'node:path';
import type { EvidenceStatement } from '../../stage/evidence.ts';
import { assertStatementReadable } from '../../stage/bundles.ts';
import { sha256 } from '../../base/bytes.ts';
import { CountersignError, DataError } from '../../base/errors.ts';
import { readFileBounded, writeFileAtomic } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import { encodePae, parseBundle } from '../../attest/bundle.ts';
import type { Signer } from '../../crypto/signer.ts';
import { encodeStatement, type StatementSubject } from '../../attest/statement.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';

/** A statement to be kept, and the word for it in file names. */
export interface NamedStatement extends EvidenceStatement {
  /** For instance `sbom` or `vulns-trivy`; several statements of one kind get numbers. */
  readonly label: string;
}

/** A statement, and where it is now. */
export interface StoredEvidence {
  readonly label: string;
  readonly predicateType: string;
  readonly signed: boolean;
  /** `lane`: in the image now; `referrer`: attached to it in its registry; `present`: it was there already; `file`: only in the file. */
  readonly where: 'lane' | 'referrer' | 'present' | 'file';
  /** SHA-256 of the statement: what approvals call it. */
  readonly digest: string;
  /** Absolute path of the file that was written or was there already, null when there is none. */
  readonly path: string | null;
}

/** What became of the statements about one image. */
export interface Stored {
  readonly evidence: readonly StoredEvidence[];
  /** Content digests of the image. */
  readonly contentDigests: readonly string[];
  /** The image in its registry or layout folder, pinned: `place@sha256:…`; null for a file. */
  readonly reference: string | null;
  /** Why other tools do not see what was attached. */
  readonly remarks?: readonly string[];
}

/** Where files go and what their names begin with. */
export interface EvidenceFolder {
  readonly folder: string;
  /** Base name of the image. */
  readonly name: string;
}

/** What became of a signed statement before files are written. */
export interface SignedEvidence {
  readonly predicateType: string;
  readonly where: StoredEvidence['where'];
  readonly bundle: Uint8Array;
  readonly digest: string;
}

/**
 * Refuses statements that no reader of bundles would take once they are signed.
 * @throws DataError DATA_TOO_LARGE
 */
export function assertBundlesFit(statements: readonly NamedStatement[]): void {
  for (const { label, predicate } of statements) {
    const bytes = Math.ceil((Buffer.byteLength(JSON.stringify(predicate)) * 4) / 3);
    if (bytes > LIMITS.bundleBytes)
      throw new DataError(
        'DATA_TOO_LARGE',
        `${label} signed has about ${bytes} bytes; the limit is ${LIMITS.bundleBytes}`,
        {
          hint: 'leave out what is not needed (an SBOM without its list of files is much smaller), or run without a key to keep it as an unsigned statement',
        },
      );
  }
}

/** Writes the bundles that are wanted as files: all of them, or only those that are nowhere else. */
export async function writeBundles(
  signed: readonly SignedEvidence[],
  statements: readonly NamedStatement[],
  options: { readonly at: EvidenceFolder; readonly all: boolean; readonly signer: Signer; readonly now: Date },
): Promise<readonly StoredEvidence[]> {
  const labels = uniqueLabels(statements);
  const evidence: StoredEvidence[] = [];
  for (const [index, { predicateType, where, bundle, digest }] of signed.entries()) {
    const label = labels[index] ?? 'other';
    const path = where === 'file' || options.all ? pathOf(options.at, `${label}.sigstore.json`) : null;
    const there = path !== null && (await holdsSame(path, digest, options));
    if (path !== null && !there) await writeFileAtomic(path, bundle);
    const place = there && where === 'file' ? 'present' : where;
    evidence.push({ label, predicateType, signed: true, where: place, digest, path });
  }
  return evidence;
}

/** Writes unsigned statements, all or none. @throws StageError STAGE_LAYER_UNREADABLE; SystemError */
export async function writeStatements(
  statements: readonly NamedStatement[],
  subject: readonly StatementSubject[],
  at: EvidenceFolder,
): Promise<readonly StoredEvidence[]> {
  const labels = uniqueLabels(statements);
  const encoded = statements.map(({ predicateType, predicate }, index) => {
    const label = labels[index] ?? 'other';
    const payload = encodeStatement({ subject, predicateType, predicate });
    assertStatementReadable(payload, label);
    return { label, predicateType, payload };
  });
  const evidence: StoredEvidence[] = [];
  for (const { label, predicateType, payload } of encoded) {
    const path = pathOf(at, `${label}.intoto.json`);
    await writeFileAtomic(path, payload);
    evidence.push({ label, predicateType, signed: false, where: 'file', digest: sha256(payload), path });
  }
  return evidence;
}

function pathOf({ folder, name }: EvidenceFolder, ending: string): string {
  return join(folder, `${name}.${ending}`);
}

function uniqueLabels(statements: readonly NamedStatement[]): readonly string[] {
  const seen = new Map<string, number>();
  return statements.map(({ label }) => {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label}-${count}`;
  });
}

/** True when the file is a bundle of the same statement by the same signer. */
async function holdsSame(path: string, digest: string, by: { signer: Signer; now: Date }): Promise<boolean> {
  try {
    const { envelope, payloadDigest, material, json } = parseBundle(await readFileBounded(path, LIMITS.bundleBytes));
    if (payloadDigest !== digest) return false;
    const verifier = await createVerifier(by.signer.publicMaterial);
    const pae = encodePae(envelope.payloadType, envelope.payload);
    const { signature, keyid } = envelope;
    const check = await verifier.verifyDsse(
      { pae, signature, material, keyid, hashing: 'bundle', bundle: json },
      by.now,
    );
    return check.status === 'valid';
  } catch (error) {
    if (error instanceof CountersignError) return false;
    throw error;
  }
}

/** One line about where a statement went. */
export function describeEvidence({ label, signed, where, path }: StoredEvidence): string {
  const place = {
    lane: 'in the image',
    referrer: 'attached in the registry',
    present: 'was there already',
    file: 'beside the image',
  }[where];
  return `${label}: ${signed ? 'signed' : 'not signed'}, ${place}${path === null ? '' : `, ${path}`}`;
}
