// SPDX-License-Identifier: Apache-2.0
// Indexes as builders make them: with attestations beside the platforms, and with indexes in them. What is carried is all
// there is; what is signed and judged is all that can be run.

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { promoteImage } from '../../src/transfer/promote.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { LIMITS } from '../../src/base/limits.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { judgeBy, keyPerson, messagesOf, type Person, policyFor } from '../support/layers.ts';
import { entryOf, pushIndexOf, pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { codeOf } from '../support/signing.ts';
import { temporaryFolder } from '../support/temporary.ts';

const ATTESTATION = { 'vnd.docker.reference.type': 'attestation-manifest' };

let author: Person;
let judge: Criteria;

beforeAll(async () => {
  author = await keyPerson('author', 'p256');
  judge = await judgeBy(await policyFor([author], '  - { name: author, approvers: [author] }'));
});

async function strict(name = 'team/app'): Promise<Repository> {
  return openIn(await startRegistry({ checkIndexes: true }), { name });
}

async function layout(): Promise<Repository> {
  const folder = join(await temporaryFolder(), 'oci');
  return new LayoutRepository(folder, await LayoutIndex.create(folder, testClock()));
}

/** An image as `docker buildx build` pushes it: one platform, and an attestation about it. */
async function built(repository: Repository) {
  const platform = await pushOciImage(repository, { label: 'a' });
  const attestation = await pushOciImage(repository, { label: 'attestation' });
  const about = { ...entryOf(attestation, 'unknown', 'unknown'), annotations: ATTESTATION };
  return { platform, attestation, index: await pushIndexOf(repository, [entryOf(platform, 'amd64'), about]) };
}

/** An index of an index of the images. */
async function nested(repository: Repository, images: readonly Manifest[]): Promise<Manifest> {
  const inner = await pushIndexOf(
    repository,
    images.map((image) => entryOf(image, 'amd64')),
  );
  return pushIndexOf(repository, [entryOf(inner)], { tag: 'v1' });
}

function promote(from: Repository, to: Repository, reference: string, by: Criteria | undefined = judge) {
  const route = { from, to, mountFrom: undefined };
  return promoteImage(reference, { ...route, tags: ['final'], criteria: by, verifyData: true, clock: testClock() });
}

describe('an image with attestations beside its platforms', () => {
  test.each([
    ['a registry', strict],
    ['a layout folder', layout],
  ])('is carried whole to %s', async (_, open) => {
    const from = await strict();
    const { index, platform, attestation } = await built(from);
    await signRemotely({ repository: from, reference: index.digest }, author, 'author', { judge });
    const to = await open();
    const promoted = await promote(from, to, index.digest);
    expect(promoted).toMatchObject({ verdict: { verdict: 'passed' }, manifest: { digest: index.digest } });
    for (const { digest } of [index, platform, attestation])
      expect((await to.getManifest(digest))?.digest).toBe(digest);
  });

  test('is signed at the index and its platforms alone', async () => {
    const repository = await strict();
    const { index, platform } = await built(repository);
    const { subjects } = await openRegistryImage(repository, index.digest);
    expect(subjects.map(({ digest }) => digest)).toEqual([index.digest, platform.digest]);
  });

  test.each([
    ['a platform', entryOf, ATTESTATION],
    ['no platform', (manifest: Manifest) => entryOf(manifest), ATTESTATION],
    [
      'another type',
      (manifest: Manifest) => entryOf(manifest, 'unknown', 'unknown'),
      { 'vnd.docker.reference.type': 'x' },
    ],
  ])('an entry that calls itself an attestation and has %s is signed too', async (_, entry, annotations) => {
    const repository = await strict();
    const platform = await pushOciImage(repository, { label: 'a' });
    const other = await pushOciImage(repository, { label: 'b' });
    const entries = [entryOf(platform, 'amd64'), { ...entry(other, 'arm64'), annotations }];
    const { digest } = await pushIndexOf(repository, entries);
    const { subjects } = await openRegistryImage(repository, digest);
    expect(subjects.map((subject) => subject.digest)).toEqual([digest, platform.digest, other.digest]);
  });
});

describe('an index in an index', () => {
  test('is signed down to its leaves, and promoted whole', async () => {
    const from = await strict();
    const leaf = await pushOciImage(from, { label: 'leaf' });
    const top = await nested(from, [leaf]);
    await signRemotely({ repository: from, reference: top.digest }, author, 'author', { judge });
    expect((await verdictOn({ repository: from, reference: leaf.digest }, judge)).verdict).toBe('passed');
    const to = await strict('release/app');
    expect(await promote(from, to, 'v1')).toMatchObject({ verdict: { verdict: 'passed' } });
    expect((await verdictOn({ repository: to, reference: leaf.digest }, judge)).verdict).toBe('passed');
  });

  test('fails when a leaf of it is not approved', async () => {
    const repository = await strict();
    const [one, two] = [await pushOciImage(repository, { label: '1' }), await pushOciImage(repository, { label: '2' })];
    const inner = await pushIndexOf(repository, [entryOf(one, 'amd64')]);
    const at = { repository, reference: inner.digest };
    await signRemotely(at, author, 'author', { judge });
    const top = await pushIndexOf(repository, [entryOf(inner), entryOf(two, 'arm64')]);
    const verdict = await verdictOn({ repository, reference: top.digest }, judge);
    expect(verdict.verdict).toBe('failed');
    expect(messagesOf(verdict).join('\n')).toContain(`manifest ${two.digest}`);
  });

  test('is told when it is missing or has too many levels', async () => {
    const repository = await openIn(await startRegistry());
    const gone = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: `sha256:${'0'.repeat(64)}`, size: 2 };
    const { digest } = await pushIndexOf(repository, [gone]);
    expect(await codeOf(openRegistryImage(repository, digest))).toBe('REGISTRY_NOT_FOUND');
    let index = await pushIndexOf(repository, []);
    for (let depth = 0; depth <= LIMITS.indexDepth; depth += 1) index = await pushIndexOf(repository, [entryOf(index)]);
    expect(await codeOf(openRegistryImage(repository, index.digest))).toBe('REGISTRY_INDEX_TOO_LARGE');
  });

  test('may name one manifest often, and not too many', async () => {
    const repository = await openIn(await startRegistry());
    const leaf = await pushOciImage(repository);
    let index = await pushIndexOf(repository, [entryOf(leaf, 'amd64')]);
    for (let depth = 0; depth < 6; depth += 1)
      index = await pushIndexOf(
        repository,
        Array.from({ length: 50 }, () => entryOf(index)),
      );
    expect((await openRegistryImage(repository, index.digest)).subjects).toHaveLength(8);
    const many = Array.from({ length: LIMITS.indexManifests }, (_, at) => ({
      ...entryOf(leaf, 'amd64'),
      digest: `sha256:${String(at).padStart(64, '0')}`,
    }));
    const { digest } = await pushIndexOf(repository, many);
    expect(await codeOf(openRegistryImage(repository, digest))).toBe('REGISTRY_INDEX_TOO_LARGE');
  });
});
