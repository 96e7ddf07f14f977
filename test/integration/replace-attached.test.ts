// SPDX-License-Identifier: Apache-2.0
// Replacing an approval where it is attached: the old one counts no more, in whatever way the registry lets it go, and
// nobody is told that it went when it did not.

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { publishSif } from '../../src/transfer/publish.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { repairImage } from '../../src/transfer/repair.ts';
import type { StageResult } from '../../src/stage/stage.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { parseDigest, utf8 } from '../../src/base/bytes.ts';
import { readCosignSignatures } from '../../src/oci/cosign/cosign.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import { referrersTag } from '../../src/oci/reference.ts';
import { MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { judgeBy, keyPerson, NOW, type Person, pgpPerson, policyFor, signAs } from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { type Located, signRemotely, verdictOn } from '../support/registry-layers.ts';
import type { RegistryFaults, RegistryOptions, TestRegistry } from '../support/registry-server.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { codeOf } from '../support/signing.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';

const STAGES = ['  - { name: author, approvers: [ada] }', '  - { name: production, approvers: [prod] }'].join('\n');

let people: readonly [ada: Person, prod: Person];
let judge: Criteria;
/** A minute later: what was to last a second is over. */
let later: Criteria;

beforeAll(async () => {
  people = [await keyPerson('ada', 'p256'), await keyPerson('prod', 'p256')];
  const policy = await policyFor(people, STAGES);
  judge = await judgeBy(policy);
  later = await judgeBy(policy, new Date(NOW.getTime() + 60_000));
});

const FOR_A_SECOND = { replace: true, expires: new Date(NOW.getTime() + 1000) };

const LOGIN = { kind: 'bearer', user: 'prod', password: 'secret' } as const;

/** Approved by both for good. */
async function approved(at: Located): Promise<void> {
  for (const [index, stage] of ['author', 'production'].entries())
    await signRemotely(at, people[index] ?? people[0], stage, { judge });
}

function replaceLast(at: Located, by: Criteria = judge): Promise<StageResult> {
  return signRemotely(at, people[1], 'production', { judge: by, ...FOR_A_SECOND });
}

/** Verdict and reasons of the stages once the second is over. */
async function laterOn(at: Located) {
  const { verdict, stages } = await verdictOn(at, later);
  return { verdict, why: stages.flatMap(({ reasons }) => reasons.map(({ code }) => code)) };
}

const EXPIRED = { verdict: 'failed', why: expect.arrayContaining(['APPROVAL_EXPIRED']) };

async function inRegistry(options: RegistryOptions, faults: RegistryFaults = {}) {
  const registry = await startRegistry(options);
  Object.assign(registry.faults, faults);
  const open = () => openIn(registry, options.auth ?? {});
  const { digest } = await pushOciImage(await open(), { tag: 'v1' });
  return { registry, at: async (): Promise<Located> => ({ repository: await open(), reference: digest }) };
}

async function inLayout(): Promise<Repository> {
  const folder = join(await temporaryFolder(), 'oci');
  return new LayoutRepository(folder, await LayoutIndex.create(folder, testClock()));
}

async function repair({ repository, reference }: Located): Promise<void> {
  await repairImage(await openRegistryImage(repository, reference), repository, testClock());
}

function manifestsIn(registry: TestRegistry): number {
  return registry.repo('team/app').manifests.size;
}

describe('a replaced approval counts no more', () => {
  test.each<[string, RegistryOptions, RegistryFaults]>([
    ['where manifests can be deleted', { checkIndexes: true }, {}],
    ['where writes are conditional', { etags: true }, {}],
    ['where manifests can be deleted and tags cannot', { checkIndexes: true }, { noDelete: 'tags' }],
    ['where the registry lists referrers', { referrersApi: true }, {}],
    ['where nothing can be deleted and tags list what is attached', { checkIndexes: true }, { noDelete: 405 }],
    [
      'where deleting takes a right that the login has',
      { referrersApi: true, auth: { ...LOGIN, deleting: 'granted' } },
      {},
    ],
    ['where the login may not delete', { auth: { ...LOGIN, deleting: 'left out' } }, {}],
    ['where asking to delete is refused', { auth: { ...LOGIN, deleting: 'refused' } }, {}],
    ['where tags must not change and manifests can be deleted', {}, { immutableTags: 400 }],
  ])('%s', async (_, options, faults) => {
    const { at } = await inRegistry(options, faults);
    await approved(await at());
    expect(await laterOn(await at())).toMatchObject({ verdict: 'passed' });
    const { outcome } = await replaceLast(await at());
    expect(outcome).toBe('replaced');
    expect((await verdictOn(await at(), judge)).verdict).toBe('passed');
    expect(await laterOn(await at())).toMatchObject(EXPIRED);
    if (!faults.immutableTags) await repair(await at());
    expect(await laterOn(await at())).toMatchObject(EXPIRED);
  });

  test('in a layout folder, whatever list names it', async () => {
    const repository = await inLayout();
    const { digest } = await pushOciImage(repository, { tag: 'v1' });
    const at = { repository, reference: digest };
    await approved(at);
    const { referrers } = await repository.listReferrers(digest);
    const manifests = referrers.map(({ descriptor }) => descriptor);
    const index = utf8(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests }));
    await repository.putManifest(makeManifest(index, MEDIA_TYPE.index), referrersTag(digest));
    await replaceLast(at);
    await repair(at);
    expect(await laterOn(at)).toMatchObject(EXPIRED);
    expect((await verdictOn(at, judge)).verdict).toBe('passed');
  });

  test('on an index and each platform', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const [{ digest }] = await pushOciIndex(repository, 'v1');
    await approved({ repository, reference: digest });
    await replaceLast({ repository, reference: digest });
    expect(await laterOn({ repository: await openIn(registry), reference: digest })).toMatchObject(EXPIRED);
  });

  test('and takes its legacy signature along, and nobody else’s', async () => {
    const { at } = await inRegistry({});
    await approved(await at());
    const { repository, reference } = await at();
    const subject = parseDigest(reference);
    const before = await readCosignSignatures(repository, subject);
    await replaceLast(await at());
    await repair(await at());
    const after = await readCosignSignatures((await at()).repository, subject);
    const kept = before.filter((old) => after.some(({ signature }) => Buffer.compare(signature, old.signature) === 0));
    expect([before.length, after.length, kept.length]).toEqual([2, 2, 1]);
  });

  test('and leaves the native signature of a SIF to the new one', async () => {
    const ada = await pgpPerson('ada');
    const policy = await policyFor([ada], '  - { name: author, approvers: [ada] }');
    const [now, then] = [await judgeBy(policy), await judgeBy(policy, new Date(NOW.getTime() + 60_000))];
    const path = await temporaryFile(typicalSif().bytes());
    const repository = await openIn(await startRegistry());
    await publishSif(repository, { path, name: path, title: 'app.sif', tags: ['1'], criteria: undefined });
    const at = { repository, reference: '1' };
    await signRemotely(at, ada, 'author', { judge: now, verifyData: true });
    await signRemotely(at, ada, 'author', { judge: now, verifyData: true, ...FOR_A_SECOND });
    expect((await verdictOn(at, now)).verdict).toBe('passed');
    expect((await verdictOn(at, then)).verdict).toBe('failed');
  });
});

describe('an approval that cannot be taken away', () => {
  test.each<[string, RegistryOptions, RegistryFaults]>([
    ['deletes nothing', { referrersApi: true }, { noDelete: 405 }],
    ['leaves that right out', { referrersApi: true, auth: { ...LOGIN, deleting: 'left out' } }, {}],
    ['refuses that right', { referrersApi: true, auth: { ...LOGIN, deleting: 'refused' } }, {}],
  ])('is found out before anything is attached, where the registry lists it and %s', async (_, options, faults) => {
    const { registry, at } = await inRegistry(options, faults);
    await approved(await at());
    const before = manifestsIn(registry);
    expect(await codeOf(replaceLast(await at()))).toBe('REGISTRY_REPLACE_REFUSED');
    expect(manifestsIn(registry)).toBe(before);
  });

  test('is named when it stays beside the new one', async () => {
    const { at } = await inRegistry({}, { noDelete: 403, immutableTags: 400 });
    await approved(await at());
    const { repository, reference } = await at();
    const { referrers } = await repository.listReferrers(parseDigest(reference));
    const error: unknown = await replaceLast(await at()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'REGISTRY_REPLACE_INCOMPLETE',
      message: expect.stringContaining('stays'),
    });
    const named = referrers.filter(({ descriptor }) => String(error).includes(descriptor.digest));
    expect(named).toHaveLength(1);
    // The new one says itself that the old one does not count.
    expect((await laterOn(await at())).verdict).toBe('failed');
  });

  test('is refused where it is part of a SIF', async () => {
    const policy = await policyFor([people[1]], '  - { name: production, approvers: [prod] }');
    const here = await judgeBy(policy);
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, people[1], 'production', here);
    const repository = await openIn(await startRegistry());
    await publishSif(repository, { path, name: path, title: 'app.sif', tags: ['1'], criteria: undefined });
    const at = { repository, reference: '1' };
    expect(await codeOf(replaceLast(at, here))).toBe('REGISTRY_REPLACE_REFUSED');
  });
});
