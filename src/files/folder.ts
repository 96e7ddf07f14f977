// SPDX-License-Identifier: Apache-2.0
// A folder and those above it, made where they are missing. Node's recursive mkdir never ends where the system says of
// an existing folder that it does not exist, as /proc does: this one makes each folder once and says what failed.

import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileError, isErrnoException, SystemError } from '../base/errors.ts';

/**
 * Makes a folder unless it is there. `mode` is for every folder that is made.
 * @throws SystemError FILE_NO_PERMISSION, FILE_WRITE_FAILED, DISK_FULL
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await isFolder(at)); at = dirname(at)) missing.push(at);
  for (const folder of missing.toReversed()) await makeOne(folder, mode);
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = isErrnoException(error) ? error.code : undefined;
    // Somebody else may have made it meanwhile; a link that leads nowhere is there, too.
    if (code === 'EEXIST' && (await isFolder(path))) return;
    if (code === 'ENOENT' || code === 'EEXIST') throw impossible(path, 'cannot be made here', error);
    throw fileError(error, path, 'write');
  }
}

/** False when nothing is there. The root always is. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    const code = isErrnoException(error) ? error.code : undefined;
    if ((code === 'ENOENT' || code === 'ENOTDIR') && dirname(path) !== path) return false;
    throw fileError(error, path, 'write');
  }
  throw impossible(path, 'is there and is no folder');
}

function impossible(path: string, problem: string, cause?: unknown): SystemError {
  return new SystemError('FILE_WRITE_FAILED', `the folder ${path} ${problem}`, {
    cause,
    hint: 'give a folder in a place where folders can be made',
  });
}
