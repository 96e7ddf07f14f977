// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { sha256, utf8 } from '../../../src/base/bytes.ts';
import { bundleManifest } from '../../../src/oci/referrers/bundles.ts';
import { checkManifest, EMPTY_CONFIG, parseList, parseManifest } from '../../../src/oci/manifest.ts';
import { sifManifest } from '../../../src/transfer/send-sif.ts';
import { MEDIA_TYPE } from '../../../src/oci/oci.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}` as const;
const config = { mediaType: MEDIA_TYPE.empty, digest: EMPTY_CONFIG.digest, size: 2 };
const image = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers: [] };
const parse = (document: unknown, mediaType: string = MEDIA_TYPE.manifest) =>
  parseManifest({ bytes: utf8(JSON.stringify(document)), mediaType }, 'the manifest');

describe('a manifest', () => {
  test('tells its type, or its config tells', () => {
    expect(parse({ ...image, artifactType: 'a/b' }).artifactType).toBe('a/b');
    expect(parse(image).artifactType).toBe(MEDIA_TYPE.empty);
  });

  test('without mediaType has the type it came with', () => {
    const { mediaType: _, ...bare } = image;
    expect(parse(bare, MEDIA_TYPE.dockerManifest)).toMatchObject({
      kind: 'manifest',
      mediaType: MEDIA_TYPE.dockerManifest,
    });
  });

  test.each([
    ['another type than it came with', { ...image, mediaType: MEDIA_TYPE.dockerManifest }],
    ['an unknown type', { ...image, mediaType: 'text/plain' }],
    ['schema version 1', { ...image, schemaVersion: 1 }],
    ['a manifest and an index at once', { ...image, manifests: [] }],
    ['a digest that is a path', { ...image, config: { ...config, digest: 'sha256:../../etc/passwd' } }],
    ['a negative size', { ...image, config: { ...config, size: -1 } }],
    ['a fractional size', { ...image, config: { ...config, size: 1.5 } }],
    ['an annotation that is no text', { ...image, annotations: { a: 1 } }],
    ['no layers', { ...image, layers: undefined }],
    ['a list', []],
  ])('with %s is refused', (_, document) => {
    expect(() => parse(document)).toThrow(expect.objectContaining({ code: 'REGISTRY_MANIFEST_INVALID' }));
  });

  test('with null in the place of a list has no entries', () => {
    expect(parse({ ...image, layers: null }).layers).toEqual([]);
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: null };
    expect(parse(index, MEDIA_TYPE.index).manifests).toEqual([]);
  });

  test('with an odd layer is refused, unless it is read as a list of many writers', () => {
    const good = { mediaType: 'a/b', digest: DIGEST, size: 1 };
    const bytes = utf8(
      JSON.stringify({ ...image, layers: [{ digest: DIGEST, size: 1 }, { ...good, digest: 'x' }, good] }),
    );
    const manifest = { bytes, mediaType: MEDIA_TYPE.manifest };
    expect(() => parseManifest(manifest, 'm')).toThrow(expect.objectContaining({ code: 'REGISTRY_MANIFEST_INVALID' }));
    expect(parseList(manifest, 'm')).toMatchObject({
      layers: [{ mediaType: '', digest: DIGEST }, good],
      odd: [expect.stringContaining('layers[1] has the digest "x"')],
    });
  });

  test('with a repeated key is refused', () => {
    const text = JSON.stringify(image).replace('{', '{"schemaVersion":2,');
    expect(() => parseManifest({ bytes: utf8(text), mediaType: MEDIA_TYPE.manifest }, 'm')).toThrow(
      expect.objectContaining({ code: 'REGISTRY_MANIFEST_INVALID' }),
    );
  });

  test('must have the digest asked for and the digest claimed', () => {
    const bytes = utf8(JSON.stringify(image));
    const received = { bytes, mediaType: MEDIA_TYPE.manifest, claimed: [] };
    expect(checkManifest({ ...received, reference: 'v1' }, 'r').digest).toBe(sha256(bytes));
    for (const wrong of [{ reference: DIGEST }, { reference: 'v1', claimed: ['sha256:x', DIGEST] }])
      expect(() => checkManifest({ ...received, ...wrong }, 'r')).toThrow(
        expect.objectContaining({ code: 'REGISTRY_DIGEST_MISMATCH' }),
      );
  });
});

describe('the manifest of a pushed SIF', () => {
  test('is what apptainer 1.4.5 writes, byte for byte', () => {
    const manifest = sifManifest({ digest: DIGEST, size: 42625, title: 'pgp.sif' });
    expect(Buffer.from(manifest.bytes).toString()).toBe(
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.sylabs.sif.config.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},"layers":[{"mediaType":"application/vnd.sylabs.sif.layer.v1.sif","size":42625,"digest":"${DIGEST}","annotations":{"org.opencontainers.image.title":"pgp.sif"}}]}`,
    );
  });

  test('escapes a file name as Go does', () => {
    const text = Buffer.from(sifManifest({ digest: DIGEST, size: 1, title: 'a<b>&\u2028"é.sif' }).bytes).toString();
    expect(text).toContain('"a\\u003cb\\u003e\\u0026\\u2028\\"é.sif"');
  });
});

test('a bundle’s manifest is the same every time and has the shape cosign reads', () => {
  const bundle = {
    bytes: utf8('{}'),
    mediaType: MEDIA_TYPE.bundle,
    predicateType: 'https://slsa.dev/verification_summary/v1',
    createdAt: new Date('2026-11-22T10:02:51.999Z'),
  };
  const subject = { mediaType: MEDIA_TYPE.manifest, digest: DIGEST, size: 401 };
  const manifest = bundleManifest(bundle, subject);
  expect(bundleManifest(bundle, subject).digest).toBe(manifest.digest);
  expect(JSON.parse(Buffer.from(manifest.bytes).toString())).toEqual({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: MEDIA_TYPE.bundle, size: 2, digest: sha256(utf8('{}')) }],
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': 'https://slsa.dev/verification_summary/v1',
      'org.opencontainers.image.created': '2026-11-22T10:02:51Z',
    },
    subject,
    artifactType: MEDIA_TYPE.bundle,
  });
});
