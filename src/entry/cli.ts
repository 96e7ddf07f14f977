#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Entry of the command line.

import { isNodeNewEnough } from './node-version.ts';

if (isNodeNewEnough('terminal')) {
  const { runTerminal } = await import('./command-line.ts');
  await runTerminal();
}
