// SPDX-License-Identifier: Apache-2.0
// Facts and judgements about layers, evidence and coverage → their parts of the verdict document.

import type { Approval } from '../../attest/approval.ts';
import { evidenceKind } from '../../attest/statement.ts';
import { shortDigest } from '../../base/bytes.ts';
import { listed } from '../../base/text.ts';
import type { Reason, SignerIdentity } from '../../findings/signature.ts';
import type { Policy, Quorum, Stage } from '../document/model.ts';
import type { EvidenceFact } from '../facts.ts';
import { asRemark, isProblem, reason, remark } from '../reasons.ts';
import type {
  ApprovalReport,
  CoverageReport,
  EvidenceReport,
  LayerReport,
  LayerStatus,
  ProvenTimeReport,
  SignerReport,
  StageReport,
} from '../verdict.ts';
import { checkRequirements, type RequirementReport } from '../requires/requires.ts';
import { whatEvidenceSays } from '../requires/says.ts';
import { claimantOf, otherSigner } from './counts.ts';
import type { Order } from './order.ts';
import { type ChainFinding, isLoss } from './roster.ts';
import { quorumsOf, type StageFill } from './threshold.ts';
import { endedReason } from './ends.ts';
import { describeIdentity, peopleBehind } from './people.ts';
import {
  asApproval,
  type Claim,
  type Claims,
  type ImageView,
  isGivenBySigner,
  type LayerView,
  otherContent,
  whereOf,
} from './view.ts';

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
  const outside =
    context.policy && fact.signature === 'valid' && layer.principals.length === 0 ? [outsiderRemark(layer)] : [];
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
      ...copied(layer),
      ...(mine.length === 0 ? [...outside, ...unknownStage(layer, context.policy)] : []),
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

function copied(layer: LayerView): readonly Reason[] {
  const copy = layer.fact.signature === 'valid' && !isGivenBySigner(layer.fact);
  return copy ? [remark('APPROVAL_OTHER_SIGNER', otherSigner(layer))] : [];
}

function outsiderRemark({ fact, where }: LayerView): Reason {
  return remark('SIGNER_NOT_A_PRINCIPAL', `${where}: ${describeIdentity(fact.signer)} is no principal of the policy`);
}

function unknownStage({ fact, where, trusted }: LayerView, policy: Policy | undefined): readonly Reason[] {
  const stage = fact.approval?.stage;
  if (!policy || !trusted || stage === undefined || policy.stages.some(({ name }) => name === stage)) return [];
  return [remark('APPROVAL_STAGE_UNKNOWN', `${where}: stage ${stage} is not in the policy`)];
}

/** The evidence as the verdict shows it. */
export function reportEvidence(fact: EvidenceFact, policy: Policy | undefined): EvidenceReport {
  const principals = fact.signature === 'valid' && fact.signer && policy ? peopleBehind(policy, fact.signer) : [];
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
function soundLayers({ layers }: ImageView): ImageView['layers'] {
  return layers.filter(({ trusted, fact }) => trusted && !fact.contradicted && fact.companion !== true);
}

/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
export function unitsOfPartsOnly(image: ImageView): readonly string[] {
  const whole = soundLayers(image).filter(({ fact }) => fact.reasons.every(({ code }) => code !== 'NATIVE_PARTIAL'));
  const covered = new Set(whole.flatMap(({ fact }) => fact.covers));
  return image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
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
  switch (identity.method) {
    case 'pgp': {
      const { method, fingerprint, userIds, subkey } = identity;
      return { method, principal, fingerprint, ...(subkey === undefined ? {} : { subkey }), userIds };
    }
    case 'key':
      return { method: identity.method, principal, hint: identity.hint, algorithm: identity.algorithm };
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

/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
export function reportStages(
  stages: readonly Stage[],
  findings: {
    readonly claims: Claims;
    readonly order: Order;
    readonly chain: readonly ChainFinding[];
    readonly policy: Policy;
    readonly image: ImageView;
  },
): readonly StageReport[] {
  const fills = findings.order.fill(stages);
  return stages.map((stage, index) => {
    const claims = findings.claims.get(stage.name) ?? [];
    const losses = findings.chain
      .filter((finding) => finding.stage === stage.name && isLoss(finding))
      .map((finding) => finding.reason);
    const required = checkRequirements(findings.policy, stage, findings.image);
    const ended = claims.flatMap((claim) => endedReason(claim, stage, findings.policy) ?? []);
    const report = reportStage(stage, fills[index], { claims, losses, required, ended });
    const objects = findings.image.about(stage.name);
    return objects.length === findings.image.facts.units.length ? report : { ...report, objects };
  });
}

function reportStage(
  stage: Stage,
  fill: StageFill | undefined,
  {
    claims,
    losses,
    required,
    ended,
  }: {
    readonly claims: readonly Claim[];
    readonly losses: readonly Reason[];
    readonly required: readonly RequirementReport[];
    readonly ended: readonly Reason[];
  },
): StageReport {
  const passed = fill?.met === true && !losses.some(isProblem) && required.every(({ met }) => met);
  const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
  const seen = ended.length > 0 || claims.some(({ outsider }) => !outsider);
  const details = claims.flatMap(({ reasons }) => reasons);
  return {
    stage: stage.name,
    verdict: passed ? 'passed' : seen ? 'failed' : 'missing',
    approvedBy: fill?.principals ?? [],
    needed: stage.threshold,
    reasons: passed
      ? uniqueReasons([...details, ...losses, ...rests].map(asRemark))
      : uniqueReasons([...(fill?.met ? [] : ended), ...summary(stage, fill, seen), ...rests, ...losses, ...details]),
  };
}

/** Evidence that was made after the stage was approved, or unseen, holds all the same; whoever reads the verdict knows. */
function unlisted({ name }: Stage, { met, relied }: RequirementReport, claims: readonly Claim[]): readonly Reason[] {
  const counting = claims.filter(({ counts }) => counts);
  const named = new Set(
    counting.flatMap(({ layer }) => layer.fact.approval?.evidence.map(({ digest }) => digest) ?? []),
  );
  if (!met || counting.length === 0 || relied.some(({ digest }) => named.has(digest))) return [];
  const types = relied.map(({ predicateType, digest }) => `${predicateType} (${shortDigest(digest)})`).join(', ');
  return [remark('EVIDENCE_NOT_LISTED', `stage ${name} rests on ${types}, which no approval of it lists`)];
}

function summary(stage: Stage, fill: StageFill | undefined, seen: boolean): readonly Reason[] {
  if (fill?.met) return [];
  const reasons: Reason[] = [];
  if (!seen)
    reasons.push(reason('STAGE_MISSING', `stage ${stage.name} is not approved by anybody: ${approversOf(stage)}`));
  else {
    const who = `${quorumsOf(stage).map(quorumText).join(' and ')} needed`;
    const counted = fill?.principals.length ? fill.principals.join(', ') : 'nobody';
    const message = `stage ${stage.name} is approved by ${counted} in a way that counts: ${who}`;
    reasons.push(reason('STAGE_THRESHOLD_NOT_MET', message));
  }
  for (const { principal, stage: rival } of fill?.conflicts ?? [])
    reasons.push(
      reason(
        'STAGE_NOT_DISTINCT',
        `${principal} cannot approve stage ${stage.name}: the same signer fills stage ${rival}`,
      ),
    );
  if (fill?.undecided)
    reasons.push(
      reason('ASSIGNMENT_UNDECIDED', `stage ${stage.name}: too many ways to assign approvers to distinct stages`),
    );
  return reasons;
}

function approversOf(stage: Stage): string {
  const { threshold, approvers, quorums } = stage;
  if (quorums) return `${quorums.map(quorumText).join(' and ')} must approve it`;
  if (approvers.length > 12) return `${threshold} of ${listed(approvers)} must approve it`;
  const others = approvers.slice(0, -1).join(', ');
  const last = approvers.at(-1) ?? 'nobody';
  if (threshold > 1) return `${threshold} of ${others} and ${last} must approve it`;
  return `${others === '' ? last : `${others} or ${last}`} can approve it`;
}

/** `2 of security (carol, dave)`: a name that is a principal's, or the stage's own, says nothing more. */
export function quorumText({ name, approvers, needed }: Quorum, _: number, { length }: readonly Quorum[]): string {
  const members = listed(approvers);
  return `${needed} of ${length === 1 || members === name ? members : `${name} (${members})`}`;
}
