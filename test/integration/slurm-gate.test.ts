// SPDX-License-Identifier: Apache-2.0
// The exported scripts, run by real shells with the real command line. What they remember is in slurm-cache.test.ts.

import {
  chmod,
  chown,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settle, shell, SlurmNode } from '../support/slurm-node.ts';

const isRoot = process.getuid?.() === 0;
const SHELLS = [['sh'], ['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program = '']) => spawnSync(program, ['-c', ':']).error === undefined,
);

let node: SlurmNode;
let image: string;
let bad: string;
let content: string;
let entry: string;

describe.skipIf(process.platform !== 'linux')('the gate on a node', { timeout: 120_000 }, () => {
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

  test('verifies once, and remembers the content', async () => {
    expect(content).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(await node.kept()).toHaveLength(1);
    expect((await stat(entry)).mode & 0o777).toBe(0o644);
  });

  test.each(SHELLS.map((words) => [words.join(' '), words] as const))('by %s', async (_name, words) => {
    const run = (path: string) => shell([...words, node.at('bin/countersign-gate'), path], { cwd: node.folder });
    expect(await run(image)).toEqual({ code: 0, stdout: content, stderr: '' });
    expect(await run(node.at('absent.sif'))).toMatchObject({ code: 2, stdout: '' });
    expect(await shell([...words, node.at('bin/prolog')], { cwd: '/' })).toMatchObject({ code: 0 });
  });

  test('refuses what does not pass, and remembers nothing of it', async () => {
    const refused = await node.gate(bad);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('does not pass the policy');
    expect(await node.kept()).toEqual([entry]);
  });

  test('a prolog with one bad image fails', async () => {
    const there = node.at('images/bad.sif');
    await rename(bad, there);
    try {
      expect(await shell(['sh', node.at('bin/prolog')], { cwd: '/' })).toMatchObject({ code: 1 });
    } finally {
      await rename(there, bad);
    }
  });

  test('any change is seen, whatever the times of the file say', async () => {
    const path = node.at('images/changed.sif');
    await copyFile(image, path);
    await settle(path);
    expect(await node.gate(path)).toMatchObject({ code: 0 });
    const { atime, mtime, size } = await stat(path);
    const bytes = await readFile(path);
    bytes[size - 1] = (bytes[size - 1] ?? 0) ^ 1;
    bytes[40_000] = (bytes[40_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await utimes(path, atime, mtime);
    expect((await stat(path)).size).toBe(size);
    expect(await node.gate(path)).toMatchObject({ code: 1 });
    await copyFile(bad, node.at('images/other'));
    await rename(node.at('images/other'), path);
    expect(await node.gate(path)).toMatchObject({ code: 1 });
    await rm(path);
  });

  test('an image that users may write, or that has just changed, is verified each time', async () => {
    const path = node.at('images/shared.sif');
    await copyFile(image, path);
    expect(await node.gate(path)).toMatchObject({ code: 0, stdout: content });
    await chmod(path, 0o666);
    await settle(path);
    expect(await node.gate(path)).toMatchObject({ code: 0, stdout: content });
    if (isRoot) {
      await chmod(path, 0o644);
      await chown(path, 12_345, 12_345);
      await settle(path);
      expect(await node.gate(path)).toMatchObject({ code: 0, stdout: content });
    }
    expect(await node.kept()).not.toContainEqual(expect.stringContaining('.new.'));
    const kept = await Promise.all((await node.kept()).map((one) => readFile(one, 'utf8')));
    expect(kept.filter((text) => text.includes(content.trim()))).toHaveLength(kept.length);
    await rm(path);
  });

  test.each([
    'line\nbreak.sif',
    ' space .sif',
    '-c.sif',
    'glob[*]?.sif',
    '$(touch evil)`touch evil`.sif',
    "quo'te.sif",
  ])('an image called %j', async (name) => {
    await symlink(image, node.at(name));
    try {
      const run = (words: readonly string[]) => shell(['sh', ...words], { cwd: node.folder });
      expect(await run([node.at('bin/countersign-gate'), name])).toMatchObject({ code: 0, stdout: content });
      const started = await run([node.at('bin/countersign-run'), name, 'sha256sum', '--zero', '{}']);
      expect(started).toMatchObject({ code: 0, stderr: '' });
      await copyFile(bad, node.at('odd.sif'));
      await rename(node.at('odd.sif'), node.at(name));
      expect(await run([node.at('bin/countersign-gate'), name])).toMatchObject({ code: 1, stdout: '' });
    } finally {
      await rm(node.at(name));
    }
    await expect(stat(node.at('evil'))).rejects.toThrow('ENOENT');
  });

  describe('is steered by nothing in the environment', () => {
    test.each([
      ['PATH', (folder: string) => ({ PATH: `${folder}:${process.env['PATH']}` })],
      ['IFS', () => ({ IFS: '/0123456789' })],
      ['ENV and BASH_ENV', (folder: string) => ({ ENV: join(folder, 'profile'), BASH_ENV: join(folder, 'profile') })],
      ['NODE_OPTIONS', (folder: string) => ({ NODE_OPTIONS: `--require=${join(folder, 'evil.cjs')}` })],
      ['functions', (folder: string) => ({ 'BASH_FUNC_stat%%': `() { touch ${folder}/ran; }` })],
      ['LD_PRELOAD', (folder: string) => ({ LD_PRELOAD: join(folder, 'evil.so') })],
      ['its values', () => ({ policy: '/dev/null', cache: '/tmp', on_error: 'open', node: '/bin/true', image: 'x' })],
      ['locale and zone', () => ({ LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu', POSIXLY_CORRECT: '1' })],
    ])('%s', async (_name, environment) => {
      const folder = node.at('evil-tools');
      await mkdir(folder, { recursive: true });
      for (const tool of ['stat', 'find', 'sha256sum', 'date', 'readlink', 'sed', 'id', 'node', 'cut', 'tr'])
        await writeFile(join(folder, tool), `#!/bin/sh\ntouch '${folder}/ran'\nexit 0\n`, { mode: 0o755 });
      await writeFile(join(folder, 'profile'), `touch '${folder}/ran'\n`);
      await writeFile(
        join(folder, 'evil.cjs'),
        `require('fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '')\n`,
      );
      const env = environment(folder);
      expect(await node.gate(bad, env)).toMatchObject({ code: 1, stdout: '' });
      expect(await node.gate(image, env)).toMatchObject({ code: 0, stdout: content });
      await expect(stat(join(folder, 'ran'))).rejects.toThrow('ENOENT');
    });
  });

  test('open, it lets pass what there is no answer about, and still refuses what fails', async () => {
    await node.install({ 'on-error': 'open' });
    expect(await node.gate(node.at('absent.sif'))).toMatchObject({ code: 0, stdout: '' });
    expect(await node.gate(bad)).toMatchObject({ code: 1 });
    await node.install();
    expect(await node.gate(node.at('absent.sif'))).toMatchObject({ code: 2 });
  });

  test('asks by the profile that was exported', async () => {
    const stage = (name: string) => `{ name: ${name}, approvers: ann }`;
    await writeFile(
      node.at('etc/countersign.yaml'),
      `version: 1\nname: test\nprincipals: { ann: { key: keys/ann.pub } }\nprofiles:\n  plain: { stages: [${stage('author')}] }\n  strict: { stages: [${stage('author')}, ${stage('security')}] }\n`,
    );
    await node.install({ profile: 'plain' });
    expect(await node.gate(image)).toMatchObject({ code: 0 });
    await node.install({ profile: 'strict' });
    expect(await node.gate(image)).toMatchObject({ code: 1 });
    await node.writePolicy();
    await node.install();
  });

  test('asks for the signature of the policy that was asked for at the export', async () => {
    const required = { 'require-signed-policy': node.at('bob.pub') };
    await expect(node.install(required)).rejects.toMatchObject({ code: 'POLICY_UNSIGNED' });
    await node.signPolicy('bob');
    await node.install(required);
    expect(await readFile(node.at('gate/README.md'), 'utf8')).toContain('policy-signer.pem');
    expect(await node.gate(image)).toMatchObject({ code: 0, stdout: content });
    const signature = node.at('etc/countersign.yaml.sigstore.json');
    const signed = await readFile(signature);
    const closed = { code: 2, stdout: '' };
    const again = async (change: () => Promise<void>) => {
      await change();
      expect(await node.gate(image)).toMatchObject(closed);
      await node.writePolicy();
      await writeFile(signature, signed);
      expect(await node.gate(image)).toMatchObject({ code: 0, stdout: content });
    };
    await again(() => rm(signature));
    await again(() => node.signPolicy('ann'));
    await again(() => node.writePolicy('# another\n'));
    await again(() => rename(signature, `${signature}.old`));
    const signer = await readFile(node.at('bin/policy-signer.pem'));
    await copyFile(node.at('ann.pub'), node.at('bin/policy-signer.pem'));
    expect(await node.gate(image)).toMatchObject(closed);
    await writeFile(node.at('bin/policy-signer.pem'), signer);
    expect(await node.gate(image)).toMatchObject({ code: 0, stdout: content });
    await rm(signature);
    await node.install();
  });

  describe('the wrapper', () => {
    const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      shell(['sh', node.at('bin/countersign-run'), ...words], { cwd: node.folder, env });

    test('starts the program with the image in its place, and with the environment of its user', async () => {
      const { code, stdout } = await run([image, 'sh', '-c', 'printf "%s|" "$MINE" "$@"', 'x', 'a b', '{}', ''], {
        MINE: 'yes',
      });
      expect({ code, stdout }).toEqual({ code: 0, stdout: `yes|a b|${image}||` });
      expect(await run([image, 'sh', '-c', 'exit 7', '{}'])).toMatchObject({ code: 7 });
    });

    test('starts nothing with an image that does not pass', async () => {
      expect(await run([bad, 'echo', '{}'])).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(`nothing was started with ${bad}`),
      });
      expect(await run([node.at('absent.sif'), 'echo', '{}'])).toMatchObject({ code: 2, stdout: '' });
      expect(await run([image, 'echo'])).toMatchObject({ code: 2, stdout: '' });
      expect(await run([image, 'echo', '{}', '{}'])).toMatchObject({ code: 2, stdout: '' });
    });

    test('starts nothing when another image took the place meanwhile', async () => {
      const path = node.at('images/swapped.sif');
      await copyFile(image, path);
      const running = run([path, 'echo', '{}']);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await copyFile(bad, node.at('swap'));
      await rename(node.at('swap'), path);
      expect((await running).stdout).toBe('');
      expect((await running).code).not.toBe(0);
      await rm(path);
    });
  });
});
