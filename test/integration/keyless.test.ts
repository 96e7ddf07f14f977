// SPDX-License-Identifier: Apache-2.0
// Signing without a key, against a Sigstore instance on loopback: what is stored passes, and whatever goes wrong has its
// own code and leaves the image as it was.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { parseCertificate } from '../../src/crypto/x509/certificate.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as withdraw } from '../../src/commands/withdraw.ts';
import { command as stamp } from '../../src/commands/stamp.ts';
import { FakeHost } from '../support/fake-host.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { testClock } from '../support/registry-session.ts';
import { keylessPlace, type Texts } from '../support/keyless.ts';
import { newKey, runCommand } from '../support/run-command.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';
import { type InstanceFaults, JOB, type JobToken, SigstoreInstance } from '../support/sigstore.ts';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CountersignError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('a keyless approval', () => {
  test('is not taken back by a CA of somebody else whose certificates say the same', async () => {
    const at = await keylessPlace();
    await at.sign();
    const withdrawBy = async (policy: string): Promise<void> => {
      await using host = new FakeHost({
        cwd: at.folder,
        now: new Date(),
        env: { SIGSTORE_ID_TOKEN: at.instance.token() },
      });
      const signing = { 'signing-method': 'sigstore', 'sigstore-instance': 'config.json', 'policy-path': policy };
      await runCommand(withdraw, { 'subject-path': 'app.sif', stage: 'production', reason: 'mine', ...signing }, host);
    };
    const { ca, caCertificate } = at.instance;
    const { ca: otherCa, caCertificate: other } = new SigstoreInstance();
    Object.assign(at.instance, { ca: otherCa, caCertificate: other });
    await writeFile(join(at.folder, 'other.json'), at.instance.trustedRoot());
    const text = await readFile(join(at.folder, 'policy.yaml'), 'utf8');
    const both = text.replace(/sigstore: \{(.*?)\}/, 'sigstore: [{$1}, { root: other.json, sct: 0 }]');
    await writeFile(join(at.folder, 'both.yaml'), both);
    await withdrawBy('both.yaml');
    expect((await at.verify({ 'policy-path': 'both.yaml' })).report).toContain('APPROVAL_WITHDRAWN');
    const stands = await at.verify();
    expect(stands.report).toContain('SIGSTORE_NOT_TRUSTED');
    expect(stands.verdict).toBe('passed');
    // Another run of the job itself does take it back, and none of the same workflow that is not that principal.
    Object.assign(at.instance, { ca, caCertificate });
    const tagged = text.replace('environment: production,', 'environment: production, ref: refs/tags/v*,');
    await writeFile(join(at.folder, 'tagged.yaml'), tagged);
    const at2 = 'acme/app/.github/workflows/release.yml@refs/heads/x';
    at.instance.job = { ...JOB, ref: 'refs/heads/x', workflow_ref: at2, job_workflow_ref: at2 };
    await withdrawBy('policy.yaml');
    expect((await at.verify({ 'policy-path': 'tagged.yaml' })).verdict).toBe('passed');
    expect((await at.verify()).report).toContain('APPROVAL_WITHDRAWN');
  });

  test('passes offline, also five years later, and shows whose job it is', async () => {
    const at = await keylessPlace();
    const host = await at.sign();
    expect(host.log.map(({ text }) => text).join('\n')).toContain('go into the log http://127.0.0.1');
    expect(host.masks).toContain(at.instance.token().length > 0 ? host.env['SIGSTORE_ID_TOKEN'] : '');
    const asked = at.instance.requests.length;
    const { verdict, report } = await at.verify();
    expect(verdict).toBe('passed');
    for (const shown of [
      JOB['repository'],
      'release.yml@refs/tags/v1',
      'actions/runs/77',
      '"deploymentEnvironment":"production"',
    ])
      expect(report).toContain(shown);
    expect((await at.verify({ now: '2031-11-28T00:00:00Z' })).verdict).toBe('passed');
    expect((await at.verify({ now: '2020-01-01T00:00:00Z' })).report).toContain('SIGSTORE_TIME_FUTURE');
    expect(at.instance.requests).toHaveLength(asked);
  });

  test('goes on an OCI image and into a file of bundles as well', async () => {
    const at = await keylessPlace();
    const layout = join(at.folder, 'images');
    const repository = new LayoutRepository(layout, await LayoutIndex.create(layout, testClock()));
    await pushOciImage(repository, { tag: 'v1' });
    const image = { 'subject-path': '', 'subject-name': 'oci:images:v1' };
    await at.sign(image);
    expect((await at.verify(image)).verdict).toBe('passed');
  });

  test('by an instance without log needs a policy that says so', async () => {
    const strict = await keylessPlace();
    await writeFile(join(strict.folder, 'config.json'), strict.instance.signingConfig({ rekorTlogUrls: [] }));
    expect(await codeOf(strict.sign())).toContain('SIGSTORE_LOG_MISSING');
    const lenient = await keylessPlace(undefined, 'sct: 0, log: 0');
    await writeFile(join(lenient.folder, 'config.json'), lenient.instance.signingConfig({ rekorTlogUrls: [] }));
    await lenient.sign();
    expect((await lenient.verify()).verdict).toBe('passed');
  });

  test('needs no signing config where the services are named', async () => {
    const at = await keylessPlace();
    const { issuer } = at.instance;
    const urls = {
      'fulcio-url': issuer,
      'rekor-url': issuer,
      'rekor-version': '2',
      'timestamp-url': `${issuer}/api/v1/timestamp`,
    };
    await at.sign({ 'sigstore-instance': 'public', ...urls });
    expect((await at.verify()).verdict).toBe('passed');
  });

  test('replaces the earlier one of the same workflow, whose key was another', async () => {
    const at = await keylessPlace();
    await at.sign();
    await at.sign({ replace: 'true', reason: 'again' });
    const { verdict, report } = await at.verify();
    expect(verdict).toBe('passed');
    expect(report.match(/"kind":"bundle"/g)?.length).toBe(1);
  });
});

test('a stamp by another authority is not put beside a keyless approval, which it would void', async () => {
  const at = await keylessPlace();
  await at.sign();
  await using tsa = new TimestampAuthority(() => new Date());
  await writeFile(join(at.folder, 'tsa.pem'), tsa.rootPem);
  const path = join(at.folder, 'policy.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace('trust: {', 'trust: { timestamps: tsa.pem,'));
  await using host = new FakeHost({ cwd: at.folder, now: new Date() });
  const given = { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml', 'timestamp-url': await tsa.serve() };
  await runCommand(stamp, given, host);
  expect((await at.verify()).verdict).toBe('passed');
});

test('a CA that the policy denies ends what it certified, and is named', async () => {
  const at = await keylessPlace();
  await at.sign();
  const { issuer, serial } = parseCertificate(at.instance.caCertificate);
  const path = join(at.folder, 'policy.yaml');
  const policy = await readFile(path, 'utf8');
  const certificate = JSON.stringify({ issuer: issuer.text, serial });
  const deny = (more: string) =>
    writeFile(path, `${policy}deny: [{ certificate: ${certificate}, reason: stolen${more} }]\n`);
  await deny('');
  const { verdict, report } = await at.verify();
  expect(verdict).toBe('failed');
  for (const said of ['APPROVAL_SIGNER_ENDED', 'CERTIFICATE_DENIED', 'stolen']) expect(report).toContain(said);
  await deny(', since: "2099-01-01T00:00:00Z"');
  expect((await at.verify()).verdict).toBe('passed');
});

test('author keyless, security by key, production keyless, each in its turn', async () => {
  const at = await keylessPlace(`  sec: { key: sec.pub }
stages:
  - { name: author, approvers: build }
  - { name: security, approvers: sec }
  - { name: production, approvers: prod }
distinct: [[author, security, production]]`);
  const { createPublicKey } = await import('node:crypto');
  const key = newKey();
  await writeFile(join(at.folder, 'sec.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  await writeFile(join(at.folder, 'sec.key'), key, { mode: 0o600 });
  const file = 'acme/app/.github/workflows/build.yml@refs/tags/v1';
  const build: JobToken = { ...JOB, environment: 'build', workflow_ref: file, job_workflow_ref: file };
  await at.sign({ stage: 'author' }, { token: at.instance.token(build) });
  await using host = new FakeHost({ cwd: at.folder, now: new Date() });
  const byKey = { 'signing-method': 'key', 'key-path': 'sec.key', 'policy-path': 'policy.yaml' };
  await runCommand(signStage, { 'subject-path': 'app.sif', stage: 'security', ...byKey }, host);
  await at.sign();
  expect(await at.verify()).toMatchObject({ verdict: 'passed' });
});

describe('what goes wrong leaves the image as it was', () => {
  async function outcome(
    faults: InstanceFaults,
    {
      texts = {},
      token,
      files = {},
    }: { readonly texts?: Texts; readonly token?: (at: SigstoreInstance) => string; readonly files?: Texts } = {},
  ) {
    const at = await keylessPlace();
    at.faults(faults);
    for (const [name, text] of Object.entries(files)) await writeFile(join(at.folder, name), text);
    const before = await readFile(join(at.folder, 'app.sif'));
    const code = await codeOf(at.sign(texts, token ? { token: token(at.instance) } : {}));
    return { code, untouched: (await readFile(join(at.folder, 'app.sif'))).equals(before) };
  }

  const refused = (code: string) => ({ code: expect.stringContaining(code), untouched: true });

  const cases: readonly (readonly [about: string, code: string, faults: InstanceFaults])[] = [
    ['the CA is down', 'SIGSTORE_CA_REFUSED', { down: ['ca'] }],
    ['the CA refuses', 'SIGSTORE_CA_REFUSED', { refusal: 'no such issuer' }],
    ['a certificate for another key', 'SIGSTORE_CERTIFICATE_WRONG', { otherKey: true }],
    [
      'a certificate of yesterday',
      'SIGSTORE_CERTIFICATE_WRONG',
      { certificateTime: new Date(Date.now() - 86_400_000) },
    ],
    ['the log is down', 'SIGSTORE_LOG_FAILED', { down: ['log'] }],
    ['the authority is down', 'SIGSTORE_TIMESTAMP_FAILED', { down: ['authority'] }],
    ['an inclusion proof for another root', 'SIGSTORE_LOG_BAD', { wrongRoot: true }],
    ['an entry about something else', 'SIGSTORE_LOG_CONTRADICTS', { otherEntry: true }],
    ['a time before the certificate', 'SIGSTORE_OUTSIDE_VALIDITY', { time: new Date(Date.now() - 240_000) }],
    ['a time that is not now', 'SIGSTORE_TIMESTAMP_FAILED', { time: new Date(Date.now() - 1_200_000) }],
    [
      'a claim with a control character',
      'SIGSTORE_CERTIFICATE_WRONG',
      { claims: { deploymentEnvironment: 'production\u0007' } },
    ],
    ['claims that contradict each other', 'SIGSTORE_CERTIFICATE_WRONG', { claims: { workflowRef: 'refs/heads/main' } }],
    [
      'another environment',
      'deploymentEnvironment is "staging", not "production"',
      { claims: { deploymentEnvironment: 'staging' } },
    ],
  ];
  test.each(cases)('%s', async (_about, code, faults) => {
    expect(await outcome(faults)).toEqual(refused(code));
  });

  test('a timestamp over other bytes, before the log is asked', async () => {
    const at = await keylessPlace();
    const { authority, requests } = at.instance;
    authority.answer = () => authority.stamp(Buffer.from('another'));
    const before = await readFile(join(at.folder, 'app.sif'));
    expect(await codeOf(at.sign())).toContain('SIGSTORE_TIMESTAMP_FAILED');
    expect((await readFile(join(at.folder, 'app.sif'))).equals(before)).toBe(true);
    expect(requests.filter((path) => path.includes('/log/'))).toEqual([]);
  });

  test.each<readonly [about: string, code: string, sct: InstanceFaults['sct']]>([
    ['no proof of a certificate log', 'SIGSTORE_SCT_MISSING', undefined],
    ['a proof over another certificate', 'SIGSTORE_SCT_BAD', 'wrong'],
    ['a proof by another log', 'SIGSTORE_SCT_BAD', 'foreign'],
    ['the right proof', 'none', 'right'],
  ])('%s, where the policy asks for one', async (_about, code, sct) => {
    const at = await keylessPlace(undefined, 'sct: 1');
    const { instance, folder } = at;
    await writeFile(join(folder, 'root.json'), instance.trustedRoot({ ctlogs: instance.certificateLogs() }));
    at.faults(sct ? { sct } : {});
    const before = await readFile(join(folder, 'app.sif'));
    expect(await codeOf(at.sign())).toContain(code);
    expect((await readFile(join(folder, 'app.sif'))).equals(before)).toBe(code !== 'none');
  });

  test.each<readonly [about: string, code: string, token: (at: SigstoreInstance) => string]>([
    ['that has expired', 'SIGSTORE_TOKEN_EXPIRED', (at) => at.token({ exp: 1_700_000_000 })],
    ['for another audience', 'SIGSTORE_TOKEN_AUDIENCE', (at) => at.token({ aud: 'aws' })],
    ['of another issuer', 'SIGSTORE_CA_REFUSED', (at) => at.token().replace(/[^.]*$/, 'AAAA')],
    ['without times', 'SIGSTORE_TOKEN_INVALID', (at) => at.token({ exp: 'never' })],
    ['that is empty', 'SIGSTORE_TOKEN_MISSING', () => ''],
    ['that is a word', 'SIGSTORE_TOKEN_INVALID', () => 'abc'],
    ['with a part too many', 'SIGSTORE_TOKEN_INVALID', () => 'a.b.c.d'],
    ['that is a list', 'SIGSTORE_TOKEN_INVALID', () => 'a.W10.c'],
    ['that is no JSON', 'SIGSTORE_TOKEN_INVALID', () => 'a.abc.c'],
  ])('a token %s', async (_about, code, token) => {
    expect(await outcome({}, { token })).toEqual(refused(code));
  });

  test('a job without id-token: write', async () => {
    const at = await keylessPlace();
    const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', SIGSTORE_ID_TOKEN: '' };
    expect(await codeOf(at.sign({}, { env }))).toBe(
      'SIGSTORE_TOKEN_MISSING the job lacks the permission id-token: write',
    );
  });

  const media = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
  const old = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
  test.each<readonly [about: string, text: string, code: string]>([
    ['no JSON', 'x', 'DATA_JSON'],
    ['another document', '{}', 'SIGSTORE_INSTANCE_INVALID'],
    ['a config without CA', JSON.stringify({ mediaType: media }), 'SIGSTORE_INSTANCE_INVALID'],
    [
      'a CA that is no longer in use',
      JSON.stringify({ mediaType: media, caUrls: [{ url: 'https://a.example', majorApiVersion: 1, validFor: old }] }),
      'SIGSTORE_INSTANCE_INVALID',
    ],
    [
      'an address with a login',
      JSON.stringify({
        mediaType: media,
        caUrls: [{ url: 'https://a:b@a.example', majorApiVersion: 1, validFor: { start: old.start } }],
      }),
      'SIGSTORE_INSTANCE_INVALID',
    ],
  ])('%s as signing config', async (_about, text, code) => {
    expect(await outcome({}, { files: { 'other.json': text }, texts: { 'sigstore-instance': 'other.json' } })).toEqual(
      refused(code),
    );
  });

  test.each<readonly [about: string, code: string, texts: Texts]>([
    ['a private repository and the public instance', 'SIGSTORE_PUBLIC_REFUSED', { 'sigstore-instance': 'public' }],
    ['a native signature', 'SIGSTORE_NATIVE', { native: 'dsse' }],
    ['a key beside', 'USAGE_CONFLICTING_INPUTS', { 'key-path': 'policy.yaml' }],
    ['a dry run', 'USAGE_CONFLICTING_INPUTS', { 'dry-run': 'true' }],
    ['no trusted root', 'USAGE_MISSING_INPUT', { 'policy-path': '' }],
    [
      'a trusted root that is none',
      'SIGNATURE_TRUST_UNREADABLE',
      { 'policy-path': '', 'sigstore-trusted-root': 'config.json' },
    ],
  ])('%s', async (_about, code, texts) => {
    expect(await outcome({}, { texts })).toEqual(refused(code));
  });
});

test('without a policy the signer alone is trusted, by the trusted root that is given', async () => {
  const at = await keylessPlace();
  await at.sign({ 'policy-path': '', 'sigstore-trusted-root': 'root.json' });
  expect((await at.verify()).verdict).toBe('passed');
});
