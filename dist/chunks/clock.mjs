import { setTimeout } from "node:timers/promises";

// src/base/clock.ts
/** The clock of this machine. */
function systemClock() {
	return {
		nowMs: () => Date.now(),
		sleep: (ms, signal) => setTimeout(ms, void 0, signal ? { signal } : {}),
		random: () => Math.random()
	};
}

export { systemClock as t };