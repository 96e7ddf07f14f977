// SPDX-License-Identifier: Apache-2.0
// A key file that needs no passphrase signs with a warning, or not at all.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { generateEcKey } from '../../../../src/crypto/key-generate.ts';
import { generatePgpKey } from '../../../../src/crypto/pgp/generate.ts';
import { generateX509Chain } from '../../../../src/crypto/x509/generate.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { codeOf, PASSPHRASE, vector } from '../../../support/signing.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const now = new FakeHost().now();

async function keyFile(method: string, passphrase: typeof PASSPHRASE | undefined) {
  const name = 'Ann';
  const email = 'ann@example.org';
  if (method === 'pgp') return { key: (await generatePgpKey({ name, email, passphrase, now })).privateKey };
  if (method === 'key') return { key: generateEcKey(passphrase).privateKey };
  const { privateKey, certificate, intermediates } = await generateX509Chain({ name, email, days: 2, passphrase, now });
  return { key: privateKey, certificate, 'certificate-chain': intermediates };
}

async function signing(texts: Readonly<Record<string, string>>) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'app.sif'), typicalSif().bytes());
  const host = new FakeHost({ cwd });
  const given = { 'subject-path': 'app.sif', stage: 'author', ...texts };
  return {
    run: () => runCommand(signStage, given, host),
    warnings: () => host.log.filter(({ level, text }) => level === 'warning' && text.includes('passphrase')),
  };
}

test.each(['pgp', 'key', 'x509'])('%s without passphrase', async (method) => {
  const texts = { 'signing-method': method, ...(await keyFile(method, undefined)) };
  const { run, warnings } = await signing(texts);
  expect((await run()).exitCode).toBe(0);
  expect(warnings()).toHaveLength(1);
  const strict = await signing({ ...texts, 'require-passphrase': 'true' });
  expect(await codeOf(strict.run())).toBe('SIGNATURE_PASSPHRASE_REQUIRED');
});

test.each(['pgp', 'key', 'x509'])('%s with passphrase', async (method) => {
  const texts = { 'signing-method': method, ...(await keyFile(method, PASSPHRASE)) };
  const { run, warnings } = await signing({
    ...texts,
    passphrase: PASSPHRASE.revealText(),
    'require-passphrase': 'true',
  });
  expect((await run()).exitCode).toBe(0);
  expect(warnings()).toEqual([]);
});

test('the empty passphrase of a cosign key protects nothing', async () => {
  const key = Buffer.from(vector('cosign/empty.key')).toString();
  const strict = await signing({ 'signing-method': 'key', key, 'require-passphrase': 'true' });
  expect(await codeOf(strict.run())).toBe('SIGNATURE_PASSPHRASE_REQUIRED');
  expect(utf8(key).length).toBeGreaterThan(100);
});
