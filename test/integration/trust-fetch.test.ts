// SPDX-License-Identifier: Apache-2.0
// trust fetch, against a TUF repository on loopback with keys of its own: what is good is written, and of a mirror that is
// down, old, rolled back or somebody else's nothing is.

import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { command } from '../../src/commands/trust/trust.ts';
import { FakeHost } from '../support/fake-host.ts';
import { runCommand } from '../support/run-command.ts';
import { SigstoreInstance } from '../support/sigstore.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DAY = 86_400_000;

/** Members in order, without spaces, as TUF signs them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** A TUF repository; its files are made anew when they are asked for. */
class Repository {
  readonly #key: KeyObject;
  readonly #keyid: string;
  readonly #public: string;
  readonly asked: string[] = [];
  /** Called before an answer. */
  onAsked: ((path: string) => void) | undefined;
  version = 1;
  expires = new Date(Date.now() + DAY);
  target: string;
  /** What is sent in place of the target. */
  sent: string | undefined;
  status = 200;

  constructor(target: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#key = privateKey;
    this.#public = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    this.#keyid = createHash('sha256').update(this.#public).digest('hex');
    this.target = target;
  }

  root(): string {
    const role = { keyids: [this.#keyid], threshold: 1 };
    const keys = { [this.#keyid]: { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: this.#public } } };
    const roles = { root: role, timestamp: role, snapshot: role, targets: role };
    return this.#signed(
      { _type: 'root', version: 1, keys, roles, consistent_snapshot: true },
      new Date(Date.now() + DAY),
    );
  }

  file(path: string): string | undefined {
    const { version } = this;
    if (path === '/timestamp.json')
      return this.#signed({ _type: 'timestamp', version, meta: { 'snapshot.json': { version } } });
    if (path === `/${version}.snapshot.json`)
      return this.#signed({ _type: 'snapshot', version, meta: { 'targets.json': { version } } });
    const digest = createHash('sha256').update(this.target).digest('hex');
    const target = { length: Buffer.byteLength(this.target), hashes: { sha256: digest } };
    if (path === `/${version}.targets.json`)
      return this.#signed({ _type: 'targets', version, targets: { 'trusted_root.json': target } });
    return path === `/targets/${digest}.trusted_root.json` ? (this.sent ?? this.target) : undefined;
  }

  #signed(content: object, expires = this.expires): string {
    const signed = { spec_version: '1.0.31', expires: `${expires.toISOString().slice(0, 19)}Z`, ...content };
    const sig = sign(null, Buffer.from(canonical(signed)), this.#key).toString('hex');
    return JSON.stringify({ signed, signatures: [{ keyid: this.#keyid, sig }] });
  }
}

let instance: SigstoreInstance;

beforeEach(async () => {
  instance = await SigstoreInstance.start();
  onTestFinished(() => instance[Symbol.asyncDispose]());
});

async function place() {
  const folder = await temporaryFolder();
  const repository = new Repository(instance.trustedRoot());
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    repository.asked.push(path);
    repository.onAsked?.(path);
    const file = repository.file(path);
    response.writeHead(file === undefined ? 404 : repository.status).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const mirror = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
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

test.each<readonly [about: string, code: string, change: (repository: Repository) => void]>([
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
  await writeFile(join(folder, 'root.json'), new Repository('').root());
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
