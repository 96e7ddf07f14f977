// SPDX-License-Identifier: Apache-2.0
// What the child that loads keys of tokens answers, and what OpenSSL's provider logs, in words: the answers and logs are
// those of pkcs11-provider 1.3 with SoftHSM (test/interop/external-keys.test.ts has the real ones).

import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { utf8 } from '../../../../src/base/bytes.ts';
import { codeOf, NOW, signer } from '../../../support/signing.ts';
import { programFolder, worldOf } from '../../../support/key-programs.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SPKI = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const PIN = '86420135';
const STARTED = 'OSSL_provider_init(): Starting provider pkcs11-provider 1.3\n';
const FETCHED = `${STARTED}store_fetch(): called\n`;
const found = (count: number) => `${FETCHED}p11prov_obj_find(): Find objects: found ${count} objects; Returning 0\n`;
const FAILED = {
  error: 'Failed to load private key through an OpenSSL STORE loader',
  code: 'ERR_CRYPTO_OPERATION_FAILED',
};

/** A signer of a token whose child is a script, under the real Node and with the configuration that we write. */
async function signerOf(
  body: string,
  {
    log = found(1),
    key = 'pkcs11:token=hsm;object=a',
    pin = PIN,
  }: { log?: string; key?: string; pin?: string | null } = {},
) {
  const folder = await programFolder(
    'child.cjs',
    `const fs = require('node:fs'), crypto = require('node:crypto');
     const request = JSON.parse(fs.readFileSync(0));
     const answer = (value) => process.stdout.write(JSON.stringify(value));
     fs.writeFileSync(process.env.PKCS11_PROVIDER_DEBUG.slice('file:'.length), ${JSON.stringify(log)});
     fs.writeFileSync(__dirname + '/seen', JSON.stringify({ request, argv: process.argv, execArgv: process.execArgv, env: process.env }));
     fs.copyFileSync(process.execArgv[0].split('=')[1], __dirname + '/config');
     ${body}`,
  );
  const modules = await temporaryFolder();
  await writeFile(join(modules, 'pkcs11.so'), 'no library: the configuration that names it is never used');
  const script = join(folder, 'child.cjs');
  const world = await worldOf([], {
    variables: { OPENSSL_MODULES: modules, SECRET: 'x' },
    // Node would load the provider before the script runs.
    tokenChild: { program: process.execPath, script },
  });
  const passphrase = pin === null ? undefined : new Secret(pin);
  return { folder, modules, signer: signer({ method: 'key', key: new Secret(key), passphrase, world }) };
}

const GOOD = `answer(request.message === null ? { publicKey: ${JSON.stringify(SPKI)} }
  : { signature: crypto.sign('sha256', Buffer.from(request.message, 'base64'), ${JSON.stringify(PEM)}).toString('base64') });`;

describe('a token', () => {
  test('signs; its PIN is in the standard input of the child and nowhere else', async () => {
    const {
      folder,
      modules,
      signer: opened,
    } = await signerOf(GOOD, { key: 'pkcs11:token=hsm;object=a?module-path=/opt/p11.so' });
    const one = await opened;
    expect(one.identity).toMatchObject({ method: 'key', algorithm: 'ecdsa-p256' });
    await one.signPae(utf8('message'), NOW);
    const { request, ...outside } = JSON.parse(await readFile(join(folder, 'seen'), 'utf8'));
    expect(request).toEqual({
      uri: 'pkcs11:token=hsm;object=a;type=private',
      pin: PIN,
      message: Buffer.from('message').toString('base64'),
    });
    expect(JSON.stringify(outside)).not.toContain(PIN);
    expect(Object.keys(outside.env).sort()).toEqual(['HOME', 'PATH', 'PKCS11_PROVIDER_DEBUG']);
    const config = await readFile(join(folder, 'config'), 'utf8');
    expect(config).toContain(`module = ${modules}/pkcs11.so\npkcs11-module-path = /opt/p11.so\n`);
    expect(config).not.toContain(PIN);
  });

  const fails = (error: object) => `answer(${JSON.stringify({ node: '24.21.0', ...error })})`;
  test.each([
    ['KEY_TOKEN_PIN_WRONG', fails(FAILED), `${FETCHED}p11prov_Login(): Error 160 returned by C_Login\n`],
    ['KEY_TOKEN_PIN_WRONG', fails(FAILED), `${FETCHED}p11prov_Login(): Error 164 returned by C_Login\n`],
    ['KEY_TOKEN_MISSING', fails(FAILED), `${FETCHED}store_fetch(): Failed to get session to load keys (ret=1)\n`],
    ['KEY_TOKEN_OBJECT_MISSING', fails(FAILED), found(0)],
    ['KEY_TOKEN_OBJECT_SEVERAL', GOOD, found(2)],
    ['KEY_TOKEN_OBJECT_SEVERAL', GOOD, found(1) + found(1)],
    ['KEY_TOKEN_OBJECT_SEVERAL', GOOD, FETCHED],
    ['KEY_REFUSED', fails({ error: 'operation not supported for this keytype', code: null }), found(1)],
    ['KEY_TOKEN_MODULE_FAILED', fails({ error: 'error:40800005:pkcs11::General Error', code: null }), STARTED],
    ['KEY_TOKEN_PROVIDER_MISSING', fails({ error: 'error:1608010C:STORE routines::unsupported', code: null }), ''],
    ['KEY_TOKEN_NODE_TOO_OLD', fails({ error: 'must be of type', code: 'ERR_INVALID_ARG_TYPE' }), ''],
    ['KEY_TOKEN_MODULE_FAILED', 'process.kill(process.pid, "SIGSEGV")', FETCHED],
    ['KEY_ANSWER_INVALID', 'process.stdout.write("?")', ''],
    ['KEY_ANSWER_INVALID', 'answer({})', found(1)],
    ['KEY_ANSWER_INVALID', 'answer({ publicKey: "*" })', found(1)],
    ['KEY_LEAKED', `process.stderr.write(request.pin)`, ''],
  ])('that fails is told by its cause: %s', async (code, body, log) => {
    expect(await codeOf((await signerOf(body, { log })).signer)).toBe(code);
  });

  test('that asks for a PIN which was not given says so', async () => {
    const asks = fails({ error: 'Passphrase required for encrypted key', code: 'ERR_MISSING_PASSPHRASE' });
    expect(await codeOf((await signerOf(asks, { log: FETCHED, pin: null })).signer)).toBe('KEY_TOKEN_PIN_MISSING');
  });

  test('without OpenSSL’s provider cannot be reached', async () => {
    const world = await worldOf([], { variables: { OPENSSL_MODULES: await temporaryFolder() } });
    const key = new Secret('pkcs11:token=hsm;object=a');
    const code = await codeOf(signer({ method: 'key', key, world }));
    // Where the provider is installed it is found, and then there is no such token.
    expect(['KEY_TOKEN_PROVIDER_MISSING', 'KEY_TOKEN_MISSING', 'KEY_TOKEN_MODULE_FAILED']).toContain(code);
  });
});
