import { a as unsupportedKey, i as tellingReason, n as keyProblem, o as unsupportedProblem, r as partProblem, t as expiryOf } from "./key3.mjs";

export { expiryOf, keyProblem };