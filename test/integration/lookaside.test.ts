// SPDX-License-Identifier: Apache-2.0
// GPG signatures for podman: sign-stage files them on request, simulate and require-gates read them.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { command as simulate } from '../../src/commands/gates/simulate.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { verifySigned } from '../../src/crypto/pgp/message.ts';
import { parseSimpleSigning } from '../../src/oci/cosign/cosign.ts';
import { addToLookaside, filedName, signaturePath } from '../../src/oci/lookaside.ts';
import { encodeSigned } from '../../src/crypto/pgp/message.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW, type Person, pgpPerson } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

let alice: Person;
let kim: Person;

beforeAll(async () => {
  [alice, kim] = [await pgpPerson('alice'), await keyPerson('kim', 'p256')];
});

async function project() {
  const cwd = await temporaryFolder();
  const { identity } = alice.signer;
  const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
  await writeFile(join(cwd, 'alice.asc'), alice.publicKey);
  await writeFile(join(cwd, 'alice.key'), alice.privateKey, { mode: 0o600 });
  await writeFile(join(cwd, 'kim.key'), kim.privateKey, { mode: 0o600 });
  await writeFile(
    join(cwd, 'p.yaml'),
    `version: 1\nname: test\ntrust: { keyrings: alice.asc }\nprincipals: { alice: { pgp: ${fingerprint} } }\nstages:\n  - { name: author, approvers: alice }\n`,
  );
  const { host } = await startRegistry();
  const repository = await openIn({ host }, { name: 'team/app' });
  const image = await pushOciImage(repository, { tag: 'v1' });
  const lookaside = join(cwd, 'signatures');
  const signing = { stage: 'author', 'signing-method': 'pgp', 'key-path': 'alice.key', lookaside };
  const sign = (more: Readonly<Record<string, string>> = {}) =>
    runCommand(
      signStage,
      { 'subject-name': `${repository.name}:v1`, ...signing, ...more },
      new FakeHost({ cwd, now: NOW }),
    );
  const url = `file://${lookaside}`;
  const asks = (more: Readonly<Record<string, string>> = { 'lookaside-url': url }) =>
    runCommand(
      simulate,
      { task: `containers-policy\n${repository.name}:v1`, 'policy-path': 'p.yaml', ...more },
      new FakeHost({ cwd, now: NOW }),
    );
  return { cwd, host, repository, image, lookaside, url, sign, asks };
}

test('a signature beside the approval is what podman would ask for', async () => {
  const { cwd, host, repository, image, lookaside, url, sign, asks } = await project();
  expect(await asks()).toMatchObject({ exitCode: 1, json: { images: [{ verdict: 'denied' }] } });
  expect(await sign()).toMatchObject({ exitCode: 0 });
  expect(await asks()).toMatchObject({ exitCode: 0, json: { images: [{ verdict: 'allowed' }] } });

  const folder = join(lookaside, `team/app@${image.digest.replace(':', '=')}`);
  expect(await readdir(folder)).toEqual(['signature-1']);
  const bytes = await readFile(join(folder, 'signature-1'));
  const signed = await verifySigned(bytes, { keyrings: [Buffer.from(alice.publicKey)] }, NOW);
  expect(signed?.check.status).toBe('valid');
  expect(parseSimpleSigning(signed?.content ?? new Uint8Array(), 'gpg')).toMatchObject({
    reference: `${repository.name}@${image.digest}`,
    digest: image.digest,
    optional: { stage: 'author', timestamp: NOW.getTime() / 1000 },
  });

  // Without the folder a promotion carries none along.
  const gated = {
    'subject-name': `${repository.name}@${image.digest}`,
    reference: `${host}/team/released:v1`,
    'policy-path': 'p.yaml',
    'require-gates': 'containers-policy',
    'signed-repository': repository.name,
  };
  const push = (more: Readonly<Record<string, string>>) =>
    runCommand(pushOras, { ...gated, ...more }, new FakeHost({ cwd, now: NOW }));
  expect(await push({ 'lookaside-url': url })).toMatchObject({
    exitCode: 1,
    error: {
      message: expect.stringContaining('there is none in the lookaside'),
      hint: expect.stringMatching(/by that key and ⟨lookaside⟩|by that key and --lookaside/),
    },
  });
  expect(await push({ 'lookaside-url': url, reference: `${repository.name}:v2` })).toMatchObject({ exitCode: 0 });
  const carried = { 'lookaside-url': url, lookaside };
  expect(await push({ ...carried, 'signed-repository': '' })).toMatchObject({ exitCode: 1 });
  expect(await push(carried)).toMatchObject({ exitCode: 0 });
  const there = join(lookaside, `team/released@${image.digest.replace(':', '=')}`);
  expect(await readdir(there)).toEqual(['signature-1']);
  expect(await readFile(join(there, 'signature-1'))).toEqual(bytes);
});

test('who signed already files the signature later, and once', async () => {
  const { image, lookaside, sign } = await project();
  expect(await sign({ lookaside: '' })).toMatchObject({ exitCode: 0 });
  for (const _ of [1, 2]) expect(await sign()).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(lookaside, `team/app@${image.digest.replace(':', '=')}`))).toEqual(['signature-1']);
});

test.each([{ 'signing-method': 'key', 'key-path': 'kim.key' }, { 'subject-name': 'oci:folder:v1' }])(
  '%j is refused',
  async (more) => {
    const { sign } = await project();
    await expect(sign(more)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  },
);

test('a URL that podman cannot use is refused', async () => {
  const { asks } = await project();
  await expect(asks({ 'lookaside-url': '/srv/signatures' })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
  const secret = await asks({ 'lookaside-url': 'https://me:hunter2@ghcr.io/signatures' }).catch(
    (error: unknown) => error,
  );
  expect(secret).toMatchObject({ code: 'USAGE_INVALID_INPUT' });
  expect(String(secret)).not.toContain('hunter2');
  expect(await asks({ 'lookaside-url': 'https://ghcr.io/signatures' })).toMatchObject({
    exitCode: 1,
    json: { images: [{ verdict: 'unknown' }] },
  });
});

test('so many signatures that podman refuses the image are no yes', async () => {
  const { repository, image, lookaside, sign, asks } = await project();
  await sign();
  const place = { repository: filedName(repository.name), digest: image.digest };
  const good = await readFile(signaturePath(lookaside, place, 1));
  for (let index = 2; index < 128; index += 1) await writeFile(signaturePath(lookaside, place, index), good);
  expect(await asks()).toMatchObject({ json: { images: [{ verdict: 'allowed' }] } });
  await writeFile(signaturePath(lookaside, place, 128), good);
  const words = "server provided 128 signatures, assuming that's unreasonable and a server error";
  expect(await asks()).toMatchObject({ exitCode: 1, json: { images: [{ verdict: 'denied', words }] } });
});

interface Signed {
  readonly by?: Person;
  readonly digest?: string;
  readonly reference?: string;
  readonly optional?: object;
}

/** A project whose policy takes GPG signatures, with some of them in the folder. */
async function filed(signatures: readonly Signed[], rule = '') {
  const { repository, image, lookaside, ...here } = await project();
  const policy = (await readFile(join(here.cwd, 'p.yaml'), 'utf8')).replace(
    'approvers: alice }',
    `approvers: alice, native: simple-signing${rule} }`,
  );
  await writeFile(join(here.cwd, 'p.yaml'), policy);
  for (const { by = alice, digest = image.digest, reference = repository.name, optional = {} } of signatures) {
    const type = 'atomic container signature';
    const critical = { identity: { 'docker-reference': reference }, image: { 'docker-manifest-digest': digest }, type };
    const payload = utf8(JSON.stringify({ critical, optional }));
    const message = await encodeSigned(payload, await by.signer.signPae(payload, NOW));
    await addToLookaside(lookaside, { repository: 'team/app', digest: image.digest }, message);
  }
  const judge = async (more: Readonly<Record<string, string>> = { lookaside }) => {
    const texts = { 'subject-name': `${repository.name}:v1`, 'policy-path': 'p.yaml', ...more };
    const host = new FakeHost({ cwd: here.cwd, now: NOW });
    const { json, exitCode, text } = await runCommand(verifyAll, texts, host);
    return { json: JSON.stringify(json), exitCode, text };
  };
  return { ...here, repository, image, lookaside, judge };
}

test('a plain GPG signature counts where the policy takes them, and only with the folder', async () => {
  const { judge, cwd } = await filed([{}]);
  expect(await judge()).toMatchObject({ exitCode: 0 });
  expect(await judge({})).toMatchObject({ exitCode: 1 });
  await expect(judge({ lookaside: 'elsewhere' }).then(({ json }) => json)).resolves.toContain('FILE_NOT_FOUND');
  const policy = await readFile(join(cwd, 'p.yaml'), 'utf8');
  await writeFile(join(cwd, 'p.yaml'), policy.replace(', native: simple-signing', ''));
  const refused = await judge();
  expect(refused.exitCode).toBe(1);
  expect(refused.text).toContain('does not accept plain simple-signing signatures');
});

test.each<[string, Signed, string]>([
  ['by another key', {}, ''],
  ['of another image', { digest: `sha256:${'0'.repeat(64)}` }, ''],
  ['for another stage', { optional: { stage: 'release' } }, 'it says that it is for stage'],
  ['beside an approval that is not here', { optional: { stage: 'author', approval: 'x' } }, 'APPROVAL_LEFT_BEHIND'],
])('one %s does not count', async (what, signed, words) => {
  const by = what === 'by another key' ? await pgpPerson('eve') : alice;
  const { judge } = await filed([{ ...signed, by }]);
  const { exitCode, json } = await judge();
  expect(exitCode).toBe(1);
  expect(json).toContain(words);
});

test('which name it was made for is asked as podman does', async () => {
  const elsewhere = { reference: 'staging.example.org/team/app:v1' };
  for (const [rule, code] of [
    ['', 0],
    [', signedIdentity: matchRepository', 1],
    [', signedIdentity: { exactRepository: staging.example.org/team/app }', 0],
  ] as const)
    expect(await (await filed([elsewhere], rule)).judge()).toMatchObject({ exitCode: code });
});

test('what is no signature is named, and hides no other', async () => {
  const { judge, lookaside, image } = await filed([]);
  const at = { repository: 'team/app', digest: image.digest };
  await addToLookaside(lookaside, at, utf8('page not found'));
  expect((await judge()).json).toContain('SIGNATURE_UNREADABLE');
  const critical = {
    identity: { 'docker-reference': 'x.org/app' },
    image: { 'docker-manifest-digest': image.digest },
    type: 'atomic container signature',
  };
  const payload = utf8(JSON.stringify({ critical, optional: {} }));
  await addToLookaside(lookaside, at, await encodeSigned(payload, await alice.signer.signPae(payload, NOW)));
  expect(await judge()).toMatchObject({ exitCode: 0 });
});

test('signatures of earlier stages let the next one sign', async () => {
  const { cwd, repository, lookaside, judge } = await filed([{}]);
  await writeFile(join(cwd, 'kim.pub'), kim.publicKey);
  const text = await readFile(join(cwd, 'p.yaml'), 'utf8');
  const more = text
    .replace(' } }\nstages', ' }, kim: { key: kim.pub } }\nstages')
    .concat('  - { name: security, approvers: kim }\n');
  await writeFile(join(cwd, 'p.yaml'), more);
  const texts = { 'subject-name': `${repository.name}:v1`, 'policy-path': 'p.yaml', stage: 'security' };
  const signing = { 'signing-method': 'key', 'key-path': 'kim.key' };
  const sign = (also: Readonly<Record<string, string>>) =>
    runCommand(signStage, { ...texts, ...signing, ...also }, new FakeHost({ cwd, now: NOW }));
  expect((await judge()).text).toMatch(/countersign sign-stage --stage security .*--lookaside signatures/);
  expect((await judge({})).text).not.toContain('--lookaside');
  expect((await sign({})).exitCode).toBe(1);
  expect((await sign({ lookaside })).exitCode).toBe(0);
  expect(await judge()).toMatchObject({ exitCode: 0 });
});

test('more signatures than podman reads are no part of a verdict', async () => {
  const { cwd, repository, image, lookaside, sign } = await project();
  expect(await sign()).toMatchObject({ exitCode: 0 });
  const at = { repository: filedName(repository.name), digest: image.digest };
  const bytes = await readFile(signaturePath(lookaside, at, 1));
  for (let number = 2; number < 128; number += 1) await writeFile(signaturePath(lookaside, at, number), bytes);
  const judge = async () =>
    runCommand(
      verifyAll,
      { 'subject-name': `${repository.name}:v1`, 'policy-path': 'p.yaml', lookaside },
      new FakeHost({ cwd, now: NOW }),
    );
  expect(await judge()).toMatchObject({ exitCode: 0 });
  await writeFile(signaturePath(lookaside, at, 128), bytes);
  const refused = await judge().catch((error: unknown) => error);
  expect(refused).not.toMatchObject({ exitCode: 0 });
  expect(refused instanceof Error ? refused.message : JSON.stringify(refused)).toContain('128 signatures or more');
});
