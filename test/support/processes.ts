// SPDX-License-Identifier: Apache-2.0
// Runs the command line from its sources as a process of its own, with a home of its own.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ChildResult } from './children.ts';
import { PROJECT } from './sources.ts';

/** Runs `countersign ARGS` in a folder that is also its home; nothing else of the environment is passed on. */
export function runTool(
  args: readonly string[],
  { home, env = {} }: { readonly home: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ChildResult> {
  const child = spawn(process.execPath, [join(PROJECT, 'src/entry/cli.ts'), ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...written }));
  });
}
