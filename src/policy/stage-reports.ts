// SPDX-License-Identifier: Apache-2.0
// Claims, evidence and broken glass of a stage → its part of the verdict document.

import { shortDigest } from '../base/bytes.ts';
import { listed } from '../base/text.ts';
import type { Reason } from '../findings/signature.ts';
import { glassReasons, glassReport } from './break-glass/report.ts';
import type { Policy, Quorum, Stage } from './document/model.ts';
import { asRemark, isProblem, reason, remark } from './reasons.ts';
import { checkRequirements, type RequirementReport } from './requires/requires.ts';
import type { BreakGlassReport, StageReport } from './verdict.ts';
import { endedReason } from './rules/ends.ts';
import type { Order } from './rules/order.ts';
import { uniqueReasons } from './rules/reports.ts';
import { type ChainFinding, isLoss } from './rules/roster.ts';
import { quorumsOf, type StageFill } from './rules/threshold.ts';
import type { Claim, Claims, ImageView } from './rules/view.ts';

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
    const { glasses } = findings.order;
    const { now } = findings.image;
    const broken = glassReport(glasses, stage.name, now);
    const glass = { broken, said: glassReasons(glasses, stage.name, now) };
    const report = reportStage(stage, fills[index], { claims, losses, required, ended, glass });
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
    glass,
  }: {
    readonly claims: readonly Claim[];
    readonly losses: readonly Reason[];
    readonly required: readonly RequirementReport[];
    readonly ended: readonly Reason[];
    readonly glass: { readonly broken: readonly BreakGlassReport[]; readonly said: readonly Reason[] };
  },
): StageReport {
  const sound = !losses.some(isProblem);
  const passed = sound && fill?.met === true && required.every(({ met }) => met);
  const denied = required.some(({ reasons }) => reasons.some(({ code }) => code === 'COMPONENT_DENIED'));
  const skipped = sound && !passed && !denied && glass.broken.some((one) => one.holds);
  const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
  const seen = ended.length > 0 || claims.some(({ outsider }) => !outsider);
  const details = claims.flatMap(({ reasons }) => reasons);
  const unmet = [...(fill?.met ? [] : ended), ...summary(stage, fill, seen), ...rests, ...losses, ...details];
  return {
    stage: stage.name,
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
