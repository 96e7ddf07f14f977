// SPDX-License-Identifier: Apache-2.0
// Broken glass: signed statements on an image by which somebody lets a stage be skipped until a time soon to come. Only those
// whom the policy names may, for no longer than it says, and not again before somebody else has reviewed it.

import type { BreakGlass } from '../../attest/break-glass.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { listed, toSecond } from '../../base/text.ts';
import { reason, type ReasonCode } from '../reasons.ts';
import type { Reason } from '../../findings/signature.ts';
import type { Policy, Stage } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { describeIdentity, peopleBehind, personAs, principalsAt, principalsBehind } from '../rules/people.ts';
import { type ImageView, isAboutAll, whereOf } from '../rules/view.ts';

/** A statement that the policy allows, whether it still counts or not. */
export interface Glass {
  readonly fact: EvidenceFact;
  readonly said: BreakGlass;
  /** Who broke it. */
  readonly by: string;
  /** When it stops counting, milliseconds: its own end, or earlier when it only renews one that nobody has reviewed. */
  readonly end: number;
  /** True when it was taken back, which ends it at once. */
  readonly withdrawn: boolean;
  /** False when its signer's key or certificate has ended. */
  readonly signed: boolean;
  /** Who else approved the stage having seen it. */
  readonly reviewedBy: readonly string[];
}

/** All that is on an image for the stages of a policy, and why others do not count. */
export interface Glasses {
  readonly allowed: readonly Glass[];
  /** By people of the policy alone; `stage` is what they say, as far as it can be read. */
  readonly refused: readonly { readonly stage: string | null; readonly reason: Reason }[];
}

/** Somebody who approved a stage in a way that counts but for the order. */
interface Reviewer {
  readonly layer: { readonly fact: LayerFact };
  readonly principal: string;
  /** What identifies the person. */
  readonly uses: readonly string[];
}

/** Looks at every such statement; `approvers` by stage are who may have reviewed it. */
export function glassesOn(
  policy: Policy,
  image: ImageView,
  approvers: ReadonlyMap<string, readonly Reviewer[]>,
): Glasses {
  const judged = eachOnce(
    policy,
    image.evidence.filter((fact) => isSaidBySomebody(policy, fact)),
  ).map((fact) => {
    const stage = policy.stages.find(({ name }) => name === saidOf(fact)?.stage);
    return { fact, stage, reason: problemOf(policy, image, { fact, stage }) };
  });
  const refused = judged.flatMap(({ fact, reason: why }) =>
    why ? [{ stage: saidOf(fact)?.stage ?? null, reason: why }] : [],
  );
  const allowed = judged.flatMap(({ fact, stage, reason: why }): readonly Glass[] => {
    const said = saidOf(fact);
    if (why || !said || !stage) return [];
    const reviewedBy = reviewersOf(policy, fact, approvers.get(stage.name) ?? []);
    const by = fact.signer ? peopleBehind(policy, fact.signer).join(', ') : '';
    const signed = fact.signature === 'valid';
    const withdrawn = fact.withdrawn !== undefined;
    return [{ fact, said, by, signed, reviewedBy, withdrawn, end: Date.parse(said.until) }];
  });
  const ended = allowed.map((glass) => ({
    ...glass,
    end: Math.min(endOf(policy, glass, allowed), backAt(glass, image)),
  }));
  return { refused, allowed: ended };
}

/** When it was taken back, as the withdrawal says; never later than the present. */
function backAt({ fact: { withdrawn } }: Glass, { now }: ImageView): number {
  return withdrawn ? Math.min(Date.parse(withdrawn.withdrawnAt), now.getTime()) : Number.POSITIVE_INFINITY;
}

/** Whether the stage is skipped by it now. */
export function holds({ signed, end }: Glass, now: Date): boolean {
  return signed && now.getTime() < end;
}

/**
 * Whether an approval of a later stage was given while the stage was skipped, by somebody who had seen that. Without proof of
 * its time the present counts.
 */
export function sawBroken({ approval, proven }: LayerFact, { fact, signed, end }: Glass, now: Date): boolean {
  if (!signed || !approval?.evidence.some(({ digest }) => digest === fact.digest)) return false;
  return Math.min(now.getTime(), proven?.latest.getTime() ?? Number.POSITIVE_INFINITY) < end;
}

/** What whoever approves next has to list, whatever else they rely on: it can then not be removed unseen. */
export function glassIn(policy: Policy | undefined, { evidence }: ImageFacts): readonly EvidenceFact[] {
  if (!policy) return [];
  return evidence.filter((fact) => isSaidBySomebody(policy, fact) && !fact.contradicted && saidOf(fact) !== undefined);
}

function saidOf({ breakGlass }: EvidenceFact): BreakGlass | undefined {
  return typeof breakGlass === 'string' ? undefined : breakGlass;
}

/**
 * A statement can lie in a file and be attached as well; the copy whose signature is good stands for it. What somebody else
 * signs again is another one.
 */
function eachOnce(policy: Policy, found: readonly EvidenceFact[]): readonly EvidenceFact[] {
  const goodLast = found.toSorted((a, b) => Number(a.signature === 'valid') - Number(b.signature === 'valid'));
  return [
    ...new Map(goodLast.map((fact) => [[fact.digest, ...principalsBehind(policy, fact)].join(' '), fact])).values(),
  ];
}

/** What strangers attach to an image is no broken glass. */
function isSaidBySomebody(policy: Policy, fact: EvidenceFact): boolean {
  return fact.breakGlass !== undefined && principalsBehind(policy, fact).length > 0;
}

/** Why a statement never counts. */
function problemOf(
  policy: Policy,
  image: ImageView,
  { fact, stage }: { readonly fact: EvidenceFact; readonly stage: Stage | undefined },
): Reason | undefined {
  const who = fact.signer ? peopleBehind(policy, fact.signer).join(', ') : describeIdentity(null);
  const refuse = (code: ReasonCode, why: string) =>
    reason(code, `${whereOf(fact.place)}: ${who} broke the glass of ${why}`);
  const said = saidOf(fact);
  if (!said) {
    const why = typeof fact.breakGlass === 'string' ? fact.breakGlass : 'it says nothing';
    return refuse('BREAK_GLASS_UNREADABLE', `some stage: ${why}`);
  }
  const name = `stage ${said.stage}`;
  if (!isAboutAll(fact, image.about(said.stage)))
    return refuse('BREAK_GLASS_OTHER_CONTENT', `${name} of another image`);
  if (!stage?.breakGlass) return refuse('BREAK_GLASS_NOT_ALLOWED', `${name}, which the policy lets nobody skip`);
  if (said.stageId !== stage.id)
    return refuse('BREAK_GLASS_NOT_ALLOWED', `${name} with the id ${said.stageId}, where the policy has ${stage.id}`);
  const { by, maxDuration } = stage.breakGlass;
  const principals =
    fact.signature === 'valid' ? principalsAt(policy, fact, image.now) : principalsBehind(policy, fact);
  if (!principals.some((one) => by.includes(one)))
    return refuse('BREAK_GLASS_NOT_ENTITLED', `${name}, which only ${listed(by, 'or')} may`);
  const [from, until] = [Date.parse(said.from), Date.parse(said.until)];
  const length = `from ${said.from} until ${said.until}`;
  if (until - from > maxDuration)
    return refuse('BREAK_GLASS_TOO_LONG', `${name} ${length}: ${maxDuration / 3_600_000} hours are the most`);
  const there = Math.min(image.now.getTime(), fact.proven?.latest.getTime() ?? Number.POSITIVE_INFINITY);
  return from > there + CLOCK_SKEW_MS
    ? refuse(
        'BREAK_GLASS_DATED_AHEAD',
        `${name} ${length}, and the statement was there at ${toSecond(new Date(there))}`,
      )
    : undefined;
}

/** Others who approved the stage in a way that counts, and list the statement. */
function reviewersOf(policy: Policy, fact: EvidenceFact, approvers: readonly Reviewer[]): readonly string[] {
  const { signer } = fact;
  const own = new Set(
    signer ? principalsBehind(policy, fact).flatMap((name) => personAs(policy, name, signer).uses) : [],
  );
  const saw = approvers.filter(({ layer }) =>
    layer.fact.approval?.evidence.some(({ digest }) => digest === fact.digest),
  );
  const mine = new Set(saw.filter(({ uses }) => uses.some((use) => own.has(use))).map(({ layer }) => layer.fact));
  return [...new Set(saw.filter(({ layer }) => !mine.has(layer.fact)).map(({ principal }) => principal))];
}

/**
 * Renewing does not prolong what nobody has reviewed: all together last as long as one may, from the first on, be it by a key
 * that has ended since, or was taken back. Only the policy can say that one was none.
 */
function endOf(policy: Policy, { said, reviewedBy, end }: Glass, all: readonly Glass[]): number {
  const max = policy.stages.find(({ name }) => name === said.stage)?.breakGlass?.maxDuration ?? 0;
  const open = all.filter(
    (one) => one.said.stage === said.stage && one.reviewedBy.length === 0 && !isDenied(policy, one.fact),
  );
  if (reviewedBy.length > 0 || open.length === 0) return end;
  return Math.min(end, max + Math.min(...open.map((one) => Date.parse(one.said.from))));
}

function isDenied({ deny }: Policy, { digest, reasons }: EvidenceFact): boolean {
  const byDigest = deny.some(({ what }) => what.of === 'statement' && what.digest === digest);
  return byDigest || reasons.some(({ code }) => code.endsWith('_DENIED'));
}
