import { a as settle, i as mergeTrust, n as evidenceLacking, o as verifySifFile, r as judgeImage, t as createCriteria } from "./verify.mjs";

export { createCriteria };