// SPDX-License-Identifier: Apache-2.0
// Puts layers that travelled beside a SIF into the file, so that Apptainer finds the native signatures and the image
// carries its approvals itself. The same file and the same set of layers give the same bytes, in whatever order they came.

import type { NativeEntry } from '../attest/approval.ts';
import type { EvidenceFact } from '../policy/facts.ts';
import { hasEnded } from '../policy/rules/people.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import { sha256, type Digest } from '../base/bytes.ts';
import { LIMITS } from '../base/limits.ts';
import type { NewObject } from '../sif/edit/append.ts';
import type { BundleFact } from '../image/bundle.ts';
import { evidenceLabel, type NativeSignature, placeText } from '../image/sif/signature-objects.ts';
import { laneObject } from '../image/sif/lane.ts';
import { nativeObject } from '../stage/native.ts';
import { appendLayers } from '../stage/append.ts';
import type { Attachments } from '../image/registry/attachments.ts';
import { type SifExamination } from '../image/sif/examine.ts';
import { compare, needlessStrangers, withoutDoubles } from './copies.ts';
import { createCriteria, type Criteria, type VerifyOptions, verifySifFile } from '../image/verify.ts';

/** What is to be appended, and what is left out and why. */
export interface AssemblyPlan {
  readonly objects: readonly NewObject[];
  /** How many of them are approvals and evidence. */
  readonly layers: number;
  /** Unix seconds that the header is stamped with: the last approval's time, so that it follows from the layers. */
  readonly time: number;
  readonly leftOut: readonly { readonly where: string; readonly why: string }[];
}

/**
 * The objects to append to an examined image, in their one order: evidence, then approvals by sequence number, each after
 * its native signatures. `trusted`: only layers with a valid signature; otherwise all that are about this content.
 */
export function planAssembly(examination: SifExamination, trusted: boolean): AssemblyPlan {
  const leftOut: { where: string; why: string }[] = [];
  const beside = examination.bundles.filter(({ fact }) => fact.place.in === 'registry');
  const named = namedByTrusted(examination);
  const halves = withoutNative(beside, examination);
  const taken = beside.filter((bundle) => {
    const why = unfit(bundle, (fact) => !trusted || named.has(fact.digest)) ?? halves.get(bundle);
    if (why !== undefined) leftOut.push({ where: placeText(bundle.fact.place), why });
    return why === undefined;
  });
  const strangers = trusted ? needlessStrangers(taken, examination) : new Set<BundleFact>();
  const why = 'its signer is not known, and its statement is there without it';
  for (const { fact } of strangers) leftOut.push({ where: placeText(fact.place), why });
  const wanted = taken.filter((bundle) => !strangers.has(bundle));
  const { missing, stamped } = withoutDoubles(wanted, examination);
  const all = inOrder([...missing, ...stamped]);
  const fits = objectsFor(all, examination).length <= (examination.freeSlots ?? 0);
  const full = 'the file has it without timestamp, and no slots for more';
  if (!fits) for (const { fact } of stamped) leftOut.push({ where: placeText(fact.place), why: full });
  const ordered = fits ? all : inOrder(missing);
  const objects = objectsFor(ordered, examination);
  const times = ordered.flatMap(({ fact }) =>
    'signedAt' in fact && fact.signedAt ? [Date.parse(fact.signedAt) / 1000] : [],
  );
  const layers = ordered.length;
  return { objects, layers, time: Math.floor(Math.max(examination.image.header.modifiedAt, ...times)), leftOut };
}

function inOrder(bundles: readonly BundleFact[]): readonly BundleFact[] {
  return bundles.toSorted((a, b) => rank(a) - rank(b) || compare(orderOf(a), orderOf(b)));
}

function objectsFor(ordered: readonly BundleFact[], examination: SifExamination): readonly NewObject[] {
  const placed = new Set<Digest>();
  return ordered.flatMap((bundle) => [
    ...nativeObjects(bundle, examination, placed),
    ...(bundle.opened ? [laneObject(...labelled(bundle), bundle.opened.found.bytes)] : []),
  ]);
}

/**
 * Appends a plan to the file it was made for.
 * @throws SifError SIF_NO_FREE_SLOT, SIF_CHANGED and others; the file is then as it was
 */
export async function assemble(
  path: string,
  plan: AssemblyPlan,
  { image, digests }: Pick<SifExamination, 'image' | 'digests'>,
): Promise<readonly number[]> {
  if (plan.objects.length === 0) return [];
  return appendLayers(path, plan.objects, {
    now: new Date(plan.time * 1000),
    time: plan.time,
    expected: image,
    expectedDigests: digests,
  });
}

/** What valid approvals list: left out, it would be missed in the file. */
function namedByTrusted({ facts }: SifExamination): ReadonlySet<Digest> {
  const approvals = facts.layers.flatMap(({ approval, signature, contradicted }) =>
    approval && signature === 'valid' && !contradicted ? [approval] : [],
  );
  return new Set(approvals.flatMap(({ roster, evidence }) => [...roster, ...evidence].map(({ digest }) => digest)));
}

function unfit(bundle: BundleFact, mayBeUnknown: (fact: BundleFact['fact']) => boolean): string | undefined {
  const { fact, opened } = bundle;
  if (!opened) return 'it cannot be read';
  // A stage may be about a part of the image; that is for the policy to say.
  if (fact.contradicted || fact.covers.length === 0) return 'it is about other content';
  if (bundle.is === 'layer' && bundle.fact.approval === null) return 'it is no approval';
  const { length } = opened.found.bytes;
  const limit = bundle.is === 'evidence' ? LIMITS.laneEvidenceBytes : LIMITS.sifSignatureBytes;
  if (length > limit) return `it has ${length} bytes, more than ${bundle.is} in a file may have`;
  if (fact.signature === 'valid' || (mayBeUnknown(fact) && fact.signature !== 'invalid')) return undefined;
  if (bundle.is === 'evidence' && outlastsItsSigner(bundle.fact)) return undefined;
  return `its signature is ${fact.signature}`;
}

/** What was taken back stays taken back, and broken glass is shown, also when the key has ended. */
function outlastsItsSigner(fact: EvidenceFact): boolean {
  return (fact.withdrawal !== undefined || fact.breakGlass !== undefined) && hasEnded(fact);
}

/**
 * Approvals whose native signatures are neither in the file nor attached, and those that build on them, with the reason
 * to leave them out: in the file they would say for ever that something was removed.
 */
function withoutNative(beside: readonly BundleFact[], examination: SifExamination): ReadonlyMap<BundleFact, string> {
  const standing = examination.bundles.filter(({ fact }) => fact.place.in === 'sif');
  const inside = new Set(standing.map(({ fact }) => fact.digest));
  const incomplete = new Set<Digest>();
  const halves = new Map<BundleFact, string>();
  for (const bundle of beside.toSorted((a, b) => rank(a) - rank(b))) {
    const approval = bundle.is === 'layer' ? bundle.fact.approval : null;
    if (!approval || inside.has(bundle.fact.digest)) continue;
    const half = approval.native.some(({ group, digest }) => !nativeOf(bundle, examination, { group, digest }));
    const builds = approval.roster.some(({ digest }) => incomplete.has(digest));
    if (!half && !builds) continue;
    incomplete.add(bundle.fact.digest);
    halves.set(bundle, half ? HALF : 'it builds on an approval that is left out: pull the published image instead');
  }
  return halves;
}

const HALF = 'its native signature is in the published image only: pull that image instead';

/** Two signatures under one statement are told apart by their bytes. */
function orderOf({ fact, opened }: BundleFact): readonly (string | number)[] {
  return [fact.digest, opened ? sha256(opened.found.bytes) : ''];
}

function rank(bundle: BundleFact): number {
  return bundle.is === 'layer' ? (bundle.fact.approval?.sequence ?? 0) : 0;
}

function labelled(bundle: BundleFact): ['approval' | 'evidence', string] {
  return bundle.is === 'evidence'
    ? ['evidence', evidenceLabel(bundle.fact.predicateType)]
    : ['approval', bundle.fact.approval?.stage ?? ''];
}

/** Native signatures that an approval names and the file does not hold yet. Others stay out: Apptainer would refuse them. */
function nativeObjects(bundle: BundleFact, examination: SifExamination, placed: Set<Digest>): readonly NewObject[] {
  const wanted = bundle.is === 'layer' ? (bundle.fact.approval?.native ?? []) : [];
  return wanted.flatMap((entry) => {
    const native = nativeOf(bundle, examination, entry);
    if (!native || native.found.object !== undefined || placed.has(entry.digest)) return [];
    placed.add(entry.digest);
    const { fingerprint, data } = native.found;
    const { signedAt } = native.check;
    return fingerprint && signedAt ? [nativeObject(data, entry.group, { fingerprint, signedAt })] : [];
  });
}

/** A native signature that an approval names: in the file, else beside it in a form that the file can get. */
function nativeOf(bundle: BundleFact, { natives }: SifExamination, entry: NativeEntry): NativeSignature | undefined {
  const named = natives.filter(({ group, digest }) => group === entry.group && digest === entry.digest);
  const owner = ownerOf(bundle);
  return (
    named.find(({ found }) => found.object !== undefined) ??
    named.find(
      ({ found, check }) =>
        sha256(found.data) === entry.digest && found.fingerprint === owner && owner !== undefined && check.signedAt,
    )
  );
}

/** Whose native signatures belong to a bundle: anybody can attach a copy of them under another name. */
function ownerOf({ fact: { signer, signature }, opened }: BundleFact): string | undefined {
  if (signature === 'valid') return signer?.method === 'pgp' ? signer.fingerprint : undefined;
  const material = opened?.bundle.material;
  const hint = material?.kind === 'public-key' ? material.hint : '';
  return /^openpgp4fpr:([0-9a-f]{40})$/.exec(hint)?.[1]?.toUpperCase();
}

/** What was put into a file. */
export interface Assembled {
  /** IDs of the appended objects. */
  readonly added: readonly number[];
  readonly leftOut: AssemblyPlan['leftOut'];
}

/**
 * Appends to a file what was examined together with it. `trusted`: only layers with a valid signature.
 * @throws SifError when the file cannot be changed (it is then as it was)
 */
export async function assembleExamined(
  path: string,
  examination: SifExamination,
  trusted: boolean,
): Promise<Assembled> {
  const plan = planAssembly(examination, trusted);
  return { added: await assemble(path, plan, examination), leftOut: plan.leftOut };
}

/**
 * Examines a file with layers that travelled beside it and appends them. The verdict is about the image with all layers,
 * before they are appended; undefined without anything to trust.
 * @throws SifError when the file cannot be read or changed (it is then as it was)
 */
export async function assembleFile(
  path: string,
  layers: Pick<Attachments, 'bundles' | 'natives'>,
  options: Pick<VerifyOptions, 'name' | 'hash'> & { readonly criteria: Criteria | undefined; readonly now: Date },
): Promise<Assembled & { readonly verdict: ImageVerdict | undefined }> {
  const criteria = options.criteria ?? (await createCriteria({ policy: undefined, now: options.now }));
  const { verdict, examination } = await verifySifFile(path, criteria, {
    name: options.name ?? path,
    beside: layers.bundles,
    besideNatives: layers.natives,
    ...(options.hash ? { hash: options.hash } : {}),
  });
  const trusted = options.criteria !== undefined;
  return { ...(await assembleExamined(path, examination, trusted)), verdict: trusted ? verdict : undefined };
}
