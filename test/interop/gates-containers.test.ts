// SPDX-License-Identifier: Apache-2.0
// `simulate containers-policy` against the real skopeo: the same images under the same files, hundreds of them, and the
// exported folder installed as its page says.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificatesInPem, utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { storeRegistryEvidence } from '../../src/commands/evidence/registry.ts';
import { type ContainersTarget, containersPage, exportContainers } from '../../src/gates/containers/export.ts';
import { gateOfExport, readInstalledContainers } from '../../src/gates/containers/installed.ts';
import { judgeByContainers } from '../../src/gates/containers/simulate.ts';
import { writeExport } from '../../src/gates/folder.ts';
import type { GateVerdict } from '../../src/gates/verdict.ts';
import { readCosignSignatures } from '../../src/oci/cosign/cosign.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { parseReference } from '../../src/oci/reference.ts';
import { Random } from '../fuzz/random.ts';
import { judgeBy, judgeTrusting, keyPerson, type Person, pipeline, policyFor, x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { plantLegacy } from '../support/plain-cosign.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { type RegistryProcess, launchRegistry } from '../support/registry-process.ts';

const BATCHES = 8;
const CASES = Math.ceil(Number(process.env['GATE_CASES'] ?? 320) / BATCHES);
const missing = !hasPeers('docker-registry', 'skopeo');
const now = new Date();

describe.skipIf(missing)('policy.json, simulated (skipped without skopeo and docker-registry)', () => {
  let folder = '';
  let registry: RegistryProcess;
  let people: readonly Person[];
  const outcomes: number[] = [];
  let [ann, ben, eve, xenia]: Person[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-containers-'));
    registry = await launchRegistry(folder);
    people = [
      await keyPerson('ann', 'p256'),
      await keyPerson('ben', 'ed25519'),
      await keyPerson('eve', 'p384'),
      await x509Person('xenia', new Date(Date.now() - 60_000)),
    ];
    [ann, ben, eve, xenia] = people;
  });

  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function repositoryOf(name: string): Promise<Repository> {
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    return (await openRepository(`${registry.host}/${name}`, options)).repository;
  }

  function copy(etc: string, reference: string): Promise<PeerResult> {
    const flags = ['--policy', join(etc, 'policy.json'), '--registries.d', join(etc, 'registries.d')];
    const target = `dir:${join(folder, 'copy')}`;
    const args = ['copy', '--remove-signatures', '--src-tls-verify=false', `docker://${reference}`, target];
    return runPeer('skopeo', [...flags, ...args], { cwd: folder });
  }

  async function simulated(etc: string, repository: Repository, image: Manifest, asked: string): Promise<GateVerdict> {
    const signatures = await readCosignSignatures(
      { getManifest: (name) => repository.getManifest(name), readBlob: (...args) => repository.readBlob(...args) },
      image.digest,
    );
    const byDigest = asked.startsWith('sha256:');
    const what = { name: repository.name, digest: image.digest, signatures };
    const named = byDigest ? { ...what, askedDigest: asked } : { ...what, tag: asked };
    return judgeByContainers(named, await readInstalledContainers(etc), new Date());
  }

  /** Random signatures in the tag: good ones, of other images, for other places, by strangers, of other forms. */
  async function sign(repository: Repository, image: Manifest, random: Random): Promise<void> {
    const entries: Parameters<typeof plantLegacy>[2][number][] = [];
    for (let count = random.below(4); count > 0; count -= 1) {
      const [person] = people.slice(random.below(people.length));
      if (!person) continue;
      const place = random.pick([repository.name, repository.name, `${repository.name}:v1`, 'elsewhere.example/app']);
      const digest = random.once(6) ? `sha256:${'0'.repeat(64)}` : image.digest;
      const type = random.once(12) ? 'another type' : 'cosign container image signature';
      const critical = { identity: { 'docker-reference': place }, image: { 'docker-manifest-digest': digest }, type };
      const optional = random.pick([null, {}, { stage: 'security' }]);
      entries.push({
        person,
        payload: utf8(JSON.stringify({ critical, optional })),
        annotations: certified(person, random),
      });
    }
    if (entries.length > 0) await plantLegacy(repository, image, entries);
  }

  /** A certificate, seldom none, with nothing above it, the issuing CA, or everything up to the root. */
  function certified({ certificate, intermediates = '', publicKey }: Person, random: Random): Record<string, string> {
    if (certificate === undefined || random.once(8)) return {};
    const chain = random.pick(['', intermediates, `${intermediates}${publicKey}`]);
    return { 'dev.sigstore.cosign/certificate': certificate, ...(chain ? { 'dev.sigstore.cosign/chain': chain } : {}) };
  }

  function requirement(random: Random, etc: string): object {
    const key = (index: number) => join(etc, 'keys', `${people[index]?.name}.pub`);
    const who = random.below(8);
    const data = (index: number) => Buffer.from(people[index]?.publicKey ?? '').toString('base64');
    const above = random.once(2) ? { caIntermediatesPath: join(etc, 'keys', 'above.pem') } : {};
    const pki = { caRootsPath: join(etc, 'keys', 'xenia.pub'), ...above };
    const source =
      who < 3
        ? { keyPath: key(who) }
        : who === 3
          ? { keyPaths: [key(random.below(3)), key(random.below(3))] }
          : who === 4
            ? { keyDatas: [data(random.below(3))] }
            : who === 5
              ? { keyData: data(random.below(3)) }
              : { pki: { ...pki, subjectEmail: random.pick(['xenia@example.org', 'other@example.org']) } };
    const host = registry.host;
    const identity = random.pick([
      undefined,
      { type: 'matchRepository' },
      { type: 'matchRepository' },
      { type: 'matchExact' },
      { type: 'exactRepository', dockerRepository: 'elsewhere.example/app' },
      { type: 'remapIdentity', prefix: host, signedPrefix: 'elsewhere.example' },
    ]);
    if (random.once(14)) return { type: random.pick(['reject', 'insecureAcceptAnything']) };
    return { type: 'sigstoreSigned', ...source, ...(identity ? { signedIdentity: identity } : {}) };
  }

  test.each(Array.from({ length: BATCHES }, (_, batch) => batch))(
    'random signatures under random files are judged as by skopeo, part %i',
    async (batch) => {
      const etc = join(folder, `etc-${batch}`);
      for (const name of ['', 'keys', 'registries.d']) await mkdir(join(etc, name), { recursive: true });
      for (const person of people) await writeFile(join(etc, 'keys', `${person.name}.pub`), person.publicKey);
      await writeFile(join(etc, 'keys', 'above.pem'), xenia?.intermediates ?? '');
      const differences: unknown[] = [];
      let allowed = 0;
      let repository = await repositoryOf(`team/app-${batch}`);
      let image = await pushOciImage(repository, { tag: 'v1' });
      for (let index = 0; index < CASES; index += 1) {
        const random = new Random(batch * 1000 + index);
        if (index % 4 === 0) {
          repository = await repositoryOf(`team/app-${batch}-${index}`);
          image = await pushOciImage(repository, { tag: 'v1', label: String(index) });
          await sign(repository, image, random);
        }
        const scope = random.pick([
          registry.host,
          repository.name,
          `${registry.host}/team`,
          `${repository.name}:v1`,
          '',
          'other.example',
        ]);
        const list = Array.from({ length: 1 + random.below(2) }, () => requirement(random, etc));
        const policy = {
          default: [{ type: random.pick(['reject', 'insecureAcceptAnything']) }],
          transports: { docker: { [scope ?? '']: list } },
        };
        await writeFile(join(etc, 'policy.json'), JSON.stringify(policy));
        const place = random.pick([registry.host, repository.name, 'other.example']);
        await writeFile(
          join(etc, 'registries.d', 'one.yaml'),
          `docker:\n  "${place}":\n    use-sigstore-attachments: true\n`,
        );
        const asked = random.once(2) ? 'v1' : image.digest;
        const real = await copy(etc, `${repository.name}${asked === 'v1' ? ':' : '@'}${asked}`);
        const ours = await simulated(etc, repository, image, asked);
        if (real.exitCode === 0) allowed += 1;
        const same =
          (real.exitCode === 0) === (ours.verdict === 'allowed') && real.stderr.includes(quoted(ours.words ?? ''));
        if (!same)
          differences.push({ batch, index, real: real.stderr, words: ours.words, reasons: ours.reasons, list });
      }
      expect(differences).toEqual([]);
      outcomes.push(allowed / CASES);
    },
  );

  test('both answers came often enough', () => {
    const share = outcomes.reduce((sum, one) => sum + one, 0) / BATCHES;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.9);
  });

  /** As the log of skopeo escapes quotes. */
  function quoted(words: string): string {
    return words.replaceAll('"', String.raw`\"`);
  }

  test('the exported folder, installed as its page says, accepts what three stages approved and nothing less', async () => {
    if (!ann || !ben || !eve || !xenia) throw new Error('no people');
    const loaded = await policyFor([ann, ben, xenia], pipeline('ann', 'ben', 'xenia'));
    const intermediates = certificatesInPem(xenia.intermediates ?? '');
    const policy = { ...loaded, trust: { ...loaded.trust, intermediates } };
    const repository = await repositoryOf('team/exported');
    const etc = join(folder, 'installed');
    const target: ContainersTarget = {
      scopes: [repository.name],
      keyFolder: join(etc, 'keys'),
      signedIdentity: { type: 'matchRepository' },
    };
    const made = await exportContainers(policy, target, new Date());
    await writeExport(etc, made, containersPage('test', target));
    const judge = await judgeBy(policy, now);
    const image = await pushOciImage(repository, { tag: 'v1' });
    const reference = `${repository.name}@${image.digest}`;
    const verdicts = async () => {
      const real = await copy(etc, reference);
      const ours = await simulated(etc, repository, image, image.digest);
      expect((await judgeByExport()).verdict).toBe(ours.verdict);
      return [real.exitCode === 0 ? 'allowed' : 'denied', ours.verdict];
    };
    const judgeByExport = async () => {
      const signatures = await readCosignSignatures(
        { getManifest: (name) => repository.getManifest(name), readBlob: (...args) => repository.readBlob(...args) },
        image.digest,
      );
      const what = { name: repository.name, askedDigest: image.digest, digest: image.digest, signatures };
      return judgeByContainers(what, await gateOfExport(made), new Date());
    };
    for (const [stage, person] of [
      ['author', ann],
      ['security', ben],
      ['production', xenia],
    ] as const) {
      expect(await verdicts()).toEqual(['denied', 'denied']);
      await signRemotely({ repository, reference: 'v1' }, person, stage, { judge, verifyData: true });
    }
    expect(await verdicts()).toEqual(['allowed', 'allowed']);
  });

  test('evidence by the same key is no signature', async () => {
    if (!ann) throw new Error('no people');
    const policy = await policyFor([ann], '  - { name: author, approvers: ann }');
    const repository = await repositoryOf('team/evidence');
    const etc = join(folder, 'evidence');
    const target: ContainersTarget = {
      scopes: [registry.host],
      keyFolder: join(etc, 'keys'),
      signedIdentity: { type: 'matchRepository' },
    };
    await writeExport(etc, await exportContainers(policy, target, new Date()), containersPage('test', target));
    const image = await pushOciImage(repository, { tag: 'v1' });
    const reference = `${repository.name}@${image.digest}`;
    const parsed = parseReference(reference);
    if (parsed.in !== 'registry') throw new Error('no registry');
    const predicate = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] };
    await storeRegistryEvidence({
      repository,
      reference: parsed,
      statements: [{ label: 'sbom', predicateType: 'https://cyclonedx.org/bom', predicate }],
      signer: ann.signer,
      now,
      beside: false,
      folder: undefined,
      defaultFolder: folder,
    });
    expect((await copy(etc, reference)).stderr).toContain('A signature was required, but no signature exists');
    expect((await simulated(etc, repository, image, image.digest)).verdict).toBe('denied');
    const judge = await judgeTrusting([ann], { now });
    await signRemotely({ repository, reference: 'v1' }, ann, 'author', { judge, verifyData: true });
    expect((await copy(etc, reference)).exitCode).toBe(0);
  });
});
