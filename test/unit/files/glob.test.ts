// SPDX-License-Identifier: Apache-2.0
// What a glob names, and that it passes nothing over in silence.

import { Buffer } from 'node:buffer';
import { glob as nodeGlob, chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { globPaths, wouldMatch } from '../../../src/files/glob.ts';
import { isGlob, parseGlob } from '../../../src/files/glob-pattern.ts';
import { runScript } from '../../support/children.ts';
import { temporaryFolder } from '../../support/temporary.ts';

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function files(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
}

async function sorted(paths: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const path of paths) all.push(path);
  return all.toSorted();
}

const found = (pattern: string) => sorted(globPaths(pattern, folder));

describe('a glob', () => {
  test.each([
    ['*.sif', ['a.sif', 'b.sif']],
    ['./*.sif', ['a.sif', 'b.sif']],
    ['?.sif', ['a.sif', 'b.sif']],
    ['[a-a]*', ['a.sif']],
    ['[!a].sif', ['b.sif']],
    ['[^a].sif', ['b.sif']],
    ['{a,b,c}.sif', ['a.sif', 'b.sif']],
    ['{a,x/{c,d/e}}.sif', ['a.sif', 'x/c.sif', 'x/d/e.sif']],
    ['*/*.sif', ['x/c.sif']],
    ['*/d/*', ['x/d/e.sif']],
    ['**/*.sif', ['a.sif', 'b.sif', 'x/c.sif', 'x/d/e.sif']],
    ['x/**/**/e.sif', ['x/d/e.sif']],
    ['x/**', ['x', 'x/c.sif', 'x/d', 'x/d/e.sif', 'x/n10.txt', 'x/n9.txt']],
    ['x//d/*', ['x/d/e.sif']],
    ['x\\d\\*', ['x/d/e.sif']],
    ['x/n{9..11}.txt', ['x/n10.txt', 'x/n9.txt']],
    ['x/n{09..10}.txt', ['x/n10.txt']],
    ['.h*/*', ['.hidden/f.sif']],
    ['../*/no-such-name*', []],
    ['*/', ['a.sif', 'b.sif', 'x']],
    ['none/*', []],
    ['a.sif/*', []],
    ['*{', []],
    ['*[', []],
  ])('%s', async (pattern, expected) => {
    await files('a.sif', 'b.sif', 'x/c.sif', 'x/d/e.sif', 'x/n9.txt', 'x/n10.txt', '.hidden/f.sif');
    expect(isGlob(pattern)).toBe(true);
    expect(await found(pattern)).toEqual(expected);
    expect(await found(join(folder, pattern))).toEqual(expected.map((path) => join(folder, path)));
  });

  test('matches as others do where nothing is hidden from them', async () => {
    await files('a', 'ab', 'b1/a', 'b1/b/ab', 'b2/b/a', '-', ']', 'a-b', 'ä/a');
    const parts = fc.constantFrom(
      '*',
      '**',
      '?',
      'a*',
      '*b',
      '[ab]',
      '[!a]*',
      '[a-b]?',
      'b1',
      'b',
      '{a,b}',
      '{a,b/a}*',
      '[]-]',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { minLength: 1, maxLength: 3 }), async (segments) => {
        const pattern = segments.join('/');
        // Node finds a file `a` by `a/**` and by `*/a/**`, and by `**/a/**` it does not.
        if (!isGlob(pattern) || /\*\*\/[b1{},a]+\/\*\*$/.test(pattern)) return;
        const theirs = await sorted(nodeGlob(pattern, { cwd: folder }));
        expect(await found(pattern)).toEqual(theirs.filter((path) => path !== '.'));
      }),
      { numRuns: 200 },
    );
  });

  test('follows links to folders where they are named or matched, and never by two stars', async () => {
    await files('z/a.sif', 'outside/b.sif');
    await symlink('..', join(folder, 'z', 'up'));
    await symlink('z', join(folder, 'link'));
    await symlink('loop', join(folder, 'loop'));
    await symlink('nowhere', join(folder, 'gone'));
    expect(await found('*/*.sif')).toEqual(['link/a.sif', 'outside/b.sif', 'z/a.sif']);
    expect(await found('**/*.sif')).toEqual(['outside/b.sif', 'z/a.sif']);
    expect(await found('z/**/b.sif')).toEqual([]);
    expect(await found('z/up/**/b.sif')).toEqual(['z/up/outside/b.sif']);
    expect(await found('link/**/a.sif')).toEqual(['link/a.sif']);
    expect(await found('g*')).toEqual(['gone']);
  });

  test.each([
    ['ev/*.json', 'ev/report.json', true],
    ['**/*.json', 'a/b/c.json', true],
    ['**/*.json', '.git/c.json', false],
    ['*.json', 'a/b.json', false],
    ['{a,b}/x', 'b/x', true],
    ['/tmp/*', '/tmp/x', true],
    ['tmp/*', '/tmp/x', false],
  ])('%s would match %s: %s', (pattern, path, expected) => {
    expect(wouldMatch(pattern, path)).toBe(expected);
  });

  test.each([
    ['*.sif', 'n'],
    ['**/*.sif', 'd'],
    ['*/x.sif', 'd'],
    ['d*/**', 'd'],
    ['**', 'n'],
  ])('%s says so of a name that is no UTF-8', async (pattern, start) => {
    const bad = (name: string) => Buffer.concat([Buffer.from(`${folder}/${name}`), Uint8Array.of(0xff)]);
    if (start === 'n') await writeFile(Buffer.concat([bad('n'), Buffer.from('.sif')]), '');
    else {
      await mkdir(bad('d'));
      await writeFile(Buffer.concat([bad('d'), Buffer.from('/x.sif')]), '');
    }
    await files('ok.sif');
    await expect(found(pattern)).rejects.toMatchObject({
      code: 'DATA_NOT_UTF8',
      message: expect.stringContaining(`"${start}\ufffd`),
    });
    expect(await found('o*')).toEqual(['ok.sif']);
  });

  test.skipIf(process.platform === 'win32').each([
    ['locked/*.sif', 0o000],
    ['l*/*.sif', 0o000],
    ['*/x.sif', 0o000],
    ['*/x.sif', 0o444],
    ['**/x.sif', 0o000],
    ['**/*.sif', 0o000],
    ['l*/in/*.sif', 0o000],
    ['l*/**', 0o333],
  ])('%s says so of a folder that may not be looked into (%i)', async (pattern, mode) => {
    await files('locked/x.sif', 'locked/in/y.sif', 'ok.sif');
    await chmod(folder, 0o755);
    await chmod(join(folder, 'locked'), mode);
    const { stdout, stderr } = await runScript('glob-child.ts', [folder, pattern]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'FILE_NO_PERMISSION',
      message: expect.stringContaining(`no permission to read ${join(folder, 'locked')}`),
    });
    const other = await runScript('glob-child.ts', [folder, 'o*.sif']);
    expect(JSON.parse(other.stdout)).toEqual({ paths: ['ok.sif'] });
    await chmod(join(folder, 'locked'), 0o755);
  });

  test.each([
    ['@(a|b)*'],
    ['*(a)'],
    ['!(a)*.sif'],
    ['[[:alpha:]]*'],
    ['[z-a]'],
    ['{5..1}*'],
    ['{a..c}*'],
    ['{1..9..2}*'],
    ['{1..100000}*'],
    [`${'{a,b}'.repeat(11)}*`],
    ['*a'.repeat(20)],
  ])('%s would mean something else elsewhere, or too much', (pattern) => {
    expect(() => parseGlob(pattern)).toThrow(expect.objectContaining({ code: 'USAGE_INVALID_INPUT', exitCode: 2 }));
  });

  test('a reference with brackets is no unknown form', () => {
    expect(() => parseGlob('[::1]:5000/app')).not.toThrow();
  });
});
