// SPDX-License-Identifier: Apache-2.0
// What policies cost: of very many people, and of what nobody writes. 3 s of CPU and 256 MB for 10 MB.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOSTILE_POLICIES, LARGE_POLICIES } from '../support/large-policies.ts';
import { bundleOnce, expectCheap, GROWTH, measure, type Measured, NOISE_MS } from '../support/measured.ts';
import { temporaryFolder } from '../support/temporary.ts';

const PEOPLE = 100_000;
const LENGTH = 9_900_000;
const MINUTES = { timeout: 180_000 };

bundleOnce();

function check(policy: string): Promise<Measured> {
  return run(['policy', 'check', 'p.yaml'], policy);
}

async function run(args: readonly string[], policy: string): Promise<Measured> {
  const home = await temporaryFolder();
  await writeFile(join(home, 'p.yaml'), policy);
  return measure(args, home);
}

describe('a policy of 100,000 people', () => {
  test.each(Object.keys(LARGE_POLICIES))('in %s', MINUTES, async (form) => {
    const [half, whole] = [await check(written(form, PEOPLE / 2)), await check(written(form, PEOPLE))];
    // None of their keys is in a keyring.
    expect([half.exitCode, whole.exitCode]).toEqual([1, 1]);
    expect(whole.stdout).toContain('    and 99,800 more like these\n');
    expect(whole.stdout.length).toBeLessThan(100_000);
    expect(whole.stdout).toMatch(/; (?:100000|200000) warnings\n$/);
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });
});

/** So many stages that all have the one team of everybody. */
function staged(people: number, stages: number, more: object): string {
  const names = Array.from({ length: people }, (_, index) => `person${index}`);
  return JSON.stringify({
    version: 1,
    name: 'staged',
    principals: Object.fromEntries(names.map((name, index) => [name, { pgp: `${'A'.repeat(30)}${1e9 + index}` }])),
    teams: { everybody: names },
    stages: Array.from({ length: stages }, (_, index) => ({ name: `s${index}`, approvers: 'everybody', ...more })),
  });
}

describe('a policy in which everybody approves at every stage', () => {
  test.each([
    ['64 stages of 7,000 people', 7000, 64, {}],
    ['64 stages of 7,000 people by native signatures', 7000, 64, { native: 'pgp', after: [] }],
    ['4 stages of 90,000 people', 90_000, 4, {}],
  ])('%s', MINUTES, async (_name, people, stages, more) => {
    const result = await check(staged(people, stages, more));
    expect(result.exitCode).toBe(1);
    expectCheap(result);
  });

  test('64 stages of 90,000 people are refused', MINUTES, async () => {
    const result = await check(staged(90_000, 64, {}));
    expect(result.stderr).toMatch(/more than 1,250,000 people together.*\[POLICY_INVALID_VALUE\]/);
    expectCheap(result);
  });
});

describe('a gate for a policy of 100,000 people', () => {
  const missing =
    /no keyring of the policy has the keys (?:A{30}\d{10}, ){11}A{30}\d{10} and 99,988 others \[GATE_KEY_MISSING\]/;

  test.each([
    ['one of whom must have signed', 'ecl', [], 1, missing],
    ['all of whom must have signed', 'fingerprints', [], PEOPLE, missing],
    ['none of whom may have signed', 'ecl', ['--folder-stage', '/srv/images=!s0'], 1, /^warning: The folders/],
  ])('%s: export %s', MINUTES, async (_name, gate, more, needed, said) => {
    const exported = (people: number) =>
      run(
        ['export', gate, '--policy-path', 'p.yaml', '--output', 'out', ...more],
        staged(people, 1, { threshold: Math.min(needed, people) }),
      );
    const [half, whole] = [await exported(PEOPLE / 2), await exported(PEOPLE)];
    expect(whole.stderr).toMatch(said);
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });
});

function written(form: string, people: number): string {
  return LARGE_POLICIES[form]?.(people) ?? '';
}

describe('a policy of 10 MB', () => {
  test.each(Object.keys(HOSTILE_POLICIES))('of %s', MINUTES, async (kind) => {
    const result = await check(HOSTILE_POLICIES[kind]?.(LENGTH) ?? '');
    expect(result.stderr).toMatch(/error: .*p\.yaml:\d+:\d+: .*\[POLICY_/);
    expectCheap(result);
  });
});
