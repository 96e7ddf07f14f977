// SPDX-License-Identifier: Apache-2.0
// export and simulate, as a user calls them.

import { copyFile, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as exportCommand } from '../../../../src/commands/gates/export.ts';
import { command as simulateCommand } from '../../../../src/commands/gates/simulate.ts';
import { sha256Hex } from '../../../../src/base/bytes.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { judgeTrusting, keyPerson, type Person, pgpPerson, signAs } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../../../assets/demo/hello.sif', import.meta.url));

let alice: Person;
let kim: Person;

beforeAll(async () => {
  [alice, kim] = [await pgpPerson('alice'), await keyPerson('kim')];
});

async function project(): Promise<FakeHost> {
  const cwd = await temporaryFolder();
  const { identity } = alice.signer;
  const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
  await writeFile(join(cwd, 'alice.asc'), alice.publicKey);
  await writeFile(join(cwd, 'kim.pub'), kim.publicKey);
  await writeFile(
    join(cwd, 'p.yaml'),
    `version: 1\nname: test\ntrust: { keyrings: alice.asc }\nprincipals:\n  alice: { pgp: ${fingerprint} }\n  kim: { key: kim.pub }\nstages:\n  - { name: author, approvers: alice }\n  - { name: security, approvers: kim }\n`,
  );
  await copyFile(DEMO, join(cwd, 'app.sif'));
  return new FakeHost({ cwd });
}

const exported = (host: FakeHost, more: Readonly<Record<string, string>> = {}) =>
  runCommand(exportCommand, { gate: 'ecl', 'policy-path': 'p.yaml', output: 'gate', ...more }, host);
const simulated = (host: FakeHost, more: Readonly<Record<string, string>> = {}) =>
  runCommand(simulateCommand, { task: 'ecl\napp.sif', 'policy-path': 'p.yaml', ...more }, host);
const author = async (host: FakeHost) =>
  signAs(join(host.cwd, 'app.sif'), alice, 'author', await judgeTrusting([alice]));

describe('export', () => {
  test('writes the files, their checksums, and what the gate cannot ask', async () => {
    const host = await project();
    const result = await exported(host);
    expect(result.json).toMatchObject({ gate: 'ecl', losses: [{ rule: 'credentials' }, { rule: 'order' }] });
    const sums = await readFile(join(host.cwd, 'gate', 'SHA256SUMS'), 'utf8');
    for (const [, sum, name] of sums.matchAll(/^(\S+) {2}(.+)$/gm))
      expect(sha256Hex(await readFile(join(host.cwd, 'gate', name ?? '')))).toBe(sum);
    expect(await readFile(join(host.cwd, 'gate', 'README.md'), 'utf8')).toContain('stage security is not asked for');
  });

  test.each([
    [{ strict: 'true' }, 'GATE_NOT_EXPRESSIBLE'],
    [{ gate: 'podman' }, 'USAGE_INVALID_INPUT'],
    [{ 'policy-path': '' }, 'USAGE_MISSING_INPUT'],
    [{ 'folder-stage': '/srv=nosuch' }, 'USAGE_INVALID_INPUT'],
    [{ 'folder-stage': '/srv/=author' }, 'USAGE_INVALID_INPUT'],
    [{ 'folder-stage': '/srv/a\u007f=author' }, 'USAGE_INVALID_INPUT'],
    [{ 'folder-stage': '/srv/a\u0001b=author' }, 'USAGE_INVALID_INPUT'],
    [{ 'folder-stage': '/srv/a\u0085=author' }, 'USAGE_INVALID_INPUT'],
    [{ 'folder-stage': '/srv=author\n/srv=security' }, 'USAGE_INVALID_INPUT'],
    [{ output: '.' }, 'GATE_FOLDER_NOT_EMPTY'],
    [{ output: 'app.sif' }, 'FILE_WRITE_FAILED'],
    [{ output: 'app.sif/gate' }, 'FILE_WRITE_FAILED'],
  ])('%j is refused with %s', async (more, code) => {
    await expect(exported(await project(), more)).rejects.toMatchObject({ code });
  });

  test('a policy that asks for nothing else is exported with strict, one with a rule of its own is not', async () => {
    const host = await project();
    const policy = await readFile(join(host.cwd, 'p.yaml'), 'utf8');
    const only = policy.slice(0, policy.indexOf('  - { name: security'));
    for (const gate of ['ecl', 'fingerprints', 'containers-policy']) {
      const stage = gate === 'containers-policy' ? only.replace('approvers: alice', 'approvers: kim') : only;
      const asked = { gate, repository: 'ghcr.io/team/app', strict: 'true', output: gate };
      await writeFile(join(host.cwd, 'p.yaml'), stage.replace(/approvers: \w+/, '$&, maxAge: 90d'));
      await expect(exported(host, asked)).rejects.toThrow('maxAge');
      await writeFile(join(host.cwd, 'p.yaml'), stage);
      expect(await exported(host, asked)).toMatchObject({ exitCode: 0, json: { losses: [] } });
    }
  });

  test('fingerprints ask of base images, and need a key without alternative', async () => {
    const host = await project();
    await exported(host, { gate: 'fingerprints' });
    expect(await readFile(join(host.cwd, 'gate', 'header.def'), 'utf8')).toMatch(/^Fingerprints: [0-9A-F]{40}\n$/);
    const policy = await readFile(join(host.cwd, 'p.yaml'), 'utf8');
    await writeFile(join(host.cwd, 'p.yaml'), policy.replace('approvers: alice', 'approvers: [alice, kim]'));
    await expect(exported(host, { gate: 'fingerprints', output: 'other' })).rejects.toMatchObject({
      code: 'GATE_NOT_EXPRESSIBLE',
      message: expect.not.stringContaining('list'),
    });
  });

  test('containers-policy has keys, registries and places', async () => {
    const host = await project();
    await exported(host, {
      gate: 'containers-policy',
      repository: 'ghcr.io/team/app',
      'signed-repository': 'ghcr.io/a/b',
    });
    const text = await readFile(join(host.cwd, 'gate', 'policy.json'), 'utf8');
    expect(text).toContain('"dockerRepository": "ghcr.io/a/b"');
    expect(text).toMatch(/"keyPath": "\/etc\/containers\/countersign\/kim-[A-Za-z0-9_]+\.pub"/);
    const registries = await readFile(join(host.cwd, 'gate', 'registries.d', 'countersign.yaml'), 'utf8');
    expect(registries).toContain('use-sigstore-attachments: true');
  });

  test.each([
    [{}, 'USAGE_MISSING_INPUT'],
    [{ repository: 'ghcr.io/Team/app' }, 'USAGE_INVALID_INPUT'],
    [{ repository: '*.*' }, 'USAGE_INVALID_INPUT'],
    [{ repository: 'ghcr.io/team/app', 'key-folder': 'keys' }, 'USAGE_INVALID_INPUT'],
    [{ repository: 'ghcr.io', 'signed-repository': 'no good' }, 'USAGE_INVALID_INPUT'],
  ])('containers-policy with %j is refused with %s', async (more, code) => {
    await expect(exported(await project(), { gate: 'containers-policy', ...more })).rejects.toMatchObject({ code });
  });

  test('a folder has a group of its own, and nothing runs elsewhere', async () => {
    const host = await project();
    await exported(host, { 'folder-stage': '/srv/a=author' });
    expect(await readFile(join(host.cwd, 'gate', 'ecl.toml'), 'utf8')).toContain('dirpath = "/srv/a"');
    expect(host.log.map(({ text }) => text).join('\n')).toContain('do not run');
    await author(host);
    expect(await simulated(host, { 'folder-stage': '/srv/a=author' })).toMatchObject({
      exitCode: 1,
      json: { images: [{ reasons: [{ code: 'GATE_NO_GROUP' }] }] },
    });
    expect(await simulated(host, { 'folder-stage': '/srv/a=author', 'run-folder': '/srv/a' })).toMatchObject({
      exitCode: 0,
    });
  });
});

describe('the folder that an image will be run from', () => {
  test.each(['real', 'real/', './real', 'real/../real', 'link', 'link/', 'real/nosuch/..'])('%s', async (runFolder) => {
    const host = await project();
    const folder = await realpath(host.cwd);
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    await author(host);
    // The list asks for nothing that the image lacks everywhere but here.
    const places = `${folder}/real=!author\n=author`;
    const asked = { 'folder-stage': places, 'run-folder': runFolder };
    expect(await simulated(host, asked)).toMatchObject({
      exitCode: 1,
      json: { images: [{ reasons: [{ code: 'GATE_SIGNATURE_FORBIDDEN' }] }] },
    });
    expect(await simulated(host, { ...asked, 'run-folder': `${folder}/` })).toMatchObject({ exitCode: 0 });
  });

  test('a folder without a list is an error that says what Apptainer does', async () => {
    const none = { 'policy-path': '', 'gate-path': '.' };
    await expect(simulated(await project(), none)).rejects.toThrow('without a list lets everything run');
  });

  test('is no file, and a folder of the list that is not here is remarked on', async () => {
    const host = await project();
    await author(host);
    await expect(simulated(host, { 'run-folder': 'app.sif' })).rejects.toThrow('is a file');
    const { text } = await simulated(host, { 'folder-stage': '/no such/folder=author\n=author' });
    expect(text).toContain('/no such/folder: not here, or below a link');
    const installed = { 'policy-path': '', 'gate-path': 'gate' };
    await exported(host, { 'folder-stage': '/no such/folder=author\n=author' });
    expect(await simulated(host, installed)).toMatchObject({
      exitCode: 1,
      json: { images: [{ words: 'no such file or directory', reasons: [{ code: 'GATE_LIST_INVALID' }] }] },
    });
    expect(await simulated(host, { ...installed, 'run-folder': '/elsewhere' })).toMatchObject({ exitCode: 0 });
  });
});

describe('simulate', () => {
  test('denies what is not signed, allows what is', async () => {
    const host = await project();
    expect(await simulated(host)).toMatchObject({
      exitCode: 1,
      json: {
        images: [{ verdict: 'denied', words: expect.stringContaining('signature not found for object group 1') }],
      },
    });
    await author(host);
    expect(await simulated(host)).toMatchObject({
      exitCode: 0,
      json: { images: [{ verdict: 'allowed', words: null }] },
    });
    await exported(host);
    expect(await simulated(host, { 'policy-path': '', 'gate-path': 'gate' })).toMatchObject({ exitCode: 0 });
    expect(await simulated(host, { 'folder-stage': '=!author' })).toMatchObject({
      exitCode: 1,
      json: { images: [{ reasons: [{ code: 'GATE_SIGNATURE_FORBIDDEN' }] }] },
    });
  });

  test('a native DSSE signature beside OpenPGP denies the image', async () => {
    const host = await project();
    const judge = await judgeTrusting([alice, kim]);
    await signAs(join(host.cwd, 'app.sif'), kim, 'security', judge, { native: 'dsse' });
    await signAs(join(host.cwd, 'app.sif'), alice, 'author', judge);
    expect(await simulated(host)).toMatchObject({
      exitCode: 1,
      json: { images: [{ reasons: [{ code: 'GATE_SIGNATURE_UNREADABLE' }] }] },
    });
  });

  test('changed content, a wrong list, legacy signatures and what is no SIF are no yes', async () => {
    const host = await project();
    await author(host);
    await exported(host);
    const list = join(host.cwd, 'gate', 'ecl.toml');
    const text = await readFile(list, 'utf8');
    const byList = () => simulated(host, { 'policy-path': '', 'gate-path': 'gate' });
    const verdict = (code: string) => ({ exitCode: 1, json: { images: [{ reasons: [{ code }] }] } });
    await writeFile(list, text.replace('whitestrict', 'greylist'));
    expect(await byList()).toMatchObject(verdict('GATE_LIST_INVALID'));
    await writeFile(list, text.replace('legacyinsecure = false', 'legacyinsecure = true'));
    expect(await byList()).toMatchObject(verdict('GATE_NOT_DECIDED'));
    await writeFile(list, text.replace('activated = true', 'activated = false'));
    expect(await byList()).toMatchObject({ exitCode: 0 });
    const keys = join(host.cwd, 'gate', 'global-pgp-public');
    const binary = await readFile(keys);
    // Apptainer reads no keys under a list that is not activated.
    await writeFile(keys, alice.publicKey);
    expect(await byList()).toMatchObject({ exitCode: 0 });
    await writeFile(list, text);
    await expect(byList()).rejects.toThrow('refuses every SIF');
    await writeFile(keys, binary);
    const image = join(host.cwd, 'app.sif');
    const bytes = await readFile(image);
    const at = bytes.indexOf('hsqs') + 500;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(image, bytes);
    expect(await byList()).toMatchObject(verdict('GATE_CONTENT_CHANGED'));
    await writeFile(image, 'no image');
    expect(await byList()).toMatchObject({ exitCode: 1, json: { images: [{ verdict: 'unknown' }] } });
  });

  test.each([
    [{ task: 'ecl' }, 'USAGE_INVALID_INPUT'],
    [{ task: 'podman\napp.sif' }, 'USAGE_INVALID_INPUT'],
    [{ task: 'containers-policy\noci:app' }, 'USAGE_INVALID_INPUT'],
    [{ 'gate-path': 'gate' }, 'USAGE_CONFLICTING_INPUTS'],
  ])('%j is refused with %s', async (more, code) => {
    await expect(simulated(await project(), more)).rejects.toMatchObject({ code });
  });
});
