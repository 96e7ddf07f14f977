// SPDX-License-Identifier: Apache-2.0
// Who fills which stage? Whoever could fill several distinct ones, or several quorums of one, is given to one of them, so
// that as many stages as possible are filled, the earlier ones first. An exact search, with a bound on the work that makes
// a stage fail.

import type { Quorum, Stage } from '../document/model.ts';

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

/** Fills the stages in their order: one that cannot be filled together with the earlier ones fails, and those stand. */
export function fillStages<T extends StageCandidate>(
  needs: readonly StageNeed<T>[],
  distinct: readonly (readonly string[])[],
  counting: Counting<T> = (left) =>
    new Map(needs.map(({ stage, candidates }) => [stage, candidates.filter((one) => !left.has(one))])),
): readonly StageFill[] {
  const met: StageNeed<T>[] = [];
  const undecided = new Set<string>();
  let left: ReadonlySet<T> = new Set();
  for (const need of needs) {
    const search = new Division([...met, need], distinct, counting);
    const found = search.divide(new Set());
    if (found) met.push(need);
    else if (search.budget.steps < 0) undecided.add(need.stage);
    left = found ?? left;
  }
  const standing = counting(left);
  const given = met.map(({ stage }) => ({ stage, candidates: standing.get(stage) ?? [] }));
  return needs.map((need) => {
    const taken = given.filter(({ stage }) => areDistinct(stage, need.stage, distinct));
    const free = (standing.get(need.stage) ?? []).filter((one) => !rivalOf(one, taken));
    if (!met.includes(need)) given.push({ stage: need.stage, candidates: free });
    return fillOf(need, free, { met: met.includes(need), undecided: undecided.has(need.stage), taken });
  });
}

/** True when these candidates can fill a single stage; false also when the search was given up. */
export function canFill<T extends StageCandidate>(need: StageNeed<T>): boolean {
  const [only = 0, ...others] = need.seats;
  if (others.length === 0) return differentPeople(need.candidates, { steps: MAX_STEPS }).length >= only;
  const standing = (left: ReadonlySet<T>) => new Map([[need.stage, need.candidates.filter((one) => !left.has(one))]]);
  return new Division([need], [], standing).divide(new Set()) !== undefined;
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

function rivalOf<T extends StageCandidate>(one: T, taken: readonly Given<T>[]): Given<T> | undefined {
  return taken.find(({ candidates }) => candidates.some((other) => clash(one, other)));
}

function fillOf<T extends StageCandidate>(
  { stage, candidates }: StageNeed<T>,
  free: readonly T[],
  {
    met,
    undecided,
    taken,
  }: { readonly met: boolean; readonly undecided: boolean; readonly taken: readonly Given<T>[] },
): StageFill {
  const people = new Set(differentPeople(free, { steps: MAX_STEPS }).map(({ principal }) => principal));
  const conflicts = new Map<string, string>();
  for (const one of candidates.filter(({ principal }) => !people.has(principal))) {
    const rival = rivalOf(one, taken);
    if (rival) conflicts.set(one.principal, rival.stage);
  }
  return {
    stage,
    met,
    undecided,
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

/** The search for some stages that all have to be filled. */
class Division<T extends StageCandidate> {
  readonly budget: Budget = { steps: MAX_STEPS };
  readonly #places: readonly Place[];
  readonly #distinct: readonly (readonly string[])[];
  readonly #counting: Counting<T>;

  constructor(needs: readonly StageNeed<T>[], distinct: readonly (readonly string[])[], counting: Counting<T>) {
    this.#places = needs.flatMap(({ stage, seats }) => seats.map((needed, seat) => ({ stage, seat, needed })));
    this.#distinct = distinct;
    this.#counting = counting;
  }

  /** Whom to leave out, besides those `left` out already, so that nobody fills two distinct places. */
  divide(left: ReadonlySet<T>): ReadonlySet<T> | undefined {
    this.budget.steps -= 1;
    if (this.budget.steps < 0) return undefined;
    const standing = this.#counting(left);
    const inPlace = new Map(
      this.#places.map((place) => [place, ofSeat(standing.get(place.stage) ?? [], place.seat)] as const),
    );
    const spare = new Map([...inPlace].map(([place, mine]) => [place, this.#people(mine) - place.needed]));
    if ([...spare.values()].some((count) => count < 0) || !this.#enoughPeople(inPlace)) return undefined;
    const choice = this.#choice(inPlace, spare);
    if (!choice) return left;
    const out = new Set([...left, choice.one]);
    const stays = new Set([...left, ...choice.rivals]);
    const [first, second] = choice.needed ? [stays, out] : [out, stays];
    return this.divide(first) ?? this.divide(second);
  }

  /** Somebody who could fill two distinct places; best one whose place has enough others, or else has the fewest. */
  #choice(inPlace: ReadonlyMap<Place, readonly T[]>, spare: ReadonlyMap<Place, number>) {
    const all = [...inPlace].map(([place, mine]) => {
      const others = [...inPlace].flatMap(([other, theirs]) => (this.#areApart(place, other) ? theirs : []));
      const ways = mine.map((one) => ({ one, rivals: others.filter((other) => clash(one, other)) }));
      const free = ways.filter(({ rivals }) => rivals.length === 0).map(({ one }) => one);
      const tied = ways.find(({ rivals }) => rivals.length > 0);
      return { tied, needed: this.#people(free) < place.needed, spare: spare.get(place) ?? 0 };
    });
    const [best] = all
      .flatMap(({ tied, ...rest }) => (tied ? [{ ...tied, ...rest }] : []))
      .sort((a, b) => Number(a.needed) - Number(b.needed) || a.spare - b.spare);
    return best;
  }

  #areApart(one: Place, other: Place): boolean {
    return one !== other && (one.stage === other.stage || areDistinct(one.stage, other.stage, this.#distinct));
  }

  /** Places of one group, and those of one stage, can only be filled by as many people as they need together. */
  #enoughPeople(inPlace: ReadonlyMap<Place, readonly T[]>): boolean {
    const several = this.#places.filter(({ seat }) => seat === 1).map(({ stage }) => [stage]);
    return [...this.#distinct, ...several].every((group) => {
      const tied = [...inPlace].filter(([{ stage }]) => group.includes(stage));
      return this.#people(tied.flatMap(([, mine]) => mine)) >= total(tied.map(([{ needed }]) => needed));
    });
  }

  #people(candidates: readonly T[]): number {
    return differentPeople(candidates, this.budget).length;
  }
}

/** What a candidate uses up: the principal, the key, the names that the policy recognised. */
export interface Candidate {
  readonly uses: readonly string[];
}

/** Steps that may be spent; none are left once a search was given up. */
export interface Budget {
  steps: number;
}

/** Steps of one evaluation; three stages with ten approvers each need a few hundred. */
export const MAX_STEPS = 10_000;

/** True when two candidates cannot both count. */
export function clash(one: Candidate, other: Candidate): boolean {
  return one.uses.some((use) => other.uses.includes(use));
}

/** A largest set of candidates of which no two clash; a smaller one when the budget is spent. */
export function differentPeople<T extends Candidate>(candidates: readonly T[], budget: Budget): readonly T[] {
  const unique = [...new Map(candidates.map((one) => [JSON.stringify([...one.uses].sort()), one])).values()];
  const times = new Map<string, number>();
  for (const use of unique.flatMap(({ uses }) => [...new Set(uses)])) times.set(use, (times.get(use) ?? 0) + 1);
  const isAlone = (one: T) => one.uses.every((use) => times.get(use) === 1);
  const rest = unique.filter((one) => !isAlone(one));
  return rest.length === 0 ? unique : [...unique.filter(isAlone), ...largest(rest, budget)];
}

function largest<T extends Candidate>(candidates: readonly T[], budget: Budget): readonly T[] {
  const taken: T[] = [];
  let rest = candidates;
  for (let free = freeOne(rest); free; free = freeOne(rest)) {
    const one = free;
    taken.push(one);
    rest = rest.filter((other) => !clash(one, other));
  }
  const [first] = rest.toSorted((a, b) => clashes(b, rest).length - clashes(a, rest).length);
  budget.steps -= 1;
  if (!first) return taken;
  const others = rest.filter((one) => one !== first);
  const without = largest(others, budget);
  if (budget.steps < 0) return [...taken, ...without];
  const rivals = others.filter((one) => !clash(one, first));
  const withFirst = [first, ...largest(rivals, budget)];
  return [...taken, ...(withFirst.length > without.length ? withFirst : without)];
}

/** One that costs nothing to take: all it clashes with clash with one another, so that only one of them can count. */
function freeOne<T extends Candidate>(candidates: readonly T[]): T | undefined {
  return candidates.find((one) => {
    const rivals = clashes(one, candidates);
    return rivals.every((a, index) => rivals.slice(index + 1).every((b) => clash(a, b)));
  });
}

function clashes<T extends Candidate>(one: T, all: readonly T[]): readonly T[] {
  return all.filter((other) => other !== one && clash(one, other));
}
