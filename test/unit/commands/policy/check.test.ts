// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey, type PrivateKey, type PublicKey, reformatKey } from 'openpgp';
import { describe, expect, test } from 'vitest';
import { encodePem } from '../../../../src/base/bytes.ts';
import { command as policy } from '../../../../src/commands/policy/policy.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const NAMES = ['carol', 'dave', 'erin'] as const;

async function check(rest: string, more: Readonly<Record<string, string>> = {}, keys: readonly string[] = NAMES) {
  const folder = await temporaryFolder();
  for (const name of NAMES) await writeFile(join(folder, `${name}.pub`), (await keyPerson(name, 'p256')).publicKey);
  const principals = NAMES.map((name, index) => `  ${name}: { key: ${keys[index]}.pub }`).join('\n');
  await writeFile(join(folder, 'p.yaml'), `version: 1\nname: p\nprincipals:\n${principals}\n${rest}`);
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return runCommand(policy, { task: 'check\np.yaml', ...more }, host);
}

const TEAMS = `teams: { security: [carol, dave], leads: [dave, erin] }
stages:
  - { name: security, approvers: { security: 1, leads: 1 } }
`;

test('says in words who can do what, and nothing is unwise', async () => {
  const result = await check(TEAMS, { strict: 'true' });
  expect(result.exitCode).toBe(0);
  expect(result.text).toContain('security  carol, dave');
  expect(result.text).toContain(
    'security passes with an approval by 1 of security (carol, dave) and 1 of leads (dave, erin)',
  );
  expect(result.text).toContain('carol, dave, erin can approve security');
  expect(result.json).toMatchObject({ warnings: [], problems: [] });
});

test.each([
  [
    'somebody who can do everything alone',
    'stages: [{ name: a, approvers: [carol, dave] }, { name: b, approvers: [carol, dave, erin] }]',
    'carol or dave alone can have a, b approved',
  ],
  [
    'evidence by an approver',
    'stages: [{ name: a, approvers: [carol, dave], requires: [{ evidence: sbom, signedBy: [dave, erin] }] }]',
    'dave signs evidence of stage a and approves stage a',
  ],
  [
    'data that apptainer wants signed',
    'stages: [{ name: a, approvers: [carol, dave], requires: [{ evidence: sbom, signedBy: erin }] }]\nobjects: { unsigned: 3 }',
    'files with group 3 unsigned pass here, and `apptainer verify` and its execution control list refuse them',
  ],
  [
    'an overlay that shows no base',
    'stages: [{ name: a, approvers: [carol, dave], objects: base }, { name: b, approvers: [dave, erin], objects: overlays, after: [] }]',
    'stage b comes after no stage about the base',
  ],
  [
    'a policy for overlays alone',
    'stages: [{ name: a, approvers: [carol, dave, erin], objects: 2 }]',
    'only files that hold nothing else can pass',
  ],
  [
    'an exception that has ended',
    'stages: [{ name: a, approvers: [carol, dave], requires: [{ evidence: findings, signedBy: erin, failOn: high, exceptions: [{ id: CVE-2020-1, reason: r, expires: "2020-01-31" }] }] }]',
    'the exception for CVE-2020-1 of stage a ended on 2020-01-31',
  ],
])('warns of %s, and fails when it is to be strict', async (_, stages, warning) => {
  const result = await check(stages);
  expect(result.exitCode).toBe(0);
  expect(result.text).toContain(warning);
  expect((await check(stages, { strict: 'true' })).exitCode).toBe(1);
});

test('who may vouch for others is told', async () => {
  const stages = 'stages: [{ name: a, approvers: [carol, dave], grantors: dave }]';
  expect((await check(stages)).text).toContain('; dave may let others approve in their place');
});

test('distinct stages nobody fills alone', async () => {
  const apart =
    'stages: [{ name: a, approvers: [carol, dave] }, { name: b, approvers: [carol, dave, erin] }]\ndistinct: [[a, b]]';
  expect((await check(apart)).text).not.toContain('alone can');
});

test('two people with one key: where they stand, and that they can never be two', async () => {
  const shared = ['carol', 'carol', 'erin'];
  const stages = 'stages: [{ name: a, approvers: [carol, dave], threshold: 2 }]';
  const result = await check(stages, {}, shared);
  expect(result.exitCode).toBe(1);
  expect(result.text).toMatch(/p\.yaml:5:3: carol and dave share a credential: key /);
  expect(result.text).toContain('stage a can never be approved');
});

describe('whoever the policy denies can have nothing approved', () => {
  const stages = 'stages: [{ name: a, approvers: [carol, dave], threshold: 2 }]';

  test.each([
    ['for good', 'deny: [{ principal: dave, reason: left }]'],
    ['since a time that has passed', 'deny: [{ principal: dave, since: "2020-01-01T00:00:00Z", reason: left }]'],
  ])('%s', async (_name, deny) => {
    const result = await check(`${stages}\n${deny}`);
    expect(result.exitCode).toBe(1);
    expect(result.text).toMatch(/dave: key \S+ is denied by the policy.*: left/);
    expect(result.text).toContain('stage a can never be approved');
    expect(result.text).toContain('and has only carol');
  });

  test('only from then on', async () => {
    const deny = 'deny: [{ principal: dave, since: "2100-01-01T00:00:00Z", reason: leaves }]';
    expect((await check(`${stages}\n${deny}`)).exitCode).toBe(0);
  });
});

describe('very many people', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `person${index}`);
  const fingerprint = (index: number) => `A${index.toString(16).toUpperCase().padStart(39, '0')}`;
  const people = (keys: (index: number) => string) => names.map((name, index) => `  ${name}: { pgp: ${keys(index)} }`);

  async function checked(lines: readonly string[]) {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'p.yaml'), ['version: 1', 'name: p', 'principals:', ...lines].join('\n'));
    await using host = new FakeHost({ cwd: folder, now: NOW });
    const start = process.cpuUsage();
    const result = await runCommand(policy, { task: 'check\np.yaml' }, host);
    return { ...result, milliseconds: process.cpuUsage(start).user / 1000 };
  }

  test.each([
    ['', 'alone can have s0, s1, s2'],
    [
      `distinct: [[${Array.from({ length: 60 }, (_, index) => `s${index}`).join(', ')}]]`,
      'nobody counts for two of s0',
    ],
  ])('are no reason to wait at 60 stages %s', async (distinct, sentence) => {
    const stages = Array.from(
      { length: 60 },
      (_, index) => `  - { name: s${index}, approvers: everybody, native: pgp }`,
    );
    const team = `teams: { everybody: [${names.join(', ')}] }`;
    const { text, milliseconds } = await checked([...people(fingerprint), team, 'stages:', ...stages, distinct]);
    expect(text).toContain(sentence);
    expect(milliseconds).toBeLessThan(6000);
  });

  test('who share a few keys are not searched for ever, and it is said what was not found out', async () => {
    const folder = await temporaryFolder();
    for (const name of NAMES) await writeFile(join(folder, `${name}.pub`), (await keyPerson(name, 'p256')).publicKey);
    const lines = names.slice(0, 1500).map((name, index) => `  ${name}: { key: ${NAMES[index % 3]}.pub }`);
    const stages = ['a', 'b'].map((name) => `  - { name: ${name}, approvers: everybody, threshold: 3 }`);
    const team = `teams: { everybody: [${names.slice(0, 1500).join(', ')}] }`;
    const text = ['version: 1', 'name: p', 'principals:', ...lines, team, 'stages:', ...stages, 'distinct: [[a, b]]'];
    await writeFile(join(folder, 'p.yaml'), text.join('\n'));
    await using host = new FakeHost({ cwd: folder, now: NOW });
    const result = await runCommand(policy, { task: 'check\np.yaml' }, host);
    expect(result.text).toContain('stage a has so many approvers');
    expect(result.text).toContain('that it was not found out whether it can be approved');
    expect(result.json).toMatchObject({ problems: [] });
  });
});

/** The same key material as a key of another day, and so of another fingerprint. */
async function dated(privateKey: PrivateKey, created: Date): Promise<PublicKey> {
  Object.assign(privateKey.keyPacket, { created });
  await (privateKey.keyPacket as { computeFingerprintAndKeyID?(): Promise<void> }).computeFingerprintAndKeyID?.();
  const { publicKey } = await reformatKey({ privateKey, userIDs: { name: 'lee' }, date: NOW, format: 'object' });
  return publicKey;
}

test.each([
  ['an OpenPGP key and the bare key in it', (own: string) => `kim: { pgp: "${own}" }\n  lee: { key: own.pub }`],
  ['one OpenPGP key twice', (own: string) => `kim: { pgp: "${own}" }\n  lee: { pgp: "${own}" }`],
  [
    'OpenPGP keys of two dates with one key',
    (own: string, other: string) => `kim: { pgp: "${own}" }\n  lee: { pgp: "${other}" }`,
  ],
])('two people with %s can never be two', async (_, principals) => {
  const folder = await temporaryFolder();
  const key = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    subkeys: [],
    userIDs: { name: 'kim' },
    date: NOW,
    format: 'object',
  });
  const raw = Buffer.from((key.publicKey.keyPacket.publicParams as { readonly Q: Uint8Array }).Q).subarray(1);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const own = key.publicKey.getFingerprint().toUpperCase();
  const armored = key.publicKey.armor();
  const later = await dated(key.privateKey, new Date(NOW.getTime() - 86_400_000));
  await writeFile(join(folder, 'own.pub'), encodePem('PUBLIC KEY', spki));
  await writeFile(join(folder, 'ring.asc'), `${armored}\n${later.armor()}`);
  const text = (threshold: number) =>
    `version: 1\nname: p\ntrust: { keyrings: ring.asc }\nprincipals:\n  ${principals(own, later.getFingerprint().toUpperCase())}\nstages: [{ name: a, approvers: [kim, lee], threshold: ${threshold} }]\n`;
  const said = [];
  for (const threshold of [1, 2]) {
    await writeFile(join(folder, 'p.yaml'), text(threshold));
    await using host = new FakeHost({ cwd: folder, now: NOW });
    const { exitCode, json } = await runCommand(policy, { task: 'check\np.yaml' }, host);
    said.push([exitCode, (json as { problems: readonly string[] }).problems.length]);
  }
  expect(said).toEqual([
    [0, 0],
    [1, 1],
  ]);
});
