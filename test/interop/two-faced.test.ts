// SPDX-License-Identifier: Apache-2.0
// What we judged is what they fetch: of 200 documents made to mislead each is refused by us, or apptainer, oras, skopeo
// and crane fetch from it exactly what we found in it.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Digest, digestHex, sha256, utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { CountersignError } from '../../src/base/errors.ts';
import { mapBounded } from '../../src/base/parallel.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { EMPTY_CONFIG, parseManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type ReadableRepository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { sifManifest } from '../../src/transfer/send-sif.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { hasPeers, type Peer, runPeer } from '../support/peers.ts';
import { startRegistry } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { type Faces, type TwoFaced, twoFaced } from '../support/two-faced.ts';

const PER_KIND = 100;
/** Of those that we refuse, these are fetched too: to see that they do mislead somebody. */
const MISLEADING = /^(?:layers|manifests|digest) .* after$/;

const good = new Uint8Array(await readFile(new URL('../../assets/demo/hello.sif', import.meta.url)));
const evil = good.with(good.length - 200, (good.at(-200) ?? 0) ^ 0xff);
const layer = (bytes: Uint8Array, title: string) => ({ digest: sha256(bytes), size: bytes.length, title });
/** Two images; their manifests have the same length. */
const manifests = { good: sifManifest(layer(good, 'app.sif')), evil: sifManifest(layer(evil, 'app.sif')) } as const;

function entryOf(kind: TwoFaced['kind'], which: 'good' | 'evil'): Faces['good'] {
  const { bytes, digest, mediaType } = manifests[which];
  const [sif] = parseManifest(manifests[which], which).layers;
  if (kind === 'manifest')
    return {
      mediaType: JSON.stringify(sif?.mediaType),
      size: String(sif?.size),
      digest: JSON.stringify(sif?.digest),
      annotations: JSON.stringify(sif?.annotations),
    };
  const architecture = { good: 'amd64', evil: 'arm64' }[which];
  return {
    mediaType: JSON.stringify(mediaType),
    size: String(bytes.length),
    digest: JSON.stringify(digest),
    platform: JSON.stringify({ os: 'linux', architecture }),
  };
}

function documents(kind: TwoFaced['kind']): readonly TwoFaced[] {
  const config = { mediaType: MEDIA_TYPE.sifConfig, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest };
  const mediaType = kind === 'index' ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
  const all = twoFaced(kind, { mediaType, config, good: entryOf(kind, 'good'), evil: entryOf(kind, 'evil') });
  // By digest: the same in every run, and of every sort.
  return all.toSorted((a, b) => (sha256(utf8(a.text)) < sha256(utf8(b.text)) ? -1 : 1)).slice(0, PER_KIND);
}

/** The SIFs that a tag leads to as we read it; undefined when we refuse it. */
async function ours(repository: ReadableRepository, tag: string): Promise<ReadonlySet<Digest> | undefined> {
  try {
    const { shape } = await openRegistryImage(repository, tag);
    if (shape.is === 'sif') return new Set([shape.layer.digest]);
    if (shape.is === 'image') return new Set();
    const below = await Promise.all(shape.children.map(({ digest }) => repository.getManifest(digest)));
    const found = below.flatMap((manifest: Manifest | undefined) =>
      manifest ? parseManifest(manifest, 'a platform').layers : [],
    );
    return new Set(found.map(({ digest }) => digest));
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

const CLIENTS: readonly (readonly [Peer, (reference: string, folder: string) => readonly string[]])[] = [
  ['apptainer', (from, to) => ['pull', '--disable-cache', '--no-https', join(to, 'app.sif'), `oras://${from}`]],
  ['oras', (from, to) => ['pull', '--plain-http', '--platform', 'linux/amd64', '-o', to, from]],
  ['skopeo', (from, to) => ['copy', '--src-tls-verify=false', `docker://${from}`, `dir:${to}`]],
  ['crane', (from, to) => ['pull', '--insecure', '--platform', 'linux/amd64', '--format=oci', from, to]],
];

/** The SIFs that a client fetched, whatever it ended with. */
async function fetched(client: (typeof CLIENTS)[number], reference: string): Promise<readonly Digest[]> {
  const folder = await temporaryFolder();
  const [peer, args] = client;
  await runPeer(peer, args(reference, folder), { cwd: folder, env: { APPTAINER_CONFIGDIR: folder } });
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const digests = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => sha256(new Uint8Array(await readFile(join(file.parentPath, file.name))))),
  );
  return digests.filter((digest) => digest === sha256(good) || digest === sha256(evil));
}

async function push(
  host: string,
  { kind, tag, text }: Pick<TwoFaced, 'kind' | 'text'> & { readonly tag: string },
): Promise<boolean> {
  const type = kind === 'index' ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
  const answer = await fetch(`http://${host}/v2/app/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: text,
  });
  await answer.arrayBuffer();
  return answer.ok;
}

async function prepared(host: string): Promise<ReadableRepository> {
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`${host}/app`, options);
  for (const bytes of [good, evil, EMPTY_CONFIG.bytes]) await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  for (const manifest of Object.values(manifests)) await repository.putManifest(manifest, manifest.digest);
  return repository;
}

const PEERS = ['apptainer', 'oras', 'skopeo', 'crane'] as const;

test.skipIf(!hasPeers('docker-registry', ...PEERS)).each([
  ['distribution', startDockerRegistry],
  ['a registry that looks at nothing', async () => (await startRegistry()).host],
] as const)('what we judged is what they fetch, from %s (skipped without the clients)', async (_, start) => {
  const host = await start();
  const repository = await prepared(host);
  const seen = { stored: 0, refused: 0, compared: 0, misled: 0 };
  const wrong: string[] = [];
  const all = [...documents('manifest'), ...documents('index')];
  await mapBounded(all, 4, async ({ kind, name, text, ambiguous }) => {
    const tag = `t${digestHex(sha256(utf8(text))).slice(0, 32)}`;
    if (!(await push(host, { kind, tag, text }))) return;
    seen.stored += 1;
    const judged = await ours(repository, tag);
    if (!judged) {
      seen.refused += 1;
      if (!ambiguous) wrong.push(`${kind}, ${name}: refused`);
      if (!MISLEADING.test(name)) return;
    }
    for (const client of CLIENTS) {
      const got = await fetched(client, `${host}/app:${tag}`);
      if (judged && got.some((digest) => !judged.has(digest)))
        wrong.push(`${kind}, ${name}: ${client[0]} fetched another`);
      if (judged && got.length > 0) seen.compared += 1;
      if (!judged && got.includes(sha256(evil))) seen.misled += 1;
    }
  });
  console.info('of %i documents: %o', all.length, seen);
  expect(wrong).toEqual([]);
  expect(seen.compared).toBeGreaterThan(100);
  expect(seen.misled).toBeGreaterThan(10);
});
