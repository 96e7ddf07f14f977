// SPDX-License-Identifier: Apache-2.0
// How many different people are among those who could count? Two candidates that use up the same thing are one person's: asked
// is for the largest set of which no two use up the same. In general that is hard; the exact search takes what costs nothing
// first, treats parts that have nothing in common by themselves, asks nothing twice, and ends when its budget is spent.

/** What may be spent: things looked at, so that every machine decides alike. None is left once a search was given up. */
export interface Budget {
  steps: number;
}

/** Takes steps away; true while some are left. */
export function spend(budget: Budget, steps: number): boolean {
  budget.steps -= steps;
  return budget.steps >= 0;
}

/** What a candidate uses up: the principal, the key, the names that the policy recognised. */
export interface Candidate {
  readonly uses: readonly string[];
}

/** Steps of one evaluation: less than a second, whoever put what on the image. */
export const MAX_STEPS = 5_000_000;
/** Of so many that clash one of each kind is looked at, where it matters only who they are. */
const MANY = 300;

/** True when two candidates cannot both count. */
export function clash(one: Candidate, other: Candidate): boolean {
  return one.uses.some((use) => other.uses.includes(use));
}

/** A largest set of candidates of which no two clash; a smaller one when the budget is spent. */
export function differentPeople<T extends Candidate>(candidates: readonly T[], budget: Budget): readonly T[] {
  const unique = [...new Map(candidates.map((one) => [JSON.stringify([...one.uses].sort()), one])).values()];
  return largestOf(unique.length > MANY ? oneOfEach(unique, budget) : unique, budget);
}

/** How many different people are among them; fewer when the budget is spent. */
export function countPeople(candidates: readonly Candidate[], budget: Budget): number {
  const atLeast = countFirst(candidates, candidates.length, budget);
  if (atLeast === candidates.length) return atLeast;
  const few = oneOfEach(candidates, budget);
  if (atLeast === boundOfSet(essentialUses(few, budget), budget)) return atLeast;
  return largestOf(few, budget).length;
}

/** Whether so many different people are among them. */
export function hasPeople(candidates: readonly Candidate[], needed: number, budget: Budget): boolean {
  if (candidates.length < needed) return false;
  return countFirst(candidates, needed, budget) >= needed || countPeople(candidates, budget) >= needed;
}

/** How many count when whoever comes first does, up to so many: mostly they are enough. */
function countFirst(candidates: readonly Candidate[], most: number, budget: Budget): number {
  const used = new Set<string>();
  let found = 0;
  for (const { uses } of candidates) {
    if (found >= most || !spend(budget, 1)) break;
    if (uses.some((use) => used.has(use))) continue;
    for (const use of uses) used.add(use);
    found += 1;
  }
  return found;
}

/** In which groups somebody uses up a thing. */
export function groupsByUse<Group>(
  groups: ReadonlyMap<Group, readonly Candidate[]>,
): ReadonlyMap<string, ReadonlySet<Group>> {
  const users = new Map<string, Set<Group>>();
  for (const [group, mine] of groups)
    for (const use of mine.flatMap(({ uses }) => uses)) {
      const known = users.get(use);
      if (known) known.add(group);
      else users.set(use, new Set([group]));
    }
  return users;
}

/** The same candidates, who clash as before, with one word for all things that the same of them use up. */
export function inShort<T extends Candidate>(
  candidates: ReadonlyMap<string, readonly T[]>,
): ReadonlyMap<string, readonly T[]> {
  const users = new Map<string, number[]>();
  for (const [position, { uses }] of [...candidates.values()].flat().entries())
    for (const use of new Set(uses)) {
      const known = users.get(use);
      if (known) known.push(position);
      else users.set(use, [position]);
    }
  const first = new Map<string, string>();
  const words = new Map<string, string>();
  for (const [use, all] of users) {
    const who = all.join();
    const word = first.get(who) ?? use;
    first.set(who, word);
    words.set(use, word);
  }
  const shortened = (one: T) => ({ ...one, uses: [...new Set(one.uses.map((use) => words.get(use) ?? use))] });
  return new Map([...candidates].map(([stage, mine]) => [stage, mine.map(shortened)]));
}

/** The first of all who use up the same, as far as it matters; `kind` tells apart who is another all the same. */
export function oneOfEach<T extends Candidate>(
  candidates: readonly T[],
  budget: Budget,
  kind: (one: T) => string = () => '',
): readonly T[] {
  const [first, ...others] = candidates;
  if (!first || others.length === 0) return candidates;
  const uses = essentialUses(candidates, budget);
  const known = new Map<string, T>();
  for (const [position, one] of candidates.entries()) {
    const mine = uses[position] ?? [];
    const word = [kind(one), ...(mine.length > 0 ? mine : ['alone', ...one.uses])].join('\n');
    if (!known.has(word)) known.set(word, one);
  }
  return [...known.values()];
}

function largestOf<T extends Candidate>(candidates: readonly T[], budget: Budget): readonly T[] {
  const uses = essentialUses(candidates, budget);
  const alone = candidates.filter((_, position) => uses[position]?.length === 0);
  const tied = candidates.flatMap((one, position) => {
    const mine = uses[position] ?? [];
    return mine.length > 0 ? [{ one, mine }] : [];
  });
  if (tied.length === 0) return alone;
  const found = largestSet(
    tied.map(({ mine }) => mine),
    budget,
  );
  return [...alone, ...found.flatMap((position) => tied[position]?.one ?? [])];
}

/** What each uses up, but for what nobody else does, and what only those use up who have something else in common. */
function essentialUses(candidates: readonly Candidate[], budget: Budget): readonly (readonly string[])[] {
  const users = new Map<string, { readonly place: number; readonly all: Set<Candidate> }>();
  for (const one of candidates)
    for (const use of one.uses) {
      const known = users.get(use);
      if (known) known.all.add(one);
      else users.set(use, { place: users.size, all: new Set([one]) });
    }
  const kept = new Set<string>();
  for (const [use, { place, all }] of users) {
    const [first] = all;
    spend(budget, 1);
    if (!first || all.size < 2) continue;
    const isImplied = first.uses.some((other) => {
      const theirs = users.get(other);
      if (other === use || !theirs) return false;
      if (theirs.all.size < all.size || (theirs.all.size === all.size && theirs.place > place)) return false;
      spend(budget, all.size);
      return [...all].every((one) => theirs.all.has(one));
    });
    if (!isImplied) kept.add(use);
  }
  return candidates.map(({ uses }) => [...new Set(uses)].filter((use) => kept.has(use)));
}

/** Positions of a largest set, by what each uses up; of a smaller one when the budget is spent. */
function largestSet(uses: readonly (readonly string[])[], budget: Budget): readonly number[] {
  return new Search(uses, budget).largest([...uses.keys()]);
}

/** No set is larger than this. */
function boundOfSet(uses: readonly (readonly string[])[], budget: Budget): number {
  return new Search(uses, budget).bound([...uses.keys()]);
}

class Search {
  readonly #uses: readonly (readonly string[])[];
  readonly #budget: Budget;
  /** For each position those that clash with it, and itself. */
  readonly #near: readonly ReadonlySet<number>[];
  readonly #known = new Map<string, readonly number[]>();

  constructor(uses: readonly (readonly string[])[], budget: Budget) {
    this.#uses = uses;
    this.#budget = budget;
    const users = new Map<string, number[]>();
    for (const [position, mine] of uses.entries())
      for (const use of mine) {
        const others = users.get(use);
        if (others) others.push(position);
        else users.set(use, [position]);
      }
    const near = uses.map((_, position) => new Set([position]));
    for (const all of users.values())
      if (spend(budget, all.length ** 2)) for (const one of all) for (const other of all) near[one]?.add(other);
    this.#near = near;
  }

  largest(all: readonly number[]): readonly number[] {
    const taken: number[] = [];
    let rest = all;
    for (let free = this.#free(rest); free !== undefined; free = this.#free(rest)) {
      const one = free;
      taken.push(one);
      rest = rest.filter((other) => !this.#clash(one, other));
    }
    return [...taken, ...this.#parts(rest).flatMap((part) => this.#best(part))];
  }

  #clash(one: number, other: number): boolean {
    return this.#near[one]?.has(other) ?? false;
  }

  /** One that costs nothing to take: all it clashes with clash with one another, so that only one of them can count. */
  #free(all: readonly number[]): number | undefined {
    return all.find((one) => {
      if (!spend(this.#budget, all.length)) return false;
      const rivals = all.filter((other) => this.#clash(one, other));
      return rivals.every(
        (a, index) =>
          spend(this.#budget, rivals.length - index) && rivals.slice(index + 1).every((b) => this.#clash(a, b)),
      );
    });
  }

  /** Those that are tied to one another, by way of others, are together. */
  #parts(all: readonly number[]): readonly (readonly number[])[] {
    const left = new Set(all);
    const parts: number[][] = [];
    for (const start of all) {
      if (!left.delete(start)) continue;
      const part = [start];
      for (const one of part) {
        spend(this.#budget, left.size);
        const near = [...left].filter((other) => this.#clash(one, other));
        for (const other of near) left.delete(other);
        part.push(...near);
      }
      parts.push(part.sort((a, b) => a - b));
    }
    return parts;
  }

  #best(all: readonly number[]): readonly number[] {
    const question = all.join();
    const known = this.#known.get(question);
    if (known) return known;
    if (this.#budget.steps < 0) return [];
    const found = this.#search(all);
    this.#known.set(question, found);
    return found;
  }

  #search(all: readonly number[]): readonly number[] {
    spend(this.#budget, all.length ** 2);
    const ranked = all.map((one) => ({ one, clashes: all.filter((other) => this.#clash(one, other)).length }));
    const [first] = ranked.sort((a, b) => b.clashes - a.clashes);
    if (!first) return [];
    const without = this.largest(all.filter((other) => other !== first.one));
    const others = all.filter((other) => !this.#clash(first.one, other));
    if (this.#budget.steps < 0 || 1 + this.bound(others) <= without.length) return without;
    const withFirst = [first.one, ...this.largest(others)];
    return withFirst.length > without.length ? withFirst : without;
  }

  /** No set of these is larger: of all who use up one thing only one counts, and each takes as many things as it uses up. */
  bound(all: readonly number[]): number {
    spend(this.#budget, all.length);
    const left = new Set(all);
    let groups = 0;
    for (const one of all) {
      if (!left.has(one)) continue;
      const [widest] = (this.#uses[one] ?? [])
        .map((use) => [...left].filter((other) => this.#uses[other]?.includes(use)))
        .sort((a, b) => b.length - a.length);
      spend(this.#budget, left.size);
      for (const other of widest ?? [one]) left.delete(other);
      groups += 1;
    }
    const things = new Set(all.flatMap((one) => this.#uses[one] ?? [])).size;
    const fewest = Math.min(...all.map((one) => this.#uses[one]?.length ?? 0));
    return fewest > 0 ? Math.min(groups, Math.floor(things / fewest)) : groups;
  }
}
