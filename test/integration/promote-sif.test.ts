// SPDX-License-Identifier: Apache-2.0
// A promotion passes on of a SIF's manifest what was judged, and nothing else; and no title leads out of a folder.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command as pull } from '../../src/commands/pull.ts';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { promoteImage } from '../../src/transfer/promote.ts';
import { sifManifest } from '../../src/transfer/send-sif.ts';
import { FakeHost } from '../support/fake-host.ts';
import { openIn, someBytes, startRegistry, testClock } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const sif = someBytes(1000);
const layer = { digest: sha256(sif), size: sif.length, title: 'app.sif' };
const plain = JSON.parse(Buffer.from(sifManifest(layer).bytes).toString());
const [plainLayer] = plain.layers;
const NOTHING = new Uint8Array();

async function scene() {
  const registry = await startRegistry();
  const from = await openIn(registry, { name: 'staging/app' });
  for (const blob of [sif, EMPTY_CONFIG.bytes, NOTHING]) await from.pushBlob(sha256(blob), memoryBlob(blob));
  return { registry, from, to: await openIn(registry, { name: 'release/app' }) };
}

function promote(manifest: Manifest, { from, to }: { readonly from: Repository; readonly to: Repository }) {
  const route = { from, to, mountFrom: undefined, verifyData: false, criteria: undefined, clock: testClock() };
  return promoteImage(manifest.digest, { ...route, tags: ['final'] });
}

const asManifest = (document: unknown, space?: string) =>
  makeManifest(utf8(JSON.stringify(document, undefined, space)), MEDIA_TYPE.manifest);

describe('the manifest of a SIF', () => {
  const { mediaType: _, ...untyped } = plain;
  test.each([
    ['as we write it', sifManifest(layer)],
    ['spaced otherwise', asManifest(plain, '  ')],
    [
      'as Singularity 3 wrote it',
      asManifest({ ...untyped, config: { mediaType: MEDIA_TYPE.sifConfig, digest: sha256(NOTHING), size: 0 } }),
    ],
  ])('%s is promoted', async (__, manifest) => {
    const places = await scene();
    await places.from.putManifest(manifest, manifest.digest);
    await promote(manifest, places);
    expect((await places.to.resolve('final'))?.digest).toBe(manifest.digest);
  });

  test.each([
    ['annotations', { ...plain, annotations: { 'org.example.run': 'rm -rf' } }],
    [
      'an annotation of its layer',
      {
        ...plain,
        layers: [{ ...plainLayer, annotations: { ...plainLayer.annotations, 'io.deis.oras.content.unpack': 'true' } }],
      },
    ],
    ['data in its config', { ...plain, config: { ...plain.config, data: 'e30=' } }],
    ['addresses of its layer', { ...plain, layers: [{ ...plainLayer, urls: ['http://127.0.0.1/evil.sif'] }] }],
    ['a type of artifact', { ...plain, artifactType: 'x/evil' }],
    ['a subject', { ...plain, subject: { mediaType: MEDIA_TYPE.manifest, digest: layer.digest, size: 2 } }],
    ['a member of nobody', { ...plain, run: { a: 1 } }],
    ['a second layer', { ...plain, layers: [plainLayer, { ...plainLayer, mediaType: 'x/evil' }] }],
    ['another layer before it', { ...plain, layers: [{ ...plainLayer, mediaType: 'x/evil' }, plainLayer] }],
    [
      'a config of another type',
      { ...plain, config: { ...plain.config, mediaType: 'application/vnd.oci.image.config.v1+json' } },
    ],
    ['a config that says something', { ...plain, config: { ...plain.config, digest: layer.digest, size: 1000 } }],
  ])('with %s is not, nor inside an index', async (__, document) => {
    const places = await scene();
    const manifest = asManifest(document);
    const entry = { mediaType: MEDIA_TYPE.manifest, digest: manifest.digest, size: manifest.bytes.length };
    const platform = { os: 'linux', architecture: 'amd64' };
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [{ ...entry, platform }] };
    const whole = makeManifest(utf8(JSON.stringify(index)), MEDIA_TYPE.index);
    for (const one of [manifest, whole]) {
      await places.from.putManifest(one, one.digest);
      await expect(promote(one, places)).rejects.toMatchObject({ code: 'REGISTRY_SIF_MANIFEST_FOREIGN' });
      expect(await places.to.resolve('final')).toBeUndefined();
      expect(await places.to.resolve(one.digest)).toBeUndefined();
    }
  });

  test('with two faces moves no tag, wherever the other blob is', async () => {
    const places = await scene();
    const honest = sifManifest(layer);
    await places.from.putManifest(honest, honest.digest);
    await promote(honest, places);
    const evil = someBytes(1000, 2);
    const other = JSON.stringify({ ...plainLayer, digest: sha256(evil) });
    const text = JSON.stringify(plain);
    for (const there of [false, true])
      for (const two of [
        text.replace(/\}$/, `,"Layers":[${other}]}`),
        text.replace(/\}$/, `,"layer\\u017f":[${other}]}`),
        text.replace('"layers"', `"LAYERS":[${other}],"layers"`),
        text.replace('"annotations"', `"Digest":"${sha256(evil)}","annotations"`),
      ]) {
        for (const place of there ? [places.from, places.to] : []) await place.pushBlob(sha256(evil), memoryBlob(evil));
        const manifest = makeManifest(utf8(two), MEDIA_TYPE.manifest);
        places.registry.addManifest('staging/app', manifest.bytes, { type: manifest.mediaType });
        await expect(promote(manifest, places)).rejects.toMatchObject({ code: 'REGISTRY_DOCUMENT_AMBIGUOUS' });
        expect((await places.to.resolve('final'))?.digest).toBe(honest.digest);
      }
  });
});

test.each([
  '../out.sif',
  '/etc/out.sif',
  '..',
  '.hidden',
  'a/b.sif',
  'a\\b.sif',
  '-o',
  'x\ny.sif',
  `${'x'.repeat(200)}.sif`,
])('the title %j in a manifest leads out of no folder', async (title) => {
  const { registry } = await scene();
  const { bytes, mediaType } = sifManifest({ ...layer, title });
  registry.addManifest('staging/app', bytes, { type: mediaType, tag: 'v1' });
  const folder = await temporaryFolder();
  const cwd = join(folder, 'work');
  await mkdir(cwd);
  const reference = `${registry.host}/staging/app:v1`;
  await runCommand(pull, { reference }, new FakeHost({ cwd, env: {} }));
  expect(await readdir(folder)).toEqual(['work']);
  expect(await readdir(cwd)).toEqual(['app.sif']);
});
