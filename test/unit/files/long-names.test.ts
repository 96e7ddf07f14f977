// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFileBounded, writeFileAtomic } from '../../../src/files/files.ts';
import { temporaryFolder } from '../../support/temporary.ts';

test.each([229, 231, 255])('a file with a name of %d characters is written', async (length) => {
  const folder = await temporaryFolder();
  const name = 'n'.repeat(length);
  await writeFileAtomic(join(folder, name), 'old');
  await writeFileAtomic(join(folder, name), 'new');
  expect(await readdir(folder)).toEqual([name]);
  expect(await readFile(join(folder, name), 'utf8')).toBe('new');
});

test('a longer one is an error of ours that says so', async () => {
  const path = join(await temporaryFolder(), 'é'.repeat(200));
  await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({
    code: 'FILE_WRITE_FAILED',
    hint: 'give the file or its folder a shorter name',
  });
  await expect(readFileBounded(path, 10)).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
});
