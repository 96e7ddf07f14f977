// SPDX-License-Identifier: Apache-2.0
// withdraw: who gave an approval takes it back, nobody else can, and the stage can be approved anew.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseBundle } from '../../../src/attest/bundle.ts';
import { parseStatement } from '../../../src/attest/statement.ts';
import { encodeWithdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../../../src/attest/withdrawal.ts';
import { sha256 } from '../../../src/base/bytes.ts';
import { asObject } from '../../../src/base/members.ts';
import { command as signStage } from '../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../src/commands/verify-all/verify-all.ts';
import { command as withdraw } from '../../../src/commands/withdraw.ts';
import type { CommandResult } from '../../../src/commands/spec.ts';
import { deleteObjects } from '../../../src/sif/edit/append.ts';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { LayoutIndex } from '../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../src/oci/layout/layout.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { imageIn } from '../../support/lane-bundles.ts';
import { keyPerson, NOW, type Person, pgpPerson, x509Person } from '../../support/layers.ts';
import { pushOciImage } from '../../support/oci-images.ts';
import { testClock } from '../../support/registry-session.ts';
import { runCommand } from '../../support/run-command.ts';
import { codeOf } from '../../support/signing.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFolder } from '../../support/temporary.ts';

let people: Readonly<Record<'kim' | 'kim2' | 'pat' | 'xen' | 'yan' | 'bob', Person>>;
let folder = '';
let minutes = 0;

beforeAll(async () => {
  const [kim, kim2, pat, xen, yan, bob] = await Promise.all([
    keyPerson('kim', 'p256'),
    keyPerson('kim2', 'p256'),
    pgpPerson('pat'),
    x509Person('xen'),
    x509Person('yan'),
    keyPerson('bob', 'p256'),
  ]);
  people = { kim, kim2, pat, xen, yan, bob };
});

beforeEach(async () => {
  folder = await temporaryFolder();
  minutes = 0;
  for (const [name, { privateKey, publicKey, certificate = '', intermediates = '' }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.crt`), certificate);
    await writeFile(join(folder, `${name}.chain`), intermediates);
  }
  const { identity } = people.pat.signer;
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
trust: { keyrings: pat.pub }
principals:
  kim: { key: [kim.pub, kim2.pub] }
  pat: { pgp: "${identity.method === 'pgp' ? identity.fingerprint : ''}" }
  xen: { x509: { anchors: xen.pub, san: 'email:xen@example.org' } }
  bob: { key: bob.pub }
stages:
  - { name: author, approvers: [kim, pat, xen] }
  - { name: production, approvers: [bob] }
`,
  );
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
});

type Name = keyof typeof people;

/** A minute passes with every command. */
function act(command: typeof signStage, texts: Readonly<Record<string, string>>): Promise<CommandResult> {
  minutes += 1;
  const now = new Date(NOW.getTime() + minutes * 60_000);
  return runCommand(
    command,
    { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml', ...texts },
    new FakeHost({ cwd: folder, now }),
  );
}

function signing(name: Name): Readonly<Record<string, string>> {
  const { method } = people[name].signer;
  const certificate =
    method === 'x509' ? { 'certificate-path': `${name}.crt`, 'certificate-chain-path': `${name}.chain` } : {};
  return { 'signing-method': method, 'key-path': `${name}.key`, ...certificate };
}

const approve = (name: Name, stage: string) => act(signStage, { stage, ...signing(name) });
const takeBack = (name: Name, more: Readonly<Record<string, string>> = {}) =>
  act(withdraw, { stage: 'author', reason: 'missed CVE-2026-1', ...signing(name), ...more });

async function verdict(): Promise<{ readonly exitCode: number; readonly text: string }> {
  const { exitCode, text } = await act(verifyAll, {});
  return { exitCode, text };
}

describe('an approval', () => {
  test.each(['kim', 'pat', 'xen'] as const)('of %s is taken back, and given anew', async (name) => {
    await approve(name, 'author');
    await approve('bob', 'production');
    expect((await verdict()).exitCode).toBe(0);

    const { text } = await takeBack(name);
    expect(text).toMatch(/app\.sif: 1 approval of stage author withdrawn\n.*\n.*withdrawal: signed, in the image/);
    const after = await verdict();
    expect(after.exitCode).toBe(1);
    expect(after.text).toContain('[APPROVAL_WITHDRAWN]');
    expect(after.text).toContain('withdrew the approval of stage author on 2026-11-22T12:04:00Z: missed CVE-2026-1');
    expect(await codeOf(takeBack(name))).toBe('STAGE_NOTHING_TO_WITHDRAW');

    await approve(name, 'author');
    expect((await verdict()).exitCode).toBe(0);
  });

  test('is taken back by another key of the same principal, if the policy says whose it is', async () => {
    await approve('kim', 'author');
    const texts = { stage: 'author', reason: 'x', ...signing('kim2') };
    const host = new FakeHost({ cwd: folder, now: NOW });
    expect(await codeOf(runCommand(withdraw, { 'subject-path': 'app.sif', ...texts }, host))).toBe(
      'STAGE_NOTHING_TO_WITHDRAW',
    );
    await takeBack('kim2');
    expect((await verdict()).text).toContain('[APPROVAL_WITHDRAWN]');
  });

  test('is not taken back by anybody else, whatever they sign', async () => {
    await approve('kim', 'author');
    await approve('bob', 'production');
    expect(await codeOf(takeBack('pat'))).toBe('STAGE_NOTHING_TO_WITHDRAW');
    const path = join(folder, 'app.sif');
    const [object] = (await imageIn(path)).objects.filter(({ name }) =>
      name.startsWith('countersign/approval/author/'),
    );
    if (!object) throw new Error('no approval');
    const result = await act(verifyAll, {});
    const json: unknown = JSON.parse(JSON.stringify(result.json));
    const digests = [...JSON.stringify(json).matchAll(/"digest":"(sha256:[0-9a-f]{64})"/g)].map(
      ([, digest = '']) => digest,
    );
    for (const name of ['bob', 'pat', 'xen'] as const) {
      const predicate = encodeWithdrawal({
        stage: 'author',
        approvals: digests.map((digest) => `sha256:${digest.slice(7)}` as const),
        reason: 'mine',
        withdrawnAt: '2026-11-22T12:00:00Z',
      });
      const statements = [{ predicateType: WITHDRAWAL_PREDICATE_TYPE, predicate, inside: true }];
      await attachEvidence({ path, statements, signer: people[name].signer, now: NOW });
    }
    const after = await verdict();
    expect(after.text).not.toContain('withdrew the approval of stage author');
    // Bob has taken back his own.
    expect(after.text).toContain('withdrew the approval of stage production');
  });

  test('that was withdrawn is not given back by removing that, once a later approval has seen it', async () => {
    await approve('kim', 'author');
    await takeBack('kim');
    await approve('pat', 'author');
    await approve('bob', 'production');
    expect((await verdict()).exitCode).toBe(0);
    const path = join(folder, 'app.sif');
    const gone = (await imageIn(path)).objects.filter(({ name }) => name.startsWith('countersign/evidence/'));
    expect(gone).toHaveLength(1);
    const { offset, sizeBytes } = gone[0] ?? { offset: 0, sizeBytes: 0 };
    const { payload } = parseBundle((await readFile(path)).subarray(offset, offset + sizeBytes)).envelope;
    await deleteObjects(
      path,
      gone.map(({ id }) => id),
      { now: NOW },
    );
    const after = await verdict();
    expect(after.exitCode).toBe(1);
    expect(after.text).toContain('[EVIDENCE_REMOVED]');

    // Nor by putting a copy by somebody in its place who could not take back anything.
    const { predicateType, predicate } = parseStatement(payload);
    const statements = [{ predicateType, predicate: asObject(predicate, 'it'), inside: true }];
    const copies = await attachEvidence({ path, statements, signer: people.yan.signer, now: NOW });
    expect(copies.map(({ digest }) => digest)).toEqual([sha256(payload)]);
    const copied = await verdict();
    expect(copied.exitCode).toBe(1);
    expect(copied.text).toContain('is a copy of it by another signer');
  });

  test('of somebody else stands, also where one principal is both', async () => {
    await writeFile(
      join(folder, 'policy.yaml'),
      `version: 1
name: test
principals:
  staff: { many: true, x509: [{ anchors: xen.pub, any: true }, { anchors: yan.pub, any: true }] }
stages:
  - { name: author, approvers: { staff: 2 } }
`,
    );
    await approve('xen', 'author');
    expect(await codeOf(takeBack('yan'))).toBe('STAGE_NOTHING_TO_WITHDRAW');
    await approve('yan', 'author');
    expect((await verdict()).exitCode).toBe(0);
    expect((await takeBack('yan')).text).toContain('app.sif: 1 approval of stage author withdrawn');
    expect((await verdict()).text.match(/\[APPROVAL_WITHDRAWN\]/g)).toHaveLength(1);
  });

  test('that was withdrawn is listed as such by a stage that requires other evidence', async () => {
    await writeFile(
      join(folder, 'policy.yaml'),
      `version: 1
name: test
principals:
  kim: { key: kim.pub }
  kim2: { key: kim2.pub }
  xen: { x509: { anchors: xen.pub, san: 'email:xen@example.org' } }
  bob: { key: bob.pub }
stages:
  - { name: author, approvers: kim }
  - { name: security, approvers: xen, after: [] }
  - name: production
    approvers: bob
    after: [author]
    requires: [{ evidence: "https://example.org/test", signedBy: kim2 }]
`,
    );
    const path = join(folder, 'app.sif');
    const statements = [{ predicateType: 'https://example.org/test', predicate: {}, inside: true }];
    await attachEvidence({ path, statements, signer: people.kim2.signer, now: NOW });
    const known = (await imageIn(path)).objects.length;
    await approve('kim', 'author');
    await approve('xen', 'security');
    await takeBack('xen', { stage: 'security' });
    await approve('bob', 'production');
    const withdrawal = (await imageIn(path)).objects.slice(known).filter(({ name }) => name.includes('/evidence/'));
    expect(withdrawal).toHaveLength(1);
    await deleteObjects(
      path,
      withdrawal.map(({ id }) => id),
      { now: NOW },
    );
    expect((await verdict()).text).toContain('[EVIDENCE_REMOVED]');
  });

  test('and its native half: what is left of both counts for nothing', async () => {
    const text = await readFile(join(folder, 'policy.yaml'), 'utf8');
    await writeFile(
      join(folder, 'policy.yaml'),
      text.replace('approvers: [kim, pat, xen]', 'approvers: pat, native: pgp').replace(/^.*production.*$/m, ''),
    );
    await approve('pat', 'author');
    await takeBack('pat');
    const path = join(folder, 'app.sif');
    const gone = (await imageIn(path)).objects.filter(({ name }) => name.includes('/approval/'));
    await deleteObjects(
      path,
      gone.map(({ id }) => id),
      { now: NOW },
    );
    const left = await verdict();
    expect(left.exitCode).toBe(1);
    expect(left.text).toContain('its signer withdrew the signature');
  });

  test('stands again where the policy denies the very withdrawal, as of a thief, and not for denying the key', async () => {
    await approve('kim', 'author');
    await approve('bob', 'production');
    await takeBack('kim2');
    const { json } = await act(verifyAll, {});
    const [, digest = ''] =
      /"urn:countersign:withdrawal:v1".*?"(sha256:[0-9a-f]{64})"/.exec(JSON.stringify(json)) ?? [];
    const text = await readFile(join(folder, 'policy.yaml'), 'utf8');
    const { hint = '' } = people.kim2.signer.identity;
    const deny = (entry: string) =>
      writeFile(join(folder, 'policy.yaml'), `${text}deny: [{ ${entry}, reason: thief }]\n`);
    await deny(`key: "${hint}"`);
    expect((await verdict()).text).toContain('[APPROVAL_WITHDRAWN]');
    await deny(`statement: "${digest}"`);
    expect((await verdict()).exitCode).toBe(0);
  });

  test('of another stage stands', async () => {
    expect(await codeOf(takeBack('kim', { stage: 'author' }))).toBe('STAGE_NOTHING_TO_WITHDRAW');
    await approve('kim', 'author');
    expect(await codeOf(takeBack('kim', { stage: 'production' }))).toBe('STAGE_NOTHING_TO_WITHDRAW');
    expect(await codeOf(takeBack('kim', { reason: 'x'.repeat(5000) }))).toBe('USAGE_INVALID_INPUT');
    const before = await readFile(join(folder, 'app.sif'));
    expect(await codeOf(act(withdraw, { stage: 'author', reason: 'x' }))).toBe('USAGE_MISSING_INPUT');
    expect(await readFile(join(folder, 'app.sif'))).toEqual(before);
  });
});

test('in a layout folder, as in a registry, the statement is attached', async () => {
  const layout = join(folder, 'images');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
  const texts = { 'subject-name': `oci:${layout}:v1`, 'policy-path': 'policy.yaml' };
  const at = (seconds: number) => new FakeHost({ cwd: folder, now: new Date(NOW.getTime() + seconds * 1000) });
  const sign = (seconds: number) =>
    runCommand(signStage, { ...texts, stage: 'author', ...signing('kim') }, at(seconds));
  const judged = async (seconds: number) =>
    (await runCommand(verifyAll, { ...texts, 'up-to-stage': 'author' }, at(seconds))).exitCode;
  await sign(0);
  expect(await judged(1)).toBe(0);
  const { text } = await runCommand(withdraw, { ...texts, stage: 'author', reason: 'x', ...signing('kim') }, at(2));
  expect(text).toContain('withdrawal: signed, attached in the registry');
  expect(await judged(3)).toBe(1);
  await sign(4);
  expect(await judged(5)).toBe(0);
});
