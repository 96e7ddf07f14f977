// SPDX-License-Identifier: Apache-2.0
// key list, import and export: rings of Apptainer, files and folders, and key servers on this machine, good and bad.

import { createServer } from 'node:http';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { command } from '../../../../src/commands/key/key.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { generatePgpKey } from '../../../../src/crypto/pgp/generate.ts';
import { describePgpKeys } from '../../../../src/crypto/pgp/secret-key.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf, NOW, signer, vector } from '../../../support/signing.ts';

let folder: string;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-key-'));
  env = { HOME: folder };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (texts: Readonly<Record<string, string>>) =>
  runCommand(command, texts, new FakeHost({ cwd: folder, now: NOW, env }));
const newKey = (name: string) => generatePgpKey({ name, email: `${name}@example.org`, now: NOW });
const ring = () => readFile(join(folder, '.apptainer/keys/pgp-public'));
const fingerprintsOf = async (bytes: Uint8Array) =>
  (await describePgpKeys(bytes)).map(({ fingerprint }) => fingerprint);

describe('key import', () => {
  test('puts the one key that is named into Apptainer’s ring, and leaves all others as they are', async () => {
    const [alice, bob, carol] = [await newKey('alice'), await newKey('bob'), await newKey('carol')];
    await writeFile(join(folder, 'all.asc'), alice.publicKey + bob.publicKey + carol.privateKey);
    const first = await run({ task: 'import\nall.asc', fingerprint: alice.fingerprint.toLowerCase() });
    expect(first.text).toMatch(new RegExp(`^imported: ${alice.fingerprint}\n`));
    expect((await stat(join(folder, '.apptainer/keys/pgp-public'))).mode & 0o777).toBe(0o600);
    const before = await ring();
    await run({ task: 'import\nall.asc', fingerprint: carol.fingerprint });
    expect((await ring()).subarray(0, before.length)).toEqual(before);
    expect((await describePgpKeys(await ring())).map((key) => [key.fingerprint, key.secret])).toEqual([
      [alice.fingerprint, false],
      [carol.fingerprint, false],
    ]);
    const again = await run({ task: 'import\nall.asc', fingerprint: alice.fingerprint });
    expect(again.text).toMatch(/^there already: /);
    const listed = await run({ task: 'list' });
    for (const text of ['apptainer:public', alice.fingerprint, 'carol <carol@example.org>', 'ed25519', 'never'])
      expect(listed.text).toContain(text);
    expect(listed.text).not.toContain(bob.fingerprint);
  });

  test('joins copies, so that no revocation is lost', async () => {
    const [plain, revoked] = [vector('pgp/plain.pub.asc'), vector('pgp/revoked.pub.asc')];
    const [fingerprint = ''] = await fingerprintsOf(revoked);
    for (const [name, bytes] of Object.entries({ plain, revoked })) await writeFile(join(folder, `${name}.asc`), bytes);
    await run({ task: 'import\nrevoked.asc', fingerprint, into: 'keys/' });
    const before = await readFile(join(folder, 'keys', `${fingerprint}.asc`), 'utf8');
    const exported = await run({ task: `export\nkeys/${fingerprint}.asc` });
    expect(exported.text).toBe(before);
    expect((await run({ task: 'import\nrevoked.asc', fingerprint, into: 'keys/' })).text).toMatch(/^there already/);
  });

  test('wants a whole fingerprint, and a place for public keys', async () => {
    const { fingerprint, publicKey } = await newKey('alice');
    await writeFile(join(folder, 'a.asc'), publicKey);
    expect(await codeOf(run({ task: 'import\na.asc' }))).toBe('USAGE_MISSING_INPUT');
    expect(await codeOf(run({ task: 'import\na.asc', fingerprint: fingerprint.slice(24) }))).toBe(
      'USAGE_INVALID_INPUT',
    );
    expect(await codeOf(run({ task: 'import\na.asc', fingerprint, into: 'apptainer:secret' }))).toBe(
      'USAGE_INVALID_INPUT',
    );
    expect(await codeOf(run({ task: 'list\napptainer:other' }))).toBe('USAGE_INVALID_INPUT');
    expect(await codeOf(run({ task: 'import\na.asc', fingerprint: '0'.repeat(40) }))).toBe('KEYRING_KEY_MISSING');
    expect(await codeOf(run({ task: 'list\na.asc', fingerprint: '0'.repeat(40) }))).toBe('KEYRING_KEY_MISSING');
    expect(await codeOf(run({ task: 'export\na.asc', fingerprint: '0'.repeat(40) }))).toBe('KEYRING_KEY_MISSING');
  });

  test('leaves a ring alone that it cannot read, and one that it may not write', async () => {
    const { fingerprint, publicKey } = await newKey('alice');
    await writeFile(join(folder, 'a.asc'), publicKey);
    await mkdir(join(folder, '.apptainer/keys'), { recursive: true });
    const path = join(folder, '.apptainer/keys/pgp-public');
    await writeFile(path, 'what is this?');
    expect(await codeOf(run({ task: 'import\na.asc', fingerprint }))).toBe('SIGNATURE_KEY_UNREADABLE');
    expect(await readFile(path, 'utf8')).toBe('what is this?');
    await chmod(path, 0o600);
  });
});

test('key list names every place, APPTAINER_KEYSDIR before the home', async () => {
  const { publicKey, privateKey, fingerprint } = await newKey('alice');
  await mkdir(join(folder, 'ring'));
  env = { HOME: '/nowhere', APPTAINER_KEYSDIR: join(folder, 'ring') };
  expect((await run({ task: 'list' })).text).toBe('no key\n');
  await writeFile(join(folder, 'ring/pgp-secret'), privateKey);
  await mkdir(join(folder, 'team'));
  await writeFile(join(folder, 'team/alice.asc'), publicKey);
  const { text, json } = await run({ task: 'list\napptainer:secret\nteam' });
  expect(text).toContain(`apptainer:secret (${folder}/ring/pgp-secret):\n  OpenPGP secret key\n`);
  expect(text).toContain(`team/alice.asc:\n  OpenPGP public key\n    fingerprint  ${fingerprint}\n`);
  expect(json).toMatchObject({ files: [{ keys: [{ algorithm: 'ed25519' }] }, { keys: [{ expires: null }] }] });
  expect(text).not.toContain('PRIVATE');
});

test('key export gives public keys, of secret ones too, that verify', async () => {
  const alice = await newKey('alice');
  await writeFile(join(folder, 'secret.asc'), alice.privateKey);
  const { text } = await run({ task: 'export\nsecret.asc' });
  expect(text).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[^]*-----END PGP PUBLIC KEY BLOCK-----\n$/);
  const one = await signer({ method: 'pgp', key: new Secret(alice.privateKey) });
  expect(await fingerprintsOf(Buffer.from(text ?? ''))).toEqual([
    one.identity.method === 'pgp' && one.identity.fingerprint,
  ]);
  const bare = Buffer.from(vector('keys/p256.pub')).toString();
  for (const name of ['keys/p256.pub', 'keys/p256.pub.der', 'keys/p256.pem']) {
    await writeFile(join(folder, 'key'), vector(name));
    expect((await run({ task: 'export\nkey' })).text).toBe(bare);
  }
  await writeFile(join(folder, 'key'), vector('x509/leaf-rsa.pem'));
  expect(await codeOf(run({ task: 'export\nkey' }))).toBe('SIGNATURE_TRUST_UNREADABLE');
});

describe('a key server', () => {
  interface Asked {
    readonly host: string;
    readonly paths: string[];
  }

  async function serve(
    answer: (path: string) => { readonly status?: number; readonly body: string | Uint8Array },
  ): Promise<Asked> {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      const { status = 200, body } = answer(request.url ?? '');
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    // oxlint-disable-next-line no-unsafe-type-assertion
    const { port } = server.address() as AddressInfo;
    return { host: `127.0.0.1:${port}`, paths };
  }

  test('is asked by the whole fingerprint alone, and only that key is taken', async () => {
    const [alice, other] = [await newKey('alice'), await newKey('other')];
    const { host, paths } = await serve(() => ({ body: other.publicKey + alice.publicKey }));
    await run({ task: `import\nhkp://${host}`, fingerprint: alice.fingerprint, into: 'alice.asc' });
    expect(paths).toEqual([`/pks/lookup?op=get&options=mr&search=0x${alice.fingerprint}`]);
    expect(await fingerprintsOf(await readFile(join(folder, 'alice.asc')))).toEqual([alice.fingerprint]);
  });

  test('that is a web key directory is asked by the hash of the name', async () => {
    const alice = await newKey('alice');
    const { host, paths } = await serve(() => ({ body: alice.publicKey }));
    await run({ task: `import\nwkd:Joe.Doe@${host}`, fingerprint: alice.fingerprint });
    // The example of the specification.
    expect(paths).toEqual(['/.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe']);
    expect(await fingerprintsOf(await ring())).toEqual([alice.fingerprint]);
  });

  test.each([
    ['another key', 'KEYRING_KEY_OTHER', async () => ({ body: (await newKey('mallory')).publicKey })],
    ['a page', 'KEYRING_ANSWER_INVALID', async () => ({ body: '<!doctype html><p>Key found!' })],
    ['nothing at all', 'KEYRING_ANSWER_INVALID', async () => ({ body: '' })],
    ['no key', 'KEYRING_KEY_MISSING', async () => ({ status: 404, body: 'not found' })],
    ['an error', 'KEYRING_ANSWER_INVALID', async () => ({ status: 500, body: 'oops' })],
    ['half a key', 'KEYRING_ANSWER_INVALID', async () => ({ body: (await newKey('alice')).publicKey.slice(0, 200) })],
    ['too much', 'NETWORK_RESPONSE_TOO_LARGE', async () => ({ body: Buffer.alloc(5 * 1024 * 1024) })],
  ])('that answers with %s changes nothing', async (_name, code, answer) => {
    const alice = await newKey('alice');
    const prepared = await answer();
    const { host } = await serve(() => prepared);
    expect(await codeOf(run({ task: `import\nhkp://${host}`, fingerprint: alice.fingerprint }))).toBe(code);
    expect(await codeOf(run({ task: 'list\napptainer:public', fingerprint: alice.fingerprint }))).toBe(
      'KEYRING_KEY_MISSING',
    );
  });

  test('is given a public key when that is asked for, and nothing else', async () => {
    const [alice, bob] = [await newKey('alice'), await newKey('bob')];
    await writeFile(join(folder, 'secret.asc'), bob.privateKey + alice.privateKey);
    let sent = '';
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
      request.on('end', () => void response.writeHead(request.url === '/pks/add' ? 200 : 404).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    // oxlint-disable-next-line no-unsafe-type-assertion
    const into = `hkp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const task = 'send\nsecret.asc';
    expect((await run({ task, fingerprint: alice.fingerprint, into })).text).toMatch(/^sent: /);
    const keytext = new URLSearchParams(sent).get('keytext') ?? '';
    expect((await describePgpKeys(Buffer.from(keytext))).map((key) => [key.fingerprint, key.secret])).toEqual([
      [alice.fingerprint, false],
    ]);
    expect(await codeOf(run({ task, fingerprint: alice.fingerprint }))).toBe('USAGE_MISSING_INPUT');
    expect(await codeOf(run({ task, into }))).toBe('USAGE_MISSING_INPUT');
    const { host } = await serve(() => ({ status: 403, body: '' }));
    expect(await codeOf(run({ task, fingerprint: alice.fingerprint, into: `hkp://${host}` }))).toBe(
      'KEYRING_ANSWER_INVALID',
    );
  });

  test('that is silent is waited for no longer than asked', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    // oxlint-disable-next-line no-unsafe-type-assertion
    const place = `hkp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const alice = await newKey('alice');
    await writeFile(join(folder, 'alice.asc'), alice.publicKey);
    const asked = { fingerprint: alice.fingerprint, timeout: '1s' };
    for (const texts of [{ task: `import\n${place}` }, { task: 'send\nalice.asc', into: place }])
      await expect(run({ ...asked, ...texts })).rejects.toMatchObject({
        code: 'NETWORK_TIMEOUT',
        message: expect.stringContaining('1000 ms'),
      });
  });

  test('is reached with TLS, or on this machine', async () => {
    const fingerprint = 'AB'.repeat(20);
    await expect(run({ task: 'import\nhkp://192.0.2.1', fingerprint })).rejects.toMatchObject({
      code: 'NETWORK_PLAIN_HTTP_REFUSED',
      hint: expect.stringContaining('hkps://HOST'),
    });
    for (const source of ['hkps://', 'hkps://user@host', 'hkps://host/path', 'wkd:alice', 'wkd:@example.org'])
      expect(await codeOf(run({ task: `import\n${source}`, fingerprint }))).toBe('USAGE_INVALID_INPUT');
  });
});
