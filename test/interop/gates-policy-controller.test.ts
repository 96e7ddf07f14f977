// SPDX-License-Identifier: Apache-2.0
// What `export policy-controller` writes, tried by policy-controller's own tester (0.13.1, found on PATH as `policy-tester`)
// on attestation tags that are made here: what is right or wrong with each envelope is known.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeEnvelope } from '../../src/attest/sign.ts';
import { encodePae } from '../../src/attest/bundle.ts';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { spkisIn } from '../../src/crypto/keys.ts';
import { exportPolicyController } from '../../src/gates/kubernetes/policy-controller.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { Random } from '../fuzz/random.ts';
import { keyPerson, type Person, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { launchRegistry, type RegistryProcess } from '../support/registry-process.ts';

const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const IN_TOTO = 'application/vnd.in-toto+json';
const IMAGES = 30;
const missing = !hasPeers('docker-registry', 'policy-tester');
const HOUR = 3_600_000;

/** A policy's stages, and who must have signed a right summary. */
const POLICIES: readonly {
  readonly stages: string;
  readonly of: readonly string[];
  readonly needed: number;
  readonly aged?: true;
}[] = [
  { stages: '  - { name: security, approvers: ann }', of: ['ann'], needed: 1 },
  { stages: '  - { name: security, approvers: [ann, ben, eve] }', of: ['ann', 'ben', 'eve'], needed: 1 },
  { stages: '  - { name: security, approvers: [ann, ben, eve], threshold: 2 }', of: ['ann', 'ben', 'eve'], needed: 2 },
  { stages: '  - { name: security, approvers: ben, maxAge: 2h }', of: ['ben'], needed: 1, aged: true },
];

/** What can be wrong with a summary. `old` is right where no age is asked. */
const FLAWS = [
  'none',
  'none',
  'none',
  'old',
  'stage',
  'failed',
  'silent',
  'ended',
  'elsewhere',
  'type',
  'stranger',
] as const;

interface Made {
  readonly by: string;
  readonly flaw: (typeof FLAWS)[number];
}

describe.skipIf(missing)('policy-controller (skipped without policy-tester and docker-registry)', () => {
  let folder = '';
  let registry: RegistryProcess;
  const people = new Map<string, Person>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-policy-controller-'));
    registry = await launchRegistry(folder);
    const kinds = { ann: 'p256', ben: 'ed25519', eve: 'p384', mallory: 'p256', ci: 'p256' } as const;
    for (const [name, kind] of Object.entries(kinds)) people.set(name, await keyPerson(name, kind));
  });

  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function person(name: string): Person {
    const found = people.get(name);
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  }

  async function repositoryOf(name: string): Promise<Repository> {
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    return (await openRepository(`${registry.host}/${name}`, options)).repository;
  }

  async function envelopeOf(signer: Person, statement: object): Promise<Uint8Array> {
    const payload = utf8(JSON.stringify(statement));
    const signature = await signer.signer.signPae(encodePae(IN_TOTO, payload), new Date());
    return encodeEnvelope({ payloadType: IN_TOTO, payload, signatures: [{ keyid: '', signature }] });
  }

  function approval({ flaw }: Made, digest: string): object {
    const time = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
    const predicate = {
      ...(flaw === 'silent'
        ? {}
        : { verifier: { id: `urn:countersign:stage:${flaw === 'stage' ? 'author' : 'security'}` } }),
      timeVerified: time(flaw === 'old' ? -3 : -1),
      verificationResult: flaw === 'failed' ? 'FAILED' : 'PASSED',
      countersign: { expires: flaw === 'ended' ? time(-1) : null },
    };
    return statementAbout(
      flaw === 'elsewhere' ? `sha256:${'0'.repeat(64)}` : digest,
      predicate,
      flaw === 'type' ? 'https://cyclonedx.org/bom' : SUMMARY,
    );
  }

  function statementAbout(digest: string, predicate: object, predicateType = SUMMARY): object {
    const subject = [{ name: 'app', digest: { sha256: digest.slice('sha256:'.length) } }];
    return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate };
  }

  async function plant(repository: Repository, image: Manifest, envelopes: readonly Uint8Array[]): Promise<void> {
    const layers = envelopes.map((bytes) => ({
      mediaType: 'application/vnd.dsse.envelope.v1+json',
      size: bytes.length,
      digest: sha256(bytes),
      annotations: { 'dev.cosignproject.cosign/signature': '', predicateType: SUMMARY },
    }));
    const config = utf8(
      JSON.stringify({
        architecture: '',
        os: '',
        rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      }),
    );
    for (const blob of [config, ...envelopes]) await repository.pushBlob(sha256(blob), memoryBlob(blob));
    const document = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length, digest: sha256(config) },
      layers,
    };
    const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
    await repository.putManifest(manifest, cosignTag(image.digest, 'att'));
  }

  /** Every policy of the file must let the image pass; the tester takes one at a time. */
  async function tested(content: unknown, reference: string): Promise<string> {
    for (const [index, text] of String(content)
      .split(/^---\n/m)
      .entries()) {
      await writeFile(join(folder, `cip-${index}.yaml`), text);
      const args = ['--policy', `cip-${index}.yaml`, '--image', reference];
      const { exitCode, stdout, stderr } = await runPeer('policy-tester', args, { cwd: folder, env: { HOME: folder } });
      if (exitCode !== 0) return `${stdout}${stderr}`;
    }
    return 'passed';
  }

  test.each(Array.from({ length: IMAGES }, (_, index) => index))(
    'approvals in an attestation tag count where they are right, image %i',
    async (index) => {
      const random = Random.of(13, 'policy-controller', index);
      const repository = await repositoryOf(`random/${index}`);
      const image = await pushOciImage(repository, { label: String(index) });
      const made: Made[] = Array.from({ length: 1 + random.below(5) }, () => ({
        by: random.pick(['ann', 'ben', 'eve']),
        flaw: random.pick(FLAWS) ?? 'none',
      }));
      const envelopes = made.map((one) =>
        envelopeOf(person(one.flaw === 'stranger' ? 'mallory' : one.by), approval(one, image.digest)),
      );
      await plant(repository, image, await Promise.all(envelopes));
      for (const { stages, of, needed, aged } of POLICIES) {
        const loaded = await policyFor(['ann', 'ben', 'eve'].map(person), stages);
        const target = { repositories: [registry.host], namespaces: [], verdictKeys: [] };
        const [file] = exportPolicyController(loaded, target, new Date()).files;
        const isRight = ({ flaw }: Made) => flaw === 'none' || (flaw === 'old' && !aged);
        const right = new Set(made.filter(isRight).map(({ by }) => by));
        const passes = of.filter((name) => right.has(name)).length >= needed;
        const said = await tested(file?.content, `${repository.name}@${image.digest}`);
        expect(said === 'passed', `${stages}\n${JSON.stringify(made)}\n${said}`).toBe(passes);
      }
    },
  );

  test('a verdict counts by its key, for its policy, when it passed without broken glass', async () => {
    const loaded = await policyFor([person('ann')], '  - { name: security, approvers: ann }');
    const ci = person('ci');
    const target = { repositories: [registry.host], namespaces: [], verdictKeys: spkisIn(Buffer.from(ci.publicKey)) };
    const [file] = exportPolicyController(loaded, target, new Date()).files;
    const right = {
      verifier: { id: 'urn:countersign:verify-all' },
      verificationResult: 'PASSED',
      verifiedLevels: ['POLICY_PASSED'],
      policy: { uri: 'test', digest: { sha256: loaded.digest.slice('sha256:'.length) } },
    };
    const cases: readonly (readonly [string, object, boolean])[] = [
      ['ci', right, true],
      ['ann', right, false],
      ['ci', { ...right, verifiedLevels: ['POLICY_PASSED_BY_BREAK_GLASS'] }, false],
      ['ci', { ...right, verificationResult: 'FAILED' }, false],
      ['ci', { ...right, policy: { uri: 'test', digest: { sha256: 'ab'.repeat(32) } } }, false],
      ['ci', { ...right, policy: undefined }, false],
    ];
    for (const [index, [by, predicate, passes]] of cases.entries()) {
      const repository = await repositoryOf(`verdict/${index}`);
      const image = await pushOciImage(repository, { label: `verdict ${index}` });
      await plant(repository, image, [await envelopeOf(person(by), statementAbout(image.digest, predicate))]);
      const said = await tested(file?.content, `${repository.name}@${image.digest}`);
      expect(said === 'passed', `${JSON.stringify(predicate)} by ${by}: ${said}`).toBe(passes);
    }
  });

  test('an image of another place is about no policy, and denied', async () => {
    const loaded = await policyFor([person('ann')], '  - { name: security, approvers: ann }');
    const target = { repositories: [`${registry.host}/team`], namespaces: [], verdictKeys: [] };
    const [file] = exportPolicyController(loaded, target, new Date()).files;
    const made = async (name: string) => {
      const repository = await repositoryOf(name);
      const image = await pushOciImage(repository, { label: name });
      await plant(repository, image, [
        await envelopeOf(person('ann'), approval({ by: 'ann', flaw: 'none' }, image.digest)),
      ]);
      return `${repository.name}@${image.digest}`;
    };
    expect(await tested(file?.content, await made('team/app'))).toBe('passed');
    expect(await tested(file?.content, await made('teams/app'))).toContain('is uncovered by policy');
  });
});
