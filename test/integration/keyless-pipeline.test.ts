// SPDX-License-Identifier: Apache-2.0
// A pipeline whose stages are of three kinds: a workflow without a key, a certificate, and a reviewed environment. On a SIF
// and on an OCI image, in a file, a layout folder and a registry; the verdict asks nobody.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keylessPlace, type Place, type Texts } from '../support/keyless.ts';
import { x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { JOB, type JobToken } from '../support/sigstore.ts';

const STAGES = `  sam: { x509: { anchors: ca.pem, san: "email:sam@example.org" } }
stages:
  - { name: author, approvers: build }
  - { name: security, approvers: sam }
  - { name: production, approvers: prod }
distinct: [[author, security, production]]`;
const FILE = 'acme/app/.github/workflows/build.yml@refs/tags/v1';
const BUILD: JobToken = { ...JOB, environment: 'build', workflow_ref: FILE, job_workflow_ref: FILE };

async function scene(): Promise<Place> {
  const at = await keylessPlace(STAGES);
  const { privateKey, publicKey, certificate = '', intermediates = '' } = await x509Person('sam', new Date());
  const files = { 'ca.pem': publicKey, 'sam.key': privateKey, 'sam.pem': certificate, 'chain.pem': intermediates };
  for (const [name, text] of Object.entries(files)) await writeFile(join(at.folder, name), text, { mode: 0o600 });
  return at;
}

/** The three stages, each in its own run. */
async function approveAll(at: Place, image: Texts): Promise<void> {
  await at.sign({ ...image, stage: 'author' }, { token: at.instance.token(BUILD) });
  await using host = new FakeHost({ cwd: at.folder, now: new Date() });
  const byCertificate = {
    'signing-method': 'x509',
    'key-path': 'sam.key',
    'certificate-path': 'sam.pem',
    'certificate-chain-path': 'chain.pem',
    'policy-path': 'policy.yaml',
  };
  await runCommand(signStage, { stage: 'security', ...byCertificate, ...image }, host);
  await at.sign(image);
}

/** Passed, and without a single request to the instance. */
async function expectPassed(at: Place, image: Texts): Promise<void> {
  const asked = at.instance.requests.length;
  expect(await at.verify(image)).toMatchObject({ verdict: 'passed' });
  expect(at.instance.requests).toHaveLength(asked);
}

test('a SIF in a file, and published with its layers', async () => {
  const at = await scene();
  const image = { 'subject-path': 'app.sif' };
  await approveAll(at, image);
  await expectPassed(at, image);
  const registry = await startRegistry();
  const reference = `${registry.host}/team/app:v1`;
  await using host = new FakeHost({ cwd: at.folder, now: new Date() });
  await runCommand(pushOras, { 'subject-path': 'app.sif', reference, 'policy-path': 'policy.yaml' }, host);
  await expectPassed(at, { 'subject-path': '', 'subject-name': reference });
});

test('a SIF that is approved in the registry', async () => {
  const at = await scene();
  const registry = await startRegistry();
  const reference = `${registry.host}/team/app:v1`;
  await using host = new FakeHost({ cwd: at.folder, now: new Date() });
  await runCommand(pushOras, { 'subject-path': 'app.sif', reference }, host);
  const image = { 'subject-path': '', 'subject-name': reference };
  await approveAll(at, image);
  await expectPassed(at, image);
});

test('an OCI image in a registry', async () => {
  const at = await scene();
  const registry = await startRegistry();
  await pushOciImage(await openIn(registry), { tag: 'v1' });
  const image = { 'subject-path': '', 'subject-name': `${registry.host}/team/app:v1` };
  await approveAll(at, image);
  await expectPassed(at, image);
});

test('an OCI image in a layout folder', async () => {
  const at = await scene();
  const layout = join(at.folder, 'images');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
  const image = { 'subject-path': '', 'subject-name': 'oci:images:v1' };
  await approveAll(at, image);
  await expectPassed(at, image);
});

test('production signs nothing before security has', async () => {
  const at = await scene();
  const image = { 'subject-path': 'app.sif' };
  await at.sign({ ...image, stage: 'author' }, { token: at.instance.token(BUILD) });
  const before = await readFile(join(at.folder, 'app.sif'));
  await at.sign(image);
  expect((await readFile(join(at.folder, 'app.sif'))).equals(before)).toBe(true);
  expect((await at.verify(image)).verdict).toBe('failed');
});
