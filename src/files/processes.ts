// SPDX-License-Identifier: Apache-2.0
// Who this process is, and whether a process that left its name somewhere still runs. A number alone does not tell:
// it is reused, and means nothing on another machine, after a restart, or in another container.

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { isErrnoException } from '../base/errors.ts';

/** A process as it can be written down and recognised later; null where the system does not tell. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Stays the same over restarts of the machine. */
  readonly machine: string | null;
  /** Changes with every restart. */
  readonly boot: string | null;
  /** Process numbers are only comparable within one namespace. */
  readonly namespace: string | null;
  /** Clock ticks from the machine's start to the process's start. */
  readonly started: string | null;
}

/** The identity of this process. */
export async function currentProcess(): Promise<ProcessIdentity> {
  const status = await processStatus(pid);
  return {
    pid,
    host: hostname(),
    machine: await firstLine('/etc/machine-id'),
    boot: await firstLine('/proc/sys/kernel/random/boot_id'),
    namespace: await readlink('/proc/self/ns/pid').catch(() => null),
    started: status?.started ?? null,
  };
}

/** Whether a process still runs: `unknown` when it cannot be seen from here. */
export async function processState(
  other: ProcessIdentity,
  self: ProcessIdentity,
): Promise<'running' | 'gone' | 'unknown'> {
  if (other.host !== self.host) return 'unknown';
  if (other.boot !== self.boot) {
    const restarted = other.boot !== null && self.boot !== null && other.machine !== null;
    return restarted && other.machine === self.machine ? 'gone' : 'unknown';
  }
  if (other.namespace !== self.namespace) return 'unknown';
  if (other.started === null) return answersSignals(other.pid) ? 'running' : 'gone';
  const status = await processStatus(other.pid);
  return status && !status.ended && status.started === other.started ? 'running' : 'gone';
}

function answersSignals(other: number): boolean {
  try {
    return kill(other, 0);
  } catch (error) {
    return !(isErrnoException(error) && error.code === 'ESRCH');
  }
}

/** Fields 3 and 22 of proc_pid_stat(5); the name in field 2 may hold spaces and parentheses. */
async function processStatus(
  number: number,
): Promise<{ readonly ended: boolean; readonly started: string } | undefined> {
  const line = await firstLine(`/proc/${number}/stat`);
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
  const started = fields?.[19];
  return started === undefined ? undefined : { ended: fields?.[0] === 'Z' || fields?.[0] === 'X', started };
}

async function firstLine(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).split('\n')[0] || null;
  } catch {
    return null;
  }
}
