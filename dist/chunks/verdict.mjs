// src/policy/verdict.ts
/** Names the verdict document and its version. */
const VERDICT_SCHEMA = "countersign/verdict/v1";

export { VERDICT_SCHEMA as t };