// SPDX-License-Identifier: Apache-2.0
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesAt } from '../../../src/files/files.ts';
import { codeOf } from '../../support/signing.ts';
import { temporaryFolder } from '../../support/temporary.ts';

async function folderWith(...names: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'keys'));
  for (const name of names) await writeFile(join(folder, 'keys', name), name);
  return folder;
}

describe('the files at a path', () => {
  test('of a folder are those in it, sorted, without hidden ones and pages for people', async () => {
    const folder = await folderWith(
      'b.pem',
      'a.pem',
      'Z.asc',
      '.hidden',
      'README',
      'readme.txt',
      'Notes.md',
      'LICENSE',
    );
    expect(await filesAt('keys', folder)).toEqual(['keys/Z.asc', 'keys/a.pem', 'keys/b.pem']);
    expect(await filesAt('keys/', folder)).toEqual(['keys/Z.asc', 'keys/a.pem', 'keys/b.pem']);
    expect(await filesAt(join(folder, 'keys'), '/')).toHaveLength(3);
  });

  test('of a pattern are those that match, whatever they are called', async () => {
    const folder = await folderWith('b.pem', 'a.pem', 'README.md');
    expect(await filesAt('keys/*.pem', folder)).toEqual(['keys/a.pem', 'keys/b.pem']);
    expect(await filesAt('**/*', folder)).toEqual(['keys/README.md', 'keys/a.pem', 'keys/b.pem']);
  });

  test('a file is itself, also one that looks like a pattern or is not there', async () => {
    const folder = await folderWith('[a].pem', 'a.pem');
    expect(await filesAt('keys/[a].pem', folder)).toEqual(['keys/[a].pem']);
    expect(await filesAt('keys/none.pem', folder)).toEqual(['keys/none.pem']);
  });

  test('links to files are files', async () => {
    const folder = await folderWith('a.pem');
    await symlink('a.pem', join(folder, 'keys', 'hash.0'));
    expect(await filesAt('keys', folder)).toEqual(['keys/a.pem', 'keys/hash.0']);
  });

  test('nothing is passed over: no file, a folder in a folder, too many', async () => {
    const folder = await folderWith();
    expect(await codeOf(filesAt('keys', folder))).toBe('FILE_NOT_FOUND');
    expect(await codeOf(filesAt('keys/*', folder))).toBe('FILE_NOT_FOUND');
    await mkdir(join(folder, 'keys', 'old'));
    expect(await codeOf(filesAt('keys', folder))).toBe('FILE_NOT_REGULAR');
    expect(await codeOf(filesAt('keys/*', folder))).toBe('FILE_NOT_FOUND');
    const many = await temporaryFolder();
    await Promise.all(Array.from({ length: 1001 }, (_, index) => writeFile(join(many, `${index}.pem`), '')));
    expect(await codeOf(filesAt('.', many))).toBe('DATA_TOO_LARGE');
  });
});
