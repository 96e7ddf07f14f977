// SPDX-License-Identifier: Apache-2.0
// What the real apptainer signed is, byte for byte, what we would sign.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hashObjects } from '../../../src/sif/hash/hash.ts';
import { openSif, readObject } from '../../../src/sif/sif.ts';
import { compareMetadata, encodeMetadata, parseMetadata } from '../../../src/sif/integrity.ts';
import { openFileSource } from '../../../src/sif/source.ts';

const SHA256 = new Set(['sha256'] as const);

async function signedByApptainer(name: string, signedText: (signature: string) => string) {
  await using source = await openFileSource(fileURLToPath(new URL(`../../vectors/sif/${name}`, import.meta.url)));
  const image = await openSif(source);
  const digests = await hashObjects(image, image.objects, { algorithms: SHA256 });
  const signature = image.objects.at(-1)!;
  const signed = signedText(Buffer.from(await readObject(image, signature, 100_000)).toString());
  return { image, digests, signature, signed };
}

const cleartext = (text: string) => text.split('\n\n')[1]?.split('\n')[0] ?? '';
const payload = (text: string) => Buffer.from((JSON.parse(text) as { payload: string }).payload, 'base64').toString();

test.each([
  ['hello-signed-pgp.sif', cleartext, '2C592266B05A45C4FA70CAA79D9AF7639B799B1C'],
  ['hello-signed-key.sif', payload, undefined],
])('%s', async (name, signedText, fingerprint) => {
  const { image, digests, signature, signed } = await signedByApptainer(name, signedText);
  expect(signature).toMatchObject({ group: 0, linkedGroup: 1, name: '', signature: { hashType: 1, fingerprint } });
  expect(Buffer.from(encodeMetadata(image, 1, digests)).toString()).toBe(signed);
  expect(compareMetadata(parseMetadata(Buffer.from(signed)), image, 1, digests)).toEqual({
    matchingObjects: [1, 2, 3],
    complete: true,
    reasons: [],
  });
});
