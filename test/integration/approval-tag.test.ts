// SPDX-License-Identifier: Apache-2.0
// Approvals and publications that also stand in cosign's attestation tag: never without what makes them count, never
// longer than they do, and nothing of parallel writers lost.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseEnvelope } from '../../src/attest/bundle.ts';
import { parseStatement } from '../../src/attest/statement.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as repair } from '../../src/commands/repair.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { command as withdraw } from '../../src/commands/withdraw.ts';
import { parseDigest } from '../../src/base/bytes.ts';
import { publishSif } from '../../src/transfer/publish.ts';
import { readCosignAttestations, readCosignSignatures } from '../../src/oci/cosign/cosign.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW, type Person, pgpPerson, x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

let people: Readonly<Record<'alice' | 'ci' | 'sam' | 'pat', Person>>;

beforeAll(async () => {
  const [alice, ci, sam, pat] = await Promise.all([
    keyPerson('alice', 'p256'),
    keyPerson('ci', 'p256'),
    x509Person('sam'),
    pgpPerson('pat'),
  ]);
  people = { alice, ci, sam, pat };
});

type Name = keyof typeof people;
type Texts = Readonly<Record<string, string>>;

interface Scene {
  readonly folder: string;
  readonly repository: Repository;
  readonly image: Manifest;
  readonly host: FakeHost;
}

async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const repository = await openIn(await startRegistry());
  const image = await pushOciImage(repository, { tag: '1' });
  for (const [name, { privateKey, publicKey, certificate, intermediates }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.crt`), certificate ?? '');
    await writeFile(join(folder, `${name}.chain`), intermediates ?? '');
  }
  const sam = "{ x509: { anchors: sam.pub, san: 'email:sam@example.org' } }";
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
principals: { alice: { key: alice.pub }, sam: ${sam}, ci: { key: ci.pub } }
stages: [{ name: author, approvers: [alice, sam] }, { name: security, approvers: sam }]
`,
  );
  await writeFile(
    join(folder, 'sbom.json'),
    '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[]}',
  );
  return { folder, repository, image, host: new FakeHost({ cwd: folder, now: NOW }) };
}

let seconds = 0;

async function run({ folder, repository, image }: Scene, command: Command, by: Name | undefined, texts: Texts = {}) {
  seconds += 1;
  const method = by && people[by].signer.method;
  const certificate =
    method === 'x509' ? { 'certificate-path': `${by}.crt`, 'certificate-chain-path': `${by}.chain` } : {};
  const signing = method ? { 'signing-method': method, 'key-path': `${by}.key`, ...certificate } : {};
  const host = new FakeHost({ cwd: folder, now: new Date(NOW.getTime() + seconds * 1000) });
  const subject = { 'subject-name': `${repository.name}@${image.digest}` };
  const given = { ...subject, 'policy-path': 'policy.yaml', ...signing, ...texts };
  const result = await runCommand(command, given, host);
  return { ...result, said: host.log.map(({ text }) => text) };
}

const approve = (here: Scene, by: Name, stage: string, texts: Texts = {}) =>
  run(here, signStage, by, { stage, 'attestation-tag': 'true', ...texts });

/** What is in the tag: stages of approvals, types of other statements, in order. */
async function inTag({ repository, image }: Pick<Scene, 'repository' | 'image'>): Promise<readonly unknown[]> {
  const found = await readCosignAttestations(repository, image.digest);
  return found.map(({ envelope }) => {
    const { payload } = parseEnvelope(envelope);
    expect(new TextDecoder().decode(envelope)).toContain('"keyid":""');
    const { subject, predicateType } = parseStatement(payload);
    return subject[0]?.annotations?.['stage'] ?? predicateType;
  });
}

test.each(['alice', 'sam'] as const)('an approval of %s is there once, and changes no verdict', async (by) => {
  const here = await scene();
  await approve(here, by, 'author', { 'attestation-tag': 'false' });
  expect(await inTag(here)).toEqual([]);
  const before = await run(here, verifyAll, undefined, { 'up-to-stage': 'author' });
  expect(JSON.stringify((await approve(here, by, 'author')).json)).toContain('.att');
  expect(JSON.stringify((await approve(here, by, 'author')).json)).not.toContain('.att');
  expect(await inTag(here)).toEqual(['author']);
  const after = await run(here, verifyAll, undefined, { 'up-to-stage': 'author' });
  expect(after.text).toBe(before.text);
});

test('an approval that ends is not written there, and that is said', async () => {
  const here = await scene();
  const { said } = await approve(here, 'alice', 'author', { 'expires-in': '30d' });
  expect(await inTag(here)).toEqual([]);
  expect(said.join('\n')).toContain('the approval ends, which no reader');
});

test('an approval of data that nobody read is not written there, and that is said', async () => {
  const here = await scene();
  const sif = join(here.folder, 'app.sif');
  await writeFile(sif, typicalSif().bytes());
  const vouched = { 'subject-name': '', 'subject-path': sif, 'attestation-tag': 'false' };
  await approve(here, 'alice', 'author', vouched);
  const { repository } = here;
  const about = { path: sif, name: sif, title: 'app.sif', tags: ['sif'], criteria: undefined };
  const published = await publishSif(repository, about);
  const digest = published.sif?.manifest.digest ?? '';
  const texts = { 'subject-name': `${repository.name}@${digest}` };
  const { said } = await approve(here, 'sam', 'security', { ...texts, 'verify-data': 'false' });
  const image = { ...here.image, digest: parseDigest(digest) };
  expect(await inTag({ repository, image })).toEqual([]);
  expect(said.join('\n')).toContain('the data was not read');
  await approve(here, 'sam', 'security', { ...texts, replace: 'true', 'verify-data': 'true' });
  expect(await inTag({ repository, image })).toEqual(['security']);
});

test('what is withdrawn leaves both tags, and neither the next signer nor repair puts it back', async () => {
  const here = await scene();
  await approve(here, 'alice', 'author');
  await approve(here, 'sam', 'security');
  const reference = `${here.repository.name}@${here.image.digest}`;
  await run(here, withdraw, 'alice', { stage: 'author', reason: 'wrong' });
  const check = async (stages: readonly string[]) => {
    expect(await inTag(here)).toEqual(stages);
    expect(await readCosignSignatures(here.repository, here.image.digest)).toHaveLength(stages.length);
  };
  await check(['security']);
  const host = new FakeHost({ cwd: here.folder, now: NOW });
  await runCommand(repair, { reference }, host);
  await check(['security']);
  await approve(here, 'alice', 'author');
  await check(['security', 'author']);
});

test('a replaced approval is taken out', async () => {
  const here = await scene();
  await approve(here, 'alice', 'author');
  const [first] = await readCosignAttestations(here.repository, here.image.digest);
  await approve(here, 'alice', 'author', { replace: 'true', reason: 'again' });
  const there = await readCosignAttestations(here.repository, here.image.digest);
  expect(there).toHaveLength(1);
  expect(there[0]?.envelope).not.toEqual(first?.envelope);
});

test('a replaced approval that somebody had overwritten is not put back', async () => {
  const here = await scene();
  await approve(here, 'alice', 'author');
  await pushOciImage(here.repository, { tag: `${here.image.digest.replace(':', '-')}.att` });
  await approve(here, 'alice', 'author', { replace: 'true', reason: 'again' });
  expect(await inTag(here)).toEqual(['author']);
  await run(here, withdraw, 'alice', { stage: 'author', reason: 'wrong' });
  expect(await inTag(here)).toEqual([]);
});

test('repair puts back what somebody overwrote', async () => {
  const here = await scene();
  await approve(here, 'alice', 'author');
  const other = await pushOciImage(here.repository, { tag: `${here.image.digest.replace(':', '-')}.att` });
  expect(other.digest).toBeDefined();
  expect(await inTag(here)).toEqual([]);
  const host = new FakeHost({ cwd: here.folder, now: NOW });
  const { text } = await runCommand(repair, { reference: `${here.repository.name}@${here.image.digest}` }, host);
  expect(text).toContain('0 → 1 legacy attestation');
  expect(await inTag(here)).toEqual(['author']);
});

test('of signers, scanners and verifiers at one time none loses anything', async () => {
  const here = await scene();
  const free = { 'verify-previous': 'false' };
  const writers = [
    () => approve(here, 'alice', 'author', free),
    () => approve(here, 'sam', 'security', free),
    () => run(here, scanAttest, 'ci', { 'sbom-path': 'sbom.json', 'attestation-tag': 'true' }),
    () => run(here, verifyAll, 'ci', { 'attestation-tag': 'true', 'attest-failed': 'true' }),
  ];
  await Promise.all(writers.map((write) => write()));
  const verdict = 'https://slsa.dev/verification_summary/v1';
  const expected = ['author', 'security', 'https://cyclonedx.org/bom', verdict];
  expect(new Set(await inTag(here))).toEqual(new Set(expected));
});

test('a promotion carries the tag, and adds its publication', async () => {
  const here = await scene();
  await approve(here, 'alice', 'author');
  await approve(here, 'sam', 'security');
  const target = await openIn(await startRegistry());
  const to = { reference: `${target.name}:production`, 'attestation-tag': 'true' };
  const { exitCode } = await run(here, pushOras, 'ci', to);
  expect(exitCode).toBe(0);
  const there = await inTag({ repository: target, image: here.image });
  expect(there).toEqual(['author', 'security', 'urn:countersign:publication:v1']);
});

test.each<[string, Command, Name | undefined, Texts]>([
  ['an OpenPGP key', signStage, 'pat', { stage: 'author', 'policy-path': '' }],
  ['a promotion without a key', pushOras, undefined, { reference: 'oci:there:1' }],
])('it is refused with %s', async (_, command, by, texts) => {
  const here = await scene();
  const refused = run(here, command, by, { 'attestation-tag': 'true', ...texts });
  await expect(refused).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
});
