import { t as runAction } from "./chunks/action.mjs";

// src/entry/build.ts
await runAction("build");

export {  };