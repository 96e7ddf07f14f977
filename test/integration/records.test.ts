// SPDX-License-Identifier: Apache-2.0
// Each of the five actions adds a signature: provenance, evidence, approval, publication, verdict. Those of what was done
// count for nothing later, and take the place of their own earlier ones.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { parseJson } from '../../src/base/json.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW, type Person } from '../support/layers.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

let people: Readonly<Record<'alice' | 'ci', Person>>;

beforeAll(async () => {
  const [alice, ci] = await Promise.all([keyPerson('alice', 'p256'), keyPerson('ci', 'p256')]);
  people = { alice, ci };
});

const POLICY = `version: 1
name: test
principals:
  alice: { key: alice.pub }
  ci: { key: ci.pub }
stages: [{ name: author, approvers: alice }]
`;

async function prepared(policy = POLICY): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, { privateKey, publicKey }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
  await writeFile(join(folder, 'policy.yaml'), policy);
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  await writeFile(
    join(folder, 'sbom.json'),
    '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"a","version":"1"}]}',
  );
  return folder;
}

function by(name: 'alice' | 'ci'): Readonly<Record<string, string>> {
  return { 'signing-method': 'key', 'key-path': `${name}.key` };
}

let seconds = 0;

/** Runs a command, each a second later than the one before. */
async function run(folder: string, command: Command, texts: Readonly<Record<string, string>>) {
  seconds += 1;
  await using host = new FakeHost({ cwd: folder, now: new Date(NOW.getTime() + seconds * 1000) });
  return runCommand(command, { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml', ...texts }, host);
}

async function codeOf(folder: string, command: Command, texts: Readonly<Record<string, string>>): Promise<unknown> {
  const failed = await run(folder, command, texts).catch((error: unknown) => error);
  return failed instanceof Error && 'code' in failed ? failed.code : failed;
}

async function freeSlots(folder: string): Promise<number> {
  await using source = await openFileSource(join(folder, 'app.sif'));
  return (await openSif(source)).freeSlots;
}

async function approved(policy?: string): Promise<string> {
  const folder = await prepared(policy);
  await run(folder, signStage, { stage: 'author', ...by('alice') });
  return folder;
}

test('five actions leave five kinds of signatures, and verify-all lists them with their signers', async () => {
  const folder = await prepared();
  const built = {
    buildDefinition: {
      resolvedDependencies: [
        { name: 'definition', uri: 'file:app.def', digest: { sha256: 'd'.repeat(64) } },
        { name: 'base', uri: 'docker://debian:12', digest: { sha256: 'b'.repeat(64) } },
        { uri: 'git+https://example.org/app@refs/tags/v1', digest: { gitCommit: 'a' } },
      ],
    },
    runDetails: { builder: { id: 'https://example.org/builder' } },
  };
  const statements = [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: built }];
  await attachEvidence({ path: join(folder, 'app.sif'), statements, signer: people.ci.signer, now: NOW });
  await run(folder, scanAttest, { 'sbom-path': 'sbom.json', ...by('ci') });
  await run(folder, signStage, { stage: 'author', ...by('alice') });
  const pushed = await run(folder, pushOras, { reference: 'oci:registry:1', tags: 'latest', ...by('ci') });
  expect(pushed.text).toContain('publication: signed, attached in the registry');
  const image = { 'subject-path': 'oci:registry:1' };
  const first = await run(folder, verifyAll, { ...image, ...by('ci') });
  expect(first.text).toContain('verdict: signed, attached in the registry');
  const { text, exitCode } = await run(folder, verifyAll, image);
  expect(exitCode).toBe(0);
  for (const said of [
    'built by https://example.org/builder',
    'from https://example.org/app at refs/tags/v1',
    `definition file:app.def sha256:${'d'.repeat(64)}`,
    `base docker://debian:12 sha256:${'b'.repeat(64)}`,
    '1 component',
  ])
    expect(text).toContain(said);
  for (const [kind, signer] of [
    ['provenance', 'ci'],
    ['sbom', 'ci'],
    ['bundle', 'alice'],
    ['publication', 'ci'],
    ['verdict', 'ci'],
  ])
    expect(text).toMatch(new RegExp(`^ +\\S+ +\\S+ +${kind} +valid +${signer} `, 'm'));
});

describe('the verdict of verify-all', () => {
  test('is a verification summary of its own kind, on the file', async () => {
    const folder = await approved();
    const { outputs } = await run(folder, verifyAll, { ...by('ci'), 'bundle-folder': 'out' });
    const bundle = await readFile(outputs['bundle-path'] ?? '');
    const { dsseEnvelope } = JSON.parse(bundle.toString());
    const { predicateType, predicate } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
    expect(predicateType).toBe('https://slsa.dev/verification_summary/v1');
    expect(predicate).toMatchObject({
      verifier: { id: 'urn:countersign:verify-all' },
      resourceUri: 'file:app.sif',
      policy: { uri: 'test' },
      verificationResult: 'PASSED',
      verifiedLevels: ['POLICY_PASSED'],
    });
    expect(predicate.inputAttestations.map(({ uri }: { uri: string }) => uri)).toEqual([
      'urn:countersign:stage:author',
    ]);
    expect(Object.keys(predicate)).not.toContain('countersign');
  });

  test('takes the place of its predecessor, so that the slots of a file last', async () => {
    const folder = await approved();
    await run(folder, verifyAll, by('ci'));
    const free = await freeSlots(folder);
    for (let count = 0; count < 4; count += 1) await run(folder, verifyAll, by('ci'));
    expect(await freeSlots(folder)).toBe(free);
    const { text } = await run(folder, verifyAll, {});
    expect(text.match(/ verdict {6}/g)).toHaveLength(1);
  });

  test('counts for nothing, and stands in nobody’s way', async () => {
    const folder = await approved();
    await run(folder, verifyAll, by('ci'));
    await writeFile(
      join(folder, 'later.yaml'),
      POLICY.replace('alice }]', 'alice }, { name: production, approvers: alice }]'),
    );
    const later = { 'policy-path': 'later.yaml' };
    await run(folder, signStage, { stage: 'production', ...by('alice'), ...later });
    await run(folder, verifyAll, { ...by('ci') });
    const { exitCode, text } = await run(folder, verifyAll, later);
    expect({ exitCode, relies: text.includes('relies on') }).toEqual({ exitCode: 0, relies: false });
    await writeFile(join(folder, 'ci.yaml'), POLICY.replace('stages: [', 'stages: [{ name: build, approvers: ci }, '));
    const asked = await run(folder, verifyAll, { 'policy-path': 'ci.yaml' });
    expect(asked.text).toContain('stage build is not approved by anybody');
  });

  test('meets no requirement of a policy', async () => {
    const folder = await approved();
    await run(folder, verifyAll, by('ci'));
    await writeFile(
      join(folder, 'asks.yaml'),
      POLICY.replace(
        'alice }',
        'alice, requires: [{ evidence: "https://slsa.dev/verification_summary/v1", signedBy: ci, fields: { verificationResult: PASSED } }] }',
      ),
    );
    const { text, exitCode } = await run(folder, verifyAll, { 'policy-path': 'asks.yaml' });
    expect(exitCode).toBe(1);
    expect(text).toContain('EVIDENCE_MISSING');
  });

  test('is not signed when it failed, unless that is wanted', async () => {
    const folder = await prepared();
    const free = await freeSlots(folder);
    const failed = await run(folder, verifyAll, by('ci'));
    expect(failed.exitCode).toBe(1);
    expect(failed.text).toContain('app.sif: verdict: not signed, it failed');
    expect(await freeSlots(folder)).toBe(free);
    const signed = await run(folder, verifyAll, { ...by('ci'), 'attest-failed': 'true', 'bundle-folder': 'out' });
    expect(signed.exitCode).toBe(1);
    const bundle = parseJson(await readFile(signed.outputs['bundle-path'] ?? ''), 'the bundle');
    expect(Buffer.from(JSON.stringify(bundle)).toString()).toContain('dsseEnvelope');
    expect(await freeSlots(folder)).toBe(free - 1);
  });

  test('says so when there is no key', async () => {
    const { text } = await run(await approved(), verifyAll, {});
    expect(text).toMatch(/\nverdict: not signed, no key was given\npassed: 1 image by policy test/);
  });

  test.each([
    ['another time', { now: '2026-01-01T00:00:00Z' }, 'USAGE_CONFLICTING_INPUTS'],
    ['some stages', { 'up-to-stage': 'author' }, 'USAGE_CONFLICTING_INPUTS'],
    ['digests alone', { 'verify-data': 'false' }, 'USAGE_CONFLICTING_INPUTS'],
    ['no policy', { 'policy-path': '', 'public-key': 'alice.pub' }, 'USAGE_MISSING_INPUT'],
  ])('is refused about %s', async (_, texts, code) => {
    expect(await codeOf(await approved(), verifyAll, { ...by('ci'), ...texts })).toBe(code);
  });

  test('and the publication are refused to a key that approves', async () => {
    const folder = await approved();
    expect(await codeOf(folder, verifyAll, by('alice'))).toBe('SIGNATURE_KEY_APPROVES');
    expect(await codeOf(folder, pushOras, { reference: 'oci:registry:1', ...by('alice') })).toBe(
      'SIGNATURE_KEY_APPROVES',
    );
  });

  test('that cannot be stored is an error, and the verdict stands', async () => {
    const folder = await approved();
    for (let left = await freeSlots(folder); left > 0; left -= 1) {
      const statements = [{ predicateType: 'https://example.org/note', predicate: { left } }];
      await attachEvidence({ path: join(folder, 'app.sif'), statements, signer: people.ci.signer, now: NOW });
    }
    const { exitCode, error, outputs } = await run(folder, verifyAll, by('ci'));
    expect({ exitCode, code: error?.code, verdict: outputs['verdict'] }).toEqual({
      exitCode: 3,
      code: 'SIF_NO_FREE_SLOT',
      verdict: 'passed',
    });
  });
});

describe('the publication of push-oras', () => {
  const target = { reference: 'oci:registry:1', tags: 'latest' };

  test('names reference, digest, tags, policy and verdict', async () => {
    const folder = await approved();
    const { outputs } = await run(folder, pushOras, { ...target, ...by('ci') });
    const inspected = await run(folder, verifyAll, { 'subject-path': 'oci:registry:1' });
    expect(inspected.text).toMatch(/publication +valid +ci /);
    expect(JSON.parse(outputs['evidence'] ?? '')).toMatchObject([
      { predicateType: 'urn:countersign:publication:v1', signed: true, where: 'referrer' },
    ]);
  });

  test('is there once, however often the image is published in one place', async () => {
    const folder = await approved();
    for (let count = 0; count < 3; count += 1) await run(folder, pushOras, { ...target, ...by('ci') });
    const { text } = await run(folder, verifyAll, { 'subject-path': 'oci:registry:1' });
    expect(text.match(/ publication +valid /g)).toHaveLength(1);
  });

  test('stays with the image when that is promoted, beside the one about the new place', async () => {
    const folder = await approved();
    await run(folder, pushOras, { ...target, ...by('ci') });
    const promotion = { 'subject-path': '', 'subject-name': 'oci:registry:1', reference: 'oci:production:1' };
    const promoted = await run(folder, pushOras, { ...promotion, ...by('ci') });
    expect(promoted.exitCode).toBe(0);
    const { text } = await run(folder, verifyAll, { 'subject-path': 'oci:production:1' });
    expect(text.match(/ publication +valid /g)).toHaveLength(2);
  });

  test('is left out, which is said, without a key and with one that signs a stage', async () => {
    const folder = await prepared();
    const staged = await run(folder, pushOras, { ...target, stage: 'author', ...by('alice') });
    expect(staged.text).toContain('publication: not signed, the key that was given signs the stage');
    const { text } = await run(folder, pushOras, target);
    expect(text).toContain('publication: not signed, no key was given');
  });
});
