// SPDX-License-Identifier: Apache-2.0
// What the gate on a node remembers: until when, and that nobody else can make it up.

import {
  appendFile,
  chmod,
  chown,
  copyFile,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlurmNode } from '../support/slurm-node.ts';

const MADE_UP = `sha256:${'f'.repeat(64)}`;
const isRoot = process.getuid?.() === 0;

let node: SlurmNode;
let image: string;
let bad: string;
let content: string;
let entry: string;

describe.skipIf(process.platform !== 'linux')('what the gate remembers', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    node = await SlurmNode.make();
    image = await node.image();
    bad = await node.image('bad.sif', 'bob');
    await rename(bad, node.at('bad.sif'));
    bad = node.at('bad.sif');
    const first = await node.gate(image);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    content = first.stdout;
    [entry = ''] = await node.kept();
  }, 120_000);
  afterAll(() => node.remove());

  /** Whether the answer came from the cache: there the entry says something else. */
  async function remembers(path = image): Promise<boolean> {
    const text = await readFile(entry, 'utf8');
    await writeFile(entry, text.replace(content.trim(), MADE_UP));
    const { code, stdout } = await node.gate(path);
    expect(code).toBe(0);
    if (stdout.trim() === MADE_UP) await writeFile(entry, text);
    return stdout.trim() === MADE_UP;
  }

  test('is the content of what passed', async () => {
    expect(await remembers()).toBe(true);
  });

  describe('believes no entry', () => {
    const field = (name: string, value: string) => (text: string) =>
      text.replace(new RegExp(`^${name} .*$`, 'm'), `${name} ${value}`);
    const forgeries: readonly (readonly [string, (text: string) => string])[] = [
      ['of another image', field('end', 'a'.repeat(64))],
      ['without an end', (text) => text.replace(/^end .*\n/m, '')],
      ['cut in the middle', (text) => text.slice(0, text.length / 2)],
      ['that is empty', () => ''],
      ['with more in it', (text) => `${text}more yes\n`],
      ['of a policy in another state', field('state', 'b'.repeat(64))],
      ['without a state', field('state', '')],
      ['that names fewer files', (text) => text.replace(/^path .*\n/gm, '')],
      ['of the future', field('from', '99999999999')],
      ['that is too old', field('until', '1')],
      ['whose verdict has ended', field('ends', '20200101000000')],
      ['with words for times', field('until', 'never')],
      ['with an expression for a time', field('until', '99999999999+1')],
      ['with a negative time', field('from', '-1')],
      ['with a huge time', field('until', '9'.repeat(40))],
    ];
    test.each(forgeries)('%s', async (_name, forge) => {
      const text = await readFile(entry, 'utf8');
      await writeFile(entry, forge(text.replace(content.trim(), MADE_UP)));
      const { code, stdout } = await node.gate(image);
      expect({ code, stdout }).toEqual({ code: 0, stdout: content });
      expect(await remembers()).toBe(true);
    });

    test('that others may write, is linked, or is no file', async () => {
      const forged = (await readFile(entry, 'utf8')).replace(content.trim(), MADE_UP);
      const fresh = async (place: () => Promise<void>) => {
        await rm(entry, { recursive: true, force: true });
        await place();
        expect(await node.gate(image)).toMatchObject({ code: 0, stdout: content });
      };
      await writeFile(node.at('forged'), forged);
      await fresh(() => symlink(node.at('forged'), entry));
      await fresh(() => link(node.at('forged'), entry));
      for (const mode of [0o664, 0o646, 0o666])
        await fresh(async () => {
          await writeFile(entry, forged);
          await chmod(entry, mode);
        });
      if (isRoot)
        await fresh(async () => {
          await writeFile(entry, forged);
          await chown(entry, 12_345, 12_345);
        });
      expect(await remembers()).toBe(true);
    });
  });

  test('has no answer where users could put entries', async () => {
    const cache = node.at('cache');
    const closed = { code: 2, stdout: '' };
    for (const mode of [0o775, 0o757, 0o777, 0o1777]) {
      await chmod(cache, mode);
      expect(await node.gate(image)).toMatchObject(closed);
    }
    await chmod(cache, 0o755);
    await chmod(dirname(cache), 0o777);
    expect(await node.gate(image)).toMatchObject(closed);
    await chmod(dirname(cache), 0o755);
    await rename(cache, node.at('elsewhere'));
    expect(await node.gate(image)).toMatchObject(closed);
    await symlink(node.at('elsewhere'), cache);
    expect(await node.gate(image)).toMatchObject(closed);
    await rm(cache);
    await rename(node.at('elsewhere'), cache);
    if (isRoot) {
      await chown(cache, 12_345, 12_345);
      expect(await node.gate(image)).toMatchObject(closed);
      await chown(cache, 0, 0);
    }
    expect(await remembers()).toBe(true);
  });

  test('asks again when the policy or what it names changes', async () => {
    await node.writePolicy('# the same\n');
    expect(await remembers()).toBe(false);
    expect(await remembers()).toBe(true);
    await copyFile(node.at('bob.pub'), node.at('etc/keys/bob.pub'));
    expect(await remembers()).toBe(false);
    await rm(node.at('etc/keys/bob.pub'));
    expect(await remembers()).toBe(false);
    await appendFile(node.at('program/cli.mjs'), '// another edition\n');
    expect(await remembers()).toBe(false);
    const key = node.at('etc/keys/ann.pub');
    const [before, { atime, mtime }] = [await readFile(key), await stat(key)];
    await copyFile(node.at('bob.pub'), key);
    await utimes(key, atime, mtime);
    expect(await node.gate(image)).toMatchObject({ code: 1 });
    await writeFile(key, before);
    await node.writePolicy(`deny: [{ content: "${content.trim()}", reason: recalled }]\n`);
    expect(await node.gate(image)).toMatchObject({ code: 1 });
    await node.writePolicy();
    expect(await node.gate(image)).toMatchObject({ code: 0 });
  });

  test('does not pile up: what has ended is taken away when more is kept, and nothing else', async () => {
    const old = new Date(Date.now() - 14 * 3_600_000);
    const place = (name: string) => node.at(`cache/${name}`);
    const names = ['a'.repeat(64), '.new.123456', 'lost+found', 'b'.repeat(64), 'README'];
    for (const name of names) await writeFile(place(name), '');
    await rm(place('lost+found'));
    await mkdir(place('lost+found'));
    await writeFile(node.at('kept.txt'), 'kept');
    await symlink(node.at('kept.txt'), place('c'.repeat(64)));
    for (const name of names.filter((one) => !one.startsWith('b'))) await utimes(place(name), old, old);
    await utimes(node.at('kept.txt'), old, old);
    await rm(entry);
    expect(await node.gate(image)).toMatchObject({ code: 0, stderr: '' });
    const left = (await node.kept()).map((one) => basename(one)).filter((one) => one !== basename(entry));
    expect(left.toSorted()).toEqual(['README', 'b'.repeat(64), 'c'.repeat(64), 'lost+found']);
    expect(await readFile(node.at('kept.txt'), 'utf8')).toBe('kept');
    for (const name of left) await rm(place(name), { recursive: true });
  });

  test('has no answer where users could change the policy, a key or a program', async () => {
    for (const name of ['etc/countersign.yaml', 'etc/keys/ann.pub', 'etc/keys', 'etc', 'program', 'program/cli.mjs']) {
      const { mode } = await stat(node.at(name));
      await chmod(node.at(name), (mode & 0o777) | 0o020);
      expect(await node.gate(bad), name).toMatchObject({ code: 2, stdout: '' });
      await chmod(node.at(name), mode & 0o777);
    }
    await rename(node.at('etc/keys/ann.pub'), node.at('moved.pub'));
    await symlink(node.at('moved.pub'), node.at('etc/keys/ann.pub'));
    expect(await node.gate(bad)).toMatchObject({ code: 2, stdout: '' });
    await rm(node.at('etc/keys/ann.pub'));
    expect(await node.gate(bad)).toMatchObject({ code: 2, stdout: '' });
    await rename(node.at('moved.pub'), node.at('etc/keys/ann.pub'));
    expect(await node.gate(image)).toMatchObject({ code: 0 });
  });
});
