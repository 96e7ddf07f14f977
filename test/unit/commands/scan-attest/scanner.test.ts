// SPDX-License-Identifier: Apache-2.0
// scan-attest with a scanner that it runs itself: what the scanner is pointed at, and what its failures mean.

import { createPublicKey } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ToolCall, ToolResult } from '../../../../src/commands/host.ts';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { sha256 } from '../../../../src/base/bytes.ts';
import { FakeHost, type FakeHostOptions } from '../../../support/fake-host.ts';
import { pushOciImage, pushOciIndex } from '../../../support/oci-images.ts';
import { openIn, startRegistry, testClock } from '../../../support/registry-session.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { cycloneDx, grypeReport, osvReport, trivyReport } from '../../../support/scan-reports.ts';
import { SifBuilder } from '../../../support/sif-builder.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  await writeFile(join(folder, 'sbom.json'), JSON.stringify(cycloneDx()));
});

async function run(texts: Readonly<Record<string, string>>, options: FakeHostOptions = {}) {
  await using host = new FakeHost({ cwd: folder, ...options });
  const result = await runCommand(command, { 'subject-path': 'a.sif', ...texts }, host);
  return { result, host };
}

const publicKey = () => createPublicKey(newKey()).export({ type: 'spki', format: 'pem' });
const code = (expected: string) => expect.objectContaining({ code: expected });

const answers = (calls: Readonly<Record<string, ToolResult | Error>>) => (call: ToolCall) => {
  const answer = calls[call.program];
  if (answer instanceof Error || answer === undefined) throw answer ?? new Error(`unexpected ${call.program}`);
  return answer;
};
const ok = (document: unknown): ToolResult => ({ exitCode: 0, stdout: JSON.stringify(document), stderr: '' });

const unpacked = (stderr: string) =>
  run(
    { scanner: 'trivy' },
    {
      programs: { trivy: '/opt/trivy', unsquashfs: '/opt/u' },
      run: answers({ '/opt/u': { exitCode: 2, stdout: '', stderr }, '/opt/trivy': ok(trivyReport([])) }),
    },
  );

describe('scan-attest with a scanner', () => {
  test('grype reads the SIF file itself', async () => {
    const { result, host } = await run(
      { scanner: 'grype' },
      { programs: { grype: '/opt/grype' }, run: answers({ '/opt/grype': ok(grypeReport()) }) },
    );
    expect(result.outputs).toMatchObject({ verdict: 'failed', 'blocking-count': '1' });
    expect(host.calls[0]?.args.at(-1)).toBe(`singularity:${join(folder, 'a.sif')}`);
  });

  test('trivy gets an unpacked root file system', async () => {
    const { host } = await run(
      { scanner: 'auto' },
      {
        programs: { trivy: '/opt/trivy', grype: '/opt/grype', unsquashfs: '/opt/unsquashfs' },
        run: answers({ '/opt/unsquashfs': { exitCode: 0, stdout: '', stderr: '' }, '/opt/trivy': ok(trivyReport([])) }),
      },
    );
    const [unpack, scan] = host.calls;
    expect(unpack?.args.slice(-1)).toEqual([join(folder, 'a.sif')]);
    expect(unpack?.args).toContain('-offset');
    expect(scan?.args.at(-1)).toBe(unpack?.args[unpack.args.indexOf('-dest') + 1]);
  });

  test('trivy without unsquashfs says what to install', async () => {
    await expect(run({ scanner: 'trivy' }, { programs: { trivy: '/opt/trivy' } })).rejects.toThrow(
      code('SCAN_TARGET_UNSUPPORTED'),
    );
  });

  test('osv-scanner reads the SBOM under a name that it knows; its exit code 1 means findings', async () => {
    const { result, host } = await run(
      { scanner: 'osv-scanner', 'sbom-path': 'sbom.json' },
      { programs: { 'osv-scanner': '/opt/osv' }, run: answers({ '/opt/osv': { ...ok(osvReport()), exitCode: 1 } }) },
    );
    expect(host.calls[0]?.args.at(-1)).toMatch(/sbom\.cdx\.json$/);
    expect(result.exitCode).toBe(1);
    await expect(run({ scanner: 'osv-scanner' }, { programs: { 'osv-scanner': '/opt/osv' } })).rejects.toThrow(
      code('SCAN_TARGET_UNSUPPORTED'),
    );
  });

  test('a scanner that fails is an error with its last lines, never a clean scan', async () => {
    const failure = {
      exitCode: 1,
      stdout: '{"results":[]}',
      stderr: 'FATAL\u001b[0m database: 429 too many requests\n',
    };
    await expect(
      run(
        { scanner: 'trivy' },
        {
          programs: { trivy: '/opt/trivy', unsquashfs: '/opt/u' },
          run: answers({ '/opt/u': { exitCode: 0, stdout: '', stderr: '' }, '/opt/trivy': failure }),
        },
      ),
    ).rejects.toThrow(/exit code 1: FATAL database: 429 too many requests/);
  });

  test('a partial unpacking is an error, missing device files are not', async () => {
    await expect(unpacked('write failed: no space left on device')).rejects.toThrow(code('SCAN_TOOL_FAILED'));
    const devices = "create_inode: could not create character device /tmp/x/null, because you're not superuser!\n";
    await expect(unpacked(devices)).resolves.toBeDefined();
  });

  test('an image whose root file system is not squashfs cannot be unpacked', async () => {
    const image = new SifBuilder().withPartition(new Uint8Array(64), { fs: 2 }).bytes();
    await writeFile(join(folder, 'a.sif'), image);
    const programs = { trivy: '/opt/trivy', unsquashfs: '/opt/u' };
    await expect(run({ scanner: 'trivy' }, { programs })).rejects.toThrow(code('SCAN_TARGET_UNSUPPORTED'));
  });

  test('no scanner on PATH names what was looked for', async () => {
    await expect(run({ scanner: 'auto' })).rejects.toThrow(/none of trivy, grype, osv-scanner/);
  });
});

/** Runs Trivy over an image that is no file; gives the layouts that it was shown. */
async function layoutsShown(texts: Readonly<Record<string, string>>, meanwhile = async () => {}) {
  const shown: { readonly manifests: readonly { readonly digest: string }[] }[] = [];
  const { result } = await run(
    { 'subject-path': '', scanner: 'trivy', ...texts },
    {
      programs: { trivy: '/opt/trivy' },
      run: async ({ args }) => {
        const path = args[args.indexOf('--input') + 1] ?? '';
        const index: { manifests: { digest: string }[] } = JSON.parse(await readFile(join(path, 'index.json'), 'utf8'));
        for (const { digest } of index.manifests)
          expect(sha256(await readFile(join(path, 'blobs', digest.replace(':', '/'))))).toBe(digest);
        shown.push(index);
        await meanwhile();
        return ok(trivyReport([]));
      },
    },
  );
  return { digests: shown.map(({ manifests }) => manifests.map(({ digest }) => digest)), result };
}

describe('scan-attest with a scanner on an image that is no file', () => {
  test('in a layout folder: one that lists this image alone', async () => {
    const store = join(folder, 'store');
    const repository = new LayoutRepository(store, await LayoutIndex.create(store, testClock()));
    await pushOciImage(repository, { tag: 'v1', label: 'other' });
    const { digest } = await pushOciImage(repository, { tag: 'v2' });
    expect((await layoutsShown({ 'subject-name': 'oci:store:v2' })).digests).toEqual([[digest]]);
  });

  test('in a registry: fetched, and the evidence goes to what was scanned, were the tag moved meanwhile', async () => {
    await using registry = await startRegistry();
    const repository = await openIn(registry);
    const image = await pushOciImage(repository, { tag: 'v1' });
    const { digests, result } = await layoutsShown(
      { 'subject-name': `${repository.name}:v1`, 'signing-method': 'key', key: newKey() },
      async () => {
        await pushOciImage(repository, { tag: 'v1', label: 'another' });
      },
    );
    expect(digests).toEqual([[image.digest]]);
    expect(result.outputs['digest']).toBe(image.digest);
    expect((await repository.listReferrers(image.digest)).referrers).toHaveLength(1);
  });

  test('of several platforms: each of them', async () => {
    await using registry = await startRegistry();
    const repository = await openIn(registry);
    const [, ...platforms] = await pushOciIndex(repository, 'v1');
    const { digests } = await layoutsShown({ 'subject-name': `${repository.name}:v1` });
    expect(digests).toEqual(platforms.map(({ digest }) => [digest]));
  });

  test('a SIF: as the file that it is', async () => {
    await using registry = await startRegistry();
    const { name } = await openIn(registry);
    await using host = new FakeHost({ cwd: folder });
    await runCommand(pushOras, { 'subject-path': 'a.sif', reference: `${name}:v1` }, host);
    let seen: Uint8Array | undefined;
    const { result } = await run(
      { 'subject-path': '', 'subject-name': `${name}:v1`, scanner: 'grype' },
      {
        programs: { grype: '/opt/grype' },
        run: async ({ args }) => {
          seen = await readFile((args.at(-1) ?? '').replace(/^singularity:/, ''));
          return ok(grypeReport([]));
        },
      },
    );
    expect(seen).toEqual(await readFile(join(folder, 'a.sif')));
    expect(result.exitCode).toBe(0);
  });
});

describe('scanner-args', () => {
  const grype = { programs: { grype: '/opt/grype' }, run: answers({ '/opt/grype': ok(grypeReport([])) }) };

  test('come one by one, before the target', async () => {
    const { host } = await run({ scanner: 'grype', 'scanner-args': '--by-cve\n--config=a b; rm -rf $HOME' }, grype);
    expect(host.calls[0]?.args).toEqual([
      '--output',
      'json',
      '--by-cve',
      '--config=a b; rm -rf $HOME',
      '--',
      `singularity:${join(folder, 'a.sif')}`,
    ]);
  });

  test.each([
    '--output=table',
    '--format',
    '--template=x',
    '--file=x',
    '--fail-on=high',
    '--quiet',
    '-o',
    '--x y',
    'dir:/',
    '--',
  ])('%s is refused before anything runs', async (argument) => {
    await expect(run({ scanner: 'grype', 'scanner-args': argument }, grype)).rejects.toThrow(
      code('USAGE_INVALID_INPUT'),
    );
  });

  test('without a scanner are a mistake', async () => {
    await expect(run({ 'sbom-path': 'sbom.json', 'scanner-args': '--offline' })).rejects.toThrow(
      code('USAGE_MISSING_INPUT'),
    );
  });
});

describe('evidence-path', () => {
  test.each([
    ['an unsigned statement', '{"_type":"https://in-toto.io/Statement/v1"}'],
    ['an SBOM', JSON.stringify(cycloneDx())],
    ['text', 'no evidence'],
  ])('%s is no evidence', async (_what, text) => {
    await writeFile(join(folder, 'x.json'), text);
    await writeFile(join(folder, 'key.pub'), publicKey());
    await using host = new FakeHost({ cwd: folder });
    const texts = { 'subject-path': 'a.sif', 'evidence-path': 'x.json', 'public-key': 'key.pub' };
    await expect(runCommand(verifyAll, texts, host)).rejects.toMatchObject({
      code: 'SIGNATURE_BUNDLE_INVALID',
      message: expect.stringContaining('x.json'),
    });
  });
});
