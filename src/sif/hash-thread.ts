// SPDX-License-Identifier: Apache-2.0
// Hashing on a helper thread: worth its start of some 20 ms for large files only. Gives undefined when the thread cannot
// do it for whatever reason; the caller then hashes itself and meets the real error.

import { Worker } from 'node:worker_threads';
import type { DataRange, HashName, ObjectDigests } from './hash-blocks.ts';

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

/** The bundled thread lies beside the entries, its source beside this file. */
function workerUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('./hash-worker.ts', here);
  return new URL(here.includes('/chunks/') ? '../hash-worker.mjs' : './hash-worker.mjs', here);
}

/** Digests computed by a helper thread; undefined when it failed. @throws whatever `signal` was aborted with */
export async function hashOnThread(
  task: HashTask,
  { onBlock, signal }: { readonly onBlock: (lengthBytes: number) => void; readonly signal: AbortSignal | undefined },
): Promise<ObjectDigests | undefined> {
  const worker = new Worker(workerUrl(), { workerData: task, env: {}, stdin: false, stdout: true, stderr: true });
  const ended = Promise.withResolvers<ObjectDigests | undefined>();
  worker.on('message', ({ bytes, digests }: Message) => {
    if (bytes !== undefined) onBlock(bytes);
    if (digests) ended.resolve(digests);
  });
  worker.on('error', () => ended.resolve(undefined));
  worker.on('exit', () => ended.resolve(undefined));
  const abort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    return await ended.promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
