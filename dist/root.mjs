import { t as runAction } from "./chunks/action.mjs";

// src/entry/root.ts
await runAction("root");

export {  };