// SPDX-License-Identifier: Apache-2.0
// Whoever gives a tag is told by every command which image it led to: only so can the next step use the same one.

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePem } from '../../src/base/bytes.ts';
import { COMMANDS, findCommand } from '../../src/commands/commands.ts';
import type { CommandResult } from '../../src/commands/spec.ts';
import { encodeDer, encodeExtension, TAG } from '../support/certificates.ts';
import { encodeCrl } from '../support/crls.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW } from '../support/layers.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const POLICY = `version: 1
name: test
principals: { kim: { key: kim.pub }, nat: { key: nat.pub } }
stages:
  - { name: author, approvers: kim, grantors: kim, breakGlass: { by: nat, maxDuration: 8h } }
`;

async function prepare() {
  const folder = await temporaryFolder();
  for (const name of ['kim', 'nat', 'ci']) {
    const { privateKey, publicKey } = await keyPerson(name, 'p256');
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = encodeExtension('2.5.29.35', encodeDer(TAG.sequence, encodeDer(0x80, Uint8Array.of(1))), false);
  const dates = { thisUpdate: new Date(NOW.getTime() - 1000), nextUpdate: new Date(NOW.getTime() + 86_400_000) };
  const crl = encodeCrl({ issuer: { subject: 'root', key }, extensions: [keyId], number: 1, ...dates });
  await writeFile(join(folder, 'list.crl'), encodePem('X509 CRL', crl));
  await writeFile(join(folder, 'p.json'), '{}');
  await writeFile(join(folder, 'policy.yaml'), POLICY);
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  let minutes = 0;
  const run = async (name: string, texts: Readonly<Record<string, string>>): Promise<CommandResult> => {
    const command = await findCommand(name)?.load();
    if (!command) throw new Error(`there is no command ${name}`);
    const now = new Date(NOW.getTime() + (minutes += 1) * 60_000);
    return runCommand(command, texts, new FakeHost({ cwd: folder, now }));
  };
  const { outputs } = await run('push-oras', { 'subject-path': 'app.sif', reference: 'oci:images:v1' });
  return { run, pinned: outputs['reference'] ?? '' };
}

const IMAGE = { 'subject-name': 'oci:images:v1' };
const TRUSTED = { ...IMAGE, 'policy-path': 'policy.yaml' };
const by = (name: string) => ({ 'signing-method': 'key', 'key-path': `${name}.pem` });

/** In an order in which each can do its work. */
const RUNS: readonly (readonly [name: string, Readonly<Record<string, string>>])[] = [
  ['inspect', IMAGE],
  ['scan-attest', { ...IMAGE, 'predicate-type': 'https://example.org/p', 'predicate-path': 'p.json', ...by('ci') }],
  ['stamp', { ...TRUSTED, 'carry-crls': 'list.crl' }],
  ['grant', { ...TRUSTED, stage: 'author', grantee: 'nat.pub', called: 'Nat', ...by('kim') }],
  ['break-glass', { ...TRUSTED, stage: 'author', reason: 'night', ticket: 'T1', 'expires-in': '1h', ...by('nat') }],
  ['sign-stage', { ...TRUSTED, stage: 'author', ...by('kim') }],
  ['status', TRUSTED],
  ['verify-all', TRUSTED],
  ['report', { ...TRUSTED, task: 'find', principal: 'kim' }],
  ['policy', { ...IMAGE, task: 'diff\npolicy.yaml\n./policy.yaml' }],
  ['withdraw', { ...TRUSTED, stage: 'author', reason: 'mistake', ...by('kim') }],
];

test('every command that takes the name of an image says which one the tag led to', { timeout: 60_000 }, async () => {
  const { run, pinned } = await prepare();
  expect(pinned).toMatch(/^oci:.+@sha256:[0-9a-f]{64}$/);
  for (const [name, texts] of RUNS) {
    const { json, outputs } = await run(name, texts);
    expect(JSON.stringify(json), name).toContain(`"reference":${JSON.stringify(pinned)}`);
    if ('subjects' in outputs) expect(outputs, name).toMatchObject({ reference: pinned });
  }
});

test('no command that takes the name of an image is left out above', async () => {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const asked = commands.filter(({ spec }) => spec.inputs.some(({ name }) => name === 'subject-name'));
  const known = new Set([...RUNS.map(([name]) => name), 'push-oras']);
  expect(asked.map(({ spec }) => spec.name).filter((name) => !known.has(name))).toEqual([]);
});

test('signed for a tag: the text names what was signed', async () => {
  const { run, pinned } = await prepare();
  for (const [name, texts] of RUNS.filter(([one]) => ['grant', 'break-glass', 'stamp', 'scan-attest'].includes(one)))
    expect((await run(name, texts)).text, name).toContain(pinned);
});
