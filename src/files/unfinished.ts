// SPDX-License-Identifier: Apache-2.0
// Files that are not finished yet, beside the one they become: their names say which process writes them, so that what
// a killed process left can be told from what another one is writing now.

import { createHash, randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as node from 'node:process';
import { currentProcess, type ProcessIdentity, processState } from './processes.ts';

/** What a process that is gone left under a name of `unfinishedName`. */
export interface Abandoned {
  readonly path: string;
  /** As given to `unfinishedName`; undefined for a file that belongs to the unfinished one, such as its lock. */
  readonly label: string | undefined;
}

/** `<pid>-<start>-<host>-<machine>-<boot>-<namespace>-<random>`, 0 for what the system does not tell. */
const WRITER = /^(\d{1,10})-(\d{1,20})-([0-9a-f]{8})-(0|[0-9a-f]{8})-(0|[0-9a-f]{8})-(0|[0-9a-f]{8})-[0-9a-f]{12}$/;

const KEPT_FLAGS = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A new name beside `path`. The label (letters and digits) says what is in it. */
export async function unfinishedName(path: string, label: string): Promise<string> {
  const { pid, started, host, machine, boot, namespace } = abridged(await currentProcess());
  const where = [host, machine, boot, namespace].map((part) => part ?? '0').join('-');
  return `${path}.${label}.${pid}-${started ?? '0'}-${where}-${randomBytes(6).toString('hex')}.tmp`;
}

/** The abandoned files of this user beside `path`; those whose writer cannot be seen from here are left out. */
export async function abandonedFiles(path: string): Promise<readonly Abandoned[]> {
  const self = abridged(await currentProcess());
  const found: Abandoned[] = [];
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const parsed = parseName(name, basename(path));
    if (!parsed || !(await isOwnFile(join(dirname(path), name)))) continue;
    if ((await processState(parsed.writer, self)) === 'gone')
      found.push({ path: join(dirname(path), name), label: parsed.label });
  }
  return found;
}

function parseName(
  name: string,
  base: string,
): { readonly label: string | undefined; readonly writer: ProcessIdentity } | undefined {
  if (!name.startsWith(`${base}.`)) return undefined;
  const [label, writer = '', ending, ...more] = name.slice(base.length + 1).split('.');
  const [, pid, started, host, ...rest] = WRITER.exec(writer) ?? [];
  if (ending !== 'tmp' || pid === undefined || host === undefined) return undefined;
  const [machine = null, boot = null, namespace = null] = rest.map((part) => (part === '0' ? null : part));
  return {
    label: more.length === 0 ? label : undefined,
    writer: { pid: Number(pid), started: started === '0' ? null : (started ?? null), host, machine, boot, namespace },
  };
}

/** The same identity in short words: two are equal when the long ones are. */
function abridged(identity: ProcessIdentity): ProcessIdentity {
  const { host, machine, boot, namespace } = identity;
  return {
    ...identity,
    host: short(host),
    machine: machine === null ? null : short(machine),
    boot: boot === null ? null : short(boot),
    namespace: namespace === null ? null : short(namespace),
  };
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

async function isOwnFile(path: string): Promise<boolean> {
  const found = await look(path);
  return found !== undefined && found.isFile() && isOwn(found);
}

/**
 * Takes over what an earlier run left under `path`, under the new name `as`; undefined when there is nothing that may be
 * gone on with. Of several processes one gets it. Only a file of this user is taken that nobody else can write to, by its
 * mode or through another name. What else this user left there is removed; what others have there is left alone.
 */
export async function takeOver(path: string, as: string): Promise<FileHandle | undefined> {
  const seen = await look(path);
  if (!seen || !isOwn(seen)) return undefined;
  const file = isPrivate(seen) ? await open(path, KEPT_FLAGS).catch(() => undefined) : undefined;
  if (!file) {
    await rm(path, { force: true }).catch(() => undefined);
    return undefined;
  }
  // Renaming decides who gets it. What is moved by its name may be another file than the one that was opened.
  if ((await isHeld(file, seen)) && (await moved(path, as))) {
    if (await isStill(as, file)) return file;
    await moved(as, path);
  }
  await file.close();
  return undefined;
}

/**
 * Leaves an unfinished file under a name for `takeOver`; false when that would not take it, or somebody else has something
 * there.
 */
export async function leaveBehind(path: string, file: FileHandle, as: string): Promise<boolean> {
  const there = await look(as);
  const found = await look(path);
  return (!there || isOwn(there)) && found !== undefined && (await isHeld(file, found)) && (await moved(path, as));
}

/** Whether a name leads to the file that is held open, and not to what somebody put there meanwhile. */
export async function isStill(path: string, file: FileHandle): Promise<boolean> {
  const found = await look(path);
  return found !== undefined && isSame(found, await file.stat({ bigint: true }));
}

/** Whether a name leads to the finished file; getting that name changed its time of change alone. */
export async function isNamed(path: string, finished: BigIntStats): Promise<boolean> {
  const found = await look(path);
  const same = found && isSame(found, finished) && found.size === finished.size;
  return same === true && found?.mtimeNs === finished.mtimeNs;
}

async function isHeld(file: FileHandle, seen: BigIntStats): Promise<boolean> {
  const held = await file.stat({ bigint: true });
  return isSame(held, seen) && isOwn(held) && isPrivate(held);
}

async function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

async function look(path: string): Promise<BigIntStats | undefined> {
  return lstat(path, { bigint: true }).catch(() => undefined);
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.isFile() && one.dev === other.dev && one.ino === other.ino;
}

/** Where the system knows no users, as Windows, every file is taken for this user's. */
function isOwn({ uid }: BigIntStats): boolean {
  return node.getuid === undefined || uid === BigInt(node.getuid());
}

/** A regular file of one name, which neither group nor others may write to. */
function isPrivate(found: BigIntStats): boolean {
  return found.isFile() && found.nlink === 1n && (node.getuid === undefined || (found.mode & 0o022n) === 0n);
}
