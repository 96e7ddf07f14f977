// SPDX-License-Identifier: Apache-2.0
// The last stage signed while the image is pushed to a real registry: what apptainer pulls is signed by all three.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { command as push } from '../../src/commands/push-oras/push-oras.ts';
import { command as sign } from '../../src/commands/sign-stage/sign-stage.ts';
import { openRepository } from '../../src/oci/open.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeTrusting, keyPerson, type Person, pgpPerson } from '../support/layers.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { signedPush } from '../support/signed-push.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));
const STAGES = ['author', 'security', 'production'];

function fingerprintOf({ signer: { identity } }: Person): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

/** An image with a key for each stage and a policy that wants all of them. */
async function scene() {
  const folder = await temporaryFolder();
  const now = new Date(Date.now() - 60_000);
  await copyFile(DEMO, join(folder, 'app.sif'));
  const people = await Promise.all(STAGES.map((stage) => pgpPerson(stage, now)));
  const policy = [
    'version: 1',
    'name: test',
    `trust: { keyrings: [${STAGES.map((stage) => `${stage}.pub`).join(', ')}] }`,
    'principals:',
    ...people.map((person) => `  ${person.name}: { pgp: ${fingerprintOf(person)} }`),
    'stages:',
    ...STAGES.map((stage) => `  - { name: ${stage}, approvers: [${stage}] }`),
    '',
  ];
  await writeFile(join(folder, 'countersign.yaml'), policy.join('\n'));
  for (const { name, privateKey, publicKey } of people) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
  return { folder, people, host: new FakeHost({ cwd: folder, env: {}, now: new Date() }) };
}

const signing = (stage: string) => ({
  'subject-path': 'app.sif',
  stage,
  'signing-method': 'pgp',
  'key-path': `${stage}.key`,
  'policy-path': 'countersign.yaml',
});

describe.skipIf(!hasPeers('docker-registry', 'apptainer', 'siftool', 'cosign'))(
  'signing while pushing (skipped without peers)',
  () => {
    test('apptainer pulls and verifies an image whose last signature was made on the way', async () => {
      const { folder, people, host } = await scene();
      const registry = await startDockerRegistry();
      for (const stage of ['author', 'security'])
        expect((await runCommand(sign, signing(stage), host)).exitCode).toBe(0);
      const pushed = await runCommand(push, { ...signing('production'), reference: `${registry}/team/app:1.0` }, host);
      expect(pushed.exitCode, pushed.text).toBe(0);
      expect(pushed.json).toMatchObject({ signing: { stage: 'production', outcome: 'signed', reads: 1 } });
      const env = await apptainerKeyring(...STAGES.map((stage) => join(folder, `${stage}.pub`)));
      const copy = join(folder, 'copy.sif');
      const pull = ['pull', '--no-https', '--disable-cache', copy, `oras://${registry}/team/app:1.0`];
      const pulled = await runPeer('apptainer', pull, { cwd: folder, env });
      expect(pulled.exitCode, pulled.stderr).toBe(0);
      expect((await readFile(copy)).equals(await readFile(join(folder, 'app.sif')))).toBe(true);
      const verified = await runPeer('apptainer', ['verify', '--local', copy], { cwd: folder, env });
      expect(verified.exitCode, verified.stderr).toBe(0);
      for (const person of people) expect(verified.stdout).toContain(fingerprintOf(person));
    });

    test('apptainer verifies a native DSSE signature in a place of fixed length, and cosign the approval', async () => {
      const folder = await temporaryFolder();
      const registry = await startDockerRegistry();
      const path = join(folder, 'app.sif');
      await copyFile(DEMO, path);
      const bob = await keyPerson('bob', 'p256');
      await writeFile(join(folder, 'bob.pem'), bob.publicKey);
      const judge = await judgeTrusting([bob]);
      const reference = `${registry}/team/app:2.0`;
      await using opened = await openRepository(reference, {
        access: 'push',
        clock: systemClock(),
        credentials: { env: {} },
      });
      const by = { person: bob, stage: 'author', judge, push: judge };
      const done = await signedPush(opened.repository, path, by, { native: 'dsse', tags: ['2.0'] });
      expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' } });
      const verified = await runPeer('apptainer', ['verify', '--key', 'bob.pem', path], { cwd: folder });
      expect(verified.exitCode, verified.stderr).toBe(0);
      const listed = await runPeer('siftool', ['list', path], { cwd: folder });
      expect(listed.stdout.match(/Signature/g)).toHaveLength(2);
      // The bundle as it lies in the image, with the spaces behind it. Its subject is content, not a manifest or blob.
      const bundle = await runPeer('siftool', ['dump', '5', path], { cwd: folder });
      expect(bundle.stdout).toMatch(/\} {8000,}$/);
      await writeFile(join(folder, 'bundle.json'), bundle.stdout);
      const type = ['--type', 'https://slsa.dev/verification_summary/v1', '--check-claims=false'];
      const args = ['verify-blob-attestation', '--key', 'bob.pem', '--insecure-ignore-tlog', '--new-bundle-format'];
      const env = { HOME: folder };
      const attested = await runPeer('cosign', [...args, '--bundle', 'bundle.json', ...type], { cwd: folder, env });
      expect(attested.exitCode, attested.stderr).toBe(0);
    });
  },
);
