// SPDX-License-Identifier: Apache-2.0
// Attaching and finding referrers: with the API, without it, with one that lies, and with many signers at once.

import { utf8 } from '../../src/base/bytes.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { referrersTag } from '../../src/oci/reference.ts';
import { ownTag } from '../../src/oci/referrers/referrers.ts';
import type { TestRegistry } from '../support/registry-server.ts';
import { openIn, pushImage, referrerTo, startRegistry } from '../support/registry-session.ts';
import { describe, expect, test } from 'vitest';

const digestsOf = async (repository: Repository, subject: Manifest) =>
  (await repository.listReferrers(subject.digest)).referrers.map(({ descriptor }) => descriptor.digest);

/** Real waiting, fifty times faster. */
const hurried = (): Clock => ({ ...systemClock(), sleep: (ms) => systemClock().sleep(ms / 50) });

function sharedIndex(
  registry: TestRegistry,
  subject: Manifest,
): { manifests: Record<string, unknown>[]; [key: string]: unknown } {
  const repo = registry.repo('team/app');
  const digest = repo.tags.get(referrersTag(subject.digest)) ?? '';
  return JSON.parse(repo.manifests.get(digest)?.bytes.toString() ?? '{"manifests":[]}');
}

describe('attaching', () => {
  test('with the referrers API writes no tag', async () => {
    const registry = await startRegistry({ referrersApi: true });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const layer = referrerTo(subject, 'a');
    await repository.attachReferrer(layer);
    expect(await digestsOf(repository, subject)).toEqual([layer.digest]);
    expect(await repository.tags()).toEqual(['v1']);
  });

  test('without it lists the manifest under the fallback tag, with its type and annotations', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const layer = referrerTo(subject, 'a');
    await repository.attachReferrer(layer);
    expect(sharedIndex(registry, subject)).toEqual({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.index,
      manifests: [
        {
          mediaType: MEDIA_TYPE.manifest,
          digest: layer.digest,
          size: layer.bytes.length,
          artifactType: 'application/vnd.test',
          annotations: { label: 'a' },
        },
      ],
    });
    expect(await digestsOf(repository, subject)).toEqual([layer.digest]);
  });

  test('the same manifest twice is one entry', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    await repository.attachReferrer(referrerTo(subject, 'a'));
    await repository.attachReferrer(referrerTo(subject, 'a'));
    expect(sharedIndex(registry, subject).manifests).toHaveLength(1);
  });

  test('keeps foreign entries and unknown fields as they are', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const foreign = {
      mediaType: 'application/x',
      digest: `sha256:${'ab'.repeat(32)}`,
      size: 7,
      'x-unknown': { deep: [1, null] },
    };
    const index = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.index,
      'x-top': true,
      manifests: [foreign],
      annotations: { k: 'v' },
    };
    registry.addManifest('team/app', utf8(JSON.stringify(index)), {
      type: MEDIA_TYPE.index,
      tag: referrersTag(subject.digest),
    });
    await repository.attachReferrer(referrerTo(subject, 'a'));
    expect(sharedIndex(registry, subject)).toMatchObject({
      'x-top': true,
      annotations: { k: 'v' },
      manifests: [foreign, { size: expect.any(Number) }],
    });
    const list = await repository.listReferrers(subject.digest);
    expect(list.referrers).toHaveLength(1);
    expect(list.rejected).toEqual([{ digest: foreign.digest, reason: 'is listed and not there' }]);
  });

  test('a registry that claims to list referrers and does not is found out', async () => {
    for (const faults of [{ lyingSubject: true }, { emptyReferrers: true }]) {
      const registry = await startRegistry({ referrersApi: !('lyingSubject' in faults) });
      Object.assign(registry.faults, faults);
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'v1');
      const layer = referrerTo(subject, 'a');
      await repository.attachReferrer(layer);
      expect(sharedIndex(registry, subject).manifests).toHaveLength(1);
      expect(await digestsOf(repository, subject)).toEqual([layer.digest]);
    }
  });

  test('a web page or a redirect to another host is no referrers API', async () => {
    const elsewhere = await startRegistry();
    for (const faults of [{ referrersPage: true }, { referrersRedirect: `${elsewhere.origin}/login` }]) {
      const registry = await startRegistry();
      Object.assign(registry.faults, faults);
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'v1');
      await repository.attachReferrer(referrerTo(subject, 'a'));
      expect(await digestsOf(repository, subject)).toHaveLength(1);
    }
    expect(elsewhere.seen).toHaveLength(0);
  });

  test('a fallback tag that holds an image is not overwritten', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const other = await pushImage(repository, referrersTag(subject.digest), new Uint8Array(5));
    await expect(repository.attachReferrer(referrerTo(subject, 'a'))).rejects.toMatchObject({
      code: 'REGISTRY_REFERRERS_TAG_TAKEN',
    });
    expect(registry.repo('team/app').tags.get(referrersTag(subject.digest))).toBe(other.digest);
  });

  test('a registry that resolves the fallback tag to the subject itself has no list yet', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    registry.repo('team/app').tags.set(referrersTag(subject.digest), subject.digest);
    expect(await digestsOf(repository, subject)).toEqual([]);
    await repository.attachReferrer(referrerTo(subject, 'a'));
    expect(await digestsOf(repository, subject)).toHaveLength(1);
  });

  test('a manifest without subject cannot be attached', async () => {
    const repository = await openIn(await startRegistry());
    const image = await pushImage(repository, 'v1');
    await expect(repository.attachReferrer(image)).rejects.toMatchObject({ code: 'REGISTRY_REFERRER_INVALID' });
  });

  test('a conditional write that loses is done again', async () => {
    const registry = await startRegistry({ etags: true });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    await repository.attachReferrer(referrerTo(subject, 'a'));
    let once = true;
    registry.intercept = (request, response) => {
      if (!once || request.method !== 'PUT' || !request.url?.endsWith(referrersTag(subject.digest))) return false;
      once = false;
      expect(request.headers['if-match']).toMatch(/^"sha256:/);
      response.writeHead(412).end();
      return true;
    };
    await repository.attachReferrer(referrerTo(subject, 'b'));
    expect(sharedIndex(registry, subject).manifests).toHaveLength(2);
  });
});

describe('finding', () => {
  test('entries whose manifest refers to something else, is missing or is broken are left out and reported', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const other = await pushImage(repository, 'v2', new Uint8Array(9));
    const stranger = referrerTo(other, 'x');
    const broken = makeManifest(utf8('{"schemaVersion":2'), MEDIA_TYPE.manifest);
    for (const { bytes } of [stranger, broken]) registry.addManifest('team/app', bytes, { type: MEDIA_TYPE.manifest });
    await repository.attachReferrer(referrerTo(subject, 'a'));
    const index = sharedIndex(registry, subject);
    for (const { digest } of [stranger, broken, other])
      index.manifests.push({ mediaType: MEDIA_TYPE.manifest, digest, size: 1 });
    registry.addManifest('team/app', utf8(JSON.stringify(index)), {
      type: MEDIA_TYPE.index,
      tag: referrersTag(subject.digest),
    });
    const list = await repository.listReferrers(subject.digest);
    expect(list.referrers).toHaveLength(1);
    expect(list.rejected.map(({ digest }) => digest).toSorted()).toEqual(
      [stranger.digest, broken.digest, other.digest].toSorted(),
    );
  });

  test.each([
    ['without type', { size: 1, digest: `sha256:${'ab'.repeat(32)}` }],
    ['with an unknown digest', { mediaType: 'a/b', size: 1, digest: `sha384:${'ab'.repeat(48)}` }],
    ['that is none', null],
  ])('an entry %s hides no other', async (_, odd) => {
    for (const referrersApi of [true, false]) {
      const registry = await startRegistry({ referrersApi });
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'v1');
      await repository.attachReferrer(referrerTo(subject, 'a'));
      const layer = referrerTo(subject, 'b');
      registry.addManifest('team/app', layer.bytes, { type: MEDIA_TYPE.manifest });
      const entry = { mediaType: MEDIA_TYPE.manifest, size: layer.bytes.length, digest: layer.digest };
      const body = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [odd, entry] });
      if (!referrersApi)
        registry.addManifest('team/app', utf8(body), { type: MEDIA_TYPE.index, tag: referrersTag(subject.digest) });
      registry.intercept = ({ url = '' }, response) => {
        if (!referrersApi || !url.includes('/referrers/')) return false;
        response.writeHead(200, { 'content-type': MEDIA_TYPE.index }).end(body);
        return true;
      };
      const list = await (await openIn(registry)).listReferrers(subject.digest);
      expect(list.referrers.map(({ descriptor }) => descriptor.digest)).toContain(layer.digest);
      expect(list).toMatchObject({ complete: true, rejected: [{ reason: expect.stringMatching(/./) }] });
      registry.intercept = undefined;
      const third = referrerTo(subject, 'c');
      await (await openIn(registry)).attachReferrer(third);
      expect(await digestsOf(await openIn(registry), subject)).toContain(third.digest);
      if (!referrersApi) expect(sharedIndex(registry, subject).manifests).toContainEqual(odd);
    }
  });

  test('a fallback tag with null in the place of its list has no entries', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const tag = referrersTag(subject.digest);
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: null };
    registry.addManifest('team/app', utf8(JSON.stringify(index)), { type: MEDIA_TYPE.index, tag });
    expect(await repository.listReferrers(subject.digest)).toMatchObject({
      referrers: [],
      rejected: [],
      complete: true,
    });
    await repository.attachReferrer(referrerTo(subject, 'a'));
    expect(sharedIndex(registry, subject).manifests).toHaveLength(1);
  });

  test.each([
    ['no JSON', 'no JSON', MEDIA_TYPE.index],
    ['no index', '{"schemaVersion":2,"manifests":7}', MEDIA_TYPE.index],
    ['of no type of a registry', '{}', 'application/json'],
    ['too large', `{"schemaVersion":2,"x":"${'x'.repeat(5 * 1024 * 1024)}"}`, MEDIA_TYPE.index],
  ])('a fallback tag that is %s hides nothing, and the list is not complete', async (_, body, type) => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const layer = referrerTo(subject, 'a');
    await repository.attachReferrer(layer);
    registry.addManifest('team/app', utf8(body), { type, tag: referrersTag(subject.digest) });
    const list = await (await openIn(registry)).listReferrers(subject.digest);
    expect(list.referrers.map(({ descriptor }) => descriptor.digest)).toEqual([layer.digest]);
    expect(list).toMatchObject({ complete: false, rejected: [{ digest: `tag ${referrersTag(subject.digest)}` }] });
  });

  test('a page in place of a fallback tag is an answer of no registry', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    registry.addManifest('team/app', utf8('<html></html>'), { type: 'text/html', tag: referrersTag(subject.digest) });
    const listing = (await openIn(registry)).listReferrers(subject.digest);
    await expect(listing).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test('the API and a fallback tag are merged, page by page', async () => {
    const registry = await startRegistry({ referrersApi: true, referrersPageSize: 2 });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    for (const label of ['a', 'b', 'c', 'd', 'e']) await repository.attachReferrer(referrerTo(subject, label));
    expect(await digestsOf(repository, subject)).toHaveLength(5);
  });

  test('a list whose links name the registry as it sees itself is followed where it was asked for', async () => {
    const elsewhere = await startRegistry();
    for (const origin of [elsewhere.origin, 'https://registry.internal:5000', '//registry.internal']) {
      const registry = await startRegistry({ referrersApi: true, referrersPageSize: 2, tagPageSize: 2 });
      registry.faults.link = (path) => `${origin}${path}`;
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'v1');
      for (const label of ['a', 'b', 'c', 'd', 'e'])
        registry.addManifest('team/app', referrerTo(subject, label).bytes, { type: MEDIA_TYPE.manifest });
      for (const tag of ['v2', 'v3', 'v4']) await repository.putManifest(subject, tag);
      const list = await repository.listReferrers(subject.digest);
      expect(list).toMatchObject({ complete: true, rejected: [] });
      expect(list.referrers).toHaveLength(5);
      expect(await repository.tags()).toEqual(['v1', 'v2', 'v3', 'v4']);
    }
    expect(elsewhere.seen).toHaveLength(0);
  });

  const pagesOf = { referrers: /referrers\/.*from=/, tags: /tags\/list\?n=1&/ } as const;

  test.each([
    ['is not there', 404, undefined],
    ['is refused', 403, undefined],
    ['has no address', 200, () => 'data:,x'],
  ])('a list whose next page %s is an error, not the end', async (_, status, link) => {
    for (const pages of Object.values(pagesOf)) {
      const registry = await startRegistry({ referrersApi: true, referrersPageSize: 1, tagPageSize: 1 });
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'v1');
      for (const label of ['a', 'b'])
        registry.addManifest('team/app', referrerTo(subject, label).bytes, { type: MEDIA_TYPE.manifest });
      for (const end of ['a', 'b'])
        await repository.putManifest(subject, `${ownTag(subject.digest, subject.digest)}${end}`);
      registry.faults.link = (path) => (pages.test(path) ? (link?.() ?? path) : path);
      if (status !== 200) registry.faults.fail = { status, times: Infinity, only: ({ url }) => pages.test(url ?? '') };
      await expect(repository.listReferrers(subject.digest)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    }
  });

  test('a list that goes on where it began is an error, not the end', async () => {
    const registry = await startRegistry({ referrersApi: true });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    registry.intercept = ({ url = '' }, response) => {
      if (url.includes('/referrers/')) response.setHeader('link', `<${url}>; rel="next"`);
      return false;
    };
    await expect(repository.listReferrers(subject.digest)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test('a list of pages without end is not complete', async () => {
    const registry = await startRegistry({ referrersApi: true });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    let pages = 0;
    registry.intercept = ({ url = '' }, response) => {
      if (!url.includes('/referrers/')) return false;
      pages += 1;
      const link = `<${url.split('?')[0]}?n=${pages}>; rel="next"`;
      const body = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] });
      response.writeHead(200, { 'content-type': MEDIA_TYPE.index, link }).end(body);
      return true;
    };
    expect(await repository.listReferrers(subject.digest)).toMatchObject({ complete: false });
    expect(pages).toBeLessThan(200);
  });

  test.each([422, 501])(
    'an answer of %i to the question for referrers means that there is no such API',
    async (status) => {
      const registry = await startRegistry();
      registry.faults.fail = { status, times: Infinity, only: ({ url }) => /\/referrers\//.test(url ?? '') };
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'v1');
      await repository.attachReferrer(referrerTo(subject, 'a'));
      expect(await digestsOf(repository, subject)).toHaveLength(1);
    },
  );

  test('a list of more than a thousand is cut and says so', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const manifests = Array.from({ length: 1005 }, (_, n) => {
      const { bytes, digest } = referrerTo(subject, `n${n}`);
      registry.addManifest('team/app', bytes, { type: MEDIA_TYPE.manifest });
      return { mediaType: MEDIA_TYPE.manifest, digest, size: bytes.length };
    });
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests };
    registry.addManifest('team/app', utf8(JSON.stringify(index)), {
      type: MEDIA_TYPE.index,
      tag: referrersTag(subject.digest),
    });
    const list = await repository.listReferrers(subject.digest);
    expect(list.referrers).toHaveLength(1000);
    expect(list.complete).toBe(false);
  });

  test.each([true, false])('huge manifests in the list are not all fetched (about the image: %s)', async (about) => {
    const registry = await startRegistry({ referrersApi: false });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const other = await pushImage(repository, 'v2', new Uint8Array(9));
    const manifests = Array.from({ length: 40 }, (_, n) => {
      const { bytes, digest } = referrerTo(about ? subject : other, `${n} ${'x'.repeat(3.5 * 1024 * 1024)}`);
      registry.addManifest('team/app', bytes, { type: MEDIA_TYPE.manifest });
      return { mediaType: MEDIA_TYPE.manifest, digest, size: bytes.length };
    });
    registry.addManifest(
      'team/app',
      utf8(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests })),
      {
        type: MEDIA_TYPE.index,
        tag: referrersTag(subject.digest),
      },
    );
    const before = registry.bytesOut;
    expect(await (await openIn(registry)).listReferrers(subject.digest)).toMatchObject({ complete: false });
    expect(registry.bytesOut - before).toBeLessThan(50 * 1024 * 1024);
  });

  test('a layer that others erased from the shared list is found by its own tag, and put back by the next writer', async () => {
    for (const tagPageSize of [undefined, 3]) {
      const registry = await startRegistry(tagPageSize === undefined ? {} : { tagPageSize });
      const repository = await openIn(registry);
      const subject = await pushImage(repository, 'zzz');
      const layer = referrerTo(subject, 'a');
      await repository.attachReferrer(layer);
      registry.repo('team/app').tags.delete(referrersTag(subject.digest));
      expect(await digestsOf(repository, subject)).toEqual([layer.digest]);
      const second = referrerTo(subject, 'b');
      await repository.attachReferrer(second);
      const listed = new Set(sharedIndex(registry, subject).manifests.map(({ digest }) => digest));
      expect(listed).toEqual(new Set([layer.digest, second.digest]));
    }
  });

  test('a layer that others erased from the shared list is found though an API answers with an empty one', async () => {
    const registry = await startRegistry({ referrersApi: true });
    registry.faults.emptyReferrers = true;
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const layer = referrerTo(subject, 'a');
    await repository.attachReferrer(layer);
    registry.repo('team/app').tags.delete(referrersTag(subject.digest));
    expect(await digestsOf(await openIn(registry), subject)).toEqual([layer.digest]);
  });

  test.each([400, 401, 403, 405, 501])(
    'a registry that lists no tags (%i) is read without them, and that is told',
    async (status) => {
      for (const referrersApi of [true, false]) {
        const registry = await startRegistry({ referrersApi });
        const subject = await pushImage(await openIn(registry), 'v1');
        registry.faults.fail = { status, times: Infinity, only: ({ url }) => /tags\/list/.test(url ?? '') };
        const layer = referrerTo(subject, 'a');
        await (await openIn(registry)).attachReferrer(layer);
        const list = await (await openIn(registry)).listReferrers(subject.digest);
        expect(list.referrers.map(({ descriptor }) => descriptor.digest)).toEqual([layer.digest]);
        expect(list).toMatchObject({ complete: true, rejected: [{ digest: 'the list of tags' }] });
      }
    },
  );

  test('a list of tags that is too large to be read is one that there is not', async () => {
    for (const referrersApi of [true, false]) {
      const registry = await startRegistry({ referrersApi });
      const subject = await pushImage(await openIn(registry), 'v1');
      const layer = referrerTo(subject, 'a');
      await (await openIn(registry)).attachReferrer(layer);
      const body = JSON.stringify({ manifest: { a: 'x'.repeat(17 * 1024 * 1024) }, tags: ['v1'] });
      registry.intercept = ({ url }, response) => {
        if (!/tags\/list/.test(url ?? '')) return false;
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
        return true;
      };
      const list = await (await openIn(registry)).listReferrers(subject.digest);
      expect(list.referrers.map(({ descriptor }) => descriptor.digest)).toEqual([layer.digest]);
      expect(list).toMatchObject({ complete: true, rejected: [{ digest: 'the list of tags' }] });
    }
  });

  test.each([400, 404])(
    'a registry that understands no tag of ours as start of the list (%i) is asked for all',
    async (status) => {
      for (const tagPageSize of [undefined, 1]) {
        const registry = await startRegistry(tagPageSize === undefined ? {} : { tagPageSize });
        const first = await openIn(registry);
        // Some tags stand behind ours in the order, and must not end the search.
        const subject = await pushImage(first, 'zzz');
        await pushImage(first, '1.0');
        const layer = referrerTo(subject, 'a');
        await first.attachReferrer(layer);
        registry.repo('team/app').tags.delete(referrersTag(subject.digest));
        const asksFrom = /tags\/list.*[?&]last=sha256-[0-9a-f]{64}\.countersign-$/;
        registry.faults.fail = { status, times: Infinity, only: ({ url }) => asksFrom.test(url ?? '') };
        const repository = await openIn(registry);
        const list = await repository.listReferrers(subject.digest);
        expect(list.referrers.map(({ descriptor }) => descriptor.digest)).toEqual([layer.digest]);
        expect(list).toMatchObject({ complete: true, rejected: [] });
        expect(registry.seen.filter(({ path }) => asksFrom.test(path)).length).toBeGreaterThan(0);
        registry.seen.length = 0;
        await repository.listReferrers(subject.digest);
        expect(registry.seen.filter(({ path }) => asksFrom.test(path))).toEqual([]);
      }
    },
  );

  test('a registry that asks for patience with its tags is no registry without any', async () => {
    const registry = await startRegistry({ referrersApi: true });
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    registry.faults.fail = { status: 429, times: Infinity, only: ({ url }) => /tags\/list/.test(url ?? '') };
    await expect(repository.listReferrers(subject.digest)).rejects.toMatchObject({ code: 'REGISTRY_RATE_LIMITED' });
  });

  test('a tag of ours that points to something else is no layer', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    registry.repo('team/app').tags.set(`${referrersTag(subject.digest)}.countersign-${'0'.repeat(32)}`, subject.digest);
    expect(await repository.listReferrers(subject.digest)).toMatchObject({ referrers: [], rejected: [] });
  });

  test('a registry that fails while it is asked is an error, not an empty list', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    for (const path of [/\/referrers\//, /\/manifests\/sha256-/, /\/tags\/list/]) {
      registry.faults.fail = { status: 500, times: Infinity, only: ({ url }) => path.test(url ?? '') };
      await expect(repository.listReferrers(subject.digest)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    }
  });
});

describe('sixteen signers at once lose nothing', () => {
  test.each([
    ['without the referrers API', {}],
    ['with it', { referrersApi: true }],
    ['with ETags that are respected', { etags: true }],
  ])('%s', async (_, options) => {
    const registry = await startRegistry(options);
    const subject = await pushImage(await openIn(registry), 'v1');
    const layers = Array.from({ length: 16 }, (__, n) => referrerTo(subject, `signer ${n}`));
    await Promise.all(
      layers.map(async (layer) => (await openIn(registry, { clock: hurried() })).attachReferrer(layer)),
    );
    const found = await digestsOf(await openIn(registry), subject);
    expect(found).toEqual(layers.map(({ digest }) => digest).toSorted());
    if (!('referrersApi' in options)) expect(sharedIndex(registry, subject).manifests).toHaveLength(16);
  });
});
