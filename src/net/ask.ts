// SPDX-License-Identifier: Apache-2.0
// One question to a small service, whose answer fits into memory: bounded, repeated after passing failures as the service
// asks for, never sent on to where it redirects.

import { type Clock, systemClock } from '../base/clock.ts';
import { isPassingNetworkError } from './errors.ts';
import type { HttpClient, HttpRequest } from './http.ts';
import { DEFAULT_RETRY, isRetryableStatus, parseRetryAfter, RetryBudget } from './retry.ts';

/** How a service is asked. */
export interface Asking {
  readonly http: HttpClient;
  /** Repetitions after passing failures; 5 by default. */
  readonly retries?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What a service answers, a redirect included. */
export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly location: string | undefined;
}

/**
 * The answer of the service, of at most `limitBytes`; the last one when repeats do not help.
 * @throws NetworkError
 */
export async function ask(
  question: Omit<HttpRequest, 'redirects'>,
  limitBytes: number,
  { http, retries = DEFAULT_RETRY.retries, clock = systemClock() }: Asking,
): Promise<Answer> {
  const budget = new RetryBudget({ ...DEFAULT_RETRY, retries }, clock);
  for (;;) {
    try {
      const response = await http.send({ ...question, redirects: 'no' });
      const { status } = response;
      const again = isRetryableStatus(status)
        ? budget.failed(parseRetryAfter(response.header('retry-after'), clock.nowMs()))
        : undefined;
      if (again === undefined)
        return { status, bytes: await response.bytes(limitBytes), location: response.header('location') };
      await response.discard();
      await clock.sleep(again);
    } catch (cause) {
      const again = isPassingNetworkError(cause) ? budget.failed() : undefined;
      if (again === undefined) throw cause;
      await clock.sleep(again);
    }
  }
}
