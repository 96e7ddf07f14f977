// SPDX-License-Identifier: Apache-2.0
// What the library of GitHub's action attest signed counts as evidence, by whom it is and about what it is.

import { createPublicKey } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { attachBundle } from '../../src/oci/referrers/bundles.ts';
import { FakeHost } from '../support/fake-host.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { testClock } from '../support/registry-session.ts';
import { newKey, runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const VECTOR = join(import.meta.dirname, '..', 'vectors', 'sigstore', 'actions-attest');
const NOW = new Date('2026-12-01T00:00:00Z');

async function scene() {
  const folder = await temporaryFolder();
  await copyFile(join(VECTOR, 'trusted_root.json'), join(folder, 'trusted_root.json'));
  const root: { certificateAuthorities: { uri: string }[] } = JSON.parse(
    await readFile(join(VECTOR, 'trusted_root.json'), 'utf8'),
  );
  const issuer = root.certificateAuthorities[0]?.uri ?? '';
  const key = newKey();
  await writeFile(join(folder, 'alice.key'), key, { mode: 0o600 });
  await writeFile(join(folder, 'alice.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  const layout = join(folder, 'images');
  const repository = new LayoutRepository(layout, await LayoutIndex.create(layout, testClock()));
  const manifests = {
    v1: await pushOciImage(repository, { tag: 'v1' }),
    v2: await pushOciImage(repository, { tag: 'v2', label: 'another' }),
  };
  const policy = (repositoryName: string, asked: string) => `version: 1
name: test
trust: { sigstore: { root: trusted_root.json, log: 0, sct: 0 } }
principals:
  alice: { key: alice.pub }
  build: { github: { repository: ${repositoryName}, workflow: .github/workflows/release.yml, issuer: "${issuer}" } }
stages:
  - { name: author, approvers: alice${asked} }
`;
  const run = async (command: typeof signStage, texts: Readonly<Record<string, string>>) => {
    await using host = new FakeHost({ cwd: folder, now: NOW });
    return runCommand(command, { 'policy-path': 'policy.yaml', ...texts }, host);
  };
  return {
    async verdict(tag: keyof typeof manifests, { builder = 'acme/app', attached = true } = {}) {
      const bytes = await readFile(join(VECTOR, 'bundle.json'));
      const { mediaType }: { mediaType: string } = JSON.parse(bytes.toString());
      const bundle = { bytes, mediaType, predicateType: 'https://slsa.dev/provenance/v1', createdAt: NOW };
      const manifest = manifests[tag];
      const subject = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length };
      if (attached) await attachBundle(repository, subject, bundle);
      await writeFile(join(folder, 'policy.yaml'), policy(builder, ''));
      const image = { 'subject-name': `oci:images:${tag}` };
      await run(signStage, { ...image, stage: 'author', 'signing-method': 'key', 'key-path': 'alice.key' });
      const asked = ', requires: [{ evidence: "https://slsa.dev/provenance/v1", signedBy: build }]';
      await writeFile(join(folder, 'policy.yaml'), policy(builder, asked));
      return (await run(verifyAll, image)).outputs['verdict'];
    },
  };
}

test('provenance of the workflow that the policy names is evidence', async () => {
  expect(await (await scene()).verdict('v1')).toBe('passed');
});

test('it is none of another workflow, about another image, or where it is not there', async () => {
  expect(await (await scene()).verdict('v1', { builder: 'acme/other' })).toBe('failed');
  expect(await (await scene()).verdict('v1', { attached: false })).toBe('failed');
  expect(await (await scene()).verdict('v2')).toBe('failed');
});
