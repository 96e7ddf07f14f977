// SPDX-License-Identifier: Apache-2.0
// Nothing that passed fails before the time that its verdict names: random cases, looked at again at many later times.

import { expect, test } from 'vitest';
import { evaluatePolicy } from '../../src/policy/evaluate.ts';
import { NOW } from '../support/facts.ts';
import { randomCase } from './random-cases.ts';

const CASES = Number(process.env['ORACLE_CASES'] ?? 1500);
const HORIZON_MS = 400 * 86_400_000;
const SHARES = [0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.8, 0.99];

test(`what passes of ${CASES} cases passes until its end`, { timeout: 600_000 }, () => {
  const early: string[] = [];
  const ended = { at: 0 };
  for (let seed = 1; seed <= CASES; seed += 1) {
    const { rules, facts } = randomCase(seed);
    const { verdict, endsAt } = evaluatePolicy(rules, facts, { now: NOW });
    if (verdict === 'failed') {
      expect(endsAt).toBeUndefined();
      continue;
    }
    const end = endsAt === undefined ? NOW.getTime() + HORIZON_MS : Date.parse(endsAt);
    const times = [...SHARES.map((share) => NOW.getTime() + (end - NOW.getTime()) * share), end - 1];
    for (const time of times.filter((one) => one > NOW.getTime()))
      if (evaluatePolicy(rules, facts, { now: new Date(time) }).verdict === 'failed')
        early.push(`${seed}: failed at ${new Date(time).toISOString()}, before ${endsAt}`);
    const after = new Date(end);
    if (endsAt !== undefined && evaluatePolicy(rules, facts, { now: after }).verdict === 'failed') ended.at += 1;
  }
  expect(early.slice(0, 20)).toEqual([]);
  // The time is no idle one: some cases fail from it on.
  expect(ended.at).toBeGreaterThan(0);
});
