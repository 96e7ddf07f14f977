// SPDX-License-Identifier: Apache-2.0
// When to try again and how long to wait, as plain values. Who is asked again, and what counts as failed, is the
// caller's business.

import type { Clock } from '../base/clock.ts';

/** How often, how long and how far apart to try. */
export interface RetryPolicy {
  /** Repetitions after the first try; not looked at when `totalMs` is given. */
  readonly retries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Share of the delay that is random, 0.1 for ± 10 %. */
  readonly jitter: number;
  /** A server that asks for a longer pause than this is given up on. */
  readonly maxRetryAfterMs: number;
  /** Keep trying for this long, however many tries that takes (the input `retry-for`). */
  readonly totalMs: number | undefined;
}

/** Up to 5 repetitions, 0.2 s to 3 s apart. */
export const DEFAULT_RETRY: RetryPolicy = {
  retries: 5,
  baseDelayMs: 200,
  maxDelayMs: 3000,
  jitter: 0.1,
  maxRetryAfterMs: 60_000,
  totalMs: undefined,
};

const RETRYABLE_STATUS: ReadonlySet<number> = new Set([408, 429, 499, 500, 502, 503, 504, 522]);

/** True for answers that a later try may turn into a good one. */
export function isRetryableStatus(status: number): boolean {
  return RETRYABLE_STATUS.has(status);
}

/** One failure, as the next delay depends on it. */
export interface FailedTry {
  /** 0 after the first try. */
  readonly attempt: number;
  /** Since the first try began. */
  readonly elapsedMs: number;
  /** What the server asked for. */
  readonly retryAfterMs: number | undefined;
}

/** How long to wait before the next try; undefined when it is time to give up. */
export function retryDelayMs(policy: RetryPolicy, failed: FailedTry, random: number): number | undefined {
  const { attempt, elapsedMs, retryAfterMs } = failed;
  if (policy.totalMs === undefined && attempt >= policy.retries) return undefined;
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxRetryAfterMs) return undefined;
  const exponential = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt, 20));
  const jittered = exponential * (1 + policy.jitter * (2 * random - 1));
  const delayMs = Math.max(jittered, retryAfterMs ?? 0);
  if (policy.totalMs !== undefined && elapsedMs + delayMs > policy.totalMs) return undefined;
  return delayMs;
}

/** The failures of one piece of work since it last made progress. */
export class RetryBudget {
  readonly #policy: RetryPolicy;
  readonly #clock: Clock;
  #attempt = 0;
  #failingSinceMs: number | undefined;

  constructor(policy: RetryPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
  }

  /** Forgets earlier failures: something went well again. */
  progress(): void {
    this.#attempt = 0;
    this.#failingSinceMs = undefined;
  }

  /** Counts a failure: how long to wait before the next try, undefined when it is time to give up. */
  failed(retryAfterMs?: number): number | undefined {
    const nowMs = this.#clock.nowMs();
    this.#failingSinceMs ??= nowMs;
    const failure = { attempt: this.#attempt, elapsedMs: nowMs - this.#failingSinceMs, retryAfterMs };
    this.#attempt += 1;
    return retryDelayMs(this.#policy, failure, this.#clock.random());
  }
}

/**
 * Milliseconds asked for by a `Retry-After` header, as seconds or as an HTTP date.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.3
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(value.trim())) return Number(value.trim()) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
