// SPDX-License-Identifier: Apache-2.0
// The workflows and the policy that people copy, run as they stand: with keys that `countersign key generate` makes, from
// a built image to a published one; and every way in which an approval is refused says so in the job's summary.

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { command as key } from '../../src/commands/key/key.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { FakeHost } from '../support/fake-host.ts';
import { TestRegistry } from '../support/registry-server.ts';
import { newKey, runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { callWorkflow, type JobEnd, runJob, type Surroundings } from '../support/workflow.ts';

const EXAMPLE = 'example-author-security-production.yml';
const POLICY = 'docs/examples/countersign.yaml';

/** What the first lines of the policy say to run, done once. */
interface Prepared {
  readonly files: ReadonlyMap<string, string>;
  readonly policy: string;
}

let prepared: Prepared;

beforeAll(async () => {
  const policy = await readFile(join(PROJECT, POLICY), 'utf8');
  const commands = [...policy.matchAll(/^# {3}countersign key (.*)$/gm)].map(([, words = '']) => words.split(' '));
  expect(commands).toHaveLength(4);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  const files = new Map<string, string>();
  let fingerprint = '';
  for (const words of commands) {
    const email = words[words.indexOf('--email') + 1] ?? '';
    const given = words.includes('--email') ? { email } : {};
    const target = words.at(-1) ?? '';
    const made = await runCommand(
      key,
      { task: `generate\n${target}`, ...given },
      new FakeHost({ cwd: folder, now: new Date() }),
    );
    fingerprint ||= /fingerprint +([0-9A-F]{40})/.exec(made.text)?.[1] ?? '';
    for (const name of [
      'pgp-secret.asc',
      'pgp-public.asc',
      'key.pem',
      'key.pub',
      'x509.key',
      'x509.crt',
      'x509-intermediates.pem',
      'x509-root.pem',
    ])
      files.set(`${target}/${name}`, await readFile(join(folder, target, name), 'utf8'));
  }
  await rm(folder, { recursive: true });
  prepared = { files, policy: policy.replace(/"3F2A [0-9A-F ]+"/, fingerprint) };
  expect(prepared.policy).toContain(fingerprint);
});

function file(name: string): string {
  return prepared.files.get(name) ?? '';
}

/** A repository with policy and public keys, an artifact of a built image, and the secrets of three environments. */
async function surroundings(): Promise<Surroundings & { readonly digest: string }> {
  const [repository, artifacts] = [await temporaryFolder(), await temporaryFolder()];
  const examples = join(repository, 'docs/examples');
  for (const team of ['author', 'security', 'production', 'ci'])
    await mkdir(join(examples, 'keys', team), { recursive: true });
  await writeFile(join(examples, 'countersign.yaml'), prepared.policy);
  for (const [name, content] of prepared.files)
    if (/public|\.pub$|root|intermediates/.test(name)) await writeFile(join(examples, name), content);
  await mkdir(join(artifacts, 'image-build'));
  const image = join(artifacts, 'image-build/image.sif');
  await cp(join(PROJECT, 'assets/demo/hello.sif'), image);
  const security = { SIGNING_KEY: file('keys/security/x509.key'), SIGNING_CERTIFICATE: file('keys/security/x509.crt') };
  return {
    repository,
    artifacts,
    digest: await contentDigest(image),
    secrets: {
      author: { SIGNING_KEY: file('keys/author/pgp-secret.asc') },
      security: { ...security, SIGNING_CHAIN: file('keys/security/x509-intermediates.pem') },
      production: { SIGNING_KEY: file('keys/production/key.pem') },
      ci: { SIGNING_KEY: file('keys/ci/key.pem') },
    },
    workspace: temporaryFolder,
  };
}

async function contentDigest(path: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'key.pem'), newKey(), { mode: 0o600 });
  const texts = {
    'subject-path': path,
    stage: 'any',
    'signing-method': 'key',
    'key-path': 'key.pem',
    'dry-run': 'true',
  };
  const { outputs } = await runCommand(signStage, texts, new FakeHost({ cwd: folder }));
  return outputs['digest'] ?? '';
}

const done = (outputs: Readonly<Record<string, string>>): JobEnd => ({
  result: 'success',
  outputs,
  summary: '',
  log: '',
});

async function runUntil(
  last: string,
  around: Surroundings & { readonly digest: string },
): Promise<Record<string, JobEnd>> {
  const ends: Record<string, JobEnd> = { build: done({ digest: around.digest }) };
  for (const job of ['scan', 'author', 'security', 'production', 'publish']) {
    const end = await runJob(EXAMPLE, job, ends, around);
    expect(end.result, `${job}: ${end.log}`).toBe('success');
    ends[job] = end;
    if (job === last) break;
  }
  return ends;
}

/** What Trivy would say today of an image with one harmless finding. */
async function scanned(): Promise<Readonly<Record<string, string>>> {
  const reports = join(PROJECT, 'test/vectors/scan');
  const report = JSON.parse(await readFile(join(reports, 'trivy-0.74.0-rootfs.json'), 'utf8'));
  for (const one of report.Results ?? [])
    one.Vulnerabilities = (one.Vulnerabilities ?? []).filter(
      ({ Severity }: { Severity: string }) => Severity === 'LOW',
    );
  report.CreatedAt = new Date().toISOString();
  return {
    'trivy.json': JSON.stringify(report),
    'sbom.cdx.json': await readFile(join(reports, 'syft-1.57.1-rootfs.cdx.json'), 'utf8'),
  };
}

/** What the job build signs into the image that it hands over. */
async function signProvenance({ artifacts }: Surroundings): Promise<void> {
  const signer = await createSigner({
    method: 'key',
    key: new Secret(file('keys/ci/key.pem')),
    passphrase: undefined,
    certificate: undefined,
    certificateChain: undefined,
    now: new Date(),
  });
  const path = join(artifacts, 'image-build/image.sif');
  const statements = [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition: {} } }];
  await attachEvidence({ path, statements, signer, now: new Date() });
}

test('the example goes from a built image to a published one that passes by its policy', async () => {
  await using registry = await TestRegistry.start();
  const around = {
    ...(await surroundings()),
    made: await scanned(),
    rewrite: (text: string) => text.replace('ghcr.io', registry.host),
  };
  await signProvenance(around);
  const ends = await runUntil('publish', around);
  const pinned = /\S+@sha256:[0-9a-f]{64}$/m.exec(ends['publish']?.summary.trim() ?? '')?.[0] ?? '';
  const image = { 'subject-name': pinned, 'policy-path': POLICY };
  const verified = await runCommand(verifyAll, image, new FakeHost({ cwd: around.repository, now: new Date() }));
  expect(verified.outputs).toMatchObject({ verdict: 'passed', digest: around.digest, reference: pinned });
  // Each of the five actions has left its signature.
  for (const [kind, signer] of [
    ['provenance', 'ci'],
    ['sbom', 'ci'],
    ['findings', 'ci'],
    ['bundle', 'release-bot'],
    ['publication', 'ci'],
    ['verdict', 'ci'],
  ])
    expect(verified.text).toMatch(new RegExp(`${kind} +valid +${signer} `));
});

describe('approve.yml', () => {
  const approve = async (given: Readonly<Record<string, string>>, around: Surroundings) =>
    await callWorkflow('approve.yml', { 'policy-path': POLICY, ...given }, around);
  const author = { stage: 'author', environment: 'author', artifact: 'image-build', 'signing-method': 'pgp' };

  test('refuses a swapped artifact before it is signed, with a summary', async () => {
    const around = await surroundings();
    await writeFile(join(around.artifacts, 'image-build/image.sif'), typicalSif().bytes());
    const { result, outputs, summary } = await approve({ ...author, digest: around.digest }, around);
    expect(result).toBe('failure');
    expect(outputs).toMatchObject({ outcome: 'failed', 'error-code': 'STAGE_DIGEST_UNEXPECTED' });
    expect(summary).toMatch(/^### sign-stage: STAGE_DIGEST_UNEXPECTED\n[\s\S]*hint/);
    await expect(readFile(join(around.artifacts, 'image-author/image.sif'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    ['no digest', { digest: '' }, 'error', 'USAGE_INVALID_INPUT'],
    ['a stage whose turn it is not', { stage: 'production' }, 'failed', 'STAGE_PREVIOUS_FAILED'],
    ['a policy that is not there', { 'policy-path': 'none.yaml' }, 'error', 'FILE_NOT_FOUND'],
    ['another name in the artifact', { image: 'app.sif' }, 'error', 'USAGE_NO_MATCH'],
    [
      'a key of another stage',
      { environment: 'production', 'signing-method': 'key' },
      'error',
      'STAGE_SIGNER_NOT_ALLOWED',
    ],
    ['an environment without a key', { environment: 'other' }, 'error', 'USAGE_MISSING_INPUT'],
    ['neither artifact nor name', { artifact: '' }, 'error', 'USAGE_MISSING_INPUT'],
  ])('says in a summary that %s was given', async (_, given, outcome, code) => {
    const around = await surroundings();
    const turn = 'stage' in given ? { environment: 'production', 'signing-method': 'key' } : {};
    const end = await approve({ ...author, digest: around.digest, ...turn, ...given }, around);
    expect(end.result).toBe('failure');
    expect(end.outputs).toMatchObject({ outcome, 'error-code': code });
    expect(end.summary.replaceAll('&#95;', '_')).toContain(code);
  });

  test.each([
    ['actions/checkout', 'the checkout of the policy failed', 'Nothing was approved.'],
    ['actions/download-artifact', 'the download of the artifact failed', 'Nothing was approved.'],
    ['actions/upload-artifact', 'the upload of the approved image failed', 'The approval was given'],
  ])('says in a summary that %s failed', async (failing, what, signed) => {
    const around = { ...(await surroundings()), failing };
    const { result, summary } = await approve({ ...author, digest: around.digest }, around);
    expect(result).toBe('failure');
    expect(summary).toContain('### approve author\n');
    expect(summary).toContain(what);
    expect(summary).toContain(signed);
  });

  test('approves an image in a registry by its digest, and no other one', async () => {
    await using registry = await TestRegistry.start();
    const around = await surroundings();
    const host = new FakeHost({ cwd: join(around.artifacts, 'image-build'), now: new Date() });
    const place = `${registry.host}/team/app`;
    const { outputs } = await runCommand(pushOras, { 'subject-path': 'image.sif', reference: `${place}:1` }, host);
    const { artifact: _, ...named } = { ...author, 'subject-name': outputs['reference'] ?? '' };
    const wrong = await approve({ ...named, digest: `sha256:${'0'.repeat(64)}` }, around);
    expect(wrong.outputs).toMatchObject({ outcome: 'failed', 'error-code': 'STAGE_DIGEST_UNEXPECTED' });
    for (const digest of [around.digest, outputs['reference']?.split('@')[1] ?? '']) {
      const end = await approve({ ...named, digest }, around);
      expect(end.result, end.log).toBe('success');
      expect(end.outputs).toMatchObject({
        outcome: 'passed',
        artifact: '',
        digest: around.digest,
        reference: outputs['reference'],
      });
    }
  });
});
