// SPDX-License-Identifier: Apache-2.0
// The one form of archive that a trust bundle has: nothing else is written or read.

import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeArchive, encodeArchive } from '../../../../src/gates/trust-bundle/archive.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

describe('no archive is written or read', () => {
  test.each([
    '../escape',
    '/etc/x',
    'a/../../x',
    './a',
    'a//b',
    'a\\b',
    'c:x',
    'a\nb',
    '',
    'x'.repeat(101),
    'a\u202eb',
  ])('with a file called %j', (name) => {
    expect(() => encodeArchive([{ name, bytes: Buffer.of(1) }])).toThrow('no name of a file');
  });

  test('from an archive with an entry of another kind, another size or a longer name', () => {
    const some = ['statement', 'policy.yaml', 'keys/kim.pub'].map((name) => ({ name, bytes: Buffer.from(name) }));
    const bytes = Buffer.from(encodeArchive(some));
    expect(decodeArchive(bytes)).toHaveLength(3);
    // What came damaged is not for whoever imports it to export anew.
    const hint = expect.stringMatching(/^fetch the bundle again/);
    expect(() => decodeArchive(Buffer.concat([bytes, Buffer.of(120)]))).toThrow(expect.objectContaining({ hint }));
    const second = bytes.indexOf('policy.yaml\0');
    const refused = (where: string, change: (header: Buffer) => void) => {
      const changed = Buffer.from(bytes);
      const header = changed.subarray(second, second + 512);
      change(header);
      header.write('        ', 148, 'latin1');
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      expect(() => decodeArchive(changed), where).toThrow('trust bundle cannot be used');
    };
    for (const kind of ['1', '2', '3', '4', '5', '6', '7', 'g', 'x', 'L', 'K', 'S', 'V', '\0'])
      refused(`kind ${kind}`, (header) => header.write(kind, 156, 'latin1'));
    for (const size of [
      '77777777777\0',
      '00000000000\0',
      '-0000000001\0',
      '           \0',
      '\x80\0\0\0\0\0\0\0\0\0\0\x01',
    ])
      refused(`size ${size}`, (header) => header.write(size, 124, 'latin1'));
    refused('a link', (header) => header.write('/etc/passwd', 157, 'latin1'));
    refused('a prefix', (header) => header.write('../..', 345, 'latin1'));
    refused('an owner', (header) => header.write('0001750', 108, 'latin1'));
    refused('a mode', (header) => header.write('0004755', 100, 'latin1'));
    refused('a second name', (header) => header.write('policy.yaml\0../../escape', 0, 'latin1'));
  });

  test('of more files than are read, so that none is written', () => {
    const some = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `${at}`, bytes: Buffer.of() }));
    expect(decodeArchive(encodeArchive(some(4096))).length).toBe(4096);
    expect(() => encodeArchive(some(4097))).toThrow('more than 4096 files');
  });

  test('with names that some file systems take for one', () => {
    const bytes = Buffer.of(1);
    for (const names of [
      ['a', 'a'],
      ['a.pub', 'A.PUB'],
      ['é', 'e\u0301'],
    ])
      expect(() => encodeArchive(names.map((name) => ({ name, bytes })))).toThrow('twice');
  });

  test('from archives of tar, with links, folders and owners', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), 'x');
    await symlink('/etc/passwd', join(folder, 'link'));
    await mkdir(join(folder, 'folder'));
    let refused = 0;
    for (const words of [
      ['file'],
      ['link'],
      ['folder'],
      ['--format=ustar', 'file'],
      ['--format=posix', 'file'],
      ['-P', '../../etc/hostname'],
    ]) {
      const { stdout, status } = spawnSync('tar', ['-cf', '-', '-C', folder, ...words]);
      refused += status === 0 ? 1 : 0;
      if (status === 0) expect(() => decodeArchive(stdout), words.join(' ')).toThrow('trust bundle cannot be used');
    }
    expect(refused).toBeGreaterThan(3);
  });
});
