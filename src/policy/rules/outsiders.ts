// SPDX-License-Identifier: Apache-2.0
// What is said of signatures by somebody whom the policy does not know, who is not trusted, or who signed what another one
// gave. None of them counts.

import type { Reason } from '../../findings/signature.ts';
import type { Policy, Stage } from '../document/model.ts';
import { unlikeness } from '../keyless/match.ts';
import { isProblem, remark } from '../reasons.ts';
import { describeIdentity } from './people.ts';
import { type ApprovalView, isGivenBySigner, type LayerView, nameLayer } from './view.ts';

/** Why an approval is by nobody of whom the stage could be; undefined when it is by a principal. */
export function outsiderRemark(view: ApprovalView, stage: Stage, policy: Policy): Reason | undefined {
  const { signature, signer } = view.fact;
  const who = `${view.where}: ${describeIdentity(signer)}`;
  const claims = `${who} claims stage ${stage.name} and is not trusted`;
  if (signature === 'unknown-signer') return remark('STAGE_APPROVED_BY_OUTSIDER', claims);
  if (signature === 'untrusted') {
    const why = view.fact.reasons.find(isProblem)?.message;
    return remark('STAGE_APPROVED_BY_OUTSIDER', why === undefined ? claims : `${claims}: ${why}`);
  }
  if (signature !== 'valid') return undefined;
  if (!isGivenBySigner(view.fact)) return copyRemark(view);
  if (view.principals.length > 0) return undefined;
  if (view.vouching?.problem !== undefined)
    return remark('GRANT_NOT_GOOD', `${who} approved stage ${stage.name}, and ${view.vouching.problem}`);
  return remark(
    'SIGNER_NOT_A_PRINCIPAL',
    `${who} approved stage ${stage.name} and is no principal of the policy${unlikeness(policy, { identity: signer })}`,
  );
}

/** The same of any layer whose signature is valid, whatever stage it is for; `isClaimed` when it was looked at for one. */
export function layerRemarks(
  layer: LayerView,
  { policy, isClaimed }: { readonly policy: Policy | undefined; readonly isClaimed: boolean },
): readonly Reason[] {
  const { fact, where, principals, trusted } = layer;
  const copied = isGivenBySigner(fact) ? [] : [copyRemark(layer)];
  if (isClaimed || !policy) return copied;
  const stage = fact.approval?.stage;
  const isUnknown = trusted && stage !== undefined && !policy.stages.some(({ name }) => name === stage);
  const who = describeIdentity(fact.signer);
  return [
    ...copied,
    ...(principals.length > 0
      ? []
      : [remark('SIGNER_NOT_A_PRINCIPAL', `${where}: ${who} is no principal of the policy`)]),
    ...(isUnknown ? [remark('APPROVAL_STAGE_UNKNOWN', `${where}: stage ${stage} is not in the policy`)] : []),
  ];
}

/** What is wrong with a signature over what somebody else gave. */
function copyRemark(view: LayerView): Reason {
  const stage = view.fact.approval?.stage ?? '';
  const message = `${nameLayer(view)}: the approval of stage ${stage} names another signer, it is a copy of what that one gave`;
  return remark('APPROVAL_OTHER_SIGNER', message);
}

/** Where somebody else's signature of the same statement is, as an addition to what is missing. */
export function copyText([where]: readonly string[]): string {
  return where === undefined ? '' : ` (${where} is a copy of it by another signer)`;
}
