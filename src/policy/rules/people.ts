// SPDX-License-Identifier: Apache-2.0
// How many different people are these? Each candidate uses up what identifies a person; people are counted by candidates
// that have nothing in common.

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
  const unique = new Map(candidates.map((one) => [JSON.stringify([...one.uses].sort()), one]));
  return largest([...unique.values()], budget);
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
