import { p as toSecond } from "./text.mjs";

// src/findings/denial.ts
/** False for a signature that is proven to be older than the denial. */
function isVoidedBy({ since }, provenAt) {
	return !(since && provenAt && provenAt < since);
}
/** The end of a sentence about what is denied. */
function denialText({ since, reason }) {
	return `is denied by the policy${since ? ` since ${toSecond(since)}` : ""}: ${reason}`;
}

export { isVoidedBy as n, denialText as t };