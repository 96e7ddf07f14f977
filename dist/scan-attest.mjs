import { t as runAction } from "./chunks/action.mjs";

// src/entry/scan-attest.ts
await runAction("scan-attest");

export {  };