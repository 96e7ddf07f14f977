// SPDX-License-Identifier: Apache-2.0
// What a failed verdict says to do makes the image pass: each case is broken in its own way, every step is done with the real
// command by the first who is named, in the order given, and then the image passes.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { openSif } from '../../src/sif/sif.ts';
import { deleteObjects } from '../../src/sif/edit/append.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, type Person, pgpPerson, x509Person } from '../support/layers.ts';
import { runCommand } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NOW = new Date('2026-11-29T12:00:00Z');
const LATER = new Date('2026-12-10T12:00:00Z');
/** The certificate of sam has expired. */
const MUCH_LATER = new Date('2027-01-10T12:00:00Z');
const REPORTS = join(PROJECT, 'test/vectors/scan');

let people: Readonly<Record<string, Person>>;

beforeAll(async () => {
  const [ada, amy, sam, sue, pat, ci] = await Promise.all([
    pgpPerson('ada'),
    keyPerson('amy', 'p256'),
    x509Person('sam'),
    keyPerson('sue', 'p256'),
    keyPerson('pat', 'p256'),
    keyPerson('ci', 'p256'),
  ]);
  people = { ada, amy, sam, sue, pat, ci };
});

interface Rules {
  readonly authors?: number;
  readonly requires?: string;
  readonly distinct?: string;
}

function policyText({ authors = 1, requires = '', distinct = '' }: Rules): string {
  const { ada } = people;
  const fingerprint = ada?.signer.identity.method === 'pgp' ? ada.signer.identity.fingerprint : '';
  return `version: 1
name: test
trust: { keyrings: ada.pub }
principals:
  ada: { pgp: "${fingerprint}" }
  amy: { key: amy.pub }
  sam: { x509: { anchors: sam.pub, san: "email:sam@example.org" } }
  sue: { key: sue.pub }
  pat: { key: pat.pub }
  ci: { key: ci.pub }
stages:
  - { name: author, approvers: [ada, amy], threshold: ${authors} }
  - name: security
    approvers: [sam, sue, amy]
    ${requires}
  - { name: production, approvers: pat }
${distinct}
`;
}

async function workplace(rules: Rules = {}): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  for (const [name, { privateKey, publicKey, certificate = '', intermediates = '' }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.crt`), certificate);
    await writeFile(join(folder, `${name}.chain`), intermediates);
  }
  await writeFile(join(folder, 'policy.yaml'), policyText(rules));
  return folder;
}

let seconds = 0;

async function call(command: Command, cwd: string, texts: Readonly<Record<string, string>>, now = NOW) {
  seconds += 1;
  await using host = new FakeHost({ cwd, now: new Date(now.getTime() + seconds * 1000) });
  return runCommand(command, { 'subject-path': 'a.sif', 'policy-path': 'policy.yaml', ...texts }, host);
}

function keyOf(name: string): Readonly<Record<string, string>> {
  const method = people[name]?.signer.method ?? 'key';
  const certificate =
    method === 'x509' ? { 'certificate-path': `${name}.crt`, 'certificate-chain-path': `${name}.chain` } : {};
  return { 'signing-method': method, 'key-path': `${name}.pem`, ...certificate };
}

async function approve(
  folder: string,
  stage: string,
  who: string,
  more: Readonly<Record<string, string>> = {},
  now = NOW,
) {
  const { outputs, error } = await call(signStage, folder, { stage, ...keyOf(who), ...more }, now);
  expect(outputs['verdict'], error?.message).toBe('passed');
}

async function judge(folder: string, now: Date) {
  const { json, text } = await call(verifyAll, folder, {}, now);
  const image = Reflect.get(json instanceof Object ? json : {}, 'images')[0];
  return { verdict: image.verdict, steps: image.next ?? [], text };
}

/** A later report than all in the repository, of a mended image. */
async function newScan(folder: string): Promise<string> {
  const path = join(folder, 'clean.json');
  await writeFile(path, await readFile(join(REPORTS, 'osv-scanner-2.4.0-clean.json')));
  return path;
}

/** Does a step as somebody would who reads it. */
async function follow(folder: string, step: { stage: string | null; who: string[]; hint: string }, now: Date) {
  const [who = ''] = step.who;
  const object = /siftool del (\d+)/.exec(step.hint)?.[1];
  if (object) {
    await using source = await openFileSource(join(folder, 'a.sif'));
    const expected = await openSif(source);
    return deleteObjects(join(folder, 'a.sif'), [Number(object)], { now, expected });
  }
  if (step.hint.includes('scan-attest')) {
    const evidence = step.hint.includes('attach sbom')
      ? { 'sbom-path': join(REPORTS, 'syft-1.57.1-npm.cdx.json') }
      : { 'scan-report': await newScan(folder) };
    const { error } = await call(scanAttest, folder, { ...evidence, ...keyOf(who) }, now);
    return expect(error).toBeUndefined();
  }
  const replace = step.hint.includes('⟨replace=true⟩') ? { replace: 'true' } : {};
  return approve(folder, step.stage ?? '', who, replace, now);
}

async function approveAll(folder: string): Promise<void> {
  await approve(folder, 'author', 'ada');
  await approve(folder, 'security', 'sam');
  await approve(folder, 'production', 'pat');
}

/** Deletes the lane objects whose name begins so. */
async function remove(folder: string, name: string): Promise<void> {
  await using source = await openFileSource(join(folder, 'a.sif'));
  const expected = await openSif(source);
  const ids = expected.objects.filter((one) => one.name.startsWith(name)).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  await deleteObjects(join(folder, 'a.sif'), ids, { now: NOW, expected });
}

async function alter(folder: string, name: string): Promise<void> {
  const path = join(folder, 'a.sif');
  await using source = await openFileSource(path);
  const object = (await openSif(source)).objects.find((one) => one.name.startsWith(name));
  if (!object) throw new Error('no such object');
  const bytes = await readFile(path);
  const at = object.offset + object.sizeBytes - 12;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

const CASES: readonly [string, Rules, (folder: string) => Promise<void>, number, Date][] = [
  ['nobody has approved', {}, async () => {}, 3, NOW],
  [
    'the last stage is missing',
    {},
    async (folder) => {
      await approve(folder, 'author', 'ada');
      await approve(folder, 'security', 'sam');
    },
    1,
    NOW,
  ],
  ['one of two approvers is missing', { authors: 2 }, async (folder) => approve(folder, 'author', 'ada'), 3, NOW],
  [
    'the first approval was removed',
    {},
    async (folder) => {
      await approveAll(folder);
      await remove(folder, 'countersign/approval/author');
    },
    3,
    NOW,
  ],
  [
    'the middle approval was removed',
    {},
    async (folder) => {
      await approveAll(folder);
      await remove(folder, 'countersign/approval/security');
    },
    2,
    NOW,
  ],
  [
    'the last approval was removed',
    {},
    async (folder) => {
      await approveAll(folder);
      await remove(folder, 'countersign/approval/production');
    },
    1,
    NOW,
  ],
  [
    'an approval was altered',
    {},
    async (folder) => {
      await approveAll(folder);
      await alter(folder, 'countersign/approval/security');
    },
    3,
    NOW,
  ],
  [
    'an approval has run out',
    {},
    async (folder) => {
      await approve(folder, 'author', 'ada');
      await approve(folder, 'security', 'sam', { 'expires-in': '10d' });
      await approve(folder, 'production', 'pat');
    },
    1,
    LATER,
  ],
  ['a certificate has expired', {}, approveAll, 2, MUCH_LATER],
  [
    'the policy asks for one more author now',
    {},
    async (folder) => {
      await approveAll(folder);
      await writeFile(join(folder, 'policy.yaml'), policyText({ authors: 2 }));
    },
    2,
    NOW,
  ],
  [
    'an author fills a distinct stage',
    {},
    async (folder) => {
      await approve(folder, 'author', 'amy');
      await approve(folder, 'security', 'amy');
      await approve(folder, 'production', 'pat');
      await writeFile(join(folder, 'policy.yaml'), policyText({ distinct: 'distinct: [[author, security]]' }));
    },
    2,
    NOW,
  ],
  [
    'evidence is missing',
    { requires: 'requires: [{ evidence: sbom, signedBy: ci }]' },
    async (folder) => approve(folder, 'author', 'ada'),
    3,
    NOW,
  ],
  [
    'findings are bad',
    { requires: 'requires: [{ evidence: findings, signedBy: ci, failOn: high }]' },
    async (folder) => {
      await approve(folder, 'author', 'ada');
      const report = { 'scan-report': join(REPORTS, 'osv-scanner-2.4.0-npm.json'), 'attest-failed': 'true' };
      await call(scanAttest, folder, { ...report, ...keyOf('ci') }, new Date('2026-11-28T12:00:00Z'));
    },
    3,
    NOW,
  ],
  [
    'the policy asks for evidence after the approval',
    {},
    async (folder) => {
      await approveAll(folder);
      await writeFile(
        join(folder, 'policy.yaml'),
        policyText({ requires: 'requires: [{ evidence: sbom, signedBy: ci }]' }),
      );
    },
    1,
    NOW,
  ],
];

describe('the steps that a failed verdict names make the image pass', () => {
  test.each(CASES)('%s', async (_, rules, prepare, count, now) => {
    const folder = await workplace(rules);
    await prepare(folder);
    const before = await judge(folder, now);
    expect(before.verdict).toBe('failed');
    expect(before.text).toContain('to make it pass');
    expect(before.steps, JSON.stringify(before.steps, null, 1)).toHaveLength(count);
    for (const step of before.steps) await follow(folder, step, now);
    const { verdict, text } = await judge(folder, now);
    expect(verdict, text).toBe('passed');
  });
});

test('an expired certificate is told as that, first', async () => {
  const folder = await workplace();
  await approveAll(folder);
  const { text } = await judge(folder, MUCH_LATER);
  expect(text).toMatch(
    /✗ security +stage security was approved by sam at object \d+, .*expired.* \[APPROVAL_SIGNER_ENDED\]/,
  );
  expect(text).not.toContain('restore');
  expect(text).not.toContain('missing');
});

test('sign-stage says who has approved and who can give the other approval', async () => {
  const folder = await workplace({ authors: 2 });
  const first = await call(signStage, folder, { stage: 'author', ...keyOf('ada') });
  expect(first.text).toContain('approved by ada, 1 of 2; amy can give the other');
  const second = await call(signStage, folder, { stage: 'author', ...keyOf('amy') });
  expect(second.text).toContain('approved by ada, amy, 2 of 2\n');
});
