// SPDX-License-Identifier: Apache-2.0
// Why too few people have approved a stage: who is needed, who cannot, and whose approval has ended.

import { listed } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import type { Policy, Quorum, Stage } from '../document/model.ts';
import { isProblem, reason } from '../reasons.ts';
import { principalsBehind } from './people.ts';
import { quorumsOf, type StageFill } from './threshold.ts';
import type { Claim } from './view.ts';

/** Who is needed still; `seen` when somebody approved the stage who could. */
export function missingPeople(stage: Stage, fill: StageFill | undefined, seen: boolean): readonly Reason[] {
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

/** An approver's approval that counted once: the key or certificate has ended since, which is no absence and no alteration. */
export function endedReason({ layer, reasons }: Claim, { name, approvers }: Stage, policy: Policy): Reason | undefined {
  const { fact } = layer;
  if (fact.signature !== 'untrusted' || !fact.approval || reasons.some(({ code }) => code === 'APPROVAL_REPLACED'))
    return undefined;
  const who = principalsBehind(policy, fact).filter((principal) => approvers.includes(principal));
  if (who.length === 0) return undefined;
  const why = fact.reasons.find(isProblem)?.message ?? 'it has ended';
  return reason(
    'APPROVAL_SIGNER_ENDED',
    `stage ${name} was approved by ${who.join(', ')} at ${layer.where}, which does not count any more: ${why}`,
  );
}
