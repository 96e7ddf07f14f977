// SPDX-License-Identifier: Apache-2.0
// Adds one stage's layer to a SIF: examine (one read), verify what came before, sign, check what was signed, append.
// Nothing is written unless the new approval would count.

import type { LayerFact, NativeEntry, SignerIdentity } from '../policy/facts.ts';
import type { ImageVerdict, LayerReport } from '../policy/verdict.ts';
import { type Digest, sha256Hex } from '../primitives/digest.ts';
import { openSif } from '../sif/image.ts';
import { openFileSource } from '../sif/source.ts';
import { appendObjects, deleteObjects, type NewObject } from '../sif/writer.ts';
import { APPROVAL_PREDICATE_TYPE, encodeApproval, isStageName } from '../signing/approval.ts';
import { encodeBundle, parseBundle } from '../signing/bundle.ts';
import { encodePae } from '../signing/pae.ts';
import type { Signer } from '../signing/signer.ts';
import { encodeStatement, IN_TOTO_PAYLOAD_TYPE } from '../signing/statement.ts';
import { openBundle, placeBundle, SIF_SUBJECT } from './bundle-facts.ts';
import { type ApprovalRequest, draftApproval, identityKey, stagesBefore } from './draft.ts';
import { StageError } from './errors.ts';
import { laneObject } from './lane.ts';
import { type NativeChoice, type NativePlan, planNative } from './native-plan.ts';
import { examineSif, type SifExamination, sifView } from './sif-facts.ts';
import { type Judge, judgeFacts } from './verify.ts';

export interface StageRequest extends ApprovalRequest {
  readonly signer: Signer;
  readonly native: NativeChoice;
  /** Put a new approval in the place of this signer's present one. */
  readonly replace: boolean;
  /** Do everything but write. */
  readonly dryRun: boolean;
  /** Refuse when an earlier stage of the policy has not passed. */
  readonly verifyPrevious: boolean;
  readonly toolVersion: string;
  readonly onBytes?: (done: number, total: number) => void;
}

export interface StageResult {
  /** `unchanged`: this approval is there already. `refused`: an earlier stage has not passed, see `verdict`. */
  readonly outcome: 'signed' | 'replaced' | 'planned' | 'unchanged' | 'refused';
  /** About the earlier stages; undefined without a policy or with `verifyPrevious` off. */
  readonly verdict: ImageVerdict | undefined;
  readonly contentDigests: readonly Digest[];
  /** Bytes of the approval's bundle; undefined when refused. */
  readonly bundle: Uint8Array | undefined;
  /** What later approvals will call it; undefined when refused. */
  readonly digest: Digest | undefined;
  /** IDs of the objects that were added. */
  readonly objects: readonly number[];
  readonly freeSlots: number;
  readonly signer: SignerIdentity;
  readonly remarks: readonly string[];
}

/**
 * Signs a stage on a SIF file.
 * @throws StageError STAGE_*; SifError when the file cannot be read or changed (it is then as it was); SignatureError
 */
export async function signSifStage(path: string, judge: Judge, request: StageRequest): Promise<StageResult> {
  assertStage(judge, request.stage);
  const examination = await examine(path, judge, request);
  assertSound(examination);
  const { facts } = examination;
  const base = {
    contentDigests: facts.contentDigests,
    signer: request.signer.identity,
    freeSlots: examination.image.freeSlots,
    objects: [],
    remarks: [],
  };
  const verdict = previousVerdict(examination, judge, request);
  if (verdict?.verdict === 'failed')
    return { ...base, outcome: 'refused', verdict, bundle: undefined, digest: undefined };
  const own = ownLayers(examination, request);
  const standing = own.find((layer) => stands(layer, examination, judge));
  if (standing && !request.replace)
    return {
      ...base,
      outcome: 'unchanged',
      verdict,
      bundle: bundleBytes(examination, standing),
      digest: standing.digest,
    };
  const replaced = request.replace ? own : [];
  assertReplaceable(replaced, examination);
  const layer = await makeLayer(examination, judge, { request, replaced });
  const done = { ...base, verdict, bundle: layer.bundle, digest: layer.digest, remarks: layer.plan.remarks };
  if (request.dryRun) return { ...done, outcome: 'planned' };
  const objects = await write(path, layer, { examination, replaced, now: request.now });
  const freeSlots = examination.image.freeSlots - objects.added.length + objects.deleted;
  return { ...done, outcome: replaced.length > 0 ? 'replaced' : 'signed', objects: objects.added, freeSlots };
}

async function examine(path: string, judge: Judge, request: StageRequest): Promise<SifExamination> {
  await using source = await openFileSource(path);
  const { verifier, now } = judge;
  const { onBytes } = request;
  return await examineSif(await openSif(source), { name: path, verifier, now, ...(onBytes ? { onBytes } : {}) });
}

function assertStage({ policy }: Judge, stage: string): void {
  if (!isStageName(stage))
    throw new StageError('STAGE_NAME_INVALID', `not a stage name: ${JSON.stringify(stage.slice(0, 80))}`, {
      hint: 'use lower-case letters, digits and inner hyphens, at most 42 characters',
    });
  const names = policy?.policy.stages.map(({ name }) => name);
  if (names && !names.includes(stage))
    throw new StageError('STAGE_UNKNOWN', `the policy has no stage ${stage}`, {
      hint: `use one of ${names.join(', ')}, or add the stage to the policy`,
    });
}

function assertSound({ facts }: SifExamination): void {
  const [problem] = facts.problems;
  if (problem) throw new StageError('STAGE_IMAGE_BROKEN', problem.message, { hint: problem.hint });
}

/** The verdict about the stages before this one, when it is asked for. */
function previousVerdict(examination: SifExamination, judge: Judge, request: StageRequest): ImageVerdict | undefined {
  if (!judge.policy || !request.verifyPrevious) return undefined;
  return judgeFacts(examination, judge, stagesBefore(judge.policy, request.stage));
}

/** Approvals of this stage for this content that this signer gave before. */
function ownLayers({ facts }: SifExamination, request: StageRequest): readonly LayerFact[] {
  const own = identityKey(request.signer.identity);
  return facts.layers.filter(
    ({ approval, signer, signature, contradicted }) =>
      approval?.stage === request.stage &&
      signature === 'valid' &&
      !contradicted &&
      signer !== null &&
      identityKey(signer) === own,
  );
}

/** True when an approval still counts as it is: complete, not expired, and accepted by the policy if there is one. */
function stands(layer: LayerFact, examination: SifExamination, judge: Judge): boolean {
  const { facts } = examination;
  const { approval } = layer;
  if (!approval || layer.covers.length < facts.units.length) return false;
  if (approval.expires !== null && Date.parse(approval.expires) <= judge.now.getTime()) return false;
  const whole = approval.native.every(({ digest }) =>
    facts.layers.some((native) => native.digest === digest && native.signature === 'valid'),
  );
  if (!whole || !judge.policy) return whole;
  return countsForStage(layer.digest, judgeFacts(examination, judge, [approval.stage]), approval.stage);
}

function reportOf(digest: Digest, verdict: ImageVerdict): LayerReport | undefined {
  return verdict.layers.find((layer) => layer.kind === 'bundle' && layer.digest === digest);
}

function countsForStage(digest: Digest, verdict: ImageVerdict, stage: string): boolean {
  const principal = reportOf(digest, verdict)?.signer?.principal;
  const report = verdict.stages.find((candidate) => candidate.stage === stage);
  return typeof principal === 'string' && report !== undefined && report.approvedBy.includes(principal);
}

function bundleBytes(examination: SifExamination, layer: LayerFact): Uint8Array | undefined {
  const found = examination.bundles.find(({ fact }) => fact === layer);
  return found?.opened?.found.bytes;
}

function assertReplaceable(replaced: readonly LayerFact[], { facts }: SifExamination): void {
  for (const old of replaced) {
    const later = facts.layers.find(({ approval }) => approval?.roster.some(({ digest }) => digest === old.digest));
    if (later)
      throw new StageError(
        'STAGE_REPLACE_BLOCKED',
        `the approval of stage ${later.approval?.stage} names the one to be replaced in its roster`,
        { hint: 'leave the approval as it is, or replace the later ones too, beginning with the last' },
      );
  }
}

interface NewLayer {
  readonly plan: NativePlan;
  readonly bundle: Uint8Array;
  readonly digest: Digest;
  readonly stage: string;
}

/** Signs the layer in memory and checks it as a verifier would. */
async function makeLayer(
  examination: SifExamination,
  judge: Judge,
  { request, replaced }: { readonly request: StageRequest; readonly replaced: readonly LayerFact[] },
): Promise<NewLayer> {
  const { signer, now, stage } = request;
  const plan = await planNative(examination, request, judge.verifier);
  const [old] = replaced;
  const approval = draftApproval(examination.facts, request, {
    policy: judge.policy,
    native: plan.entries,
    ...(old ? { without: old.digest } : {}),
  });
  const content = examination.groups.map(({ group, metadata }) => ({
    group,
    metadata: Buffer.from(metadata).toString('utf8'),
  }));
  const payload = encodeStatement({
    subject: examination.groups.map(({ metadata }) => ({
      name: SIF_SUBJECT,
      digest: { sha256: sha256Hex(metadata) },
      annotations: { stage },
    })),
    predicateType: APPROVAL_PREDICATE_TYPE,
    predicate: encodeApproval({ approval, content }, request.toolVersion),
  });
  const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), now);
  const bundle = encodeBundle({
    material: signer.material,
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    payload,
    signature,
  });
  await selfCheck(bundle, examination, { judge, request, plan });
  return { plan, bundle, digest: parseBundle(bundle).payloadDigest, stage };
}

/** The new layer must verify, belong to an approver, and count: asked before a byte is written. */
async function selfCheck(
  bytes: Uint8Array,
  examination: SifExamination,
  { judge, request, plan }: { readonly judge: Judge; readonly request: StageRequest; readonly plan: NativePlan },
): Promise<void> {
  const opened = await openBundle({ place: { in: 'sif', object: 0 }, bytes }, judge.verifier, judge.now);
  const placed = placeBundle(opened, sifView(examination));
  if (placed.is !== 'layer') throw new Error('an approval was read back as evidence');
  const facts = { ...examination.facts, layers: [...examination.facts.layers, ...plan.facts, placed.fact] };
  const { policy } = judge;
  const stages =
    policy && request.verifyPrevious ? [...stagesBefore(policy, request.stage), request.stage] : [request.stage];
  const verdict = judgeFacts({ facts }, judge, stages);
  const report = reportOf(placed.fact.digest, verdict);
  const allowed = policy?.policy.stages.find(({ name }) => name === request.stage)?.approvers;
  const principal = report?.signer?.principal;
  if (allowed && !(typeof principal === 'string' && allowed.includes(principal)))
    throw new StageError(
      'STAGE_SIGNER_NOT_ALLOWED',
      `${identityKey(request.signer.identity)} is no approver of stage ${request.stage}`,
      {
        hint: `sign with a key of ${allowed.join(', ')}, or add this identity to the policy${reasonsOf(placed.fact)}`,
      },
    );
  const counts = policy && request.verifyPrevious ? countsForStage(placed.fact.digest, verdict, request.stage) : true;
  if (placed.fact.signature !== 'valid' || !counts) {
    const why = verdict.stages.find(({ stage }) => stage === request.stage)?.reasons[0] ?? report?.reasons[0];
    throw new StageError(
      'STAGE_SELF_CHECK_FAILED',
      `the new approval would not count: ${why?.message ?? 'no reason'}`,
      {
        hint: why?.hint ?? 'check the policy with `countersign policy check`; the image is unchanged',
      },
    );
  }
}

function reasonsOf(fact: LayerFact): string {
  return fact.reasons.length > 0 ? ` (${fact.reasons.map(({ message }) => message).join('; ')})` : '';
}

/** Appends the layer, then takes away what it replaces; a kill in between leaves both, which is a valid image. */
async function write(
  path: string,
  layer: NewLayer,
  rest: { readonly examination: SifExamination; readonly replaced: readonly LayerFact[]; readonly now: Date },
): Promise<{ readonly added: readonly number[]; readonly deleted: number }> {
  const { plan } = layer;
  const objects: readonly NewObject[] = [...plan.objects, laneObject('approval', layer.stage, layer.bundle)];
  const added = await appendObjects(path, objects, { now: rest.now });
  const outdated = [...plan.outdated, ...replacedObjects(rest.replaced, rest.examination, plan.entries)];
  if (outdated.length > 0) await deleteObjects(path, outdated, { now: rest.now });
  return { added, deleted: outdated.length };
}

function replacedObjects(
  replaced: readonly LayerFact[],
  { facts }: SifExamination,
  kept: readonly NativeEntry[],
): readonly number[] {
  const natives = replaced
    .flatMap(({ approval }) => approval?.native ?? [])
    .filter(({ digest }) => !kept.some((entry) => entry.digest === digest));
  const outdated = [
    ...replaced,
    ...facts.layers.filter(
      ({ kind, digest }) => kind === 'native-pgp' && natives.some((native) => native.digest === digest),
    ),
  ];
  return outdated.flatMap(({ place }) => (place.in === 'sif' ? [place.object] : []));
}
