// SPDX-License-Identifier: Apache-2.0
// A short run of `npm run fuzz`: every target, from a fixed seed. And proof that the fuzzer sees what it is to see.

import { expect, test } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { Breach, fuzz, type FuzzResult, type Prepared } from '../fuzz/engine.ts';
import { TARGETS } from '../fuzz/targets.ts';

/** More of these is a run of `npm run fuzz`. */
const SECONDS = 2;

/** Answers to inputs that are as they should be; each target gives one of them. */
const GOOD =
  /^(?:passed|read|valid|true|json.*|parse.*|private key|OpenPGP public key|identity-token.*|unknown-signer|failed|proven|activated|an archive.*|CERTIFICATE_REVOKED|[1-9] (?:files|readers|releases)|.*\bread\b.*)$/;

test.each(TARGETS.map((target) => [target.name, target] as const))(
  '%s: damaged inputs are read or refused',
  async (_, target) => {
    const { findings, answers, cases } = await fuzz(target, { seed: 8, seconds: SECONDS });
    expect(
      findings.map(({ problem, bytes }) => [problem, Buffer.from(bytes).toString('base64').slice(0, 2000)]),
    ).toEqual([]);
    expect(cases).toBeGreaterThan(10);
    expect([...answers.keys()].some((answer) => GOOD.test(answer))).toBe(true);
    expect(answers.size).toBeGreaterThan(1);
  },
);

/** A reader with one fault. */
function reader(check: Prepared['check']) {
  const seeds = [Buffer.from('{"a":"one","b":[1,2,3],"c":{"d":"two"}}')];
  return { name: 'faulty', prepare: () => Promise.resolve({ seeds, check }) };
}

test.each([
  ['an error that is not ours', (text: string) => JSON.parse(text) === undefined, /^SyntaxError/],
  [
    'a breach',
    (text: string) => {
      if (text.includes('"b"') && !text.includes('two')) throw new Breach('it passed');
    },
    /^Breach: it passed/,
  ],
  [
    'a hang',
    (text: string) => {
      const start = process.cpuUsage();
      while (text.length > 45 && process.cpuUsage(start).user < 600_000);
    },
    /ms of CPU/,
  ],
  [
    'memory',
    (text: string) => {
      if (text.length > 45) held.push(new Uint8Array(300_000_000));
    },
    /MB/,
  ],
] as const)('the fuzzer finds %s', async (_, fault, problem) => {
  held.length = 0;
  const target = reader((bytes) => {
    fault(Buffer.from(bytes).toString('utf8'));
    return 'read';
  });
  const { findings } = await fuzz(target, { seed: 1, seconds: 2, cpuMs: 500 });
  held.length = 0;
  expect(findings.length).toBeGreaterThan(0);
  expect(findings[0]?.problem).toMatch(problem);
});

const held: Uint8Array[] = [];

test('an input that shows a fault is made small, and is the same in the next run', async () => {
  const run = (): Promise<FuzzResult> =>
    fuzz(
      reader((bytes) => {
        if (Buffer.from(bytes).includes('two') && !Buffer.from(bytes).includes('one')) throw new Breach('it passed');
        return 'read';
      }),
      { seed: 3, seconds: 1 },
    );
  const [first, again] = [(await run()).findings[0], (await run()).findings[0]];
  expect(Buffer.from(first?.bytes ?? []).toString()).toBe('two');
  expect(again?.index).toBe(first?.index);
});

test('errors of ours are answers', async () => {
  const refusing = reader(() => {
    throw new UsageError('USAGE_INVALID_INPUT', 'no', { hint: 'no' });
  });
  const { findings, answers } = await fuzz(refusing, { seed: 1, seconds: 0.3 });
  expect(findings).toEqual([]);
  expect([...answers.keys()]).toEqual(['USAGE_INVALID_INPUT']);
});
