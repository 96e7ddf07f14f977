import { t as runAction } from "./chunks/action.mjs";

// src/entry/push-oras.ts
await runAction("push-oras");

export {  };