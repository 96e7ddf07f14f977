// SPDX-License-Identifier: Apache-2.0
// The product and the oracle give the same verdict about thousands of random cases. `npm run oracle` tries 50,000;
// ORACLE_CASES and ORACLE_FIRST choose others.

import { expect, test } from 'vitest';
import { evaluatePolicy } from '../../src/policy/evaluate.ts';
import { NOW } from '../support/facts.ts';
import { decide } from './oracle.ts';
import { randomCase } from './random-cases.ts';

const CASES = Number(process.env['ORACLE_CASES'] ?? 1500);
const FIRST = Number(process.env['ORACLE_FIRST'] ?? 1);

test(`${CASES} cases from ${FIRST} on are decided alike`, { timeout: 600_000 }, () => {
  const differences: string[] = [];
  const seen = { passed: 0, failed: 0 };
  const stages = { passed: 0, failed: 0 };
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const { rules, facts } = randomCase(seed);
    const verdict = evaluatePolicy(rules, facts, { now: NOW });
    const ours = [verdict.verdict === 'passed', ...verdict.stages.map((one) => one.verdict === 'passed')];
    const oracle = decide(rules, facts, NOW.getTime());
    const theirs = [oracle.passed, ...oracle.stages];
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push(`${seed}: ${ours.join()} / ${theirs.join()}`);
    seen[verdict.verdict === 'passed' ? 'passed' : 'failed'] += 1;
    for (const one of verdict.stages) stages[one.verdict === 'passed' ? 'passed' : 'failed'] += 1;
  }
  expect(differences.slice(0, 20)).toEqual([]);
  // Cases of which none passes would show nothing.
  expect(seen.passed).toBeGreaterThan(CASES / 20);
  expect(stages.passed).toBeGreaterThan(CASES / 10);
});
