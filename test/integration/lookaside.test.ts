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

  // A promotion leaves the folder as it is: the signature names the place it was made for.
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
    error: { message: expect.stringContaining('there is none in the lookaside') },
  });
  expect(await push({ 'lookaside-url': url, reference: `${repository.name}:v2` })).toMatchObject({ exitCode: 0 });
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
  expect(await asks({ 'lookaside-url': 'https://ghcr.io/signatures' })).toMatchObject({
    exitCode: 1,
    json: { images: [{ verdict: 'unknown' }] },
  });
});
