import { a as verifySifFile, i as verifyRegistryImage, n as judgeFacts, r as mergeTrust, t as createJudge } from "./verify.mjs";

export { createJudge };