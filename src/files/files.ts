// SPDX-License-Identifier: Apache-2.0
// Small files: read whole with a limit, read as a secret with care, write by rename. What is no regular file is never
// replaced; documents may be written into a device or pipe.

import { randomBytes } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { access, type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type CountersignError, DataError, fileError, isErrnoException, SystemError } from '../base/errors.ts';
import { globRoots, isGlob } from './glob-pattern.ts';
import { globPaths } from './glob.ts';

/** The bytes of a file, and what the file was when they were read. */
export interface FoundFile {
  readonly bytes: Uint8Array;
  readonly stats: BigIntStats;
}

/** Device, inode, size and both times, as one text. Anybody can put the modification time back, nobody the change time. */
export function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/**
 * The bytes of a file of at most `limitBytes`: as it was at one time, never the beginning of one version and the end of
 * the next.
 * @throws SystemError FILE_NOT_FOUND, FILE_NOT_REGULAR, FILE_NO_PERMISSION, FILE_READ_FAILED; DataError DATA_TOO_LARGE
 */
export async function readFileBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  return (await findFile(path, limitBytes)).bytes;
}

/** The same with what else is known of the file. @throws as readFileBounded */
export function findFile(path: string, limitBytes: number): Promise<FoundFile> {
  return readOpened(path, limitBytes, false);
}

/** Files that are read at once: a thread for each costs more than reading it. */
const SMALL_BYTES = 64 * 1024;

/** The same for a small regular file, at once; undefined for anything else, about which readFileBounded says more. */
export function findSmallFile(path: string): FoundFile | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file, { bigint: true });
    if (!stats.isFile() || stats.size > SMALL_BYTES) return undefined;
    // What grows meanwhile is left to the other reader.
    const size = Number(stats.size);
    const bytes = new Uint8Array(size + 1);
    return readSync(file, bytes) === size ? { bytes: bytes.subarray(0, size), stats } : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Files that mean something together must be of one time: fails when one was written to since it was read.
 * @throws SystemError FILE_READ_FAILED
 */
export function assertOfOneTime(states: ReadonlyMap<string, BigIntStats>): void {
  for (const [path, read] of states) {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!now || stateOf(now) !== stateOf(read)) throw written(path);
  }
}

function written(path: string): SystemError {
  return new SystemError('FILE_READ_FAILED', `${path} was written to while it was read`, {
    hint: 'repeat when whoever writes it is done',
  });
}

/**
 * The bytes of a key, credential or lock file: a regular file, not a symbolic link. A lock may be written meanwhile.
 * @throws SystemError FILE_SYMLINK_REFUSED and those of readFileBounded
 */
export async function readKeyFile(path: string, limitBytes: number): Promise<Uint8Array> {
  return (await readOpened(path, limitBytes, true)).bytes;
}

async function readOpened(path: string, limitBytes: number, isKey: boolean): Promise<FoundFile> {
  const flags = constants.O_RDONLY | (isKey ? (constants.O_NOFOLLOW ?? 0) : 0);
  try {
    await using file = await open(path, flags | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) throw notRegular(path);
    if (stats.size > limitBytes)
      throw new DataError('DATA_TOO_LARGE', `${path} has ${stats.size} bytes; the limit is ${limitBytes}`, {
        hint: 'check that the right file was given',
      });
    const bytes = new Uint8Array(await file.readFile());
    const after = isKey ? stats : await file.stat({ bigint: true });
    if (after.size !== stats.size || after.mtimeNs !== stats.mtimeNs) throw written(path);
    return { bytes, stats };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') throw isLink(path, error);
    throw fileError(error, path, 'read');
  }
}

/** What is neither a file nor a symbolic link. */
export function notRegular(path: string): SystemError {
  return new SystemError('FILE_NOT_REGULAR', `${path} is not a regular file`, {
    hint: 'give the path of a file, not of a folder, device or pipe',
  });
}

/** A symbolic link that is not followed. */
export function isLink(path: string, cause: unknown): SystemError {
  return new SystemError('FILE_SYMLINK_REFUSED', `${path} is a symbolic link`, {
    cause,
    hint: 'give the path of the file itself',
  });
}

/** What is written: whole, or in pieces that are made one after the other. */
type Content = Uint8Array | string | Iterable<string>;

/**
 * Writes a file so that readers see the old or the new content, never a half: temporary file, flush, rename. A link,
 * folder or device under its name is refused.
 * @throws SystemError FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeFileAtomic(path: string, content: Content, mode = 0o644): Promise<void> {
  if ((await targetAt(path)) === 'stream') throw notRegular(path);
  const temporary = temporaryBeside(path);
  try {
    await using file = await open(temporary, 'wx', mode);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    // Whatever hinders this hindered the writing, which is what is told.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(error, path);
  }
}

/** Bytes that a name may have before the ending of a temporary file makes it longer than file systems take. */
const LONG_NAME = 230;

/** A name in the same folder; that of the file is part of it where there is room. */
function temporaryBeside(path: string): string {
  const ending = `${randomBytes(6).toString('hex')}.tmp`;
  return Buffer.byteLength(basename(path)) > LONG_NAME ? join(dirname(path), `.${ending}`) : `${path}.${ending}`;
}

/**
 * As writeFileAtomic; a character device or pipe under the name, `/dev/stdout` for instance, is written into.
 * @throws SystemError as writeFileAtomic
 */
export async function writeDocument(path: string, content: Content): Promise<void> {
  if ((await targetAt(path)) === 'file') return writeFileAtomic(path, content);
  try {
    // A pipe that nobody reads would be waited for without end; held open here, it keeps its reader.
    await using probe = await openStream(path, constants.O_NONBLOCK ?? 0);
    await using stream = await openStream(path, 0);
    await stream.writeFile(content);
    await probe.close();
  } catch (error) {
    throw writeError(error, path);
  }
}

async function openStream(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, constants.O_WRONLY | (constants.O_NOCTTY ?? 0) | flags);
  const found = await file.stat();
  if (isStream(found)) return file;
  await file.close();
  throw notRegular(path);
}

interface Kind {
  isCharacterDevice(): boolean;
  isFIFO(): boolean;
}

function isStream(found: Kind): boolean {
  return found.isCharacterDevice() || found.isFIFO();
}

/** What would be written to: a file, there or not, to be replaced; or a stream to be written into. */
async function targetAt(path: string): Promise<'file' | 'stream'> {
  const found = await lstat(path).catch(() => undefined);
  if (!found || found.isFile()) return 'file';
  const end = found.isSymbolicLink() ? await stat(path).catch(() => undefined) : found;
  if (end?.isDirectory()) throw isFolder(path);
  if (end && isStream(end)) return 'stream';
  if (!found.isSymbolicLink()) throw notRegular(path);
  // /dev/stdout is one as well, where standard output is a file.
  throw new SystemError('FILE_SYMLINK_REFUSED', `${path} is a symbolic link and would have to be replaced`, {
    hint: 'give the path of the file that is to be written; on the command line --json prints to standard output',
  });
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
 * @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_WRITE_FAILED
 */
export async function assertWritable(path: string): Promise<void> {
  const folder = dirname(path);
  const problem = await access(`${folder}/`, constants.W_OK).catch((error: unknown) => error);
  if (isErrnoException(problem) && problem.code === 'EACCES') throw fileError(problem, folder, 'write');
  if (problem !== undefined) throw writeError(problem, path);
  if ((await targetAt(path)) === 'stream') throw notRegular(path);
}

/** As assertWritable, for what `writeDocument` writes. @throws SystemError as assertWritable */
export async function assertWritableDocument(path: string): Promise<void> {
  if ((await targetAt(path)) === 'file') return assertWritable(path);
  await access(path, constants.W_OK).catch((error: unknown) => {
    throw fileError(error, path, 'write');
  });
}

async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // Windows and some network file systems cannot flush a folder; the rename itself has succeeded.
  }
}

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
    const inside = (await kindOf(resolve(start, found))) === 'folder';
    if (inside && kind === 'folder') throw nested(name);
    if (inside || (kind === 'folder' && FOR_PEOPLE.test(found))) continue;
    names.push(name);
    if (names.length > MAX_FILES) throw tooMany(path);
  }
  if (names.length > 0) return names.sort();
  throw new SystemError('FILE_NOT_FOUND', kind === 'folder' ? `${path} holds no file` : `no file matches ${path}`, {
    hint: `check the path; relative ones start at ${folder}`,
  });
}

/** Absolute paths below which `filesAt` looks: whatever it finds another time, something there has changed. */
export async function rootsAt(path: string, folder: string): Promise<readonly string[]> {
  const there = (await kindOf(resolve(folder, path))) !== 'absent';
  return (there || !isGlob(path) ? [path] : globRoots(path)).map((root) => resolve(folder, root));
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
