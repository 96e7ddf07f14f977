import { setTimeout } from "node:timers/promises";

// src/base/clock.ts
/** By how much a clock may be ahead of or behind another one, milliseconds. */
const CLOCK_SKEW_MS = 3e5;
/** The clock of this machine. */
function systemClock() {
	return {
		nowMs: () => Date.now(),
		sleep: (ms) => setTimeout(ms),
		random: () => Math.random()
	};
}

export { systemClock as n, CLOCK_SKEW_MS as t };