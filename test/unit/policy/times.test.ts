// SPDX-License-Identifier: Apache-2.0
// Windows, ages and clocks: what is proven to be from a person's time counts, and a stated time only against them.

import { describe, expect, test } from 'vitest';
import type { ProvenTime } from '../../../src/findings/signature.ts';
import { loadPolicyBytes } from '../../../src/policy/document/load.ts';
import { parsePolicy } from '../../../src/policy/document/document.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { Window } from '../../../src/policy/document/model.ts';
import { approve, fingerprintOf, GITHUB_ISSUER, image, job, NOW, pgp, policy, stage } from '../../support/facts.ts';

const DAY = 86_400_000;

function at(day: number): string {
  return new Date(NOW.getTime() + day * DAY).toISOString();
}

function proven(day: number, accuracyMs = 1000): ProvenTime {
  const time = new Date(at(day));
  return { time, latest: new Date(time.getTime() + accuracyMs), accuracyMs, proof: 'timestamp', by: 'CN=TSA' };
}

interface Given {
  readonly window?: Window;
  readonly maxAge?: number;
  /** When the signer says that it was, in days from now. */
  readonly stated: number;
  readonly proven?: ProvenTime;
}

/** The verdict about one approval by ada, and the codes that the layer gives. */
function judge({ window, maxAge, stated, proven: time }: Given): string {
  const credential = { method: 'pgp', fingerprint: fingerprintOf('ada'), ...(window ? { window } : {}) } as const;
  const rules = policy(
    [{ name: 'ada', credentials: [credential] }],
    [stage('author', ['ada'], maxAge === undefined ? {} : { maxAge })],
  );
  const layer = approve('author', pgp('ada'), {
    approval: { timeVerified: at(stated) },
    layer: { signedAt: at(stated), ...(time ? { proven: time } : {}) },
  });
  const verdict = evaluatePolicy(rules, image([layer]), { now: NOW });
  const codes = verdict.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  const time_ = /^(?:CREDENTIAL|APPROVAL_TOO|APPROVAL_DATED|APPROVAL_FROM)/;
  return [verdict.verdict, ...codes.filter((code) => time_.test(code))].join(' ');
}

const until = (day: number): Window => ({ until: Date.parse(at(day)) });
const from = (day: number): Window => ({ from: Date.parse(at(day)) });
const OUTSIDE = 'failed CREDENTIAL_OUTSIDE_WINDOW';

describe('until', () => {
  test.each<[string, Given, string]>([
    ['the present is within', { window: until(1), stated: -5 }, 'passed'],
    ['it has passed, and nothing is proven', { window: until(-1), stated: -5 }, OUTSIDE],
    ['it has passed, and the proven time is before', { window: until(-1), stated: -5, proven: proven(-4) }, 'passed'],
    ['it has passed, and so had it when stamped', { window: until(-3), stated: -5, proven: proven(-2) }, OUTSIDE],
    [
      'the error of the proven time reaches over it',
      { window: until(-1), stated: -5, proven: proven(-1.5, DAY) },
      OUTSIDE,
    ],
    ['the stated time is after it', { window: until(1), stated: 1.001, proven: proven(0) }, OUTSIDE],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('from', () => {
  test.each<[string, Given, string]>([
    ['all is within', { window: from(-10), stated: -5, proven: proven(-5) }, 'passed'],
    ['it is to come', { window: from(1), stated: -5 }, OUTSIDE],
    ['it has come, and the signer states an earlier time', { window: from(-3), stated: -5 }, OUTSIDE],
    ['the proven time is before it', { window: from(-3), stated: -2, proven: proven(-4) }, OUTSIDE],
    ['the proven time may be before it', { window: from(-3), stated: -2, proven: proven(-2.5, DAY) }, OUTSIDE],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('age and clocks', () => {
  test.each<[string, Given, string]>([
    ['young enough', { maxAge: 10 * DAY, stated: -9 }, 'passed'],
    ['too old by its own words', { maxAge: 10 * DAY, stated: -11 }, 'failed APPROVAL_TOO_OLD'],
    ['too old by proof', { maxAge: 10 * DAY, stated: -11, proven: proven(-11) }, 'failed APPROVAL_TOO_OLD'],
    [
      'older by its own words than by proof',
      { maxAge: 10 * DAY, stated: -11, proven: proven(-2) },
      'failed APPROVAL_TOO_OLD',
    ],
    ['dated later than proven', { stated: -1, proven: proven(-2) }, 'failed APPROVAL_DATED_AHEAD'],
    ['a clock that is ahead by minutes', { stated: -1.999, proven: proven(-2) }, 'passed'],
    ['a clock that is far ahead', { stated: 1 }, 'failed APPROVAL_FROM_FUTURE'],
    ['stamped much later', { stated: -9, proven: proven(-1) }, 'passed'],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('in a policy', () => {
  const read = (principal: string) =>
    parsePolicy(
      Buffer.from(
        `version: 1\nname: a\nprincipals:\n  ada: ${principal}\nstages: [{ name: author, approvers: ada, maxAge: 90d }]\n`,
      ),
      'policy',
    );
  const FINGERPRINT = fingerprintOf('ada');

  test('principals and each of their credentials have windows', () => {
    const document = read(
      `{ pgp: [${JSON.stringify(FINGERPRINT)}, { fingerprint: ${JSON.stringify(fingerprintOf('b'))}, from: "2026-01-01" }], until: "2026-06-30" }`,
    );
    expect(document.principals[0]).toMatchObject({
      until: { value: '2026-06-30' },
      pgp: [{}, { from: { value: '2026-01-01' } }],
    });
    expect(document.stages[0]).toMatchObject({ maxAge: 90 * DAY });
  });

  test.each([
    `{ pgp: ${FINGERPRINT}, from: "2026-07-01", until: "2026-06-30" }`,
    `{ pgp: { fingerprint: ${FINGERPRINT}, from: "2026-07-01" }, until: "2026-06-30" }`,
    `{ pgp: ${FINGERPRINT}, from: "2026-07-01T00:00:00Z", until: "2026-07-01T00:00:00Z" }`,
  ])('%s contradicts itself', async (principal) => {
    const text = `version: 1\nname: a\nprincipals:\n  ada: ${principal}\nstages: [{ name: author, approvers: ada }]\n`;
    await expect(loadPolicyBytes(Buffer.from(text), { path: 'policy', folder: '/' })).rejects.toMatchObject({
      code: 'POLICY_CONTRADICTION',
      location: { line: 4 },
    });
  });

  test.each([
    ['POLICY_INVALID_VALUE', `{ pgp: ${FINGERPRINT}, until: "2026-02-30" }`],
    ['POLICY_INVALID_VALUE', `{ pgp: ${FINGERPRINT}, from: "tomorrow" }`],
    ['POLICY_INVALID_VALUE', `{ pgp: ${FINGERPRINT}, from: "2026-01-01T25:00:00Z" }`],
    ['POLICY_AMBIGUOUS', `{ pgp: ${FINGERPRINT}, until: 2026-06-30 }`],
    ['POLICY_UNKNOWN_KEY', `{ pgp: { fingerprint: ${FINGERPRINT}, to: "2026-06-30" } }`],
  ])('%s', (code, principal) => {
    expect(() => read(principal)).toThrow(expect.objectContaining({ code }));
  });
});

test.each([
  ['2026-05-01T00:00:00Z', 'passed'],
  [null, 'failed'],
  ['2026-05-03T00:00:00Z', 'failed'],
])('a keyless signature that its log proves to be of %s, until 2 May: %s', (provenAt, expected) => {
  const signer = job('1', {}, { provenAt });
  const claims = { sourceRepositoryUri: ['https://github.com/acme/app'] };
  const window = { until: Date.parse('2026-05-02T00:00:00Z') };
  const credential = { method: 'sigstore', issuer: GITHUB_ISSUER, san: [], claims, window } as const;
  const rules = policy([{ name: 'ci', credentials: [credential] }], [stage('author', ['ci'])]);
  const layer = approve('author', signer, { approval: { timeVerified: '2026-05-01T00:00:00Z' } });
  expect(evaluatePolicy(rules, image([layer]), { now: NOW }).verdict).toBe(expected);
});
