// SPDX-License-Identifier: Apache-2.0
// A policy given as text: what it means is what it would mean as a file, and the two exclude each other.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { command as assemble } from '../../../../src/commands/assemble.ts';
import { command as pull } from '../../../../src/commands/pull.ts';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../../../src/commands/spec.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { sha256 } from '../../../../src/base/bytes.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW, type Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let kim: Person;
let folder = '';
const POLICY = `version: 1
name: inline
principals:
  kim: { key: keys/kim.pub }
stages:
  - { name: author, approvers: [kim] }
`;
const KEY = { 'signing-method': 'key', 'key-path': 'keys/kim.pem' };

beforeAll(async () => {
  kim = await keyPerson('kim', 'p256');
});
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'keys'));
  await writeFile(join(folder, 'keys/kim.pem'), kim.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'keys/kim.pub'), kim.publicKey);
  await writeFile(join(folder, 'countersign.yaml'), POLICY);
});

async function call(command: Command, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return runCommand(command, texts, host);
}

describe('a policy given as text', () => {
  test('is followed by sign-stage and verify-all, with trust files from the working directory on', async () => {
    await writeFile(join(folder, 'a.sif'), typicalSif().bytes());
    const image = { 'subject-path': 'a.sif', policy: POLICY };
    expect((await call(verifyAll, image)).outputs['verdict']).toBe('failed');
    expect((await call(signStage, { ...image, stage: 'author', ...KEY })).exitCode).toBe(0);
    const result = await call(verifyAll, image);
    expect(result.outputs['verdict']).toBe('passed');
    expect(result.json).toMatchObject({ policy: { name: 'inline', digest: sha256(Buffer.from(POLICY)) } });
    await expect(call(signStage, { ...image, stage: 'production', ...KEY })).rejects.toMatchObject({
      code: 'STAGE_UNKNOWN',
    });
  });

  test('decides what push-oras publishes', async () => {
    await writeFile(join(folder, 'bare.sif'), typicalSif().bytes());
    const texts = { 'subject-path': 'bare.sif', reference: `oci:${join(folder, 'out')}:v1`, policy: POLICY };
    expect((await call(pushOras, texts)).outputs).toMatchObject({ verdict: 'failed', reference: '' });
  });

  test.each([
    ['verify-all', verifyAll, { 'subject-path': 'countersign.yaml' }],
    ['sign-stage', signStage, { 'subject-path': 'countersign.yaml', stage: 'author', ...KEY }],
    ['push-oras', pushOras, { 'subject-path': 'countersign.yaml', reference: 'oci:x:1' }],
    ['pull', pull, { reference: 'oci:x:1' }],
    ['assemble', assemble, { 'subject-path': 'countersign.yaml', reference: 'oci:x:1' }],
  ])('%s takes a text or a file, never both', async (_name, command, texts) => {
    const both = { ...texts, policy: POLICY, 'policy-path': 'countersign.yaml' };
    await expect(call(command, both)).rejects.toMatchObject({
      code: 'USAGE_CONFLICTING_INPUTS',
      message: 'both policy and policy-path were given',
    });
  });

  test('is named policy in errors, with line and column as it was written', async () => {
    const wrong = `\n\n${POLICY.replace('approvers:', 'approver:')}`;
    await expect(call(verifyAll, { 'subject-path': 'countersign.yaml', policy: wrong })).rejects.toMatchObject({
      exitCode: 2,
      location: { file: 'policy', line: 8, column: 21 },
    });
    const lost = POLICY.replace('kim.pub', 'none.pub');
    await expect(call(verifyAll, { 'subject-path': 'countersign.yaml', policy: lost })).rejects.toMatchObject({
      code: 'POLICY_TRUST_FILE',
      location: { file: 'policy', line: 4 },
      hint: `check the path; relative ones start at ${folder}`,
    });
  });

  test('is bounded, and blanks are none', async () => {
    const huge = `${POLICY}${'#'.repeat(16 * 1024 * 1024)}`;
    await expect(call(verifyAll, { 'subject-path': 'countersign.yaml', policy: huge })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
    });
    await expect(call(verifyAll, { 'subject-path': 'countersign.yaml', policy: ' \n' })).rejects.toMatchObject({
      code: 'USAGE_MISSING_INPUT',
    });
  });
});
