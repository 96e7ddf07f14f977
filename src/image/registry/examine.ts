// SPDX-License-Identifier: Apache-2.0
// One image in a registry → all facts about it. A SIF is judged by its own layers and the attached ones, its data by
// those who vouch for it or by reading it; any other image by its manifest digest, and an index with all its platforms.

import { basename } from 'node:path';
import { type StatementSubject, subjectNamed } from '../../attest/statement.ts';
import { isDigest, sha256, type Digest } from '../../base/bytes.ts';
import { withinEffort } from '../../crypto/signatures.ts';
import type { Verifier } from '../../crypto/verifier.ts';
import type { Reason } from '../../findings/signature.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import type { SifImage } from '../../sif/sif.ts';
import { type ContentView, type Examination, type FoundBundle, placeBundle } from '../bundle.ts';
import { openBundles } from '../open-bundles.ts';
import { readSignatureObjects } from '../sif/signature-objects.ts';
import { withinLimits } from '../carried-crls.ts';
import { type ExamineOptions, examineSif, type SifExamination } from '../sif/examine.ts';
import { type Criteria, judgeImage, type VerifyOptions } from '../verify.ts';
import { type Attachments, readAttachments } from './attachments.ts';
import { blobHasher, isFolder, openRemoteSif, type RegistryImage } from './image.ts';
import { type BlobCheck, blobProblems } from './blobs.ts';
import { type LegacyCheck, legacyFacts } from './cosign.ts';

/** What was found on an image in a registry. */
export interface RegistryExamination extends Examination {
  readonly image: RegistryImage;
  readonly attached: Attachments;
  /** Set when the image is a SIF. */
  readonly sif: SifExamination | undefined;
}

/** How such an image is examined. */
export interface ExamineRegistryOptions {
  readonly name: string;
  readonly verifier: Verifier;
  readonly now: Date;
  /**
   * Read and hash a SIF's data instead of relying on who vouches for it; of any other image config and layers, which
   * else are taken to be what its manifests name.
   */
  readonly verifyData: boolean;
  /** Evidence that is kept elsewhere and was given along. */
  readonly evidence?: readonly FoundBundle[];
  /** Folder with GPG signatures. */
  readonly lookaside?: string | undefined;
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Reads, checks and compares everything on an image in a registry.
 * @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot; SignatureError
 * SIGNATURE_EFFORT_TOO_LARGE; as lookasideFacts
 */
export function examineRegistryImage(
  image: RegistryImage,
  options: ExamineRegistryOptions,
): Promise<RegistryExamination> {
  return withinEffort(async () => {
    const examined =
      image.shape.is === 'sif'
        ? await examineSifImage(image, options)
        : await examinePlainImage(image, await readAttachments(image), options);
    return options.lookaside === undefined ? examined : withLookaside(examined, options.lookaside, options);
  });
}

/** A signature of the manifest of a SIF is one of all that is in it, as with cosign. */
async function withLookaside(
  examined: RegistryExamination,
  folder: string,
  { verifier, now }: ExamineRegistryOptions,
): Promise<RegistryExamination> {
  const { lookasideFacts } = await import('./lookaside.ts');
  const { image, view, sif, facts } = examined;
  const all = sif && facts.units.map(({ id }) => id);
  const unitsOf = (digest: Digest) => all ?? view.unitsOf(digest);
  const filed = await lookasideFacts(image, { folder, verifier, now, unitsOf });
  return { ...examined, facts: { ...facts, layers: [...facts.layers, ...filed] } };
}

async function examineSifImage(image: RegistryImage, options: ExamineRegistryOptions): Promise<RegistryExamination> {
  if (image.shape.is !== 'sif') throw new Error('not a SIF');
  const { layer } = image.shape;
  const { name, verifier, now, verifyData, evidence, onBytes } = options;
  const file = await openRemoteSif(image.repository, layer);
  const attached = await readAttachments(image, await signatureBlobs(file));
  const broken = await problemsOfBlobs(image, { verifyData: false });
  const sif = await examineWithAttached(
    file,
    { image, attached },
    {
      name,
      verifier,
      now,
      ...(evidence ? { evidence } : {}),
      ...(verifyData ? { data: 'read', hash: blobHasher(image.repository, layer) } : { data: 'claimed' }),
      ...(onBytes ? { onBytes } : {}),
    },
  );
  const whole: readonly StatementSubject[] = [image.descriptor.digest, layer.digest].map((digest) =>
    subjectOf(image, digest),
  );
  return {
    image,
    attached,
    sif,
    facts: { ...sif.facts, problems: [...broken, ...sif.facts.problems] },
    view: sif.view,
    verifier: sif.verifier,
    bundles: sif.bundles,
    subjects: [...sif.subjects, ...whole],
    content: sif.content,
    freeSlots: sif.image.freeSlots,
  };
}

/**
 * All facts about a SIF, in the registry or fetched from it, together with what is attached to it there.
 * @throws SifError when it cannot be read as a SIF
 */
export function examineWithAttached(
  file: SifImage,
  found: { readonly image: RegistryImage; readonly attached: Attachments },
  options: Omit<ExamineOptions, 'beside' | 'besideNatives' | 'aliases'> & Pick<ExamineRegistryOptions, 'evidence'>,
): Promise<SifExamination> {
  return withinEffort(() => examineBoth(file, found, options));
}

async function examineBoth(
  ...[file, { image, attached }, options]: Parameters<typeof examineWithAttached>
): Promise<SifExamination> {
  const { now, evidence } = options;
  const blobs = image.shape.is === 'sif' ? [image.shape.layer.digest] : [];
  const sif = await examineSif(file, {
    ...options,
    beside: withEvidence(attached, evidence),
    besideNatives: attached.natives,
    besideCrls: attached.crls,
    aliases: [image.descriptor.digest, ...blobs],
  });
  const unitsOf = () => sif.facts.units.map(({ id }) => id);
  const facts = await withOthers(sif.facts, attached, { verifier: sif.verifier, now, unitsOf });
  return {
    ...sif,
    facts: { ...facts, ...referenceOf(image), problems: [...facts.problems, ...listProblems(attached)] },
  };
}

/** What was found together with what is attached in formats of others. */
async function withOthers(
  found: ImageFacts,
  attached: Attachments,
  check: Omit<LegacyCheck, 'known'>,
): Promise<ImageFacts> {
  const { cosign, notations, envelopes, foreign } = attached;
  if (cosign.length + notations.length + envelopes.length === 0)
    return { ...found, unjudged: [...(found.unjudged ?? []), ...foreign] };
  const more = await legacyFacts(attached, { ...check, known: found });
  return {
    ...found,
    layers: [...found.layers, ...more.layers],
    evidence: [...found.evidence, ...more.evidence],
    unjudged: [...(found.unjudged ?? []), ...foreign, ...more.unjudged],
  };
}

/** What is wrong with blobs, where they are looked at: in a registry only if they are to be read. */
async function problemsOfBlobs(image: RegistryImage, check: BlobCheck): Promise<readonly Reason[]> {
  return check.verifyData || isFolder(image.repository) ? blobProblems(image, check) : [];
}

/** What is attached, and what was given along and is not. */
function withEvidence({ bundles }: Attachments, given: readonly FoundBundle[] = []): readonly FoundBundle[] {
  const attached = new Set(given.length > 0 ? bundles.map(({ bytes }) => sha256(bytes)) : []);
  return [...bundles, ...given.filter(({ bytes }) => !attached.has(sha256(bytes)))];
}

/** The signature objects of a file by digest: what its layers are called when they are attached. */
async function signatureBlobs(file: SifImage): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const { natives, lane } = await readSignatureObjects(file);
  return new Map([...natives, ...lane].map(({ data }) => [sha256(data), data]));
}

async function examinePlainImage(
  image: RegistryImage,
  attached: Attachments,
  { name, verifier: asked, now, verifyData, evidence: given, onBytes }: ExamineRegistryOptions,
): Promise<RegistryExamination> {
  const verifier = asked.withCrls(withinLimits(attached.crls));
  const broken = await problemsOfBlobs(image, { verifyData, ...(onBytes ? { onBytes } : {}) });
  const digests = image.subjects.map(({ digest }) => digest);
  const unitsOf = (digest: Digest): readonly string[] => (digests.includes(digest) ? [unitId(digest)] : []);
  const units = digests.map(unitId);
  const view: ContentView = { kind: 'oci', digests, aliases: [], units, known: true, unitsOf, explain: () => [] };
  const opened = await openBundles(withEvidence(attached, given), { verifier, now });
  const bundles = opened
    .map((bundle) => placeBundle(bundle, view))
    .filter(({ is, opened: read }) => is === 'evidence' || !read?.found.evidenceOnly);
  const found: ImageFacts = {
    name,
    kind: 'oci',
    ...referenceOf(image),
    contentDigests: [image.descriptor.digest],
    units: units.map((id) => ({ id })),
    layers: bundles.flatMap((bundle) => (bundle.is === 'layer' ? [bundle.fact] : [])),
    evidence: bundles.flatMap((bundle) => (bundle.is === 'evidence' ? [bundle.fact] : [])),
    dataRead: verifyData,
    problems: [...broken, ...listProblems(attached)],
  };
  const facts = await withOthers(found, attached, { verifier, now, unitsOf });
  const subjects = digests.map((digest) => subjectOf(image, digest));
  return { image, attached, sif: undefined, facts, view, verifier, bundles, subjects, content: [], freeSlots: null };
}

/** What signatures that name a place are compared with; a folder is none. */
function referenceOf({ repository: { name }, name: pinned, asked }: RegistryImage) {
  return isFolder({ name }) ? { pinned } : { pinned, reference: `${name}${isDigest(asked) ? '@' : ':'}${asked}` };
}

function unitId(digest: Digest): string {
  return `manifest ${digest}`;
}

/** Statements are public: of a layout folder only the last part of its path is named. */
function subjectOf({ repository: { name } }: RegistryImage, digest: Digest): StatementSubject {
  const place = isFolder({ name }) ? `oci:${basename(name)}` : name;
  return subjectNamed(place, digest);
}

/** Entries that are named when they are passed over. */
const REJECTED_SHOWN = 20;

/** A list that was cut proves nothing about what is missing, so no verdict may rest on it. */
function listProblems({ complete, rejected }: Attachments): readonly Reason[] {
  const passedOver = rejected.slice(0, REJECTED_SHOWN).map(({ digest, reason }): Reason => {
    const what = digest.startsWith('sha256:') ? `referrer ${digest}` : digest;
    return {
      code: 'REGISTRY_ATTACHED_UNREADABLE',
      message: `${what} is passed over: ${reason}`,
      hint: 'nothing; or let the user list tags, or find out who altered the registry',
      severity: 'remark',
    };
  });
  if (complete) return passedOver;
  const cut: Reason = {
    code: 'REGISTRY_ATTACHED_TOO_LARGE',
    message: 'more is attached to the image than is looked at',
    hint: 'remove attached manifests that are not needed',
  };
  return [cut, ...passedOver];
}

/**
 * The verdict about an image in a registry or layout folder.
 * @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
 */
export async function verifyRegistryImage(
  image: RegistryImage,
  criteria: Criteria,
  options: Pick<VerifyOptions, 'name' | 'onBytes' | 'stages'> &
    Pick<ExamineRegistryOptions, 'verifyData' | 'lookaside'>,
): Promise<ImageVerdict> {
  const { verifyData, lookaside, onBytes } = options;
  const examination = await examineRegistryImage(image, {
    name: options.name ?? image.name,
    verifier: criteria.verifier,
    now: criteria.now,
    verifyData,
    lookaside,
    ...(onBytes ? { onBytes } : {}),
  });
  return judgeImage(examination, criteria, options.stages);
}
