// SPDX-License-Identifier: Apache-2.0
// An approver vouches for somebody: what that is worth, for whom, where and how long.

import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeGrant, GRANT_PREDICATE_TYPE } from '../../../src/attest/grant.ts';
import { command as grant } from '../../../src/commands/grant.ts';
import { command as signStage } from '../../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../../src/commands/spec.ts';
import { command as withdraw } from '../../../src/commands/withdraw.ts';
import { command as verifyAll } from '../../../src/commands/verify-all/verify-all.ts';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { keyPerson, NOW, type Person, pgpPerson, x509Person } from '../../support/layers.ts';
import { runCommand } from '../../support/run-command.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { TimestampAuthority } from '../../support/timestamp-authority.ts';

const DAY = 24 * 3_600_000;
let people: Readonly<Record<'staff' | 'other' | 'student' | 'certified', Person>>;
let folder = '';

function policy(more: string): string {
  return `version: 1
name: p
principals:
  staff: { key: staff.pub }
  other: { key: other.pub }
stages:
  - { name: author, approvers: [staff, other], ${more} }
`;
}

beforeAll(async () => {
  const [staff, other, student, certified] = await Promise.all([
    keyPerson('staff', 'p256'),
    keyPerson('other', 'p256'),
    keyPerson('student', 'p256'),
    x509Person('certified'),
  ]);
  people = { staff, other, student, certified };
});
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'a.sif'), typicalSif().bytes());
  await writeFile(join(folder, 'p.yaml'), policy('grantors: staff'));
  for (const [name, { privateKey, publicKey }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
});

async function call(command: Command, texts: Readonly<Record<string, string>>, now = NOW) {
  await using host = new FakeHost({ cwd: folder, now });
  return runCommand(command, { 'subject-path': 'a.sif', ...texts }, host);
}

const by = (name: string) => ({ 'signing-method': 'key', 'key-path': `${name}.pem` });
const POLICY = { 'policy-path': 'p.yaml' };
const TO = { grantee: 'student.pub', called: 'Kim Student', stage: 'author' };

async function vouched() {
  await call(grant, { ...TO, ...by('staff'), ...POLICY });
  return call(signStage, { stage: 'author', ...by('student'), ...POLICY });
}

describe('a grant', () => {
  test('lets a stranger approve, and the report names both', async () => {
    await expect(call(signStage, { stage: 'author', ...by('student'), ...POLICY })).rejects.toMatchObject({
      code: 'STAGE_SIGNER_NOT_ALLOWED',
    });
    expect((await vouched()).exitCode).toBe(0);
    const result = await call(verifyAll, POLICY);
    expect(result.outputs['verdict']).toBe('passed');
    expect(result.text).toContain('Kim Student, vouched for by staff');
    const again = await call(signStage, { stage: 'author', ...by('student'), ...POLICY });
    expect(again.text).toContain('nothing to do');
  });

  test('to a certificate of a foreign CA is one to its key', async () => {
    const { certificate = '', intermediates = '' } = people.certified;
    await writeFile(join(folder, 'certified.crt'), certificate);
    await writeFile(join(folder, 'chain.crt'), intermediates);
    await call(grant, { ...TO, grantee: 'certified.crt', ...by('staff'), ...POLICY });
    const x509 = {
      'signing-method': 'x509',
      'key-path': 'certified.pem',
      'certificate-path': 'certified.crt',
      'certificate-chain-path': 'chain.crt',
    };
    expect((await call(signStage, { stage: 'author', ...x509, ...POLICY })).exitCode).toBe(0);
    expect((await call(verifyAll, POLICY)).outputs['verdict']).toBe('passed');
  });

  test('names a bare key or a certificate: an OpenPGP key is refused for what it is', async () => {
    await writeFile(join(folder, 'alice.asc'), (await pgpPerson('alice')).publicKey);
    const granted = call(grant, { ...by('staff'), ...TO, grantee: 'alice.asc', 'expires-in': '1d' });
    await expect(granted).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: expect.stringContaining('holds an OpenPGP key'),
      hint: expect.not.stringContaining('keyring'),
    });
  });

  test('ends, and then holds no more', async () => {
    await vouched();
    const late = await call(verifyAll, POLICY, new Date(NOW.getTime() + 8 * DAY));
    expect(late.outputs['verdict']).toBe('failed');
    expect(late.json).toMatchObject({
      images: [{ stages: [{ reasons: [{ code: 'STAGE_MISSING' }, { code: 'GRANT_NOT_GOOD' }] }] }],
    });
    expect(late.text).toContain('it ended at 2026-11-29T12:00:00Z');
  });

  test('has ended, and an approval by it that a later stamped one lists is proven to be older', async () => {
    await using tsa = new TimestampAuthority(() => NOW);
    const url = { 'timestamp-url': await tsa.serve() };
    await writeFile(join(folder, 'tsa.pem'), tsa.rootPem);
    const rules = policy('grantors: staff').replace('principals:', 'trust: { timestamps: tsa.pem }\nprincipals:');
    await writeFile(join(folder, 'p.yaml'), `${rules}  - { name: production, approvers: other }\n`);
    await vouched();
    await call(signStage, { stage: 'production', ...by('other'), ...POLICY, ...url });
    const late = await call(verifyAll, POLICY, new Date(NOW.getTime() + 8 * DAY));
    expect(late.text).toContain('Kim Student, vouched for by staff');
    expect(late.outputs['verdict']).toBe('passed');
  });

  test('is worth nothing without a policy, nor where the policy lets nobody grant', async () => {
    await vouched();
    expect((await call(verifyAll, { 'public-key': 'staff.pub' })).outputs['verdict']).toBe('failed');
    await writeFile(join(folder, 'p.yaml'), policy('threshold: 1'));
    const refused = await call(verifyAll, POLICY);
    expect(refused.outputs['verdict']).toBe('failed');
    expect(refused.text).toContain('staff may not grant stage author');
  });

  test('adds nobody: giver and grantee are one of two', async () => {
    await writeFile(join(folder, 'p.yaml'), policy('grantors: staff, threshold: 2'));
    await vouched();
    await call(signStage, { stage: 'author', ...by('staff'), ...POLICY });
    expect((await call(verifyAll, POLICY)).outputs['verdict']).toBe('failed');
    await call(signStage, { stage: 'author', ...by('other'), ...POLICY });
    expect((await call(verifyAll, POLICY)).outputs['verdict']).toBe('passed');
  });

  test('by somebody who may not give it is refused before it is signed, and worth nothing', async () => {
    await expect(call(grant, { ...TO, ...by('other'), ...POLICY })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
    });
    await call(grant, { ...TO, ...by('other') });
    await expect(call(signStage, { stage: 'author', ...by('student'), ...POLICY })).rejects.toMatchObject({
      code: 'STAGE_SIGNER_NOT_ALLOWED',
    });
  });

  test('lets the one vouched for take back what they approved, and nothing else', async () => {
    await call(signStage, { stage: 'author', ...by('other'), ...POLICY });
    await vouched();
    const taken = await call(withdraw, { stage: 'author', reason: 'a mistake', ...by('student'), ...POLICY });
    expect(taken.exitCode).toBe(0);
    expect((await call(verifyAll, POLICY)).text).toContain('✓ author  other\n');
    await writeFile(join(folder, 'p.yaml'), policy('grantors: staff, threshold: 2'));
    const { exitCode, text } = await call(verifyAll, POLICY);
    expect(exitCode, text).toBe(1);
    expect(text).toContain('APPROVAL_WITHDRAWN');
  });

  test('is taken back by its giver, with all that rests on it, and by nobody else', async () => {
    await vouched();
    await call(signStage, { stage: 'author', ...by('staff'), ...POLICY });
    const back = { stage: 'author', what: 'grants', reason: 'Kim has left', ...POLICY };
    for (const name of ['student', 'other'])
      await expect(call(withdraw, { ...back, ...by(name) })).rejects.toMatchObject({
        code: 'STAGE_NOTHING_TO_WITHDRAW',
      });
    expect((await call(withdraw, { ...back, ...by('staff') })).text).toContain('1 grant of stage author withdrawn');
    const { text } = await call(verifyAll, POLICY);
    // Not what the giver approved themselves.
    expect(text).toContain('✓ author  staff\n');
    expect(text).not.toContain('vouched for by');
    await expect(call(signStage, { stage: 'author', ...by('student'), ...POLICY })).rejects.toMatchObject({
      code: 'STAGE_SIGNER_NOT_ALLOWED',
    });
    await writeFile(join(folder, 'p.yaml'), policy('grantors: [staff, other]'));
    await call(grant, { ...TO, ...by('other'), ...POLICY });
    expect((await call(verifyAll, POLICY)).text).toContain('Kim Student, vouched for by other');
  });

  test('is for a stage by its id', async () => {
    await vouched();
    await writeFile(join(folder, 'p.yaml'), policy('grantors: staff, id: "urn:org:author"'));
    expect((await call(verifyAll, POLICY)).outputs['verdict']).toBe('failed');
    await vouched();
    expect((await call(verifyAll, POLICY)).outputs['verdict']).toBe('passed');
  });

  test('is not crowded out by any number of others', async () => {
    await writeFile(join(folder, 'p.yaml'), policy('grantors: [staff, other]'));
    const strangers = await Promise.all(Array.from({ length: 70 }, (_, index) => keyPerson(`s${index}`, 'p256')));
    const statements = strangers.map(({ name, publicKey }) => ({
      predicateType: GRANT_PREDICATE_TYPE,
      predicate: encodeGrant({
        name,
        publicKey: new Uint8Array(createPublicKey(publicKey).export({ type: 'spki', format: 'der' })),
        stages: ['author'],
        stageIds: ['urn:countersign:stage:author'],
        from: '2026-11-22T12:00:00Z',
        until: '2026-12-22T12:00:00Z',
      }),
    }));
    const path = join(folder, 'a.sif');
    await writeFile(path, typicalSif().withSlots(128).bytes());
    await attachEvidence({ path, statements, signer: people.other.signer, now: NOW });
    await vouched();
    expect((await call(verifyAll, POLICY)).text).toContain('Kim Student, vouched for by staff');
  });

  test('is of one image alone', async () => {
    await call(grant, { ...TO, ...by('staff'), ...POLICY });
    await writeFile(join(folder, 'b.sif'), typicalSif(5000).bytes());
    await expect(
      call(signStage, { 'subject-path': 'b.sif', stage: 'author', ...by('student'), ...POLICY }),
    ).rejects.toMatchObject({ code: 'STAGE_SIGNER_NOT_ALLOWED' });
  });

  test.each([
    ['too long', { 'expires-in': '91d' }],
    ['a name with a break', { called: 'a\nb' }],
    ['an impossible stage', { stage: 'Author!' }],
    ['no key', { grantee: 'p.yaml' }],
  ])('%s is refused', async (_, texts) => {
    await expect(call(grant, { ...TO, ...by('staff'), ...POLICY, ...texts })).rejects.toThrow(Error);
  });
});
