// SPDX-License-Identifier: Apache-2.0
// What sign-stage leaves on the disk besides the layer itself.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { vector } from '../../../support/signing.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

async function images(...names: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const [index, name] of names.entries()) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), typicalSif(9000 + index).bytes());
  }
  return folder;
}

const key = newKey();
const inputs = { 'signing-method': 'key', key, stage: 'author', 'bundle-folder': 'out' };

test('a dry run leaves no signed approval behind that somebody could put into an image', async () => {
  const cwd = await images('a.sif');
  const before = await readFile(join(cwd, 'a.sif'));
  const result = await runCommand(
    command,
    { ...inputs, 'subject-path': 'a.sif', 'dry-run': 'true' },
    new FakeHost({ cwd }),
  );
  expect(result.exitCode).toBe(0);
  expect(before.equals(await readFile(join(cwd, 'a.sif')))).toBe(true);
  expect(await readdir(join(cwd, 'out'))).toEqual([]);
  expect(result.outputs['bundle-path']).toBe('');
});

test('copies of two approvals of images of the same name would overwrite each other: refused before anything is signed', async () => {
  const cwd = await images('one/a.sif', 'two/a.sif');
  const signing = runCommand(command, { ...inputs, 'subject-path': '*/a.sif' }, new FakeHost({ cwd }));
  await expect(signing).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  expect(await readdir(cwd)).toEqual(['one', 'two']);
});

test('a key in cosign’s format is opened with COSIGN_PASSWORD, and one without passphrase with nothing', async () => {
  const cwd = await images('a.sif');
  const sign = async (name: string, env: Record<string, string>) => {
    const cosignKey = Buffer.from(vector(`cosign/${name}.key`)).toString();
    const texts = { ...inputs, key: cosignKey, 'subject-path': 'a.sif', 'dry-run': 'true' };
    return (await runCommand(command, texts, new FakeHost({ cwd, env }))).exitCode;
  };
  expect(await sign('empty', {})).toBe(0);
  expect(await sign('empty', { COSIGN_PASSWORD: '' })).toBe(0);
  expect(await sign('passphrase', { COSIGN_PASSWORD: 'correct horse' })).toBe(0);
  await expect(sign('passphrase', {})).rejects.toMatchObject({ code: 'SIGNATURE_PASSPHRASE_MISSING' });
  await expect(sign('empty', { COSIGN_PASSWORD: 'x' })).rejects.toMatchObject({ code: 'SIGNATURE_PASSPHRASE_WRONG' });
});
