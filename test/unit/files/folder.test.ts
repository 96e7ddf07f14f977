// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../../../src/files/folder.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const posix = process.platform !== 'win32';

describe('making a folder', () => {
  test('makes what is missing above it, and leaves what is there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a/keep'), '');
    await makeFolder(join(folder, 'a/b/c'), 0o700);
    await makeFolder(join(folder, 'a/b/c'));
    expect(await readdir(join(folder, 'a'))).toEqual(['b', 'keep']);
    if (posix) expect((await stat(join(folder, 'a/b/c'))).mode & 0o777).toBe(0o700);
  });

  test('many at once make it together', async () => {
    const path = join(await temporaryFolder(), 'a/b/c/d');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  test.each(['file', 'file/below', 'file/far/below'])('does not take a file for a folder: %s', async (name) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, name))).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
      message: `the folder ${join(folder, 'file')} is there and is no folder`,
    });
  });

  test.skipIf(!posix)('goes through a link to a folder, not through one that leads nowhere', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    await symlink('nowhere', join(folder, 'broken'));
    await makeFolder(join(folder, 'link/a'));
    expect(await readdir(join(folder, 'real'))).toEqual(['a']);
    await expect(makeFolder(join(folder, 'broken/a'))).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
  });

  test.skipIf(process.platform !== 'linux')('ends where the system makes no folders', async () => {
    await expect(makeFolder('/proc/none/at/all')).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
      message: 'the folder /proc/none cannot be made here',
    });
  });
});
