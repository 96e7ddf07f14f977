// SPDX-License-Identifier: Apache-2.0
// Who may change a file now, most often an image: one writer at a time, by a lock file beside it that names its holder. The lock
// of a process that is gone is taken over; one whose holder cannot be seen from here, once it shows no sign of life.

import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs';
import { open, realpath, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CountersignError, fileError, isErrnoException, SystemError } from '../../base/errors.ts';
import { readKeyFile, writeError } from '../../files/files.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts';
import { beforeTermination } from '../../base/termination.ts';
import { currentProcess, type ProcessIdentity, processState } from '../../files/processes.ts';
import { SifError } from '../errors.ts';

/** The right to change one file; dispose gives it back. */
export interface ImageLock extends AsyncDisposable {
  /** The file, with symbolic links resolved. */
  readonly path: string;
  /**
   * Fails when the lock was lost, which happens only to a process that was stopped for a long time.
   * @throws SifError SIF_LOCKED
   */
  assertHeld(): Promise<void>;
  /** Runs one write. A signal that ends this process waits for it, and none begins after it. */
  writing<T>(write: () => Promise<T>): Promise<T>;
}

/** How patient a writer is with another one. */
export interface LockOptions {
  /** How long to wait for another writer; default 60 s. */
  readonly waitMs?: number;
  /** How long an unseen holder may show no sign of life; default 30 s. */
  readonly abandonedMs?: number;
}

/** What the name of a lock file adds to that of the file. */
export const LOCK_SUFFIX = '.countersign-lock';

const DEFAULT_WAIT_MS = 60_000;
const DEFAULT_ABANDONED_MS = 30_000;
const HEARTBEAT_MS = 5_000;
const POLL_MS = 20;
const MAX_TAKEOVER_DEPTH = 8;
const MAX_LOCK_BYTES = 64 * 1024;

/**
 * Takes the lock of an image, waiting for other writers.
 * @throws SifError SIF_LOCKED naming the holder; SystemError when the lock file cannot be written
 */
export async function lockImage(path: string, options: LockOptions = {}): Promise<ImageLock> {
  const image = await realpath(path).catch((error: unknown) => {
    throw fileError(error, path, 'write');
  });
  return lockResolved(image, options);
}

/**
 * As lockImage, for a file that may not be there yet.
 * @throws as lockImage; SystemError FILE_NOT_FOUND when its folder is missing
 */
export async function lockDocument(path: string, options: LockOptions = {}): Promise<ImageLock> {
  const folder = await realpath(dirname(path)).catch((error: unknown) => {
    throw writeError(error, path);
  });
  return lockResolved(join(folder, basename(path)), options);
}

async function lockResolved(image: string, options: LockOptions): Promise<ImageLock> {
  const held = await acquire(`${image}${LOCK_SUFFIX}`, {
    image,
    self: await currentProcess(),
    deadline: performance.now() + (options.waitMs ?? DEFAULT_WAIT_MS),
    abandonedMs: options.abandonedMs ?? DEFAULT_ABANDONED_MS,
    depth: 0,
  });
  return {
    path: image,
    assertHeld: () => held.assertHeld(),
    writing: (write) => held.writing(write),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

interface Attempt {
  readonly image: string;
  readonly self: ProcessIdentity;
  /** Of the monotonic clock, milliseconds. */
  readonly deadline: number;
  readonly abandonedMs: number;
  readonly depth: number;
}

async function acquire(lockPath: string, attempt: Attempt): Promise<LockFile> {
  let watched: { readonly sign: string; readonly since: number } | undefined;
  for (;;) {
    const mine = await LockFile.create(lockPath, attempt);
    if (mine) return mine;
    const found = await readLock(lockPath);
    if (!found) continue;
    if (watched?.sign !== found.lifeSign) watched = { sign: found.lifeSign, since: performance.now() };
    const state = found.holder ? await processState(found.holder, attempt.self) : 'unknown';
    const abandoned = state === 'unknown' && performance.now() - watched.since > attempt.abandonedMs;
    if (state === 'gone' || abandoned) await removeStale(lockPath, found, attempt);
    else if (performance.now() > attempt.deadline) throw lockedBy(found, lockPath, attempt);
    else await sleep(POLL_MS * (1 + Math.random()));
  }
}

/**
 * Removes a lock whose holder is gone. Whoever wants to must hold the lock named after that very lock file and find it
 * unchanged, so that two contenders cannot remove each other's fresh lock.
 */
async function removeStale(lockPath: string, stale: FoundLock, attempt: Attempt): Promise<void> {
  if (attempt.depth >= MAX_TAKEOVER_DEPTH) throw lockedBy(stale, lockPath, attempt);
  const name = createHash('sha256').update(stale.instance).digest('hex').slice(0, 16);
  await using _takeover = await acquire(`${lockPath}.${name}`, { ...attempt, depth: attempt.depth + 1 });
  const now = await readLock(lockPath);
  if (now?.instance === stale.instance) await rm(lockPath, { force: true });
}

/** Who may not write to the folder knows nothing of a lock file. */
function noLock(error: CountersignError, image: string): CountersignError {
  if (!(error instanceof SystemError) || error.code !== 'FILE_NO_PERMISSION') return error;
  return new SystemError('FILE_NO_PERMISSION', `no permission to write in the folder of ${image}`, {
    cause: error,
    hint: 'give this user the right to write in that folder, or copy the file to another one: while it is changed, a lock file lies beside it',
  });
}

interface FoundLock {
  readonly holder: ProcessIdentity | undefined;
  /** Tells this lock file from any other of the same name. */
  readonly instance: string;
  /** Changes while the holder lives. */
  readonly lifeSign: string;
}

async function readLock(lockPath: string): Promise<FoundLock | undefined> {
  try {
    const content = await contentOf(lockPath);
    const { ino, mtimeNs } = await stat(lockPath, { bigint: true });
    const lifeSign = `${ino} ${mtimeNs} ${content}`;
    const holder = parseHolder(content);
    return { holder, instance: holder ? content : lifeSign, lifeSign };
  } catch (error) {
    const ours = fileError(error, lockPath, 'read');
    if (ours instanceof SystemError && ours.code === 'FILE_NOT_FOUND') return undefined;
    throw ours;
  }
}

/** Anybody who may write to the folder can put a file, link or device under this name. */
async function contentOf(lockPath: string): Promise<string> {
  return Buffer.from(await readKeyFile(lockPath, MAX_LOCK_BYTES)).toString('utf8');
}

function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    const value = parseJson(content, 'lock');
    if (!isJsonObject(value) || typeof value['pid'] !== 'number' || typeof value['host'] !== 'string') return undefined;
    return {
      pid: value['pid'],
      host: value['host'],
      machine: textOrNull(value, 'machine'),
      boot: textOrNull(value, 'boot'),
      namespace: textOrNull(value, 'namespace'),
      started: textOrNull(value, 'started'),
    };
  } catch {
    return undefined;
  }
}

function textOrNull(object: JsonObject, key: string): string | null {
  const value = object[key];
  return typeof value === 'string' ? value : null;
}

function lockedBy(found: FoundLock, lockPath: string, attempt: Attempt): SifError {
  const { holder } = found;
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'an unknown process';
  return new SifError('SIF_LOCKED', `${attempt.image} is being changed by ${who}`, {
    hint: `wait for it to finish; if it is gone, remove ${lockPath}`,
  });
}

class LockFile implements AsyncDisposable {
  readonly #path: string;
  readonly #image: string;
  readonly #content: string;
  readonly #forget: () => void;
  #heartbeat: NodeJS.Timeout | undefined;
  #write: Promise<unknown> | undefined;
  #isGivenUp = false;

  private constructor(path: string, { image, self }: Attempt) {
    this.#path = path;
    this.#image = image;
    this.#content = `${JSON.stringify({ ...self, token: randomBytes(16).toString('hex') })}\n`;
    this.#forget = beforeTermination(() => this.#giveUp());
  }

  /** Undefined when somebody else has the lock. */
  static async create(path: string, attempt: Attempt): Promise<LockFile | undefined> {
    const lock = new LockFile(path, attempt);
    try {
      await lock.writing(() => createFile(path, lock.#content));
    } catch (error) {
      lock.#forget();
      if (isErrnoException(error) && error.code === 'EEXIST') return undefined;
      throw noLock(fileError(error, path, 'write'), attempt.image);
    }
    lock.#heartbeat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, HEARTBEAT_MS).unref();
    return lock;
  }

  async assertHeld(): Promise<void> {
    if (await this.#isOurs()) return;
    throw new SifError('SIF_LOCKED', `the lock of ${this.#image} was taken over while this process was stopped`, {
      hint: 'run again',
    });
  }

  async writing<T>(write: () => Promise<T>): Promise<T> {
    if (this.#isGivenUp) return new Promise(() => {});
    const running = write();
    this.#write = running;
    try {
      return await running;
    } finally {
      this.#write = undefined;
    }
  }

  /** A write that goes on while the next writer has the lock could spoil what that one writes. */
  #giveUp(): Promise<void> | undefined {
    this.#isGivenUp = true;
    const remove = (): void => removeOwn(this.#path, this.#content);
    if (this.#write) return this.#write.then(remove, remove);
    remove();
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#forget();
    if (await this.#isOurs()) await rm(this.#path, { force: true });
  }

  async #isOurs(): Promise<boolean> {
    return (await contentOf(this.#path).catch(() => '')) === this.#content;
  }
}

async function createFile(path: string, content: string): Promise<void> {
  await using file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(content);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Removes a lock without waiting. What cannot be removed is taken over by the next writer. */
function removeOwn(path: string, content: string): void {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const found = Buffer.alloc(content.length + 1);
    const size = readSync(file, found);
    closeSync(file);
    if (found.toString('utf8', 0, size) === content) rmSync(path);
  } catch {
    // It is not there, or not ours.
  }
}
