// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { testClock } from '../../../support/registry-session.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

test('nothing that is signed in a layout folder tells where on this machine the folder is', async () => {
  const folder = await temporaryFolder();
  const layout = join(folder, 'images');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
  await writeFile(join(folder, 'key.pem'), newKey());
  const inputs = {
    'subject-name': `oci:${layout}:v1`,
    stage: 'author',
    'signing-method': 'key',
    'key-path': join(folder, 'key.pem'),
  };
  const result = await runCommand(signStage, inputs, new FakeHost({ cwd: folder }));
  expect(result.exitCode).toBe(0);
  const blobs = join(layout, 'blobs/sha256');
  const texts = await Promise.all((await readdir(blobs)).map((name) => readFile(join(blobs, name), 'utf8')));
  const payloads = texts.flatMap((text) => /"payload":"([A-Za-z0-9+/=]+)"/.exec(text)?.[1] ?? []);
  const decoded = payloads.map((text) => Buffer.from(text, 'base64').toString());
  expect(decoded.join()).toContain('"name":"oci:images"');
  expect([...texts, ...decoded].filter((text) => text.includes(folder))).toEqual([]);
});
