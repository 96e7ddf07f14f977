#!/usr/bin/env node
import { t as isNodeNewEnough } from "./chunks/node-version.mjs";

// src/entry/cli.ts
if (isNodeNewEnough("terminal")) {
	const { runTerminal } = await import("./chunks/command-line.mjs");
	await runTerminal();
}

export {  };