// SPDX-License-Identifier: Apache-2.0
// Evidence that also stands in cosign's attestation tag: the same envelope, counted once, nothing of others lost, and
// taken away with the record that it copies.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { parseJson } from '../../src/base/json.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { type CosignAttestation, cosignTag, readCosignAttestations } from '../../src/oci/cosign/cosign.ts';
import { keepCosignAttestations, legacyLayers } from '../../src/oci/cosign/write.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { readBundle, isBundleReferrer } from '../../src/oci/referrers/bundles.ts';
import { attestationOf, keepAttestations } from '../../src/stage/plain/cosign-tags.ts';
import { FakeHost } from '../support/fake-host.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  NOW,
  type Person,
  policyFor,
  stagesOf,
  x509Person,
} from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { vectorPath } from '../support/vectors.ts';

const SBOM = 'https://cyclonedx.org/bom';
let alice: Person;
let ci: Person;
let sam: Person;

beforeAll(async () => {
  [alice, ci, sam] = await Promise.all([keyPerson('alice', 'p256'), keyPerson('ci', 'p256'), x509Person('sam')]);
});

interface Scene {
  readonly folder: string;
  readonly repository: Repository;
  readonly image: Manifest;
}

async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const repository = await openIn(await startRegistry());
  const image = await pushOciImage(repository, { tag: '1' });
  for (const [name, { privateKey, publicKey, certificate, intermediates }] of Object.entries({ alice, ci, sam })) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    if (certificate !== undefined) await writeFile(join(folder, `${name}.crt`), certificate);
    if (intermediates !== undefined) await writeFile(join(folder, `${name}.chain`), intermediates);
  }
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1\nname: test\nprincipals: { alice: { key: alice.pub }, ci: { key: ci.pub } }\nstages: [{ name: author, approvers: alice }]\n`,
  );
  for (const version of [1, 2])
    await writeFile(
      join(folder, `sbom-${version}.json`),
      JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version, components: [] }),
    );
  return { folder, repository, image };
}

const BY_CI = { 'signing-method': 'key', 'key-path': 'ci.key' };
const BY_SAM = {
  'signing-method': 'x509',
  'key-path': 'sam.key',
  'certificate-path': 'sam.crt',
  'certificate-chain-path': 'sam.chain',
};
let seconds = 0;

async function run({ folder, repository, image }: Scene, command: Command, texts: Readonly<Record<string, string>>) {
  seconds += 1;
  await using host = new FakeHost({ cwd: folder, now: new Date(NOW.getTime() + seconds * 1000) });
  return runCommand(command, { 'subject-name': `${repository.name}@${image.digest}`, ...texts }, host);
}

function scan(here: Scene, texts: Readonly<Record<string, string>> = BY_CI, tag = 'true') {
  return run(here, scanAttest, { 'sbom-path': 'sbom-1.json', 'attestation-tag': tag, ...texts });
}

async function layersIn({ repository, image }: Scene): Promise<readonly unknown[]> {
  const tag = cosignTag(image.digest, 'att');
  const manifest = await repository.getManifest(tag);
  return manifest ? legacyLayers(manifest, tag).layers : [];
}

async function bundlesOn({ repository, image }: Scene): Promise<readonly Uint8Array[]> {
  const { referrers } = await repository.listReferrers(image.digest);
  const found = referrers.filter(isBundleReferrer).map((referrer) => readBundle(repository, referrer, 'none'));
  return (await Promise.all(found)).map(({ bytes }) => bytes);
}

test('the tag holds the envelope of the bundle as cosign has it', async () => {
  const here = await scene();
  await scan(here);
  const tag = cosignTag(here.image.digest, 'att');
  const manifest = parseJson((await here.repository.getManifest(tag))?.bytes ?? new Uint8Array(), 'the tag');
  expect(manifest).toMatchObject({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json' },
    layers: [
      {
        mediaType: 'application/vnd.dsse.envelope.v1+json',
        annotations: { predicateType: SBOM, 'dev.cosignproject.cosign/signature': '' },
      },
    ],
  });
  const [attestation] = await readCosignAttestations(here.repository, here.image.digest);
  const [bundle] = await bundlesOn(here);
  const { dsseEnvelope } = JSON.parse(new TextDecoder().decode(bundle));
  const { payload, payloadType, signatures } = dsseEnvelope;
  expect(JSON.parse(new TextDecoder().decode(attestation?.envelope))).toEqual({
    payload,
    payloadType,
    signatures: [{ keyid: '', sig: signatures[0].sig }],
  });
});

test('nothing is written there unless asked', async () => {
  const here = await scene();
  await scan(here, BY_CI, 'false');
  expect(await layersIn(here)).toEqual([]);
});

test('what is attached already gets into the tag when that is asked for later', async () => {
  const here = await scene();
  const policy = { 'policy-path': 'policy.yaml', ...BY_CI };
  await scan(here, policy, 'false');
  const { text } = await scan(here, policy);
  expect(text).toContain('was there already');
  expect(await layersIn(here)).toHaveLength(1);
  await scan(here, policy);
  expect(await layersIn(here)).toHaveLength(1);
});

type Altered = (one: CosignAttestation) => Partial<CosignAttestation>;

test.each<[string, () => Person, Readonly<Record<string, string>>, Altered]>([
  ['a bare key', () => ci, BY_CI, () => ({})],
  ['a bare key beside no certificate', () => ci, BY_CI, () => ({ certificate: 'none', chain: 'none' })],
  ['a certificate', () => sam, BY_SAM, () => ({})],
])('by %s it is one statement with its bundle, and alone still evidence', async (_, person, by, altered) => {
  const here = await scene();
  await scan(here, by);
  const judge = await judgeTrusting([person()]);
  const at = { repository: here.repository, reference: here.image.digest };
  const both = await verdictOn(at, judge);
  expect(both.evidence.map(({ predicateType, status }) => [predicateType, status])).toEqual([[SBOM, 'valid']]);
  const tagged = await readCosignAttestations(here.repository, here.image.digest);
  const repository = await openIn(await startRegistry());
  await pushOciImage(repository, { tag: '1' });
  const ours = tagged.map((one) => ({ ...one, predicateType: SBOM, ...altered(one) }));
  await keepCosignAttestations(repository, here.image.digest, { ours, clock: testClock() });
  const alone = await verdictOn({ repository, reference: here.image.digest }, judge);
  expect(alone.evidence.map(({ status }) => status)).toEqual(['valid']);
});

test('a newer verdict takes the place of the earlier one there too, and what others wrote stays', async () => {
  const here = await scene();
  const { repository, image } = here;
  const judge = await judgeTrusting([alice]);
  const clock = testClock();
  await signRemotely({ repository, reference: '1' }, alice, 'author', { judge, verifyData: true, clock });
  const others = { envelope: utf8('{}'), predicateType: 'urn:others', certificate: undefined, chain: undefined };
  await keepCosignAttestations(repository, image.digest, { ours: [others], clock });
  const verify = { 'policy-path': 'policy.yaml', 'attestation-tag': 'true', ...BY_CI };
  await run(here, verifyAll, verify);
  const first = await layersIn(here);
  await run(here, verifyAll, verify);
  const second = await layersIn(here);
  expect(first).toHaveLength(2);
  expect(second).toHaveLength(2);
  expect(second[0]).toEqual(first[0]);
  expect(second[1]).not.toEqual(first[1]);
});

test('evidence that stands in the tag alone is still there when its key is known no more', async () => {
  const here = await scene();
  const { repository, image } = here;
  const other = await openIn(await startRegistry());
  await pushOciImage(other, { tag: '1' });
  await run({ ...here, repository: other }, scanAttest, { 'sbom-path': 'sbom-1.json', ...BY_CI });
  const [bundle] = await bundlesOn({ ...here, repository: other });
  if (!bundle) throw new Error('nothing was signed');
  const clock = testClock();
  await keepCosignAttestations(repository, image.digest, { ours: [attestationOf(bundle)], clock });
  const judge = await judgeTrusting([alice, ci]);
  await signRemotely({ repository, reference: image.digest }, alice, 'author', { judge, verifyData: true, clock });
  const without = await judgeTrusting([alice]);
  const verdict = await verdictOn({ repository, reference: image.digest }, without);
  expect(verdict.layers[0]?.approval?.evidence).toMatchObject([{ predicateType: SBOM, found: true }]);
  expect(verdict.verdict).toBe('passed');
});

describe('findings that stand in the tag alone', () => {
  /** Signed findings of another place, as they get into the tag here; of this image, or of an index with two platforms. */
  async function rested(reports: readonly string[], { here, tag = '1' }: { here: Scene; tag?: string }) {
    const other = await openIn(await startRegistry());
    const push = (repository: Repository) =>
      tag === '1' ? pushOciImage(repository, { tag }) : pushOciIndex(repository, tag).then(([index]) => index);
    const [image] = [await push(here.repository), await push(other)];
    const ours: (CosignAttestation & { predicateType: string })[] = [];
    for (const name of reports) {
      const before = await bundlesOn({ ...here, repository: other, image });
      const report = { 'scan-report': vectorPath(`scan/${name}.json`), 'fail-on': 'none', ...BY_CI };
      await run({ ...here, repository: other, image }, scanAttest, report);
      const made = (await bundlesOn({ ...here, repository: other, image })).filter(
        (bundle) => !before.some((old) => Buffer.from(old).equals(bundle)),
      );
      ours.push(...made.map(attestationOf));
    }
    await keepCosignAttestations(here.repository, image.digest, { ours, clock: testClock() });
    const rules =
      '  - { name: author, approvers: alice, requires: [{ evidence: findings, signedBy: ci, failOn: high }] }';
    const now = new Date('2026-12-01T00:00:00Z');
    const judge = await judgeBy(await policyFor([alice, ci], rules), now);
    const at = { repository: here.repository, reference: image.digest };
    const plain = await judgeTrusting([alice, ci]);
    await signRemotely(at, alice, 'author', { judge: plain, verifyData: true, clock: testClock() });
    const { verdict, stages } = await verdictOn(at, judge);
    return { verdict, why: JSON.stringify(stages) };
  }

  test.each(['1', 'both'])('fulfil what a stage requires of %s', async (tag) => {
    const here = await scene();
    expect(await rested(['grype-0.121.3-empty'], { here, tag })).toMatchObject({ verdict: 'passed' });
  });

  test.each(['1', 'both'])('count where they are newer and worse, of %s', async (tag) => {
    const here = await scene();
    const { verdict, why } = await rested(['grype-0.121.3-empty', 'grype-0.121.3-oracle'], { here, tag });
    expect(verdict).toBe('failed');
    expect(why).toContain('EVIDENCE_FINDINGS');
  });
});

test('an approval in the tag is none by itself, and no evidence', async () => {
  const here = await scene();
  const { repository, image } = here;
  const judge = await judgeTrusting([alice], { requiredStages: ['author'] });
  const other = await openIn(await startRegistry());
  await pushOciImage(other, { tag: '1' });
  const clock = testClock();
  await signRemotely({ repository: other, reference: '1' }, alice, 'author', { judge, verifyData: true, clock });
  const [approval] = await bundlesOn({ ...here, repository: other });
  if (!approval) throw new Error('nothing was signed');
  await keepCosignAttestations(repository, image.digest, { ours: [attestationOf(approval)], clock });
  const verdict = await verdictOn({ repository, reference: image.digest }, judge);
  expect(stagesOf(verdict)).not.toMatchObject({ author: 'passed' });
  expect(verdict.verdict).toBe('failed');
  expect(verdict.evidence).toEqual([]);
  expect(verdict.notJudged).toHaveLength(1);
});

test('of parallel writers each finds its own, and what one overwrote is put back by the next', async () => {
  const here = await scene();
  const { repository, image } = here;
  await Promise.all([scan(here), scan(here, { ...BY_SAM, 'sbom-path': 'sbom-2.json' })]);
  expect(await layersIn(here)).toHaveLength(2);
  const [first] = await bundlesOn(here);
  if (!first) throw new Error('nothing was attached');
  const old = await repository.getManifest(cosignTag(image.digest, 'att'));
  if (!old) throw new Error('no tag');
  const empty = { ...JSON.parse(new TextDecoder().decode(old.bytes)), layers: [] };
  await repository.putManifest(
    makeManifest(utf8(JSON.stringify(empty)), old.mediaType),
    cosignTag(image.digest, 'att'),
  );
  await keepAttestations(repository, image.digest, { bundles: [first], atHand: new Map(), clock: testClock() });
  expect(await layersIn(here)).toHaveLength(2);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['no key', {}],
  ['a file', { ...BY_CI, store: 'file' }],
])('it is refused with %s', async (_, texts) => {
  const here = await scene();
  const refused = run(here, scanAttest, { 'sbom-path': 'sbom-1.json', 'attestation-tag': 'true', ...texts });
  await expect(refused).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
});
