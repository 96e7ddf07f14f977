// SPDX-License-Identifier: Apache-2.0
// What scan-attest does besides SBOMs and reports: predicates of any type, and the findings as SARIF.

import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { command } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { COSIGN_SIGN_PREDICATE_TYPE } from '../../../../src/image/bundle.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import { APPROVAL_PREDICATE_TYPE } from '../../../../src/attest/approval.ts';
import { parseBundle } from '../../../../src/attest/bundle.ts';
import { parseStatement } from '../../../../src/attest/statement.ts';
import { FakeHost, type FakeHostOptions } from '../../../support/fake-host.ts';
import { keyPerson, NOW } from '../../../support/layers.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { testClock } from '../../../support/registry-session.ts';
import { runCommand } from '../../../support/run-command.ts';
import { cycloneDx, trivyReport } from '../../../support/scan-reports.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let folder = '';
const TYPE = 'https://in-toto.io/attestation/test-result/v0.1';
const PREDICATE = { result: 'PASSED', configuration: [{ uri: 'urn:x', digest: { sha256: 'ab' } }], share: 0.5 };
const SIGNING = { 'signing-method': 'key', 'key-path': 'kim.pem' };
/** In the verdict document. */
const SEEN = { images: [{ evidence: [{ predicateType: TYPE, status: 'valid' }] }] };
const TESTED = { 'predicate-type': TYPE, 'predicate-path': 'result.json' };

beforeEach(async () => {
  folder = await temporaryFolder();
  const kim = await keyPerson('kim', 'p256');
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'kim.pub'), kim.publicKey);
  await write('result.json', PREDICATE);
  await write('sbom.json', cycloneDx());
  await write('trivy.json', trivyReport());
});

async function write(name: string, document: unknown): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(document));
}

async function run(texts: Readonly<Record<string, string>>, options: FakeHostOptions = {}, what = command) {
  await using host = new FakeHost({ cwd: folder, now: NOW, ...options });
  return runCommand(what, { 'subject-path': 'a.sif', ...texts }, host);
}

async function verified(subject: string) {
  const { json, outputs } = await run({ 'subject-path': subject, 'public-key': 'kim.pub' }, {}, verifyAll);
  return { verdict: outputs['verdict'], json };
}

describe('a predicate of any type', () => {
  test('is signed into a SIF, seen by verify-all and relied on by approvals', async () => {
    const { outputs } = await run({ ...TESTED, ...SIGNING, 'bundle-folder': 'out' });
    expect(JSON.parse(outputs['evidence'] ?? '')).toMatchObject([
      { subject: 'a.sif', predicateType: TYPE, signed: true, where: 'lane', label: 'predicate' },
    ]);
    const bundle = parseBundle(await readFile(join(folder, 'out', 'a.sif.predicate.sigstore.json')));
    const statement = parseStatement(bundle.envelope.payload);
    expect(statement).toMatchObject({ predicateType: TYPE, subject: [{ name: 'sif-metadata' }] });
    expect(JSON.stringify(statement.predicate)).toBe(JSON.stringify(PREDICATE));
    expect((await verified('a.sif')).json).toMatchObject(SEEN);
    await run({ stage: 'author', ...SIGNING, 'bundle-folder': 'out' }, {}, signStage);
    const approval = parseBundle(await readFile(join(folder, 'out', 'a.sif.author.sigstore.json')));
    expect(JSON.stringify(parseStatement(approval.envelope.payload).predicate)).toContain(`"uri":"${TYPE}"`);
    expect((await verified('a.sif')).verdict).toBe('passed');
  });

  test('again changes nothing', async () => {
    await run({ ...TESTED, ...SIGNING });
    const before = await readFile(join(folder, 'a.sif'));
    expect((await run({ ...TESTED, ...SIGNING })).text).toContain('was there already');
    expect(await readFile(join(folder, 'a.sif'))).toEqual(before);
  });

  test('is attached to an image in a layout folder', async () => {
    const layout = join(folder, 'images');
    await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
    const { outputs } = await run({ ...TESTED, ...SIGNING, 'subject-path': 'images' });
    expect(JSON.parse(outputs['evidence'] ?? '')).toMatchObject([{ predicateType: TYPE, where: 'referrer' }]);
    expect((await verified('images')).json).toMatchObject(SEEN);
  });

  test('is a file without a key, and goes to the image it is about', async () => {
    await copyFile(join(folder, 'a.sif'), join(folder, 'b.sif'));
    const both = { ...TESTED, 'subject-path': 'a.sif\nb.sif' };
    await expect(run(both)).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
    const { outputs } = await run({ ...both, 'predicate-path': 'b.sif=result.json' });
    expect(outputs['bundle-path']).toBe(join(folder, 'b.sif.predicate.intoto.json'));
    const statement = parseStatement(await readFile(join(folder, 'b.sif.predicate.intoto.json')));
    expect(statement).toMatchObject({ predicateType: TYPE, predicate: { result: 'PASSED' } });
  });

  test.each([
    ['unsigned when the verdict is failed', {}, [false, false]],
    ['signed when attest-failed says so', { 'attest-failed': 'true' }, [true, true, true]],
  ])('stands beside SBOM and findings, %s', async (_, more, signed) => {
    const texts = { ...TESTED, ...SIGNING, 'sbom-path': 'sbom.json', 'scan-report': 'trivy.json', ...more };
    const { exitCode, outputs } = await run(texts);
    expect(exitCode).toBe(1);
    const all = ['https://cyclonedx.org/bom', TYPE, 'https://in-toto.io/attestation/vulns/v0.2'];
    expect(JSON.parse(outputs['evidence'] ?? '')).toEqual(
      signed.map((value, index) => expect.objectContaining({ predicateType: all[index], signed: value })),
    );
  });

  test.each([
    ['a type without a file', { 'predicate-type': TYPE }, 'USAGE_MISSING_INPUT'],
    ['a file without a type', { 'predicate-path': 'result.json' }, 'USAGE_MISSING_INPUT'],
    ['a type that is no URI', { ...TESTED, 'predicate-type': 'test-result' }, 'USAGE_INVALID_INPUT'],
    ['a type with a space', { ...TESTED, 'predicate-type': 'urn:a b' }, 'USAGE_INVALID_INPUT'],
    ['a very long type', { ...TESTED, 'predicate-type': `urn:${'x'.repeat(600)}` }, 'USAGE_INVALID_INPUT'],
  ])('%s is a usage error, before anything is written', async (_what, texts, code) => {
    const before = await readFile(join(folder, 'a.sif'));
    await expect(run({ ...SIGNING, ...texts })).rejects.toMatchObject({ code, exitCode: 2 });
    expect(await readFile(join(folder, 'a.sif'))).toEqual(before);
  });

  test.each([
    APPROVAL_PREDICATE_TYPE,
    COSIGN_SIGN_PREDICATE_TYPE,
    'https://slsa.dev/verification_summary/v2',
    'https://slsa.dev/verification_summary',
    'HTTPS://SLSA.dev/verification_summary/v1',
    'http://slsa.dev/verification_summary/v1#x',
    'https://slsa.dev/verification%5Fsummary/v1',
    'https://slsa.dev/verification%255Fsummary/v1',
    'http://slsa.dev/verification_summary/v1',
    'https://slsa.dev/verification_summary/v1/',
    'https://slsa.dev/verification_summary/v1%20',
    'https://slsa.dev/verification_summary%00',
    'https://slsa.dev/Verification_Summary/V1',
    'https://slsa.dev:443/verification_summary/v1',
    'https://slsa.dev.//verification_summary//v1',
    'https://me@www.slsa.dev/x/../verification_summary/./v1',
    'https://slsa.dev/verification_summary.v1',
    'HTTP://sigstore.dev/cosign/sign/v1/',
  ])('%s is refused: an approval comes from sign-stage alone', async (type) => {
    const signing = run({ ...TESTED, ...SIGNING, 'predicate-type': type });
    await expect(signing).rejects.toMatchObject({ code: 'SCAN_PREDICATE_REFUSED', exitCode: 2 });
    await expect(signing).rejects.toMatchObject({ hint: expect.stringContaining('sign-stage') });
  });

  test.each([
    'urn:countersign:stage:author',
    'URN:Countersign:Stage:x',
    'urn:countersign:native',
    'urn:countersign:signed-policy:v1',
    'urn:countersign:grant:v1',
  ])('%s is refused: other commands sign that', async (type) => {
    const signing = run({ ...TESTED, ...SIGNING, 'predicate-type': type });
    await expect(signing).rejects.toMatchObject({ code: 'SCAN_PREDICATE_REFUSED', exitCode: 2 });
  });

  test('types that only look like it are not', async () => {
    const type = 'https://slsa.dev/verification_summary_statistics/v1';
    expect((await run({ ...TESTED, ...SIGNING, 'predicate-type': type })).exitCode).toBe(0);
  });

  test('a large file is refused', async () => {
    await write('result.json', { text: 'x'.repeat(11 * 1024 * 1024) });
    await expect(run({ ...TESTED, ...SIGNING })).rejects.toMatchObject({ code: 'DATA_TOO_LARGE' });
  });
});

describe('the findings as SARIF', () => {
  const findings = async (path: string) => parseReports(await readFile(path), 'own.sarif')[0]?.findings ?? [];
  const uris = async (path: string) =>
    [...(await readFile(path, 'utf8')).matchAll(/"uri": "([^"]*)"/g)].map((match) => match[1]);

  test('are written where sarif-path says, also when the verdict is failed', async () => {
    await mkdir(join(folder, 'images'));
    await copyFile(join(folder, 'a.sif'), join(folder, 'images', 'b c.sif'));
    const { exitCode, outputs } = await run({
      'subject-path': 'images/b c.sif',
      'scan-report': 'trivy.json',
      'sarif-path': 'out.sarif',
    });
    expect(exitCode).toBe(1);
    expect(outputs['sarif-path']).toBe(join(folder, 'out.sarif'));
    expect(await findings(join(folder, 'out.sarif'))).toMatchObject([{ id: 'CVE-2026-1001', severity: 'high' }]);
    expect(await uris(join(folder, 'out.sarif'))).toEqual(['images/b%20c.sif']);
  });

  test('of images elsewhere on the machine do not say where', async () => {
    const elsewhere = join(await temporaryFolder(), 'x.sif');
    await copyFile(join(folder, 'a.sif'), elsewhere);
    const texts = { 'subject-path': elsewhere, 'scan-report': 'trivy.json', 'sarif-path': 'out.sarif' };
    await run(texts);
    expect(await uris(join(folder, 'out.sarif'))).toEqual(['x.sif']);
  });

  test('go to the temporary folder of a job without being asked for, on the command line nowhere', async () => {
    const temporary = await temporaryFolder();
    const env = { RUNNER_TEMP: temporary };
    const job = await run({ 'scan-report': 'trivy.json' }, { kind: 'actions', env });
    expect(job.outputs['sarif-path']).toMatch(/countersign-scan-attest-[0-9a-f]{8}\.sarif$/);
    expect(await findings(job.outputs['sarif-path'] ?? '')).toHaveLength(1);
    expect((await run({ 'scan-report': 'trivy.json' }, { env })).outputs['sarif-path']).toBe('');
    expect(await readdir(temporary)).toHaveLength(1);
  });

  test('are not written when nothing was scanned: an empty document would close alerts', async () => {
    const env = { RUNNER_TEMP: await temporaryFolder() };
    const job = await run({ 'sbom-path': 'sbom.json' }, { kind: 'actions', env });
    expect(job.outputs['sarif-path']).toBe('');
    await expect(run({ 'sbom-path': 'sbom.json', 'sarif-path': 'out.sarif' })).rejects.toMatchObject({
      code: 'USAGE_MISSING_INPUT',
    });
  });

  test('that cannot be written stop the run before anything is signed', async () => {
    const before = await readFile(join(folder, 'a.sif'));
    const texts = { 'scan-report': 'trivy.json', 'attest-failed': 'true', 'sarif-path': 'none/out.sarif', ...SIGNING };
    await expect(run(texts)).rejects.toMatchObject({ exitCode: 3 });
    expect(await readFile(join(folder, 'a.sif'))).toEqual(before);
  });
});
