// SPDX-License-Identifier: Apache-2.0
// Recorded facts are the facts, whatever is in them, and nothing else is taken for such.

import { expect, test } from 'vitest';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import { decodeRecorded, encodeRecorded } from '../../../src/policy/recorded.ts';
import { Dice, randomCase } from '../../oracle/random-cases.ts';
import { NOW } from '../../support/facts.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('facts come back as they were, and are judged alike', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { rules, facts } = randomCase(seed);
    const back = decodeRecorded(throughJson(encodeRecorded({ recordedAt: NOW, facts })));
    expect(back?.recordedAt).toEqual(NOW);
    const judged = back && evaluatePolicy(rules, back.facts, { now: NOW });
    expect(judged).toEqual(evaluatePolicy(rules, facts, { now: NOW }));
  }
});

test('what was altered anywhere is refused, or is judged without an error', () => {
  const dice = new Dice(7);
  const damage = (value: unknown): unknown => {
    if (dice.chance(0.02)) return dice.one([null, 3, 'x', [], {}, { $time: 'x' }, { $base64: '' }]);
    if (Array.isArray(value)) return value.map(damage);
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(() => !dice.chance(0.005));
    return Object.fromEntries(kept.map(([key, one]) => [key, damage(one)]));
  };
  let refused = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const { rules, facts } = randomCase(seed);
    const back = decodeRecorded(damage(throughJson(encodeRecorded({ recordedAt: NOW, facts }))));
    if (back) expect(evaluatePolicy(rules, back.facts, { now: NOW }).verdict).toMatch(/passed|failed/);
    else refused += 1;
  }
  expect(refused).toBeGreaterThan(100);
});
