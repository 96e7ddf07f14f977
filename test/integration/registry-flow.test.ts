// SPDX-License-Identifier: Apache-2.0
// Layers on their way: attached in a registry, put into the file, carried to another place, put back into lists.

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../src/base/bytes.ts';
import type { FoundBundle } from '../../src/image/bundle.ts';
import { describeRegistryImage } from '../../src/image/inspect.ts';
import { readAttachments } from '../../src/image/registry/attachments.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { verifyRegistryImage } from '../../src/image/registry/examine.ts';
import { createCriteria, type Criteria, verifySifFile } from '../../src/image/verify.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import { makeManifest, parseManifest } from '../../src/oci/manifest.ts';
import type { ReferrerList, Repository } from '../../src/oci/oci.ts';
import { referrersTag } from '../../src/oci/reference.ts';
import { attachBundle } from '../../src/oci/referrers/bundles.ts';
import { bundleToAttach } from '../../src/stage/bundles.ts';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { registryTarget } from '../../src/stage/registry-target.ts';
import { sifFileTarget } from '../../src/stage/sif-target.ts';
import { signStage, type StageRequest } from '../../src/stage/stage.ts';
import { assembleFile, planAssembly } from '../../src/transfer/assemble.ts';
import { promoteImage } from '../../src/transfer/promote.ts';
import { publishSif } from '../../src/transfer/publish.ts';
import { repairImage } from '../../src/transfer/repair.ts';
import {
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  stageRequest,
  x509Person,
} from '../support/layers.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { beforeAll, describe, expect, test } from 'vitest';

const DEMO_IMAGE = join(import.meta.dirname, '..', '..', 'assets', 'demo', 'hello.sif');
const STAGES = ['author', 'security', 'production'] as const;

let people: readonly [Person, Person, Person];
let judge: Criteria;

beforeAll(async () => {
  people = [await pgpPerson('ada'), await x509Person('sam'), await keyPerson('pat', 'p256')];
  judge = await judgeBy(await policyFor(people, pipeline('ada', 'sam', 'pat')));
});

function requestFor(person: Person, stage: string): StageRequest {
  return stageRequest(person.signer, stage, NOW, { resourceUri: 'file:app.sif' });
}

/** The demo image, pushed and approved at all stages in the registry; the file itself stays unsigned. */
async function approvedIn(repository: Repository, read: 'all' | 'first' = 'all'): Promise<string> {
  const path = join(await temporaryFolder(), 'app.sif');
  await copyFile(DEMO_IMAGE, path);
  await publishSif(repository, { path, name: path, title: 'app.sif', tags: ['1'], criteria: undefined });
  for (const [index, stage] of STAGES.entries()) {
    const target = registryTarget({
      repository,
      reference: '1',
      place: repository.name,
      verifyData: read === 'all' || index === 0,
      clock: testClock(),
    });
    const person = people[index];
    if (!person) throw new Error('nobody for this stage');
    const now = new Date(NOW.getTime() + index * 1000);
    const { outcome } = await signStage(target, judge, { ...requestFor(person, stage), now });
    expect(outcome).toBe('signed');
  }
  return path;
}

async function repositoryIn(options: Parameters<typeof startRegistry>[0] = {}, name = 'team/app'): Promise<Repository> {
  return openIn(await startRegistry(options), { name });
}

test('layers are shown in the order of approval, in whatever order the registry lists them', async () => {
  const repository = await repositoryIn();
  await approvedIn(repository);
  const listing = (turn: (list: ReferrerList['referrers']) => ReferrerList['referrers']) => ({
    async listReferrers(subject: Digest): Promise<ReferrerList> {
      const list = await repository.listReferrers(subject);
      return { ...list, referrers: turn(list.referrers) };
    },
  });
  for (const turn of [
    (list: ReferrerList['referrers']) => list,
    (list: ReferrerList['referrers']) => list.toReversed(),
  ]) {
    const own = new Map(Object.entries(listing(turn)));
    const turned = new Proxy(repository, {
      get: (it, name) => own.get(String(name)) ?? bound(it, Reflect.get(it, name)),
    });
    const image = { ...(await openRegistryImage(repository, '1')), repository: turned };
    const { layers } = await verifyRegistryImage(image, judge, { verifyData: false });
    const approvals = layers.filter(({ kind }) => kind === 'bundle');
    expect(approvals.map(({ stage }) => stage)).toEqual(STAGES);
    const shown = (await describeRegistryImage(image)).layers.filter(({ kind }) => kind === 'approval');
    expect(shown.map(({ stage }) => stage)).toEqual(STAGES);
  }
});

/** A method as a method of its own object, which private fields ask for. */
function bound(of: object, member: unknown): unknown {
  return typeof member === 'function' ? member.bind(of) : member;
}

describe('assembling', () => {
  test('puts all layers into the file, which then passes by itself', async () => {
    const repository = await repositoryIn();
    const path = await approvedIn(repository);
    const layers = await readAttachments(await openRegistryImage(repository, '1'));
    const { added, leftOut, verdict } = await assembleFile(path, layers, { criteria: judge, now: NOW });
    expect({ verdict: verdict?.verdict, leftOut, added: added.length }).toEqual({
      verdict: 'passed',
      leftOut: [],
      added: 4,
    });
    expect((await verifySifFile(path, judge)).verdict.verdict).toBe('passed');
  });

  test('gives the same bytes in whatever order layers came, with or without trust, today or tomorrow', async () => {
    const repository = await repositoryIn();
    const path = await approvedIn(repository);
    const { bundles, natives } = await readAttachments(await openRegistryImage(repository, '1'));
    const tomorrow = new Date(NOW.getTime() + 86_400_000);
    const results: Buffer[] = [];
    for (const [index, order] of [
      bundles,
      bundles.toReversed(),
      [...bundles.slice(1), ...bundles.slice(0, 1)],
    ].entries()) {
      const copy = join(await temporaryFolder(), `copy-${index}.sif`);
      await copyFile(path, copy);
      const trust = index === 2 ? undefined : judge;
      await assembleFile(copy, { bundles: order, natives }, { criteria: trust, now: index === 1 ? tomorrow : NOW });
      results.push(await readFile(copy));
    }
    expect(results.map((bytes) => bytes.equals(results[0] ?? Buffer.alloc(0)))).toEqual([true, true, true]);
  });

  test('twice changes nothing the second time', async () => {
    const repository = await repositoryIn();
    const path = await approvedIn(repository);
    const layers = await readAttachments(await openRegistryImage(repository, '1'));
    await assembleFile(path, layers, { criteria: judge, now: NOW });
    const once = await readFile(path);
    expect((await assembleFile(path, layers, { criteria: judge, now: NOW })).added).toEqual([]);
    expect((await readFile(path)).equals(once)).toBe(true);
  });

  test('leaves out what strangers attached, and what is about other content', async () => {
    const repository = await repositoryIn();
    const path = await approvedIn(repository);
    const stranger = await keyPerson('stranger');
    const strangers = await judgeBy(await policyFor([stranger], pipeline('stranger', 'stranger', 'stranger')));
    const alone = join(await temporaryFolder(), 'alone.sif');
    await copyFile(DEMO_IMAGE, alone);
    const forged = await signStage(sifFileTarget(alone), strangers, requestFor(stranger, 'author'));
    const planted: FoundBundle = {
      place: { in: 'registry', name: 'planted' },
      bytes: forged.bundle ?? new Uint8Array(),
    };
    const { bundles, natives } = await readAttachments(await openRegistryImage(repository, '1'));
    const { added, leftOut } = await assembleFile(
      path,
      { bundles: [planted, ...bundles], natives },
      { criteria: judge, now: NOW },
    );
    expect(added).toHaveLength(4);
    expect(leftOut).toEqual([{ where: 'planted', why: 'its signature is unknown-signer' }]);
  });

  test('leaves out an approval whose native signature is nowhere, and those that build on it', async () => {
    const repository = await repositoryIn();
    const path = await approvedIn(repository);
    const before = await readFile(path);
    const { bundles, natives } = await readAttachments(await openRegistryImage(repository, '1'));
    for (const trust of [judge, undefined]) {
      const { added, leftOut } = await assembleFile(path, { bundles, natives: [] }, { criteria: trust, now: NOW });
      expect(added).toEqual([]);
      expect(leftOut.map(({ why }) => why).toSorted()).toEqual([
        'it builds on an approval that is left out: pull the published image instead',
        'it builds on an approval that is left out: pull the published image instead',
        'its native signature is in the published image only: pull that image instead',
      ]);
    }
    expect((await readFile(path)).equals(before)).toBe(true);
    const misnamed = natives.map((native) => ({ ...native, fingerprint: 'AB'.repeat(20) }));
    const alone = { bundles, natives: misnamed };
    expect((await assembleFile(path, alone, { criteria: judge, now: NOW })).added).toEqual([]);
    await assembleFile(path, { bundles, natives: [...misnamed, ...natives] }, { criteria: judge, now: NOW });
    expect((await verifySifFile(path, judge)).verdict.verdict).toBe('passed');
  });

  test('a pushed approval travels with its native signature, whatever copies strangers attached before', async () => {
    const repository = await repositoryIn();
    const path = join(await temporaryFolder(), 'app.sif');
    await copyFile(DEMO_IMAGE, path);
    const { bundle } = await signStage(sifFileTarget(path), judge, requestFor(people[0], 'author'));
    const about = { path, name: path, title: 'app.sif', tags: ['1'], criteria: undefined };
    const first = await publishSif(await repositoryIn(), about);
    if (!first.sif || !bundle) throw new Error('nothing was published');
    // The same image, with a copy of the bundle that has no native signature attached before anything else.
    const { manifest } = first.sif;
    await attachBundle(repository, manifest, bundleToAttach(bundle));
    await publishSif(repository, about);
    const layers = await readAttachments(await openRegistryImage(repository, '1'));
    expect([layers.bundles.length, layers.natives.length]).toEqual([1, 1]);
    const copy = join(await temporaryFolder(), 'copy.sif');
    await copyFile(DEMO_IMAGE, copy);
    const { added, leftOut } = await assembleFile(copy, layers, { criteria: judge, now: NOW });
    expect({ added: added.length, leftOut }).toEqual({ added: 2, leftOut: [] });
    expect((await verifySifFile(copy, judge, { stages: ['author'] })).verdict.verdict).toBe('passed');
  });

  test('takes evidence of signers whom the policy does not know when a valid approval lists it', async () => {
    const path = join(await temporaryFolder(), 'app.sif');
    await copyFile(DEMO_IMAGE, path);
    const robot = await keyPerson('robot');
    const [ada] = people;
    const open = await createCriteria({ policy: undefined, material: ada.signer.publicMaterial, now: NOW });
    const statements = [{ predicateType: 'https://cyclonedx.org/bom', predicate: { components: [] } }];
    const [sbom] = await attachEvidence({ path, statements, signer: robot.signer, now: NOW });
    const { bundle } = await signStage(sifFileTarget(path), open, requestFor(ada, 'author'));
    const found = (bytes: Uint8Array | undefined, name: string): FoundBundle => ({
      place: { in: 'registry', name },
      bytes: bytes ?? new Uint8Array(),
    });
    const fresh = join(await temporaryFolder(), 'fresh.sif');
    await copyFile(DEMO_IMAGE, fresh);
    const { examination } = await verifySifFile(path, open);
    const natives = examination.natives.map((native) => ({
      ...native.found,
      object: undefined,
      place: { in: 'registry', name: 'native' } as const,
    }));
    const bundles = [found(bundle, 'approval'), found(sbom?.bundle, 'sbom')];
    expect((await assembleFile(fresh, { bundles, natives }, { criteria: open, now: NOW })).leftOut).toEqual([]);
    expect((await verifySifFile(fresh, judge, { stages: ['author'] })).verdict.verdict).toBe('passed');
  });

  test('is planned without touching the file', async () => {
    const repository = await repositoryIn();
    const path = await approvedIn(repository);
    const before = await readFile(path);
    const layers = await readAttachments(await openRegistryImage(repository, '1'));
    const { examination } = await verifySifFile(path, judge, { beside: layers.bundles, besideNatives: layers.natives });
    expect(planAssembly(examination, true).objects).toHaveLength(4);
    expect((await readFile(path)).equals(before)).toBe(true);
  });
});

test('who approved without reading the data approves anew with it, once', async () => {
  const repository = await repositoryIn();
  await approvedIn(repository, 'first');
  const again = async (verifyData: boolean): Promise<string> => {
    const target = registryTarget({
      repository,
      reference: '1',
      place: repository.name,
      verifyData,
      clock: testClock(),
    });
    return (await signStage(target, judge, requestFor(people[1], 'security'))).outcome;
  };
  expect([await again(false), await again(true), await again(true)]).toEqual(['unchanged', 'signed', 'unchanged']);
});

describe('promoting', () => {
  test('carries image, approvals and legacy signatures over, verifies there, and moves the tag', async () => {
    const from = await repositoryIn({}, 'staging/app');
    await approvedIn(from);
    const to = await repositoryIn({ referrersApi: true }, 'release/app');
    const promoted = await promote(from, to, judge);
    expect(promoted).toMatchObject({ verdict: { verdict: 'passed' }, attached: 3 });
    const image = await openRegistryImage(to, 'final');
    expect((await verifyRegistryImage(image, judge, { verifyData: true })).verdict).toBe('passed');
    const legacy = await to.getManifest(cosignTag(image.descriptor.digest, 'sig'));
    expect(legacy && parseManifest(legacy, 'the tag').layers).toHaveLength(2);
  });

  test.each([
    [true, []],
    [false, ['DATA_NOT_READ']],
  ] as const)('with verify-data %s the verdict says of the data %j', async (verifyData, said) => {
    const from = await repositoryIn({}, 'staging/app');
    await approvedIn(from);
    const { verdict } = await promote(from, await repositoryIn({}, 'release/app'), judge, verifyData);
    expect(verdict?.verdict).toBe('passed');
    expect(verdict?.reasons.map(({ code }) => code).filter((code) => code === 'DATA_NOT_READ')).toEqual(said);
    expect(verdict?.dataVerified).toBe(said.length === 0);
  });

  test('moves no tag and copies nothing on a failed verdict', async () => {
    const from = await repositoryIn({}, 'staging/app');
    await approvedIn(from);
    const to = await repositoryIn({}, 'release/app');
    const other = await keyPerson('other');
    const strict = await judgeBy(await policyFor([...people, other], pipeline('ada', 'sam', 'other')));
    expect(await promote(from, to, strict)).toMatchObject({ manifest: undefined, verdict: { verdict: 'failed' } });
    expect(await to.tags()).toEqual([]);
  });

  function promote(from: Repository, to: Repository, by: Criteria, verifyData = true) {
    return promoteImage('1', {
      from,
      to,
      mountFrom: undefined,
      tags: ['final'],
      criteria: by,
      verifyData,
      clock: testClock(),
    });
  }
});

describe('repairing', () => {
  test('puts entries that another writer dropped back into the shared lists', async () => {
    const repository = await repositoryIn();
    await approvedIn(repository);
    const image = await openRegistryImage(repository, '1');
    const { digest } = image.descriptor;
    await overwriteWithFirstOnly(repository, referrersTag(digest), 'manifests');
    await overwriteWithFirstOnly(repository, cosignTag(digest, 'sig'), 'layers');
    expect((await verifyRegistryImage(image, judge, { verifyData: false })).verdict).toBe('passed');
    expect(await repairImage(image, repository, testClock())).toEqual([
      {
        subject: digest,
        referrers: { before: 1, after: 3 },
        signatures: { before: 1, after: 2 },
        attestations: { before: 0, after: 0 },
        changed: true,
      },
    ]);
    expect(await repairImage(image, repository, testClock())).toEqual([
      {
        subject: digest,
        referrers: { before: 3, after: 3 },
        signatures: { before: 2, after: 2 },
        attestations: { before: 0, after: 0 },
        changed: false,
      },
    ]);
  });

  async function overwriteWithFirstOnly(repository: Repository, tag: string, list: 'manifests' | 'layers') {
    const manifest = await repository.getManifest(tag);
    if (!manifest) throw new Error(`no ${tag}`);
    const document = JSON.parse(Buffer.from(manifest.bytes).toString());
    const bytes = Buffer.from(JSON.stringify({ ...document, [list]: document[list].slice(0, 1) }));
    await repository.putManifest(makeManifest(bytes, manifest.mediaType), tag);
  }
});

describe('evidence that is kept outside the file', () => {
  test('is named by approvals when given, and not missed when it is not there', async () => {
    const path = join(await temporaryFolder(), 'app.sif');
    await copyFile(DEMO_IMAGE, path);
    const [ada] = people;
    const predicate = { components: 'x'.repeat(1_100_000) };
    const [large] = await attachEvidence({
      path,
      statements: [{ predicateType: 'https://cyclonedx.org/bom', predicate }],
      signer: ada.signer,
      now: NOW,
    });
    expect(large?.where).toBe('file');
    const beside: FoundBundle = {
      place: { in: 'registry', name: 'file app.sbom.sigstore.json' },
      bytes: large?.bundle ?? new Uint8Array(),
      evidenceOnly: true,
    };
    await signStage(sifFileTarget(path, [beside]), judge, requestFor(ada, 'author'));
    const only = { stages: ['author'] };
    const alone = await verifySifFile(path, judge, only);
    expect(alone.verdict.verdict).toBe('passed');
    const together = await verifySifFile(path, judge, { ...only, beside: [beside] });
    expect(together.verdict).toMatchObject({ verdict: 'passed', evidence: [{ status: 'valid' }] });
    const approval = together.examination.facts.layers.find((layer) => layer.approval)?.approval;
    expect(approval?.evidence).toEqual([
      {
        predicateType: 'https://cyclonedx.org/bom',
        digest: large?.digest,
        signer: expect.objectContaining({ key: ada.signer.identity.hint }),
        detached: true,
      },
    ]);
  });

  test('is no way to bring an approval in', async () => {
    const path = join(await temporaryFolder(), 'app.sif');
    const signed = join(await temporaryFolder(), 'signed.sif');
    await copyFile(DEMO_IMAGE, path);
    await copyFile(DEMO_IMAGE, signed);
    const { bundle } = await signStage(sifFileTarget(signed), judge, requestFor(people[0], 'author'));
    const beside: FoundBundle = {
      place: { in: 'registry', name: 'file author.sigstore.json' },
      bytes: bundle ?? new Uint8Array(),
      evidenceOnly: true,
    };
    const { verdict } = await verifySifFile(path, judge, { beside: [beside], stages: ['author'] });
    expect(verdict).toMatchObject({ verdict: 'failed', stages: [{ stage: 'author', verdict: 'missing' }], layers: [] });
  });
});
