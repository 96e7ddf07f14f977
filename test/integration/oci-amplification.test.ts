// SPDX-License-Identifier: Apache-2.0
// Entries without number may name one blob: each is read once, kept once and looked at once.

import { sha256, utf8 } from '../../src/base/bytes.ts';
import { AttachedBlobs } from '../../src/image/registry/attached-blobs.ts';
import { CHAIN_ANNOTATION, readAttachments } from '../../src/image/registry/attachments.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import {
  cosignTag,
  ENVELOPE_TYPE,
  PAYLOAD_TYPE,
  readCosignAttestations,
  readCosignSignatures,
} from '../../src/oci/cosign/cosign.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { bundleManifest, memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { NOW, x509Person } from '../support/layers.ts';
import { entryOf, pushIndexOf, pushOciImage } from '../support/oci-images.ts';
import { openIn, referrerTo, startRegistry } from '../support/registry-session.ts';
import { expect, test } from 'vitest';

const MIB = 1024 * 1024;

/** A legacy tag with many entries for one blob; `note` is what sets one entry apart from the next. */
async function plant(
  repository: Repository,
  image: Manifest,
  entries: { readonly suffix: 'sig' | 'att'; readonly blob: Uint8Array; readonly count: number; readonly note: number },
): Promise<void> {
  const { suffix, blob, count, note } = entries;
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(blob), memoryBlob(blob));
  const layers = Array.from({ length: count }, (_, n) => ({
    mediaType: suffix === 'sig' ? PAYLOAD_TYPE : ENVELOPE_TYPE,
    digest: sha256(blob),
    size: blob.length,
    annotations: { 'dev.cosignproject.cosign/signature': Buffer.from(`signature ${n % note}`).toString('base64') },
  }));
  const config = { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest };
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers };
  const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
  await repository.putManifest(manifest, cosignTag(image.digest, suffix));
}

async function scene() {
  const registry = await startRegistry();
  const repository = await openIn(registry);
  const image = await pushOciImage(repository, { tag: 'v1' });
  return { registry, repository, image };
}

test('a thousand legacy signatures of one payload share its bytes, and the same one twice is one', async () => {
  const { registry, repository, image } = await scene();
  const payload = utf8(JSON.stringify({ optional: { x: 'a'.repeat(60_000) } }));
  await plant(repository, image, { suffix: 'sig', blob: payload, count: 1000, note: 500 });
  for (const reader of [repository, new AttachedBlobs(repository, new Map())]) {
    const before = registry.count('GET', /\/blobs\//);
    const signatures = await readCosignSignatures(reader, image.digest);
    expect(signatures).toHaveLength(500);
    expect(new Set(signatures.map((signature) => signature.payload))).toHaveProperty('size', 1);
    expect(registry.count('GET', /\/blobs\//) - before).toBe(1);
  }
});

test('a payload that no tool would write is not read', async () => {
  const { registry, repository, image } = await scene();
  await plant(repository, image, { suffix: 'sig', blob: new Uint8Array(65 * 1024), count: 1, note: 1 });
  expect(await readCosignSignatures(repository, image.digest)).toEqual([]);
  expect(registry.count('GET', /\/blobs\//)).toBe(0);
});

test('a thousand legacy attestations with one content are one', async () => {
  const { registry, repository, image } = await scene();
  await plant(repository, image, { suffix: 'att', blob: new Uint8Array(2 * MIB), count: 1000, note: 1000 });
  expect(await readCosignAttestations(repository, image.digest)).toHaveLength(1);
  expect(registry.count('GET', /\/blobs\//)).toBe(1);
});

test('a large bundle that is attached again and again with other certificates does not fill the memory', async () => {
  const { registry, repository, image } = await scene();
  const { signer } = await x509Person('author');
  if (signer.material.kind !== 'certificates') throw new Error('no certificates');
  const leaf = Buffer.from(signer.material.chain[0] ?? []).toString('base64');
  const payload = Buffer.alloc(6 * MIB, 'a').toString('base64');
  const bytes = utf8(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { certificate: { rawBytes: leaf } },
      dsseEnvelope: { payload, payloadType: 'application/vnd.in-toto+json', signatures: [{ sig: 'AAAA' }] },
    }),
  );
  const certificate = `-----BEGIN CERTIFICATE-----\n${leaf}\n-----END CERTIFICATE-----\n`;
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  for (let n = 0; n < 20; n += 1) {
    const annotations = { n: String(n), [CHAIN_ANNOTATION]: certificate.repeat(1 + (n % 19)) };
    const bundle = { bytes, annotations, mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' };
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length };
    const manifest = bundleManifest({ ...bundle, predicateType: 'x', createdAt: NOW }, subject);
    await repository.attachReferrer(manifest);
  }
  const before = registry.bytesOut;
  const fresh = await openIn(registry);
  const layers = await readAttachments(await openRegistryImage(fresh, image.digest));
  expect(layers.complete).toBe(false);
  const kept = layers.bundles.reduce((sum, bundle) => sum + bundle.bytes.length, 0);
  expect(kept).toBeLessThan(150 * MIB);
  expect(registry.bytesOut - before).toBeLessThan(10 * MIB);
});

test.each(['referrers', 'legacy tags'])('large %s of every platform are read up to a limit in all', async (where) => {
  const registry = await startRegistry();
  const repository = await openIn(registry);
  const config = { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest };
  const blank = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers: [] };
  const add = (document: object, tag?: string) => {
    const bytes = utf8(JSON.stringify(document));
    const { mediaType } = blank;
    registry.addManifest('team/app', bytes, { type: mediaType, ...(tag === undefined ? {} : { tag }) });
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const padding = { x: 'x'.repeat(3.5 * MIB) };
  const platforms = Array.from({ length: 60 }, (_, n) => {
    const platform = add({ ...blank, annotations: { n: String(n) } });
    if (where === 'legacy tags') add({ ...blank, annotations: padding }, cosignTag(platform.digest, 'sig'));
    else {
      const layer = add({ ...blank, subject: platform, annotations: padding });
      const list = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [layer] };
      const tag = platform.digest.replace(':', '-');
      registry.addManifest('team/app', utf8(JSON.stringify(list)), { type: MEDIA_TYPE.index, tag });
    }
    return platform;
  });
  const index = makeManifest(
    utf8(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: platforms })),
    MEDIA_TYPE.index,
  );
  await repository.putManifest(index, 'v1');
  const before = registry.bytesOut;
  const layers = await readAttachments(await openRegistryImage(await openIn(registry), 'v1'));
  expect(layers.complete).toBe(false);
  expect(registry.bytesOut - before).toBeLessThan(140 * MIB);
});

test('small referrers of every platform are counted for the image', async () => {
  const registry = await startRegistry({ referrersApi: true });
  const repository = await openIn(registry);
  const platforms: Manifest[] = [];
  for (let n = 0; n < 5; n += 1) platforms.push(await pushOciImage(repository, { label: String(n) }));
  const index = await pushIndexOf(
    repository,
    platforms.map((platform, n) => entryOf(platform, `a${n}`)),
    { tag: 'v1' },
  );
  for (const platform of platforms)
    for (let n = 0; n < 850; n += 1) {
      const { bytes, mediaType } = referrerTo(platform, String(n));
      registry.addManifest('team/app', bytes, { type: mediaType });
    }
  const before = registry.count('GET', /\/manifests\/sha256:/);
  const layers = await readAttachments(await openRegistryImage(await openIn(registry), index.digest));
  expect(layers.complete).toBe(false);
  expect(registry.count('GET', /\/manifests\/sha256:/) - before).toBeLessThan(3000);
});
