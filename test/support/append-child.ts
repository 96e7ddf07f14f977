// SPDX-License-Identifier: Apache-2.0
// A process that adds objects to an image, for tests that kill it: `node append-child.ts IMAGE COUNT LABEL [DIE_AT]`.
// With DIE_AT it sends itself SIGKILL after that many writes and flushes; without, it prints the name of each. A LABEL
// that begins with `native` puts a copy of the image's first group-linked signature before the other objects.

import { DATA_TYPE } from '../../src/sif/format.ts';
import { openSif, readObject } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { appendObjects, type NewObject, signatureExtra } from '../../src/sif/edit/append.ts';

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

async function nativeCopy(): Promise<NewObject> {
  await using source = await openFileSource(path);
  const image = await openSif(source);
  const native = image.objects.find((object) => object.signature && object.linkedGroup === 1);
  if (!native) throw new Error(`${path} has no signature linked to group 1`);
  const { dataType, extra, createdAt } = native;
  return { dataType, data: await readObject(image, native, 100_000), group: 0, linkedGroup: 1, extra, createdAt };
}

if (label.startsWith('native')) objects.unshift(await nativeCopy());

let steps = 0;
await appendObjects(path, objects, {
  now: new Date(),
  fault(step) {
    steps += 1;
    if (steps === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
    if (dieAt === '0') process.stdout.write(`${step}\n`);
  },
});
