import { n as KeylessError, t as KEYLESS_CODES } from "./errors9.mjs";

export { KeylessError };