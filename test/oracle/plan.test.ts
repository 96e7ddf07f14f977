// SPDX-License-Identifier: Apache-2.0
// What is said to make an image pass does so by the oracle, which shares no code with the planner's judge: for random cases
// each step is applied as `sign-stage` would, and no single approval would have done where several are named.

import { expect, test } from 'vitest';
import type { ImageFacts, LayerFact } from '../../src/policy/facts.ts';
import { askedOf } from '../../src/policy/objects/scope.ts';
import { type PlannedStep, planSteps } from '../../src/stage/plan/plan.ts';
import { candidatesFor, isPresent, outlivedIn, type Situation, withApproval } from '../../src/stage/plan/trial.ts';
import { NOW } from '../support/facts.ts';
import { decide } from './oracle.ts';
import { type Case, randomCase } from './random-cases.ts';

const CASES = Number(process.env['PLAN_CASES'] ?? 40);
const FIRST = Number(process.env['ORACLE_FIRST'] ?? 1);

function passes({ rules, facts }: Case): boolean {
  return decide(rules, facts, NOW.getTime()).passed;
}

function withoutLayers(facts: ImageFacts, isGone: (layer: LayerFact) => boolean): ImageFacts {
  return { ...facts, layers: facts.layers.filter((layer) => !isGone(layer)) };
}

/** Every way to give one approval: the facts after it. */
function* given({ rules, facts }: Case, step: number, by?: PlannedStep): Generator<ImageFacts> {
  const policy = askedOf(rules, facts.units);
  const replacing = new Set<string>();
  const situation: Situation = {
    policy: { policy, name: rules.name, digest: rules.digest },
    facts,
    now: NOW,
    step,
    replacing,
  };
  for (const stage of policy.stages.filter(({ name }) => !by || name === by.stage))
    for (const fresh of [true, false])
      for (const candidate of candidatesFor(stage, situation, fresh))
        for (const replace of [false, true]) {
          const { principal, identity } = candidate;
          const other = by?.action.task === 'approve' && by.action.replace !== replace;
          if (by && (other || by.who[0] !== principal)) continue;
          if (by?.action.task === 'approve' && by.action.method !== identity.method) continue;
          if (!replace && isPresent(stage, candidate, situation)) continue;
          const gone = replace ? outlivedIn(stage, situation) : [];
          const left = withoutLayers(facts, (layer) => gone.includes(layer));
          yield withApproval(stage, candidate, { ...situation, facts: left, replace });
        }
}

/** Whether the steps, by those named first and with a credential of the kind named, make the image pass. */
function isDone(one: Case, steps: readonly PlannedStep[], done = 0): boolean {
  const [step, ...more] = steps;
  if (!step) return passes(one);
  const { action } = step;
  if (action.task === 'delete') {
    const isIt = ({ place }: LayerFact) => place.in === 'sif' && place.object === action.object;
    return isDone({ ...one, facts: withoutLayers(one.facts, isIt) }, more, done);
  }
  for (const facts of given(one, done, step)) if (isDone({ ...one, facts }, more, done + 1)) return true;
  return false;
}

test(`the steps named for ${CASES} cases from ${FIRST} on make them pass`, { timeout: 1_200_000 }, () => {
  const wrong: string[] = [];
  const seen = { failed: 0, planned: 0, several: 0 };
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const one = randomCase(seed);
    if (passes(one)) continue;
    seen.failed += 1;
    const { rules, facts } = one;
    const { steps, enough } = planSteps({ policy: rules, name: rules.name, digest: rules.digest }, facts, { now: NOW });
    const hints = JSON.stringify(steps.map(({ hint }) => hint));
    if (enough) seen.planned += 1;
    if (enough && !isDone(one, steps)) wrong.push(`${seed}: does not pass after ${hints}`);
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
});
