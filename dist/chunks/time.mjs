// src/primitives/time.ts
/** A time as `2026-11-22T12:00:00Z`; a text that is no time stays as it is. */
function toSecond(time) {
	const date = typeof time === "string" ? new Date(time) : time;
	if (!Number.isNaN(date.getTime())) return `${date.toISOString().slice(0, -5)}Z`;
	return typeof time === "string" ? time : "an impossible time";
}

export { toSecond as t };