import { a as verifySifFile, i as mergeTrust, n as evidenceLacking, r as judgeImage, t as createCriteria } from "./verify.mjs";

export { createCriteria };