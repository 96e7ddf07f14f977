// SPDX-License-Identifier: Apache-2.0
// status says who is next, what is missing, and what ends when.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { command as grant } from '../../../../src/commands/grant.ts';
import { command as scanAttest } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../../../src/commands/spec.ts';
import { command as status } from '../../../../src/commands/status/status.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, type Person, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const NOW = new Date('2026-11-29T12:00:00Z');
const SBOM = join(PROJECT, 'test/vectors/scan/syft-1.57.1-npm.cdx.json');

let stranger: Person;
let people: Readonly<Record<'ann' | 'ben' | 'xen' | 'ci', Person>>;

beforeAll(async () => {
  const [ann, ben, xen, ci] = await Promise.all([
    keyPerson('ann', 'p256'),
    keyPerson('ben', 'p256'),
    x509Person('xen'),
    keyPerson('ci', 'p256'),
  ]);
  stranger = await keyPerson('kim', 'p256');
  people = { ann, ben, xen, ci };
});

async function workplace(): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  for (const { name, privateKey, publicKey, certificate = '', intermediates = '' } of Object.values(people)) {
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.crt`), certificate);
    await writeFile(join(folder, `${name}.chain`), intermediates);
  }
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
principals:
  ann: { key: ann.pub }
  ben: { key: ben.pub }
  xen: { x509: { anchors: xen.pub, san: "email:xen@example.org" } }
  ci: { key: ci.pub }
stages:
  - { name: author, approvers: [ann, ben], threshold: 2 }
  - { name: security, approvers: xen, requires: [{ evidence: sbom, signedBy: ci, maxAge: 9000d }] }
`,
  );
  return folder;
}

async function call(command: Command, cwd: string, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd, now: NOW });
  return runCommand(command, { 'subject-path': 'a.sif', 'policy-path': 'policy.yaml', ...texts }, host);
}

const by = (name: string) => ({ 'signing-method': 'key', 'key-path': `${name}.pem` });

test('status follows an image to the end', async () => {
  const folder = await workplace();
  await call(signStage, folder, { stage: 'author', ...by('ann'), 'expires-in': '90d' });
  const first = await call(status, folder, {});
  expect(first.exitCode).toBe(1);
  expect(first.text).toContain('→ author: approved by ann, 1 of 2 (next)');
  expect(first.text).toContain('1. have ben approve stage author');
  expect(first.text).toContain('have ci attach sbom');
  expect(first.text).toContain('2027-02-27T12:00:00Z  the approval of stage author at object');
  await call(signStage, folder, { stage: 'author', ...by('ben') });
  await call(scanAttest, folder, { 'sbom-path': SBOM, ...by('ci') });
  const certificates = { 'certificate-path': 'xen.crt', 'certificate-chain-path': 'xen.chain' };
  await call(signStage, folder, { stage: 'security', ...by('xen'), 'signing-method': 'x509', ...certificates });
  const { exitCode, text, json } = await call(status, folder, {});
  expect(exitCode).toBe(0);
  expect(text).toContain('a.sif: all stages have passed');
  expect(text).toContain('✓ author: approved by ann, ben, 2 of 2');
  expect(text).toMatch(/Z {2}the certificate of email:xen@example.org of stage security/);
  expect(text).toMatch(/Z {2}sbom of stage security is too old then/);
  expect(json).toMatchObject({ schema: 'countersign/status/v1', images: [{ verdict: 'passed', next: [] }] });
});

test('status says when a grant ends', async () => {
  const folder = await workplace();
  const text = await readFile(join(folder, 'policy.yaml'), 'utf8');
  const grantors = text.replace('threshold: 2', 'grantors: ann').replace('xen, requires', 'ben, requires');
  await writeFile(join(folder, 'policy.yaml'), grantors);
  const to = { stage: 'author', grantee: 'kim.pub', called: 'Kim', 'expires-in': '10d' };
  await writeFile(join(folder, 'kim.pub'), stranger.publicKey);
  await writeFile(join(folder, 'kim.pem'), stranger.privateKey, { mode: 0o600 });
  await call(grant, folder, { ...to, ...by('ann') });
  await call(signStage, folder, { stage: 'author', ...by('kim') });
  expect((await call(status, folder, {})).text).toContain('2026-12-09T12:00:00Z  the grant to Kim, vouched for by ann');
});

test('status of what nobody has signed says so, by word, code and member', async () => {
  const folder = await workplace();
  const unsigned = await call(status, folder, {});
  expect(unsigned.text).toContain('a.sif: unsigned, no stage has passed [IMAGE_UNSIGNED]');
  expect(unsigned.json).toMatchObject({
    asOf: false,
    images: [{ unsigned: true, outcome: 'failed', dataVerified: true, reference: null }],
  });
  await call(scanAttest, folder, { 'sbom-path': SBOM, ...by('ci') });
  expect((await call(status, folder, {})).text).toContain('[IMAGE_UNSIGNED]');
  await call(signStage, folder, { stage: 'author', ...by('ann') });
  const signed = await call(status, folder, {});
  expect(signed.text).not.toContain('unsigned');
  expect(signed.json).toMatchObject({ images: [{ unsigned: false, verdict: 'failed' }] });
});

test('status says why where no way is found', async () => {
  const folder = await workplace();
  await writeFile(join(folder, 'a.sif'), 'no image');
  const { exitCode, text } = await call(status, folder, {});
  expect(exitCode).not.toBe(0);
  expect(text).toMatch(/\[[A-Z_]+\]/);
});
