import { n as KeylessError, t as KEYLESS_CODES } from "./errors11.mjs";

export { KeylessError };