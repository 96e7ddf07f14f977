// SPDX-License-Identifier: Apache-2.0
// build against the real apptainer. Definitions with `scratch` and a root file system folder need no user namespaces
// and no network, so they build everywhere that apptainer starts.

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { command } from '../../src/commands/build/build.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { TerminalHost } from '../../src/host/terminal.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, peerPath, runPeer } from '../support/peers.ts';
import { TestRegistry } from '../support/registry-server.ts';
import { openIn } from '../support/registry-session.ts';
import { newKey } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';

const DEMO = join(PROJECT, 'assets/demo/hello.sif');
const missing = !hasPeers('apptainer', 'siftool');
const code = (expected: string) => expect.objectContaining({ code: expected });
let folder: string;
let count = 0;

/** Runs a command with real programs; `bin` in the test's folder comes first on PATH. */
async function run(of: Command, texts: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const host = new TerminalHost({
    env: { ...process.env, ...more, PATH: `${join(folder, 'bin')}:${peerPath()}`, GITHUB_ACTIONS: undefined },
    cwd: folder,
    stdin: (async function* () {})(),
    stderr: { write: (text: string) => lines.push(text) },
    now: () => new Date(),
  });
  try {
    const raw = { texts: new Map(Object.entries(texts)), cwd: folder, mask() {}, readStdin: () => host.readStdin(0) };
    const result = await (await of.prepare(raw)).run(host);
    return { ...result, log: lines.join('') };
  } finally {
    await host.temporary.remove();
  }
}

const image = () => `image-${count}.sif`;

async function build(definition: string, texts: Readonly<Record<string, string>> = {}) {
  await writeFile(join(folder, `${count}.def`), definition);
  return run(command, { definition: `${count}.def`, 'image-path': image(), ...texts });
}

describe.skipIf(missing)(`build with apptainer${missing ? ' (skipped: apptainer is not here)' : ''}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-interop-build-'));
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'rootfs/etc'), { recursive: true });
    await writeFile(join(folder, 'rootfs/etc/os-release'), 'ID=demo\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    count += 1;
  });

  test('a definition with files and build arguments becomes an image that apptainer reads', async () => {
    await writeFile(join(folder, 'hello.txt'), 'hello\n');
    const definition =
      'Bootstrap: scratch\n\n%arguments\n  V=0\n%files\n  hello.txt /hello.txt\n%labels\n  release {{ V }}\n';
    const result = await build(definition, { 'build-args': 'V=a=b # c' });
    expect(result.exitCode).toBe(0);
    const { stdout } = await runPeer('apptainer', ['inspect', '--labels', join(folder, image())]);
    expect(stdout).toContain('release: a=b # c');
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('a base that a tag names is built by its digest, or its tag is looked up twice', async () => {
    await using registry = await TestRegistry.start();
    const { digest } = await pushOciImage(await openIn(registry, { name: 'team/base' }), { tag: '1' });
    const env = { APPTAINER_NOHTTPS: 'true', APPTAINER_CACHEDIR: join(folder, 'cache') };
    const headers = `Bootstrap: docker\nRegistry: ${registry.host}\nNamespace: team\nFrom: base:1\n`;
    await writeFile(join(folder, `${count}.def`), headers);
    const address = { source: `docker://${registry.host}/team/base:1` };
    for (const [index, from] of [address, { definition: `${count}.def` }].entries()) {
      const name = `tagged-${index}.sif`;
      expect((await run(command, { ...from, 'image-path': name }, env)).exitCode).toBe(0);
      const { predicate } = JSON.parse(await readFile(join(folder, `${name}.provenance.intoto.json`), 'utf8'));
      expect(predicate.buildDefinition.resolvedDependencies.at(-1)).toEqual({
        name: 'base',
        uri: `docker://${registry.host}/team/base:1`,
        digest: { sha256: digest.slice('sha256:'.length) },
      });
    }
    const fetched = registry.seen.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));
    expect(fetched.map(({ path }) => path.split('/').at(-1))).toEqual(expect.arrayContaining([digest, '1']));
  });

  test('signed provenance is in the lane, where apptainer takes no notice of it', async () => {
    const result = await build('Bootstrap: scratch\n', { 'signing-method': 'key', key: newKey() });
    expect(result.exitCode).toBe(0);
    const verified = await runPeer('apptainer', ['verify', join(folder, image())]);
    expect(verified.stderr).toMatch(/signature not found/);
    const list = await runPeer('siftool', ['list', join(folder, image())]);
    expect(list.stdout.match(/Signature/g)).toHaveLength(1);
  });

  test('the statement names the content that verify-all computes', async () => {
    const { outputs } = await run(command, { source: 'rootfs', 'image-path': image() });
    const statement: unknown = JSON.parse(await readFile(join(folder, `${image()}.provenance.intoto.json`), 'utf8'));
    expect(statement).toMatchObject({ subject: [{ digest: { sha256: outputs['digest']?.slice(7) } }] });
    await writeFile(join(folder, 'any.pub'), createPublicKey(newKey()).export({ type: 'spki', format: 'pem' }));
    const { json } = await run(verifyAll, { 'subject-path': image(), 'public-key': 'any.pub' });
    expect(json).toMatchObject({ images: [{ contentDigests: [outputs['digest']] }] });
  });

  test.each([
    ['Bootstrap: nosuchagent\nFrom: x\n', 'BUILD_DEFINITION_INVALID', undefined],
    ['Bootstrap: scratch\nFrmo: x\n', 'BUILD_DEFINITION_INVALID', 2],
    ['Bootstrap: docker\nFrom: 127.0.0.1:1/none\n', 'BUILD_NETWORK', undefined],
    ['Bootstrap: localimage\nFrom: nothere.sif\n', 'BUILD_FAILED', undefined],
    ['Bootstrap: scratch\n%files\n  nothere /x\n', 'BUILD_FAILED', undefined],
  ])('the failure of %j is explained', async (definition, expected, line) => {
    const failed = build(definition);
    await expect(failed).rejects.toThrow(code(expected));
    if (line !== undefined) await expect(failed).rejects.toMatchObject({ location: { line } });
    expect((await readdir(folder)).filter((name) => name.startsWith(`.${image()}`) || name === image())).toEqual([]);
  });

  test('an unused build argument is an error in the definition', async () => {
    await expect(build('Bootstrap: scratch\n', { 'build-args': 'X=1' })).rejects.toThrow(
      code('BUILD_DEFINITION_INVALID'),
    );
  });

  test('a base signed by apptainer is accepted by fingerprint; unsigned or by others it is refused', async () => {
    await copyFile(DEMO, join(folder, 'base.sif'));
    const env = { APPTAINER_CONFIGDIR: join(folder, 'config') };
    const newpair = [
      'key',
      'newpair',
      '-b',
      '2048',
      '-N',
      'Ada',
      '-E',
      'ada@example.org',
      '-C',
      'test',
      '-P',
      '',
      '-U=false',
    ];
    await runPeer('apptainer', newpair, { env });
    const { stdout } = await runPeer('apptainer', ['key', 'list'], { env });
    const fingerprint = /Fingerprint:\s+([0-9A-F]{40})/.exec(stdout)?.[1] ?? '';
    const definition = 'Bootstrap: localimage\nFrom: base.sif\n';
    const rules = { 'base-fingerprints': fingerprint, 'base-keyring': 'config/keys/pgp-public' };
    const unsigned = await build(definition, rules);
    expect({ exitCode: unsigned.exitCode, text: unsigned.text }).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining(fingerprint),
    });
    const signed = await runPeer('apptainer', ['sign', join(folder, 'base.sif')], { env });
    expect(signed.exitCode, signed.stderr).toBe(0);
    const other = await build(definition, { ...rules, 'base-fingerprints': 'AB'.repeat(20) });
    expect(other.exitCode).toBe(1);
    // Unpacking a SIF needs capabilities that an outer container may withhold; the base was accepted in either case.
    const accepted = await build(definition, rules).catch((error: unknown) => error);
    expect([undefined, 'BUILD_USER_NAMESPACES']).toContain(Reflect.get(Object(accepted), 'code'));
  });
});

const unpacks = !missing && hasPeers('unsquashfs');

describe.skipIf(!unpacks)(`scanning what was built${unpacks ? '' : ' (skipped: unsquashfs is not here)'}`, () => {
  test('a scanner that reads files gets the root file system of the image', async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-interop-scan-'));
    try {
      await mkdir(join(folder, 'bin'));
      await mkdir(join(folder, 'rootfs/etc'), { recursive: true });
      await writeFile(join(folder, 'rootfs/etc/os-release'), 'ID=demo\n');
      const script =
        '#!/bin/sh\nfor last; do :; done\ngrep -q ID=demo "$last/etc/os-release" || exit 9\n' +
        'echo \'{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"x"}]}\'\n';
      await writeFile(join(folder, 'bin/trivy'), script, { mode: 0o755 });
      await run(command, { source: 'rootfs', 'image-path': 'a.sif' });
      const { exitCode, outputs } = await run(scanAttest, { 'subject-path': 'a.sif', scanner: 'trivy' });
      expect({ exitCode, findings: outputs['findings-count'] }).toEqual({ exitCode: 0, findings: '0' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
