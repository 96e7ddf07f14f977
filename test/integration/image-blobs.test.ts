// SPDX-License-Identifier: Apache-2.0
// Config and layers of container images: read and hashed with verify-data, and in a folder at least looked for. Whoever
// can write where they lie must not get an altered or incomplete image approved or passed.

import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../../src/oci/manifest.ts';
import { openRepository } from '../../src/oci/open.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor, type Repository } from '../../src/oci/oci.ts';
import { judgeBy, keyPerson, type Person, policyFor, problemsOf } from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { codeOf } from '../support/signing.ts';
import { temporaryFolder } from '../support/temporary.ts';

let author: Person;
let judge: Criteria;

beforeAll(async () => {
  author = await keyPerson('author', 'p256');
  judge = await judgeBy(await policyFor([author], '  - { name: author, approvers: [author] }'));
});

/** A place with an image, and how its blobs are tampered with there. */
interface Place {
  readonly repository: Repository;
  readonly alter: (blob: OciDescriptor) => Promise<void>;
  readonly remove: (blob: OciDescriptor) => Promise<void>;
}

async function inFolder(): Promise<Place> {
  const folder = join(await temporaryFolder(), 'layout');
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`oci:${folder}:v1`, options);
  const pathOf = ({ digest }: OciDescriptor): string => join(folder, 'blobs', ...digest.split(':'));
  return {
    repository,
    remove: (blob) => rm(pathOf(blob)),
    alter: async (blob) => {
      const bytes = await readFile(pathOf(blob));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      await writeFile(pathOf(blob), bytes);
    },
  };
}

async function inRegistry(): Promise<Place> {
  const registry = await startRegistry();
  return {
    repository: await openIn(registry),
    remove: async ({ digest }) => void registry.repo('team/app').blobs.delete(digest),
    alter: async ({ digest }) => {
      const bytes = Buffer.from(registry.content.get(digest) ?? []);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      registry.content.set(digest, bytes);
    },
  };
}

function partsOf(manifest: Manifest): { readonly config: OciDescriptor; readonly layer: OciDescriptor } {
  const { config, layers } = parseManifest(manifest, 'the image');
  const [layer] = layers;
  if (!config || !layer) throw new Error('an image without config or layer');
  return { config, layer };
}

const signAuthor = (repository: Repository, verifyData: boolean) =>
  signRemotely({ repository, reference: 'v1' }, author, 'author', { judge, verifyData });

describe.each([
  ['a folder', inFolder],
  ['a registry', inRegistry],
] as const)('verify-data for an image in %s', (_, open) => {
  test.each(['config', 'layer'] as const)(
    'an altered %s of one platform fails the image and is named',
    async (part) => {
      const { repository, alter } = await open();
      const [, , arm] = await pushOciIndex(repository, 'v1');
      await signAuthor(repository, true);
      expect((await verdictOn({ repository, reference: 'v1' }, judge, true)).verdict).toBe('passed');
      const blob = partsOf(arm ?? expect.fail('no second platform'))[part];
      await alter(blob);
      const verdict = await verdictOn({ repository, reference: 'v1' }, judge, true);
      expect({ verdict: verdict.verdict, problems: problemsOf(verdict) }).toEqual({
        verdict: 'failed',
        problems: ['REGISTRY_BLOB_ALTERED'],
      });
      expect(verdict.reasons[0]?.message).toContain(blob.digest);
      expect((await verdictOn({ repository, reference: 'v1' }, judge)).verdict).toBe('passed');
    },
  );

  test.each(['config', 'layer'] as const)('a missing %s fails the image and is named', async (part) => {
    const { repository, remove } = await open();
    const image = await pushOciImage(repository, { tag: 'v1' });
    await signAuthor(repository, true);
    const blob = partsOf(image)[part];
    await remove(blob);
    const verdict = await verdictOn({ repository, reference: 'v1' }, judge, true);
    expect({ verdict: verdict.verdict, problems: problemsOf(verdict) }).toEqual({
      verdict: 'failed',
      problems: ['REGISTRY_BLOB_MISSING'],
    });
    expect(verdict.reasons[0]?.message).toContain(blob.digest);
  });

  test('nothing is signed over an altered layer', async () => {
    const { repository, alter } = await open();
    const image = await pushOciImage(repository, { tag: 'v1' });
    await alter(partsOf(image).layer);
    expect(await codeOf(signAuthor(repository, true))).toBe('STAGE_IMAGE_BROKEN');
    expect((await repository.listReferrers(image.digest)).referrers).toEqual([]);
  });

  test('a layer kept elsewhere is a remark', async () => {
    const { repository, remove } = await open();
    const bytes = utf8('a layer of somebody else');
    for (const blob of [EMPTY_CONFIG.bytes, bytes]) await repository.pushBlob(sha256(blob), memoryBlob(blob));
    const mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
    const layer = { mediaType, size: bytes.length, digest: sha256(bytes) };
    const config = { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest };
    const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers: [layer] };
    await repository.putManifest(makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest), 'v1');
    await remove(layer);
    await signAuthor(repository, true);
    const verdict = await verdictOn({ repository, reference: 'v1' }, judge, true);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.reasons.map(({ code, severity }) => `${severity} ${code}`)).toContain(
      'remark REGISTRY_BLOB_ELSEWHERE',
    );
  });
});

describe('a folder without verify-data', () => {
  test('a blob that is missing or cut fails the image, and nothing is signed', async () => {
    const { repository, remove } = await inFolder();
    const image = await pushOciImage(repository, { tag: 'v1' });
    await signAuthor(repository, false);
    const { config, layer } = partsOf(image);
    await truncate(join(repository.name.slice('oci:'.length), 'blobs', ...layer.digest.split(':')), 5);
    const cut = await verdictOn({ repository, reference: 'v1' }, judge);
    expect(problemsOf(cut)).toEqual(['REGISTRY_BLOB_ALTERED']);
    await remove(config);
    const gone = await verdictOn({ repository, reference: 'v1' }, judge);
    expect(problemsOf(gone)).toEqual(['REGISTRY_BLOB_ALTERED', 'REGISTRY_BLOB_MISSING']);
    expect(await codeOf(signAuthor(repository, false))).toBe('STAGE_IMAGE_BROKEN');
  });

  test('a platform that is not there is a remark, also where all data is read', async () => {
    const { repository, remove } = await inFolder();
    const [, , arm] = await pushOciIndex(repository, 'v1');
    if (!arm) throw new Error('no second platform');
    const parts = partsOf(arm);
    await remove({ mediaType: arm.mediaType, digest: arm.digest, size: arm.bytes.length });
    await remove(parts.config);
    await signAuthor(repository, false);
    for (const verifyData of [false, true]) {
      const verdict = await verdictOn({ repository, reference: 'v1' }, judge, verifyData);
      expect(verdict.verdict).toBe('passed');
      expect(verdict.reasons).toContainEqual(
        expect.objectContaining({ code: 'REGISTRY_BLOB_MISSING', severity: 'remark' }),
      );
    }
  });
});
