// SPDX-License-Identifier: Apache-2.0
// Evidence that is about base and overlay, when the overlay is another one by now: what it says of the base stands, and what
// was taken back stays taken back.

import { expect, test } from 'vitest';
import { evaluatePolicy } from '../../../../src/policy/evaluate.ts';
import type { EvidenceFact } from '../../../../src/policy/facts.ts';
import { approve, evidence, image, NOW, person, pgp, policy, stage } from '../../../support/facts.ts';

const BASE = ['object 1', 'object 2'];
const RULES = policy(
  [person('alice'), person('kim')],
  [
    stage('author', ['alice'], { objects: 'base' }),
    stage('overlay', ['kim'], { objects: 'overlays', after: ['author'] }),
  ],
);
const author = approve('author', pgp('alice'), { layer: { covers: BASE } });
const overlay = approve('overlay', pgp('kim'), { layer: { covers: ['object 3'] }, after: [author] });
const units = [
  { id: 'object 1', group: 1 },
  { id: 'object 2', group: 1 },
  { id: 'object 3', group: 2, use: 'overlay' },
] as const;

function outcome(rules: typeof RULES, more: readonly EvidenceFact[]) {
  const verdict = evaluatePolicy(rules, image([author, overlay], { units, evidence: more }), { now: NOW });
  return verdict.stages.map((one) => `${one.stage} ${one.verdict}`);
}

function withdrawal(more: Partial<EvidenceFact>): EvidenceFact {
  return evidence('withdrawal', {
    signer: pgp('alice'),
    withdrawal: {
      stage: 'author',
      approvals: [author.digest],
      reason: 'a mistake',
      withdrawnAt: '2026-05-31T13:00:00Z',
    },
    ...more,
  });
}

test('what was taken back stays so when only the overlay has changed since', () => {
  expect(outcome(RULES, [])).toEqual(['author passed', 'overlay passed']);
  expect(outcome(RULES, [withdrawal({ covers: BASE, contradicted: true })])).toEqual([
    'author failed',
    'overlay failed',
  ]);
  // About another image.
  expect(outcome(RULES, [withdrawal({ covers: [], contradicted: true })])).toEqual(['author passed', 'overlay passed']);
});

test('evidence that an approval of the base lists stands when only the overlay has changed since', () => {
  const listed = evidence('report', { covers: BASE, contradicted: true });
  const relying = approve('author', pgp('alice'), {
    layer: { covers: BASE },
    approval: { evidence: [{ predicateType: listed.predicateType, digest: listed.digest }] },
  });
  const judged = (fact: EvidenceFact) =>
    evaluatePolicy(RULES, image([relying], { units: units.slice(0, 2), evidence: [fact] }), { now: NOW }).verdict;
  expect(judged(listed)).toBe('passed');
  expect(judged({ ...listed, covers: [] })).toBe('failed');
});
