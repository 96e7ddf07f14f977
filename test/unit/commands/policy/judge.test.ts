// SPDX-License-Identifier: Apache-2.0
// Verdicts beside what was expected, and beside those of another policy.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { command as policy } from '../../../../src/commands/policy/policy.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { codeOf } from '../../../support/signing.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let folder = '';

function text(more: string): string {
  return `version: 1\nname: p\nprincipals: { alice: { key: alice.pub }, bob: { key: bob.pub } }\nstages:\n  - { name: author, approvers: [alice, bob]${more} }\n`;
}

beforeEach(async () => {
  folder = await temporaryFolder();
  const people = { alice: await keyPerson('alice', 'p256'), bob: await keyPerson('bob', 'p256') };
  for (const [name, { privateKey, publicKey }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
  await writeFile(join(folder, 'one.yaml'), text(''));
  await writeFile(join(folder, 'two.yaml'), text(', threshold: 2'));
  await writeFile(join(folder, 'aged.yaml'), text(', maxAge: 1d'));
  for (const name of ['signed.sif', 'bare.sif']) await writeFile(join(folder, name), typicalSif().bytes());
  await using host = new FakeHost({ cwd: folder, now: NOW });
  const by = { stage: 'author', 'signing-method': 'key', 'key-path': 'alice.pem', 'policy-path': 'one.yaml' };
  await runCommand(signStage, { 'subject-path': 'signed.sif', ...by }, host);
});

async function run(task: string, more: Readonly<Record<string, string>> = {}) {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return runCommand(policy, { task, ...more }, host);
}

async function cases(lines: string, file = 'aged.yaml') {
  await writeFile(join(folder, 'cases.yaml'), `cases:\n${lines}`);
  return run(`test\ncases.yaml\n${file}`);
}

test('cases are as expected, each at its own time', async () => {
  const result = await cases(`  - { image: signed.sif, expect: passed }
  - { image: signed.sif, expect: failed, now: "2026-12-24T12:00:00Z" }
  - { image: bare.sif, expect: failed, reasons: [STAGE_MISSING] }
`);
  expect(result.text).toBe('3 of 3 as expected\n');
  expect(result.exitCode).toBe(0);
});

test('what differs fails, with the line and the reasons', async () => {
  const result = await cases(`  - { image: bare.sif, expect: passed }
  - { image: bare.sif, expect: failed, reasons: NO_SUCH_CODE }
`);
  expect(result.exitCode).toBe(1);
  expect(result.text).toContain('✗ line 2: bare.sif: expected passed, is failed');
  expect(result.text).toContain('[STAGE_MISSING]');
  expect(result.text).toContain('NO_SUCH_CODE is not among the reasons');
});

test.each([
  ['an unknown key', '  - { image: bare.sif, expected: passed }', 'POLICY_UNKNOWN_KEY'],
  ['another word', '  - { image: bare.sif, expect: maybe }', 'POLICY_INVALID_VALUE'],
  ['no time', '  - { image: bare.sif, expect: passed, now: tomorrow }', 'POLICY_INVALID_VALUE'],
  ['several images', '  - { image: "*.sif", expect: passed }', 'POLICY_INVALID_VALUE'],
  ['an image that is not there', '  - { image: no.sif, expect: failed }', 'USAGE_NO_MATCH'],
])('%s in the cases is refused', async (_, line, code) => {
  expect(await codeOf(cases(`${line}\n`))).toBe(code);
});

test('recorded facts replace recorded facts and nothing else', async () => {
  const record = { 'subject-path': 'signed.sif', 'facts-path': 'facts.json' };
  const path = join(folder, 'facts.json');
  for (const notes of ['my notes', '{"schema":"mine"}', '{"schema":"countersign/recorded-facts/v1"}']) {
    await writeFile(path, notes);
    expect(await codeOf(run('record\none.yaml', record))).toBe('USAGE_FILE_EXISTS');
    expect(await readFile(path, 'utf8')).toBe(notes);
  }
  await writeFile(path, '');
  for (let time = 0; time < 2; time += 1) expect((await run('record\none.yaml', record)).exitCode).toBe(0);
});

test('recorded facts are judged as the image was, at the time of the recording, by any policy', async () => {
  const record = { 'subject-path': 'signed.sif', 'facts-path': 'facts.json' };
  const { exitCode, text: said } = await run('record\none.yaml', record);
  expect([exitCode, said]).toEqual([0, expect.stringContaining('what was found on signed.sif, and no verdict')]);
  const recorded = await readFile(join(folder, 'facts.json'), 'utf8');
  expect(recorded).not.toContain('passed');
  const both = `  - { facts: facts.json, expect: passed }
  - { facts: facts.json, expect: failed, now: "2026-12-24T12:00:00Z" }
`;
  expect((await cases(both)).text).toBe('2 of 2 as expected\n');
  const { text: less } = await cases('  - { facts: facts.json, expect: passed }\n', 'two.yaml');
  expect(less).toContain('✗ line 2: the facts in facts.json: expected passed, is failed');
  expect(less).toContain('[STAGE_THRESHOLD_NOT_MET]');
  const strange: unknown = { ...JSON.parse(recorded), verdict: 'passed' };
  for (const document of [strange, JSON.parse(recorded).facts, { ...JSON.parse(recorded), facts: {} }]) {
    await writeFile(join(folder, 'facts.json'), JSON.stringify(document));
    expect(await codeOf(cases(both))).toBe('DATA_JSON_INVALID');
  }
  expect(await codeOf(cases('  - { expect: passed }\n'))).toBe('POLICY_INVALID_VALUE');
  expect(await codeOf(cases('  - { image: a.sif, facts: facts.json, expect: passed }\n'))).toBe('POLICY_INVALID_VALUE');
  expect(await codeOf(run('record\none.yaml', { 'subject-path': 'signed.sif' }))).toBe('USAGE_MISSING_INPUT');
  const over = { 'subject-path': 'signed.sif', 'facts-path': 'alice.pub' };
  expect(await codeOf(run('record\none.yaml', over))).toBe('USAGE_CONFLICTING_INPUTS');
});

test('compares two profiles of one policy', async () => {
  const stages = (more: string) => `{ stages: [{ name: author, approvers: [alice, bob]${more} }] }`;
  const head = 'version: 1\nname: p\nprincipals: { alice: { key: alice.pub }, bob: { key: bob.pub } }\n';
  const written = `${head}profiles:\n  dev: ${stages('')}\n  production: ${stages(', threshold: 2')}\n`;
  await writeFile(join(folder, 'p.yaml'), written);
  const given = { 'subject-path': '*.sif', profile: 'dev' };
  const { text: said } = await run('diff\np.yaml', { ...given, 'new-profile': 'production' });
  expect(said).toContain('signed.sif: passed → failed');
});

test('says which images change their verdict, and why', async () => {
  const images = { 'subject-path': '*.sif' };
  const { exitCode, text: said, json } = await run('diff\none.yaml\ntwo.yaml', images);
  expect(exitCode).toBe(1);
  expect(said).toContain('signed.sif: passed → failed\n    after: ');
  expect(said).toContain('1 of 2 change their verdict');
  expect(json).toMatchObject({
    images: [
      { name: 'bare.sif', changed: false },
      { name: 'signed.sif', changed: true, before: { outcome: 'passed' } },
    ],
  });
  expect((await run('diff\ntwo.yaml\none.yaml', images)).text).toContain('signed.sif: failed → passed\n    before: ');
  expect((await run('diff\none.yaml\naged.yaml', images)).exitCode).toBe(0);
  expect(await codeOf(run('diff\none.yaml', images))).toBe('USAGE_MISSING_INPUT');
  expect(await codeOf(run('diff\none.yaml\ntwo.yaml\nthree.yaml', images))).toBe('USAGE_INVALID_INPUT');
  const gone = await run('diff\none.yaml\ntwo.yaml', { 'subject-name': 'oci:none:v1' });
  expect(gone).toMatchObject({
    exitCode: 3,
    text: expect.stringMatching(/oci:.*none:v1: error → error\n.*1 could not be read/s),
  });
});
