import { a as tellingReason, c as userIdsOf, i as partProblem, n as keyProblem, o as unsupportedKey, r as partExpiryOf, s as unsupportedProblem, t as expiryOf } from "./key3.mjs";

export { expiryOf, keyProblem };