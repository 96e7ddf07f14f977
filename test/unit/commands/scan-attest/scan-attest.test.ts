// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { hasLaneName } from '../../../../src/image/sif/signature-objects.ts';
import { openSif } from '../../../../src/sif/sif.ts';
import { openFileSource } from '../../../../src/sif/source.ts';
import { parseBundle } from '../../../../src/attest/bundle.ts';
import { parseStatement } from '../../../../src/attest/statement.ts';
import { FakeHost, type FakeHostOptions } from '../../../support/fake-host.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { cycloneDx, trivyReport, trivyVulnerability } from '../../../support/scan-reports.ts';
import { PROJECT } from '../../../support/sources.ts';

let folder: string;
const key = newKey();
const signing = { 'signing-method': 'key', key };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-scan-'));
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  await write('trivy.json', trivyReport());
  await write('clean.json', trivyReport([]));
  await write('sbom.json', cycloneDx());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, document: unknown): Promise<void> {
  await writeFile(join(folder, name), typeof document === 'string' ? document : JSON.stringify(document));
}

async function run(texts: Readonly<Record<string, string>>, options: FakeHostOptions = {}) {
  await using host = new FakeHost({ cwd: folder, ...options });
  const result = await runCommand(command, { 'subject-path': 'a.sif', ...texts }, host);
  return { result, host };
}

async function lane(name = 'a.sif'): Promise<readonly string[]> {
  await using source = await openFileSource(join(folder, name));
  return (await openSif(source)).objects.filter(hasLaneName).map((object) => object.name.split('/')[2] ?? '');
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('scan-attest', () => {
  test('signs SBOM and findings into the image when the verdict is passed', async () => {
    const { result } = await run({ ...signing, 'sbom-path': 'sbom.json', 'scan-report': 'clean.json' });
    expect(result.exitCode).toBe(0);
    expect(result.outputs).toMatchObject({ verdict: 'passed', 'findings-count': '0', 'bundle-path': '' });
    expect(await lane()).toEqual(['sbom', 'vulns']);
    expect(JSON.parse(result.outputs['evidence'] ?? '')).toMatchObject([
      { predicateType: 'https://cyclonedx.org/bom', signed: true, where: 'lane', path: null },
      { predicateType: 'https://in-toto.io/attestation/vulns/v0.2', signed: true, where: 'lane', path: null },
    ]);
  });

  test('the same evidence by the same key again changes nothing', async () => {
    const texts = { ...signing, 'sbom-path': 'sbom.json', 'scan-report': 'clean.json' };
    await run(texts);
    const before = await readFile(join(folder, 'a.sif'));
    const { result } = await run(texts);
    expect(await readFile(join(folder, 'a.sif'))).toEqual(before);
    expect(result.text).toContain('was there already');
  });

  test('a failed verdict reports every finding and signs nothing', async () => {
    const { result, host } = await run({ ...signing, 'sbom-path': 'sbom.json', 'scan-report': 'trivy.json' });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ verdict: 'failed', 'blocking-count': '1' });
    expect(await lane()).toEqual([]);
    expect(await readFile(join(folder, 'a.sif.sbom.intoto.json'), 'utf8')).toContain('CycloneDX');
    expect(host.log.filter(({ level }) => level === 'finding')).toMatchObject([
      { text: expect.stringContaining('high CVE-2026-1001 in libexample 1.2-3, fixed in 1.2-4 or 1.3-1') },
    ]);
    expect(result.summary?.()).toContain('CVE');
    expect(result.json).toMatchObject({ verdict: 'failed', images: [{ blocking: [{ id: 'CVE-2026-1001' }] }] });
  });

  test('attest-failed signs the findings of a failed scan, which say so', async () => {
    const { result } = await run({ ...signing, 'scan-report': 'trivy.json', 'attest-failed': 'true', store: 'file' });
    expect(result.exitCode).toBe(1);
    const bundle = parseBundle(await readFile(join(folder, 'a.sif.vulns-trivy.sigstore.json')));
    expect(parseStatement(bundle.envelope.payload).predicate).toMatchObject({
      countersign: { verdict: 'failed', failOn: 'high', blocking: 1 },
    });
    expect(await lane()).toEqual([]);
  });

  test('the allow list lets a finding pass and is recorded in the signed statement', async () => {
    await write('allow.yaml', 'allow:\n  - {id: CVE-2026-1001, reason: not reachable, expires: 2027-01-31}\n');
    const { result } = await run({
      'scan-report': 'trivy.json',
      'allow-path': 'allow.yaml',
      'bundle-folder': 'out',
      ...signing,
    });
    expect(result.exitCode).toBe(0);
    const path = join(folder, 'out', 'a.sif.vulns-trivy.sigstore.json');
    expect(result.outputs['bundle-path']).toBe(path);
    const statement = parseStatement(parseBundle(await readFile(path)).envelope.payload);
    expect(statement.predicate).toMatchObject({ countersign: { allowed: [{ reason: 'not reachable' }] } });
  });

  test('an expired allowance fails the verdict and is named with its line', async () => {
    await write('allow.yaml', 'allow:\n  - {id: CVE-2026-1001, reason: r, expires: 2026-11-21}\n');
    const { result, host } = await run({ 'scan-report': 'trivy.json', 'allow-path': 'allow.yaml' });
    expect(result.exitCode).toBe(1);
    expect(host.log).toContainEqual(
      expect.objectContaining({ level: 'warning', location: expect.objectContaining({ line: 2 }) }),
    );
  });

  test('without a key unsigned statements about the content go beside the image', async () => {
    const before = await readFile(join(folder, 'a.sif'));
    const { result } = await run({ 'sbom-path': 'sbom.json', 'scan-report': 'clean.json' });
    expect(await readFile(join(folder, 'a.sif'))).toEqual(before);
    const statement = parseStatement(await readFile(join(folder, 'a.sif.sbom.intoto.json')));
    expect(`sha256:${statement.subject[0]?.digest['sha256']}`).toBe(result.outputs['digest']);
    expect(await readdir(folder)).toContain('a.sif.vulns-trivy.intoto.json');
  });

  test('the content digest stays the same when evidence is added', async () => {
    const { result: unsigned } = await run({ 'sbom-path': 'sbom.json' });
    const { result: signed } = await run({ 'sbom-path': 'sbom.json', ...signing });
    expect(signed.outputs['digest']).toBe(unsigned.outputs['digest']);
  });

  test('evidence too large for the lane goes beside the image, and stays when nothing changed', async () => {
    const components = Array.from({ length: 12_000 }, (_, index) => ({
      type: 'library',
      name: `component-number-${index}`,
      description: 'x'.repeat(60),
    }));
    await write('sbom.json', cycloneDx({ components }));
    const texts = { ...signing, 'sbom-path': 'sbom.json' };
    await run(texts);
    expect(await lane()).toEqual([]);
    const path = join(folder, 'a.sif.sbom.sigstore.json');
    const before = await readFile(path);
    const { result } = await run(texts);
    expect(await readFile(path)).toEqual(before);
    expect(result.text).toContain('was there already');
  });

  test('several images need to be told which file is about which', async () => {
    await copyFile(join(folder, 'a.sif'), join(folder, 'b.sif'));
    const both = { 'subject-path': 'a.sif\nb.sif' };
    await expect(run({ ...both, 'scan-report': 'clean.json' })).rejects.toThrow(code('USAGE_INVALID_INPUT'));
    const { result } = await run({ ...both, 'scan-report': 'a.sif=clean.json\nb.sif=trivy.json' });
    expect(result.json).toMatchObject({
      images: [
        { name: 'a.sif', verdict: 'passed' },
        { name: 'b.sif', verdict: 'failed' },
      ],
    });
    expect(JSON.parse(result.outputs['subjects'] ?? '')).toHaveLength(2);
  });

  test('nothing is written when any document is unreadable', async () => {
    await write('bad.json', '{"SchemaVersion": 2');
    await expect(run({ ...signing, 'sbom-path': 'sbom.json', 'scan-report': 'bad.json' })).rejects.toThrow(
      code('DATA_JSON_INVALID'),
    );
    expect(await lane()).toEqual([]);
  });

  test('an SBOM too large for any bundle is refused with a key, and kept without', async () => {
    const components = Array.from({ length: 90 }, () => ({
      type: 'library',
      name: 'x',
      description: 'y'.repeat(100_000),
    }));
    await write('sbom.json', cycloneDx({ components }));
    await expect(run({ ...signing, 'sbom-path': 'sbom.json' })).rejects.toThrow(code('DATA_TOO_LARGE'));
    expect((await run({ 'sbom-path': 'sbom.json' })).result.exitCode).toBe(0);
  });

  test('nothing to do is a usage error', async () => {
    await expect(run({})).rejects.toThrow(code('USAGE_MISSING_INPUT'));
  });

  test('a key on an event of outsiders is refused; without a key the scan runs', async () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request_target' };
    await expect(run({ ...signing, 'scan-report': 'clean.json' }, { env })).rejects.toThrow(
      code('USAGE_UNTRUSTED_EVENT'),
    );
    const { result } = await run({ 'scan-report': 'clean.json' }, { env });
    expect(result.exitCode).toBe(0);
  });

  test('hostile texts of a report are no markup in the summary', async () => {
    await write('trivy.json', trivyReport([trivyVulnerability({ PkgName: '<img src=x> | [a](b) `c`' })]));
    const { result } = await run({ 'scan-report': 'trivy.json' });
    expect(result.summary?.()).not.toMatch(/<img|\[a\]|`c`/);
  });

  test('hostile names in what real tools wrote are text: in the log, the summary, SARIF and file names', async () => {
    const vector = (name: string) => join(PROJECT, 'test/vectors/scan', name);
    const sarif = JSON.stringify({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: '../../::error::\n<b>|[x](y)' } },
          results: [{ message: { text: 'm' }, level: 'error' }],
        },
      ],
    });
    await write('scanner.sarif', sarif);
    const reports = ['json', 'sarif'].map((format) => vector(`osv-scanner-2.4.0-hostile.${format}`));
    const { result, host } = await run({
      'sbom-path': vector('syft-1.57.1-hostile.cdx.json'),
      'scan-report': [...reports, 'scanner.sarif'].join('\n'),
      'attest-failed': 'true',
      'sarif-path': 'out.sarif',
      'bundle-folder': 'out',
    });
    expect(result.outputs['blocking-count']).toBe('4');
    const lines = [result.text, ...host.log.map(({ text }) => text)].join('\n').split('\n');
    expect(lines.filter((line) => /^\s*::|\p{Cc}|\u202e/u.test(line) || line.length > 2000)).toEqual([]);
    expect(result.summary?.()).not.toMatch(/<(?:img|b)\b|\]\(|^\s*::/m);
    expect(await readFile(join(folder, 'out.sarif'), 'utf8')).not.toMatch(/\\u001b|\\u202e/);
    expect(
      (await readdir(join(folder, 'out'))).filter((name) => !/^a\.sif\.[a-z0-9-]+\.intoto\.json$/.test(name)),
    ).toEqual([]);
  });
});

describe('scan-attest on a layout folder', () => {
  const subject = { 'subject-path': '', 'subject-name': 'oci:store:1' };

  beforeEach(async () => {
    await using host = new FakeHost({ cwd: folder });
    await runCommand(pushOras, { 'subject-path': 'a.sif', reference: 'oci:store:1' }, host);
  });

  test('attaches signed evidence to the manifest, once', async () => {
    const texts = { ...subject, ...signing, 'sbom-path': 'sbom.json', 'scan-report': 'clean.json' };
    const { result } = await run(texts);
    expect(result.text).toContain('attached in the registry');
    expect((await run(texts)).result.text).not.toContain('attached in the registry');
    await writeFile(join(folder, 'key.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
    await using host = new FakeHost({ cwd: folder });
    const verified = await runCommand(verifyAll, { 'subject-name': 'oci:store:1', 'public-key': 'key.pub' }, host);
    expect(verified.json).toMatchObject({
      images: [
        {
          evidence: [
            { predicateType: expect.stringMatching(/bom|vulns/), status: 'valid' },
            { predicateType: expect.stringMatching(/bom|vulns/), status: 'valid' },
          ],
        },
      ],
    });
  });

  test('without a key statements about the manifest go into files', async () => {
    const { result } = await run({ ...subject, 'sbom-path': 'sbom.json' });
    const statement = parseStatement(await readFile(join(folder, 'store-1.sbom.intoto.json')));
    expect(statement.subject.map(({ digest }) => `sha256:${digest['sha256']}`)).toContain(result.outputs['digest']);
  });
});
