// SPDX-License-Identifier: Apache-2.0
// `expected-digest`: an image that was swapped on its way is not signed, whatever else is right with it.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { testClock } from '../../../support/registry-session.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const OTHER = `sha256:${'0'.repeat(64)}`;

async function workplace() {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'key.pem'), newKey(), { mode: 0o600 });
  await writeFile(join(folder, 'a.sif'), typicalSif().bytes());
  await writeFile(join(folder, 'b.sif'), typicalSif(9500).bytes());
  const sign = async (texts: Readonly<Record<string, string>>) => {
    await using host = new FakeHost({ cwd: folder });
    const given = { stage: 'author', 'signing-method': 'key', 'key-path': 'key.pem', ...texts };
    return await runCommand(signStage, given, host);
  };
  const digestOf = async (name: string) =>
    (await sign({ 'subject-path': name, 'dry-run': 'true' })).outputs['digest'] ?? '';
  return { folder, sign, digestOf };
}

test('another image is not signed, and the expected one is', async () => {
  const { folder, sign, digestOf } = await workplace();
  const before = await readFile(join(folder, 'a.sif'));
  const [a, b] = [await digestOf('a.sif'), await digestOf('b.sif')];
  for (const expected of [OTHER, b, `${OTHER}\n${b}`])
    await expect(sign({ 'subject-path': 'a.sif', 'expected-digest': expected })).rejects.toMatchObject({
      code: 'STAGE_DIGEST_UNEXPECTED',
      exitCode: 1,
      message: expect.stringContaining(a),
      hint: expect.stringContaining('expected-digest'),
    });
  expect((await readFile(join(folder, 'a.sif'))).equals(before)).toBe(true);
  expect(await sign({ 'subject-path': 'a.sif', 'expected-digest': a })).toMatchObject({ exitCode: 0 });
});

test('of several images each must be one of the lines, in any order', async () => {
  const { sign, digestOf } = await workplace();
  const [a, b] = [await digestOf('a.sif'), await digestOf('b.sif')];
  const both = { 'subject-path': 'a.sif\nb.sif' };
  const one = await sign({ ...both, 'expected-digest': b });
  expect(one).toMatchObject({ exitCode: 1, error: { code: 'STAGE_DIGEST_UNEXPECTED' } });
  expect(JSON.parse(one.outputs['approvals'] ?? '')).toMatchObject([{ outcome: 'error' }, { outcome: 'signed' }]);
  expect(await sign({ ...both, 'expected-digest': `${b}\n${a}\n` })).toMatchObject({ exitCode: 0 });
});

test.each(['none', '# nothing', 'sha256:abc', `${OTHER}\nx`])('%j is no digest, and no check', async (expected) => {
  const { sign } = await workplace();
  const wrong = sign({ 'subject-path': 'a.sif', 'expected-digest': expected });
  await expect(wrong).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
});

test('an image in a layout or registry is expected by its manifest', async () => {
  const { folder, sign } = await workplace();
  const layout = join(folder, 'images');
  const repository = new LayoutRepository(layout, await LayoutIndex.create(layout, testClock()));
  const { digest } = await pushOciImage(repository, { tag: 'v1' });
  const image = { 'subject-name': 'oci:images:v1' };
  await expect(sign({ ...image, 'expected-digest': OTHER })).rejects.toMatchObject({ code: 'STAGE_DIGEST_UNEXPECTED' });
  expect(await sign({ ...image, 'expected-digest': digest })).toMatchObject({ exitCode: 0, outputs: { digest } });
});
