// SPDX-License-Identifier: Apache-2.0
// What a run writes replaces nothing that it reads, whoever chose the name.

import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { command as pull } from '../../src/commands/pull.ts';
import { command as push } from '../../src/commands/push-oras/push-oras.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW } from '../support/layers.ts';
import { runCommand } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';
import { runStep } from '../support/step.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function workspace(): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'app.sif'));
  await writeFile(join(folder, 'kim.pub'), (await keyPerson('kim', 'p256')).publicKey);
  return folder;
}

describe('the report of a step', () => {
  test.each([
    ['kim.pub', 2, 'USAGE_CONFLICTING_INPUTS'],
    ['app.sif', 2, 'USAGE_CONFLICTING_INPUTS'],
    ['-', 2, 'USAGE_INVALID_INPUT'],
    ['none/report.json', 3, 'FILE_NOT_FOUND'],
  ])('is not written to %s, but where it goes by default', async (path, code, expected) => {
    const folder = await workspace();
    const before = await readFile(join(folder, 'kim.pub'));
    const inputs = { 'subject-path': 'app.sif', 'public-key': 'kim.pub', 'report-path': path };
    const { exitCode, stdout, outputs } = await runStep('verify-all', folder, { from: 'sources', inputs });
    expect(exitCode).toBe(code);
    expect(stdout).toMatch(new RegExp(`^::error::verify-all: .*\\[${expected}\\]`, 'm'));
    expect(await readFile(join(folder, 'kim.pub'))).toEqual(before);
    expect((await readdir(folder)).toSorted()).toEqual(['.runner', 'app.sif', 'kim.pub']);
    expect(outputs['report-path']).toMatch(/countersign-verify-all-[0-9a-f]{8}\.json$/);
    expect(JSON.parse(await readFile(outputs['report-path'] ?? '', 'utf8'))).toMatchObject({ error: { exitCode } });
  });

  test('is not written over a key that the policy names', async () => {
    const folder = await workspace();
    const before = await readFile(join(folder, 'kim.pub'));
    const policy = [
      'version: 1',
      'name: test',
      'principals: { kim: { key: kim.pub } }',
      'stages: [{ name: author, approvers: [kim] }]',
    ].join('\n');
    for (const path of ['kim.pub', './kim.pub']) {
      const inputs = { 'subject-path': 'app.sif', policy, 'report-path': path };
      const { exitCode, stdout } = await runStep('verify-all', folder, { from: 'sources', inputs });
      expect({ exitCode, stdout }).toMatchObject({
        exitCode: 2,
        stdout: expect.stringContaining('report-path would be written over what policy names'),
      });
    }
    expect(await readFile(join(folder, 'kim.pub'))).toEqual(before);
  });
});

describe('a pulled image', () => {
  /** A layout folder whose image is called as given, and a host in the folder beside it. */
  async function published(title: string) {
    const folder = await workspace();
    const host = new FakeHost({ cwd: folder, now: NOW });
    onTestFinished(() => host[Symbol.asyncDispose]());
    await runCommand(push, { 'subject-path': 'app.sif', reference: 'oci:store:1', title }, host);
    const run = (texts: Readonly<Record<string, string>>) =>
      runCommand(pull, { reference: 'oci:store:1', ...texts }, host);
    return { folder, run };
  }

  test('replaces no file of the run, although the manifest calls it so', async () => {
    const { folder, run } = await published('kim.pub');
    const before = await readFile(join(folder, 'kim.pub'));
    const conflict = expect.objectContaining({ code: 'USAGE_CONFLICTING_INPUTS' });
    await expect(run({ 'public-key': 'kim.pub', overwrite: 'true' })).rejects.toEqual(conflict);
    expect(await readFile(join(folder, 'kim.pub'))).toEqual(before);
    const { run: again } = await published('report.json');
    await expect(again({ 'report-path': 'report.json' })).rejects.toEqual(conflict);
  });

  test.skipIf(process.platform === 'win32')('takes the place of no link, device or folder', async () => {
    const { folder, run } = await published('app.sif');
    await symlink('kim.pub', join(folder, 'link'));
    await mkdir(join(folder, 'folder'));
    const before = await readFile(join(folder, 'kim.pub'));
    for (const name of ['link', '/dev/null'])
      await expect(run({ 'image-path': name, overwrite: 'true' })).rejects.toMatchObject({
        code: name === 'link' ? 'FILE_SYMLINK_REFUSED' : 'FILE_NOT_REGULAR',
      });
    await expect(run({ 'image-path': 'folder', overwrite: 'true' })).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
    });
    expect(await readFile(join(folder, 'kim.pub'))).toEqual(before);
  });
});
