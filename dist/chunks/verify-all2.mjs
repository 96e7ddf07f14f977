import { n as verifyOne, r as verifySubjects, t as command } from "./verify-all.mjs";

export { command };