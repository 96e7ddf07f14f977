// SPDX-License-Identifier: Apache-2.0
// trust fetch, against a TUF repository on loopback with keys of its own: what is good is written, and of a mirror that is
// down, old, rolled back or somebody else's nothing is.

import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { command } from '../../src/commands/trust/trust.ts';
import { FakeHost } from '../support/fake-host.ts';
import { runCommand } from '../support/run-command.ts';
import { SigstoreInstance } from '../support/sigstore.ts';
import { TufRepository } from '../support/tuf.ts';
import { temporaryFolder } from '../support/temporary.ts';

let instance: SigstoreInstance;

beforeEach(async () => {
  instance = await SigstoreInstance.start();
  onTestFinished(() => instance[Symbol.asyncDispose]());
});

async function place() {
  const folder = await temporaryFolder();
  const repository = new TufRepository(instance.trustedRoot());
  const { server, mirror } = await repository.serve();
  await writeFile(join(folder, 'root.json'), repository.root());
  const fetch = async (texts: Readonly<Record<string, string>> = {}) => {
    await using host = new FakeHost({ cwd: folder, now: new Date() });
    const given = {
      task: 'fetch',
      output: 'trusted_root.json',
      'tuf-root': 'root.json',
      'mirror-url': mirror,
      ...texts,
    };
    return runCommand(command, Object.fromEntries(Object.entries(given).filter(([, text]) => text !== '')), host);
  };
  const written = () => readFile(join(folder, 'trusted_root.json'), 'utf8').catch(() => undefined);
  return { folder, repository, server, mirror, fetch, written };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof CountersignError ? error.code : String(error);
}

test('writes what the operators signed, byte for byte', async () => {
  const { folder, repository, fetch, written } = await place();
  const { text } = await fetch();
  expect(await written()).toBe(repository.target);
  expect(text).toContain('CN=Loopback CA, 1 log');
  expect((await readdir(folder)).toSorted()).toEqual(['root.json', 'trusted_root.json']);
});

test('replaces an older file once there is a newer one', async () => {
  const { repository, fetch, written } = await place();
  await fetch();
  repository.target = instance.trustedRoot({ ctlogs: [] }).replace('{', '{ ');
  repository.version += 1;
  await fetch();
  expect(await written()).toBe(repository.target);
});

test.each<readonly [about: string, code: string, change: (repository: TufRepository) => void]>([
  ['metadata that has expired', 'TRUST_METADATA_EXPIRED', (one) => Object.assign(one, { expires: new Date(0) })],
  ['a mirror that is out of order', 'TRUST_MIRROR_FAILED', (one) => Object.assign(one, { status: 500 })],
  [
    'another file than was signed',
    'TRUST_METADATA_REFUSED',
    (one) => Object.assign(one, { sent: 'x'.repeat(one.target.length) }),
  ],
  ['a longer file than was signed', 'TRUST_METADATA_REFUSED', (one) => Object.assign(one, { sent: `${one.target} ` })],
  ['a file that is no trusted root', 'SIGNATURE_TRUST_UNREADABLE', (one) => Object.assign(one, { target: '{}' })],
])('%s leaves what is there', async (_about, code, change) => {
  const { repository, fetch, written } = await place();
  await fetch();
  const before = await written();
  change(repository);
  expect(await codeOf(fetch())).toBe(code);
  expect(await written()).toBe(before);
});

test('a mirror that is down', async () => {
  const { server, fetch, written } = await place();
  server.close();
  server.closeAllConnections();
  expect(await codeOf(fetch())).toBe('TRUST_MIRROR_FAILED');
  expect(await written()).toBeUndefined();
});

test('an older state is refused where what was seen is kept', async () => {
  const { repository, fetch } = await place();
  repository.version = 2;
  await fetch({ 'state-path': 'state' });
  repository.version = 1;
  expect(await codeOf(fetch({ 'state-path': 'state' }))).toBe('TRUST_METADATA_ROLLED_BACK');
  expect(await codeOf(fetch())).toBe('undefined');
});

const seen = async (folder: string) => {
  const found = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true });
  return found.flatMap((one) => (one.isFile() ? [join(one.parentPath, one.name)] : []));
};

test('what was seen counts when the rest of a run failed', async () => {
  const { repository, fetch } = await place();
  await fetch({ 'state-path': 'state' });
  Object.assign(repository, { version: 3, sent: 'x' });
  expect(await codeOf(fetch({ 'state-path': 'state' }))).not.toBe('undefined');
  Object.assign(repository, { version: 2, sent: undefined });
  expect(await codeOf(fetch({ 'state-path': 'state' }))).toBe('TRUST_METADATA_ROLLED_BACK');
});

test('what was seen is one file, which a damage does not turn into nothing seen', async () => {
  const { folder, repository, fetch, written } = await place();
  repository.version = 2;
  await fetch({ 'state-path': 'state' });
  const [file = '', ...more] = await seen(folder);
  expect(more).toEqual([]);
  const whole = await readFile(file);
  const roles: Record<string, string> = JSON.parse(whole.toString());
  const half = Buffer.from(roles['timestamp.json'] ?? '', 'base64')
    .subarray(0, 90)
    .toString('base64');
  const damages = ['', '{}', whole.subarray(0, 500), JSON.stringify({ ...roles, 'timestamp.json': half })];
  damages.push(JSON.stringify({ ...roles, '../timestamp.json': half }));
  repository.version = 1;
  for (const damage of damages) {
    await writeFile(file, damage);
    expect(await codeOf(fetch({ 'state-path': 'state' }))).toBe('TRUST_STATE_DAMAGED');
  }
  await writeFile(file, whole);
  expect(await codeOf(fetch({ 'state-path': 'state' }))).toBe('TRUST_METADATA_ROLLED_BACK');
  repository.version = 2;
  await fetch({ 'state-path': 'state' });
  expect(await written()).toBe(repository.target);
});

test('a run that is killed at any moment leaves nothing that the next one stumbles over', async () => {
  const { folder, repository, mirror, fetch, written } = await place();
  const program = join(import.meta.dirname, '../../src/entry/cli.ts');
  const args = ['trust', 'fetch', '--output', 'killed.json', '--tuf-root', 'root.json', '--mirror-url', mirror];
  for (const first of ['/timestamp.json', '.snapshot.json', '.targets.json', 'trusted_root.json', undefined]) {
    repository.version += 1;
    const child = spawn(process.execPath, [program, ...args, '--state-path', 'state'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    repository.onAsked = (path) => void (first !== undefined && path.endsWith(first) && child.kill('SIGKILL'));
    await ended;
    expect(child.signalCode).toBe(first === undefined ? null : 'SIGKILL');
    repository.onAsked = undefined;
    await fetch({ 'state-path': 'state' });
    expect(await written()).toBe(repository.target);
  }
  repository.version = 1;
  expect(await codeOf(fetch({ 'state-path': 'state' }))).toBe('TRUST_METADATA_ROLLED_BACK');
});

test('the root of somebody else, also after the right one', async () => {
  const { folder, fetch } = await place();
  await fetch({ 'state-path': 'state' });
  await writeFile(join(folder, 'root.json'), new TufRepository('').root());
  expect(await codeOf(fetch({ 'state-path': 'state' }))).toBe('TRUST_METADATA_REFUSED');
});

test('without a root no mirror but that of the public instance is believed', async () => {
  const { repository, fetch } = await place();
  expect(await codeOf(fetch({ 'tuf-root': '' }))).toBe('TRUST_METADATA_REFUSED');
  expect(repository.asked).toEqual([]);
});

test.each([
  ['http://tuf.example.org'],
  ['http://127.tuf.example.org'],
  ['https://a:b@tuf.example.org'],
  ['tuf.example.org'],
  ['file:///etc'],
])('the mirror %s is refused', async (mirror) => {
  const { fetch } = await place();
  expect(await codeOf(fetch({ 'mirror-url': mirror }))).toBe('USAGE_INVALID_INPUT');
});

test('another task is named', async () => {
  const { fetch } = await place();
  expect(await codeOf(fetch({ task: 'update' }))).toBe('USAGE_INVALID_INPUT');
});
