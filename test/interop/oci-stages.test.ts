// SPDX-License-Identifier: Apache-2.0
// Container images that we sign at three stages, judged by the real cosign and skopeo; and images that cosign signed
// and attested, judged by us.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openRepository } from '../../src/oci/open.ts';
import { promoteImage } from '../../src/transfer/promote.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeBy, keyPerson, type Person, pipeline, policyFor, x509Person } from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { type Located, signRemotely, statuses, verdictOn } from '../support/registry-layers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('docker-registry', 'cosign', 'skopeo');
const STAGES = ['author', 'security', 'production'] as const;
const NATIVE = STAGES.map((name) => `  - { name: ${name}, approvers: [${name}], after: [], native: [cosign] }`);

async function open(reference: string): Promise<Repository> {
  const opened = await openRepository(reference, { access: 'push', clock: systemClock(), credentials: { env: {} } });
  return opened.repository;
}

interface Scene {
  readonly folder: string;
  readonly repository: Repository;
  readonly people: readonly Person[];
  readonly judge: Criteria;
  /** Path of a public key. */
  readonly keyOf: (name: string) => string;
  readonly cosign: (args: readonly string[]) => Promise<PeerResult>;
}

/** A registry, three people with P-256 keys, their policy, and cosign with a home of its own. */
async function scene(people?: readonly Person[], stages = pipeline(...STAGES)): Promise<Scene> {
  const folder = await temporaryFolder();
  const repository = await open(`${await startDockerRegistry()}/team/app`);
  const signers = people ?? (await Promise.all(STAGES.map((name) => keyPerson(name, 'p256'))));
  for (const { name, publicKey, privateKey } of signers) {
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
  }
  const env = { HOME: folder, COSIGN_PASSWORD: '', TUF_ROOT: join(folder, 'tuf') };
  return {
    folder,
    repository,
    people: signers,
    judge: await judgeBy(await policyFor(signers, stages), new Date()),
    keyOf: (name) => join(folder, `${name}.pub`),
    cosign: (args) => runPeer('cosign', args, { cwd: folder, env }),
  };
}

async function signAll({ people, judge }: Scene, at: Located): Promise<void> {
  for (const [index, stage] of STAGES.entries()) {
    const person = people[index];
    if (!person) throw new Error(`nobody for ${stage}`);
    const { outcome } = await signRemotely(at, person, stage, { judge, clock: systemClock() });
    expect(outcome).toBe('signed');
  }
}

/** Exit codes of `cosign verify` with each key in both modes. */
async function cosignVerify({ cosign, keyOf }: Scene, image: string): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (const stage of STAGES)
    for (const mode of ['--new-bundle-format=true', '--new-bundle-format=false']) {
      const args = ['verify', '--insecure-ignore-tlog', mode, '--key', keyOf(stage), image];
      const { exitCode } = await cosign(args);
      codes[`${stage} ${mode}`] = exitCode;
    }
  return codes;
}

/** `skopeo copy` under a policy that wants a signature by each of these keys. */
async function skopeoCopy(
  where: Scene,
  image: string,
  keys: readonly string[],
  signedIdentity: object = { type: 'matchRepository' },
): Promise<PeerResult> {
  const { folder, repository } = where;
  const host = repository.name.split('/')[0] ?? '';
  const wanted = keys.map((keyPath) => ({
    type: 'sigstoreSigned',
    keyPath,
    signedIdentity,
  }));
  const policy = { default: [{ type: 'reject' }], transports: { docker: { [host]: wanted } } };
  await writeFile(join(folder, 'policy.json'), JSON.stringify(policy));
  const registries = join(folder, 'registries.d');
  await mkdir(registries, { recursive: true });
  await writeFile(join(registries, 'default.yaml'), `docker:\n  "${host}":\n    use-sigstore-attachments: true\n`);
  const target = join(folder, `copy-${Date.now()}`);
  return runPeer(
    'skopeo',
    [
      '--policy',
      join(folder, 'policy.json'),
      '--registries.d',
      registries,
      'copy',
      '--all',
      '--src-tls-verify=false',
      `docker://${image}`,
      `dir:${target}`,
    ],
    { cwd: folder },
  );
}

const ALL_ACCEPTED = Object.fromEntries(
  STAGES.flatMap((stage) => ['true', 'false'].map((mode) => [`${stage} --new-bundle-format=${mode}`, 0])),
);

describe.skipIf(missing)('cosign and skopeo accept what we sign (skipped without them)', () => {
  test('an image, approved at three stages', async () => {
    const here = await scene();
    const { digest } = await pushOciImage(here.repository, { tag: 'v1' });
    await signAll(here, { repository: here.repository, reference: 'v1' });
    const image = `${here.repository.name}@${digest}`;
    expect(await cosignVerify(here, image)).toEqual(ALL_ACCEPTED);
    const copied = await skopeoCopy(here, image, STAGES.map(here.keyOf));
    expect(copied.exitCode, copied.stderr).toBe(0);
    await writeFile(join(here.folder, 'other.pub'), (await keyPerson('other', 'p256')).publicKey);
    expect((await skopeoCopy(here, image, [here.keyOf('author'), here.keyOf('other')])).exitCode).not.toBe(0);
    const found = await verdictOn({ repository: here.repository, reference: digest }, here.judge);
    expect(found.verdict).toBe('passed');
    expect(statuses(found, 'bundle')).toEqual(['valid', 'valid', 'valid']);
    expect(statuses(found, 'cosign')).toEqual(['valid', 'valid', 'valid']);
  });

  test('after a promotion by the name of the first repository, which only exactRepository can say', async () => {
    const here = await scene();
    await pushOciImage(here.repository, { tag: 'v1' });
    await signAll(here, { repository: here.repository, reference: 'v1' });
    const [host = '', ...path] = here.repository.name.split('/');
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    const { repository: to } = await openRepository(`${host}/release/app`, options);
    const route = { from: here.repository, to, mountFrom: undefined, verifyData: false, clock: systemClock() };
    await promoteImage('v1', { ...route, criteria: here.judge, tags: ['v1'] });
    const asks = (identity: object) => skopeoCopy(here, `${to.name}:v1`, STAGES.map(here.keyOf), identity);
    const first = here.repository.name;
    const accepted = await asks({ type: 'exactRepository', dockerRepository: first });
    expect(accepted.exitCode, accepted.stderr).toBe(0);
    const refused = [
      { type: 'matchRepository' },
      { type: 'matchRepoDigestOrExact' },
      { type: 'matchExact' },
      { type: 'remapIdentity', prefix: to.name, signedPrefix: first },
      { type: 'remapIdentity', prefix: `${host}/release`, signedPrefix: `${host}/${path[0] ?? ''}` },
    ];
    for (const identity of refused) expect((await asks(identity)).exitCode, JSON.stringify(identity)).not.toBe(0);
  });

  test('an image for two platforms: the index and each platform', async () => {
    const here = await scene();
    const manifests = await pushOciIndex(here.repository, 'v1');
    await signAll(here, { repository: here.repository, reference: 'v1' });
    for (const { digest } of manifests)
      expect(await cosignVerify(here, `${here.repository.name}@${digest}`)).toEqual(ALL_ACCEPTED);
    const copied = await skopeoCopy(here, `${here.repository.name}:v1`, STAGES.map(here.keyOf));
    expect(copied.exitCode, copied.stderr).toBe(0);
    const found = await verdictOn({ repository: here.repository, reference: 'v1' }, here.judge);
    expect(found.verdict).toBe('passed');
    expect(found.coverage).toHaveLength(3);
    const [, child] = manifests;
    const alone = await verdictOn({ repository: here.repository, reference: child?.digest ?? '' }, here.judge);
    expect(alone.verdict).toBe('passed');
  });

  test('an image in docker’s own format', async () => {
    const here = await scene();
    await pushOciImage(here.repository, { tag: 'oci' });
    const [from, to] = ['oci', 'v1'].map((tag) => `docker://${here.repository.name}:${tag}`);
    const args = [
      'copy',
      '--format',
      'v2s2',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      from ?? '',
      to ?? '',
    ];
    const converted = await runPeer('skopeo', ['--insecure-policy', ...args], { cwd: here.folder });
    expect(converted.exitCode, converted.stderr).toBe(0);
    const at = { repository: here.repository, reference: 'v1' };
    expect((await here.repository.getManifest('v1'))?.mediaType).toContain('docker.distribution.manifest.v2');
    await signAll(here, at);
    expect(await cosignVerify(here, `${here.repository.name}:v1`)).toEqual(ALL_ACCEPTED);
    const copied = await skopeoCopy(here, `${here.repository.name}:v1`, STAGES.map(here.keyOf));
    expect(copied.exitCode, copied.stderr).toBe(0);
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
  });

  test('a certificate of a private CA', async () => {
    const xenia = await x509Person('author', new Date());
    const here = await scene([xenia], '  - { name: author, approvers: [author] }');
    const { digest } = await pushOciImage(here.repository, { tag: 'v1' });
    const at = { repository: here.repository, reference: digest };
    await signRemotely(at, xenia, 'author', { judge: here.judge, clock: systemClock() });
    await writeFile(join(here.folder, 'root.pem'), xenia.publicKey);
    await writeFile(join(here.folder, 'int.pem'), xenia.intermediates ?? '');
    await writeFile(join(here.folder, 'chain.pem'), `${xenia.intermediates ?? ''}${xenia.publicKey}`);
    const root = join(here.folder, 'trusted-root.json');
    const fulcio = `url=https://ca.example.org,certificate-chain=${join(here.folder, 'chain.pem')}`;
    await here.cosign(['trusted-root', 'create', '--fulcio', fulcio, '--out', root]);
    const who = ['--certificate-identity', 'author@example.org', '--certificate-oidc-issuer-regexp', '.*'];
    const image = `${here.repository.name}@${digest}`;
    const ignore = ['--insecure-ignore-tlog', '--insecure-ignore-sct'];
    const bundle = await here.cosign(['verify', '--trusted-root', root, ...who, ...ignore, image]);
    expect(bundle.exitCode, bundle.stderr).toBe(0);
    const roots = ['--ca-roots', join(here.folder, 'root.pem'), '--ca-intermediates', join(here.folder, 'int.pem')];
    const legacy = await here.cosign(['verify', '--new-bundle-format=false', ...roots, ...who, ...ignore, image]);
    expect(legacy.exitCode, legacy.stderr).toBe(0);
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
  });
});

describe.skipIf(missing)('we accept what cosign signs (skipped without it)', () => {
  /** Makes cosign keys from our people's. */
  async function importKeys({ cosign, people }: Scene): Promise<void> {
    for (const { name } of people) {
      const args = ['import-key-pair', '--key', `${name}.pem`, '--output-key-prefix', `${name}-cosign`];
      const { exitCode, stderr } = await cosign(args);
      expect(exitCode, stderr).toBe(0);
    }
  }

  const QUIET = ['--use-signing-config=false', '--tlog-upload=false', '--yes'];

  test.each(['true', 'false'])('with --new-bundle-format=%s, for every platform', async (mode) => {
    const here = await scene(undefined, NATIVE.join('\n'));
    await pushOciIndex(here.repository, 'v1');
    await importKeys(here);
    const sign = async (name: string, more: readonly string[]): Promise<void> => {
      const args = ['sign', ...QUIET, `--new-bundle-format=${mode}`, '--key', `${name}-cosign.key`, ...more];
      const { exitCode, stderr } = await here.cosign([...args, `${here.repository.name}:v1`]);
      expect(exitCode, stderr).toBe(0);
    };
    await sign('author', ['--recursive']);
    await sign('security', ['--recursive']);
    await sign('production', []);
    const at = { repository: here.repository, reference: 'v1' };
    const indexOnly = await verdictOn(at, here.judge);
    expect(indexOnly.stages.map(({ verdict }) => verdict)).toEqual(['passed', 'passed', 'failed']);
    expect(indexOnly.stages[2]?.reasons.map(({ code }) => code)).toContain('LAYER_PARTIAL');
    await sign('production', ['--recursive']);
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
  });

  test('attestations are evidence, by the right key, and never an approval', async () => {
    const here = await scene(undefined, NATIVE.join('\n'));
    const { digest } = await pushOciImage(here.repository, { tag: 'v1' });
    await importKeys(here);
    await writeFile(join(here.folder, 'vuln.json'), '{"invocation":{},"scanner":{"result":{}},"metadata":{}}');
    await writeFile(join(here.folder, 'sbom.json'), '{"bomFormat":"CycloneDX","specVersion":"1.5"}');
    const image = `${here.repository.name}@${digest}`;
    for (const [mode, type, file] of [
      ['true', 'cyclonedx', 'sbom.json'],
      ['false', 'vuln', 'vuln.json'],
    ] as const) {
      const args = ['attest', ...QUIET, `--new-bundle-format=${mode}`, '--key', 'author-cosign.key'];
      const { exitCode, stderr } = await here.cosign([...args, '--type', type, '--predicate', file, image]);
      expect(exitCode, stderr).toBe(0);
    }
    const verdict = await verdictOn({ repository: here.repository, reference: digest }, here.judge);
    expect(verdict.verdict).toBe('failed');
    expect(verdict.layers).toEqual([]);
    expect(verdict.evidence.map(({ status, signer }) => [status, signer?.principal])).toEqual([
      ['valid', 'author'],
      ['valid', 'author'],
    ]);
  });

  test.each(['true', 'false'])('with a P-384 key, whose hash is SHA-384, --new-bundle-format=%s', async (mode) => {
    const here = await scene(
      [await keyPerson('author', 'p384')],
      '  - { name: author, approvers: [author], native: [cosign] }',
    );
    const { digest } = await pushOciImage(here.repository, { tag: 'v1' });
    await importKeys(here);
    const args = ['sign', ...QUIET, `--new-bundle-format=${mode}`, '--key', 'author-cosign.key'];
    const { exitCode, stderr } = await here.cosign([...args, `${here.repository.name}@${digest}`]);
    expect(exitCode, stderr).toBe(0);
    expect((await verdictOn({ repository: here.repository, reference: digest }, here.judge)).verdict).toBe('passed');
  });

  test('our approval after a signature by cosign lists it', async () => {
    const stages = `  - { name: author, approvers: [author], native: [cosign] }\n  - { name: security, approvers: [security] }`;
    const here = await scene(undefined, stages);
    const { digest } = await pushOciImage(here.repository, { tag: 'v1' });
    await importKeys(here);
    const args = ['sign', ...QUIET, '--key', 'author-cosign.key', `${here.repository.name}@${digest}`];
    expect((await here.cosign(args)).exitCode).toBe(0);
    const at = { repository: here.repository, reference: digest };
    const [, security] = here.people;
    if (!security) throw new Error('nobody');
    expect((await signRemotely(at, security, 'security', { judge: here.judge })).outcome).toBe('signed');
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
  });
});

describe.skipIf(missing)('images in OCI layout folders (skipped without skopeo)', () => {
  test('that skopeo made are signed, verified and taken back to a registry with their layers', async () => {
    const here = await scene();
    await pushOciIndex(here.repository, 'v1');
    const layout = join(here.folder, 'layout');
    const copy = ['copy', '--all', '--src-tls-verify=false', `docker://${here.repository.name}:v1`, `oci:${layout}:v1`];
    const { exitCode, stderr } = await runPeer('skopeo', ['--insecure-policy', ...copy], { cwd: here.folder });
    expect(exitCode, stderr).toBe(0);
    const at = { repository: await open(`oci:${layout}`), reference: 'v1' };
    await signAll(here, at);
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
    expect(JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'))).toMatchObject({ schemaVersion: 2 });
    const back = [
      'copy',
      '--all',
      '--dest-tls-verify=false',
      `oci:${layout}:v1`,
      `docker://${here.repository.name}:v2`,
    ];
    const returned = await runPeer('skopeo', ['--insecure-policy', ...back], { cwd: here.folder });
    expect(returned.exitCode, returned.stderr).toBe(0);
  });

  test('that have no tag, as skopeo and buildah leave them, are found by digest', async () => {
    const here = await scene();
    const [, image] = await pushOciIndex(here.repository, 'v1');
    const layout = join(here.folder, 'untagged');
    const from = `docker://${here.repository.name}@${image?.digest ?? ''}`;
    const args = ['--insecure-policy', 'copy', '--src-tls-verify=false', from, `oci:${layout}`];
    const { exitCode, stderr } = await runPeer('skopeo', args, { cwd: here.folder });
    expect(exitCode, stderr).toBe(0);
    const index: { manifests: { digest: string }[] } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
    const digest = index.manifests[0]?.digest ?? '';
    const at = { repository: await open(`oci:${layout}`), reference: digest };
    await signAll(here, at);
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
  });

  test.skipIf(!hasPeers('oras'))('that oras made are signed and verified too', async () => {
    const here = await scene();
    await pushOciIndex(here.repository, 'v1');
    const layout = join(here.folder, 'layout');
    const args = ['cp', '--from-plain-http', `${here.repository.name}:v1`, '--to-oci-layout', `${layout}:v1`];
    expect((await runPeer('oras', args, { cwd: here.folder })).exitCode).toBe(0);
    const at = { repository: await open(`oci:${layout}`), reference: 'v1' };
    await signAll(here, at);
    expect((await verdictOn(at, here.judge)).verdict).toBe('passed');
    const to = `${here.repository.name}:v2`;
    const back = ['cp', '--recursive', '--from-oci-layout', `${layout}:v1`, '--to-plain-http', to];
    const returned = await runPeer('oras', back, { cwd: here.folder });
    expect(returned.exitCode, returned.stderr).toBe(0);
    expect((await verdictOn({ repository: here.repository, reference: 'v2' }, here.judge)).verdict).toBe('passed');
  });
});
