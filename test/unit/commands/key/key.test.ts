// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { command } from '../../../../src/commands/key/key.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf, NOW, PASSPHRASE, signer, vector } from '../../../support/signing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (texts: Readonly<Record<string, string>>) =>
  runCommand(command, texts, new FakeHost({ cwd: folder, now: NOW }));

test('generate writes three identities that sign, secret files for the owner alone', async () => {
  const result = await run({ task: 'generate\nkeys', passphrase: 'correct horse', name: 'Release' });
  expect(result.text).toContain('protected by a passphrase');
  const read = async (name: string) => readFile(join(folder, 'keys', name), 'utf8');
  for (const name of await readdir(join(folder, 'keys'))) {
    const secret = ['pgp-secret.asc', 'key.pem', 'x509.key'].includes(name);
    expect((await stat(join(folder, 'keys', name))).mode & 0o777).toBe(secret ? 0o600 : 0o644);
  }
  const pgp = await signer({ method: 'pgp', key: new Secret(await read('pgp-secret.asc')), passphrase: PASSPHRASE });
  const bare = await signer({ method: 'key', key: new Secret(await read('key.pem')), passphrase: PASSPHRASE });
  const x509 = await signer({
    method: 'x509',
    key: new Secret(await read('x509.key')),
    passphrase: PASSPHRASE,
    certificate: await read('x509.crt'),
    certificateChain: await read('x509-intermediates.pem'),
  });
  expect(result.text).toContain(pgp.identity.method === 'pgp' ? pgp.identity.fingerprint : '');
  expect(result.text).toContain(bare.identity.method === 'key' ? bare.identity.hint : '');
  expect(result.text).toContain(x509.identity.method === 'x509' ? x509.identity.hint : '');
});

test('generate never overwrites a file', async () => {
  await run({ task: 'generate\n.' });
  const before = await readFile(join(folder, 'pgp-secret.asc'), 'utf8');
  expect(await codeOf(run({ task: 'generate\n.' }))).toBe('USAGE_FILE_EXISTS');
  expect(await readFile(join(folder, 'pgp-secret.asc'), 'utf8')).toBe(before);
});

test.each([
  ['pgp/plain.pub.asc', ['OpenPGP public key', 'plain <plain@example.org>', 'never']],
  ['pgp/rsa3072.sec.asc', ['OpenPGP secret key']],
  ['pgp/plain.sec.bin', ['OpenPGP secret key']],
  ['pgp/expired.pub.asc', ['2026-11-10']],
  ['keys/p256.pub', ['public key', 'ecdsa-p256', 'SHA256:']],
  ['keys/p256.pub.der', ['public key', 'ecdsa-p256']],
  ['keys/p384.pem', ['private key', 'ecdsa-p384']],
  ['x509/leaf-rsa.pem', ['certificate', 'email:release@example.org', 'CN=rsa,O=Example']],
  ['x509/rsa.pem', ['CA certificate', 'rsa-2048']],
])('show %s', async (name, texts) => {
  await writeFile(join(folder, 'file'), vector(name));
  const { text, json } = await run({ task: 'show\nfile' });
  for (const expected of texts) expect(text).toContain(expected);
  expect(JSON.stringify(json)).toContain('countersign/key/v1');
});

test('show asks for the passphrase of an encrypted bare key, and never prints a secret', async () => {
  await writeFile(join(folder, 'file'), vector('keys/p256.enc.pem'));
  expect(await codeOf(run({ task: 'show\nfile' }))).toBe('SIGNATURE_PASSPHRASE_MISSING');
  const { text } = await run({ task: 'show\nfile', passphrase: 'correct horse' });
  expect(text).toContain('ecdsa-p256');
  expect(text).not.toContain('horse');
});

test.each(['show', 'generate', 'generate\na\nb', 'delete\nx'])('%j is refused', async (task) => {
  expect(await codeOf(run({ task }))).toBe('USAGE_INVALID_INPUT');
});

test('a file without any key is named as such', async () => {
  await writeFile(join(folder, 'file'), 'nonsense');
  await expect(run({ task: 'show\nfile' })).rejects.toMatchObject({
    code: 'SIGNATURE_KEY_UNREADABLE',
    message: expect.stringMatching(/^file: /),
  });
});
