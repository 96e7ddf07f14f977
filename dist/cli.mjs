#!/usr/bin/env node
import { i as prepareHashThread } from "./chunks/hash-thread.mjs";

// src/entry/cli.ts
const NODE_MAJOR = 24;
const TOO_OLD = "NODE_TOO_OLD";
if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
	process.stderr.write(`error: countersign needs Node ${NODE_MAJOR} or newer, and this is Node ${process.versions.node} [${TOO_OLD}]\nhint: install Node ${NODE_MAJOR} and run it with that; in a clone, \`npx countersign\` uses the one that package.json pins\n`);
	process.exitCode = 3;
} else {
	prepareHashThread(process.argv.slice(3));
	const { runTerminal } = await import("./chunks/terminal.mjs");
	await runTerminal();
}

export {  };