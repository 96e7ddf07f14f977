// SPDX-License-Identifier: Apache-2.0
// What is wrong with the times of an approval: those that it states itself.

import { toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import { reason } from '../reasons.ts';
import { type ApprovalView, nameLayer } from './view.ts';

/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Why an approval does not count at this time. */
export function timeReasons(view: ApprovalView, now: Date): readonly Reason[] {
  const { expires, timeVerified } = view.approval;
  const reasons: Reason[] = [];
  if (expires !== null && !(Date.parse(expires) > now.getTime()))
    reasons.push(reason('APPROVAL_EXPIRED', `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
  if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS))
    reasons.push(reason('APPROVAL_FROM_FUTURE', `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
  return reasons;
}
