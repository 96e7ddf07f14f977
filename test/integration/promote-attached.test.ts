// SPDX-License-Identifier: Apache-2.0
// What strangers attached to an image goes along when it is promoted, word for word, and never stands in the way: neither
// what cannot be read, nor what is too large, nor what the destination does not want.

import { beforeAll, describe, expect, test } from 'vitest';
import { promoteImage } from '../../src/transfer/promote.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { type Digest, sha256, utf8 } from '../../src/base/bytes.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { judgeBy, keyPerson, type Person, policyFor } from '../support/layers.ts';
import { entryOf, pushIndexOf, pushOciImage } from '../support/oci-images.ts';
import { signRemotely } from '../support/registry-layers.ts';
import type { TestRegistry } from '../support/registry-server.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { codeOf } from '../support/signing.ts';

let author: Person;
let judge: Criteria;

beforeAll(async () => {
  author = await keyPerson('author', 'p256');
  judge = await judgeBy(await policyFor([author], '  - { name: author, approvers: [author] }'));
});

async function scene() {
  const source = await startRegistry({ checkIndexes: true });
  const target = await startRegistry({ checkIndexes: true });
  const from = await openIn(source, { name: 'staging/app' });
  const to = await openIn(target, { name: 'release/app' });
  const image = await pushOciImage(from, { tag: 'v1' });
  await from.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await signRemotely({ repository: from, reference: image.digest }, author, 'author', { judge });
  const promote = async (by: Criteria | undefined = judge) =>
    promoteImage(image.digest, {
      from: await openIn(source, { name: 'staging/app' }),
      to,
      mountFrom: undefined,
      tags: ['final'],
      criteria: by,
      verifyData: true,
      clock: testClock(),
    });
  return { source, target, from, to, image, promote };
}

function subjectOf({ mediaType, digest, bytes }: Manifest) {
  return { mediaType, digest, size: bytes.length };
}

/** A picture of the image, say: a referrer with one blob, of which the manifest says what it likes. */
async function attach(repository: Repository, image: Manifest, text: string, said: object = {}): Promise<Digest> {
  const blob = utf8(text);
  await repository.pushBlob(sha256(blob), memoryBlob(blob));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType: 'x/picture',
    config: { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: 'x/picture', size: blob.length, digest: sha256(blob), ...said }],
    subject: subjectOf(image),
  };
  const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
  await repository.attachReferrer(manifest);
  return manifest.digest;
}

const CONFIG = utf8('{"os":"theirs"}');

/** A layer with a blob of its own, and more than anybody here knows of. */
function layerOf(text: string, annotations: object = {}) {
  const blob = utf8(text);
  return { blob, layer: { mediaType: 'x/theirs', size: blob.length, digest: sha256(blob), annotations, own: [1] } };
}

async function legacy(repository: Repository, tag: string, entries: readonly ReturnType<typeof layerOf>[]) {
  for (const blob of [CONFIG, ...entries.map((entry) => entry.blob)])
    await repository.pushBlob(sha256(blob), memoryBlob(blob));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: 'x/config', size: CONFIG.length, digest: sha256(CONFIG) },
    layers: entries.map(({ layer }) => layer),
    more: 'theirs',
  };
  const manifest = makeManifest(utf8(JSON.stringify(document, undefined, 1)), MEDIA_TYPE.manifest);
  await repository.putManifest(manifest, tag);
  return manifest;
}

async function layersIn(repository: Repository, tag: string): Promise<readonly unknown[]> {
  return JSON.parse(Buffer.from((await repository.getManifest(tag))?.bytes ?? []).toString()).layers;
}

const LOGGED = {
  'dev.cosignproject.cosign/signature': 'AAAA',
  'dev.sigstore.cosign/bundle': '{"SignedEntryTimestamp":"x"}',
  'dev.sigstore.cosign/rfc3161timestamp': '{"SignedRFC3161Timestamp":"eA=="}',
};

describe.each(['sig', 'att'] as const)('the tag .%s', (suffix) => {
  test('is the same manifest at a destination that has none', async () => {
    const { from, to, image, promote } = await scene();
    const tag = cosignTag(image.digest, suffix);
    const there = await legacy(from, tag, [layerOf('one', LOGGED), layerOf('two')]);
    expect(await promote()).toMatchObject({ remarks: [] });
    expect((await to.getManifest(tag))?.digest).toBe(there.digest);
  });

  test('is joined, word for word, with that of a destination that has one', async () => {
    const { from, to, image, promote } = await scene();
    const tag = cosignTag(image.digest, suffix);
    const [one, two, three] = [layerOf('one', LOGGED), layerOf('two'), layerOf('three', { note: 'there before' })];
    await legacy(from, tag, [one, two]);
    await legacy(to, tag, [three, two]);
    expect(await promote()).toMatchObject({ remarks: [] });
    expect(await layersIn(to, tag)).toEqual([three.layer, two.layer, one.layer]);
    const again = await to.getManifest(tag);
    await promote();
    expect((await to.getManifest(tag))?.digest).toBe(again?.digest);
  });

  test('goes without layers that are not there, or are none at all', async () => {
    const { source, from, to, image, promote } = await scene();
    const tag = cosignTag(image.digest, suffix);
    const [one, two] = [layerOf('one', LOGGED), layerOf('two')];
    const { bytes, mediaType } = await legacy(from, tag, [one, two]);
    const document = JSON.parse(Buffer.from(bytes).toString());
    const three = layerOf('three');
    await from.pushBlob(three.layer.digest, memoryBlob(three.blob));
    const twoFaced = { ...three.layer, Digest: two.layer.digest };
    const odd = { ...document, layers: [null, { ...one.layer, digest: 'sha256:x' }, twoFaced, ...document.layers] };
    source.addManifest('staging/app', utf8(JSON.stringify(odd)), { type: mediaType, tag });
    source.repo('staging/app').blobs.delete(two.layer.digest);
    const { remarks } = await promote();
    expect(await layersIn(to, tag)).toEqual([one.layer]);
    expect(remarks).toHaveLength(2);
    expect(remarks.join()).toContain(two.layer.digest);
  });

  test('is left as it is where tags must not change', async () => {
    const { from, to, target, image, promote } = await scene();
    const tag = cosignTag(image.digest, suffix);
    await legacy(from, tag, [layerOf('one')]);
    await legacy(to, tag, [layerOf('two')]);
    target.faults.immutableTags = 400;
    const { manifest, remarks } = await promote();
    expect(manifest?.digest).toBe(image.digest);
    expect(remarks.join()).toContain(`the tag ${tag} change`);
  });
});

function refuse(registry: TestRegistry, what: RegExp): void {
  registry.intercept = (request, response) => {
    if (request.method !== 'PUT' || !what.test(request.url ?? '')) return false;
    request.resume();
    response.writeHead(415).end();
    return true;
  };
}

describe('a referrer by strangers', () => {
  test('that is an index is carried with what it names', async () => {
    const { from, to, image, promote } = await scene();
    const inner = await pushOciImage(from, { label: 'inner' });
    const index = await pushIndexOf(from, [entryOf(inner)], { artifactType: 'x/all', subject: subjectOf(image) });
    await from.attachReferrer(index);
    expect(await promote()).toMatchObject({ attached: 2, remarks: [] });
    const { referrers } = await to.listReferrers(image.digest);
    expect(referrers.map(({ descriptor }) => descriptor.digest)).toContain(index.digest);
    expect(await to.getManifest(inner.digest)).toBeDefined();
  });

  test('that is an index without what it names is left behind', async () => {
    const { source, from, image, promote } = await scene();
    const inner = await pushOciImage(from, { label: 'inner' });
    const index = await pushIndexOf(from, [entryOf(inner)], { subject: subjectOf(image) });
    await from.attachReferrer(index);
    source.repo('staging/app').manifests.delete(inner.digest);
    const { manifest, remarks } = await promote();
    expect(manifest?.digest).toBe(image.digest);
    expect(remarks.join()).toContain(`referrer ${index.digest} is left behind`);
  });

  test.each([
    ['whose blob is gone', 'REGISTRY_ATTACHED_UNREADABLE', {}, 'delete'],
    ['whose blob was changed', 'REGISTRY_ATTACHED_UNREADABLE', {}, 'change'],
    ['with a wrong size', 'REGISTRY_ATTACHED_UNREADABLE', { size: 5 }, undefined],
    ['that is very large', 'REGISTRY_ATTACHED_TOO_LARGE', { size: LIMITS.attachedTotalBytes }, undefined],
  ] as const)('%s is left behind, and the next one is not', async (_, code, said, fault) => {
    const { source, from, to, image, promote } = await scene();
    const bad = await attach(from, image, 'bad picture', said);
    const good = await attach(from, image, 'good picture');
    const blob = sha256(utf8('bad picture'));
    if (fault === 'delete') source.repo('staging/app').blobs.delete(blob);
    if (fault === 'change') source.content.set(blob, Buffer.from('mad picture'));
    const { manifest, remarks } = await promote();
    expect(manifest?.digest).toBe(image.digest);
    expect(remarks).toEqual([expect.stringMatching(new RegExp(`^referrer ${bad} is left behind: .*${code}`, 's'))]);
    const { referrers } = await to.listReferrers(image.digest);
    const digests = referrers.map(({ descriptor }) => descriptor.digest);
    expect(digests).toContain(good);
    expect(digests).not.toContain(bad);
  });

  test('that the destination does not want is left behind', async () => {
    const { target, from, image, promote } = await scene();
    const bad = await attach(from, image, 'picture');
    refuse(target, new RegExp(`/manifests/${bad}$`));
    const { manifest, attached, remarks } = await promote();
    expect([manifest?.digest, attached]).toEqual([image.digest, 1]);
    expect(remarks.join()).toContain(bad);
  });

  test('is one thing, an approval that the destination does not want another', async () => {
    const { target, from, image, promote } = await scene();
    const [bundle] = (await from.listReferrers(image.digest)).referrers;
    refuse(target, new RegExp(`/manifests/${bundle?.descriptor.digest}$`));
    for (const by of [judge, undefined]) expect(await codeOf(promote(by))).toBe('REGISTRY_REQUEST_REFUSED');
  });

  test('leaves room for approvals, whatever its digest', async () => {
    const { from, image, promote } = await scene();
    const half = LIMITS.attachedTotalBytes - 100;
    for (let at = 0; at < 8; at += 1) await attach(from, image, `picture ${at}`, { size: half });
    const { verdict, manifest } = await promote();
    expect([verdict?.verdict, manifest?.digest]).toEqual(['passed', image.digest]);
  });
});

test('a destination that cannot be written to is an error, whatever is attached', async () => {
  const { target, from, image, promote } = await scene();
  await attach(from, image, 'picture');
  target.faults.fail = {
    status: 403,
    times: 1000,
    only: ({ method, url }) => method === 'POST' && (url ?? '').includes('blobs/uploads'),
  };
  expect(await codeOf(promote())).toBe('REGISTRY_FORBIDDEN');
});
