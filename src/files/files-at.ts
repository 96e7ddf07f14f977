// SPDX-License-Identifier: Apache-2.0
// Which files does a path mean that may be a file, a folder or a pattern? For keys and certificates, of which people
// keep "a bare directory where all of them live".

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataError, fileError, isErrnoException, SystemError } from '../base/errors.ts';
import { isGlob } from './glob-pattern.ts';
import { globPaths } from './glob.ts';

/** Files of one folder or pattern. */
const MAX_FILES = 1000;
/** What lies in a folder to be read by people. */
const FOR_PEOPLE = /^(?:readme(?:\..*)?|licen[cs]e(?:\..*)?|.*\.md)$/i;

/**
 * The files that a path means, sorted, as written: a path that exists is no pattern. Of a folder these are all files
 * directly in it but hidden ones and pages like README; a folder in it is an error, because revocations may be in there.
 * @throws SystemError FILE_NOT_FOUND when there is none, FILE_NOT_REGULAR, FILE_NO_PERMISSION; DataError; UsageError
 */
export async function filesAt(path: string, folder: string): Promise<readonly string[]> {
  const kind = await kindOf(resolve(folder, path));
  if (kind !== 'folder' && (kind === 'other' || !isGlob(path))) return [path];
  const [pattern, start] = kind === 'folder' ? ['*', resolve(folder, path)] : [path, folder];
  const names: string[] = [];
  for await (const found of globPaths(pattern, start)) {
    const name = kind === 'folder' ? join(path, found) : found;
    const isFolder = (await kindOf(resolve(start, found))) === 'folder';
    if (isFolder && kind === 'folder') throw nested(name);
    if (isFolder || (kind === 'folder' && FOR_PEOPLE.test(found))) continue;
    names.push(name);
    if (names.length > MAX_FILES) throw tooMany(path);
  }
  if (names.length > 0) return names.sort();
  throw new SystemError('FILE_NOT_FOUND', kind === 'folder' ? `${path} holds no file` : `no file matches ${path}`, {
    hint: `check the path; relative ones start at ${folder}`,
  });
}

/** What cannot be looked at is for the reader to say. */
async function kindOf(path: string): Promise<'folder' | 'other' | 'absent'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (isErrnoException(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return 'absent';
    throw fileError(error, path, 'read');
  }
}

function nested(path: string): SystemError {
  return new SystemError('FILE_NOT_REGULAR', `${path} is a folder, and what is in it would be passed over`, {
    hint: `move it away, name ${path} on its own, or write a pattern that names files only, such as DIR/**/*.pem`,
  });
}

function tooMany(path: string): DataError {
  return new DataError('DATA_TOO_LARGE', `${path} means more than ${MAX_FILES} files`, {
    hint: 'name a smaller folder or a narrower pattern',
  });
}
