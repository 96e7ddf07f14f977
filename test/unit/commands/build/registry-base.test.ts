// SPDX-License-Identifier: Apache-2.0
// A base of Bootstrap docker is judged by the policy in its registry, by the digest that the build fetches it by.

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { command } from '../../../../src/commands/build/build.ts';
import type { ToolCall } from '../../../../src/commands/host.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { TestRegistry } from '../../../support/registry-server.ts';
import { openIn } from '../../../support/registry-session.ts';
import { runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'key.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  const policy = 'principals:\n  ada: { key: key.pub }\nstages:\n  - { name: author, approvers: ada }\n';
  await writeFile(join(folder, 'p.yaml'), `version: 1\nname: base\n${policy}`);
});

async function baseImage() {
  const registry = await TestRegistry.start();
  const repository = await openIn(registry, { name: 'team/base' });
  const { digest } = await pushOciImage(repository, { tag: '1' });
  return { registry, digest, place: `${registry.host}/team/base` };
}

/** Builds from a base by a program that writes the demo image. */
async function build(from: string, more: Readonly<Record<string, string>> = { 'base-policy-path': 'p.yaml' }) {
  await writeFile(join(folder, 'app.def'), `Bootstrap: docker\nFrom: ${from}\n`);
  const built: string[] = [];
  await using host = new FakeHost({
    cwd: folder,
    programs: { apptainer: '/opt/apptainer' },
    async run({ args }: ToolCall) {
      if (args[0] === '--version') return { exitCode: 0, stdout: 'apptainer version 1.4.5\n', stderr: '' };
      const [output = ''] = args.slice(args.indexOf('--') + 1);
      built.push(output);
      await copyFile(join(PROJECT, 'assets/demo/hello.sif'), output);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  });
  const result = await runCommand(command, { definition: 'app.def', 'image-path': 'app.sif', ...more }, host);
  return { result, builds: built.length };
}

async function approve(image: string): Promise<void> {
  await using host = new FakeHost({ cwd: folder });
  const signing = { 'signing-method': 'key', key, stage: 'author', 'policy-path': 'p.yaml' };
  await runCommand(signStage, { 'subject-name': image, ...signing }, host);
}

test('nobody has approved it: a failed verdict, and nothing is built; approved, it is, and provenance names it', async () => {
  const { registry, digest, place } = await baseImage();
  await using _ = registry;
  const from = `${place}@${digest}`;
  const refused = await build(from);
  expect(refused).toMatchObject({ builds: 0, result: { exitCode: 1 } });
  expect(refused.result.text).toMatch(/base .*: refused[\s\S]*author/);
  await approve(from);
  const { result, builds } = await build(from);
  expect({ exitCode: result.exitCode, builds }).toEqual({ exitCode: 0, builds: 1 });
  expect(result.text).toContain(`base ${from} verified`);
  const statement = JSON.parse(await readFile(join(folder, 'app.sif.provenance.intoto.json'), 'utf8'));
  expect(statement.predicate.buildDefinition.resolvedDependencies.at(-1)).toEqual({
    name: 'base',
    uri: `docker://${from}`,
    digest: { sha256: digest.slice('sha256:'.length) },
  });
});

test.each([
  ['a tag', (place: string) => `${place}:1`, {}, /not pinned by digest/],
  ['a tag beside a digest', (place: string, digest: string) => `${place}:1@${digest}`, {}, /not pinned by digest/],
  [
    'OpenPGP fingerprints asked of it',
    (place: string, digest: string) => `${place}@${digest}`,
    { 'base-fingerprints': 'A'.repeat(40), 'base-keyring': 'key.pub' },
    /no SIF image/,
  ],
])('%s is refused before anything is built', async (_name, from, more, problem) => {
  const { registry, digest, place } = await baseImage();
  await using _ = registry;
  await approve(`${place}@${digest}`);
  await expect(build(from(place, digest), { 'base-policy-path': 'p.yaml', ...more })).rejects.toThrow(problem);
});

test('a digest that the registry does not have is an error of the registry', async () => {
  const { registry, place } = await baseImage();
  await using _ = registry;
  await expect(build(`${place}@sha256:${'0'.repeat(64)}`, { 'base-policy-path': 'p.yaml' })).rejects.toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
  });
});
