import { n as judgeSubject, r as verifyOne, t as command } from "./verify-all.mjs";

export { command };