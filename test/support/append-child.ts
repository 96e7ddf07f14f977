// SPDX-License-Identifier: Apache-2.0
// A process that adds objects to an image, for tests that kill it: `node append-child.ts IMAGE COUNT LABEL [DIE_AT]`.
// With DIE_AT it sends itself SIGKILL after that many writes and flushes; without, it prints the name of each.

import { DATA_TYPE } from '../../src/sif/descriptor.ts';
import { appendObjects, type NewObject, signatureExtra } from '../../src/sif/writer.ts';

const [path = '', count = '2', label = 'layer', dieAt = '0'] = process.argv.slice(2);

/** Two pieces, so that a kill can fall between them. */
async function* pieces(text: string): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  yield bytes.subarray(0, 7);
  yield bytes.subarray(7);
}

const objects = Array.from({ length: Number(count) }, (_, index): NewObject => {
  const text = `${label} ${index}: `.padEnd(300, `${label}${index}`);
  return {
    dataType: DATA_TYPE.signature,
    data: { sizeBytes: Buffer.byteLength(text), chunks: pieces(text) },
    group: 0,
    name: `${label}/${index}`,
    extra: signatureExtra(undefined),
  };
});

let steps = 0;
await appendObjects(path, objects, {
  now: new Date(),
  fault(step) {
    steps += 1;
    if (steps === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
    if (dieAt === '0') process.stdout.write(`${step}\n`);
  },
});
