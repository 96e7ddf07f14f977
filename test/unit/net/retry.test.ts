// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_RETRY,
  RetryBudget,
  isRetryableStatus,
  parseRetryAfter,
  retryDelayMs,
} from '../../../src/net/retry.ts';
import { testClock } from '../../support/registry-session.ts';

const failed = (attempt: number, more = {}) => ({ attempt, elapsedMs: 0, retryAfterMs: undefined, ...more });

describe('how long to wait before the next try', () => {
  test('doubles from 200 ms to 3 s and ends after five', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((attempt) => retryDelayMs(DEFAULT_RETRY, failed(attempt), 0.5));
    expect(delays).toEqual([200, 400, 800, 1600, 3000, undefined]);
  });

  test('varies by a tenth', () => {
    expect(retryDelayMs(DEFAULT_RETRY, failed(0), 0)).toBeCloseTo(180);
    expect(retryDelayMs(DEFAULT_RETRY, failed(0), 0.999_999)).toBeCloseTo(220, 0);
  });

  test('is what the server asks for, up to a minute', () => {
    expect(retryDelayMs(DEFAULT_RETRY, failed(0, { retryAfterMs: 30_000 }), 0.5)).toBe(30_000);
    expect(retryDelayMs(DEFAULT_RETRY, failed(0, { retryAfterMs: 61_000 }), 0.5)).toBeUndefined();
  });

  test('goes on for as long as was asked, however often', () => {
    const policy = { ...DEFAULT_RETRY, totalMs: 120_000 };
    expect(retryDelayMs(policy, failed(500, { elapsedMs: 100_000 }), 0.5)).toBe(3000);
    expect(retryDelayMs(policy, failed(0, { elapsedMs: 118_000, retryAfterMs: 5000 }), 0.5)).toBeUndefined();
    expect(retryDelayMs({ ...policy, totalMs: 0 }, failed(0), 0.5)).toBeUndefined();
  });
});

test('progress makes a budget forget', () => {
  const clock = testClock();
  const budget = new RetryBudget({ ...DEFAULT_RETRY, retries: 1 }, clock);
  expect(budget.failed()).toBe(200);
  expect(budget.failed()).toBeUndefined();
  budget.progress();
  expect(budget.failed()).toBe(200);
});

test('a total time counts from the first failure, not from the start of the work', () => {
  const clock = testClock();
  const budget = new RetryBudget({ ...DEFAULT_RETRY, totalMs: 10_000 }, clock);
  clock.advance(1_000_000);
  expect(budget.failed()).toBe(200);
  clock.advance(9_900);
  expect(budget.failed()).toBeUndefined();
});

test.each([
  ['5', 5000],
  [' 0 ', 0],
  ['Wed, 21 Oct 2026 07:28:10 GMT', 10_000],
  ['Wed, 21 Oct 2020 07:28:10 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After: %s', (value, wanted) => {
  expect(parseRetryAfter(value, Date.parse('2026-10-21T07:28:00Z'))).toBe(wanted);
});

test('only passing failures are tried again', () => {
  expect([408, 429, 499, 500, 502, 503, 504, 522].every(isRetryableStatus)).toBe(true);
  expect([200, 301, 400, 401, 403, 404, 409, 412, 416, 501].some(isRetryableStatus)).toBe(false);
});
