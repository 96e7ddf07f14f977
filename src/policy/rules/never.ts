// SPDX-License-Identifier: Apache-2.0
// Which stages can nobody ever have approved? Supposes that every approver approves: what fails even then always will.

import type { Policy, Stage } from '../document/model.ts';
import {
  areDistinct,
  fillStages,
  quorumsOf,
  type StageCandidate,
  type StageFill,
  type StageNeed,
} from './threshold.ts';

/** Ways of approving among which it is searched exactly; stages with more of them are not decided. */
const MAX_SEARCHED = 1000;

/** What each way in which a principal may approve uses up; `any` for whoever is as many people as are asked for. */
export type Ways = (principal: string) => readonly (readonly string[])[] | 'any';

/** Stages that are not filled; those of which it was not found out are `undecided`. A way uses up three things at most. */
export function neverFilled(
  { stages, distinct }: Pick<Policy, 'stages' | 'distinct'>,
  ways: Ways,
): readonly StageFill[] {
  const needs = stages
    .map((stage) => {
      const tied = stages.filter((other) => other === stage || areDistinct(stage.name, other.name, distinct));
      const people = tied.reduce((sum, { threshold }) => sum + threshold, 0);
      return needOf(stage, people, ways);
    })
    .filter(({ seats }) => seats.length > 0);
  if (canDivide(needs, distinct)) return [];
  if (needs.reduce((sum, { candidates }) => sum + candidates.length, 0) <= MAX_SEARCHED)
    return fillStages(needs, distinct).filter(({ met }) => !met);
  return needs.map(({ stage }) => ({ stage, met: false, undecided: true, principals: [], conflicts: [] }));
}

/**
 * What has to be found for a stage, where all stages that are tied to it need so many people. A quorum is left out that has
 * enough of them whomever the others take: thousands of people cost no more than a few.
 */
function needOf(stage: Stage, people: number, ways: Ways): StageNeed<StageCandidate> {
  const seats: number[] = [];
  const candidates: StageCandidate[] = [];
  for (const { approvers, needed } of quorumsOf(stage)) {
    const found = waysWithin(approvers, { enough: needed + 3 * (people - needed), ways });
    if (!found) continue;
    for (const one of found) candidates.push({ ...one, seat: seats.length });
    seats.push(needed);
  }
  return { stage: stage.name, seats, candidates };
}

/** All ways in which these can approve; undefined where enough of them use up different things. */
function waysWithin(approvers: readonly string[], { enough, ways }: { readonly enough: number; readonly ways: Ways }) {
  const used = new Set<string>();
  const all: { readonly principal: string; readonly uses: readonly string[] }[] = [];
  let different = 0;
  for (const principal of approvers) {
    const mine = ways(principal);
    if (mine === 'any') return undefined;
    for (const uses of mine) {
      all.push({ principal, uses });
      if (uses.some((use) => used.has(use))) continue;
      for (const use of uses) used.add(use);
      different += 1;
      if (different === enough) return undefined;
    }
  }
  return all;
}

/** Whether whoever comes first, to the stages with the fewest candidates first, fills all: mostly that is enough. */
function canDivide(needs: readonly StageNeed<StageCandidate>[], distinct: Policy['distinct']): boolean {
  const used = new Map<string, Set<string>>(needs.map(({ stage }) => [stage, new Set()]));
  return needs
    .toSorted((one, other) => one.candidates.length - other.candidates.length)
    .every(({ stage, seats, candidates }) => {
      const others = [...used].flatMap(([other, uses]) => (areDistinct(stage, other, distinct) ? [uses] : []));
      const mine = used.get(stage) ?? new Set();
      const open = [...seats];
      for (const { seat, uses } of candidates) {
        const needed = open[seat] ?? 0;
        if (needed === 0 || uses.some((use) => mine.has(use) || others.some((taken) => taken.has(use)))) continue;
        for (const use of uses) mine.add(use);
        open[seat] = needed - 1;
      }
      return open.every((needed) => needed === 0);
    });
}
