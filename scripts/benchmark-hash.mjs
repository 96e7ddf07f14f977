// SPDX-License-Identifier: Apache-2.0
// The yardstick of the benchmark: SHA-256 of a file and nothing else, `node benchmark-hash.mjs FILE`. Two large reads are
// in flight while the block before is hashed, the fastest way that Node has on one thread. Plain JavaScript, as the probe
// is: stripping types would lengthen both sides and so flatter the ratio.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const BLOCK_BYTES = 4 * 1024 * 1024;

await using file = await open(process.argv[2] ?? '');
const { size } = await file.stat();
const hash = createHash('sha256');
const buffers = [new Uint8Array(BLOCK_BYTES), new Uint8Array(BLOCK_BYTES)];
const read = (index) => {
  const target = buffers[index % 2] ?? new Uint8Array(0);
  return file.read(target, 0, BLOCK_BYTES, index * BLOCK_BYTES);
};
const pending = [read(0), read(1)];
for (let index = 0; index * BLOCK_BYTES < size; index += 1) {
  const result = await pending.shift();
  if (!result || result.bytesRead === 0) throw new Error(`short read at block ${index}`);
  hash.update(result.buffer.subarray(0, result.bytesRead));
  pending.push(read(index + 2));
}
await Promise.all(pending);
process.stdout.write(`${hash.digest('hex')}\n`);
