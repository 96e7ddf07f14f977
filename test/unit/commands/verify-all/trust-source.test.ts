// SPDX-License-Identifier: Apache-2.0
// From where a report says that the key of each layer is trusted: as policy or inputs name it, never as the machine does.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import type { ImageVerdict, SignerReport } from '../../../../src/policy/verdict.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW, type Person, pgpPerson, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let alice: Person;
let xenia: Person;
let kim: Person;
let signed: Uint8Array;

beforeAll(async () => {
  [alice, xenia, kim] = await Promise.all([pgpPerson('alice'), x509Person('xenia'), keyPerson('kim', 'p256')]);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  await place(folder, { 'app.sif': typicalSif().bytes(), 'a.key': alice.privateKey, 'k.key': kim.privateKey });
  const chain = { 'x.crt': xenia.certificate ?? '', 'chain.crt': xenia.intermediates ?? '' };
  await place(folder, { 'x.key': xenia.privateKey, ...chain });
  const host = new FakeHost({ cwd: folder, now: NOW });
  const certificates = { 'certificate-path': 'x.crt', 'certificate-chain-path': 'chain.crt' };
  for (const [stage, signing] of [
    ['author', { 'signing-method': 'pgp', 'key-path': 'a.key' }],
    ['security', { 'signing-method': 'key', 'key-path': 'k.key' }],
    ['production', { 'signing-method': 'x509', 'key-path': 'x.key', ...certificates }],
  ] as const)
    await runCommand(signStage, { 'subject-path': 'app.sif', stage, ...signing }, host);
  signed = await readFile(join(folder, 'app.sif'));
  await rm(folder, { recursive: true });
});

type Files = Readonly<Record<string, string | Uint8Array>>;

async function place(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
}

async function folderWith(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  await place(folder, files);
  return folder;
}

function policyOf({ keyrings, key, anchors }: { readonly keyrings: string; readonly key: string; anchors: string }) {
  const fingerprint = alice.signer.identity.method === 'pgp' ? alice.signer.identity.fingerprint : '';
  return `version: 1
name: test
trust: { keyrings: ${keyrings} }
principals:
  alice: { pgp: ${fingerprint} }
  kim: { key: ${key} }
  xenia: { x509: { anchors: ${anchors}, san: "email:xenia@example.org" } }
stages:
  - { name: author, approvers: alice }
  - { name: security, approvers: kim }
  - { name: production, approvers: xenia }
`;
}

/** What verify-all in a new folder says of it: the verdict's text, the report, and each stage's signer. */
async function verify(files: Files, texts: Readonly<Record<string, string>>, image = signed) {
  const cwd = await folderWith({ 'app.sif': image, ...files });
  const host = new FakeHost({ cwd, now: NOW });
  const { json, text } = await runCommand(verifyAll, { 'subject-path': 'app.sif', ...texts }, host);
  const document = JSON.stringify(json);
  const verdict: { readonly images: readonly ImageVerdict[] } = JSON.parse(document);
  const layers = verdict.images[0]?.layers.filter(({ kind }) => kind === 'bundle') ?? [];
  return { cwd, document, text, sources: layers.map(({ signer }) => signer?.trustSource) };
}

const files = () => ({
  'keys/alice.asc': alice.publicKey,
  'keys/kim.pub': kim.publicKey,
  'ca/root.pem': xenia.publicKey,
});

const NAMED = [
  { kind: 'policy-file', name: 'keys/alice.asc' },
  { kind: 'policy-file', name: 'keys/kim.pub' },
  { kind: 'policy-file', name: 'ca/root.pem' },
] satisfies readonly SignerReport['trustSource'][];

test("files of a policy are called as it calls them, wherever it lies, and the document is the schema's", async () => {
  const policy = policyOf({ keyrings: 'keys/*.asc', key: 'keys/kim.pub', anchors: 'ca' });
  const [one, other] = [
    await verify({ ...files(), 'policy.yaml': policy }, { 'policy-path': 'policy.yaml' }),
    await verify({ ...files(), 'policy.yaml': policy }, { 'policy-path': 'policy.yaml' }),
  ];
  expect(one.sources).toEqual(NAMED);
  expect(one.document).toBe(other.document);
  expect(one.document + one.text).not.toContain(one.cwd);
  expect(one.text).toContain("key from the policy's file keys/alice.asc");
  expect(one.text).toContain("trust anchor from the policy's file ca/root.pem");
  const schema: object = JSON.parse(await readFile(join(PROJECT, 'schema/verdict.schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(JSON.parse(one.document)), JSON.stringify(validate.errors)).toBe(true);
});

test('the text of a policy, and the first of several files that hold a key', async () => {
  const block = (text: string) => `|\n${text.replace(/^/gm, '      ')}`;
  const policy = policyOf({ keyrings: '[old.asc, keys/alice.asc]', key: 'KIM', anchors: '[old.pem, ca/root.pem]' });
  const given = policy.replace('{ key: KIM }', `\n    key: ${block(kim.publicKey.trim())}`);
  const old = { 'old.asc': alice.publicKey, 'old.pem': xenia.publicKey };
  const { sources, text } = await verify(
    { ...files(), ...old, 'policy.yaml': given },
    { 'policy-path': 'policy.yaml' },
  );
  expect(sources).toEqual([
    { kind: 'policy-file', name: 'old.asc' },
    { kind: 'policy-text', name: 'policy' },
    { kind: 'policy-file', name: 'old.pem' },
  ]);
  expect(text).toContain('key from the text of the policy\n');
});

test('inputs, as paths and as texts', async () => {
  const { sources, text } = await verify(files(), {
    keyring: 'keys/alice.asc',
    'public-key': kim.publicKey,
    'trust-anchors': './ca/root.pem',
  });
  expect(sources).toEqual([
    { kind: 'input-file', name: 'keys/alice.asc' },
    { kind: 'input-text', name: 'public-key' },
    { kind: 'input-file', name: './ca/root.pem' },
  ]);
  expect(text).toContain('key from the text in public-key\n');
});

test.each([
  ['etc/apptainer/global-pgp-public', 'global-ring', "Apptainer's global ring"],
  ['home/.apptainer/keys/pgp-public', 'user-ring', "the user's ring of Apptainer"],
  ['keys/pgp-public', 'policy-file', "the policy's file"],
])("%s is Apptainer's or not by where it lies", async (ring, kind, words) => {
  const policy = policyOf({ keyrings: ring, key: 'keys/kim.pub', anchors: 'ca/root.pem' });
  const all = { ...files(), [ring]: alice.publicKey, 'policy.yaml': policy };
  const { sources, text } = await verify(all, { 'policy-path': 'policy.yaml' });
  expect(sources[0]).toEqual({ kind, name: ring });
  expect(text).toContain(`key from ${words} ${ring}`);
});

test('of signatures by nobody who is trusted nothing is said', async () => {
  const { sources } = await verify(files(), { keyring: 'keys/alice.asc' });
  expect(sources).toEqual([{ kind: 'input-file', name: 'keys/alice.asc' }, undefined, undefined]);
});
