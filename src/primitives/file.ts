// SPDX-License-Identifier: Apache-2.0
// Small files: read whole with a limit, read as a secret with care, write by rename.

import { constants } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type CountersignError, DataError, fileError, isErrnoException, SystemError } from './errors.ts';

/**
 * The bytes of a file of at most `limitBytes`.
 * @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_READ_FAILED; DataError DATA_TOO_LARGE
 */
export async function readFileBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  return readOpened(path, limitBytes, constants.O_RDONLY);
}

/**
 * The bytes of a key or credential file: a regular file, not a symbolic link.
 * @throws SystemError FILE_SYMLINK_REFUSED and those of readFileBounded
 */
export async function readKeyFile(path: string, limitBytes: number): Promise<Uint8Array> {
  return readOpened(path, limitBytes, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
}

async function readOpened(path: string, limitBytes: number, flags: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, flags | (constants.O_NONBLOCK ?? 0));
    const found = await file.stat();
    if (!found.isFile()) throw notRegular(path);
    if (found.size > limitBytes)
      throw new DataError('DATA_TOO_LARGE', `${path} has ${found.size} bytes; the limit is ${limitBytes}`, {
        hint: 'check that the right file was given',
      });
    return new Uint8Array(await file.readFile());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') throw notRegular(path, error);
    throw fileError(error, path, 'read');
  }
}

function notRegular(path: string, cause?: unknown): SystemError {
  return new SystemError('FILE_SYMLINK_REFUSED', `${path} is not a regular file`, {
    cause,
    hint: 'give the path of the file itself, not of a link, folder or device',
  });
}

/**
 * Writes a file so that readers see the old or the new content, never a half: temporary file, flush, rename.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await using file = await open(temporary, 'wx', mode);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(error, path);
  }
}

/** A file system error about a new file: most often its folder is missing, or a folder has its name. */
export function writeError(error: unknown, path: string): CountersignError {
  const code = isErrnoException(error) ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SystemError('FILE_NOT_FOUND', `there is no folder ${dirname(path)}`, {
      cause: error,
      hint: 'make the folder, or give a path in another one; relative paths start at the working directory',
    });
  return code === 'EISDIR' ? isFolder(path, error) : fileError(error, path, 'write');
}

function isFolder(path: string, cause?: unknown): SystemError {
  return new SystemError('FILE_WRITE_FAILED', `${path} is a folder`, { cause, hint: 'give the name of a file' });
}

/**
 * Refuses a path where no file can be written, before work is done for the file.
 * @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_WRITE_FAILED
 */
export async function assertWritable(path: string): Promise<void> {
  const folder = dirname(path);
  const problem = await access(`${folder}/`, constants.W_OK).catch((error: unknown) => error);
  if (isErrnoException(problem) && problem.code === 'EACCES') throw fileError(problem, folder, 'write');
  if (problem !== undefined) throw writeError(problem, path);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) throw isFolder(path);
}

async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // Windows and some network file systems cannot flush a folder; the rename itself has succeeded.
  }
}
