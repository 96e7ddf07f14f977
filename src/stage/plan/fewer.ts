// SPDX-License-Identifier: Apache-2.0
// Fewer approvals than a first try needed: all ways to give less are tried, shortest first, within a bound. Pure.

import type { SigningMethod } from '../../findings/signature.ts';
import type { Stage } from '../../policy/document/model.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import { type Candidate, candidatesFor, isPresent, type Situation, waysOf, withApproval } from './trial.ts';

/** An approval to be given. */
export interface Approving {
  readonly stage: Stage;
  /** Principals of whom one can give it. */
  readonly who: readonly string[];
  /** How the first of them signs. */
  readonly method: SigningMethod;
  /** What is there gives way. */
  readonly replace: boolean;
  /** False when the key or certificate that they have used has ended. */
  readonly fresh: boolean;
}

/** Where to start, how many approvals are known to do, and when an image passes. */
interface Search {
  readonly situation: Situation;
  readonly than: number;
  readonly passes: (facts: ImageFacts) => boolean;
}

/** Images that are judged at most. */
const MOST_TRIED = 150;

/** A shorter way that makes the image pass; undefined where none was found within the bound. */
export function fewerApprovals(stages: readonly Stage[], search: Search): readonly Approving[] | undefined {
  const left = { tries: MOST_TRIED };
  const fewest = missingFrom(stages, search.situation.facts);
  for (let depth = Math.max(1, fewest); depth < search.than; depth += 1) {
    const found = within(stages, { ...search, depth, left });
    if (found) return found;
  }
  return undefined;
}

/** No fewer will do: each approval that is there, good or bad, counts once at the most. */
function missingFrom(stages: readonly Stage[], { layers }: ImageFacts): number {
  const plain = layers.filter(({ approval }) => !approval).length;
  return stages.reduce((sum, { name, threshold, native }) => {
    const there = layers.filter(({ approval }) => approval?.stage === name).length;
    return sum + Math.max(0, threshold - there - (native.length > 0 ? plain : 0));
  }, 0);
}

interface Depth extends Search {
  /** How many more approvals. */
  readonly depth: number;
  readonly left: { tries: number };
}

/** Depth first, stages in their order: what a later one is to have seen must be there. */
function within(stages: readonly Stage[], search: Depth): readonly Approving[] | undefined {
  const { situation, depth, left, passes } = search;
  if (missingFrom(stages, situation.facts) > depth) return undefined;
  for (const [index, stage] of stages.entries()) {
    // Earlier stages get no more approvals from here on.
    if (missingFrom(stages.slice(0, index), situation.facts) > 0) return undefined;
    // Whose key or certificate has ended needs a new one first: that is no shorter way.
    for (const candidate of onePerPerson(candidatesFor(stage, situation, true)))
      for (const replace of waysOf(stage, situation)) {
        if (!replace && isPresent(stage, candidate, situation)) continue;
        if (left.tries <= 0) return undefined;
        left.tries -= 1;
        const facts = withApproval(stage, candidate, { ...situation, replace });
        const replacing = new Set([...situation.replacing].filter((name) => name !== stage.name));
        const next = { ...situation, facts, replacing, step: situation.step + 1 };
        const rest =
          depth > 1
            ? within(stages.slice(index), { ...search, situation: next, depth: depth - 1 })
            : replacing.size === 0 && passes(facts)
              ? []
              : undefined;
        const { method } = candidate.identity;
        if (rest) return [{ stage, who: [candidate.principal], method, replace, fresh: true }, ...rest];
      }
  }
  return undefined;
}

/** What somebody has signed with comes first. */
function onePerPerson(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ principal }, at) => candidates.findIndex((one) => one.principal === principal) === at);
}
