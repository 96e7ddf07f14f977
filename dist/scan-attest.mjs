import { t as isNodeNewEnough } from "./chunks/node-version.mjs";

// src/entry/actions/scan-attest.ts
if (isNodeNewEnough("action")) {
	const { runAction } = await import("./chunks/action.mjs");
	await runAction("scan-attest");
}

export {  };