// SPDX-License-Identifier: Apache-2.0
// OCI layout folders given as subject-path.

import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { command as inspect } from '../../../../src/commands/inspect.ts';
import { COMMON_INPUTS } from '../../../../src/commands/inputs/common.ts';
import { type Command, readInputs } from '../../../../src/commands/spec.ts';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { SUBJECT_INPUTS, subjectsFrom } from '../../../../src/commands/inputs/subjects.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { memoryBlob } from '../../../../src/oci/referrers/bundles.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { EMPTY_CONFIG, makeManifest } from '../../../../src/oci/manifest.ts';
import { manifestName, parseReference } from '../../../../src/oci/reference.ts';
import { type Manifest, MEDIA_TYPE } from '../../../../src/oci/oci.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW } from '../../../support/layers.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { referrerTo, testClock } from '../../../support/registry-session.ts';
import { runCommand } from '../../../support/run-command.ts';
import { cycloneDx } from '../../../support/scan-reports.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function layout(name: string, tags: readonly string[], label = ''): Promise<LayoutRepository> {
  const path = join(folder, name);
  const repository = new LayoutRepository(path, await LayoutIndex.create(path, testClock()));
  for (const [index, tag] of tags.entries()) await pushOciImage(repository, { tag, label: label || String(index) });
  return repository;
}

function descriptorOf({ mediaType, digest, bytes }: Manifest) {
  return { mediaType, digest, size: bytes.length };
}

function indexOf(manifests: readonly Manifest[]): Manifest {
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: manifests.map(descriptorOf) };
  return makeManifest(Buffer.from(JSON.stringify(document)), MEDIA_TYPE.index);
}

async function named(list: string): Promise<readonly string[]> {
  const inputs = await readInputs([...SUBJECT_INPUTS, ...COMMON_INPUTS], {
    texts: new Map([['subject-path', list]]),
    cwd: folder,
    mask: () => undefined,
    readStdin: async () => new Uint8Array(),
  });
  return (await subjectsFrom(inputs)).map((subject) => subject.name);
}

async function call(command: Command, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return runCommand(command, texts, host);
}

describe('a layout folder as subject-path', () => {
  test('stands for its one tagged image', async () => {
    await layout('images', ['v1']);
    for (const path of ['images', './images/', join(folder, 'images')])
      expect(await named(path)).toEqual([`oci:${join(folder, 'images')}:v1`]);
  });

  test('may have the image under several tags', async () => {
    await layout('images', ['v1', 'latest'], 'same');
    expect(await named('images')).toEqual([`oci:${join(folder, 'images')}:v1`]);
  });

  test('what is attached to the image is no other image', async () => {
    const repository = await layout('images', []);
    const subject = await pushOciImage(repository, { tag: 'v1' });
    const base = subject.digest.replace(':', '-');
    const layer = referrerTo(subject, 'a');
    await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
    await repository.putManifest(layer, `${base}.countersign-${layer.digest.slice(7, 39)}`);
    await repository.putManifest(indexOf([layer]), base);
    await writeFile(join(folder, 'kim.pem'), (await keyPerson('kim', 'p256')).privateKey, { mode: 0o600 });
    const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
    await call(signStage, { 'subject-path': 'images', stage: 'author', ...key });
    expect((await repository.tags()).toSorted()).toEqual([
      base,
      `${base}.countersign-${layer.digest.slice(7, 39)}`,
      `${base}.sig`,
      'v1',
    ]);
    expect(await named('images')).toEqual([`oci:${join(folder, 'images')}:v1`]);
  });

  test.each([
    ['a list of referrers', ''],
    ['a layer of ours', `.countersign-${'0'.repeat(32)}`],
    ['signatures', '.sig'],
    ['attestations', '.att'],
    ['an SBOM', '.sbom'],
    ['something unknown', '.x'],
  ])('an image with the tag of %s is an image all the same', async (_what, ending) => {
    const repository = await layout('images', ['v1']);
    const { digest } = await pushOciImage(repository, { label: 'subject' });
    await pushOciImage(repository, { tag: digest.replace(':', '-') + ending, label: 'hidden' });
    await expect(named('images')).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: expect.stringMatching(/^subject-path: the layout folder images has 2 tagged images: "v1", "sha256-/),
    });
  });

  test('an image whose entry cannot be read is an image all the same', async () => {
    const repository = await layout('images', ['v1']);
    expect((await repository.tags()).toSorted()).toEqual(['v1']);
    const path = join(folder, 'images', 'index.json');
    const index = JSON.parse(await readFile(path, 'utf8'));
    const annotations = { 'org.opencontainers.image.ref.name': 'v2' };
    index.manifests.push({ mediaType: MEDIA_TYPE.manifest, size: 1, digest: `sha384:${'ab'.repeat(48)}`, annotations });
    await writeFile(path, JSON.stringify(index));
    await expect(named('images')).rejects.toMatchObject({
      message: 'subject-path: the layout folder images has 2 tagged images: "v1", "v2"',
    });
    expect(await named('oci:images:v1')).toEqual([`oci:${join(folder, 'images')}:v1`]);
  });

  test('nor can platforms, what refers to nothing here, or what could be run hide behind such a tag', async () => {
    const repository = await layout('images', ['v1']);
    const subject = await pushOciImage(repository, { tag: 'v1' });
    const base = subject.digest.replace(':', '-');
    const child = await pushOciImage(repository, { label: 'platform' });
    const runnable = { ...JSON.parse(Buffer.from(child.bytes).toString()), subject: descriptorOf(subject) };
    const image = makeManifest(Buffer.from(JSON.stringify(runnable)), MEDIA_TYPE.manifest);
    const layer = referrerTo(subject, 'a');
    await repository.pushBlob(layer.digest, memoryBlob(layer.bytes));
    await repository.pushBlob(image.digest, memoryBlob(image.bytes));
    const elsewhere = `sha256-${'ab'.repeat(32)}`;
    const hidden = [
      [indexOf([child]), base],
      [indexOf([layer, child]), base],
      [indexOf([image]), base],
      [image, `${base}.countersign-${image.digest.slice(7, 39)}`],
      [layer, `${base}.countersign-${'0'.repeat(32)}`],
      [indexOf([]), elsewhere],
    ] as const;
    for (const [manifest, tag] of hidden) {
      await repository.putManifest(manifest, tag);
      await expect(named('images')).rejects.toMatchObject({ message: expect.stringMatching(/has \d tagged images/) });
      await repository.putManifest(subject, tag);
    }
    await repository.putManifest(indexOf([layer]), base);
    expect(await named('images')).toEqual([`oci:${join(folder, 'images')}:v1`]);
    await rm(join(folder, 'images', 'blobs', 'sha256', indexOf([layer]).digest.slice(7)));
    await expect(named('images')).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
  });

  test('a name that cannot stand in a reference is taken by digest', async () => {
    const repository = await layout('images', []);
    const { digest } = await pushOciImage(repository, { tag: 'app v1' });
    expect(await named('images')).toEqual([`oci:${join(folder, 'images')}@${digest}`]);
  });

  test('patterns match layout folders besides files, and each once', async () => {
    await layout('x-layout', ['v1']);
    await mkdir(join(folder, 'x-other'));
    await writeFile(join(folder, 'x.sif'), typicalSif().bytes());
    expect(await named('x*\nx-layout\n*-layout')).toEqual([`oci:${join(folder, 'x-layout')}:v1`, 'x.sif']);
  });

  test('a pattern passes over no image that is broken, only folders that are none', async () => {
    await layout('x-marker', ['v1']);
    await layout('x-other', ['v1']);
    await mkdir(join(folder, 'x-plain'));
    await rm(join(folder, 'x-marker', 'oci-layout'));
    await rm(join(folder, 'x-other', 'oci-layout'));
    await mkdir(join(folder, 'x-other', 'oci-layout'));
    const broken = ['x-marker', 'x-other'].map((name) => `oci:${join(folder, name)}`);
    expect(await named('x-*')).toEqual(broken);
    await symlink('nowhere', join(folder, 'x.sif'));
    await expect(named('x*')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringMatching(/x\.sif$/),
    });
    await writeFile(Buffer.concat([Buffer.from(`${folder}/y`), Uint8Array.of(0xff), Buffer.from('.sif')]), '');
    await expect(named('y*')).rejects.toMatchObject({ code: 'DATA_NOT_UTF8' });
    await writeFile(join(folder, 'kim.pub'), (await keyPerson('kim', 'p256')).publicKey);
    const verified = await call(verifyAll, { 'subject-path': 'x-*', 'public-key': 'kim.pub' });
    expect(verified.json).toMatchObject({
      images: [{ reasons: [{ code: 'REGISTRY_LAYOUT_INVALID' }] }, { reasons: [{ code: expect.any(String) }] }],
    });
    expect(verified.exitCode).toBe(3);
  });

  test('several images are a usage error that lists the tags, not all of them', async () => {
    await layout('images', ['v1', 'v2']);
    await expect(named('images')).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      exitCode: 2,
      message: 'subject-path: the layout folder images has 2 tagged images: "v1", "v2"',
      hint: 'say which one is meant: oci:images:TAG, or oci:images@sha256:…',
    });
    await layout(
      'many',
      Array.from({ length: 14 }, (_, index) => `v${index}`),
    );
    await expect(named('many')).rejects.toMatchObject({ message: expect.stringMatching(/"v9" and 4 more$/) });
  });

  test('the same tag twice is two images', async () => {
    await layout('images', ['v1', 'v2']);
    const path = join(folder, 'images', 'index.json');
    const index = await LayoutIndex.open(join(folder, 'images'), testClock());
    const manifests = (await index.entries()).map((entry) => ({
      ...entry,
      annotations: { 'org.opencontainers.image.ref.name': 'v1' },
    }));
    await writeFile(path, JSON.stringify({ schemaVersion: 2, manifests }));
    await expect(named('images')).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: 'subject-path: the layout folder images has the tag "v1" for several images',
      hint: 'name the image by its digest: oci:images@sha256:…',
    });
  });

  test('a whole reference in the place of the tag is a tag', async () => {
    const repository = await layout('images', []);
    const { digest } = await pushOciImage(repository, { tag: 'ghcr.io/org/app:1.2' });
    const reference = `oci:${join(folder, 'images')}:ghcr.io/org/app:1.2`;
    for (const name of ['images', 'oci:images:ghcr.io/org/app:1.2']) expect(await named(name)).toEqual([reference]);
    expect(manifestName(parseReference(reference))).toBe('ghcr.io/org/app:1.2');
    expect((await repository.resolve('ghcr.io/org/app:1.2'))?.digest).toBe(digest);
  });

  test('no image is a usage error, and a name from the folder cannot act on a terminal', async () => {
    const repository = await layout('images', []);
    await expect(named('images')).rejects.toMatchObject({ message: expect.stringMatching(/has no image$/) });
    for (const [index, tag] of ['\u001b]0;x\u0007', 'y'.repeat(500)].entries())
      await pushOciImage(repository, { tag, label: `b${index}` });
    const error: Error = await named('images').then(
      () => new Error('none'),
      (thrown: Error) => thrown,
    );
    expect(error.message).not.toContain('\u001b');
    expect(error.message.length).toBeLessThan(300);
  });

  describe('without a tag', () => {
    test('stands for its only image, also when layers, lists and signatures were attached to it', async () => {
      const repository = await layout('images', []);
      const { digest } = await pushOciImage(repository, {});
      const reference = `oci:${join(folder, 'images')}@${digest}`;
      expect(await named('images')).toEqual([reference]);
      const kim = await keyPerson('kim', 'p256');
      await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
      await writeFile(join(folder, 'kim.pub'), kim.publicKey);
      for (const stage of ['author', 'security']) {
        const signing = { 'signing-method': 'key', 'key-path': 'kim.pem', stage };
        expect((await call(signStage, { 'subject-path': 'images', ...signing })).exitCode).toBe(0);
        expect(await named('images')).toEqual([reference]);
      }
      const path = join(folder, 'images', 'index.json');
      const index = JSON.parse(await readFile(path, 'utf8'));
      for (const entry of index.manifests) delete entry.annotations;
      await writeFile(path, JSON.stringify(index));
      expect(index.manifests.length).toBeGreaterThan(4);
      expect(await named('images')).toEqual([reference]);
    });

    test('stands for its only index, whose platforms are listed, too', async () => {
      const repository = await layout('images', []);
      const platforms = [await pushOciImage(repository, {}), await pushOciImage(repository, { label: 'arm' })];
      const index = indexOf(platforms);
      await repository.putManifest(index, index.digest);
      expect(await named('images')).toEqual([`oci:${join(folder, 'images')}@${index.digest}`]);
    });

    test.each([
      ['a second image', {}],
      ['what could be run and refers to the image', { runs: true }],
      ['a manifest that is not there', { digest: `sha256:${'ab'.repeat(32)}` }],
      ['a digest of an unknown kind', { digest: `sha384:${'ab'.repeat(48)}` }],
      ['an entry that is none', { digest: 5 }],
    ])(
      'beside %s nobody can tell which is meant',
      async (_, { digest, runs }: { digest?: unknown; runs?: boolean }) => {
        const repository = await layout('images', []);
        const image = await pushOciImage(repository, {});
        const other = await pushOciImage(repository, { label: 'other' });
        const runnable = { ...JSON.parse(Buffer.from(other.bytes).toString()), subject: descriptorOf(image) };
        const entry = runs ? makeManifest(Buffer.from(JSON.stringify(runnable)), MEDIA_TYPE.manifest) : other;
        if (runs) await repository.putManifest(entry, entry.digest);
        const manifests = [
          descriptorOf(image),
          { ...descriptorOf(entry), ...(digest === undefined ? {} : { digest }) },
        ];
        await writeFile(join(folder, 'images', 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
        await expect(named('images')).rejects.toMatchObject({
          code: 'USAGE_INVALID_INPUT',
          message: expect.stringContaining(`has no tag, and several manifests: ${image.digest}, `),
          hint: 'name the image by its digest: oci:images@sha256:…',
        });
      },
    );
  });

  test('goes all the way: scanned, signed, verified, promoted, signed again', async () => {
    await layout('images', ['v1']);
    const kim = await keyPerson('kim', 'p256');
    await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'kim.pub'), kim.publicKey);
    await writeFile(join(folder, 'sbom.json'), JSON.stringify(cycloneDx()));
    await writeFile(join(folder, 'a.sif'), typicalSif().bytes());
    const image = { 'subject-path': 'images' };
    const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
    const both = { 'subject-path': 'images\na.sif', 'sbom-path': 'images=sbom.json' };
    const scanned = await call(scanAttest, { ...both, ...key });
    expect(JSON.parse(scanned.outputs['evidence'] ?? '')).toMatchObject([{ where: 'referrer', signed: true }]);
    for (const stage of ['author', 'security'])
      expect((await call(signStage, { ...image, stage, ...key })).exitCode).toBe(0);
    const verified = await call(verifyAll, { ...image, 'public-key': 'kim.pub' });
    expect(verified.outputs['verdict']).toBe('passed');
    expect((await call(inspect, image)).text).toContain('approval of security');
    const target = { reference: 'oci:out:v1', 'public-key': 'kim.pub' };
    expect((await call(pushOras, { ...image, ...target })).outputs['verdict']).toBe('passed');
    expect((await call(verifyAll, { 'subject-path': 'out', 'public-key': 'kim.pub' })).outputs['verdict']).toBe(
      'passed',
    );
    await expect(call(pushOras, { 'subject-path': 'images\na.sif', ...target })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: 'subject-path names 2 images',
    });
  });

  describe.skipIf(process.platform === 'win32')('with a colon in its path', () => {
    const digestIn = async (path: string, tag: string) =>
      (await new LayoutRepository(path, await LayoutIndex.open(path, testClock())).resolve(tag))?.digest;
    const promoted = async (texts: Readonly<Record<string, string>>) =>
      String((await call(pushOras, texts)).outputs['digest']);

    test('is the image that is promoted, not one whose name ends alike in another folder', async () => {
      await layout('x:y', ['1.0'], 'wanted');
      await layout('x', ['y:1.0'], 'other');
      const wanted = await digestIn(join(folder, 'x:y'), '1.0');
      const other = await digestIn(join(folder, 'x'), 'y:1.0');
      expect(await promoted({ 'subject-path': 'x:y', reference: 'oci:a:1' })).toBe(wanted);
      expect(await promoted({ 'subject-path': 'x', reference: 'oci:b:1' })).toBe(other);
      expect(await digestIn(join(folder, 'a'), '1')).toBe(wanted);
      expect(await promoted({ 'subject-name': 'oci:x:y/:1.0', reference: 'oci:c:1' })).toBe(wanted);
      expect(await promoted({ 'subject-name': 'oci:x/:y:1.0', reference: 'oci:d:1' })).toBe(other);
      for (const name of ['x', 'x:y']) expect(await named((await named(name)).join())).toEqual(await named(name));
      for (const texts of [
        { 'subject-name': 'oci:x:y:1.0', reference: 'oci:e:1' },
        { 'subject-path': 'x', reference: 'oci:x:y:1.0' },
      ])
        await expect(call(pushOras, texts)).rejects.toMatchObject({
          code: 'USAGE_INVALID_INPUT',
          message: expect.stringMatching(/could mean an image in any of the layout folders ".*x", ".*x:y"$/),
        });
    });

    test('is found by every way to write it, also when only the working directory has the colon', async () => {
      const outer = folder;
      folder = join(outer, '2026-11-22T10:00');
      await layout('lay', ['1.0']);
      const digest = await digestIn(join(folder, 'lay'), '1.0');
      for (const from of [{ 'subject-path': 'lay' }, { 'subject-name': 'oci:lay:1.0' }])
        for (const reference of ['oci:out:1.0', 'oci:out:ghcr.io/x/y:1.2']) {
          const result = await call(pushOras, { ...from, reference });
          expect(result.outputs).toMatchObject({ reference: `oci:${join(folder, 'out')}/@${digest}`, digest });
          expect((await call(inspect, { 'subject-name': String(result.outputs['reference']) })).exitCode).toBe(0);
        }
      const [name = ''] = await named('lay');
      folder = outer;
      expect(await named(name)).toEqual([name]);
      const source = { 'subject-name': 'oci:2026-11-22T10:00/lay:1.0' };
      expect(await promoted({ ...source, reference: 'oci:2026-11-22T10:00/new:1.0' })).toBe(digest);
      expect(await digestIn(join(folder, '2026-11-22T10:00/new'), '1.0')).toBe(digest);
      expect(await promoted({ ...source, reference: 'oci:2026-11-22T10:00/new:ghcr.io/org/app:2' })).toBe(digest);
      expect(await digestIn(join(folder, '2026-11-22T10:00/new'), 'ghcr.io/org/app:2')).toBe(digest);
    });

    test('an empty folder that is there is meant, too', async () => {
      await layout('lay', ['1.0']);
      await mkdir(join(folder, 'a:b.example'), { recursive: true });
      await promoted({ 'subject-path': 'lay', reference: 'oci:a:b.example/x:1.0' });
      expect(await digestIn(join(folder, 'a'), 'b.example/x:1.0')).toBeDefined();
      await mkdir(join(folder, 'c:d.example', 'x'), { recursive: true });
      await promoted({ 'subject-path': 'lay', reference: 'oci:c:d.example/x:1.0' });
      expect(await digestIn(join(folder, 'c:d.example', 'x'), '1.0')).toBeDefined();
    });
  });

  test('a broken folder fails, and the other images are verified all the same', async () => {
    await layout('broken', ['v1']);
    await writeFile(join(folder, 'broken', 'index.json'), '{"manifests":[{"digest":"x"}]}');
    await layout('good', ['v1']);
    const kim = await keyPerson('kim', 'p256');
    await writeFile(join(folder, 'kim.pub'), kim.publicKey);
    const result = await call(verifyAll, { 'subject-path': 'broken\ngood', 'public-key': 'kim.pub' });
    expect(result.exitCode).toBe(1);
    expect(result.json).toMatchObject({
      images: [
        { kind: 'oci', reasons: [{ code: 'REGISTRY_LAYOUT_INVALID' }] },
        { name: `oci:${join(folder, 'good')}:v1`, contentDigests: [expect.stringMatching(/^sha256:/)] },
      ],
    });
  });
});
