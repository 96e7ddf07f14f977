// SPDX-License-Identifier: Apache-2.0
// The digest that a base's tag led to is in the provenance, where that can be known, and nothing else is.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../../../src/commands/build/build.ts';
import type { ToolCall } from '../../../../src/commands/host.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { TestRegistry } from '../../../support/registry-server.ts';
import { openIn } from '../../../support/registry-session.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

interface Built {
  readonly base: unknown;
  /** What the program was told to build. */
  readonly source: string;
  readonly warnings: readonly string[];
}

/** Builds by a program that writes the demo image, and does `meanwhile`. */
async function build(
  given: { readonly definition: string } | { readonly source: string },
  meanwhile = async (): Promise<unknown> => undefined,
): Promise<Built> {
  const folder = await temporaryFolder();
  if ('definition' in given) await writeFile(join(folder, 'app.def'), given.definition);
  let source = '';
  await using host = new FakeHost({
    cwd: folder,
    programs: { apptainer: '/opt/apptainer' },
    async run({ args }: ToolCall) {
      if (args[0] === '--version') return { exitCode: 0, stdout: 'apptainer version 1.4.5\n', stderr: '' };
      const [output = '', from = ''] = args.slice(args.indexOf('--') + 1);
      source = from;
      await meanwhile();
      await copyFile(join(PROJECT, 'assets/demo/hello.sif'), output);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  });
  const from = 'definition' in given ? { definition: 'app.def' } : given;
  await runCommand(command, { ...from, 'image-path': 'app.sif', 'retry-for': '0s' }, host);
  const statement = JSON.parse(await readFile(join(folder, 'app.sif.provenance.intoto.json'), 'utf8'));
  const { resolvedDependencies } = statement.predicate.buildDefinition;
  const warnings = host.log.filter(({ level }) => level === 'warning').map(({ text }) => text);
  return { base: resolvedDependencies.at(-1), source, warnings: warnings.filter((text) => /digest/.test(text)) };
}

async function baseImage() {
  const registry = await TestRegistry.start();
  const repository = await openIn(registry, { name: 'team/base' });
  const { digest } = await pushOciImage(repository, { tag: '3.22' });
  const sha256 = digest.slice('sha256:'.length);
  return { registry, repository, digest, sha256, address: `docker://${registry.host}/team/base:3.22` };
}

test('an address is built by the digest that its tag led to', async () => {
  const { registry, repository, digest, sha256, address } = await baseImage();
  await using _ = registry;
  const moved = () => pushOciImage(repository, { tag: '3.22', label: 'moved' });
  const { base, source, warnings } = await build({ source: address }, moved);
  expect(source).toBe(`docker://${registry.host}/team/base@${digest}`);
  expect(base).toEqual({ name: 'base', uri: address, digest: { sha256 } });
  expect(warnings).toEqual([]);
});

test.each([
  ['in one line', (host: string) => `From: ${host}/team/base:3.22`],
  ['in three headers', (host: string) => `Registry: ${host}\nNamespace: team\nFrom: base:3.22`],
])('the base of a definition, %s, is named by the digest of its tag before and after', async (_name, from) => {
  const { registry, sha256, address } = await baseImage();
  await using _ = registry;
  const { base } = await build({ definition: `Bootstrap: docker\n${from(registry.host)}\n` });
  expect(base).toEqual({ name: 'base', uri: address, digest: { sha256 } });
});

test('a tag that moves while a definition is built leaves no digest, and a warning', async () => {
  const { registry, repository, address } = await baseImage();
  await using _ = registry;
  const definition = `Bootstrap: docker\nFrom: ${registry.host}/team/base:3.22\n`;
  const moved = () => pushOciImage(repository, { tag: '3.22', label: 'moved' });
  const { base, warnings } = await build({ definition }, moved);
  expect(base).toEqual({ name: 'base', uri: address });
  expect(warnings).toEqual([expect.stringContaining('moved while the image was built')]);
});

test.each([
  ['a registry that is down', '127.0.0.1:1/team/base:1', /cannot connect/],
  ['a tag that is not there', '', /does not have it/],
])('%s is no obstacle to the build, and a warning', async (_name, given, warning) => {
  const { registry } = await baseImage();
  await using _ = registry;
  const address = `docker://${given || `${registry.host}/team/base:none`}`;
  const { base, source, warnings } = await build({ source: address });
  expect(source).toBe(address);
  expect(base).toEqual({ name: 'base', uri: address });
  expect(warnings).toEqual([expect.stringMatching(warning)]);
});
