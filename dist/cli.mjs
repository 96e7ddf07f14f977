#!/usr/bin/env node
import { i as prepareHashThread } from "./chunks/hash-thread.mjs";

// src/entry/cli.ts
prepareHashThread(process.argv.slice(3));
const { runTerminal } = await import("./chunks/terminal.mjs");
await runTerminal();

export {  };