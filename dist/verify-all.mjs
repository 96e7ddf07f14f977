import { t as runAction } from "./chunks/action.mjs";

// src/entry/verify-all.ts
await runAction("verify-all");

export {  };