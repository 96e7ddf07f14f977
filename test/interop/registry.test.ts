// SPDX-License-Identifier: Apache-2.0
// A real registry and the real clients: they read what we push, we read what they push, and layouts go both ways.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { command as pull } from '../../src/commands/pull.ts';
import { command as push } from '../../src/commands/push-oras/push-oras.ts';
import { systemClock } from '../../src/base/clock.ts';
import { sha256 } from '../../src/base/bytes.ts';
import { attachBundle, memoryBlob, readSmallBlob } from '../../src/oci/referrers/bundles.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { openRepository } from '../../src/oci/open.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { FakeHost } from '../support/fake-host.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { pushImage, referrerTo, someBytes } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SIGNED = fileURLToPath(new URL('../vectors/sif/hello-signed-pgp.sif', import.meta.url));

async function open(reference: string): Promise<Repository> {
  const opened = await openRepository(reference, { access: 'push', clock: systemClock(), credentials: { env: {} } });
  return opened.repository;
}

/** A folder with a copy of the signed image, called app.sif. */
async function workplace(): Promise<{ folder: string; image: string; host: FakeHost }> {
  const folder = await temporaryFolder();
  const image = join(folder, 'app.sif');
  await copyFile(SIGNED, image);
  return { folder, image, host: new FakeHost({ cwd: folder, env: {} }) };
}

const run = async (...call: Parameters<typeof runPeer>) => {
  const result = await runPeer(...call);
  expect(result.exitCode, `${call[0]} ${call[1].join(' ')}: ${result.stderr}`).toBe(0);
  return result.stdout;
};

describe.skipIf(!hasPeers('docker-registry', 'apptainer'))(
  'apptainer and a real registry (skipped without them)',
  () => {
    test('pulls what we pushed, byte for byte, and pushes the same manifest', async () => {
      const registry = await startDockerRegistry();
      const { folder, image, host } = await workplace();
      const pushed = await runCommand(push, { 'subject-path': 'app.sif', reference: `${registry}/ours/app:v1` }, host);
      expect(pushed.exitCode).toBe(0);
      const env = { APPTAINER_CACHEDIR: folder, APPTAINER_CONFIGDIR: folder };
      const copy = join(folder, 'copy.sif');
      await run('apptainer', ['pull', '--no-https', copy, `oras://${registry}/ours/app:v1`], { cwd: folder, env });
      expect((await readFile(copy)).equals(await readFile(image))).toBe(true);
      await run('apptainer', ['push', '--no-https', image, `oras://${registry}/theirs/app:v1`], { cwd: folder, env });
      const theirs = await (await open(`${registry}/theirs/app`)).getManifest('v1');
      expect(theirs?.digest).toBe(pushed.outputs['digest']);
    });

    test('pushes what we pull, byte for byte', async () => {
      const registry = await startDockerRegistry();
      const { folder, image, host } = await workplace();
      await run('apptainer', ['push', '--no-https', image, `oras://${registry}/theirs/app:v1`], {
        cwd: folder,
        env: { APPTAINER_CONFIGDIR: folder },
      });
      const pulled = await runCommand(pull, { reference: `${registry}/theirs/app:v1`, 'image-path': 'back.sif' }, host);
      expect(pulled.exitCode).toBe(0);
      expect((await readFile(join(folder, 'back.sif'))).equals(await readFile(image))).toBe(true);
    });
  },
);

describe.skipIf(!hasPeers('docker-registry', 'oras', 'crane', 'skopeo'))(
  'oras, crane and skopeo with a real registry (skipped without them)',
  () => {
    test('read our manifests, blobs, referrers and tags', async () => {
      const registry = await startDockerRegistry();
      const { folder, image, host } = await workplace();
      const { outputs } = await runCommand(
        push,
        { 'subject-path': 'app.sif', reference: `${registry}/ours/app:v1`, tags: 'latest' },
        host,
      );
      const name = `${registry}/ours/app`;
      expect((await run('crane', ['digest', '--insecure', `${name}:latest`])).trim()).toBe(outputs['digest']);
      const manifest = await run('oras', ['manifest', 'fetch', '--plain-http', `${name}:v1`]);
      expect(sha256(Buffer.from(manifest))).toBe(outputs['digest']);
      await run('oras', ['pull', '--plain-http', '-o', join(folder, 'out'), `${name}:v1`], { cwd: folder });
      expect((await readFile(join(folder, 'out', 'app.sif'))).equals(await readFile(image))).toBe(true);

      const repository = await open(name);
      const subject = await repository.resolve('v1');
      if (!subject) throw new Error('nothing was pushed');
      const bundle = {
        bytes: Buffer.from('{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'),
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        predicateType: 'https://example.org/p',
        createdAt: new Date(0),
      };
      const { manifest: attached } = await attachBundle(repository, subject, bundle);
      const discovered = JSON.parse(await run('oras', ['discover', '--plain-http', '--format', 'json', `${name}:v1`]));
      expect(JSON.stringify(discovered)).toContain(attached.digest);
    });

    test('attach, and we find it beside ours, and they find ours beside theirs', async () => {
      const registry = await startDockerRegistry();
      const { folder } = await workplace();
      const name = `${registry}/ours/app`;
      const repository = await open(name);
      const subject = await pushImage(repository, 'v1');
      await repository.attachReferrer(referrerTo(subject, 'ours'));
      await writeFile(join(folder, 'note.txt'), 'theirs');
      await run('oras', ['attach', '--plain-http', '--artifact-type', 'application/x.note', `${name}:v1`, 'note.txt'], {
        cwd: folder,
      });
      await repository.attachReferrer(referrerTo(subject, 'ours too'));
      const { referrers, rejected } = await repository.listReferrers(subject.digest);
      expect(referrers).toHaveLength(3);
      expect(rejected).toEqual([]);
      const discovered = await run('oras', ['discover', '--plain-http', '--format', 'json', `${name}:v1`]);
      for (const { descriptor } of referrers) expect(discovered).toContain(descriptor.digest);
    });

    test('eight of our signers lose nothing on it', async () => {
      const registry = await startDockerRegistry();
      const subject = await pushImage(await open(`${registry}/a/b`), 'v1');
      const layers = Array.from({ length: 8 }, (_, n) => referrerTo(subject, `signer ${n}`));
      await Promise.all(layers.map(async (layer) => (await open(`${registry}/a/b`)).attachReferrer(layer)));
      const list = await (await open(`${registry}/a/b`)).listReferrers(subject.digest);
      expect(list.referrers.map(({ descriptor }) => descriptor.digest)).toEqual(
        layers.map(({ digest }) => digest).toSorted(),
      );
      const discovered = await run('oras', ['discover', '--plain-http', '--format', 'json', `${registry}/a/b:v1`]);
      for (const { digest } of layers) expect(discovered).toContain(digest);
    });

    test('layouts written by skopeo and oras are read, and ours by them', async () => {
      const registry = await startDockerRegistry();
      const { folder, image, host } = await workplace();
      const layout = join(folder, 'ours');
      const { outputs } = await runCommand(push, { 'subject-path': 'app.sif', reference: `oci:${layout}:v1` }, host);
      await run('oras', ['cp', '--from-oci-layout', `${layout}:v1`, '--to-plain-http', `${registry}/from/layout:v1`], {
        cwd: folder,
      });
      expect((await (await open(`${registry}/from/layout`)).resolve('v1'))?.digest).toBe(outputs['digest']);

      const byOras = join(folder, 'by-oras');
      await run('oras', ['cp', '--from-plain-http', `${registry}/from/layout:v1`, '--to-oci-layout', `${byOras}:v2`], {
        cwd: folder,
      });
      const pulled = await runCommand(pull, { reference: `oci:${byOras}:v2`, 'image-path': 'back.sif' }, host);
      expect(pulled.outputs['digest']).toBe(outputs['digest']);
      expect((await readFile(join(folder, 'back.sif'))).equals(await readFile(image))).toBe(true);

      const plain = await pushImage(await open(`${registry}/plain/image`), 'v1', someBytes(100));
      const bySkopeo = join(folder, 'by-skopeo');
      await run(
        'skopeo',
        ['copy', '--src-tls-verify=false', `docker://${registry}/plain/image:v1`, `oci:${bySkopeo}:v3`],
        { cwd: folder },
      );
      const copied = await (await open(`oci:${bySkopeo}:v3`)).getManifest('v3');
      expect(copied?.digest).toBe(plain.digest);
    });

    test('what oras and crane pushed is read', async () => {
      const registry = await startDockerRegistry();
      const { folder } = await workplace();
      await writeFile(join(folder, 'file.txt'), 'hello');
      await run(
        'oras',
        ['push', '--plain-http', '--artifact-type', 'application/x.t', `${registry}/by/oras:v1`, 'file.txt'],
        { cwd: folder },
      );
      const repository = await open(`${registry}/by/oras`);
      const manifest = await repository.getManifest('v1');
      const { artifactType, layers } = parseManifest(manifest ?? { bytes: memoryBytes, mediaType: '' }, 'm');
      expect(artifactType).toBe('application/x.t');
      const [layer] = layers;
      if (!layer) throw new Error('no layer');
      expect(Buffer.from(await readSmallBlob(repository, layer)).toString()).toBe('hello');
      await run('crane', ['copy', '--insecure', `${registry}/by/oras:v1`, `${registry}/by/crane:v1`], { cwd: folder });
      expect((await (await open(`${registry}/by/crane`)).resolve('v1'))?.digest).toBe(manifest?.digest);
    });
  },
);

const memoryBytes = new Uint8Array();

test.skipIf(!hasPeers('docker-registry'))(
  'a large blob goes to a real registry by every way of uploading (skipped without it)',
  async () => {
    const registry = await startDockerRegistry();
    const bytes = someBytes(20 * 1024 * 1024);
    for (const mode of ['monolithic', 'stream', 'chunked'] as const) {
      const { repository } = await openRepository(`${registry}/up/${mode}`, {
        access: 'push',
        clock: systemClock(),
        credentials: { env: {} },
        upload: { mode, chunkBytes: 3_000_000 },
      });
      const pushed =
        mode === 'stream'
          ? await repository.streamBlob(memoryBlob(bytes), { commit: async () => true })
          : await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
      expect(pushed.outcome).toBe('uploaded');
      expect(await repository.blobSize(sha256(bytes))).toBe(bytes.length);
    }
  },
);
