// SPDX-License-Identifier: Apache-2.0
// What is said to make an image pass does so by the oracle, which shares no code with the planner's judge: for random cases
// each step is applied as `sign-stage` would, no single approval would have done where several are named, and where nothing is
// named it is said what is lacking.

import { expect, test } from 'vitest';
import type { ImageFacts, LayerFact } from '../../src/policy/facts.ts';
import { askedOf } from '../../src/policy/objects/scope.ts';
import { whereOf } from '../../src/policy/rules/view.ts';
import { type PlannedStep, planSteps } from '../../src/stage/plan/plan.ts';
import { type Approving, Trial } from '../../src/stage/plan/trial.ts';
import { NOW } from '../support/facts.ts';
import { decide } from './oracle.ts';
import { type Case, randomCase } from './random-cases.ts';

const CASES = Number(process.env['PLAN_CASES'] ?? 60);
const FIRST = Number(process.env['ORACLE_FIRST'] ?? 1);

function passes({ rules, facts }: Case): boolean {
  return decide(rules, facts, NOW.getTime()).passed;
}

/** Every way to give one approval that `sign-stage` accepts, and the facts after it. */
function* given({ rules, facts }: Case, step: number, by?: PlannedStep): Generator<ImageFacts> {
  const policy = askedOf(rules, facts.units);
  const trial = new Trial({ policy, name: rules.name, digest: rules.digest }, { now: NOW, mostMs: Infinity });
  const isIt = ({ principal, identity, replace }: Approving): boolean =>
    by?.action.task === 'approve' &&
    by.who[0] === principal &&
    by.action.replace === replace &&
    by.action.method === identity.method;
  for (const stage of trial.stages.filter(({ name }) => !by || name === by.stage))
    for (const candidate of trial.candidates(stage, facts, step))
      for (const way of trial.ways(candidate, facts)) {
        // Whose key has ended gets another one first, so that it is not one step.
        if (by ? !isIt(way) : !way.fresh) continue;
        const after = trial.after(way, facts, step);
        if (trial.isAccepted(way, facts, after)) yield after;
      }
}

/** Whether the steps, by those named first and with a credential of the kind named, make the image pass. */
function isDone(one: Case, steps: readonly PlannedStep[], done = 0): boolean {
  const [step, ...more] = steps;
  if (!step) return passes(one);
  const { action } = step;
  if (action.task === 'delete') {
    const layers = one.facts.layers.filter(({ place }: LayerFact) => whereOf(place) !== whereOf(action.place));
    return isDone({ ...one, facts: { ...one.facts, layers } }, more, done);
  }
  for (const facts of given(one, done, step)) if (isDone({ ...one, facts }, more, done + 1)) return true;
  return false;
}

test(`the steps named for ${CASES} cases from ${FIRST} on make them pass`, { timeout: 2_400_000 }, () => {
  const wrong: string[] = [];
  const seen = { failed: 0, planned: 0, several: 0, lacking: 0 };
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const one = randomCase(seed);
    if (passes(one)) continue;
    seen.failed += 1;
    const { rules, facts } = one;
    const file = { policy: rules, name: rules.name, digest: rules.digest };
    const { steps, enough, lacking } = planSteps(file, facts, { now: NOW, mostMs: Infinity });
    const hints = JSON.stringify(steps.map(({ hint }) => hint));
    if (enough) seen.planned += 1;
    if (enough && !isDone(one, steps)) wrong.push(`${seed}: does not pass after ${hints}`);
    // What nobody can mend is said in words.
    if (!enough && lacking.length === 0) wrong.push(`${seed}: nothing is said`);
    if (!enough) seen.lacking += 1;
    if (enough && steps.length < 2) continue;
    // What was altered is deleted first, so that one approval alone is compared with one.
    if (steps.some(({ action }) => action.task === 'delete')) continue;
    seen.several += 1;
    for (const after of given(one, 0))
      if (passes({ ...one, facts: after })) {
        wrong.push(`${seed}: one approval would have done, not ${hints}`);
        break;
      }
  }
  expect(wrong).toEqual([]);
  // Cases of which none can be helped would show nothing.
  expect(seen.planned).toBeGreaterThan(CASES / 5);
  expect(seen.several).toBeGreaterThan(CASES / 5);
  expect(seen.lacking).toBeGreaterThan(CASES / 10);
});
