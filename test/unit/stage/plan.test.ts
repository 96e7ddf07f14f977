// SPDX-License-Identifier: Apache-2.0
// The steps to a passed verdict, over the random cases of the oracle: those that can be mended by approvals mostly are, and
// no step is named without need.

import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/policy/document/model.ts';
import { newApproval } from '../../../src/stage/approval.ts';
import { replacedLayers } from '../../../src/stage/review.ts';
import { planSteps } from '../../../src/stage/plan/plan.ts';
import { progressOf } from '../../../src/stage/stage.ts';
import type { ImageFacts } from '../../../src/policy/facts.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import { randomCase } from '../../oracle/random-cases.ts';
import { approve, image, NOW, person, pgp, policy, stage } from '../../support/facts.ts';

function file(rules: Policy) {
  return { policy: rules, name: rules.name, digest: rules.digest };
}

test('most random images that can pass are brought there', { timeout: 240_000 }, () => {
  const seen = { possible: 0, mended: 0 };
  for (let seed = 1; seed <= 150; seed += 1) {
    const { rules, facts } = randomCase(seed);
    if (evaluatePolicy(rules, facts, { now: NOW }).verdict === 'passed') continue;
    const bare = { ...facts, layers: [], evidence: [] };
    // What nobody could approve from the start is the fault of the policy.
    const options = { now: NOW, mostMs: Infinity };
    if (!planSteps(file(rules), bare, options).enough) continue;
    seen.possible += 1;
    if (planSteps(file(rules), facts, options).enough) seen.mended += 1;
  }
  expect(seen.possible).toBeGreaterThan(50);
  expect(seen.mended / seen.possible).toBe(1);
});

/** Draws, all from one seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % sides;
  };
}

const NAMES = ['alice', 'bob', 'carol'] as const;

/** Two or three stages, by few people, and an image on which some have approved and some of that was lost. */
function smallCase(seed: number): { readonly rules: Policy; readonly facts: ImageFacts } {
  const roll = dice(seed);
  const stages = ['author', 'security', 'production'].slice(0, 2 + roll(2)).map((name, index, all) => {
    const some = NAMES.filter(() => roll(3) > 0);
    const approvers = some.length > 0 ? some : ['alice'];
    const threshold = approvers.length > 1 && roll(3) === 0 ? 2 : 1;
    return stage(name, approvers, { threshold, after: all.slice(Math.max(0, index - 1), index) });
  });
  const rules = policy(
    NAMES.map((name) => person(name)),
    stages,
    roll(3) === 0 ? [['author', 'security']] : [],
  );
  let facts = image([]);
  for (const { name, approvers } of stages)
    for (const who of approvers) if (roll(3) > 0) facts = approving(rules, facts, { stage: name, who, replace: false });
  return { rules, facts: { ...facts, layers: facts.layers.filter(() => roll(5) > 0) } };
}

interface Given {
  readonly stage: string;
  readonly who: string;
  readonly replace: boolean;
}

/** What `sign-stage` leaves. */
function approving(rules: Policy, facts: ImageFacts, { stage: name, who, replace }: Given): ImageFacts {
  const signer = { identity: pgp(who), material: { kind: 'public-key', hint: '' } } as const;
  const replaces = replacedLayers(
    { facts },
    { policy: { policy: rules }, now: NOW, requiredStages: [] },
    { stage: name, signer, replace },
  );
  const request = { expires: undefined, reason: undefined, ticket: undefined, run: undefined, resourceUri: '' };
  const rest = { policy: file(rules), native: [], signer, replaces, without: [] };
  const approval = newApproval(facts, { stage: name, now: NOW, ...request }, rest);
  return { ...facts, layers: [...facts.layers, approve(name, pgp(who), { approval })] };
}

/** Whether at most so many approvals, in any order and by anybody, make the image pass. */
function canPassWith(count: number, rules: Policy, facts: ImageFacts): boolean {
  if (evaluatePolicy(rules, facts, { now: NOW }).verdict === 'passed') return true;
  if (count === 0) return false;
  return rules.stages.some(({ name, approvers }) =>
    approvers.some((who) =>
      [false, true].some((replace) =>
        canPassWith(count - 1, rules, approving(rules, facts, { stage: name, who, replace })),
      ),
    ),
  );
}

test('no fewer approvals would do, as trying all of them shows', { timeout: 240_000 }, () => {
  const seen = { failed: 0, several: 0 };
  for (let seed = 1; seed <= 250; seed += 1) {
    const { rules, facts } = smallCase(seed);
    if (evaluatePolicy(rules, facts, { now: NOW }).verdict === 'passed') continue;
    const { steps, enough } = planSteps(file(rules), facts, { now: NOW, mostMs: Infinity });
    if (!enough || steps.length > 3) continue;
    seen.failed += 1;
    if (steps.length > 1) seen.several += 1;
    expect(canPassWith(steps.length - 1, rules, facts), `seed ${seed}`).toBe(false);
  }
  expect(seen.failed).toBeGreaterThan(100);
  expect(seen.several).toBeGreaterThan(40);
});

test('the search ends when its time is over, and says so', () => {
  const rules = policy([person('alice'), person('bob')], [stage('author', ['alice', 'bob'], { threshold: 2 })]);
  let spent = 0;
  const cpuMs = (): number => (spent += 300);
  const { enough, lacking } = planSteps(file(rules), image([]), { now: NOW, cpuMs });
  expect(enough).toBe(false);
  expect(lacking).toContain('not all ways were tried: the search takes a second at most');
});

describe('a stage that needs two', () => {
  const rules = policy(
    [person('alice'), person('bob'), person('carol')],
    [stage('author', ['alice', 'bob', 'carol'], { threshold: 2 }), stage('security', ['carol'], { after: ['author'] })],
  );
  const one = image([approve('author', pgp('alice'))]);

  test('names those who can give the other', () => {
    expect(planSteps(file(rules), one, { now: NOW })).toMatchObject({
      enough: true,
      steps: [
        { stage: 'author', who: ['bob', 'carol'] },
        { stage: 'security', who: ['carol'] },
      ],
    });
    const verdict = evaluatePolicy(rules, one, { now: NOW, stages: ['author'] });
    const about = { verdict, stage: 'author', now: NOW };
    expect(progressOf(file(rules), one, about)).toEqual({
      approvedBy: ['alice'],
      needed: 2,
      next: ['bob', 'carol'],
    });
  });
});
