// SPDX-License-Identifier: Apache-2.0
// What images and what strangers attached to them cost, as users run it: folders that name much, thousands of layers, a
// thousand referrers.

import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodePae } from '../../src/attest/bundle.ts';
import { encodeBundle } from '../../src/attest/sign.ts';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { bundleManifest, memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { keyPerson, NOW } from '../support/layers.ts';
import {
  bundleOnce,
  expectCheap,
  GROWTH,
  measure,
  type Measured,
  MOST_CPU_MS,
  MOST_PEAK_BYTES,
  NOISE_MS,
} from '../support/measured.ts';
import { entryOf, pushIndexOf, pushOciImage } from '../support/oci-images.ts';
import { openIn, referrerTo, startRegistry } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';

const MINUTES = { timeout: 240_000 };
const IN_TOTO = 'application/vnd.in-toto+json';
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

bundleOnce();

/** A folder to run in, with a policy of one stage. */
async function home(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'author.pub'), (await keyPerson('author', 'p256')).publicKey);
  const stages = 'principals:\n  author: { key: author.pub }\nstages:\n  - { name: author, approvers: [author] }\n';
  await writeFile(join(folder, 'policy.yaml'), `version: 1\nname: test\n${stages}`);
  return folder;
}

const verify = (image: string, folder: string) =>
  measure(['verify-all', '--policy-path', 'policy.yaml', image], folder);

/** A new layout folder `out` in a folder. */
async function newFolder(folder: string): Promise<Repository> {
  const place = { in: 'layout', folder: join(folder, 'out'), tag: undefined, digest: undefined } as const;
  const { repository } = await openRepository(place, {
    access: 'push',
    clock: systemClock(),
    credentials: { env: {} },
  });
  return repository;
}

/** A folder with an index of so many platforms, each of which is listed as well: whatever is listed may refer to any. */
async function folderOf(platforms: number): Promise<string> {
  const folder = await home();
  const repository = await newFolder(folder);
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  const subject = await pushOciImage(repository);
  const children = Array.from({ length: platforms }, (_, index) => referrerTo(subject, `platform ${index}`));
  await repository.attachReferrers(children);
  await pushIndexOf(
    repository,
    children.map((child, index) => entryOf(child, `a${index}`)),
    { tag: 'v1' },
  );
  return folder;
}

test('a folder in which each of hundreds of platforms is listed', MINUTES, async () => {
  const [half, whole] = [await folderOf(200), await folderOf(400)];
  const costs = [await verify('oci:out:v1', half), await verify('oci:out:v1', whole)] as const;
  expect(costs.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
  expectCheap(costs[1]);
  expect(costs[1].cpuMs).toBeLessThan(GROWTH * costs[0].cpuMs + NOISE_MS);
});

/** An image of so many layers, a different small blob each, under `v1`. */
async function pushLayers(repository: Repository, count: number): Promise<void> {
  const blob = async (bytes: Uint8Array, mediaType: string) => {
    await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const config = await blob(EMPTY_CONFIG.bytes, MEDIA_TYPE.empty);
  const layers: unknown[] = [];
  for (let index = 0; index < count; index += 1)
    layers.push(await blob(utf8(`layer ${index}`), 'application/vnd.oci.image.layer.v1.tar'));
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers };
  await repository.putManifest(makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest), 'v1');
}

async function layersInFolder(count: number) {
  const folder = await home();
  await pushLayers(await newFolder(folder), count);
  return { folder, image: 'oci:out:v1' };
}

async function layersInRegistry(count: number) {
  const registry = await startRegistry();
  await pushLayers(await openIn(registry), count);
  return { folder: await home(), image: `${registry.host}/team/app:v1` };
}

describe.each([
  ['a folder', layersInFolder],
  ['a registry', layersInRegistry],
])('an image of thousands of layers in %s', (_, make) => {
  const most = LIMITS.imageBlobs;

  test('costs about twice what half as many do', MINUTES, async () => {
    const costs: Measured[] = [];
    for (const count of [most / 2 - 1, most - 1]) {
      const { image, folder } = await make(count);
      costs.push(await verify(image, folder));
    }
    const [half, whole] = costs;
    if (!half || !whole) throw new Error('not measured');
    expect(whole.stdout).not.toContain('BLOB');
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });

  test('fails when it has more than any honest one, and none is read', MINUTES, async () => {
    const { image, folder } = await make(most);
    const { exitCode, stdout } = await verify(image, folder);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[REGISTRY_BLOBS_TOO_MANY]');
    expect(stdout).toContain(`names more than ${most} blobs`);
  });
});

/** A bundle about the image by somebody whom nobody knows, as others attach it. */
async function strange(repository: Repository, image: Manifest, index: number): Promise<Manifest> {
  const subject = [{ digest: { sha256: image.digest.slice('sha256:'.length) } }];
  const said = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: 'urn:x', predicate: { index } };
  const payload = utf8(JSON.stringify(said));
  const signature = new Uint8Array(sign('sha256', encodePae(IN_TOTO, payload), stranger));
  const hint = Buffer.from(sha256(payload).slice(-64), 'hex').toString('base64');
  const bytes = encodeBundle({ material: { kind: 'public-key', hint }, payloadType: IN_TOTO, payload, signature });
  await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  const { mediaType, digest } = image;
  const bundle = { bytes, mediaType: MEDIA_TYPE.bundle, predicateType: 'urn:x', createdAt: NOW };
  return bundleManifest(bundle, { mediaType, digest, size: image.bytes.length });
}

/** An image with so many bundles by strangers. */
async function crowded(referrersApi: boolean, count: number) {
  const registry = await startRegistry({ referrersApi });
  const repository = await openIn(registry);
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  const image = await pushOciImage(repository, { tag: 'v1' });
  const manifests: Manifest[] = [];
  for (let index = 0; index < count; index += 1) manifests.push(await strange(repository, image, index));
  await repository.attachReferrers(manifests);
  return { registry, reference: `${registry.host}/team/app:v1` };
}

describe.each([true, false])('bundles by strangers, with a referrers API: %s', (referrersApi) => {
  test('a thousand cost a second', MINUTES, async () => {
    const folder = await home();
    const costs: Measured[] = [];
    for (const count of [0, 450, 900]) costs.push(await verify((await crowded(referrersApi, count)).reference, folder));
    const [none, half, whole] = costs;
    if (!none || !half || !whole) throw new Error('not measured');
    expect(whole.stdout).toContain('SIGNER_UNKNOWN');
    expect(whole.peakBytes).toBeLessThan(MOST_PEAK_BYTES);
    expect(whole.cpuMs - none.cpuMs).toBeLessThan(MOST_CPU_MS / 3 + NOISE_MS);
    expect(whole.cpuMs - none.cpuMs).toBeLessThan(GROWTH * (half.cpuMs - none.cpuMs) + NOISE_MS);
  });

  test('are promoted together: the list at the destination is not read for each', MINUTES, async () => {
    const { registry, reference } = await crowded(referrersApi, 60);
    const before = registry.seen.length;
    const target = reference.replace('team/app', 'prod/app');
    const promoted = await measure(['push-oras', '--subject-name', reference, '--reference', target], await home());
    expect(promoted).toMatchObject({ exitCode: 0 });
    expect(registry.repo('prod/app').manifests.size).toBeGreaterThan(60);
    const lists = /prod\/app\/(?:referrers|tags\/list|manifests\/sha256-[0-9a-f]{64}$)/;
    expect(registry.seen.slice(before).filter(({ path }) => lists.test(path)).length).toBeLessThan(30);
  });
});
