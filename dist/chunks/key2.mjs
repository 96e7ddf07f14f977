import { a as partProblem, c as userIdsOf, i as partExpiryOf, n as expiryOf, o as tellingReason, r as keyProblem, s as unsupportedProblem, t as demandOf } from "./key3.mjs";

export { expiryOf, keyProblem, partProblem };