#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Entry of the command line. A thread for hashing comes to life while the program is still being loaded.

import { isNodeNewEnough } from './node-version.ts';

if (isNodeNewEnough('terminal')) {
  const { prepareHashThread } = await import('../sif/hash/thread.ts');
  prepareHashThread(process.argv.slice(3));
  const { runTerminal } = await import('./terminal.ts');
  await runTerminal();
}
