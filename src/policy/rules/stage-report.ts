// SPDX-License-Identifier: Apache-2.0
// Claims → for every stage of the policy: passed, failed or missing, by whom, and why.

import type { Reason } from '../../findings/reason.ts';
import type { Order } from './order.ts';
import type { StageFill } from './threshold.ts';
import { type ChainFinding, isLoss } from './roster.ts';
import type { Claim, Claims } from './view.ts';
import { uniqueReasons } from './layer-report.ts';
import { asRemark, isProblem, reason } from '../reasons.ts';
import type { Stage } from '../document/model.ts';
import type { StageReport } from '../verdict.ts';

/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
export function reportStages(
  stages: readonly Stage[],
  findings: { readonly claims: Claims; readonly order: Order; readonly chain: readonly ChainFinding[] },
): readonly StageReport[] {
  const fills = findings.order.fill(stages);
  return stages.map((stage, index) => {
    const claims = findings.claims.get(stage.name) ?? [];
    const losses = findings.chain
      .filter((finding) => finding.stage === stage.name && isLoss(finding))
      .map((finding) => finding.reason);
    return reportStage(stage, fills[index], { claims, losses });
  });
}

function reportStage(
  stage: Stage,
  fill: StageFill | undefined,
  { claims, losses }: { readonly claims: readonly Claim[]; readonly losses: readonly Reason[] },
): StageReport {
  const passed = fill?.met === true && !losses.some(isProblem);
  const seen = claims.some(({ outsider }) => !outsider);
  const details = claims.flatMap(({ reasons }) => reasons);
  return {
    stage: stage.name,
    verdict: passed ? 'passed' : seen ? 'failed' : 'missing',
    approvedBy: fill?.principals ?? [],
    needed: stage.threshold,
    reasons: passed
      ? uniqueReasons([...details, ...losses].map(asRemark))
      : uniqueReasons([...summary(stage, fill, seen), ...losses, ...details]),
  };
}

function summary(stage: Stage, fill: StageFill | undefined, seen: boolean): readonly Reason[] {
  if (fill?.met) return [];
  const reasons: Reason[] = [];
  if (!seen)
    reasons.push(reason('STAGE_MISSING', `stage ${stage.name} is not approved by anybody: ${approversOf(stage)}`));
  else {
    const who = `${stage.threshold} of ${stage.approvers.join(', ')} needed`;
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

function approversOf({ threshold, approvers }: Stage): string {
  const others = approvers.slice(0, -1).join(', ');
  const last = approvers.at(-1) ?? 'nobody';
  if (threshold > 1) return `${threshold} of ${others} and ${last} must approve it`;
  return `${others === '' ? last : `${others} or ${last}`} can approve it`;
}
