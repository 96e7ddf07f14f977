// SPDX-License-Identifier: Apache-2.0
// push-oras with require-gates: what a gate of another tool would deny is not published, and the reason is said.

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { parseDigest } from '../../src/base/bytes.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import { MEDIA_TYPE } from '../../src/oci/oci.ts';
import { referrersTag } from '../../src/oci/reference.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeBy, keyPerson, NOW, type Person, pgpPerson, policyFor, signAs } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { plantLegacy } from '../support/plain-cosign.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

let alice: Person;
let kim: Person;

beforeAll(async () => {
  [alice, kim] = [await pgpPerson('alice'), await keyPerson('kim', 'p256')];
});

function policyText(stages: string): string {
  const { identity } = alice.signer;
  const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
  return `version: 1\nname: test\ntrust: { keyrings: alice.asc }\nprincipals:\n  alice: { pgp: ${fingerprint} }\n  kim: { key: kim.pub }\nstages:\n${stages}`;
}

async function project(stages: string) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'alice.asc'), alice.publicKey);
  await writeFile(join(cwd, 'kim.pub'), kim.publicKey);
  await writeFile(join(cwd, 'p.yaml'), policyText(stages));
  await writeFile(join(cwd, 'app.sif'), typicalSif().bytes());
  return { cwd, image: join(cwd, 'app.sif'), judge: await judgeBy(await policyFor([alice, kim], stages)) };
}

function push(cwd: string, texts: Readonly<Record<string, string>>) {
  return runCommand(pushOras, { 'policy-path': 'p.yaml', ...texts }, new FakeHost({ cwd, now: NOW }));
}

const FILE = { 'subject-path': 'app.sif', reference: 'oci:out:v1', 'require-gates': 'ecl' };
const BOTH =
  '  - { name: author, approvers: alice }\n  - { name: security, approvers: kim, native: dsse, after: [] }\n';

describe('a SIF file and Apptainer’s list', () => {
  test('a native DSSE signature beside OpenPGP is not published', async () => {
    const { cwd, image, judge } = await project(BOTH);
    await signAs(image, kim, 'security', judge, { native: 'dsse' });
    await signAs(image, alice, 'author', judge);
    expect((await push(cwd, { ...FILE, 'require-gates': '' })).exitCode).toBe(0);
    const refused = await push(cwd, { ...FILE, reference: 'oci:other:v1' });
    expect(refused).toMatchObject({
      exitCode: 1,
      error: { code: 'GATE_WOULD_DENY', message: expect.stringContaining('the list knows OpenPGP alone') },
      json: { manifest: null, verdict: { verdict: 'passed' }, gates: [{ gate: 'ecl', verdict: 'denied' }] },
    });
    expect(refused.text).toContain('key material not provided for DSSE envelope signature');
    expect((await readdir(join(cwd, 'other', 'blobs', 'sha256')).catch(() => [])).length).toBe(0);
  });

  test('what the list allows is published', async () => {
    const { cwd, image, judge } = await project(BOTH);
    await signAs(image, alice, 'author', judge);
    await signAs(image, kim, 'security', judge);
    expect(await push(cwd, FILE)).toMatchObject({ exitCode: 0, json: { gates: [{ verdict: 'allowed' }] } });
  });

  test('a gate that cannot be about the image is no yes', async () => {
    const { cwd, image, judge } = await project(BOTH);
    await signAs(image, alice, 'author', judge);
    await signAs(image, kim, 'security', judge);
    const refused = await push(cwd, { ...FILE, 'require-gates': 'ecl\ncontainers-policy' });
    expect(refused).toMatchObject({ exitCode: 1, error: { message: expect.stringContaining('containers-policy') } });
  });

  test.each([
    [{ 'require-gates': 'podman' }, 'USAGE_INVALID_INPUT'],
    [{ 'policy-path': '' }, 'USAGE_MISSING_INPUT'],
  ])('%j is refused with %s', async (more, code) => {
    const { cwd } = await project(BOTH);
    await expect(push(cwd, { ...FILE, ...more })).rejects.toMatchObject({ code });
  });

  test('gates are not asked of a signature that is not there yet', async () => {
    const { cwd } = await project(BOTH);
    await writeFile(join(cwd, 'kim.key'), kim.privateKey, { mode: 0o600 });
    const signing = { stage: 'security', 'signing-method': 'key', 'key-path': 'kim.key' };
    await expect(push(cwd, { ...FILE, ...signing })).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  });
});

describe('a promoted image and policy.json', () => {
  const STAGES = '  - { name: security, approvers: kim }\n';

  function emptyIndex() {
    return makeManifest(
      Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] })),
      MEDIA_TYPE.index,
    );
  }

  async function signed(how: 'whole' | 'bundles only') {
    const { cwd, judge } = await project(STAGES);
    const { host } = await startRegistry();
    const staging = await openIn({ host }, { name: 'team/staging' });
    const image = await pushOciImage(staging, { tag: 'v1' });
    await signRemotely({ repository: staging, reference: 'v1' }, kim, 'security', { judge, verifyData: true });
    // As after a copy that takes referrers along, and not cosign's older tag.
    if (how === 'bundles only') await plantLegacy(staging, image, []);
    const released = await openIn({ host }, { name: 'team/app' });
    const texts = {
      'subject-name': `${staging.name}@${image.digest}`,
      reference: `${released.name}:v1`,
      'require-gates': 'containers-policy',
    };
    return { cwd, texts, staging, released };
  }

  test('one with bundles only is not promoted', async () => {
    const { cwd, texts, staging, released } = await signed('bundles only');
    const refused = await push(cwd, { ...texts, 'signed-repository': staging.name });
    expect(refused).toMatchObject({
      exitCode: 1,
      error: { code: 'GATE_WOULD_DENY', message: expect.stringContaining('bundles are not seen') },
    });
    expect(refused.text).toContain('A signature was required, but no signature exists');
    expect(await released.getManifest('v1')).toBeUndefined();
    expect((await push(cwd, { ...texts, 'require-gates': '' })).exitCode).toBe(0);
  });

  test('one whose signatures name another repository is, when that is said', async () => {
    const { cwd, texts, staging, released } = await signed('whole');
    const refused = await push(cwd, texts);
    expect(refused).toMatchObject({ exitCode: 1, error: { message: expect.stringContaining('was made for') } });
    expect(refused.text).toMatch(/\[GATE_SIGNED_ELSEWHERE\]\s+→ .*signed-repository/);
    expect(await push(cwd, { ...texts, 'signed-repository': staging.name })).toMatchObject({ exitCode: 0 });
    expect(await released.getManifest('v1')).toBeDefined();
    const list = await push(cwd, { ...texts, 'require-gates': 'ecl', reference: `${released.name}:v2` });
    expect(list).toMatchObject({ exitCode: 1, error: { message: expect.stringContaining('about SIF images') } });
  });

  test('Kyverno is asked about bundles as it sees them, and about nothing else', async () => {
    const { cwd, texts, staging, released } = await signed('bundles only');
    const gated = { ...texts, 'require-gates': 'kyverno' };
    expect(await push(cwd, gated)).toMatchObject({
      exitCode: 0,
      json: { gates: [{ gate: 'kyverno', verdict: 'allowed' }] },
    });
    await writeFile(join(cwd, 'ci.pub'), (await keyPerson('ci')).publicKey);
    const refused = await push(cwd, { ...gated, 'verdict-key': 'ci.pub', reference: `${released.name}:v2` });
    expect(refused).toMatchObject({
      exitCode: 1,
      error: {
        code: 'GATE_WOULD_DENY',
        message: expect.stringContaining('the verdict of verify-all by this policy is wanted'),
      },
    });
    expect(refused.text).toContain('an image has not the verdict of verify-all by this policy by whoever verifies');
    expect(await released.getManifest('v2')).toBeUndefined();
    // What stands under a tag of ours alone is found by us, and by nobody else.
    await staging.putManifest(
      emptyIndex(),
      referrersTag(parseDigest(texts['subject-name'].slice(staging.name.length + 1))),
    );
    const unseen = await push(cwd, { ...gated, reference: `${released.name}:v3` });
    expect(unseen).toMatchObject({ exitCode: 1, error: { message: expect.stringContaining('where Kyverno looks') } });
    const folder = await push(cwd, { ...gated, reference: 'oci:out:v1' });
    expect(folder).toMatchObject({ exitCode: 1, error: { message: expect.stringContaining('in folders') } });
  });

  test('every tag that is published is asked about', async () => {
    const stages = '  - { name: security, approvers: kim, native: cosign, signedIdentity: matchExact }\n';
    const { cwd } = await project(stages);
    const { host } = await startRegistry();
    const repository = await openIn({ host }, { name: 'team/app' });
    const image = await pushOciImage(repository, { tag: 'candidate' });
    const critical = {
      identity: { 'docker-reference': `${repository.name}:v1` },
      image: { 'docker-manifest-digest': image.digest },
      type: 'cosign container image signature',
    };
    const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
    await plantLegacy(repository, image, [{ person: kim, payload, annotations: {} }]);
    await writeFile(join(cwd, 'any.yaml'), policyText(stages.replace('matchExact', 'matchRepository')));
    // The verdict is about the name that the image has now; the gate's about those that it will have.
    const gated = { reference: `${repository.name}:v1`, 'require-gates': 'containers-policy' };
    const first = { ...gated, 'subject-name': `${repository.name}:candidate`, 'policy-path': 'any.yaml' };
    expect(await push(cwd, first)).toMatchObject({ exitCode: 0 });
    const second = { ...gated, 'subject-name': `${repository.name}:v1` };
    expect(await push(cwd, { ...second, tags: 'v2' })).toMatchObject({
      exitCode: 1,
      error: { code: 'GATE_WOULD_DENY', message: expect.stringContaining('tag v2: ') },
    });
    expect(await repository.getManifest('v2')).toBeUndefined();
    expect(await push(cwd, second)).toMatchObject({ exitCode: 0 });
  });
});
