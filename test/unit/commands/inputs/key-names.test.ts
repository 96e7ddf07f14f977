// SPDX-License-Identifier: Apache-2.0
// Names of keys as inputs: no secrets, allowed as flags, and what a run does with them.

import { generateKeyPairSync } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command as key } from '../../../../src/commands/key/key.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { spec } from '../../../../src/commands/sign-stage/spec.ts';
import { readArguments } from '../../../../src/entry/command-line.ts';
import { runTool } from '../../../../src/host/run-tool.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { pluginScript, programFolder } from '../../../support/key-programs.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf } from '../../../support/signing.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const NAME = 'test://the/key';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PRIVATE = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const PUBLIC = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const SIGN = { 'subject-path': 'app.sif', stage: 'author', 'signing-method': 'key', key: NAME, 'key-plugins': 'test' };

/** A host with an image and one plugin. */
async function hostWith(body = ''): Promise<FakeHost> {
  const folder = await temporaryFolder();
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'app.sif'));
  const program = join(await programFolder('sigstore-kms-test', pluginScript(PRIVATE, body)), 'sigstore-kms-test');
  return new FakeHost({
    cwd: folder,
    env: { PATH: '/usr/bin' },
    programs: { 'sigstore-kms-test': program },
    run: (call) =>
      runTool(call, {
        env: Object.fromEntries(Object.entries(call.env ?? {}).map(([name, value]) => [name, value ?? ''])),
        timeoutMs: undefined,
      }),
  });
}

describe('the name of a key', () => {
  test('may be a flag; a key may not, nor a name with a PIN', () => {
    const read = (value: string) => readArguments(spec, ['--key', value, 'app.sif'], {}).texts.get('key');
    expect(read(NAME)).toBe(NAME);
    expect(read('pkcs11:token=a;object=b')).toBe('pkcs11:token=a;object=b');
    for (const value of [PRIVATE, 'secret', 'pkcs11:token=a;object=b?pin-value=1234'])
      expect(() => read(value)).toThrow('would show a secret');
  });

  test('is no secret, as text or in a file; what stands beside it is', async () => {
    await using host = await hostWith();
    await writeFile(join(host.cwd, 'name'), `${NAME}\n`);
    const { key: _, ...rest } = SIGN;
    const result = await runCommand(signStage, { ...rest, 'key-path': 'name', passphrase: 'a secret' }, host);
    expect(result.exitCode).toBe(0);
    expect(host.masks).toEqual(['a secret']);
    await using other = await hostWith();
    const pin = 'pkcs11:token=a;object=b?pin-value=1234';
    expect(await codeOf(runCommand(signStage, { ...SIGN, key: pin }, other))).toBe('KEY_NAME_INVALID');
    expect(other.masks).toContain(pin);
  });

  test('signs with a warning unless something says which key it is', async () => {
    await using host = await hostWith();
    await runCommand(signStage, SIGN, host);
    expect(host.log.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^no policy and no expected-key says/),
    );
    await using pinned = await hostWith();
    await runCommand(signStage, { ...SIGN, 'expected-key': PUBLIC }, pinned);
    expect(pinned.log.filter(({ level }) => level === 'warning')).toEqual([]);
  });

  test('goes with no expected key for OpenPGP, where the fingerprint is one', async () => {
    await using host = await hostWith();
    const texts = { ...SIGN, 'signing-method': 'pgp', 'expected-key': PUBLIC };
    expect(await codeOf(runCommand(signStage, texts, host))).toBe('USAGE_CONFLICTING_INPUTS');
  });

  test('of a plugin that lies, hangs or is not allowed leaves the image as it was', async () => {
    const wrong = `answers.signMessage = () => say({ signMessage: { signature: crypto.sign('sha256', 'x', key).toString('base64') } });`;
    for (const [body, more, code] of [
      [wrong, {}, 'KEY_SIGNATURE_WRONG'],
      ['', { 'key-plugins': 'other' }, 'KEY_PLUGIN_NOT_ALLOWED'],
      ['process.exit()', {}, 'KEY_ANSWER_INVALID'],
      ['setInterval(() => {}, 1000); answers.publicKey = () => {};', { timeout: '1s' }, 'KEY_TIMEOUT'],
    ] as const) {
      await using host = await hostWith(body);
      const before = await readFile(join(host.cwd, 'app.sif'));
      expect(await codeOf(runCommand(signStage, { ...SIGN, ...more }, host)), body).toBe(code);
      expect(await readFile(join(host.cwd, 'app.sif'))).toEqual(before);
    }
  });

  test('is shown and exported like a file', async () => {
    await using host = await hostWith();
    const shown = await runCommand(key, { task: `show\n${NAME}`, 'key-plugins': 'test' }, host);
    expect(shown.text).toMatch(/^test:\/\/the\/key:\n {2}public key\n {4}algorithm {4}ecdsa-p256\n/);
    expect((await runCommand(key, { task: `export\n${NAME}`, 'key-plugins': 'test' }, host)).text).toBe(PUBLIC);
  });
});
