// SPDX-License-Identifier: Apache-2.0
// The steps to a passed verdict, over the random cases of the oracle: those that can be mended by approvals mostly are, and
// no step is named without need.

import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/policy/document/model.ts';
import { planSteps, progressOf } from '../../../src/stage/plan/plan.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import { randomCase } from '../../oracle/random-cases.ts';
import { approve, image, NOW, person, pgp, policy, stage } from '../../support/facts.ts';

function file(rules: Policy) {
  return { policy: rules, name: rules.name, digest: rules.digest };
}

test('most random images that can pass are brought there', { timeout: 60_000 }, () => {
  const seen = { possible: 0, mended: 0 };
  for (let seed = 1; seed <= 150; seed += 1) {
    const { rules, facts } = randomCase(seed);
    if (evaluatePolicy(rules, facts, { now: NOW }).verdict === 'passed') continue;
    const bare = { ...facts, layers: [], evidence: [] };
    // What nobody could approve from the start is the fault of the policy.
    if (!planSteps(file(rules), bare, { now: NOW }).enough) continue;
    seen.possible += 1;
    if (planSteps(file(rules), facts, { now: NOW }).enough) seen.mended += 1;
  }
  expect(seen.possible).toBeGreaterThan(50);
  expect(seen.mended / seen.possible).toBeGreaterThan(0.9);
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
