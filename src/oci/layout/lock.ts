// SPDX-License-Identifier: Apache-2.0
// The lock beside a layout folder's index: one writer at a time, and none kept out by one that died.

import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { decodeUtf8 } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { DataError, fileError, isErrnoException, SystemError } from '../../base/errors.ts';
import { readKeyFile } from '../../files/files.ts';
import { RegistryError } from '../errors.ts';

/** A lock is held for milliseconds; one this old belongs to a process that died. */
const STALE_LOCK_MS = 30_000;
const LOCK_WAIT_MS = 60_000;

/**
 * Runs `change` while no other process holds the lock.
 * @throws RegistryError REGISTRY_LAYOUT_LOCKED; SystemError
 */
export async function withLock(lock: string, clock: Clock, change: () => Promise<void>): Promise<void> {
  const token = randomBytes(16).toString('hex');
  const startMs = clock.nowMs();
  while (!(await takeLock(lock, token))) {
    await breakStaleLock(lock, clock);
    if (clock.nowMs() - startMs > LOCK_WAIT_MS)
      throw new RegistryError('REGISTRY_LAYOUT_LOCKED', `another process keeps ${lock}`, {
        hint: 'wait until it ends; remove that file if no such process exists',
      });
    await clock.sleep(10 + clock.random() * 40);
  }
  try {
    await change();
  } finally {
    if ((await readLock(lock)) === token) await rm(lock, { force: true });
  }
}

async function breakStaleLock(lock: string, clock: Clock): Promise<void> {
  const seen = await readLock(lock);
  const ageMs = await stat(lock).then(
    ({ mtimeMs }) => clock.nowMs() - mtimeMs,
    () => 0,
  );
  if (seen === undefined || ageMs < STALE_LOCK_MS) return;
  const aside = `${lock}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(lock, aside);
    // Another process may have broken the lock and taken it in between: then it gets its own back.
    if ((await readLock(aside)) === seen) await rm(aside, { force: true });
    else await rename(aside, lock);
  } catch (error) {
    if (!isErrnoException(error) || error.code !== 'ENOENT') throw fileError(error, lock, 'write');
  }
}

async function takeLock(lock: string, token: string): Promise<boolean> {
  try {
    await using file = await open(lock, 'wx', 0o644);
    await file.writeFile(token);
    return true;
  } catch (error) {
    if (isErrnoException(error) && error.code === 'EEXIST') return false;
    throw fileError(error, lock, 'write');
  }
}

/** What a lock file holds; undefined when there is none. @throws RegistryError REGISTRY_LAYOUT_LOCKED for anything else */
async function readLock(lock: string): Promise<string | undefined> {
  try {
    return decodeUtf8(await readKeyFile(lock, 1024), lock);
  } catch (error) {
    if (error instanceof SystemError && error.code === 'FILE_NOT_FOUND') return undefined;
    const isOther =
      error instanceof DataError ||
      (error instanceof SystemError && ['FILE_NOT_REGULAR', 'FILE_SYMLINK_REFUSED'].includes(error.code));
    if (!isOther) throw error;
    throw new RegistryError('REGISTRY_LAYOUT_LOCKED', `${lock} is no lock file: a folder, a link or something else`, {
      hint: 'remove it; nothing that keeps the lock makes such a thing',
      cause: error,
    });
  }
}
