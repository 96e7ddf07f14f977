// SPDX-License-Identifier: Apache-2.0
// What was judged of stages, layers and evidence → their parts of the verdict document.

import type { Approval } from '../attest/approval.ts';
import { compareText } from '../base/text.ts';
import { evidenceKind } from '../attest/statement.ts';
import type { Reason, SignerIdentity } from '../findings/signature.ts';
import { glassOf } from './break-glass/report.ts';
import type { Policy, Stage } from './document/model.ts';
import type { EvidenceFact } from './facts.ts';
import { asRemark, isProblem, remark } from './reasons.ts';
import { checkRequirement, unlisted } from './requires/requires.ts';
import { evidenceEntry, whatEvidenceSays } from './requires/says.ts';
import type { Order } from './rules/assign/order.ts';
import { layerRemarks } from './rules/outsiders.ts';
import { describeIdentity, peopleBehind, principalsAt } from './rules/people.ts';
import { type ChainFinding, isLoss } from './rules/roster.ts';
import type { StageFill } from './rules/threshold.ts';
import { endedReason, missingPeople } from './rules/unmet.ts';
import {
  type ApprovalView,
  asApproval,
  type Claim,
  claimantOf,
  type Claims,
  type ImageView,
  isGivenBySigner,
  type LayerView,
  otherContent,
  whereOf,
} from './rules/view.ts';
import type {
  ApprovalReport,
  CoverageReport,
  CustodyEntry,
  EvidenceReport,
  ImageVerdict,
  LayerReport,
  LayerStatus,
  ProvenTimeReport,
  SignerReport,
  StageReport,
} from './verdict.ts';

/** True when the image passes as far as a stage is concerned: it has passed, or is skipped. */
export function isFilled({ verdict }: Pick<StageReport, 'verdict'>): boolean {
  return verdict === 'passed' || verdict === 'break-glass';
}

/** What was judged before stages are reported on. */
interface Findings {
  readonly claims: Claims;
  readonly order: Order;
  readonly chain: readonly ChainFinding[];
  readonly policy: Policy;
  readonly image: ImageView;
}

/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
export function reportStages(stages: readonly Stage[], findings: Findings): readonly StageReport[] {
  const { facts, about } = findings.image;
  const fills = findings.order.fill(stages);
  return stages.map((stage, index) => {
    const report = reportStage(stage, fills[index], findings);
    const objects = about(stage.name);
    return objects.length === facts.units.length ? report : { ...report, objects };
  });
}

function reportStage(
  stage: Stage,
  fill: StageFill | undefined,
  { policy, image, order, ...found }: Findings,
): StageReport {
  const { name } = stage;
  const claims = found.claims.get(name) ?? [];
  const losses = found.chain.filter((one) => one.stage === name && isLoss(one)).map((one) => one.reason);
  const required = stage.requires.map((one) => checkRequirement(one, { policy, stage, image }));
  const glass = order.glasses ? glassOf(order.glasses, name, image.now) : { broken: [], said: [] };
  const ended = claims.flatMap((claim) =>
    claim.layer.fact.signature === 'untrusted' ? (endedReason(claim, stage, policy) ?? []) : [],
  );
  const sound = !losses.some(isProblem);
  const passed = sound && fill?.met === true && required.every(({ met }) => met);
  const denied = required.some(({ reasons }) => reasons.some(({ code }) => code === 'COMPONENT_DENIED'));
  const skipped = sound && !passed && !denied && glass.broken.some((one) => one.holds);
  const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
  const seen = ended.length > 0 || claims.some(({ outsider }) => !outsider);
  const details = claims.flatMap(({ reasons }) => reasons);
  const causes = seen ? [...ended, ...[...losses, ...details].filter(isProblem)] : [];
  const few = fill?.met ? [] : missingPeople(stage, fill, seen);
  const unmet = [...causes, ...few, ...rests, ...losses, ...details];
  return {
    stage: name,
    verdict: passed ? 'passed' : skipped ? 'break-glass' : seen ? 'failed' : 'missing',
    approvedBy: fill?.principals ?? [],
    needed: stage.threshold,
    ...(glass.broken.length > 0 ? { breakGlass: glass.broken } : {}),
    reasons: passed
      ? uniqueReasons([...glass.said, ...details, ...losses, ...rests].map(asRemark))
      : skipped
        ? uniqueReasons([...glass.said, ...unmet].map(asRemark))
        : uniqueReasons([...unmet, ...glass.said]),
  };
}

/** The layer as the verdict shows it; `claims` are all claims of all stages. */
export function reportLayer(
  layer: LayerView,
  image: ImageView,
  context: {
    readonly policy: Policy | undefined;
    readonly claims: readonly Claim[];
    readonly chain: readonly ChainFinding[];
  },
): LayerReport {
  const { fact, where } = layer;
  const mine = context.claims.filter((claim) => claim.layer.fact === fact);
  const chained = context.chain.filter(({ approval }) => approval.fact === fact).map((finding) => finding.reason);
  const isClaimed = mine.length > 0;
  const isForeign = layer.principals.length === 0 || fact.approval !== null;
  const isOdd = fact.signature === 'valid' && (!isGivenBySigner(fact) || (!isClaimed && isForeign));
  return {
    where,
    kind: fact.kind,
    stage: fact.approval?.stage ?? claimantOf(layer, image)?.approval.stage ?? null,
    method: fact.method,
    digest: fact.digest,
    signer: fact.signer && reportSigner(fact.signer, layer.people),
    signedAt: fact.approval?.timeVerified ?? fact.signedAt,
    provenTime: reportTime(fact),
    status: statusOf(layer, context.policy),
    dataVerified: asApproval(layer)?.approval.dataVerified ?? null,
    approval: fact.approval && reportApproval(fact.approval, image.evidence),
    reasons: uniqueReasons([
      ...fact.reasons,
      ...(fact.timeRemarks ?? []),
      ...(fact.contradicted ? [otherContent(layer)] : []),
      ...mine.flatMap((claim) => claim.reasons),
      ...chained,
      ...(isOdd ? layerRemarks(layer, { policy: context.policy, isClaimed }) : []),
    ]),
  };
}

function reportTime({ proven }: Pick<EvidenceFact, 'proven'>): ProvenTimeReport | null {
  if (!proven) return null;
  const { time, accuracyMs, proof, by } = proven;
  return { time: time.toISOString(), accuracy: accuracyMs / 1000, proof, by };
}

/** Why an approval was given and what it rests on; `there` is the evidence on the image. */
export function reportApproval(
  { reason: why, ticket, run, expires, evidence }: Approval,
  there: readonly Pick<EvidenceFact, 'digest'>[],
): ApprovalReport {
  const digests = new Set(there.map(({ digest }) => digest));
  return {
    reason: why,
    ticket,
    run: Object.entries(run ?? {}).map(([name, value]) => ({ name, value })),
    expires,
    evidence: evidence.map(({ predicateType, digest }) => ({ predicateType, digest, found: digests.has(digest) })),
  };
}

/**
 * What the signature is worth here: sound mathematics over other content is invalid for this image, and a sound
 * signature by nobody whom the policy knows is untrusted.
 */
function statusOf({ fact, principals }: LayerView, policy: Policy | undefined): LayerStatus {
  if (fact.signature !== 'valid') return fact.signature;
  if (fact.contradicted) return 'invalid';
  return (policy && principals.length === 0) || !isGivenBySigner(fact) ? 'untrusted' : 'valid';
}

/** The evidence as the verdict shows it. */
export function reportEvidence(fact: EvidenceFact, policy: Policy | undefined, now: Date): EvidenceReport {
  const principals =
    fact.signature === 'valid' && fact.signer && policy
      ? peopleBehind(policy, fact.signer, principalsAt(policy, fact, now))
      : [];
  const where = whereOf(fact.place);
  const foreign = fact.contradicted ? [remark('APPROVAL_OTHER_CONTENT', `${where}: it is about other content`)] : [];
  return {
    where,
    kind: fact.record ?? evidenceKind(fact.predicateType) ?? 'other',
    predicateType: fact.predicateType,
    digest: fact.digest,
    signer: fact.signer && reportSigner(fact.signer, principals),
    says: whatEvidenceSays(fact),
    provenTime: reportTime(fact),
    status: fact.signature,
    reasons: uniqueReasons([...fact.reasons, ...(fact.timeRemarks ?? []), ...foreign]),
  };
}

/** For every unit of the image, whether a valid signature of somebody trusted covers it. */
export function reportCoverage(image: ImageView): readonly CoverageReport[] {
  const covered = new Set(soundLayers(image).flatMap(({ fact }) => fact.covers));
  return image.facts.units.map(({ id }) => ({ object: id, covered: covered.has(id) }));
}

/** What was written beside an approval is worth nothing without it, and the approval covers as much. */
export function soundLayers({ layers }: ImageView): ImageView['layers'] {
  return layers.filter(({ trusted, fact }) => trusted && !fact.contradicted && fact.companion !== true);
}

/** Reasons without repetitions; the first of two with the same code and message stays. */
export function uniqueReasons(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Map<string, Reason>();
  for (const one of reasons) {
    const key = `${one.code} ${one.message}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

function reportSigner(identity: SignerIdentity, principals: readonly string[]): SignerReport {
  const principal = principals[0] ?? null;
  const source = identity.trustSource ? { trustSource: identity.trustSource } : {};
  switch (identity.method) {
    case 'pgp': {
      const { method, fingerprint, userIds, subkey } = identity;
      return { method, principal, fingerprint, ...(subkey === undefined ? {} : { subkey }), userIds, ...source };
    }
    case 'key':
      return { method: identity.method, principal, hint: identity.hint, algorithm: identity.algorithm, ...source };
    case 'x509': {
      const { anchors: _anchors, notBefore: _notBefore, ...rest } = identity;
      return { ...rest, principal };
    }
    case 'sigstore':
      return { ...identity, principal };
    default:
      return identity satisfies never;
  }
}

/**
 * Through whose hands the image went: what trusted people signed about it, and what they saw that is not there any more.
 * Approvals by their numbers, each after the evidence that it was the first to rely on; what nobody relies on comes last.
 */
export function custodyOf(
  image: ImageView,
  chain: readonly ChainFinding[],
  policy: Policy | undefined,
): Pick<ImageVerdict, 'custody'> {
  const approvals = image.layers
    .flatMap((layer) => (layer.trusted && !layer.fact.contradicted ? (asApproval(layer) ?? []) : []))
    .sort((a, b) => a.approval.sequence - b.approval.sequence || compareText(timeOfApproval(a), timeOfApproval(b)));
  const evidence = image.evidence
    .flatMap((fact) => (fact.signature === 'valid' && !fact.contradicted ? (evidenceEntry(fact, policy) ?? []) : []))
    .sort((a, b) => compareText(a.time ?? '', b.time ?? ''));
  const placed = new Set<CustodyEntry>();
  const entries = approvals.flatMap((view) => {
    const relied = new Set<string>(view.approval.evidence.map(({ digest }) => digest));
    const before = evidence.filter((one) => !placed.has(one) && relied.has(one.digest ?? ''));
    for (const one of before) placed.add(one);
    const gaps = chain.filter((finding) => finding.approval.fact === view.fact && isLoss(finding)).map(gapOf);
    return [...before, ...gaps, approvalEntry(view)];
  });
  const custody = [...entries, ...evidence.filter((one) => !placed.has(one))];
  return custody.length > 0 ? { custody } : {};
}

function approvalEntry(view: ApprovalView): CustodyEntry {
  const { fact, where, people, approval } = view;
  const by = people[0] ?? describeIdentity(fact.signer);
  const { stage, sequence: number } = approval;
  const time = timeOfApproval(view);
  return { kind: 'approval', stage, number, by, time, proven: fact.proven !== undefined, where, digest: fact.digest };
}

function gapOf({ stage, reason: { message: problem } }: ChainFinding): CustodyEntry {
  return { kind: 'gap', stage, by: null, time: null, proven: false, where: null, digest: null, problem };
}

function timeOfApproval({ fact, approval }: ApprovalView): string {
  return fact.proven?.time.toISOString() ?? approval.timeVerified;
}
