// SPDX-License-Identifier: Apache-2.0
// Files that are not finished yet, beside the one they become: their names say which process writes them, so that what
// a killed process left can be told from what another one is writing now.

import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
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
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.isFile() && (node.getuid === undefined || found.uid === node.getuid());
}
