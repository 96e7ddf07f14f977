import { t as isNodeNewEnough } from "./chunks/node-version.mjs";

// src/entry/actions/sign-stage.ts
if (isNodeNewEnough("action")) {
	const { runAction } = await import("./chunks/action.mjs");
	await runAction("sign-stage");
}

export {  };