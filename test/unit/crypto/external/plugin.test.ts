// SPDX-License-Identifier: Apache-2.0
// Plugins as real processes: what a good one does, and everything that a bad one can do.

import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { utf8 } from '../../../../src/base/bytes.ts';
import { Holder, type KeyWorld } from '../../../../src/crypto/external/holder.ts';
import type { Signer } from '../../../../src/crypto/signer.ts';
import { pluginScript, programFolder, worldOf } from '../../../support/key-programs.ts';
import { codeOf, NOW, signer, verifier } from '../../../support/signing.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const KEYS = {
  'ecdsa-p256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ed25519: generateKeyPairSync('ed25519'),
  'rsa-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const KEY = KEYS['ecdsa-p256'].privateKey.export(pem).toString();
const PUBLIC = KEYS['ecdsa-p256'].publicKey.export({ type: 'spki', format: 'pem' }).toString();
const OTHER = KEYS.ed25519.privateKey.export(pem).toString();
const PAE = utf8('what is signed');

interface More extends Partial<KeyWorld> {
  readonly expectedKey?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

async function signerBy(script: string, { expectedKey, ...more }: More = {}): Promise<Signer> {
  const world = await worldOf([await programFolder('sigstore-kms-test', script)], more);
  return signer({ method: 'key', key: new Secret('test://the/key'), world, expectedKey });
}

/** The code that signing ends with, after the key was read. */
async function codeOfSigning(script: string, more: More = {}): Promise<string> {
  const one = await signerBy(script, more);
  return codeOf(one.signPae(PAE, NOW));
}

describe('a plugin', () => {
  test.each(Object.entries(KEYS))('signs with %s, for bundles and natively', async (algorithm, { privateKey }) => {
    const one = await signerBy(pluginScript(privateKey.export(pem).toString()));
    expect(one.identity).toMatchObject({ method: 'key', algorithm });
    expect(one.isProtected).toBe(true);
    const check = await verifier(one.publicMaterial);
    const { material, native } = one;
    const signature = await one.signPae(PAE, NOW);
    const input = { pae: PAE, material, keyid: undefined, hashing: 'bundle' } as const;
    expect((await check.verifyDsse({ ...input, signature }, NOW)).status).toBe('valid');
    if (native.format !== 'dsse') throw new Error('a bare key signs natively as DSSE');
    const nativeInput = { ...input, hashing: 'native', material: undefined, keyid: native.keyid } as const;
    const nativeSignature = await native.signNativePae(PAE);
    expect((await check.verifyDsse({ ...nativeInput, signature: nativeSignature }, NOW)).status).toBe('valid');
  });

  test('is asked as Sigstore’s protocol says, in an empty folder, with no environment but what is named', async () => {
    const noted = `fs.appendFileSync(process.env.NOTES, JSON.stringify({ version, request, env: process.env, cwd: fs.readdirSync('.') }) + '\\n');`;
    const notes = join(await programFolder('unused', ''), 'notes');
    const variables = { NOTES: notes, AWS_REGION: 'eu-central-1', GITHUB_TOKEN: 'not for plugins' };
    const one = await signerBy(pluginScript(KEY, noted), {
      variables,
      environment: ['NOTES', 'AWS_REGION', 'MISSING'],
    });
    await one.signPae(PAE, NOW);
    const [first, second] = (await readFile(notes, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const initOptions = { protocolVersion: 'v1', keyResourceID: 'the/key', hashFunc: 5, rpcOptions: {} };
    expect(first).toMatchObject({
      version: 'v1',
      request: { initOptions, methodName: 'publicKey', publicKey: { publicKeyOptions: { rpcOptions: {} } } },
      cwd: [],
    });
    expect(second.request).toEqual({
      initOptions,
      methodName: 'signMessage',
      signMessage: { signOptions: { rpcOptions: {}, messageOptions: {} } },
    });
    expect(Object.keys(first.env).sort()).toEqual(['AWS_REGION', 'HOME', 'NOTES', 'PATH']);
  });

  test('has the expected key, or is refused before it signs', async () => {
    expect((await signerBy(pluginScript(KEY), { expectedKey: PUBLIC })).method).toBe('key');
    expect(await codeOf(signerBy(pluginScript(OTHER), { expectedKey: PUBLIC }))).toBe('KEY_UNEXPECTED');
    expect(await codeOf(signer({ method: 'key', key: new Secret(OTHER), expectedKey: PUBLIC }))).toBe('KEY_UNEXPECTED');
  });

  test('that is not listed does not run; one that is not there is named', async () => {
    expect(await codeOf(signerBy(pluginScript(KEY), { plugins: ['tes', 'test2'] }))).toBe('KEY_PLUGIN_NOT_ALLOWED');
    const world = await worldOf([]);
    const missing = signer({ method: 'key', key: new Secret('test://x'), world });
    await expect(missing).rejects.toThrow('sigstore-kms-test is not on PATH');
    expect(await codeOf(missing)).toBe('KEY_PLUGIN_MISSING');
  });

  test('that hangs is ended', async () => {
    const hanging = `answers.signMessage = () => { fs.writeFileSync(process.env.NOTES, String(process.pid)); setInterval(() => {}, 1000); };`;
    const notes = join(await programFolder('unused', ''), 'notes');
    const more = { variables: { NOTES: notes }, environment: ['NOTES'], timeoutMs: 1500 };
    expect(await codeOfSigning(pluginScript(KEY, hanging), more)).toBe('KEY_TIMEOUT');
    const pid = Number(await readFile(notes, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'process.stdout.write("signed!")'],
    ['two documents', 'answers.publicKey(); say({})'],
    ['a list', 'say([])'],
    ['another answer', 'say({ defaultAlgorithm: { defaultAlgorithm: "x" } })'],
    ['null', 'say({ signMessage: null })'],
    ['no signature', 'say({ signMessage: {} })'],
    ['an empty signature', 'say({ signMessage: { signature: "" } })'],
    ['a signature that is not Base64', 'say({ signMessage: { signature: "*" } })'],
    [
      'a member twice',
      'process.stdout.write(`{"signMessage":{"signature":"AA=="},"signMessage":{"signature":"AA=="}}`)',
    ],
    ['too much', 'process.stdout.write("x".repeat(2 ** 21))'],
    ['an end by a signal', 'process.kill(process.pid, "SIGKILL")'],
  ])('that answers with %s is named so', async (_name, body) => {
    expect(await codeOfSigning(pluginScript(KEY, `answers.signMessage = () => { ${body} };`))).toBe(
      'KEY_ANSWER_INVALID',
    );
  });

  test.each([
    ['no key', 'say({ publicKey: { publicKeyPEM: "" } })'],
    ['another text', 'say({ publicKey: { publicKeyPEM: Buffer.from("hello").toString("base64") } })'],
    [
      'two keys',
      'say({ publicKey: { publicKeyPEM: Buffer.from((Buffer.from(pem(key), "base64") + "").repeat(2)).toString("base64") } })',
    ],
  ])('that gives %s for its public key is named so', async (_name, body) => {
    expect(await codeOf(signerBy(pluginScript(KEY, `answers.publicKey = () => ${body};`)))).toBe('KEY_ANSWER_INVALID');
  });

  test('that says no is quoted, in one line without control characters', async () => {
    const body = 'answers.signMessage = () => say({ errorMessage: "\\u001b[31mAccessDenied\\n" + "x".repeat(1000) });';
    const one = await signerBy(pluginScript(KEY, body));
    const failed = one.signPae(PAE, NOW);
    expect(await codeOf(failed)).toBe('KEY_REFUSED');
    await expect(failed).rejects.toThrow(/^sigstore-kms-test says: [^\n]*AccessDenied; x{100,300}…$/u);
    await expect(failed).rejects.not.toThrow('\u001b');
  });

  test.each([
    ['over something else', `crypto.sign('sha256', 'x', key)`],
    ['with another hash', `crypto.sign('sha512', fs.readFileSync(0), key)`],
    ['by another key', `crypto.sign(null, fs.readFileSync(0), ${JSON.stringify(OTHER)})`],
    ['of one byte', 'Buffer.alloc(1)'],
  ])('that signs %s is refused', async (_name, signature) => {
    const body = `answers.signMessage = () => say({ signMessage: { signature: ${signature}.toString('base64') } });`;
    expect(await codeOfSigning(pluginScript(KEY, body))).toBe('KEY_SIGNATURE_WRONG');
  });

  test('whose key is another one when it signs is told so', async () => {
    const body = `
      const state = process.env.NOTES, other = crypto.createPrivateKey(${JSON.stringify(OTHER)});
      if (fs.existsSync(state)) answers.publicKey = () => say({ publicKey: { publicKeyPEM: pem(other) } });
      answers.signMessage = () => say({ signMessage: { signature: crypto.sign(null, fs.readFileSync(0), other).toString('base64') } });
      fs.writeFileSync(state, '');`;
    const notes = join(await programFolder('unused', ''), 'notes');
    const more = { variables: { NOTES: notes }, environment: ['NOTES'] };
    expect(await codeOfSigning(pluginScript(KEY, body), more)).toBe('KEY_UNEXPECTED');
  });

  describe('that prints a secret is refused, and its output is not repeated:', () => {
    const TOKEN = 'hvs.CAESIJ-very-secret';
    const more = {
      variables: { VAULT_TOKEN: TOKEN, VAULT_ADDR: 'https://vault.example' },
      environment: ['VAULT_TOKEN', 'VAULT_ADDR'],
    };
    const private64 = `Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })).toString('base64')`;
    test.each([
      ['its key, beside the answer', `process.stderr.write(key.export({ type: 'pkcs8', format: 'pem' }))`],
      ['its key, in the answer', `say({ key: key.export({ type: 'pkcs8', format: 'pem' }) })`],
      ['its key for the public one', `say({ publicKey: { publicKeyPEM: ${private64} } })`],
      ['its token in an error', `say({ errorMessage: 'denied for ' + process.env.VAULT_TOKEN })`],
      [
        'its token in a log',
        `process.stderr.write('using ' + process.env.VAULT_TOKEN); say({ publicKey: { publicKeyPEM: pem(key) } })`,
      ],
      [
        'its key in DER',
        `process.stderr.write(key.export({ type: 'pkcs8', format: 'der' }).toString('base64')); say({ publicKey: { publicKeyPEM: pem(key) } })`,
      ],
      [
        'its key as JSON',
        `process.stderr.write(JSON.stringify(key.export({ format: 'jwk' }))); say({ publicKey: { publicKeyPEM: pem(key) } })`,
      ],
    ])('%s', async (_name, body) => {
      const failed = signerBy(pluginScript(KEY, `answers.publicKey = () => { ${body} };`), more);
      expect(await codeOf(failed)).toBe('KEY_LEAKED');
      await expect(failed).rejects.not.toThrow(/PRIVATE|hvs/);
    });

    test('an address is none', async () => {
      const body = `process.stderr.write(process.env.VAULT_ADDR);`;
      expect((await signerBy(pluginScript(KEY, body), more)).method).toBe('key');
    });
  });
});

const WORLD: KeyWorld = {
  run: async () => ({ exitCode: 0, stdout: '', stderr: '' }),
  which: async (program) => program,
  tokenChild: { program: 'none', script: 'none' },
  env: {},
  temporaryFolder: async () => '.',
  plugins: [],
  environment: [],
  timeoutMs: 1000,
};

test.each(['pkcs8', 'sec1', 'pkcs1'] as const)(
  'a key in Base64 of %s among 9,000 signatures is found, at no cost',
  async (type) => {
    const signatures = Array.from({ length: 9000 }, (_, at) => {
      const r = at.toString(16).padStart(64, '1');
      return Buffer.from(`304402200${r.slice(1)}02200${r.slice(1)}`, 'hex').toString('base64');
    });
    const key =
      type === 'pkcs1'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
        : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const holder = (text: string) =>
      new Holder('x', { ...WORLD, run: async () => ({ exitCode: 0, stdout: text, stderr: '' }) }).run({
        program: 'x',
        args: [],
      });
    const before = process.cpuUsage();
    await holder(signatures.join('\n'));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1.5);
    const secret = key.export({ type, format: 'der' }).toString('base64');
    await expect(holder([...signatures, secret].join('\n'))).rejects.toMatchObject({ code: 'KEY_LEAKED' });
  },
);
