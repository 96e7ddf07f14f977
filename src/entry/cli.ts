#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Entry of the command line. A thread for hashing comes to life while the program is still being loaded. What is imported
// before the version is known must be readable by old Nodes; the rest has newer syntax.

import { prepareHashThread } from '../sif/hash/thread.ts';

const NODE_MAJOR = 24;
const TOO_OLD = 'NODE_TOO_OLD';

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  process.stderr.write(
    `error: countersign needs Node ${NODE_MAJOR} or newer, and this is Node ${process.versions.node} [${TOO_OLD}]\nhint: install Node ${NODE_MAJOR} and run it with that; in a clone, \`npx countersign\` uses the one that package.json pins\n`,
  );
  process.exitCode = 3;
} else {
  prepareHashThread(process.argv.slice(3));
  const { runTerminal } = await import('./terminal.ts');
  await runTerminal();
}
