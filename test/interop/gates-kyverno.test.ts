// SPDX-License-Identifier: Apache-2.0
// `simulate kyverno` against the real CLI of Kyverno (1.19.1, found on PATH as `kyverno`): the same images under the same
// policies, hundreds of them, and the exported policy on all parts of a pod.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spkisIn } from '../../src/crypto/keys.ts';
import { systemClock } from '../../src/base/clock.ts';
import { exportKyverno } from '../../src/gates/kubernetes/kyverno.ts';
import { judgeByKyverno } from '../../src/gates/kubernetes/simulate.ts';
import { wantedSummaries } from '../../src/gates/kubernetes/wanted.ts';
import type { GateVerdict } from '../../src/gates/verdict.ts';
import { openRegistryImage, type RegistryImage } from '../../src/image/registry/image.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import type { LoadedPolicy } from '../../src/policy/document/load.ts';
import { Random } from '../fuzz/random.ts';
import { judgeTrusting, keyPerson, type Person, policyFor } from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { attachPlain, attachStatement, plainBundle, plainStatement } from '../support/plain-cosign.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { launchRegistry, type RegistryProcess } from '../support/registry-process.ts';

const BATCHES = 8;
const POLICIES = 5;
const IMAGES = Math.ceil(Number(process.env['GATE_CASES'] ?? 320) / BATCHES / POLICIES);
const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const missing = !hasPeers('docker-registry', 'kyverno');

/** What Kyverno says of one pod under one policy. */
interface Said {
  readonly result: string;
  readonly message: string;
}

/** How often something is wrong. */
interface Odds {
  readonly random: Random;
  readonly rare: (times: number) => boolean;
}

describe.skipIf(missing)('Kyverno, simulated (skipped without kyverno and docker-registry)', () => {
  let folder = '';
  let registry: RegistryProcess;
  let people: [Person, Person, Person];
  let ci: Person;
  const outcomes: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-kyverno-'));
    registry = await launchRegistry(folder);
    people = [await keyPerson('ann', 'p256'), await keyPerson('ben', 'ed25519'), await keyPerson('eve', 'p384')];
    ci = await keyPerson('ci', 'p256');
  });

  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function repositoryOf(name: string): Promise<Repository> {
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    return (await openRepository(`${registry.host}/${name}`, options)).repository;
  }

  /** What the CLI says of pods under policies, by `policy/pod`. */
  async function applied(policies: readonly string[], pods: readonly object[]): Promise<ReadonlyMap<string, Said>> {
    const at = await mkdtemp(join(folder, 'apply-'));
    await writeFile(join(at, 'policies.yaml'), policies.join('---\n'));
    await writeFile(join(at, 'pods.yaml'), pods.map((one) => JSON.stringify(one)).join('\n---\n'));
    const flags = ['--registry', '--policy-report', '--output-format', 'json', '--continue-on-fail'];
    const args = ['apply', 'policies.yaml', '--resource', 'pods.yaml', ...flags];
    const { stdout, stderr } = await runPeer('kyverno', args, { cwd: at, env: { HOME: at } });
    const json = stdout.slice(stdout.indexOf('\n{') + 1);
    if (!json.startsWith('{')) throw new Error(`kyverno said ${stdout}${stderr}`);
    const { results } = JSON.parse(json) as {
      results: { policy: string; result: string; message: string; resources: { name: string }[] }[];
    };
    return new Map(
      results.map(({ policy, result, message, resources }) => [`${policy}/${resources[0]?.name}`, { result, message }]),
    );
  }

  function pod(name: string, ...images: readonly string[]): object {
    const containers = images.map((image, index) => ({ name: `c${index}`, image }));
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers } };
  }

  function named(content: unknown, name: string): string {
    return String(content).replace('name: "countersign"', `name: ${JSON.stringify(name)}`);
  }

  function target(verdictKeys: readonly Uint8Array[] = []) {
    return { repositories: [registry.host], namespaces: [], verdictKeys };
  }

  async function randomPolicy(random: Random) {
    const names = people.map(({ name }) => name);
    const [one, two] = [random.pick(names), random.pick(names)];
    const age = random.pick(['', '', ', maxAge: 2d']);
    const id = random.pick(['', '', ', id: "https://example.org/security"']);
    const stages = random.pick([
      `  - { name: security, approvers: ${one}${age}${id} }`,
      `  - { name: security, approvers: [ann, ben, eve]${age} }`,
      `  - { name: security, approvers: [ann, ben, eve], threshold: 2${age}${id} }`,
      `  - { name: author, approvers: ${one} }\n  - { name: security, approvers: ${two}${age} }`,
    ]);
    const loaded = await policyFor(people, stages);
    return { loaded, verdictKeys: random.once(4) ? spkisIn(Buffer.from(ci.publicKey)) : [] };
  }

  /** A summary that is right, or wrong in one place or another. */
  function summary(odds: Odds, by: Person, { digest, policy }: LoadedPolicy): object {
    const { random, rare } = odds;
    const iso = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const stages = policy.stages.filter(({ approvers }) => approvers.includes(by.name));
    const right = random.pick(stages)?.id ?? 'urn:countersign:stage:security';
    const approval = {
      verifier: { id: rare(4) ? random.pick(['urn:countersign:stage:author', undefined]) : right },
      timeVerified: iso(rare(3) ? -3 : -0.5),
      verificationResult: rare(10) ? 'FAILED' : 'PASSED',
      countersign: rare(10) ? undefined : { expires: rare(4) ? iso(-1) : random.pick([null, iso(1)]) },
    };
    const levels = random.pick([['POLICY_PASSED_BY_BREAK_GLASS'], undefined]);
    const verdict = {
      verifier: { id: 'urn:countersign:verify-all' },
      timeVerified: iso(-0.5),
      policy: { uri: 'test', digest: { sha256: rare(6) ? 'ab'.repeat(32) : digest.slice('sha256:'.length) } },
      verificationResult: rare(6) ? 'FAILED' : 'PASSED',
      verifiedLevels: rare(6) ? levels : ['POLICY_PASSED'],
    };
    if (rare(25)) return random.pick([{}, [], { verifier: 'x' }] as [object, ...object[]]);
    return (by === ci) !== rare(5) ? verdict : approval;
  }

  /** Bundles in the order of a registry: summaries, evidence, about other images, by strangers, damaged. */
  async function attachSome(
    repository: Repository,
    image: Manifest,
    random: Random,
    loaded: LoadedPolicy,
  ): Promise<void> {
    const good = random.once(2);
    const odds: Odds = { random, rare: (times) => random.once(good ? times * 10 : times) };
    const { rare } = odds;
    const signers = [...people, ci, ...(good ? [] : people)].filter(() => !rare(3));
    for (const person of signers.toSorted(() => random.below(3) - 1)) {
      const sha256 = rare(8) ? '0'.repeat(64) : image.digest.slice('sha256:'.length);
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [...(random.once(5) ? [{ digest: { sha256: '1'.repeat(64) } }] : []), { digest: { sha256 } }],
        predicateType: rare(5) ? 'https://cyclonedx.org/bom' : SUMMARY,
        predicate: summary(odds, person, loaded),
      };
      if (rare(12)) {
        const bytes = await plainBundle({ person, statement });
        await attachPlain(repository, image, { bytes: random.once(2) ? bytes.slice(1) : bytes, companions: [NOTE] });
      } else await attachStatement(repository, image, { person, statement, ...oddity(odds) });
    }
  }

  const NOTE = { mediaType: 'text/plain', bytes: Buffer.from('a note') };

  function oddity({ random, rare }: Odds) {
    if (rare(15)) return { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' };
    if (!rare(15)) return {};
    const alter = (bundle: Record<string, unknown>) => {
      const { dsseEnvelope } = bundle as { dsseEnvelope: { signatures: object[] } };
      const [signature] = dsseEnvelope.signatures;
      const signatures = random.pick([[], [{ ...signature, keyid: 'another' }], [signature, signature]]);
      return { ...bundle, dsseEnvelope: { ...dsseEnvelope, signatures } };
    };
    return { alter };
  }

  test.each(Array.from({ length: BATCHES }, (_, batch) => batch))(
    'random bundles under random policies are judged as by Kyverno, part %i',
    async (batch) => {
      const random = Random.of(19, 'kyverno', batch);
      const policies = [];
      for (let count = 0; count < POLICIES; count += 1) policies.push(await randomPolicy(random));
      const [first] = policies;
      if (!first) throw new Error('no policy');
      const images: RegistryImage[] = [];
      for (let count = 0; count < IMAGES; count += 1) {
        const repository = await repositoryOf(`random/${batch}-${count}`);
        const image = await pushOciImage(repository, { label: `${batch} ${count}` });
        await attachSome(repository, image, random, (random.pick(policies) ?? first).loaded);
        images.push(await openRegistryImage(repository, image.digest));
      }
      const texts = policies.map(({ loaded, verdictKeys }, index) =>
        named(exportKyverno(loaded, target(verdictKeys), new Date()).files[0]?.content, `p${index}`),
      );
      const said = await applied(
        texts,
        images.map(({ name }, index) => pod(`i${index}`, name)),
      );
      expect(said.size).toBe(POLICIES * IMAGES);
      for (const [number, { loaded, verdictKeys }] of policies.entries()) {
        const { wanted } = wantedSummaries(loaded, loaded.policy.stages, {
          verdictKeys,
          now: new Date(),
          readsNames: true,
        });
        for (const [index, image] of images.entries()) {
          const ours = await judgeByKyverno(image, wanted, new Date());
          outcomes.push(ours.verdict);
          agree(ours, said.get(`p${number}/i${index}`), `${batch} p${number} i${index}\n${texts[number]}`);
        }
      }
    },
  );

  function agree(ours: GateVerdict, theirs: Said | undefined, about: string): void {
    const what = `${about}\nours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(theirs)}`;
    if (ours.verdict === 'allowed') expect(theirs, what).toMatchObject({ result: 'pass' });
    else if (ours.verdict === 'denied' && theirs?.result !== 'error')
      expect(theirs, what).toMatchObject({ result: 'fail', message: ours.words });
    else expect(theirs?.result, what).not.toBe(ours.verdict === 'denied' ? 'pass' : undefined);
  }

  test('the cases above were of both kinds, and few were undecided', () => {
    const count = (verdict: string) => outcomes.filter((one) => one === verdict).length;
    expect(outcomes.length).toBe(BATCHES * POLICIES * IMAGES);
    expect(count('allowed')).toBeGreaterThan(outcomes.length / 8);
    expect(count('denied')).toBeGreaterThan(outcomes.length / 4);
    expect(count('unknown')).toBeLessThan(outcomes.length / 20);
  });

  /** An image that ann approved at the stage `security`, and the policy that asks for it. */
  async function approvedBySecurity(name: string) {
    const repository = await repositoryOf(name);
    const [index, amd64, arm64] = await pushOciIndex(repository, '1');
    const [ann] = people;
    const judge = await judgeTrusting([ann], { now: new Date() });
    await signRemotely({ repository, reference: '1' }, ann, 'security', {
      judge,
      verifyData: true,
      clock: systemClock(),
    });
    const bare = await pushOciImage(repository, { label: 'nobody approved it' });
    const loaded = await policyFor([ann], '  - { name: security, approvers: ann }');
    return { repository, index, amd64, arm64, bare, loaded };
  }

  test('every image of a pod is looked at, wherever in the pod it stands', async () => {
    const { repository, index, amd64, arm64, bare, loaded } = await approvedBySecurity('parts/app');
    const place = (digest = '') => `${repository.name}@${digest}`;
    const good = { name: 'a', image: place(index.digest) };
    const bad = { name: 'b', image: place(bare.digest) };
    const elsewhere = await repositoryOf('elsewhere/app');
    const { digest } = await pushOciImage(elsewhere, { label: 'x' });
    const volume = (image: string) => [{ name: 'v', image: { reference: image } }];
    const specs: Readonly<Record<string, readonly [object, string]>> = {
      good: [{ containers: [good], initContainers: [good], volumes: volume(good.image) }, 'pass'],
      platforms: [
        {
          containers: [
            { ...good, image: place(amd64?.digest) },
            { ...good, image: place(arm64?.digest) },
          ],
        },
        'pass',
      ],
      tagged: [{ containers: [{ ...good, image: `${repository.name}:1@${index.digest}` }] }, 'pass'],
      container: [{ containers: [good, bad] }, 'fail'],
      init: [{ containers: [good], initContainers: [bad] }, 'fail'],
      ephemeral: [{ containers: [good], ephemeralContainers: [bad] }, 'fail'],
      volume: [{ containers: [good], volumes: volume(bad.image) }, 'fail'],
      place: [{ containers: [{ ...good, image: `${elsewhere.name}@${digest}` }] }, 'fail'],
      tag: [{ containers: [{ ...good, image: `${repository.name}:1` }] }, 'fail'],
    };
    const pods = Object.entries(specs).map(([name, [spec]]) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec,
    }));
    const { files } = exportKyverno(loaded, { ...target(), repositories: [repository.name] }, new Date());
    const said = await applied([named(files[0]?.content, 'p')], pods);
    for (const [name, [, result]] of Object.entries(specs))
      expect(said.get(`p/${name}`), name).toMatchObject({ result });
    expect(said.get('p/place')?.message).toBe(`an image is from another place than ${repository.name}`);
  });

  test('of an index it reads linux/amd64, and judges none without', async () => {
    const repository = await repositoryOf('arm/app');
    const [index] = await pushOciIndex(repository, '1', ['arm64']);
    const [ann] = people;
    const judge = await judgeTrusting([ann], { now: new Date() });
    const how = { judge, verifyData: true, clock: systemClock() };
    await signRemotely({ repository, reference: '1' }, ann, 'security', how);
    const loaded = await policyFor([ann], '  - { name: security, approvers: ann }');
    const text = named(exportKyverno(loaded, target(), new Date()).files[0]?.content, 'p');
    const said = await applied([text], [pod('arm', `${repository.name}@${index.digest}`)]);
    expect(said.get('p/arm')).toMatchObject({
      result: 'error',
      message: expect.stringContaining('no child with platform'),
    });
    const { wanted } = wantedSummaries(loaded, loaded.policy.stages, { verdictKeys: [], now: new Date() });
    const image = await openRegistryImage(repository, index.digest);
    expect(await judgeByKyverno(image, wanted, new Date())).toMatchObject({ verdict: 'unknown' });
  });

  test('evidence by an approver’s key is no approval, though a rule that asks for the key alone takes it for one', async () => {
    const { repository, bare, loaded } = await approvedBySecurity('evidence/app');
    const [person] = people;
    const subject = [{ digest: { sha256: bare.digest.slice('sha256:'.length) } }];
    await attachStatement(repository, bare, { person, statement: plainStatement(subject) });
    const text = named(exportKyverno(loaded, target(), new Date()).files[0]?.content, 'ours');
    const plain = text
      .replace(
        /verifyAttestationSignatures\(image, attestations.summary, (\S+)\) > 0 &&[^]*$/,
        'verifyImageSignatures(image, $1) > 0))\n',
      )
      .replace('name: "ours"', 'name: "plain"');
    const said = await applied([text, plain], [pod('bare', `${repository.name}@${bare.digest}`)]);
    expect(said.get('ours/bare')?.result).toBe('fail');
    // Asked for a signature by the key alone, Kyverno takes what is no approval.
    expect(said.get('plain/bare')?.result).toBe('pass');
  });
});
