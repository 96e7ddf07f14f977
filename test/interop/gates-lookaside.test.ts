// SPDX-License-Identifier: Apache-2.0
// GPG signatures in a lookaside: the real skopeo takes ours under `signedBy`, what skopeo and gpg write is read here, and
// random ones under random requirements are judged alike.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { encodeSigned } from '../../src/crypto/pgp/message.ts';
import { containersPage, exportContainers } from '../../src/gates/containers/export.ts';
import { readInstalledContainers } from '../../src/gates/containers/installed.ts';
import { judgeRegistryImage } from '../../src/gates/containers/simulate.ts';
import { writeExport, writeNewFolder } from '../../src/gates/folder.ts';
import { importContainers } from '../../src/gates/import/containers.ts';
import { containersTarget } from '../../src/commands/gates/containers-inputs.ts';
import { verifyRegistryImage } from '../../src/image/registry/examine.ts';
import { loadPolicy, type LoadedPolicy } from '../../src/policy/document/load.ts';
import { promoteImage } from '../../src/transfer/promote.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { addToLookaside, filedName, readLookaside, signaturePath, simpleSignature } from '../../src/oci/lookaside.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { Random } from '../fuzz/random.ts';
import { endAgentsBelow, Gnupg } from '../support/gnupg.ts';
import { judgeBy, type Person, pgpPerson, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { type RegistryProcess, launchRegistry } from '../support/registry-process.ts';

const missing = !hasPeers('docker-registry', 'skopeo', 'gpg');

describe.skipIf(missing)('signedBy and a lookaside (skipped without skopeo, gpg and docker-registry)', () => {
  let folder = '';
  let registry: RegistryProcess;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-lookaside-'));
    registry = await launchRegistry(folder);
    alice = await pgpPerson('alice');
    bob = await pgpPerson('bob');
    for (const person of [alice, bob]) await writeFile(join(folder, `${person.name}.asc`), person.publicKey);
  });

  afterAll(async () => {
    await registry.stop();
    await endAgentsBelow(folder);
    await rm(folder, { recursive: true, force: true });
  });

  async function repositoryOf(name: string): Promise<Repository> {
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    return (await openRepository(`${registry.host}/${name}`, options)).repository;
  }

  /** A place for the files of a gate, and one for signatures. */
  async function places(name: string) {
    const [etc, lookaside] = [join(folder, name), join(folder, `${name}-signatures`)];
    await mkdir(join(etc, 'registries.d'), { recursive: true });
    await mkdir(lookaside, { recursive: true });
    return { etc, lookaside };
  }

  async function configure(etc: string, lookaside: string, requirement: object): Promise<void> {
    await writeFile(join(etc, 'policy.json'), JSON.stringify({ default: [requirement] }));
    await writeFile(join(etc, 'registries.d', 'a.yaml'), `default-docker:\n  lookaside: file://${lookaside}\n`);
  }

  /** What skopeo and what we make of an image. */
  async function bothOf(etc: string, repository: Repository, asked: string) {
    const reference = `${repository.name}${asked.startsWith('sha256:') ? '@' : ':'}${asked}`;
    const flags = ['--policy', join(etc, 'policy.json'), '--registries.d', join(etc, 'registries.d')];
    const args = ['copy', '--remove-signatures', '--src-tls-verify=false', `docker://${reference}`, `dir:${etc}-copy`];
    const { exitCode, stderr } = await runPeer('skopeo', [...flags, ...args], { cwd: folder, env: { TMPDIR: folder } });
    const named = asked.startsWith('sha256:') ? { askedDigest: asked } : { tag: asked };
    const { verdict, words, reasons } = await judgeRegistryImage(
      await openRegistryImage(repository, asked),
      { name: repository.name, ...named },
      { gate: await readInstalledContainers(etc), now: new Date() },
    );
    return { real: exitCode === 0 ? 'allowed' : 'denied', stderr, ours: verdict, words, reasons };
  }

  test('what sign-stage files is taken by skopeo under the exported files, and nothing less', async () => {
    const policy = await policyFor(
      [alice, bob],
      '  - { name: author, approvers: alice }\n  - { name: release, approvers: bob }\n',
    );
    const judge = await judgeBy(policy, new Date());
    const repository = await repositoryOf('team/ours');
    const image = await pushOciImage(repository, { tag: 'v1' });
    const { lookaside } = await places('ours');
    const etc = join(folder, 'ours-exported');
    const target = {
      scopes: [repository.name],
      keyFolder: join(etc, 'keys'),
      signedIdentity: { type: 'matchRepository' },
      lookaside: `file://${lookaside}`,
    } as const;
    await writeExport(etc, await exportContainers(policy, target, new Date()), containersPage('test', target));
    const steps: string[][] = [];
    const look = async () => {
      for (const asked of ['v1', image.digest]) {
        const { real, ours } = await bothOf(etc, repository, asked);
        steps.push([real, ours]);
      }
    };
    await look();
    for (const [person, stage] of [
      [alice, 'author'],
      [bob, 'release'],
    ] as const) {
      const at = { repository, reference: 'v1', lookaside };
      expect((await signRemotely(at, person, stage, { judge, verifyData: true })).outcome).toBe('signed');
      await look();
    }
    expect(steps).toEqual([
      ...Array.from({ length: 4 }, () => ['denied', 'denied']),
      ...Array.from({ length: 2 }, () => ['allowed', 'allowed']),
    ]);
    const filed = { repository: 'team/ours', digest: image.digest };
    const manifest = join(folder, 'manifest.json');
    await writeFile(manifest, image.bytes);
    for (const [index, person] of [alice, bob].entries()) {
      const { identity } = person.signer;
      const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
      const path = signaturePath(lookaside, filed, index + 1);
      const key = ['--public-key-file', join(folder, `${person.name}.asc`)];
      const args = [manifest, `${repository.name}@${image.digest}`, fingerprint, path];
      expect(
        (await runPeer('skopeo', ['standalone-verify', ...key, ...args], { env: { TMPDIR: folder } })).stderr,
      ).toBe('');
    }
    // A second run finds its signature, also where the file was lost in between.
    const at = { repository, reference: 'v1', lookaside };
    await signRemotely(at, alice, 'author', { judge, verifyData: true });
    await expect(readFile(signaturePath(lookaside, filed, 3))).rejects.toThrow('ENOENT');
    await rm(signaturePath(lookaside, filed, 1));
    expect((await signRemotely(at, alice, 'author', { judge, verifyData: true })).outcome).toBe('unchanged');
    expect(await bothOf(etc, repository, 'v1')).toMatchObject({ real: 'allowed', ours: 'allowed' });
  });

  test('what skopeo writes with a key of gpg is read here', async () => {
    const gnupg = await Gnupg.make();
    const fingerprint = await gnupg.newKey('carol');
    const repository = await repositoryOf('team/theirs');
    const image = await pushOciImage(repository, { tag: 'v1' });
    const { etc, lookaside } = await places('theirs');
    await writeFile(join(folder, 'carol.asc'), await gnupg.gpg(['--armor', '--export', fingerprint]));
    await writeFile(join(folder, 'theirs.json'), image.bytes);
    const path = signaturePath(lookaside, { repository: 'team/theirs', digest: image.digest }, 1);
    await mkdir(dirname(path), { recursive: true });
    const args = [join(folder, 'theirs.json'), `${repository.name}:v1`, fingerprint, '--output', path];
    const signed = await runPeer('skopeo', ['standalone-sign', ...args], { env: { GNUPGHOME: gnupg.home } });
    expect(signed).toMatchObject({ exitCode: 0 });
    const requirement = (name: string) => ({
      type: 'signedBy',
      keyType: 'GPGKeys',
      keyPath: join(folder, `${name}.asc`),
    });
    await configure(etc, lookaside, requirement('carol'));
    expect(await bothOf(etc, repository, 'v1')).toMatchObject({ real: 'allowed', ours: 'allowed' });
    expect(await bothOf(etc, repository, image.digest)).toMatchObject({ real: 'allowed', ours: 'allowed' });
    await configure(etc, lookaside, requirement('alice'));
    expect(await bothOf(etc, repository, 'v1')).toMatchObject({ real: 'denied', ours: 'denied' });
    // Without a lookaside podman has one of its own, which nobody else knows.
    await writeFile(join(etc, 'registries.d', 'a.yaml'), 'docker: {}\n');
    const without = await bothOf(etc, repository, 'v1');
    expect(without).toMatchObject({ real: 'denied', ours: 'unknown' });
    expect(without.reasons[0]?.message).toContain('no file in registries.d names a lookaside');
  });

  test('a promotion carries them, and they go on naming their first place', async () => {
    const policy = await policyFor([alice], '  - { name: author, approvers: alice, native: simple-signing }\n');
    const judge = await judgeBy(policy, new Date());
    const from = await repositoryOf('team/staging');
    const image = await pushOciImage(from, { tag: 'v1' });
    const { etc, lookaside } = await places('moved');
    const at = { repository: from, reference: 'v1', lookaside };
    await signRemotely(at, alice, 'author', { judge, verifyData: true });
    const to = await repositoryOf('team/released');
    const promotion = { from, to, tags: ['v1'], criteria: judge, verifyData: true, clock: systemClock(), lookaside };
    expect((await promoteImage(image.digest, { ...promotion, mountFrom: undefined })).manifest?.digest).toBe(
      image.digest,
    );
    const found: Record<string, readonly string[]> = {};
    for (const signedIdentity of [
      { type: 'matchRepoDigestOrExact' },
      { type: 'matchRepository' },
      { type: 'exactRepository', dockerRepository: from.name },
      { type: 'remapIdentity', prefix: to.name, signedPrefix: from.name },
    ]) {
      const keyPath = join(folder, 'alice.asc');
      await configure(etc, lookaside, { type: 'signedBy', keyType: 'GPGKeys', keyPath, signedIdentity });
      const both = [await bothOf(etc, to, 'v1'), await bothOf(etc, to, image.digest)];
      for (const { real, ours } of both) expect(ours).toBe(real);
      found[signedIdentity.type] = both.map(({ real }) => real);
    }
    expect(found).toEqual({
      matchRepoDigestOrExact: ['denied', 'denied'],
      matchRepository: ['denied', 'denied'],
      exactRepository: ['allowed', 'allowed'],
      remapIdentity: ['denied', 'allowed'],
    });
  });

  /** Signatures of all kinds: good, of other images, for other names, changed, of other types, and what is none. */
  async function plant(lookaside: string, repository: Repository, image: Manifest, random: Random): Promise<void> {
    for (let count = random.below(4); count > 0; count -= 1) {
      const person = random.pick([alice, alice, bob]) ?? alice;
      const name = repository.name;
      const reference = random.pick([name, `${name}:v1`, `${name}@${image.digest}`, 'elsewhere.example/app:v1']);
      const digest = random.once(6) ? `sha256:${'0'.repeat(64)}` : image.digest;
      const type = random.once(10) ? 'cosign container image signature' : 'atomic container signature';
      const critical = {
        identity: { 'docker-reference': reference },
        image: { 'docker-manifest-digest': digest },
        type,
      };
      const optional = random.pick([{}, { creator: 'me', timestamp: 5 }, { more: [] }, random.once(4) ? null : {}]);
      const payload = utf8(JSON.stringify({ critical, optional }));
      const signature = await person.signer.signPae(payload, new Date());
      const said = random.once(8) ? utf8(JSON.stringify({ critical, optional, x: 1 })) : payload;
      const blob = await encodeSigned(said, signature);
      const form = random.below(12);
      const named = new Uint8Array(Buffer.concat([Buffer.from('\0simple-signing\n'), blob]));
      const stored = form === 0 ? named : form === 1 && random.once(2) ? utf8('-----BEGIN PGP') : blob;
      await addToLookaside(lookaside, { repository: name.slice(name.indexOf('/') + 1), digest: image.digest }, stored);
    }
  }

  /** A requirement of the kinds that people write. */
  function requirementOf(random: Random, repository: Repository): object {
    const key = (name: string) => join(folder, `${name}.asc`);
    const source = random.pick([
      { keyPath: key('alice') },
      { keyPath: key('both') },
      { keyPaths: [key('alice'), key('bob')] },
      { keyData: Buffer.from(bob.publicKey).toString('base64') },
    ]);
    const signedIdentity = random.pick([
      undefined,
      { type: 'matchRepository' },
      { type: 'matchExact' },
      { type: 'exactReference', dockerReference: `${repository.name}:v1` },
      { type: 'exactRepository', dockerRepository: 'elsewhere.example/app' },
      { type: 'remapIdentity', prefix: repository.name, signedPrefix: 'elsewhere.example/app' },
    ]);
    return { type: 'signedBy', keyType: 'GPGKeys', ...source, signedIdentity };
  }

  test('an imported policy and its export decide as the configuration does under skopeo', async () => {
    const differences: unknown[] = [];
    const counts = { allowed: 0, denied: 0 };
    await writeFile(join(folder, 'both.asc'), `${alice.publicKey}\n${bob.publicKey}`);
    for (let index = 0; index < 60; index += 1) {
      const random = new Random(9000 + index);
      const repository = await repositoryOf(`team/imported-${index}`);
      const image = await pushOciImage(repository, { tag: 'v1' });
      const { etc, lookaside } = await places(`imported-${index}`);
      await plant(lookaside, repository, image, random);
      const requirements = [
        requirementOf(random, repository),
        ...(random.once(3) ? [requirementOf(random, repository)] : []),
      ];
      await configure(etc, lookaside, requirements[0] ?? {});
      const transports = { docker: { [repository.name]: requirements } };
      await writeFile(join(etc, 'policy.json'), JSON.stringify({ default: [{ type: 'reject' }], transports }));
      const made = await importContainers(await readInstalledContainers(etc), { scope: repository.name, name: 'x' });
      const [policyFolder, again] = [join(folder, `policy-${index}`), join(folder, `again-${index}`)];
      await writeNewFolder(policyFolder, made.files);
      const policy = await loadPolicy(join(policyFolder, 'countersign.yaml'));
      const [, scope = '', , url] = made.exportWith;
      const target = containersTarget({
        repository: [scope],
        keyFolder: join(again, 'keys'),
        signedRepository: undefined,
        lookasideUrl: url,
      });
      await writeExport(again, await exportContainers(policy, target, new Date()), containersPage('test', target));
      const asked = random.once(2) ? 'v1' : image.digest;
      const verdicts = {
        before: (await bothOf(etc, repository, asked)).real,
        after: (await bothOf(again, repository, asked)).real,
        policy: await verdictBy(policy, { repository, asked, lookaside }),
      };
      if (verdicts.before === 'allowed' || verdicts.before === 'denied') counts[verdicts.before] += 1;
      const filed = await readLookaside(lookaside, { repository: filedName(repository.name), digest: image.digest });
      // Of a folder with something else in it podman takes nothing, and verify-all what is good.
      const isBroken = filed.some((one) => simpleSignature(one) === undefined);
      if (verdicts.after !== verdicts.before || (verdicts.policy !== verdicts.before && !isBroken))
        differences.push({ index, ...verdicts, requirements });
    }
    expect(differences).toEqual([]);
    expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(5);
  });

  async function verdictBy(
    policy: LoadedPolicy,
    { repository, asked, lookaside }: { repository: Repository; asked: string; lookaside: string },
  ): Promise<string> {
    const image = await openRegistryImage(repository, asked);
    const judge = await judgeBy(policy, new Date());
    const { verdict } = await verifyRegistryImage(image, judge, { verifyData: false, lookaside });
    return verdict === 'passed' ? 'allowed' : 'denied';
  }

  test('random signatures under random requirements are judged as by skopeo', async () => {
    const differences: unknown[] = [];
    const counts = { allowed: 0, denied: 0 };
    const key = (name: string) => join(folder, `${name}.asc`);
    for (let index = 0; index < 72; index += 1) {
      const random = new Random(7000 + index);
      const repository = await repositoryOf(`team/random-${index}`);
      const image = await pushOciImage(repository, { tag: 'v1' });
      const { etc, lookaside } = await places(`random-${index}`);
      await plant(lookaside, repository, image, random);
      const source = random.pick([
        { keyPath: key('alice') },
        { keyPath: key('bob') },
        { keyPaths: [key('alice'), key('bob')] },
        { keyData: Buffer.from(alice.publicKey).toString('base64') },
      ]);
      const signedIdentity = random.pick([
        undefined,
        { type: 'matchRepository' },
        { type: 'matchRepository' },
        { type: 'matchExact' },
        { type: 'exactRepository', dockerRepository: 'elsewhere.example/app' },
      ]);
      const keyType = random.once(12) ? 'signedByGPGKeys' : 'GPGKeys';
      await configure(etc, lookaside, { type: 'signedBy', keyType, ...source, signedIdentity });
      const both = await bothOf(etc, repository, random.once(2) ? 'v1' : image.digest);
      if (both.real === 'allowed' || both.real === 'denied') counts[both.real] += 1;
      const said = both.stderr.includes((both.words ?? '').replaceAll('"', String.raw`\"`));
      if (both.real !== both.ours || !said) differences.push({ index, ...both });
    }
    expect(differences).toEqual([]);
    expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(10);
  });
});
