// SPDX-License-Identifier: Apache-2.0
// The project's own files, for the tests that look at them as text.

import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

export const PROJECT = resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** All TypeScript files below a folder of the project, in order of their paths. */
export async function sourcesBelow(folder: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(join(PROJECT, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(PROJECT, path), 'utf8') })));
}

/** Paths that git tracks, or undefined outside a git working tree. */
export function trackedFiles(): readonly string[] | undefined {
  try {
    const listing = execFileSync('git', ['ls-files', '-z'], {
      cwd: PROJECT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listing.split('\0').filter((path) => path !== '');
  } catch {
    return undefined;
  }
}
