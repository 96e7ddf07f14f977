// src/base/version.ts
/** Semantic version of countersign. */
const VERSION = "0.2.0";

export { VERSION as t };