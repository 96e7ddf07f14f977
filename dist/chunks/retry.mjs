// src/net/retry.ts
/** Up to 5 repetitions, 0.2 s to 3 s apart. */
const DEFAULT_RETRY = {
	retries: 5,
	baseDelayMs: 200,
	maxDelayMs: 3e3,
	jitter: .1,
	maxRetryAfterMs: 6e4,
	totalMs: void 0
};
const RETRYABLE_STATUS = /* @__PURE__ */ new Set([
	408,
	429,
	499,
	500,
	502,
	503,
	504,
	522
]);
/** True for answers that a later try may turn into a good one. */
function isRetryableStatus(status) {
	return RETRYABLE_STATUS.has(status);
}
/** How long to wait before the next try; undefined when it is time to give up. */
function retryDelayMs(policy, failed, random) {
	const { attempt, elapsedMs, retryAfterMs } = failed;
	if (policy.totalMs === void 0 && attempt >= policy.retries) return void 0;
	if (retryAfterMs !== void 0 && retryAfterMs > policy.maxRetryAfterMs) return void 0;
	const jittered = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt, 20)) * (1 + policy.jitter * (2 * random - 1));
	const delayMs = Math.max(jittered, retryAfterMs ?? 0);
	if (policy.totalMs !== void 0 && elapsedMs + delayMs > policy.totalMs) return void 0;
	return delayMs;
}
/** The failures of one piece of work since it last made progress. */
var RetryBudget = class {
	#policy;
	#clock;
	#attempt = 0;
	#failingSinceMs;
	constructor(policy, clock) {
		this.#policy = policy;
		this.#clock = clock;
	}
	/** Forgets earlier failures: something went well again. */
	progress() {
		this.#attempt = 0;
		this.#failingSinceMs = void 0;
	}
	/** Counts a failure: how long to wait before the next try, undefined when it is time to give up. */
	failed(retryAfterMs) {
		const nowMs = this.#clock.nowMs();
		this.#failingSinceMs ??= nowMs;
		const failure = {
			attempt: this.#attempt,
			elapsedMs: nowMs - this.#failingSinceMs,
			retryAfterMs
		};
		this.#attempt += 1;
		return retryDelayMs(this.#policy, failure, this.#clock.random());
	}
};
/**
* Milliseconds asked for by a `Retry-After` header, as seconds or as an HTTP date.
* @see https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.3
*/
function parseRetryAfter(value, nowMs) {
	if (value === void 0) return void 0;
	if (/^[0-9]{1,9}$/.test(value.trim())) return Number(value.trim()) * 1e3;
	const date = Date.parse(value);
	return Number.isNaN(date) ? void 0 : Math.max(0, date - nowMs);
}

export { parseRetryAfter as i, RetryBudget as n, isRetryableStatus as r, DEFAULT_RETRY as t };