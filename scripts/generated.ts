// SPDX-License-Identifier: Apache-2.0
// Files that scripts write: written when they differ, or, when checking, only named.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface GeneratedFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
}

/** Paths that differ from what they should be; unless `check` is set they are brought up to date. */
export async function settle(
  root: string,
  files: readonly GeneratedFile[],
  check: boolean,
): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, content } of files) {
    const present = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (present === content) continue;
    if (check) stale.push(path);
    else await writeFile(join(root, path), content);
  }
  return stale;
}

/** Prints stale files and fails the process. */
export function report(stale: readonly string[], command: string): void {
  for (const path of stale) console.error(`out of date: ${path}`);
  if (stale.length === 0) return;
  console.error(`run: ${command}`);
  process.exitCode = 1;
}
