// SPDX-License-Identifier: Apache-2.0
// Who fills which stage? Whoever could fill several distinct ones, or several quorums of one, is given to one of them, so
// that as many stages as possible are filled, the earlier ones first. An exact search; all searches of one evaluation share a
// budget, and stages for which nothing is left of it fail.

import type { Quorum, Stage } from '../document/model.ts';
import {
  type Budget,
  type Candidate,
  clash,
  countPeople,
  differentPeople,
  groupsByUse,
  hasPeople,
  MAX_STEPS,
  oneOfEach,
  spend,
} from './assign/different.ts';

/** A way in which a principal may fill a stage. */
export interface StageCandidate extends Candidate {
  readonly principal: string;
  /** Which quorum of the stage. */
  readonly seat: number;
}

/** The quorums of a stage: one of all approvers where the policy names none. */
export function quorumsOf({ name, approvers, threshold, quorums }: Stage): readonly Quorum[] {
  return quorums ?? [{ name, approvers, needed: threshold }];
}

/** A stage, how many different people it needs, and who could be among them. */
export interface StageNeed<T extends StageCandidate> {
  readonly stage: string;
  /** By quorum. */
  readonly seats: readonly number[];
  /** Objects of this stage alone: each is given a place, or left out, by itself. */
  readonly candidates: readonly T[];
}

/** Who fills a stage. */
export interface StageFill {
  readonly stage: string;
  readonly met: boolean;
  /** True when the search was given up; `met` is false then. */
  readonly undecided: boolean;
  /** Principals that count. */
  readonly principals: readonly string[];
  /** Principals that do not count because they fill another stage of a distinct group. */
  readonly conflicts: readonly { readonly principal: string; readonly stage: string }[];
}

/** Candidates by stage. */
export type ByStage<T> = ReadonlyMap<string, readonly T[]>;

/** Candidates that count when those given are left out: whom others rest on may be among them. */
type Counting<T> = (left: ReadonlySet<T>) => ByStage<T>;

/** How a search goes about it. */
interface Searching<T> {
  readonly counting: Counting<T>;
  readonly budget: Budget;
}

/** Fills the stages in their order: one that cannot be filled together with the earlier ones fails, and those stand. */
export function fillStages<T extends StageCandidate>(
  needs: readonly StageNeed<T>[],
  distinct: readonly (readonly string[])[],
  searching: Searching<T> = { counting: standingOf(needs), budget: { steps: MAX_STEPS } },
): readonly StageFill[] {
  const { counting, budget } = searching;
  const met: StageNeed<T>[] = [];
  const undecided = new Set<string>();
  let left: ReadonlySet<T> = new Set();
  let standing = counting(left);
  for (const need of needs) {
    const division = new Division([...met, need], distinct, searching);
    const found = division.extend(left) ?? division.divide(new Set());
    if (found && budget.steps >= 0) {
      met.push(need);
      ({ left, standing } = found);
    } else if (budget.steps < 0) undecided.add(need.stage);
  }
  const given = met.map(({ stage }) => ({ stage, candidates: standing.get(stage) ?? [] }));
  // Nothing is decided any more, so that a search which was given up does not keep what was decided from being told.
  const telling = { steps: MAX_STEPS };
  return needs.map((need) => {
    const taken = given.filter(({ stage }) => areDistinct(stage, need.stage, distinct));
    const free = withoutRivals(standing.get(need.stage) ?? [], taken);
    if (!met.includes(need)) given.push({ stage: need.stage, candidates: free });
    return { met: met.includes(need), undecided: undecided.has(need.stage), ...peopleOf(need, free, taken, telling) };
  });
}

/** Candidates by stage when it is only asked who is left out. */
function standingOf<T extends StageCandidate>(needs: readonly StageNeed<T>[]): Counting<T> {
  return (left) => new Map(needs.map(({ stage, candidates }) => [stage, candidates.filter((one) => !left.has(one))]));
}

/** True when these candidates can fill a single stage; false also when the search was given up. */
export function canFill<T extends StageCandidate>(need: StageNeed<T>, budget: Budget = { steps: MAX_STEPS }): boolean {
  const { stage, seats, candidates } = need;
  const [only = 0, ...others] = seats;
  if (others.length === 0) return hasPeople(candidates, only, budget);
  if (!spend(budget, candidates.length)) return false;
  if (canSeat(need)) return true;
  const few = [{ stage, seats, candidates: oneOfEach(candidates, budget, ({ seat }) => `${seat}`) }];
  const found = new Division(few, [], { counting: standingOf(few), budget }).divide(new Set());
  return found !== undefined && budget.steps >= 0;
}

/** True when whoever comes first fills every quorum, those with the fewest candidates before others: mostly that is enough. */
export function canSeat({ seats, candidates }: StageNeed<StageCandidate>): boolean {
  const used = new Set<string>();
  const open = seats.map((needed, seat) => ({ needed, mine: ofSeat(candidates, seat) }));
  return open
    .sort((one, other) => one.mine.length - one.needed - (other.mine.length - other.needed))
    .every(({ needed, mine }) => {
      let left = needed;
      for (const { uses } of mine) {
        if (left === 0 || uses.some((use) => used.has(use))) continue;
        for (const use of uses) used.add(use);
        left -= 1;
      }
      return left === 0;
    });
}

/** Candidates for one quorum. */
export function ofSeat<T extends StageCandidate>(candidates: readonly T[], seat: number): readonly T[] {
  return candidates.filter((one) => one.seat === seat);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

interface Given<T> {
  readonly stage: string;
  readonly candidates: readonly T[];
}

/** Who has no rival among those to whom a place was given. */
function withoutRivals<T extends StageCandidate>(candidates: readonly T[], taken: readonly Given<T>[]): readonly T[] {
  const used = new Set(taken.flatMap((one) => one.candidates.flatMap(({ uses }) => uses)));
  return candidates.filter(({ uses }) => !uses.some((use) => used.has(use)));
}

function rivalOf<T extends StageCandidate>(one: T, taken: readonly Given<T>[]): Given<T> | undefined {
  return taken.find(({ candidates }) => candidates.some((other) => clash(one, other)));
}

/** Who counts for a stage, and whom another one keeps from it. */
function peopleOf<T extends StageCandidate>(
  { stage, candidates }: StageNeed<T>,
  free: readonly T[],
  taken: readonly Given<T>[],
  telling: Budget,
): Pick<StageFill, 'stage' | 'principals' | 'conflicts'> {
  const people = new Set(differentPeople(free, telling).map(({ principal }) => principal));
  const conflicts = new Map<string, string>();
  for (const one of candidates.filter(({ principal }) => !people.has(principal))) {
    const rival = rivalOf(one, taken);
    if (rival) conflicts.set(one.principal, rival.stage);
  }
  return {
    stage,
    principals: [...new Set(candidates.map(({ principal }) => principal))].filter((name) => people.has(name)),
    conflicts: [...conflicts].map(([principal, rival]) => ({ principal, stage: rival })),
  };
}

/** True for two stages of which nobody may fill both. */
export function areDistinct(one: string, other: string, distinct: readonly (readonly string[])[]): boolean {
  return one !== other && distinct.some((group) => group.includes(one) && group.includes(other));
}

/** A quorum that has to be filled. */
interface Place {
  readonly stage: string;
  readonly seat: number;
  readonly needed: number;
}

/** Who counts when some are left out, and whom to decide about next: nobody when no two distinct places share anybody. */
interface Outlook<T> {
  readonly left: ReadonlySet<T>;
  readonly standing: ByStage<T>;
  readonly choice: Choice<T> | undefined;
}

/** Somebody who could fill two distinct places. */
interface Choice<T> {
  readonly one: T;
  /** True when their place has not enough others. */
  readonly needed: boolean;
  /** All of their place who could fill another one. */
  readonly tied: readonly T[];
  /** Those of other places with whom they clash. */
  readonly rivals: readonly T[];
}

/** The search for some stages that all have to be filled. */
class Division<T extends StageCandidate> {
  readonly #budget: Budget;
  readonly #places: readonly Place[];
  readonly #distinct: readonly (readonly string[])[];
  readonly #counting: Counting<T>;

  constructor(
    needs: readonly StageNeed<T>[],
    distinct: readonly (readonly string[])[],
    { counting, budget }: Searching<T>,
  ) {
    this.#places = needs.flatMap(({ stage, seats }) => seats.map((needed, seat) => ({ stage, seat, needed })));
    this.#distinct = distinct;
    this.#counting = counting;
    this.#budget = budget;
  }

  /** Who is left, besides whom some are left out so that nobody fills two distinct places; `left` are out already. */
  divide(left: ReadonlySet<T>): Outlook<T> | undefined {
    const outlook = this.#look(left);
    if (!outlook?.choice) return outlook;
    const { one, needed, rivals } = outlook.choice;
    const out = new Set([...left, one]);
    const stays = new Set([...left, ...rivals]);
    const [first, second] = needed ? [stays, out] : [out, stays];
    return this.divide(first) ?? this.divide(second);
  }

  /** The same in one go, without a second try: from a place that has enough others go all who could fill another one. */
  extend(left: ReadonlySet<T>): Outlook<T> | undefined {
    let outlook = this.#look(left);
    while (outlook?.choice) {
      const { needed, tied, rivals }: Choice<T> = outlook.choice;
      outlook = this.#look(new Set([...outlook.left, ...(needed ? rivals : tied)]));
    }
    return outlook;
  }

  /** Undefined when those who count cannot fill all places, or the budget is spent. */
  #look(left: ReadonlySet<T>): Outlook<T> | undefined {
    if (!spend(this.#budget, 1 + left.size)) return undefined;
    const standing = this.#counting(left);
    const inPlace = new Map(
      this.#places.map((place) => [place, ofSeat(standing.get(place.stage) ?? [], place.seat)] as const),
    );
    const spare = new Map([...inPlace].map(([place, mine]) => [place, this.#people(mine) - place.needed]));
    if ([...spare.values()].some((count) => count < 0) || !this.#enoughPeople(inPlace)) return undefined;
    return { left, standing, choice: this.#choice(inPlace, spare) };
  }

  /** Somebody who could fill two distinct places; best one whose place has enough others, or else has the fewest. */
  #choice(inPlace: ReadonlyMap<Place, readonly T[]>, spare: ReadonlyMap<Place, number>): Choice<T> | undefined {
    const users = groupsByUse(inPlace);
    const all = [...inPlace].flatMap(([place, mine]) => {
      spend(this.#budget, mine.length);
      const apart = (use: string) => [...(users.get(use) ?? [])].some((other) => this.#areApart(place, other));
      const isTied = mine.map(({ uses }) => uses.some(apart));
      const tied = mine.filter((_, position) => isTied[position]);
      const [one] = tied;
      if (!one) return [];
      const free = mine.filter((_, position) => !isTied[position]);
      return [{ one, tied, place, needed: this.#people(free) < place.needed, spare: spare.get(place) ?? 0 }];
    });
    const [best] = all.sort((a, b) => Number(a.needed) - Number(b.needed) || a.spare - b.spare);
    if (!best) return undefined;
    const others = [...inPlace].flatMap(([other, theirs]) => (this.#areApart(best.place, other) ? theirs : []));
    return { ...best, rivals: others.filter((other) => clash(best.one, other)) };
  }

  #areApart(one: Place, other: Place): boolean {
    return one !== other && (one.stage === other.stage || areDistinct(one.stage, other.stage, this.#distinct));
  }

  /** Places of one group, and those of one stage, can only be filled by as many people as they need together. */
  #enoughPeople(inPlace: ReadonlyMap<Place, readonly T[]>): boolean {
    const several = this.#places.filter(({ seat }) => seat === 1).map(({ stage }) => [stage]);
    return [...this.#distinct, ...several].every((group) => {
      const tied = [...inPlace].filter(([{ stage }]) => group.includes(stage));
      return hasPeople(
        tied.flatMap(([, mine]) => mine),
        total(tied.map(([{ needed }]) => needed)),
        this.#budget,
      );
    });
  }

  #people(candidates: readonly T[]): number {
    return countPeople(candidates, this.#budget);
  }
}
