// SPDX-License-Identifier: Apache-2.0
// One login is for one registry. Whoever else takes part in a run, as a source, in the same list or as the storage behind
// a registry, does not learn it; nor the log of a job in which Node prints what it sends.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command as inspect } from '../../src/commands/inspect.ts';
import { command as push } from '../../src/commands/push-oras/push-oras.ts';
import { sha256 } from '../../src/base/bytes.ts';
import { FakeHost } from '../support/fake-host.ts';
import { pushOciImage } from '../support/oci-images.ts';
import type { AuthOptions } from '../support/registry-auth.ts';
import type { TestRegistry } from '../support/registry-server.ts';
import { collect, openIn, pushImage, someBytes, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { codeOf } from '../support/signing.ts';
import { temporaryFolder } from '../support/temporary.ts';

const LOGIN = { user: 'ada', password: 'correct horse' };
const BASIC = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;
const GIVEN = { 'registry-username': LOGIN.user, 'registry-password': LOGIN.password, 'retry-for': '0s' };
const KINDS: readonly AuthOptions[] = [
  { ...LOGIN, kind: 'basic' },
  { ...LOGIN, kind: 'bearer' },
];

/** Everybody may read, and is asked for a token. */
const PUBLIC: AuthOptions = { user: 'other', password: 'other', kind: 'bearer', anonymousPull: true };

/** A registry with an image in it. */
async function registryWith(auth: AuthOptions): Promise<TestRegistry> {
  const registry = await startRegistry({ auth });
  await pushOciImage(await openIn(registry, { user: auth.user, password: auth.password }), { tag: 'v1' });
  registry.seen.length = 0;
  return registry;
}

function learned({ seen }: TestRegistry): boolean {
  return seen.some(({ headers }) => headers.authorization === BASIC);
}

async function run(command: typeof push, texts: Readonly<Record<string, string>>) {
  return runCommand(command, { ...GIVEN, ...texts }, new FakeHost({ cwd: await temporaryFolder() }));
}

describe.each(KINDS)('the login for a destination ($kind)', (auth) => {
  test('is not sent to the source', async () => {
    const source = await registryWith(PUBLIC);
    const target = await startRegistry({ auth });
    const texts = { 'subject-name': `${source.host}/team/app:v1`, reference: `${target.host}/release/app:v1` };
    expect((await run(push, texts)).exitCode).toBe(0);
    expect([learned(source), learned(target)]).toEqual([false, true]);
  });

  test('serves for the source in the same registry', async () => {
    const registry = await registryWith(auth);
    const texts = { 'subject-name': `${registry.host}/team/app:v1`, reference: `${registry.host}/release/app:v1` };
    expect((await run(push, texts)).exitCode).toBe(0);
  });

  test('serves for the source of what goes into a folder', async () => {
    const registry = await registryWith(auth);
    const texts = { 'subject-name': `${registry.host}/team/app:v1`, reference: 'oci:out:v1' };
    expect((await run(push, texts)).exitCode).toBe(0);
  });

  test('is not sent to a source that wants one, and the error says so', async () => {
    const source = await registryWith(auth);
    const target = await startRegistry({ auth });
    const texts = { 'subject-name': `${source.host}/team/app:v1`, reference: `${target.host}/release/app:v1` };
    await expect(run(push, texts)).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      hint: expect.stringContaining(`given for ${target.host}`),
    });
    expect(learned(source)).toBe(false);
  });

  test('of a list of images is for the registry of the first', async () => {
    const first = await registryWith(auth);
    const second = await registryWith(PUBLIC);
    const names = [first, first, second].map(({ host }) => `${host}/team/app:v1`);
    expect((await run(inspect, { 'subject-path': names.join('\n') })).exitCode).toBe(0);
    expect([learned(first), learned(second)]).toEqual([true, false]);
  });
});

test.each(KINDS)('storage that a registry leads to cannot ask for the login ($kind)', async (auth) => {
  const storage = await startRegistry({ auth });
  const registry = await startRegistry({ auth });
  const repository = await openIn(registry, LOGIN);
  await pushImage(repository, 'v1');
  registry.faults.redirectBlobs = storage.origin;
  const reading = collect(repository.readBlob(sha256(someBytes(1000)), { sizeBytes: 1000 }));
  expect(await codeOf(reading)).toBe('REGISTRY_UNAUTHORIZED');
  expect(storage.seen.map(({ path }) => path).filter((path) => path.startsWith('/token'))).toEqual([]);
  expect(learned(storage)).toBe(false);
});

describe.each(KINDS)('a login that is found in a job while Node prints what it sends ($kind)', (auth) => {
  const ask = async (env: Readonly<Record<string, string>>, kind: 'actions' | 'terminal' = 'terminal') => {
    const registry = await registryWith(auth);
    const folder = await temporaryFolder();
    const entry = { auth: Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64') };
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: entry } }), {
      mode: 0o600,
    });
    const host = new FakeHost({ kind, cwd: folder, env: { DOCKER_CONFIG: folder, ...env } });
    const texts = { 'subject-name': `${registry.host}/team/app:v1`, 'retry-for': '0s' };
    const failed = await runCommand(inspect, texts, host).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { failed, sent: learned(registry) };
  };
  const refused = { failed: { code: 'USAGE_NODE_DEBUG' }, sent: false };

  test.each(['http', 'net,http', '*'])('is not sent with NODE_DEBUG=%s', async (value) => {
    expect(await ask({ NODE_DEBUG: value, GITHUB_ACTIONS: 'true' })).toMatchObject(refused);
    expect(await ask({ NODE_DEBUG: value }, 'actions')).toMatchObject(refused);
  });

  test('is sent where nobody else reads the log, and where Node prints nothing', async () => {
    expect((await ask({ NODE_DEBUG: 'http' })).sent).toBe(true);
    expect((await ask({ GITHUB_ACTIONS: 'true' })).sent).toBe(true);
  });
});
