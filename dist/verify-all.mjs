import { t as isNodeNewEnough } from "./chunks/node-version.mjs";

// src/entry/actions/verify-all.ts
if (isNodeNewEnough("action")) {
	const { runAction } = await import("./chunks/action.mjs");
	await runAction("verify-all");
}

export {  };