// SPDX-License-Identifier: Apache-2.0
// Images that cannot be read: a registry that is down, refuses or answers nonsense is told from an image that failed, in
// text, summary, JSON, outputs and exit code, and nothing passes either way.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { TestRegistry } from '../support/registry-server.ts';
import { openIn } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const POLICY = `version: 1
name: test
principals:
  kim: { key: kim.pub }
stages:
  - { name: author, approvers: [kim] }
  - { name: security, approvers: [kim], after: [author] }
`;

async function workplace(): Promise<string> {
  const folder = await temporaryFolder();
  const kim = await keyPerson('kim', 'p256');
  await writeFile(join(folder, 'kim.pub'), kim.publicKey);
  await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'countersign.yaml'), POLICY);
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'unsigned.sif'));
  await writeFile(join(folder, 'text.sif'), 'x'.repeat(5000));
  return folder;
}

async function verify(cwd: string, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd, now: NOW });
  const given = { 'policy-path': 'countersign.yaml', 'retry-for': '0s', timeout: '300ms', ...texts };
  const result = await runCommand(verifyAll, given, host);
  return { ...result, verdict: result.json as Verdict };
}

describe('an image that cannot be read', () => {
  const page = (type: string) => (registry: TestRegistry) => {
    registry.intercept = (_request, response) => {
      response.writeHead(200, { 'content-type': type }).end('<html><title>Please log in</title></html>');
      return true;
    };
  };
  const answer = (status: number) => (registry: TestRegistry) => void (registry.faults.fail = { status, times: 99 });

  test.each([
    ['401', answer(401), 'REGISTRY_UNAUTHORIZED', /answered 401/],
    ['403', answer(403), 'REGISTRY_FORBIDDEN', /answered 403/],
    ['404', answer(404), 'REGISTRY_NOT_FOUND', /has no manifest/],
    ['429', answer(429), 'REGISTRY_RATE_LIMITED', /answered 429/],
    ['503', answer(503), 'REGISTRY_UNAVAILABLE', /answered 503/],
    ['silence', (it: TestRegistry) => void (it.faults.hang = () => true), 'NETWORK_TIMEOUT', /was silent for 300 ms/],
    ['a page', page('text/html'), 'REGISTRY_ANSWER_INVALID', /answered with a page/],
    ['a page in some letters', page('Text/HTML; charset=utf-8'), 'REGISTRY_ANSWER_INVALID', /answered with a page/],
    ['no HTTP', (it: TestRegistry) => void (it.faults.garbage = () => true), 'NETWORK_RESPONSE_INVALID', /no HTTP/],
  ])('because of %s is an error, and no stage of it is said to be missing', async (_, damage, code, message) => {
    const folder = await workplace();
    await using registry = await TestRegistry.start();
    damage(registry);
    const { exitCode, error, outputs, text, summary, verdict } = await verify(folder, {
      'subject-name': `${registry.host}/app:1`,
    });
    expect(exitCode).toBe(3);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(outputs).toMatchObject({ verdict: 'failed', 'error-code': code });
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'error' });
    expect(verdict.images[0]).toMatchObject({ verdict: 'failed', outcome: 'error', reasons: [{ code }] });
    expect(verdict.images[0]?.stages.map((stage) => stage.verdict)).toEqual(['not-checked', 'not-checked']);
    expect(text).toMatch(/^\? .*\/app:1 {2}could not be read$/m);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(
      /^error: 1 of 1 image could not be read, no verdict by policy test/,
    );
    expect(summary?.().match(/^\| .*could not be read \|/gm)).toHaveLength(1);
    expect(summary?.()).toContain('["author<br/>not checked"]:::notchecked');
    expect(`${text}${summary?.()}`).not.toMatch(/[❌✗] missing|missing: |<br\/>missing/);
  });

  test.each([
    ['a name that DNS does not know', 'registry.invalid/app:1', /DNS knows no such name|DNS gave no answer/],
    ['a port where nothing listens', '127.0.0.1:1/app:1', /nothing answers at this address/],
  ])('because of %s says so', async (_, image, message) => {
    const { error, exitCode } = await verify(await workplace(), { 'subject-name': image });
    expect(exitCode).toBe(3);
    expect(error).toMatchObject({ code: 'NETWORK_CONNECT_FAILED', message: expect.stringMatching(message) });
  });
});

test('a failed image among them is a failure, and what could not be read is named', async () => {
  const folder = await workplace();
  const images = { 'subject-name': '127.0.0.1:1/app:1', 'subject-path': 'unsigned.sif\ntext.sif' };
  const { exitCode, error, outputs, text, summary, verdict } = await verify(folder, images);
  expect(exitCode).toBe(1);
  expect(error).toBeUndefined();
  expect(outputs).toMatchObject({ verdict: 'failed', 'error-code': 'NETWORK_CONNECT_FAILED' });
  expect(verdict.outcome).toBe('failed');
  const outcomes = verdict.images.map(({ name, outcome }) => [name, outcome]);
  expect(Object.fromEntries(outcomes)).toEqual({
    'unsigned.sif': 'failed',
    'text.sif': 'failed',
    '127.0.0.1:1/app:1': 'error',
  });
  expect(text.trimEnd().split('\n').slice(-4)).toEqual([
    '✗ unsigned.sif: failed',
    '✗ text.sif: failed',
    '? 127.0.0.1:1/app:1: could not be read',
    expect.stringMatching(/^failed: 2 of 3 images \(1 unsigned\), 1 more could not be read, by policy test/),
  ]);
  expect(summary?.().trimEnd().split('\n').at(-1)).toMatch(/^Not passed: .*unsigned.*text.*could not be read\)$/);
});

test('several images that cannot be read are an error, which counts them', async () => {
  const folder = await workplace();
  const images = { 'subject-name': '127.0.0.1:1/a:1\n127.0.0.1:1/b:1' };
  const { exitCode, error } = await verify(folder, images);
  expect(exitCode).toBe(3);
  expect(error?.message).toMatch(/^2 of 2 images could not be read; 127\.0\.0\.1:1\/a:1: cannot connect/);
});

test('an image that passed beside one that cannot be read leaves an error, as nothing was refused', async () => {
  const folder = await workplace();
  const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
  await using host = new FakeHost({ cwd: folder, now: NOW });
  await runCommand(signStage, { 'subject-path': 'unsigned.sif', stage: 'author', ...key }, host);
  const images = { 'subject-path': 'unsigned.sif', 'subject-name': '127.0.0.1:1/a:1' };
  const { exitCode, text, verdict } = await verify(folder, { ...images, 'policy-path': '', 'public-key': 'kim.pub' });
  expect(exitCode).toBe(3);
  expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'error' });
  expect(text).toMatch(/^\? .*\n[\s\S]*\n✓ unsigned\.sif/);
});

test.each([
  ['an empty body', '', /answered 200 with an empty body/],
  ['half a list', '{"schemaVersion":2,', /answered 200 with no list/],
  ['a list of nothing', '{"schemaVersion":2}', /answered 200 with no list/],
])('a referrers API that answers 200 with %s is told as that', async (_, body, message) => {
  const folder = await workplace();
  await using registry = await TestRegistry.start({ referrersApi: true });
  await pushOciImage(await openIn(registry, { name: 'team/app' }), { tag: '1' });
  registry.faults.referrersBody = body;
  const { exitCode, error } = await verify(folder, { 'subject-name': `${registry.host}/team/app:1` });
  expect(exitCode).toBe(3);
  expect(error).toMatchObject({ code: 'REGISTRY_ANSWER_INVALID', message: expect.stringMatching(message) });
});
