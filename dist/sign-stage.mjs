import { t as runAction } from "./chunks/action.mjs";

// src/entry/sign-stage.ts
await runAction("sign-stage");

export {  };