// SPDX-License-Identifier: Apache-2.0
// The folder with GPG signatures: numbered from 1, each as a whole, none lost.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { addToLookaside, readLookaside, signaturePath } from '../../../src/oci/lookaside.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const IMAGE = { repository: 'octo-org/app', digest: `sha256:${'a'.repeat(64)}` } as const;
const signature = (text: string) => new Uint8Array(Buffer.from(text));

test('the layout is podman’s', async () => {
  const folder = await temporaryFolder();
  const path = await addToLookaside(folder, IMAGE, signature('one'));
  expect(path).toBe(join(folder, `octo-org/app@sha256=${'a'.repeat(64)}`, 'signature-1'));
});

test('of many writers at a time each gets a number', async () => {
  const folder = await temporaryFolder();
  const texts = Array.from({ length: 40 }, (_, index) => `signature ${index}`);
  const paths = await Promise.all(texts.map((text) => addToLookaside(folder, IMAGE, signature(text))));
  expect(new Set(paths).size).toBe(40);
  const found = (await readLookaside(folder, IMAGE)).map((bytes) => Buffer.from(bytes).toString());
  expect(found.toSorted()).toEqual(texts.toSorted());
  expect(await readdir(dirname(signaturePath(folder, IMAGE, 1)))).toHaveLength(40);
});

test('reading ends at the first gap, which the next signature fills', async () => {
  const folder = await temporaryFolder();
  for (const text of ['one', 'two', 'three']) await addToLookaside(folder, IMAGE, signature(text));
  await rm(signaturePath(folder, IMAGE, 2));
  expect(await readLookaside(folder, IMAGE)).toEqual([signature('one')]);
  await addToLookaside(folder, IMAGE, signature('four'));
  expect(await readLookaside(folder, IMAGE)).toEqual([signature('one'), signature('four'), signature('three')]);
});

test('so many that podman would refuse the image are not written', async () => {
  const folder = await temporaryFolder();
  await mkdir(dirname(signaturePath(folder, IMAGE, 1)), { recursive: true });
  for (let index = 1; index < 128; index += 1) await writeFile(signaturePath(folder, IMAGE, index), 'x');
  const full = addToLookaside(folder, IMAGE, signature('one'));
  await expect(full).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED', hint: expect.stringContaining('remove') });
});

test('a file in the place of the folder is an error, as for podman', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'octo-org'));
  await writeFile(dirname(signaturePath(folder, IMAGE, 1)), '');
  await expect(readLookaside(folder, IMAGE)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
