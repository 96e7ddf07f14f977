// SPDX-License-Identifier: Apache-2.0
// The fewest approvals after which an image passes: a best-first search over who approves what, within what a trial may
// spend. Every image on the way is judged by the policy, and every step is one that `sign-stage` would take. Pure.

import type { ImageFacts } from '../../policy/facts.ts';
import { isProblem } from '../../policy/reasons.ts';
import type { Stage } from '../../policy/document/model.ts';
import { isFilled } from '../../policy/reports.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { complaintsIn } from './complaints.ts';
import type { Approving, Trial } from './trial.ts';

/** Whoever needs a new key or certificate first costs a step more, and a little, so that others are asked before. */
const RENEWAL = 1.01;

/** An image on the way. */
interface Node {
  readonly facts: ImageFacts;
  readonly verdict: ImageVerdict;
  readonly taken: readonly Approving[];
  readonly cost: number;
  /** Approvals that are missing still, as it looks. */
  readonly missing: number;
  /** Fewer approvals than so many cannot do. */
  readonly least: number;
  readonly before: ImageFacts | undefined;
  /** Positions of the stages in which an approval was not tried yet. */
  readonly open: readonly number[];
}

/** Fewest approvals, in order; undefined where none make the image pass, or none were found before all was spent. */
export function fewestApprovals(trial: Trial, facts: ImageFacts): readonly Approving[] | undefined {
  const nodes = [nodeOf(trial, { facts, taken: [], cost: 0, before: undefined })];
  const seen = new Set<string>();
  let best: Node | undefined;
  for (let node = takeNearest(nodes); node && !trial.isSpent; node = takeNearest(nodes)) {
    if (best && node.cost + node.least >= best.cost) continue;
    const last = node.taken.at(-1);
    if (last && node.before && !trial.isAccepted(last, node.before, node.facts)) continue;
    if (node.verdict.verdict === 'passed') {
      best = node;
      continue;
    }
    const [position, ...open] = node.open;
    const stage = position === undefined ? undefined : trial.stages[position];
    if (!stage) continue;
    nodes.push({ ...node, open, before: undefined });
    const all = trial.candidates(stage, node.facts, node.taken.length);
    for (const way of all.flatMap((candidate) => trial.ways(candidate, node.facts))) {
      const taken = [...node.taken, way];
      const key = taken.map(keyOf).toSorted().join('\n');
      if (seen.has(key)) continue;
      seen.add(key);
      const after = trial.after(way, node.facts, node.taken.length);
      const cost = node.cost + (way.fresh ? 1 : 1 + RENEWAL);
      nodes.push(nodeOf(trial, { facts: after, taken, cost, before: node.facts }));
      if (trial.isSpent) break;
    }
  }
  return best?.taken;
}

function keyOf({ stage, identity, principal, replace }: Approving): string {
  return JSON.stringify([stage.name, principal, replace, identity]);
}

function nodeOf(trial: Trial, node: Pick<Node, 'facts' | 'taken' | 'cost' | 'before'>): Node {
  const verdict = trial.judge(node.facts);
  if (verdict.verdict === 'passed') return { ...node, verdict, open: [], missing: 0, least: 0 };
  const at = trial.stages.findIndex((stage) => stage === node.taken.at(-1)?.stage);
  const needs = trial.stages.map((stage) => needOf(stage, node.facts, verdict));
  // What a later approval is to have seen must be there: stages come in their order.
  const positions = [...needs.keys()].filter((position) => position >= at);
  const isOpen = (position: number): boolean => (needs[position]?.missing ?? 0) > 0;
  const isLate = needs.some(({ least }, position) => position < at && least > 0);
  return {
    ...node,
    verdict,
    open: isLate ? [] : [...positions.filter(isOpen), ...positions.filter((position) => !isOpen(position))],
    missing: Math.max(1, sum(needs.map(({ missing }) => missing))),
    least: Math.max(1, sum(needs.map(({ least }) => least))),
  };
}

/** How many approvals a stage seems to need, and how many it needs at least, so that the image can pass. */
function needOf({ name, native }: Stage, { layers }: ImageFacts, verdict: ImageVerdict) {
  // An approval that complains of what is gone gives way to a new one of its stage only.
  const toReplace = complaintsIn(verdict).some(({ stage }) => stage === name) ? 1 : 0;
  const report = verdict.stages.find(({ stage }) => stage === name);
  if (!report || isFilled(report)) return { missing: toReplace, least: toReplace };
  const { needed, approvedBy, breakGlass } = report;
  // Each approval that is there, good or bad, counts once at the most; whoever may be skipped needs none.
  const there = layers.filter(({ approval }) => (approval ? approval.stage === name : native.length > 0)).length;
  const isSkipped = breakGlass?.some(({ holds }) => holds) === true;
  return {
    missing: Math.max(toReplace, needed - approvedBy.length),
    least: isSkipped ? toReplace : Math.max(toReplace, needed - there),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The one that seems to need the fewest approvals in all; of several the one that has the most of them. */
function takeNearest(nodes: Node[]): Node | undefined {
  let at = 0;
  for (const [index, node] of nodes.entries()) {
    const best = nodes[at];
    if (best && compare(node, best) < 0) at = index;
  }
  return nodes.splice(at, 1)[0];
}

function compare(one: Node, other: Node): number {
  return (
    one.cost + one.missing - other.cost - other.missing ||
    other.taken.length - one.taken.length ||
    problemsIn(one.verdict) - problemsIn(other.verdict)
  );
}

function problemsIn({ stages, reasons }: ImageVerdict): number {
  const wrong = stages.flatMap((stage) => (isFilled(stage) ? [] : stage.reasons));
  return [...wrong, ...reasons].filter(isProblem).length;
}

/** Who else could do each step, if the others are done as they are. */
export function othersFor(
  trial: Trial,
  start: ImageFacts,
  steps: readonly Approving[],
): readonly (readonly string[])[] {
  let before = start;
  return steps.map((step, position) => {
    const here = before;
    before = trial.after(step, here, position);
    const names = new Set([step.principal]);
    for (const candidate of trial.candidates(step.stage, here, position)) {
      if (names.has(candidate.principal) || candidate.fresh !== step.fresh || trial.isSpent) continue;
      const other = { ...candidate, replace: step.replace };
      const done = trial.afterAll([other, ...steps.slice(position + 1)], here, position);
      if (done && trial.judge(done).verdict === 'passed') names.add(candidate.principal);
    }
    return [...names];
  });
}
