// SPDX-License-Identifier: Apache-2.0
// Adds one stage's layer to an image: examine (one read), verify what came before, sign, check what was signed, store.
// Nothing is stored unless the new approval would count.

import { APPROVAL_PREDICATE_TYPE, encodeApproval } from '../attest/approval.ts';
import { parseBundle } from '../attest/bundle.ts';
import { signStatement } from '../attest/sign.ts';
import { encodeStatement, subjectDigests } from '../attest/statement.ts';
import { type Digest, sha256, utf8 } from '../base/bytes.ts';
import { listed } from '../base/text.ts';
import type { Signer } from '../crypto/signer.ts';
import type { SignerIdentity } from '../findings/signature.ts';
import { type Examination, placeBundle } from '../image/bundle.ts';
import { openBundle, withGrants } from '../image/open-bundles.ts';
import { type Criteria, judgeImage } from '../image/verify.ts';
import type { Policy } from '../policy/document/model.ts';
import type { ImageFacts, LayerFact } from '../policy/facts.ts';
import { unlikeness } from '../policy/keyless/match.ts';
import { isProblem } from '../policy/reasons.ts';
import { describeForPolicy } from '../policy/rules/people.ts';
import { scopesOf } from '../policy/rules/view.ts';
import type { ImageVerdict, StageReport } from '../policy/verdict.ts';
import { type ApprovalRequest, newApproval, type PolicyFile, stagesBefore } from './approval.ts';
import { assertBundleReadable } from './bundles.ts';
import { StageError } from './errors.ts';
import type { NativeChoice } from './native.ts';
import { planSteps } from './plan/plan.ts';
import {
  assertExpected,
  assertStage,
  countsForStage,
  isNeededByOthers,
  keptRemark,
  passedOver,
  principalsOf,
  replacedLayers,
  reportOf,
  reviewBefore,
  without,
} from './review.ts';
import type { NewLayer, StageSession, StageTarget } from './target.ts';

/** What to sign, and how. */
export interface StageRequest extends ApprovalRequest {
  readonly signer: Signer;
  readonly native: NativeChoice;
  /** Put a new approval in the place of this signer's present one, and in a file of those for what its objects were before. */
  readonly replace: boolean;
  /** Do everything but write. */
  readonly dryRun: boolean;
  /** Refuse when an earlier stage of the policy has not passed. */
  readonly verifyPrevious: boolean;
  /** What the image must be; anything when absent. */
  readonly expected?: readonly Digest[];
  readonly toolVersion: string;
  readonly onBytes?: (done: number, total: number) => void;
}

/** Who has approved a stage, and who else can. */
export interface StageProgress extends Pick<StageReport, 'objects'> {
  readonly approvedBy: readonly string[];
  readonly needed: number;
  /** Principals of whom one can give the next approval; empty when there are enough. */
  readonly next: readonly string[];
}

/** What became of it. */
export interface StageResult {
  /** `unchanged`: this approval is there already. `refused`: an earlier stage has not passed, see `verdict`. */
  readonly outcome: 'signed' | 'replaced' | 'planned' | 'unchanged' | 'refused';
  /** About the earlier stages; undefined without a policy or with `verifyPrevious` off. */
  readonly verdict: ImageVerdict | undefined;
  readonly contentDigests: readonly Digest[];
  /** `place@digest` of the manifest that was examined; undefined for files. */
  readonly reference: string | undefined;
  /** Whether the data was read before it was approved. */
  readonly dataVerified: boolean;
  /** Bytes of the approval's bundle; undefined when refused. */
  readonly bundle: Uint8Array | undefined;
  /** What later approvals will call it; undefined when refused. */
  readonly digest: Digest | undefined;
  /** Where the new layer is: `object 5`, `referrer sha256:…`; empty when nothing was stored. */
  readonly where: readonly string[];
  readonly freeSlots: number | null;
  readonly signer: SignerIdentity;
  readonly remarks: readonly string[];
  /** How far the stage is with the new approval; undefined without a policy, and when nothing was signed. */
  readonly progress?: StageProgress;
}

/**
 * Signs a stage on an image.
 * @throws StageError STAGE_*; SifError, RegistryError when it cannot be read or changed (it is then as it was);
 * SignatureError
 */
export async function signStage(target: StageTarget, criteria: Criteria, request: StageRequest): Promise<StageResult> {
  assertStage(criteria.policy?.policy, request.stage);
  const session = await target.open(criteria, request.onBytes);
  const { own: outlived, all } = passedOver(session.examined, criteria, request);
  const examined = without(session.examined, all);
  assertExpected(examined.facts, request.expected);
  const scope = stageScope(examined, criteria.policy?.policy, request.stage);
  const { verdict, own, present } = reviewBefore(examined, criteria, request);
  const base = {
    contentDigests: examined.facts.contentDigests,
    reference: examined.facts.pinned,
    dataVerified: examined.facts.dataRead,
    signer: request.signer.identity,
    freeSlots: examined.freeSlots,
    where: [],
    remarks: [],
    verdict,
  };
  if (verdict?.verdict === 'failed') return { ...base, outcome: 'refused', bundle: undefined, digest: undefined };
  if (present && !request.replace) return { ...base, ...(await complete(session, present, request)) };
  const replaces = replacedLayers(examined, criteria, request);
  const replaced = request.replace ? own.filter((layer) => !isNeededByOthers(layer, own, examined)) : [];
  const layer = await makeLayer({ ...session, examined }, criteria, { request, scope, replaces, replaced });
  const kept = request.replace ? own.filter((one) => !replaced.includes(one)) : [];
  const done = {
    ...base,
    bundle: layer.bundle,
    digest: layer.digest,
    ...(layer.progress ? { progress: layer.progress } : {}),
    remarks: [...layer.plan.remarks, ...kept.map(keptRemark)],
  };
  if (request.dryRun) return { ...done, outcome: 'planned' };
  const stored = await session.write(layer, { ...request, replaced: [...replaced, ...outlived] });
  const remarks = [...done.remarks, ...(stored.remarks ?? [])];
  const isReplaced = request.replace && replaces.length + outlived.length > 0;
  return { ...done, ...stored, remarks, outcome: isReplaced ? 'replaced' : 'signed' };
}

/** The approval is there: stores what an interrupted run left out of it. */
async function complete(
  session: StageSession,
  present: LayerFact,
  { stage, signer, now, native, dryRun }: StageRequest,
): Promise<Pick<StageResult, 'outcome' | 'bundle' | 'digest' | 'where' | 'remarks'>> {
  const found = session.examined.bundles.find(({ fact }) => fact === present);
  const bundle = found?.opened?.found.bytes;
  const by = { signer, replaced: [], now, native };
  const added = dryRun || !bundle ? undefined : await session.complete?.({ stage, bundle }, by);
  const { where, remarks = [] } = added ?? { where: [] };
  const interrupted =
    where.length > 0 ? [`an earlier run was interrupted; added what it left out: ${where.join(', ')}`] : [];
  return { outcome: 'unchanged', bundle, digest: present.digest, where, remarks: [...interrupted, ...remarks] };
}

/** Signs the layer in memory and checks it as a verifier would. */
async function makeLayer(
  session: StageSession,
  criteria: Criteria,
  wanted: {
    readonly request: StageRequest;
    readonly scope: StageScope;
    readonly replaces: readonly LayerFact[];
    readonly replaced: readonly LayerFact[];
  },
): Promise<NewLayer & { readonly progress: StageProgress | undefined }> {
  const { request, scope, replaces, replaced } = wanted;
  const { signer, now, stage } = request;
  const { examined } = session;
  const plan = await session.planNative({ ...request, groups: scope.groups }, examined.verifier);
  await signer.refresh?.();
  const approval = newApproval(examined.facts, request, {
    policy: criteria.policy,
    native: plan.entries,
    signer,
    replaces,
    without: replaced,
  });
  const payload = encodeStatement({
    subject: scope.subjects.map((subject) => ({ ...subject, annotations: { stage } })),
    predicateType: APPROVAL_PREDICATE_TYPE,
    predicate: encodeApproval({ approval, content: scope.content }, request.toolVersion),
  });
  const bundle = await signStatement(payload, signer, { now, stamp: !request.dryRun });
  const remaining = examined.facts.layers.filter((layer) => !replaced.includes(layer));
  const facts = { ...examined.facts, layers: [...remaining, ...plan.facts] };
  assertBundleReadable(bundle, 'approval', `the approval of stage ${stage}`);
  const judged = { ...criteria, now: signer.now?.() ?? criteria.now };
  const progress = await selfCheck(bundle, { ...examined, facts }, { criteria: judged, request });
  return { plan, bundle, digest: parseBundle(bundle).payloadDigest, stage, progress };
}

/** The new layer must verify, belong to an approver, and count beside what will be there: asked before a byte is written. */
async function selfCheck(
  bytes: Uint8Array,
  examined: Pick<Examination, 'facts' | 'view' | 'bundles' | 'verifier'>,
  { criteria, request }: { readonly criteria: Criteria; readonly request: StageRequest },
): Promise<StageProgress | undefined> {
  const alone = await openBundle({ place: { in: 'sif', object: 0 }, bytes }, examined.verifier, criteria.now);
  const [opened = alone] = await withGrants(
    [alone],
    examined.bundles.map(({ opened: one }) => one),
    criteria,
  );
  const placed = placeBundle(opened, examined.view);
  if (placed.is !== 'layer') throw new Error('an approval was read back as evidence');
  assertProven(placed.fact);
  const facts = { ...examined.facts, layers: [...examined.facts.layers, placed.fact] };
  const { policy } = criteria;
  const stages =
    policy && request.verifyPrevious ? [...stagesBefore(policy, request.stage), request.stage] : [request.stage];
  const verdict = judgeImage({ facts }, criteria, stages);
  const report = reportOf(placed.fact, verdict);
  const allowed = policy?.policy.stages.find(({ name }) => name === request.stage)?.approvers;
  const principals = policy ? principalsOf(placed.fact, { policy, facts, now: criteria.now }) : [];
  const [why] = placed.fact.reasons;
  if (policy && allowed && !principals.some((name) => allowed.includes(name)))
    throw new StageError(
      'STAGE_SIGNER_NOT_ALLOWED',
      `${describeForPolicy(request.signer.identity)} is no approver of stage ${request.stage}${unlikeness(policy.policy, { identity: placed.fact.signer, names: allowed })}${reasonsOf(placed.fact)}`,
      {
        hint: `sign with a key of ${listed(allowed, 'or')}, or add this identity to the policy${why ? `; if it is there: ${why.hint}` : ''}`,
      },
    );
  const counts =
    policy && request.verifyPrevious ? countsForStage(placed.fact, verdict, { policy, stage: request.stage }) : true;
  const problem = report?.reasons.find(({ severity }) => severity !== 'remark');
  if (placed.fact.signature !== 'valid' || (request.verifyPrevious && problem !== undefined) || !counts) {
    const cause = problem ?? verdict.stages.find(({ stage }) => stage === request.stage)?.reasons.find(isProblem);
    throw new StageError(
      'STAGE_SELF_CHECK_FAILED',
      `the new approval would not count: ${cause?.message ?? 'whoever gives it has approved the stage already'}`,
      { hint: cause?.hint ?? 'have somebody else approve, if more approvals are wanted; the image is unchanged' },
    );
  }
  return policy && progressOf(policy, facts, { verdict, stage: request.stage, now: criteria.now });
}

/** What a keyless signature lacks is a matter of the instance, not of who signs. */
function assertProven({ method, signature, reasons: [why] }: LayerFact): void {
  if (method !== 'sigstore' || signature === 'valid' || !why) return;
  const message = `the new approval would not count: ${why.message} [${why.code}]`;
  throw new StageError('STAGE_SELF_CHECK_FAILED', message, { hint: why.hint });
}

function reasonsOf(fact: LayerFact): string {
  return fact.reasons.length > 0 ? ` (${fact.reasons.map(({ message }) => message).join('; ')})` : '';
}

/** What one approval is about. */
export interface StageScope extends Pick<Examination, 'subjects' | 'content'> {
  /** Groups that native signatures are made of; all when absent. */
  readonly groups?: ReadonlySet<number>;
}

/**
 * The scope of a stage. One that is not about the whole image names groups alone: a digest of the file or its manifest
 * would say to other tools that all of it is approved.
 * @throws StageError STAGE_NOTHING_TO_APPROVE
 */
export function stageScope(
  { facts, subjects, content }: Pick<Examination, 'facts' | 'subjects' | 'content'>,
  policy: Pick<Policy, 'stages' | 'objects'> | undefined,
  stage: string,
): StageScope {
  const groups = groupsFor(facts, policy, stage);
  if (!groups) return { subjects, content };
  if (groups.size === 0)
    throw new StageError('STAGE_NOTHING_TO_APPROVE', `${facts.name} has nothing that stage ${stage} is about`, {
      hint: 'check `objects` of the stage in the policy, and the groups of the image with `countersign inspect`',
    });
  const chosen = content.filter(({ group }) => groups.has(group));
  const named = new Set<string>(chosen.map(({ metadata }) => sha256(utf8(metadata))));
  return {
    groups,
    content: chosen,
    subjects: subjects.filter((subject) => subjectDigests(subject).some((digest) => named.has(digest))),
  };
}

/** The groups that a stage is about; undefined when that is the whole image. */
export function groupsFor(
  { units }: Pick<ImageFacts, 'units'>,
  policy: Pick<Policy, 'stages' | 'objects'> | undefined,
  stage: string,
): ReadonlySet<number> | undefined {
  const about = new Set(scopesOf(policy, units)(stage));
  if (about.size === units.length) return undefined;
  return new Set(units.flatMap(({ id, group }) => (about.has(id) && group !== undefined ? [group] : [])));
}

/** How far a stage is, as a verdict about it says; undefined when it says nothing. */
export function progressOf(
  policy: PolicyFile,
  facts: ImageFacts,
  { verdict, stage, now }: { readonly verdict: ImageVerdict; readonly stage: string; readonly now: Date },
): StageProgress | undefined {
  const report = verdict.stages.find((one) => one.stage === stage);
  if (!report) return undefined;
  const { approvedBy, needed, objects } = report;
  const stages = [...stagesBefore(policy, stage), stage];
  const steps = approvedBy.length < needed ? planSteps(policy, facts, { now, stages }).steps : [];
  const due = steps.filter(({ action }) => action.task === 'approve' && action.stage === stage);
  return { approvedBy, needed, next: [...new Set(due.flatMap(({ who }) => who))], ...(objects ? { objects } : {}) };
}
