// SPDX-License-Identifier: Apache-2.0
// Where the processes of our own lie that are started under this Node.

import { basename, dirname, join } from 'node:path';

/** Path of the module that such a process runs: bundled it lies beside the entries, as a source beside this file. */
export function ownProcess(name: 'tool-supervisor' | 'token-child'): string {
  const here = import.meta.dirname;
  if (import.meta.filename.endsWith('.ts')) return join(here, `${name}.ts`);
  return join(basename(here) === 'chunks' ? dirname(here) : here, `${name}.mjs`);
}
