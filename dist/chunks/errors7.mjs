import { n as KeylessError, t as KEYLESS_CODES } from "./errors8.mjs";

export { KeylessError };