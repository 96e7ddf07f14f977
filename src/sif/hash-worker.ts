// SPDX-License-Identifier: Apache-2.0
// Entry of the helper thread that hashes a large file, so that the main thread can load and run signature code
// meanwhile. Gets an open file's descriptor, sends progress and at the end the digests; any trouble just ends it.

import { read as readFile } from 'node:fs';
import { promisify } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { type HashTask, isHashTask } from './hash-thread.ts';
import { hashRanges } from './hash-blocks.ts';

const readAt = promisify(readFile);

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
  const digests = await hashRanges(task.ranges, new Set(task.algorithms), { read, onBlock });
  parentPort?.postMessage({ digests });
}

function onBlock(bytes: number): void {
  parentPort?.postMessage({ bytes });
}

if (isHashTask(workerData)) await run(workerData);
