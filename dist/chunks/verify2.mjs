import { i as verifySifFile, n as judgeFacts, r as mergeTrust, t as createJudge } from "./verify.mjs";

export { createJudge };