// SPDX-License-Identifier: Apache-2.0
// The largest set of things of which no two use up the same. In general that is hard; an exact search takes what costs nothing
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

/** Positions of a largest set, by what each uses up; of a smaller one when the budget is spent. */
export function largestSet(uses: readonly (readonly string[])[], budget: Budget): readonly number[] {
  return new Search(uses, budget).largest([...uses.keys()]);
}

/** No set is larger than this. */
export function boundOfSet(uses: readonly (readonly string[])[], budget: Budget): number {
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
