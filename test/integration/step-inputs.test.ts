// SPDX-License-Identifier: Apache-2.0
// Inputs that only the runner gives in their full form: a document of several lines, and the token of the job.

import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyPerson } from '../support/layers.ts';
import { asBytes, grypeReport } from '../support/scan-reports.ts';
import { PROJECT } from '../support/sources.ts';
import { runStep, type StepOptions } from '../support/step.ts';
import { temporaryFolder } from '../support/temporary.ts';

const TOKEN = 'ghs_0123456789abcdefTOKEN';
const POLICY = `
version: 1
name: inline

principals:
  kim: { key: kim.pub }
stages:
  - { name: author, approvers: [kim] }
`;

async function workspace(): Promise<string> {
  const folder = await temporaryFolder();
  const kim = await keyPerson('kim', 'p256');
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'app.sif'));
  await writeFile(join(folder, 'kim.pub'), kim.publicKey);
  await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
  return folder;
}

const step = (entry: string, folder: string, inputs: Readonly<Record<string, string>>, more: StepOptions = {}) =>
  runStep(entry, folder, { from: 'sources', inputs: { 'github-token': TOKEN, ...inputs }, ...more });

describe('a policy as text in a step', () => {
  test('is followed', async () => {
    const folder = await workspace();
    const image = { 'subject-path': 'app.sif', policy: POLICY };
    const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
    expect((await step('sign-stage', folder, { ...image, stage: 'author', ...key })).exitCode).toBe(0);
    expect((await step('verify-all', folder, image)).outputs['verdict']).toBe('passed');
  });

  test('is reported with line and column, and no file of that name is annotated', async () => {
    const folder = await workspace();
    const policy = POLICY.replace('approvers', 'approver');
    const { exitCode, stdout, summary } = await step('verify-all', folder, { 'subject-path': 'app.sif', policy });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^::error::verify-all: policy:8:21: /m);
    expect(summary).toContain('- error: policy&#58;8&#58;21&#58; ');
  });
});

describe('gates on outputs', () => {
  const APPROVED = ['name', 'stage', 'method', 'signer', 'principal', 'time'];

  async function verified(more: { inputs?: Record<string, string>; env?: Record<string, string>; config?: string }) {
    const folder = await workspace();
    const image = { 'subject-path': 'app.sif', policy: POLICY };
    const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
    expect((await step('sign-stage', folder, { ...image, stage: 'author', ...key })).exitCode).toBe(0);
    const inputs = { ...image, ...more.inputs, 'report-path': 'report.json' };
    const result = await step('verify-all', folder, inputs, { env: more.env ?? {} });
    const report: unknown = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    return { ...result, report };
  }

  test.each(['pass', 'passed', 'true', 'verdict'])('work when the password is %s, given or found', async (password) => {
    const given = { inputs: { 'registry-username': 'user', 'registry-password': password } };
    const found = { env: { HTTP_PROXY: `http://user:${password}@127.0.0.1:9` } };
    for (const more of [given, found]) {
      const { exitCode, outputs, report, stdout } = await verified(more);
      expect(exitCode).toBe(0);
      expect(outputs).toMatchObject({ verdict: 'passed', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
      const [subject] = JSON.parse(outputs['subjects'] ?? '');
      expect(subject).toEqual({
        name: 'app.sif',
        digest: outputs['digest'],
        path: expect.any(String),
        reference: '',
        verdict: 'passed',
      });
      expect(Object.keys(JSON.parse(outputs['approvals'] ?? '')[0])).toEqual(APPROVED);
      expect(report).toMatchObject({ schema: 'countersign/verdict/v1', verdict: 'passed', asOf: false });
      expect(stdout).not.toContain('is left empty');
    }
  });

  test('leave an output empty that holds a given secret, and say which', async () => {
    const { outputs, stdout } = await verified({
      inputs: { 'registry-username': 'u', 'registry-password': 'app.sif' },
    });
    expect(outputs).toMatchObject({ verdict: 'passed', subjects: '', 'image-path': '' });
    expect(stdout).toContain('::warning::the output subjects is left empty: its value holds a secret');
  });
});

describe('the token of the job', () => {
  test('is masked first of all and reaches neither a child nor an output', async () => {
    const folder = await workspace();
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(folder, 'grype.json'), asBytes(grypeReport()));
    const script = `#!/bin/sh\nset > "${folder}/seen"\necho "$@" >> "${folder}/seen"\ncat "${folder}/grype.json"\n`;
    await writeFile(join(bin, 'grype'), script);
    await chmod(join(bin, 'grype'), 0o755);
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, GITHUB_TOKEN: 'ghs_ambient_token', AGAIN: `x ${TOKEN}` };
    const result = await step('scan-attest', folder, { 'subject-path': 'app.sif', scanner: 'grype' }, { env });
    expect(result.outputs).toMatchObject({ verdict: 'failed', 'findings-count': '1' });
    const lines = result.stdout.split('\n');
    const other = lines.findIndex((line) => !line.startsWith('::add-mask::'));
    for (const token of [TOKEN, 'ghs_ambient_token']) expect(lines.slice(0, other)).toContain(`::add-mask::${token}`);
    const shown = lines.filter((line) => !line.startsWith('::add-mask::')).join('\n');
    const seen = await readFile(join(folder, 'seen'), 'utf8');
    expect(seen).toContain('app.sif');
    const places = [shown, result.stderr, result.summary, JSON.stringify(result.outputs), seen];
    for (const place of places) expect(place).not.toMatch(/ghs_/);
  });

  test('is in no summary, report or log, however it is escaped there', async () => {
    const folder = await workspace();
    const token = 'p|pe_"q"*[x](y)';
    const ambient = 'run*time_tok"en';
    const image = {
      'subject-path': `${token}.sif\n${ambient}.sif`,
      'public-key': 'kim.pub',
      'report-path': 'report.json',
    };
    const given = { ...image, 'github-token': token };
    const more = { env: { ACTIONS_RUNTIME_TOKEN: ambient } };
    const result = await step('verify-all', folder, given, more);
    const report = await readFile(join(folder, 'report.json'), 'utf8');
    expect(JSON.parse(report)).toBeInstanceOf(Object);
    expect(report).toContain('***.sif');
    expect(result.summary).toMatch(/\*\*\*|&#42;&#42;&#42;/);
    const shown = result.stdout.replace(/^::add-mask::.*$/gm, '');
    const texts = [shown, result.stderr, report, result.summary, JSON.stringify(result.outputs)];
    for (const text of texts)
      expect(text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))).not.toMatch(/p\|pe|run\*time/);
  });

  test('is not in the findings that are written for code scanning', async () => {
    const folder = await workspace();
    await copyFile(join(folder, 'app.sif'), join(folder, `${TOKEN}.sif`));
    await writeFile(join(folder, 'grype.json'), asBytes(grypeReport()));
    const inputs = { 'subject-path': `${TOKEN}.sif`, 'scan-report': 'grype.json', 'sarif-path': 'out.sarif' };
    const result = await step('scan-attest', folder, inputs);
    expect(result.outputs).toMatchObject({ verdict: 'failed', 'findings-count': '1' });
    const text = await readFile(join(folder, 'out.sarif'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ version: '2.1.0' });
    expect(text).toContain('***.sif');
    expect(text).not.toContain(TOKEN);
  });

  test('gives way to a file, and is no input too many for a command that needs none', async () => {
    const folder = await workspace();
    await writeFile(join(folder, 'token'), 'ghs_from_a_file\n', { mode: 0o600 });
    const image = { 'subject-path': 'app.sif', 'public-key': 'kim.pub' };
    const { stdout, outputs } = await step('verify-all', folder, { ...image, 'github-token-path': 'token' });
    expect(outputs['verdict']).toBe('failed');
    expect(stdout).toContain('::add-mask::ghs_from_a_file');
    const build = await step('root', folder, { command: 'build' });
    expect(build.stdout).toContain('USAGE_MISSING_INPUT');
    expect(build.stdout).not.toContain('has no input');
  });
});

describe('the outcome of a step', () => {
  const image = { 'subject-path': 'app.sif', policy: POLICY };
  const outcomes = { verdict: 'failed', outcome: 'error' };

  test('tells a refusal from an error', async () => {
    const folder = await workspace();
    const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
    const refused = await step('verify-all', folder, image);
    expect(refused.outputs).toMatchObject({ verdict: 'failed', outcome: 'failed', 'error-code': '' });
    const signed = await step('sign-stage', folder, { ...image, stage: 'author', ...key });
    expect(signed.outputs).toMatchObject({ verdict: 'passed', outcome: 'passed', 'error-code': '' });
    const down = await step('verify-all', folder, {
      'subject-name': '127.0.0.1:1/app:1',
      policy: POLICY,
      'retry-for': '0s',
    });
    expect(down.exitCode).toBe(3);
    expect(down.outputs).toMatchObject({ ...outcomes, 'error-code': 'NETWORK_CONNECT_FAILED' });
    expect(down.summary.match(/NETWORK(?:_|&#95;)CONNECT(?:_|&#95;)FAILED/g)).toHaveLength(1);
  });

  test('is told with a summary on every way out', async () => {
    const folder = await workspace();
    const wrong = await step('verify-all', folder, { ...image, 'retry-for': 'soon' });
    expect(wrong.outputs).toMatchObject({ ...outcomes, 'error-code': 'USAGE_INVALID_INPUT' });
    expect(wrong.summary).toContain('### verify-all: USAGE_INVALID_INPUT');
    const nameless = await step('root', folder, {});
    expect(nameless.outputs).toMatchObject({ ...outcomes, 'error-code': 'USAGE_MISSING_INPUT' });
    expect(nameless.summary).toContain('### root: USAGE_MISSING_INPUT');
    const copies = { 'bundle-folder': 'app.sif', stage: 'author', 'signing-method': 'key', 'key-path': 'kim.pem' };
    const unwritable = await step('sign-stage', folder, { ...image, ...copies });
    expect(unwritable.exitCode).toBe(3);
    expect(unwritable.summary).toContain(unwritable.outputs['error-code']);
  });
});

test.each([
  ['is not there', 'none/output', 'FILE_NOT_FOUND'],
  ['is a folder', '.', 'FILE_WRITE_FAILED'],
  ...(process.platform === 'linux' ? [['is on a full disk', '/dev/full', 'DISK_FULL']] : []),
])('a step whose file for outputs %s fails, and says why', async (_, path = '', code) => {
  const folder = await workspace();
  const inputs = { 'subject-path': 'app.sif', policy: POLICY };
  const run = await step('verify-all', folder, inputs, { env: { GITHUB_OUTPUT: path } });
  expect(run.exitCode).toBe(3);
  expect(run.stdout).toContain(`::error::verify-all: the outputs of the step cannot be written to ${path} [${code}]`);
  expect(run.stderr).toBe('');
  expect(run.summary).toContain('### verify-all');
  expect(run.leftOver.filter((name) => !name.endsWith('.json'))).toEqual([]);
});

test('a step with a login refuses to run while Node prints what it sends', async () => {
  const folder = await workspace();
  const inputs = { 'subject-path': 'app.sif', policy: POLICY };
  const run = await step('verify-all', folder, inputs, { env: { NODE_DEBUG: 'http,net' } });
  expect(run.outputs).toMatchObject({ outcome: 'error', 'error-code': 'USAGE_NODE_DEBUG' });
  expect(run.exitCode).toBe(2);
  const shown = `${run.stdout}${run.stderr}`.replace(/^::add-mask::.*\n/gm, '');
  expect(shown).not.toContain(TOKEN);
});
