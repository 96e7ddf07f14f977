// SPDX-License-Identifier: Apache-2.0
// A signed policy: who must have signed, and what of it may be read.

import { copyFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseBundle } from '../../../../src/attest/bundle.ts';
import { signStatement } from '../../../../src/attest/sign.ts';
import { encodeStatement, parseStatement, subjectNamed } from '../../../../src/attest/statement.ts';
import { command as exportGate } from '../../../../src/commands/gates/export.ts';
import { command as policy } from '../../../../src/commands/policy/policy.ts';
import type { CommandResult } from '../../../../src/commands/spec.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, type Person, pgpPerson, x509Person } from '../../../support/layers.ts';
import { hasPeers } from '../../../support/peers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { OPENSSL_LEAF, OpensslParty } from '../../../support/openssl-ca.ts';
import { codeOf } from '../../../support/signing.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

// A signature on a policy is judged by the clock of this machine alone.
const now = new Date();
let people: Readonly<Record<'alice' | 'bob' | 'owner', Person>>;
let folder = '';

const POLICY = `version: 1
extends: org/base.yaml
name: p
principals: { alice: { key: "keys/a*.pub" }, bob: { key: keys/bob.pub } }
profiles:
  dev: { stages: [{ name: author, approvers: alice }] }
  production: { trust: { keyrings: ring.asc }, stages: [{ name: author, approvers: [alice, bob], threshold: 2 }] }
`;

beforeAll(async () => {
  const [alice, bob, owner] = await Promise.all(['alice', 'bob', 'owner'].map((name) => keyPerson(name, 'p256')));
  if (alice && bob && owner) people = { alice, bob, owner };
});

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'keys'));
  await mkdir(join(folder, 'org'));
  await write('p.yaml', POLICY);
  await write('org/base.yaml', 'version: 1\ndeny: [{ content: "sha256:' + 'a'.repeat(64) + '", reason: bad }]\n');
  await write('keys/alice.pub', people.alice.publicKey);
  await write('keys/bob.pub', people.bob.publicKey);
  await write('ring.asc', '');
  await write('owner.pub', people.owner.publicKey);
  await write('owner.pem', people.owner.privateKey);
  await writeFile(join(folder, 'a.sif'), typicalSif().bytes());
});

function write(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text, { mode: 0o600 });
}

async function run(command: typeof policy, texts: Readonly<Record<string, string>>): Promise<CommandResult> {
  await using host = new FakeHost({ cwd: folder, now });
  return runCommand(command, texts, host);
}

const BY_OWNER = { 'signing-method': 'key', 'key-path': 'owner.pem' };
const REQUIRED = { 'require-signed-policy': 'owner.pub' };

const sign = (by: Readonly<Record<string, string>> = BY_OWNER) => run(policy, { task: 'sign\np.yaml', ...by });
const check = (more: Readonly<Record<string, string>> = REQUIRED, profile = 'production') =>
  run(policy, { task: 'check\np.yaml', profile, ...more });
const verify = (more: Readonly<Record<string, string>>) =>
  run(verifyAll, { 'subject-path': 'a.sif', 'policy-path': 'p.yaml', profile: 'dev', ...more });

test('is signed with every file of every profile, and taken by whoever requires it', async () => {
  const { text } = await sign();
  for (const name of ['p.yaml', 'org/base.yaml', 'keys/alice.pub', 'keys/bob.pub', 'ring.asc'])
    expect(text).toContain(`  ${name}\n`);
  expect(text).not.toContain('owner');
  expect((await check()).exitCode).toBe(0);
  expect((await check(REQUIRED, 'dev')).exitCode).toBe(0);
  expect((await verify(REQUIRED)).json).toMatchObject({ policy: { name: 'p/dev' }, verdict: 'failed' });
});

test('with what an absolute path leads to, which stays where it is when the policy is copied', async () => {
  const org = await temporaryFolder();
  await writeFile(join(org, 'base.yaml'), 'version: 1\nextends: more.yaml\n');
  await writeFile(join(org, 'more.yaml'), 'version: 1\ntrust: { keyrings: org.asc }\n');
  await writeFile(join(org, 'org.asc'), '');
  await write('p.yaml', POLICY.replace('org/base.yaml', join(org, 'base.yaml')));
  const { text } = await sign();
  for (const name of ['base.yaml', 'more.yaml', 'org.asc']) expect(text).toContain(`  ${join(org, name)}\n`);
  const elsewhere = join(await temporaryFolder(), 'deeper', 'copy');
  await cp(folder, elsewhere, { recursive: true });
  folder = elsewhere;
  expect((await check()).exitCode).toBe(0);
  await writeFile(join(org, 'org.asc'), people.bob.publicKey);
  expect(await codeOf(check())).toBe('POLICY_NOT_SIGNED');
});

test('by an OpenPGP key, or by a name in a certificate of a CA', async () => {
  const pgp = await pgpPerson('pgp', now);
  const { identity } = pgp.signer;
  const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
  await write('pgp.asc', pgp.privateKey);
  await write('pgp.pub', pgp.publicKey);
  await sign({ 'signing-method': 'pgp', 'key-path': 'pgp.asc' });
  const trust = { 'policy-signer-trust': 'pgp.pub' };
  expect((await check({ 'require-signed-policy': fingerprint, ...trust })).exitCode).toBe(0);
  expect(await codeOf(check({ 'require-signed-policy': 'A'.repeat(40), ...trust }))).toBe('POLICY_SIGNATURE');
  const certified = await x509Person('carol', now);
  await write('carol.pem', certified.privateKey);
  await write('carol.crt', `${certified.certificate}`);
  await write('carol.chain', `${certified.intermediates}`);
  await write('ca.pem', certified.publicKey);
  await sign({
    'signing-method': 'x509',
    'key-path': 'carol.pem',
    'certificate-path': 'carol.crt',
    'certificate-chain-path': 'carol.chain',
  });
  const ca = { 'policy-signer-trust': 'ca.pem' };
  expect((await check({ 'require-signed-policy': 'email:carol@example.org', ...ca })).exitCode).toBe(0);
  expect(await codeOf(check({ 'require-signed-policy': 'email:dave@example.org', ...ca }))).toBe('POLICY_SIGNATURE');
  expect(await codeOf(check({ 'require-signed-policy': 'email:*@*', ...ca }))).toBe('USAGE_INVALID_INPUT');
});

test.skipIf(!hasPeers('openssl'))(
  'by a certificate that its CA has revoked nothing is believed, where the list is given (skipped without openssl)',
  async () => {
    const ca = await OpensslParty.create('CA', folder);
    const signer = await OpensslParty.create('signer', folder, { extensions: OPENSSL_LEAF }, ca);
    await write('signer.pem', await signer.key());
    await write('signer.crt', await signer.pem());
    await write('ca.pem', await ca.pem());
    await sign({ 'signing-method': 'x509', 'key-path': 'signer.pem', 'certificate-path': 'signer.crt' });
    const by = { 'require-signed-policy': 'email:release@example.org', 'policy-signer-trust': 'ca.pem' };
    expect((await verify(by)).json).toMatchObject({ policy: { name: 'p/dev' } });
    const dates = { from: new Date(now.getTime() - 3_600_000), until: new Date(now.getTime() + 3_600_000) };
    await write('good.crl', await ca.crl(1, dates));
    expect((await verify({ ...by, crls: 'good.crl' })).json).toMatchObject({ policy: { name: 'p/dev' } });
    const revoked = [{ of: signer, at: new Date(now.getTime() - 60_000) }];
    await write('bad.crl', await ca.crl(2, { ...dates, revoked }));
    expect(await codeOf(verify({ ...by, crls: 'bad.crl' }))).toBe('POLICY_SIGNATURE');
  },
);

describe('nothing is believed', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ['without signature', () => rm(join(folder, 'p.yaml.sigstore.json')), 'POLICY_UNSIGNED'],
    ['with a broken one', () => write('p.yaml.sigstore.json', '{}'), 'POLICY_SIGNATURE'],
    ['of an altered policy', () => write('p.yaml', `${POLICY}# more\n`), 'POLICY_NOT_SIGNED'],
    ['of one that cannot be parsed', () => write('p.yaml', '{'), 'POLICY_NOT_SIGNED'],
    ['of an altered base', () => write('org/base.yaml', 'version: 1\n'), 'POLICY_NOT_SIGNED'],
    [
      'of a file that a pattern finds later',
      () => write('keys/another.pub', people.owner.publicKey),
      'POLICY_NOT_SIGNED',
    ],
    ['of a key that was exchanged', () => write('keys/alice.pub', people.owner.publicKey), 'POLICY_NOT_SIGNED'],
    ['of files under other names', () => swap('keys/alice.pub', 'keys/bob.pub'), 'POLICY_NOT_SIGNED'],
    ['of a link to another file', () => link('keys/alice.pub', '../owner.pub'), 'POLICY_NOT_SIGNED'],
    ['by another signer', () => write('owner.pub', people.bob.publicKey), 'POLICY_SIGNATURE'],
    ['of a policy moved elsewhere', () => move('p.yaml', 'org/p.yaml'), 'FILE_NOT_FOUND'],
  ])('%s', async (_, change, code) => {
    await sign();
    await change();
    expect(await codeOf(verify(REQUIRED))).toBe(code);
    expect(
      await codeOf(
        run(exportGate, { gate: 'ecl', output: 'out', 'policy-path': 'p.yaml', profile: 'dev', ...REQUIRED }),
      ),
    ).toBe(code);
  });

  test('when a file that a pattern found is gone', async () => {
    await write('keys/also.pub', people.owner.publicKey);
    await sign();
    await rm(join(folder, 'keys/also.pub'));
    expect(await codeOf(check())).toBe('POLICY_NOT_SIGNED');
  });

  test('when what another profile reads stands in for it', async () => {
    await sign();
    await rm(join(folder, 'ring.asc'));
    expect((await check(REQUIRED, 'dev')).exitCode).toBe(0);
    expect(await codeOf(check())).toBe('POLICY_TRUST_FILE');
  });

  test('when a signature of the signer is about something else', async () => {
    await sign();
    const bundle: unknown = JSON.parse(await readFile(join(folder, 'p.yaml.sigstore.json'), 'utf8'));
    const text = JSON.stringify(bundle).replace(/"payloadType":"[^"]+"/, '"payloadType":"text/plain"');
    await write('p.yaml.sigstore.json', text);
    expect(await codeOf(check())).toBe('POLICY_SIGNATURE');
  });

  test('when somebody gave the signer its predicate for a statement about something else', async () => {
    await sign();
    const { envelope } = parseBundle(await readFile(join(folder, 'p.yaml.sigstore.json')));
    const { predicateType, predicate, subject } = parseStatement(envelope.payload);
    const signAbout = async (about: typeof subject) => {
      const payload = encodeStatement({ subject: about, predicateType, predicate });
      await writeFile(join(folder, 'p.yaml.sigstore.json'), await signStatement(payload, people.owner.signer, { now }));
    };
    await signAbout([subjectNamed('a.sif', `sha256:${'a'.repeat(64)}`)]);
    expect(await codeOf(check())).toBe('POLICY_SIGNATURE');
    await signAbout(subject);
    expect((await check()).exitCode).toBe(0);
  });
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['a policy as text', { policy: POLICY, 'policy-path': '', ...REQUIRED }, 'USAGE_CONFLICTING_INPUTS'],
  ['no policy', { 'policy-path': '', profile: '', ...REQUIRED }, 'USAGE_MISSING_INPUT'],
  ['trust alone', { 'policy-signer-trust': 'owner.pub' }, 'USAGE_MISSING_INPUT'],
  ['trust beside a key', { ...REQUIRED, 'policy-signer-trust': 'owner.pub' }, 'USAGE_CONFLICTING_INPUTS'],
  ['a name without its CA', { 'require-signed-policy': 'email:a@b.example' }, 'USAGE_MISSING_INPUT'],
  ['a key that is not there', { 'require-signed-policy': 'no.pub' }, 'FILE_NOT_FOUND'],
])('%s is refused', async (_, more, code) => {
  expect(await codeOf(verify(more))).toBe(code);
});

test('none is nobody, also where the folder of the policy has a file of that name', async () => {
  await write('none', people.owner.publicKey);
  await sign();
  expect(await codeOf(verify({ 'require-signed-policy': 'none' }))).toBe('USAGE_INVALID_INPUT');
  expect((await verify({ 'require-signed-policy': './none' })).json).toMatchObject({ policy: { name: 'p/dev' } });
});

test('without a key, or without any, nothing is signed', async () => {
  expect(await codeOf(sign({}))).toBe('USAGE_MISSING_INPUT');
  expect(await codeOf(sign({ 'signing-method': 'sigstore' }))).toBe('USAGE_INVALID_INPUT');
});

async function swap(one: string, other: string): Promise<void> {
  await rename(join(folder, one), join(folder, 'between'));
  await rename(join(folder, other), join(folder, one));
  await rename(join(folder, 'between'), join(folder, other));
}

async function link(name: string, target: string): Promise<void> {
  await rm(join(folder, name));
  await symlink(target, join(folder, name));
}

async function move(from: string, to: string): Promise<void> {
  await copyFile(join(folder, from), join(folder, to));
  await rm(join(folder, from));
}
