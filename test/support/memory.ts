// SPDX-License-Identifier: Apache-2.0
// Looks for secrets in the memory of a process and of everything that it starts, again and again until it ends.

import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

const PAGE = 4096;
/** How long the processes run between two looks. */
const RUN_MS = 20;
const MAX_LOOKS = 100;

/** How often each secret was seen, and how often each kind of process was looked at, by the words of its command line. */
export interface Seen {
  readonly secrets: ReadonlySet<string>;
  readonly programs: ReadonlyMap<string, number>;
}

/**
 * Stops every process below `child`, itself included, looks and goes on, until it has ended.
 * @param secrets by name
 * @param leaveOut command lines that are allowed to hold them
 */
export async function watchMemory(
  child: ChildProcess,
  secrets: Readonly<Record<string, Buffer>>,
  leaveOut: RegExp,
): Promise<Seen> {
  const seen = new Set<string>();
  const programs = new Map<string, number>();
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const processes = (): readonly number[] => below(child.pid ?? 0).filter((pid) => !leaveOut.test(commandLine(pid)));
  for (let looks = 0; child.exitCode === null && looks < MAX_LOOKS; looks += 1) {
    // All at once: while one is looked at, another would end unseen.
    const pids = processes();
    for (const pid of pids) signal(pid, 'SIGSTOP');
    for (const pid of pids) {
      const command = commandLine(pid);
      const memory = memoryOf(pid);
      if (memory.length > 0) programs.set(command, (programs.get(command) ?? 0) + 1);
      for (const [name, secret] of Object.entries(secrets))
        if (memory.some((part) => part.includes(secret))) seen.add(name);
    }
    for (const pid of pids) signal(pid, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, RUN_MS));
  }
  await ended;
  return { secrets: seen, programs };
}

function below(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const stat = text(`/proc/${name}/stat`);
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0));
  return [root, ...[...parents.keys()].filter((pid) => pid !== root && isBelow(pid))];
}

function commandLine(pid: number): string {
  return text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** What is writable and in use: keys that were read or made lie nowhere else. */
function memoryOf(pid: number): readonly Buffer[] {
  const ranges = [...text(`/proc/${pid}/maps`).matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)];
  return ranges.flatMap(([, from = '', to = '']) => {
    try {
      return inUse(pid, Number.parseInt(from, 16), Number.parseInt(to, 16)).map(([start, end]) =>
        bytesAt(`/proc/${pid}/mem`, start, end - start),
      );
    } catch {
      // It has ended meanwhile, or the range belongs to a device.
      return [];
    }
  });
}

function bytesAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, position));
  } finally {
    closeSync(file);
  }
}

/** Runs of pages that are in memory: most of what Node maps it never uses. */
function inUse(pid: number, from: number, to: number): readonly (readonly [number, number])[] {
  const entries = bytesAt(`/proc/${pid}/pagemap`, (from / PAGE) * 8, ((to - from) / PAGE) * 8);
  const runs: [number, number][] = [];
  for (let index = 0; index * 8 < entries.length; index += 1) {
    if (((entries[index * 8 + 7] ?? 0) & 0x80) === 0) continue;
    const [start, last] = [from + index * PAGE, runs.at(-1)];
    if (last?.[1] === start) last[1] += PAGE;
    else runs.push([start, start + PAGE]);
  }
  return runs;
}
