// SPDX-License-Identifier: Apache-2.0
// verify-all asked what if: which images would lose their verdict, by key, certificate file and principal.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW, type Person, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf } from '../../../support/signing.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let kim: Person;
let xen: Person;
let folder = '';

beforeAll(async () => {
  [kim, xen] = await Promise.all([keyPerson('kim', 'p256'), x509Person('xen')]);
});

beforeEach(async () => {
  folder = await temporaryFolder();
  for (const { name, privateKey, publicKey, certificate = '', intermediates = '' } of [kim, xen]) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.crt`), certificate);
    await writeFile(join(folder, `${name}.chain`), intermediates);
  }
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
principals:
  kim: { key: kim.pub }
  xen: { x509: { anchors: xen.pub, san: 'email:xen@example.org' } }
stages: [{ name: author, approvers: [kim, xen] }]
`,
  );
  for (const name of ['kim', 'xen', 'nobody']) await writeFile(join(folder, `${name}.sif`), typicalSif().bytes());
  const chain = { 'certificate-path': 'xen.crt', 'certificate-chain-path': 'xen.chain' };
  for (const [name, more] of [
    ['kim', {}],
    ['xen', chain],
  ] as const) {
    const method = name === 'kim' ? 'key' : 'x509';
    const signing = { 'signing-method': method, 'key-path': `${name}.key`, ...more };
    const texts = { 'subject-path': `${name}.sif`, stage: 'author', 'policy-path': 'policy.yaml', ...signing };
    await runCommand(signStage, texts, new FakeHost({ cwd: folder, now: NOW }));
  }
});

const verify = (images: string, more: Readonly<Record<string, string>>) =>
  runCommand(
    verifyAll,
    { 'subject-path': images, 'policy-path': 'policy.yaml', ...more },
    new FakeHost({ cwd: folder, now: NOW }),
  );

describe('without', () => {
  test.each([
    ['a principal', 'kim', ['kim.sif']],
    ['the CA', 'xen.pub', ['xen.sif']],
    ['the issuing CA', 'xen.chain', ['xen.sif']],
    ['a key file', 'kim.pub', ['kim.sif']],
    ['two', 'kim\nxen.crt', ['kim.sif', 'xen.sif']],
  ])('%s', async (_, without, lost) => {
    const result = await verify('kim.sif\nxen.sif', { without });
    const verdict: unknown = JSON.parse(JSON.stringify(result.json));
    const { text } = result;
    for (const name of ['kim.sif', 'xen.sif'])
      expect(text.includes(`${name} passes as things are, and would not without`)).toBe(lost.includes(name));
    expect(text).toContain(`if ${without.replace('\n', ', ')} did not count`);
    expect(result.exitCode).toBe(1);
    const schema: object = JSON.parse(
      await readFile(new URL('../../../../schema/verdict.schema.json', import.meta.url), 'utf8'),
    );
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(verdict), JSON.stringify(validate.errors)).toBe(true);
  });

  test('a key by its hint, and one that nothing rests on', async () => {
    expect((await verify('kim.sif', { without: kim.signer.identity.hint ?? '' })).exitCode).toBe(1);
    const { exitCode, text } = await verify('kim.sif', { without: 'xen' });
    expect(exitCode).toBe(0);
    expect(text).toContain('if xen did not count');
  });

  test('an image that fails as things are loses nothing', async () => {
    const { text } = await verify('nobody.sif', { without: 'kim' });
    expect(text).not.toContain('passes as things are');
  });

  test.each([
    [{ since: '2026-05-01T00:00:00Z' }, 'USAGE_MISSING_INPUT'],
    [{ without: 'no-such-file.pem' }, 'FILE_NOT_FOUND'],
    [{ without: 'kim', 'signing-method': 'key', 'key-path': 'kim.key' }, 'USAGE_CONFLICTING_INPUTS'],
  ])('%o: %s', async (more, code) => {
    expect(await codeOf(verify('kim.sif', { ...more, 'allow-approver-key': 'true' }))).toBe(code);
  });

  test('needs a policy', async () => {
    const texts = { 'subject-path': 'kim.sif', 'public-key': 'kim.pub', without: 'kim.pub' };
    const host = new FakeHost({ cwd: folder, now: NOW });
    expect(await codeOf(runCommand(verifyAll, texts, host))).toBe('USAGE_MISSING_INPUT');
  });
});
