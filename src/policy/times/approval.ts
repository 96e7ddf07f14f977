// SPDX-License-Identifier: Apache-2.0
// What is wrong with the times of an approval: those that it states itself, and the one that is proven.

import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import { reason } from '../reasons.ts';
import type { Stage } from '../document/model.ts';
import { type ApprovalView, type LayerView, nameLayer } from '../rules/view.ts';

/** Why an approval does not count at this time. */
export function timeReasons(view: ApprovalView, now: Date): readonly Reason[] {
  const { expires, timeVerified } = view.approval;
  const reasons: Reason[] = [];
  if (expires !== null && !(Date.parse(expires) > now.getTime()))
    reasons.push(reason('APPROVAL_EXPIRED', `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
  if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS))
    reasons.push(reason('APPROVAL_FROM_FUTURE', `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
  const { proven } = view.fact;
  if (proven?.proof === 'timestamp' && Date.parse(timeVerified) > proven.latest.getTime() + CLOCK_SKEW_MS) {
    const dated = `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`;
    reasons.push(reason('APPROVAL_DATED_AHEAD', `${dated}, and was there at ${toSecond(proven.time)}`));
  }
  return reasons;
}

/** Why a layer is too old for its stage; a time that the signer states can make it older than it is proven to be. */
export function ageReasons(view: LayerView, { name, maxAge }: Stage, now: Date): readonly Reason[] {
  if (maxAge === undefined) return [];
  const { approval, signedAt, proven } = view.fact;
  const stated = Date.parse(approval?.timeVerified ?? signedAt ?? '');
  const times = [...(Number.isNaN(stated) ? [] : [stated]), ...(proven ? [proven.time.getTime()] : [])];
  const [oldest] = times.toSorted((a, b) => a - b);
  if (oldest !== undefined && now.getTime() - oldest <= maxAge) return [];
  const of = oldest === undefined ? 'does not say when it was made' : `is of ${toSecond(new Date(oldest))}`;
  return [reason('APPROVAL_TOO_OLD', `${nameLayer(view)}: it ${of}, too old for stage ${name}`)];
}
