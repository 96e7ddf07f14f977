// SPDX-License-Identifier: Apache-2.0
// The real time and randomness, for the shell to hand down. Everything below takes a Clock as a parameter.

import { setTimeout as sleep } from 'node:timers/promises';

/** Time as a parameter: tests turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** From 0 to 1, 1 excluded. */
  random(): number;
}

/** By how much a clock may be ahead of or behind another one, milliseconds. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/** The clock of this machine. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    sleep: (ms) => sleep(ms),
    random: () => Math.random(),
  };
}
