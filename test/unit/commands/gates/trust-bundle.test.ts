// SPDX-License-Identifier: Apache-2.0
// A policy goes through a trust bundle and is the same; whatever else an archive holds is written nowhere.

import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as exportCommand } from '../../../../src/commands/gates/export.ts';
import { command as importCommand } from '../../../../src/commands/gates/import.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { command as policyCommand } from '../../../../src/commands/policy/policy.ts';
import { decodeArchive, encodeArchive } from '../../../../src/gates/trust-bundle/archive.ts';
import { bundleFiles, encodeTrustBundle } from '../../../../src/gates/trust-bundle/trust-bundle.ts';
import { type LoadedPolicy, loadPolicy } from '../../../../src/policy/document/load.ts';
import { encodeCrl } from '../../../support/crls.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { judgeTrusting, keyPerson, NOW, type Person, pgpPerson, signAs, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';
import { SigstoreInstance } from '../../../support/sigstore.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let alice: Person;
let kim: Person;
let xena: Person;
let packer: Person;

beforeAll(async () => {
  [alice, kim, xena, packer] = [
    await pgpPerson('alice'),
    await keyPerson('kim'),
    await x509Person('xena'),
    await keyPerson('packer'),
  ];
});

async function project(): Promise<FakeHost> {
  const cwd = await temporaryFolder();
  const { identity } = alice.signer;
  for (const folder of ['p/rings', 'p/deep/er']) await mkdir(join(cwd, folder), { recursive: true });
  await writeFile(join(cwd, 'p/rings/alice.asc'), alice.publicKey);
  await writeFile(join(cwd, 'p/rings/README.md'), 'not read');
  await writeFile(join(cwd, 'p/deep/er/kim.pub'), kim.publicKey);
  await writeFile(join(cwd, 'p/root.pem'), xena.publicKey);
  await writeFile(join(cwd, 'packer.pub'), packer.publicKey);
  await writeFile(join(cwd, 'kim.pub'), kim.publicKey);
  await writeFile(
    join(cwd, 'p/policy.yaml'),
    `version: 1\nname: test\ntrust: { keyrings: rings }\nprincipals:\n  alice: { pgp: ${identity.method === 'pgp' ? identity.fingerprint : ''} }
  kim: { key: "deep/**/*.pub" }\n  xena: { x509: { anchors: root.pem, san: "email:xena@example.org" } }
stages:\n  - { name: author, approvers: alice }\n  - { name: security, approvers: [kim, xena] }\n`,
  );
  return new FakeHost({ cwd });
}

const exported = (host: FakeHost, more: Readonly<Record<string, string>> = {}) =>
  runCommand(
    exportCommand,
    {
      gate: 'trust-bundle',
      'policy-path': 'p/policy.yaml',
      output: 'out',
      'signing-method': 'key',
      key: packer.privateKey,
      ...more,
    },
    host,
  );
const imported = (host: FakeHost, more: Readonly<Record<string, string>> = {}) =>
  runCommand(
    importCommand,
    { 'gate-file': 'out/trust-bundle.tar', output: 'in', 'public-key': 'packer.pub', ...more },
    host,
  );
const bundled = async (loaded: LoadedPolicy) =>
  encodeTrustBundle(loaded, await bundleFiles(loaded), { signer: packer.signer, now: NOW });
const archiveOf = async (host: FakeHost) => new Uint8Array(await readFile(join(host.cwd, 'out/trust-bundle.tar')));
const nothingWritten = async (host: FakeHost) => expect(await readdir(host.cwd)).not.toContain('in');

describe('a trust bundle', () => {
  test('gives the same policy, the same files and the same verdict', async () => {
    const host = await project();
    await exported(host);
    const result = await imported(host);
    expect(result.json).toMatchObject({
      files: ['policy.yaml', 'deep/er/kim.pub', 'rings/alice.asc', 'root.pem'],
      policyPath: join(host.cwd, 'in/policy.yaml'),
    });
    await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(host.cwd, 'a.sif'));
    const judge = await judgeTrusting([alice, kim, xena]);
    const verdict = async (policy: string) => {
      const texts = { 'subject-path': 'a.sif', 'policy-path': policy, now: NOW.toISOString() };
      const { json } = await runCommand(verifyAll, texts, host);
      // The next steps name the file.
      return JSON.parse(JSON.stringify(json).replaceAll(policy, 'POLICY'));
    };
    expect(await verdict('in/policy.yaml')).toEqual(await verdict('p/policy.yaml'));
    for (const [person, stage] of [
      [alice, 'author'],
      [xena, 'security'],
    ] as const)
      await signAs(join(host.cwd, 'a.sif'), person, stage, judge);
    expect(await verdict('in/policy.yaml')).toEqual(await verdict('p/policy.yaml'));
    expect(await verdict('in/policy.yaml')).toMatchObject({ verdict: 'passed' });
  });

  test('is the same bytes from the same files, wherever they are', async () => {
    const [one, other] = [await project(), await project()];
    const [a, b] = await Promise.all(
      [one, other].map(async ({ cwd }) => bundled(await loadPolicy(join(cwd, 'p/policy.yaml')))),
    );
    expect(Buffer.compare(a ?? Buffer.of(), b ?? Buffer.of(1))).toBe(0);
  });

  test('carries all that one profile reads, wherever it is named, and the signature of the policy', async () => {
    const host = await project();
    const at = (name: string) => join(host.cwd, 'p', name);
    const instance = new SigstoreInstance();
    const crl = { issuer: { subject: 'Loopback CA', key: instance.ca.privateKey }, nextUpdate: null, number: 1 };
    for (const folder of ['org/crls', 'app/keys']) await mkdir(at(folder), { recursive: true });
    await writeFile(at('org/instance.json'), instance.trustedRoot());
    await writeFile(at('org/tsa.pem'), instance.authority.rootPem);
    await writeFile(at('org/crls/ca.crl'), encodeCrl({ ...crl, thisUpdate: new Date(NOW.getTime() - 60_000) }));
    await writeFile(at('org/xena.pem'), xena.publicKey);
    await writeFile(
      at('org/people.yaml'),
      `version: 1
trust: { sigstore: { root: instance.json }, timestamps: tsa.pem, crls: crls }
principals: { xena: { x509: { anchors: xena.pem, san: "email:xena@example.org" } } }
`,
    );
    await writeFile(at('app/keys/kim.pub'), kim.publicKey);
    await writeFile(at('app/packer.pub'), packer.publicKey);
    await writeFile(
      at('app/policy.yaml'),
      `version: 1
name: test
extends: ../org/people.yaml
profiles:
  strict: { principals: { kim: { key: keys } }, stages: [{ name: author, approvers: [kim, xena], threshold: 2 }] }
  plain: { principals: { packer: { key: packer.pub } }, stages: [{ name: author, approvers: packer }] }
`,
    );
    await runCommand(
      policyCommand,
      { task: 'sign\np/app/policy.yaml', 'signing-method': 'key', key: kim.privateKey },
      host,
    );
    const chosen = { 'policy-path': 'p/app/policy.yaml', 'require-signed-policy': 'kim.pub' };
    await expect(exported(host, chosen)).rejects.toMatchObject({ code: 'POLICY_PROFILE' });
    await exported(host, { ...chosen, profile: 'strict' });
    const { json } = await imported(host);
    expect(json).toMatchObject({
      profile: 'strict',
      policyPath: join(host.cwd, 'in/app/policy.yaml'),
      files: [
        'app/policy.yaml',
        'org/crls/ca.crl',
        'org/instance.json',
        'org/people.yaml',
        'org/tsa.pem',
        'org/xena.pem',
      ]
        .concat('app/keys/kim.pub', 'app/policy.yaml.sigstore.json')
        .toSorted((one, other) => Number(other === 'app/policy.yaml') - Number(one === 'app/policy.yaml')),
    });
    const images = { 'subject-path': 'a.sif', now: NOW.toISOString(), 'require-signed-policy': 'kim.pub' };
    await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(host.cwd, 'a.sif'));
    const verdict = async (path: string, profile = 'strict') =>
      JSON.stringify((await runCommand(verifyAll, { ...images, 'policy-path': path, profile }, host)).json).replaceAll(
        path,
        '',
      );
    expect(await verdict('in/app/policy.yaml')).toBe(await verdict('p/app/policy.yaml'));
    await expect(verdict('in/app/policy.yaml', 'plain')).rejects.toMatchObject({ code: 'POLICY_TRUST_FILE' });
    await writeFile(join(host.cwd, 'in/org/tsa.pem'), xena.publicKey);
    await expect(verdict('in/app/policy.yaml')).rejects.toMatchObject({ code: 'POLICY_NOT_SIGNED' });
  });

  test('is a tar archive for others', async () => {
    const host = await project();
    await exported(host);
    const { stdout, status } = spawnSync('tar', ['-tvf', join(host.cwd, 'out/trust-bundle.tar')], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.split('\n').filter((line) => line !== '')).toHaveLength(5);
  });

  test('by an OpenPGP key', async () => {
    const host = await project();
    await exported(host, { 'signing-method': 'pgp', key: alice.privateKey });
    await expect(imported(host)).rejects.toMatchObject({ code: 'GATE_BUNDLE_UNTRUSTED' });
    await nothingWritten(host);
    await imported(host, { 'public-key': '', keyring: 'p/rings/alice.asc' });
  });
});

describe('nothing is exported', () => {
  test.each<readonly [string, (host: FakeHost) => Promise<Readonly<Record<string, string>>>, string]>([
    ['without a key', async () => ({ 'signing-method': '', key: '' }), 'USAGE_MISSING_INPUT'],
    [
      'with an absolute path',
      async ({ cwd }) => rewrite(cwd, '"deep/**/*.pub"', join(cwd, 'p/deep/er/kim.pub')),
      'GATE_BUNDLE_INVALID',
    ],
    [
      'of a policy that is text',
      async () => ({
        'policy-path': '',
        policy: `version: 1\nname: t\nprincipals: { kim: { key: kim.pub } }\nstages: [{ name: author, approvers: kim }]\n`,
      }),
      'GATE_BUNDLE_INVALID',
    ],
  ])('%s', async (_name, change, code) => {
    const host = await project();
    await expect(exported(host, await change(host))).rejects.toMatchObject({ code });
    expect(await readdir(host.cwd)).not.toContain('out');
  });

  async function rewrite(cwd: string, from: string, to: string) {
    const path = join(cwd, 'p/policy.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
    return {};
  }
});

describe('nothing is imported', () => {
  test('without a key, or by another one', async () => {
    const host = await project();
    await exported(host);
    await expect(imported(host, { 'public-key': '' })).rejects.toMatchObject({ code: 'USAGE_MISSING_INPUT' });
    await expect(imported(host, { 'public-key': 'kim.pub' })).rejects.toMatchObject({ code: 'GATE_BUNDLE_UNTRUSTED' });
    await nothingWritten(host);
    await mkdir(join(host.cwd, 'in'));
    await writeFile(join(host.cwd, 'in/old'), '');
    await expect(imported(host)).rejects.toMatchObject({ code: 'GATE_FOLDER_NOT_EMPTY' });
  });

  test('from an archive in which a bit is another one, or that is cut', { timeout: 120_000 }, async () => {
    const host = await project();
    await exported(host);
    const bytes = await archiveOf(host);
    const path = join(host.cwd, 'out/trust-bundle.tar');
    const refused = async (changed: Uint8Array, where: string) => {
      await writeFile(path, changed);
      await expect(imported(host), where).rejects.toMatchObject({ code: expect.stringMatching(/^GATE_BUNDLE_/) });
    };
    for (let at = 0; at < bytes.length; at += 97)
      await refused(bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))), `byte ${at}`);
    for (const length of [0, 511, 512, bytes.length - 512, bytes.length - 1])
      await refused(bytes.subarray(0, length), `cut at ${length}`);
    await refused(Buffer.concat([bytes, Buffer.alloc(512)]), 'longer');
    await refused(Buffer.concat([bytes, bytes]), 'doubled');
    await nothingWritten(host);
  });

  test('when a file is missing, added, renamed, exchanged or in another order', async () => {
    const host = await project();
    await exported(host);
    const files = decodeArchive(await archiveOf(host));
    const [statement, policy, ...named] = files;
    if (!statement || !policy) throw new Error('the bundle is empty');
    const changes = [
      files.slice(1),
      files.slice(0, -1),
      [...files, { name: 'extra.pub', bytes: Buffer.from(kim.publicKey) }],
      [statement, policy, ...named.map((file) => ({ ...file, name: `x${file.name}` }))],
      [statement, policy, ...named.map((file) => ({ ...file, bytes: Buffer.from(kim.publicKey) }))],
      [statement, ...named, policy],
      [policy, statement, ...named],
    ];
    for (const changed of changes) {
      await writeFile(join(host.cwd, 'out/trust-bundle.tar'), encodeArchive(changed));
      await expect(imported(host)).rejects.toMatchObject({ code: 'GATE_BUNDLE_INVALID' });
    }
    await nothingWritten(host);
  });

  test('from what is no file, or larger than any trust bundle', async () => {
    const host = await project();
    await mkdir(join(host.cwd, 'out/folder.tar'), { recursive: true });
    await symlink('/dev/zero', join(host.cwd, 'out/zero.tar'));
    await writeFile(join(host.cwd, 'out/huge.tar'), '');
    await truncate(join(host.cwd, 'out/huge.tar'), 2 ** 40);
    for (const [name, code] of [
      ['folder.tar', 'FILE_NOT_REGULAR'],
      ['zero.tar', 'FILE_NOT_REGULAR'],
      ['huge.tar', 'DATA_TOO_LARGE'],
      ['absent.tar', 'FILE_NOT_FOUND'],
    ])
      await expect(imported(host, { 'gate-file': `out/${name}` })).rejects.toMatchObject({ code });
    await nothingWritten(host);
  });
});
