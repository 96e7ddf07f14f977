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
import { TOOL_CODES, ToolError } from '../commands/tool-errors.ts';
import type { ToolCall, ToolResult } from '../commands/host.ts';

const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Between asking a child to end and ending it. */
const GRACE_MS = 5000;
const running = new Set<ChildProcess>();

/** What holds for every tool that a host runs. */
export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Limit for calls that set none; undefined means no limit. */
  readonly timeoutMs: number | undefined;
  /** Receives each output line when the call asks for `echo`. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs one program to its end; a failing exit code is a result, not an error.
 * @throws ToolError TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT, TOOL_OUTPUT_TOO_LARGE
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
  const stopping = new AbortController();
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    if (call.echo && options.onLine) readLines(stream, options.onLine);
    return new Tail(stream, call.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  });
  if (call.maxOutputBytes !== undefined) stdout?.onCut(() => stopping.abort(tooLarge(call)));
  child.stdin.on('error', () => {});
  child.stdin.end(call.stdin);
  const timeoutMs = call.timeoutMs ?? options.timeoutMs;
  const timer = timeoutMs && setTimeout(() => stopping.abort(timeoutError(call, timeoutMs)), timeoutMs);
  try {
    const exitCode = await ended(child, call, stopping.signal);
    return { exitCode, stdout: stdout?.text() ?? '', stderr: stderr?.text() ?? '' };
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

/** Stops every program that this process still runs, when a signal ends it. */
export function stopRunningTools(): void {
  for (const child of running) signal(child, 'SIGKILL');
}

/** The exit code once the program and its output have ended. Stopped, it is asked first, and ended after a while. */
async function ended(child: ChildProcess, call: ToolCall, stopping: AbortSignal): Promise<number> {
  let grace: NodeJS.Timeout | undefined;
  const kill = (): void => signal(child, 'SIGKILL');
  stopping.addEventListener('abort', () => {
    signal(child, 'SIGTERM');
    grace = setTimeout(kill, GRACE_MS);
    // What it started and left behind would keep its output open.
    child.once('exit', kill);
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(startError(error, call)));
      child.once('close', (code, name) => {
        if (stopping.aborted) reject(stopping.reason);
        else resolve(code ?? 128 + (name ? osConstants.signals[name] : 0));
      });
    });
  } finally {
    clearTimeout(grace);
  }
}

function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch (error) {
    if (!isErrnoException(error) || error.code !== 'ESRCH') throw error;
  }
}

function readLines(input: Readable, onLine: (line: string) => void): void {
  createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

/** The last bytes of a stream: the end of a long log says more than its beginning. */
class Tail {
  readonly #chunks: Buffer[] = [];
  readonly #limitBytes: number;
  #kept = 0;
  #onCut = (): void => {};

  constructor(stream: Readable, limitBytes: number) {
    this.#limitBytes = limitBytes;
    stream.on('data', (chunk: Buffer) => this.#add(chunk));
  }

  onCut(listener: () => void): void {
    this.#onCut = listener;
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.#limitBytes).toString('utf8');
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#kept += chunk.byteLength;
    if (this.#kept > this.#limitBytes) this.#onCut();
    for (
      let first = this.#chunks[0];
      first && this.#kept - first.byteLength >= this.#limitBytes;
      [first] = this.#chunks
    ) {
      this.#chunks.shift();
      this.#kept -= first.byteLength;
    }
  }
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

function tooLarge({ program, maxOutputBytes }: ToolCall): ToolError {
  const message = `${program} wrote more than ${maxOutputBytes} bytes and was stopped`;
  return new ToolError('TOOL_OUTPUT_TOO_LARGE', message, { hint: TOOL_CODES.TOOL_OUTPUT_TOO_LARGE.fix });
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
