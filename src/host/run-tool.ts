// SPDX-License-Identifier: Apache-2.0
// Runs an external program: argument array, no shell, no terminal, bounded time and output. On POSIX the child leads a
// process group of its own, so that stopping it stops what it started and nothing else.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { isErrnoException } from '../base/errors.ts';
import { ToolError } from '../commands/tool-errors.ts';
import type { ToolCall, ToolResult } from '../commands/host.ts';

const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Between asking a child to end and ending it. */
const GRACE_MS = 5000;
const running = new Set<ChildProcess>();

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Limit for calls that set none; undefined means no limit. */
  readonly timeoutMs: number | undefined;
  /** Receives each output line when the call asks for `echo`. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs one program to its end; a failing exit code is a result, not an error.
 * @throws ToolError TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT
 */
export async function runTool(call: ToolCall, options: RunOptions): Promise<ToolResult> {
  const child = spawn(call.program, [...call.args], {
    cwd: call.cwd,
    env: options.env,
    shell: false,
    windowsHide: true,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  const onLine = call.echo ? options.onLine : undefined;
  const limit = call.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
  const output = [child.stdout, child.stderr].map(async (stream) => collect(stream, limit, onLine));
  child.stdin.on('error', () => {});
  child.stdin.end(call.stdin);
  try {
    const exitCode = await ended(child, call, call.timeoutMs ?? options.timeoutMs);
    const [stdout = '', stderr = ''] = await Promise.all(output);
    return { exitCode, stdout, stderr };
  } finally {
    running.delete(child);
  }
}

/** Stops every program that this process still runs; for the way out on a signal. */
export function stopRunningTools(): void {
  for (const child of running) signal(child, 'SIGKILL');
}

async function ended(child: ChildProcess, call: ToolCall, timeoutMs: number | undefined): Promise<number> {
  const timers: NodeJS.Timeout[] = [];
  let timedOut = false;
  try {
    return await new Promise<number>((resolve, reject) => {
      if (timeoutMs !== undefined)
        timers.push(
          setTimeout(() => {
            timedOut = true;
            signal(child, 'SIGTERM');
            timers.push(setTimeout(() => signal(child, 'SIGKILL'), GRACE_MS));
          }, timeoutMs),
        );
      child.once('error', (error) => reject(startError(error, call)));
      child.once('close', (code, name) => {
        if (timedOut) reject(timeoutError(call, timeoutMs ?? 0));
        else resolve(code ?? 128 + (name ? osConstants.signals[name] : 0));
      });
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch (error) {
    if (!isErrnoException(error) || error.code !== 'ESRCH') throw error;
  }
}

/** Keeps the last `limitBytes` of a stream: the end of a long log tells more than its beginning. */
async function collect(stream: Readable, limitBytes: number, onLine?: (line: string) => void): Promise<string> {
  const chunks: Buffer[] = [];
  let kept = 0;
  if (onLine) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      kept += chunk.byteLength;
      while (chunks[0] && kept - chunks[0].byteLength >= limitBytes) kept -= chunks.shift()?.byteLength ?? 0;
    });
    stream.once('close', resolve);
    stream.once('error', resolve);
  });
  return Buffer.concat(chunks).subarray(-limitBytes).toString('utf8');
}

function startError(error: Error, call: ToolCall): ToolError {
  const missing = isErrnoException(error) && error.code === 'ENOENT';
  return missing
    ? new ToolError('TOOL_NOT_FOUND', `${call.program} is not on PATH, or the folder ${call.cwd ?? '.'} is gone`, {
        cause: error,
        hint: `install ${call.program}, or add its folder to PATH`,
      })
    : new ToolError('TOOL_START_FAILED', `cannot start ${call.program}: ${error.message}`, {
        cause: error,
        hint: `check that ${call.program} is executable on this machine`,
      });
}

function timeoutError(call: ToolCall, timeoutMs: number): ToolError {
  return new ToolError('TOOL_TIMEOUT', `${call.program} did not end within ${timeoutMs / 1000} s and was stopped`, {
    hint: 'give a longer timeout, or find out what the program waits for',
  });
}

/** Absolute path of an executable file on PATH; relative PATH entries are skipped. */
export async function findProgram(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (isAbsolute(program)) return (await isExecutable(program)) ? program : undefined;
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const path = join(folder, `${program}${ending}`);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
