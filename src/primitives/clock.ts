// SPDX-License-Identifier: Apache-2.0
// The real time and randomness, for the shell to hand down. Everything below takes a Clock as a parameter.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './retry.ts';

/** The clock of this machine. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
    random: () => Math.random(),
  };
}
