// SPDX-License-Identifier: Apache-2.0
// `cosign attach sbom` puts what nobody signed under a tag of its own: it is named as not judged, in registries and layout
// folders, and in neither is it an image.

import { describe, expect, test } from 'vitest';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { describeRegistryImage } from '../../src/image/inspect.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { imagesInLayout } from '../../src/oci/layout/images.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { judgeTrusting, keyPerson } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** As cosign 3 writes it. */
async function attach(repository: Repository, tag: string, mediaType = 'text/spdx+json'): Promise<Manifest> {
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  const blob = { size: EMPTY_CONFIG.bytes.length, digest: sha256(EMPTY_CONFIG.bytes) };
  const config = { ...blob, mediaType: 'application/vnd.oci.image.config.v1+json' };
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers: [{ ...blob, mediaType }] };
  const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
  await repository.putManifest(manifest, tag);
  return manifest;
}

async function inFolder() {
  const folder = await temporaryFolder();
  return { folder, repository: new LayoutRepository(folder, await LayoutIndex.create(folder, testClock())) };
}

const PLACES: Readonly<Record<string, () => Promise<Repository>>> = {
  'a registry': async () => openIn(await startRegistry()),
  'a registry without a referrers API': async () => openIn(await startRegistry({ referrersApi: false })),
  'a layout folder': async () => (await inFolder()).repository,
};

describe.each(Object.entries(PLACES))('an SBOM under a tag in %s', (_, open) => {
  test.each(['text/spdx+json', 'application/vnd.cyclonedx+json', 'spdx+xml'])('of type %s', async (type) => {
    const repository = await open();
    const { digest } = await pushOciImage(repository, { tag: '1' });
    const person = await keyPerson('kim', 'p256');
    const judge = await judgeTrusting([person]);
    await signRemotely({ repository, reference: '1' }, person, 'author', { judge });
    const tag = `sha256-${digest.slice(7)}.sbom`;
    await attach(repository, tag, type);
    // What belongs to another image, or to nobody, is not about this one.
    await attach(repository, `sha256-${'0'.repeat(64)}.sbom`);
    await attach(repository, `${tag}2`);
    const { verdict, notJudged } = await verdictOn({ repository, reference: '1' }, judge);
    expect([verdict, notJudged]).toEqual(['passed', [{ where: `tag ${tag}`, type }]]);
    expect((await describeRegistryImage(await openRegistryImage(repository, '1'))).notJudged).toEqual(notJudged);
  });
});

test('in a layout folder it is no image, and what could be run under its tag is one', async () => {
  const { folder, repository } = await inFolder();
  const { digest } = await pushOciImage(repository, { tag: '1' });
  const tag = `sha256-${digest.slice(7)}.sbom`;
  const images = async () => (await imagesInLayout(folder, testClock())).map((entry) => entry.tag);
  await attach(repository, tag);
  expect(await images()).toEqual(['1']);
  await attach(repository, tag, 'application/vnd.oci.image.layer.v1.tar+gzip');
  expect(await images()).toEqual(['1', tag]);
});
