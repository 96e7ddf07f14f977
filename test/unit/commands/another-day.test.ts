// SPDX-License-Identifier: Apache-2.0
// `--now` is for looking: what is said about another day says so, and no command that writes, signs or publishes takes it.

import { access, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS, findCommand } from '../../../src/commands/commands.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { keyPerson, NOW } from '../../support/layers.ts';
import { runCommand } from '../../support/run-command.ts';
import { codeOf } from '../../support/signing.ts';
import { PROJECT } from '../../support/sources.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const THEN = '2026-12-24T18:00:00Z';
const WORDS = `as of ${THEN}, which is not the present time`;

async function prepare() {
  const folder = await temporaryFolder();
  const { publicKey } = await keyPerson('kim', 'p256');
  await writeFile(join(folder, 'kim.pub'), publicKey);
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  await writeFile(
    join(folder, 'policy.yaml'),
    'version: 1\nname: test\nprincipals: { kim: { key: kim.pub } }\nstages: [{ name: author, approvers: kim }]\n',
  );
  const run = async (name: string, texts: Readonly<Record<string, string>>) => {
    const command = await findCommand(name)?.load();
    if (!command) throw new Error(`there is no command ${name}`);
    return runCommand(command, texts, new FakeHost({ cwd: folder, now: NOW }));
  };
  return { folder, run };
}

const RUNS: readonly (readonly [name: string, Readonly<Record<string, string>>])[] = [
  ['verify-all', { 'subject-path': 'a.sif', 'policy-path': 'policy.yaml' }],
  ['status', { 'subject-path': 'a.sif', 'policy-path': 'policy.yaml' }],
  ['simulate', { task: 'ecl\na.sif', 'gate-path': '.' }],
  ['policy', { task: 'check\npolicy.yaml' }],
  ['policy', { task: 'diff\npolicy.yaml\n./policy.yaml', 'subject-path': 'a.sif' }],
];

test('what is said about another day says so, and nothing else does', async () => {
  const { folder, run } = await prepare();
  await writeFile(join(folder, 'ecl.toml'), 'activated = false\n');
  for (const [name, texts] of RUNS) {
    expect((await run(name, { ...texts, now: THEN })).text, name).toContain(WORDS);
    expect((await run(name, texts)).text, name).not.toContain('as of ');
  }
});

test('only commands that look take a time', async () => {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const taking = commands.filter(({ spec }) => spec.inputs.some(({ name }) => name === 'now'));
  const known = new Set(RUNS.map(([name]) => name));
  expect(taking.map(({ spec }) => spec.name).filter((name) => !known.has(name))).toEqual([]);
});

test('what was seen on another day is not remembered of a tag, and no verdict about one is signed', async () => {
  const { folder, run } = await prepare();
  const asked = { 'subject-name': 'localhost:1/app:v1', 'policy-path': 'policy.yaml', 'expect-tag': 'v1', now: THEN };
  const remembering = run('verify-all', { ...asked, 'tag-state-path': 'tags.json' });
  expect(await codeOf(remembering)).toBe('USAGE_CONFLICTING_INPUTS');
  await expect(access(join(folder, 'tags.json'))).rejects.toThrow('ENOENT');
  const { privateKey } = await keyPerson('ci', 'p256');
  await writeFile(join(folder, 'ci.pem'), privateKey, { mode: 0o600 });
  const own = { task: 'sign\npolicy.yaml', 'signing-method': 'key', 'key-path': 'ci.pem' };
  expect(await codeOf(run('policy', { ...own, now: THEN }))).toBe('USAGE_CONFLICTING_INPUTS');
  const signing = run('verify-all', { ...RUNS[0]?.[1], now: THEN, 'signing-method': 'key', 'key-path': 'ci.pem' });
  expect(await codeOf(signing)).toBe('USAGE_CONFLICTING_INPUTS');
});
