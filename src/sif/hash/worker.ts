// SPDX-License-Identifier: Apache-2.0
// Entry of the helper thread that hashes a large file, so that the main thread can load and run signature code
// meanwhile. Is told an open file's descriptor, sends progress and at the end the digests; any trouble just ends it.

import { read as readFile } from 'node:fs';
import { promisify } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { type HashTask, isHashTask } from './thread.ts';
import { hashRanges } from './blocks.ts';

const readAt = promisify(readFile);

/** Progress is told this often: a message costs the other thread some of the time that it has for signatures. */
const TELL_EVERY_BYTES = 32 * 1024 * 1024;

async function run(task: HashTask): Promise<void> {
  const read = async (target: Uint8Array, offset: number): Promise<Uint8Array> => {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await readAt(task.descriptor, target, done, target.length - done, offset + done);
      if (bytesRead === 0) throw new Error(`the file ends at byte ${offset + done}`);
      done += bytesRead;
    }
    return target;
  };
  let untold = 0;
  const onBlock = (bytes: number): void => {
    untold += bytes;
    if (untold < TELL_EVERY_BYTES) return;
    parentPort?.postMessage({ bytes: untold });
    untold = 0;
  };
  const digests = await hashRanges(task.ranges, new Set(task.algorithms), { read, onBlock });
  parentPort?.postMessage({ bytes: untold, digests });
}

parentPort?.once('message', (task: unknown) => {
  if (isHashTask(task)) void run(task);
});
