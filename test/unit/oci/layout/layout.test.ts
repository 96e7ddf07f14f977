// SPDX-License-Identifier: Apache-2.0
// OCI layout folders as repositories: written, read, shared by parallel writers, damaged.

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import { sha256 } from '../../../../src/base/bytes.ts';
import { memoryBlob } from '../../../../src/oci/referrers/bundles.ts';
import { openRepository } from '../../../../src/oci/open.ts';
import { referrersTag } from '../../../../src/oci/reference.ts';
import { MEDIA_TYPE, type Repository } from '../../../../src/oci/oci.ts';
import { collect, pushImage, referrerTo, someBytes } from '../../../support/registry-session.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

async function openLayout(folder: string, access: 'pull' | 'push' = 'push'): Promise<Repository> {
  const options = { access, clock: systemClock(), credentials: { env: {} } };
  return (await openRepository({ in: 'layout', folder, tag: undefined, digest: undefined }, options)).repository;
}

const newFolder = async () => join(await temporaryFolder(), 'out');
const blob = someBytes(3_000_000);
const digest = sha256(blob);
const index = async (folder: string) => JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));

describe('a layout folder', () => {
  test('is made when it is written to, and not when it is read', async () => {
    const folder = await newFolder();
    await expect(openLayout(folder, 'pull')).rejects.toMatchObject({
      code: 'REGISTRY_LAYOUT_INVALID',
      message: `the folder ${folder} is not there`,
      hint: expect.not.stringContaining('create'),
    });
    await openLayout(folder);
    expect(JSON.parse(await readFile(join(folder, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
    expect(await index(folder)).toEqual({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] });
    await openLayout(folder, 'pull');
  });

  test('keeps no blob of which the system wrote a part only', async () => {
    const folder = await newFolder();
    await openLayout(folder);
    const child = fileURLToPath(new URL('../../../support/layout-child.ts', import.meta.url));
    // The write that crosses the limit says how much of it was written; only the next one fails.
    const limited = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, child, folder];
    const tooLarge = await promisify(execFile)('bash', [...limited, '100000']);
    expect(tooLarge.stdout).toBe('FILE_WRITE_FAILED');
    expect(await readdir(join(folder, 'blobs', 'sha256'))).toEqual([]);
    expect((await promisify(execFile)('bash', [...limited, '60000'])).stdout).toBe('uploaded');
  });

  test('stores blobs whole or not at all', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    expect(await repository.streamBlob(memoryBlob(blob), { commit: async () => false })).toMatchObject({
      digest,
      outcome: 'declined',
    });
    const failing = repository.streamBlob(memoryBlob(blob), { commit: () => Promise.reject(new Error('no')) });
    await expect(failing).rejects.toThrow('no');
    await expect(repository.pushBlob(sha256(someBytes(5)), memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_SOURCE_CHANGED',
    });
    const short = repository.streamBlob({ ...memoryBlob(blob), sizeBytes: 5_000_000 }, { commit: async () => true });
    await expect(short).rejects.toMatchObject({ code: 'REGISTRY_SOURCE_CHANGED' });
    expect(await readdir(join(folder, 'blobs', 'sha256'))).toEqual([]);
    expect(await repository.pushBlob(digest, memoryBlob(blob))).toMatchObject({ outcome: 'uploaded' });
    expect(await repository.pushBlob(digest, memoryBlob(blob))).toMatchObject({ outcome: 'exists' });
    expect(Buffer.compare(await collect(repository.readBlob(digest, { sizeBytes: blob.length })), blob)).toBe(0);
    const range = { offset: 2_000_000, lengthBytes: 10 };
    expect(
      Buffer.compare(await collect(repository.readBlob(digest, { range })), blob.subarray(2_000_000, 2_000_010)),
    ).toBe(0);
    await expect(
      collect(repository.readBlob(digest, { range: { offset: 2_999_999, lengthBytes: 2 } })),
    ).rejects.toMatchObject({ code: 'REGISTRY_SIZE_MISMATCH' });
  });

  test('moves a tag and keeps the manifest that had it', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const first = await pushImage(repository, 'v1', someBytes(10));
    const second = await pushImage(repository, 'v1', someBytes(11));
    expect((await repository.resolve('v1'))?.digest).toBe(second.digest);
    expect((await repository.resolve(first.digest))?.digest).toBe(first.digest);
    await repository.putManifest(second, 'latest');
    await repository.putManifest(second, 'v1');
    expect((await repository.tags()).toSorted()).toEqual(['latest', 'v1']);
    expect((await index(folder)).manifests).toHaveLength(3);
    expect(await repository.resolve('v2')).toBeUndefined();
  });

  test('finds referrers in its index and under the fallback tag', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const subject = await pushImage(repository, 'v1');
    const layer = referrerTo(subject, 'a');
    await repository.attachReferrer(layer);
    await repository.attachReferrer(layer);
    const hidden = referrerTo(subject, 'b');
    await repository.pushBlob(hidden.digest, memoryBlob(hidden.bytes));
    const list = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.index,
      manifests: [{ mediaType: MEDIA_TYPE.manifest, digest: hidden.digest, size: hidden.bytes.length }],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(list));
    await repository.putManifest(
      { bytes, mediaType: MEDIA_TYPE.index, digest: sha256(bytes) },
      referrersTag(subject.digest),
    );
    const found = await repository.listReferrers(subject.digest);
    expect(found.referrers.map(({ descriptor }) => descriptor.digest)).toEqual(
      [layer.digest, hidden.digest].toSorted(),
    );
    expect(found).toMatchObject({ rejected: [], complete: true });
  });

  test('keeps what other tools wrote into its index', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const foreign = {
      mediaType: 'application/x',
      digest: `sha256:${'ab'.repeat(32)}`,
      size: 1,
      'x-unknown': [1],
      annotations: { k: 'v' },
    };
    await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, 'x-top': 1, manifests: [foreign] }));
    await pushImage(repository, 'v1');
    expect(await index(folder)).toMatchObject({
      'x-top': 1,
      manifests: [foreign, { annotations: { 'org.opencontainers.image.ref.name': 'v1' } }],
    });
  });

  test('loses nothing to twenty writers at once', async () => {
    const folder = await newFolder();
    const subject = await pushImage(await openLayout(folder), 'v1');
    const layers = Array.from({ length: 20 }, (_, n) => referrerTo(subject, `n${n}`));
    await Promise.all(layers.map(async (layer) => (await openLayout(folder)).attachReferrer(layer)));
    expect((await (await openLayout(folder)).listReferrers(subject.digest)).referrers).toHaveLength(20);
    expect((await readdir(folder)).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('an entry that cannot be read hides no other, and its tag names nothing', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const image = await pushImage(repository, 'v1');
    const { manifests, ...rest } = await index(folder);
    const tag = (name: string) => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
    const odd = [
      { mediaType: MEDIA_TYPE.manifest, size: 7, digest: `sha384:${'ab'.repeat(48)}`, ...tag('odd') },
      { mediaType: MEDIA_TYPE.manifest, size: 7, digest: `sha384:${'ab'.repeat(48)}` },
      'no entry',
    ];
    const untyped = {
      size: image.bytes.length,
      digest: image.digest,
      annotations: { x: null, ...tag('v2').annotations },
    };
    await writeFile(
      join(folder, 'index.json'),
      JSON.stringify({ ...rest, manifests: [...odd, ...manifests, untyped] }),
    );
    const opened = await openLayout(folder, 'pull');
    for (const name of ['v1', 'v2', image.digest])
      expect(await opened.resolve(name)).toMatchObject({ digest: image.digest, mediaType: MEDIA_TYPE.manifest });
    await expect(opened.resolve('odd')).rejects.toMatchObject({ code: 'REGISTRY_LAYOUT_INVALID' });
    expect(await opened.listReferrers(image.digest)).toMatchObject({ referrers: [], rejected: [], complete: true });
    await repository.attachReferrer(referrerTo(image, 'a'));
    expect((await index(folder)).manifests).toMatchObject([...odd, {}, {}, {}]);
  });

  test('an index.json with null in the place of its list has no entries', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: null }));
    expect(await repository.tags()).toEqual([]);
    const image = await pushImage(repository, 'v1');
    expect((await repository.resolve('v1'))?.digest).toBe(image.digest);
  });

  test("a tag that several manifests have is nobody's, until it is moved", async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const first = await pushImage(repository, 'v1', someBytes(10));
    const second = await pushImage(repository, 'v2', someBytes(11));
    const { manifests, ...rest } = await index(folder);
    const tagged = manifests.map((entry: object) => ({
      ...entry,
      annotations: { 'org.opencontainers.image.ref.name': 'v1' },
    }));
    await writeFile(join(folder, 'index.json'), JSON.stringify({ ...rest, manifests: tagged }));
    for (const ask of [() => repository.resolve('v1'), () => repository.getManifest('v1')])
      await expect(ask()).rejects.toMatchObject({
        code: 'REGISTRY_LAYOUT_INVALID',
        message: expect.stringContaining(`the tag "v1" for several manifests: ${first.digest}, ${second.digest}`),
        hint: expect.stringContaining(`oci:${folder}@sha256:`),
      });
    expect((await repository.resolve(second.digest))?.digest).toBe(second.digest);
    await repository.putManifest(second, 'v1');
    expect((await repository.resolve('v1'))?.digest).toBe(second.digest);
    const twice = { ...rest, manifests: [tagged[0], tagged[0]] };
    await writeFile(join(folder, 'index.json'), JSON.stringify(twice));
    expect((await repository.resolve('v1'))?.digest, 'one image listed twice').toBe(first.digest);
  });

  test.each([
    ['a folder', (lock: string) => mkdir(lock)],
    ['a pipe', (lock: string) => promisify(execFile)('mkfifo', [lock])],
    ['a link to nothing', (lock: string) => symlink('nowhere', lock)],
    ['a large file', (lock: string) => writeFile(lock, 'x'.repeat(2000))],
    ['binary data', (lock: string) => writeFile(lock, Uint8Array.of(0xff))],
  ])('says so at once when %s has the name of its lock', async (_what, make) => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    await make(join(folder, 'index.json.lock'));
    await expect(pushImage(repository, 'v1')).rejects.toMatchObject({
      code: 'REGISTRY_LAYOUT_LOCKED',
      message: expect.stringContaining('index.json.lock is no lock file'),
      hint: expect.stringMatching(/^remove it/),
    });
    expect((await index(folder)).manifests).toEqual([]);
  });

  test('is not blocked for ever by the lock of a dead process', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const lock = join(folder, 'index.json.lock');
    await writeFile(lock, 'dead');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await pushImage(repository, 'v1');
    expect(await repository.tags()).toEqual(['v1']);
  });

  test('waits for the lock of a living one, and says so when it takes too long', async () => {
    const folder = await newFolder();
    let nowMs = Date.now();
    const clock = { ...systemClock(), nowMs: () => nowMs, sleep: async () => void (nowMs += 5000) };
    await openLayout(folder);
    const { repository } = await openRepository(`oci:${folder}`, { access: 'push', clock, credentials: { env: {} } });
    const lock = join(folder, 'index.json.lock');
    const refresh = {
      ...clock,
      sleep: async () => {
        nowMs += 5000;
        await utimes(lock, new Date(nowMs), new Date(nowMs));
      },
    };
    await writeFile(lock, 'alive');
    const waiting = await openRepository(`oci:${folder}`, { access: 'push', clock: refresh, credentials: { env: {} } });
    await expect(pushImage(waiting.repository, 'v1')).rejects.toMatchObject({ code: 'REGISTRY_LAYOUT_LOCKED' });
    await rm(lock);
    await pushImage(repository, 'v1');
  });

  test('what a writer without our lock puts back loses nothing that was listed before, and nothing comes again that was taken away', async () => {
    const folder = join(await temporaryFolder(), 'layout');
    const repository = await openLayout(folder);
    const image = await pushImage(repository, 'v1');
    const before = await readFile(join(folder, 'index.json'));
    const [kept, gone] = [referrerTo(image, 'a'), referrerTo(image, 'b')];
    await repository.attachReferrers([kept, gone]);
    await repository.detachReferrer(gone, image);
    await writeFile(join(folder, 'index.json'), before);
    await repository.putManifest(referrerTo(image, 'c'), 'v2');
    const { referrers } = await (await openLayout(folder)).listReferrers(image.digest);
    const found = referrers.map(({ descriptor }) => descriptor.digest);
    expect(found).toContain(kept.digest);
    expect(found).not.toContain(gone.digest);
  });
});

describe('a damaged or hostile layout folder', () => {
  test.each([
    ['oci-layout', '{}'],
    ['oci-layout', '{"imageLayoutVersion":"2.0.0"}'],
    ['index.json', '{'],
    ['index.json', '[]'],
    ['index.json', '{"schemaVersion":2}'],
    ['index.json', '{"manifests":[{"mediaType":"a","digest":"sha256:../../../etc/passwd","size":1}]}'],
  ])('%s with %s is refused', async (name, content) => {
    const folder = await newFolder();
    await openLayout(folder);
    await writeFile(join(folder, name), content);
    await expect(openLayout(folder, 'pull')).rejects.toMatchObject({ code: 'REGISTRY_LAYOUT_INVALID' });
  });

  const entry = `"mediaType":"${MEDIA_TYPE.manifest}","size":1,"digest":"sha256:${'a'.repeat(64)}"`;
  const named = (tag: string) => `"annotations":{"org.opencontainers.image.ref.name":"${tag}"}`;
  test.each([
    ['oci-layout', '{"imageLayoutVersion":"1.0.0","ImageLayoutVersion":"9"}'],
    ['oci-layout', '{"IMAGELAYOUTVERSION":"1.0.0"}'],
    ['index.json', '{"schemaVersion":2,"manifests":[],"Manifests":[]}'],
    ['index.json', '{"schemaVersion":2,"manifests":[],"manife\\u017fts":[]}'],
    ['index.json', `{"schemaVersion":2,"manifests":[{${entry},"Digest":"sha256:${'e'.repeat(64)}"}]}`],
    ['index.json', `{"schemaVersion":2,"manifests":[{${entry},${named('v1')},"A${named('v2').slice(2)}}]}`],
    ['index.json', `{"schemaVersion":2,"manifests":[{${entry}},{${entry},"A${named('v1').slice(2)}}]}`],
  ])('%s with %s is refused: which image a tag names would depend on the reader', async (name, content) => {
    const folder = await newFolder();
    await openLayout(folder);
    await writeFile(join(folder, name), content);
    await expect(openLayout(folder, 'pull')).rejects.toMatchObject({ code: 'REGISTRY_DOCUMENT_AMBIGUOUS' });
  });

  test('a folder with something else in it is not taken over', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'index.json'), '{}');
    await expect(openLayout(folder)).rejects.toMatchObject({ code: 'REGISTRY_LAYOUT_INVALID' });
  });

  test('an altered blob is found out', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const manifest = await pushImage(repository, 'v1', blob);
    const path = (name: string) => join(folder, 'blobs', 'sha256', name.slice(7));
    const altered = Buffer.from(blob);
    altered[5] = (altered[5] ?? 0) ^ 1;
    await writeFile(path(digest), altered);
    await expect(collect(repository.readBlob(digest))).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
    await expect(collect(repository.readBlob(digest, { sizeBytes: 5 }))).rejects.toMatchObject({
      code: 'REGISTRY_SIZE_MISMATCH',
    });
    await writeFile(path(manifest.digest), Buffer.concat([manifest.bytes, Buffer.from(' ')]));
    await expect(repository.getManifest('v1')).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
  });

  test('a blob that is a link out of the folder is not read', async () => {
    const folder = await newFolder();
    const repository = await openLayout(folder);
    const outside = join(await temporaryFolder(), 'secret');
    await writeFile(outside, blob);
    await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
    await symlink(outside, join(folder, 'blobs', 'sha256', digest.slice(7)));
    await expect(collect(repository.readBlob(digest))).rejects.toMatchObject({ code: 'FILE_SYMLINK_REFUSED' });
    await expect(repository.getManifest(digest)).rejects.toMatchObject({ code: 'FILE_SYMLINK_REFUSED' });
  });
});
