// src/policy/verdict.ts
/** Names the verdict document and its version. */
const VERDICT_SCHEMA = "countersign/verdict/v1";
/** True when the image passes as far as a stage is concerned: it has passed, or is skipped. */
function isFilled({ verdict }) {
	return verdict === "passed" || verdict === "break-glass";
}

export { isFilled as n, VERDICT_SCHEMA as t };