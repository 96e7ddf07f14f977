// SPDX-License-Identifier: Apache-2.0
// Hashing on a helper thread: worth its start of some 40 ms for large files only, and started ahead of the work where the
// file is known by name. Gives undefined when the thread cannot do it for whatever reason; the caller then hashes itself
// and meets the real error.

import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { DataRange, HashName, ObjectDigests } from './blocks.ts';

/** What the helper thread is told. */
export interface HashTask {
  /** Of a file that the main thread keeps open; descriptors are shared by all threads of a process. */
  readonly descriptor: number;
  readonly ranges: readonly DataRange[];
  readonly algorithms: readonly HashName[];
}

/** True for the value that a helper thread is started with. */
export function isHashTask(value: unknown): value is HashTask {
  return typeof value === 'object' && value !== null && 'descriptor' in value && 'ranges' in value;
}

interface Message {
  readonly bytes?: number;
  readonly digests?: ObjectDigests;
}

/** Below this a helper thread costs more than it gains. */
export const THREAD_FROM_BYTES = 64 * 1024 * 1024;

/** A thread that waits for its task; does not keep the process alive. */
let waiting: Worker | undefined;

/** Starts a thread if one of the paths, which need not be any, names a file that is worth it. */
export function prepareHashThread(paths: readonly string[]): void {
  if (paths.some(isLargeFile)) waiting ??= startThread();
}

/** False for what may not be looked at: whoever reads it will say so. */
function isLargeFile(path: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size >= THREAD_FROM_BYTES;
  } catch {
    return false;
  }
}

/** The bundled thread lies beside the entries, its source beside this file. */
function threadUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('./worker.ts', here);
  return new URL(here.includes('/chunks/') ? '../hash-worker.mjs' : './hash-worker.mjs', here);
}

function startThread(): Worker {
  const thread = new Worker(threadUrl(), { env: {}, execArgv: [], stdin: false, stdout: true, stderr: true });
  // Whoever uses the thread sees it end as well; before that nobody has to know.
  thread.on('error', () => undefined);
  thread.on('exit', () => {
    if (waiting === thread) waiting = undefined;
  });
  thread.unref();
  return thread;
}

/** Digests computed by a helper thread; undefined when it failed. @throws whatever `signal` was aborted with */
export async function hashOnThread(
  task: HashTask,
  { onBlock, signal }: { readonly onBlock: (lengthBytes: number) => void; readonly signal: AbortSignal | undefined },
): Promise<ObjectDigests | undefined> {
  signal?.throwIfAborted();
  const thread = waiting ?? startThread();
  waiting = undefined;
  thread.ref();
  const ended = Promise.withResolvers<ObjectDigests | undefined>();
  thread.on('message', ({ bytes, digests }: Message) => {
    if (bytes !== undefined) onBlock(bytes);
    if (digests) ended.resolve(digests);
  });
  thread.on('error', () => ended.resolve(undefined));
  thread.on('exit', () => ended.resolve(undefined));
  const abort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    thread.postMessage(task);
    // A thread that has told its digests reads no more and ends by itself.
    return await ended.promise;
  } catch (error) {
    await thread.terminate();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    thread.unref();
  }
}
