// SPDX-License-Identifier: Apache-2.0
// Broken glass as verdicts show it: for as long as the statement is on the image, also after its end.

import { toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import { asRemark, reason, remark } from '../reasons.ts';
import type { BreakGlassReport } from '../verdict.ts';
import { whereOf } from '../rules/view.ts';
import { type Glass, type Glasses, holds } from './glass.ts';

/** Everything that was allowed for a stage; and what is to be said of it: that it is skipped or was, and what does not count. */
export function glassOf(
  { allowed, refused }: Glasses,
  stage: string,
  now: Date,
): { readonly broken: readonly BreakGlassReport[]; readonly said: readonly Reason[] } {
  const mine = allowed.filter(({ said }) => said.stage === stage);
  const broken = mine.map((glass) => ({
    digest: glass.fact.digest,
    by: glass.by,
    reason: glass.said.reason,
    ticket: glass.said.ticket,
    from: glass.said.from,
    until: untilOf(glass),
    holds: holds(glass, now),
    reviewedBy: glass.reviewedBy,
  }));
  const said = [
    ...mine.flatMap((glass) => [brokenRemark(glass), ...outcomes(glass, now)]),
    ...refused.filter((one) => one.stage === stage).map((one) => one.reason),
  ];
  return { broken, said };
}

/** What does not count and says no stage of the policy. */
export function strayGlass({ refused }: Glasses, stages: readonly { readonly name: string }[]): readonly Reason[] {
  return refused.filter(({ stage }) => !stages.some(({ name }) => name === stage)).map((one) => asRemark(one.reason));
}

function untilOf({ end }: Glass): string {
  return toSecond(new Date(end));
}

function brokenRemark(glass: Glass): Reason {
  const { said, by, fact } = glass;
  const span = `from ${said.from} until ${untilOf(glass)}`;
  const message = `${whereOf(fact.place)}: ${by} broke the glass of stage ${said.stage} ${span}: ${said.reason} (${said.ticket})`;
  return remark('BREAK_GLASS', message);
}

function outcomes(glass: Glass, now: Date): readonly Reason[] {
  const { said, by, reviewedBy, signed, withdrawn, fact } = glass;
  const name = `the glass of stage ${said.stage} that ${by} broke`;
  const review =
    reviewedBy.length > 0 ? [] : [remark('BREAK_GLASS_UNREVIEWED', `${name} is not reviewed by anybody else`)];
  if (holds(glass, now)) return review;
  if (withdrawn) {
    const { reason: why = '' } = fact.withdrawn ?? {};
    return [reason('BREAK_GLASS_WITHDRAWN', `${name} was taken back at ${untilOf(glass)}: ${why}`), ...review];
  }
  const isRenewed = signed && Date.parse(said.until) > now.getTime();
  const ended = isRenewed
    ? reason(
        'BREAK_GLASS_RENEWED',
        `${name} until ${said.until} counts until ${untilOf(glass)} alone: it was broken before, and that is not reviewed`,
      )
    : reason('BREAK_GLASS_ENDED', signed ? `${name} counted until ${untilOf(glass)}` : `${name}: ${whyUnsigned(fact)}`);
  return [ended, ...review];
}

function whyUnsigned({ reasons: [why] }: Glass['fact']): string {
  return why?.message ?? 'the key or certificate of its signer has ended';
}
