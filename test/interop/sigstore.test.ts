// SPDX-License-Identifier: Apache-2.0
// Keyless approvals by a real Fulcio, Rekor and timestamp authority: the real cosign verifies what we signed, and we take
// what it attested as evidence.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { openRepository } from '../../src/oci/open.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { FakeHost } from '../support/fake-host.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { type RealSigstore, startRealSigstore } from '../support/real-sigstore.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('cosign', 'docker-registry', 'fulcio', 'rekor-server-posix-2.3.0', 'timestamp-server');
const VSA = 'https://slsa.dev/verification_summary/v1';

async function scene() {
  const folder = await temporaryFolder();
  const sigstore = await startRealSigstore(folder);
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
trust: { sigstore: { root: root.json, sct: 0 } }
principals:
  prod: { github: { repository: acme/app, environment: production, issuer: "${sigstore.issuer}" } }
stages:
  - name: production
    approvers: prod
`,
  );
  return { folder, sigstore };
}

async function sign(folder: string, sigstore: RealSigstore, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd: folder, now: new Date(), env: { SIGSTORE_ID_TOKEN: sigstore.token() } });
  const given = {
    stage: 'production',
    'signing-method': 'sigstore',
    'sigstore-instance': 'config.json',
    'policy-path': 'policy.yaml',
  };
  await runCommand(signStage, { ...given, ...texts }, host);
}

async function verdictOn(folder: string, texts: Readonly<Record<string, string>>): Promise<string | undefined> {
  await using host = new FakeHost({ cwd: folder, now: new Date() });
  return (await runCommand(verifyAll, { 'policy-path': 'policy.yaml', ...texts }, host)).outputs['verdict'];
}

function cosign(folder: string, args: readonly string[]) {
  const env = { HOME: folder, TUF_ROOT: join(folder, 'tuf') };
  return runPeer('cosign', args, { cwd: folder, env });
}

test.skipIf(missing)('cosign verifies the bundle of a SIF, and only by whom it is', { timeout: 60_000 }, async () => {
  const { folder, sigstore } = await scene();
  await sign(folder, sigstore, { 'subject-path': 'app.sif', 'bundle-folder': 'bundles' });
  expect(await verdictOn(folder, { 'subject-path': 'app.sif' })).toBe('passed');
  const bundle = join(folder, 'bundles', 'app.sif.production.sigstore.json');
  const { dsseEnvelope }: { dsseEnvelope: { payload: string } } = JSON.parse(await readFile(bundle, 'utf8'));
  const { subject }: { subject: { digest: { sha256: string } }[] } = JSON.parse(
    Buffer.from(dsseEnvelope.payload, 'base64').toString(),
  );
  const verify = (identity: string) =>
    cosign(folder, [
      'verify-blob-attestation',
      '--bundle',
      bundle,
      '--trusted-root',
      sigstore.trustedRoot,
      '--certificate-oidc-issuer',
      sigstore.issuer,
      '--certificate-identity',
      identity,
      '--type',
      VSA,
      '--digest',
      subject[0]?.digest.sha256 ?? '',
      '--digestAlg',
      'sha256',
      '--insecure-ignore-sct',
      '--use-signed-timestamps',
    ]);
  expect(await verify(sigstore.identity)).toMatchObject({ exitCode: 0 });
  expect((await verify(`${sigstore.identity}x`)).exitCode).not.toBe(0);
});

test.skipIf(missing)('of an image in a registry, and we take what cosign attested', { timeout: 120_000 }, async () => {
  const { folder, sigstore } = await scene();
  const place = `${await startDockerRegistry()}/team/app`;
  const { repository } = await openRepository(place, {
    access: 'push',
    clock: systemClock(),
    credentials: { env: {} },
  });
  const { digest } = await pushOciImage(repository, { tag: 'v1' });
  const image = `${place}@${digest}`;
  const asking = `    requires: [{ evidence: "https://example.org/check/v1", signedBy: prod, fields: { result: good } }]\n`;
  await writeFile(join(folder, 'policy.yaml'), `${await readFile(join(folder, 'policy.yaml'), 'utf8')}${asking}`);
  await writeFile(join(folder, 'predicate.json'), '{"result":"good"}');
  await writeFile(join(folder, 'token'), sigstore.token());
  const attested = await cosign(folder, [
    'attest',
    '--yes',
    '--predicate',
    'predicate.json',
    '--type',
    'https://example.org/check/v1',
    '--signing-config',
    sigstore.signingConfig,
    '--trusted-root',
    sigstore.trustedRoot,
    '--identity-token',
    'token',
    '--allow-http-registry',
    image,
  ]);
  expect(attested, attested.stderr).toMatchObject({ exitCode: 0 });
  const texts = { 'subject-name': image, 'plain-http': 'true' };
  await sign(folder, sigstore, texts);
  expect(await verdictOn(folder, texts)).toBe('passed');
  const verified = await cosign(folder, [
    'verify-attestation',
    '--trusted-root',
    sigstore.trustedRoot,
    '--certificate-oidc-issuer',
    sigstore.issuer,
    '--certificate-identity',
    sigstore.identity,
    '--type',
    VSA,
    '--insecure-ignore-sct',
    '--use-signed-timestamps',
    '--allow-http-registry',
    image,
  ]);
  expect(verified, verified.stderr).toMatchObject({ exitCode: 0 });
});

// gh 2.80.0 is built in the folder of its module, github.com/cli/cli/v2, by `go build ./cmd/gh`.
test.skipIf(missing || !hasPeers('gh', 'strace'))(
  'gh verifies an approval of an image, in a file without network and in a registry',
  { timeout: 120_000 },
  async () => {
    const { folder, sigstore } = await scene();
    const place = `${await startDockerRegistry()}/team/app`;
    const { repository } = await openRepository(place, {
      access: 'push',
      clock: systemClock(),
      credentials: { env: {} },
    });
    const { digest } = await pushOciImage(repository, { tag: 'v1' });
    const image = `${place}@${digest}`;
    await sign(folder, sigstore, { 'subject-name': image, 'plain-http': 'true', 'bundle-folder': 'bundles' });
    const [bundle = ''] = await readdir(join(folder, 'bundles'));
    const manifest = await repository.getManifest(digest);
    await writeFile(join(folder, 'manifest.json'), manifest?.bytes ?? '');
    // One trusted root a line, each of which ends.
    const root: object = JSON.parse(await readFile(sigstore.trustedRoot, 'utf8'));
    await writeFile(join(folder, 'root.jsonl'), `${JSON.stringify(root)}\n`);
    const file = ['manifest.json', '--bundle', join('bundles', bundle)];
    const gh = async (artifact: readonly string[], changed: Readonly<Record<string, string>> = {}, login = '') => {
      const options = {
        'custom-trusted-root': 'root.jsonl',
        repo: 'acme/app',
        'predicate-type': VSA,
        'cert-oidc-issuer': sigstore.issuer,
        'cert-identity': sigstore.identity,
        ...changed,
      };
      const flags = Object.entries(options).flatMap(([name, text]) => [`--${name}`, text]);
      const env = { HOME: folder, GH_CONFIG_DIR: join(folder, 'gh'), GH_TOKEN: login, GITHUB_TOKEN: '' };
      const args = ['-f', '-e', 'trace=socket', '-e', 'signal=none', '-o', 'trace', 'gh', 'attestation', 'verify'];
      const { exitCode, stderr } = await runPeer('strace', [...args, ...artifact, ...flags], { cwd: folder, env });
      return { exitCode, stderr, trace: await readFile(join(folder, 'trace'), 'utf8') };
    };
    const offline = await gh(file);
    expect(offline, offline.stderr).toMatchObject({ exitCode: 0 });
    expect(offline.trace).not.toContain('socket(');
    // It wants a login before it asks a registry, whose value nobody looks at.
    const online = await gh([`oci://${image}`, '--bundle-from-oci'], {}, 'none');
    expect(online, online.stderr).toMatchObject({ exitCode: 0 });
    const lookalikes = [
      { repo: 'acme/other' },
      { 'cert-identity': `${sigstore.identity}x` },
      { 'cert-oidc-issuer': `${sigstore.issuer}/x` },
      { 'predicate-type': 'https://slsa.dev/provenance/v1' },
    ];
    for (const changed of lookalikes) expect((await gh(file, changed)).exitCode).toBe(1);
    expect((await gh(['app.sif', ...file.slice(1)])).exitCode).toBe(1);
  },
);

test.skipIf(missing)(
  'what cosign signed is a plain signature where the policy lists it',
  { timeout: 120_000 },
  async () => {
    const { folder, sigstore } = await scene();
    const place = `${await startDockerRegistry()}/team/app`;
    const { repository } = await openRepository(place, {
      access: 'push',
      clock: systemClock(),
      credentials: { env: {} },
    });
    const { digest } = await pushOciImage(repository, { tag: 'v1' });
    const image = `${place}@${digest}`;
    await writeFile(join(folder, 'token'), sigstore.token());
    const services = ['--signing-config', sigstore.signingConfig, '--trusted-root', sigstore.trustedRoot];
    const options = ['--yes', ...services, '--identity-token', 'token', '--allow-http-registry'];
    const signed = await cosign(folder, ['sign', ...options, image]);
    expect(signed, signed.stderr).toMatchObject({ exitCode: 0 });
    const texts = { 'subject-name': image, 'plain-http': 'true' };
    const policy = await readFile(join(folder, 'policy.yaml'), 'utf8');
    expect(await verdictOn(folder, texts)).toBe('failed');
    await writeFile(join(folder, 'policy.yaml'), `${policy}    native: cosign\n`);
    expect(await verdictOn(folder, texts)).toBe('passed');
    const other = policy.replace('environment: production', 'environment: staging');
    await writeFile(join(folder, 'policy.yaml'), `${other}    native: cosign\n`);
    expect(await verdictOn(folder, texts)).toBe('failed');
  },
);
