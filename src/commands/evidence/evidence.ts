// SPDX-License-Identifier: Apache-2.0
// Where statements about an image go. Those about a SIF file: signed into its lane, signed into a file beside it when they are too large or
// the user wants files, or unsigned into a file when there is no key.

import { basename, dirname } from 'node:path';
import { printable } from '../../base/text.ts';
import { attachEvidence } from '../../stage/evidence.ts';
import { assertSound } from '../../stage/review.ts';
import { examineSif, type SifExamination } from '../../image/sif/examine.ts';
import { makeFolder } from '../../files/folder.ts';
import { openSif } from '../../sif/sif.ts';
import { openFileSource } from '../../sif/source.ts';
import { parseBundle } from '../../attest/bundle.ts';
import { trustIn } from '../../crypto/trust.ts';
import type { Signer } from '../../crypto/signer.ts';
import { parseStatementHead, subjectDigests } from '../../attest/statement.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import type { Host } from '../host.ts';
import { type ConnectionInputs, openFrom } from '../inputs/registry.ts';
import type { Subject } from '../inputs/subjects.ts';
import {
  assertBundlesFit,
  type EvidenceFolder,
  type NamedStatement,
  type Stored,
  writeBundles,
  writeStatements,
} from './files.ts';

/** What is to be stored about a SIF file, and where. */
interface StoreOptions {
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
  /** The image as it was examined already; read when not given. */
  readonly examination?: SifExamination;
  readonly onBytes?: (done: number, total: number) => void;
}

/** What is to be stored about an image wherever it is. */
type StatementsToStore = Omit<StoreOptions, 'path'> & { readonly attestationTag?: boolean };

/** With what an image is reached. */
interface Reach {
  readonly inputs: ConnectionInputs;
  readonly host: Host;
}

/**
 * Stores the statements about an image, in the file or attached in its registry.
 * @throws as storeEvidence, storeRegistryEvidence
 */
export async function storeStatements(
  subject: Subject,
  options: StatementsToStore,
  { inputs, host }: Reach,
): Promise<Stored> {
  if (subject.in === 'file') return storeEvidence({ ...options, path: subject.path });
  const { reference } = subject;
  const { storeRegistryEvidence } = await import('./registry.ts');
  const access = options.signer && !options.beside ? 'push' : 'pull';
  await using opened = await openFrom(inputs, host, { reference, access, existing: true });
  const where = { repository: opened.repository, reference, defaultFolder: inputs.workingDirectory };
  const stored = await storeRegistryEvidence({ ...options, ...where });
  for (const remark of stored.remarks ?? []) host.warning(`${subject.name}: ${remark}`);
  return stored;
}

/** An image about which something was signed. */
export interface SignedImage extends Pick<Stored, 'reference'> {
  readonly name: string;
  /** Of the statement. */
  readonly digest: string;
}

/** What was signed about, pinned where it is in a registry: its tag may name another image by now. */
export function signedAbout({ name, reference }: Omit<SignedImage, 'digest'>): string {
  return printable(reference ?? name, 1000);
}

/** Signs the same statement about each of the images. */
export async function signOnEach(
  subjects: readonly Subject[],
  { statement, signer }: { readonly statement: NamedStatement; readonly signer: Signer },
  reach: Reach,
): Promise<readonly SignedImage[]> {
  const images: SignedImage[] = [];
  for (const subject of subjects) {
    const options = { statements: [statement], signer, now: reach.host.now(), beside: false, folder: undefined };
    const { evidence, reference } = await storeStatements(subject, options, reach);
    images.push({ name: subject.name, reference, digest: evidence[0]?.digest ?? '' });
  }
  return images;
}

/**
 * Stores the statements; what is there already stays as it is.
 * @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; DataError DATA_TOO_LARGE; SifError and SystemError when the image or a file cannot be read or written
 */
export async function storeEvidence(options: StoreOptions): Promise<Stored> {
  const { signer, folder } = options;
  if (folder !== undefined) await makeFolder(folder);
  return signer && options.statements.length > 0 ? storeSigned(options, signer) : storeUnsigned(options);
}

async function storeSigned(options: StoreOptions, signer: Signer): Promise<Stored> {
  const { path, statements, now, beside, examination, onBytes } = options;
  assertBundlesFit(statements);
  const read = { ...(examination ? { examination } : {}), ...(onBytes ? { onBytes } : {}) };
  const attached = await attachEvidence({ path, statements, signer, now, beside, ...read });
  const all = options.folder !== undefined;
  const evidence = await writeBundles(attached, statements, { at: folderOf(options), all, signer, now });
  const first = attached[0];
  return { evidence, reference: null, contentDigests: first ? digestsIn(first.bundle) : [] };
}

function folderOf({ path, as, folder }: StoreOptions): EvidenceFolder {
  const named = as ?? path;
  return { folder: folder ?? dirname(named), name: basename(named) };
}

function digestsIn(bundle: Uint8Array): readonly string[] {
  const { subject } = parseStatementHead(parseBundle(bundle).envelope.payload);
  return subject.flatMap(subjectDigests);
}

async function storeUnsigned(options: StoreOptions): Promise<Stored> {
  const examination = await examineContent(options.path, options);
  return {
    evidence: await writeStatements(options.statements, examination.subjects, folderOf(options)),
    contentDigests: examination.facts.contentDigests,
    reference: null,
  };
}

/** The content of an image, signatures left unchecked. @throws SifError, SystemError */
export async function examineContent(
  path: string,
  { now, onBytes }: Pick<StoreOptions, 'now' | 'onBytes'>,
): Promise<SifExamination> {
  await using source = await openFileSource(path);
  const verifier = await createVerifier(trustIn({}));
  const image = await openSif(source);
  const examination = await examineSif(image, { name: path, verifier, now, ...(onBytes ? { onBytes } : {}) });
  assertSound(examination.facts.problems);
  await source.assertStill();
  return examination;
}
