// SPDX-License-Identifier: Apache-2.0
// The real siftool and apptainer read what we write, and run it.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSif } from '../support/create-sif.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { openSif, readObject } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { appendObjects, deleteObjects, type NewObject, signatureExtra } from '../../src/sif/edit/append.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const DEMO = fixture('assets/demo/hello.sif');
const SIGNED = fixture('test/vectors/sif/hello-signed-pgp.sif');
const PUBLIC_KEY = fixture('test/vectors/sif/author.pub.asc');
const now = new Date();

const lane = (text: string): NewObject => ({
  dataType: DATA_TYPE.signature,
  data: Buffer.from(text),
  group: 0,
  name: `countersign/test/${text}`,
  extra: signatureExtra(undefined),
});

async function copyOf(image: string): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  await copyFile(image, path);
  return path;
}

describe.skipIf(!hasPeers('siftool'))('siftool (skipped without it)', () => {
  test('lists, dumps and describes objects that we added', async () => {
    const path = await copyOf(DEMO);
    await appendObjects(path, [lane('one'), lane('two')], { now });
    const list = await runPeer('siftool', ['list', path]);
    expect(list.stdout.split('\n').filter((line) => line.includes('Signature'))).toHaveLength(2);
    expect((await runPeer('siftool', ['header', path])).stdout).toMatch(/Descriptors Free:\s+43/);
    expect((await runPeer('siftool', ['dump', '5', path])).stdout).toBe('two');
    const info = await runPeer('siftool', ['info', '5', path]);
    expect(info.stdout).toMatch(/Name:\s+countersign\/test\/two/);
  });

  test('adds after us, and we after it, with no object lost', async () => {
    const path = await copyOf(DEMO);
    const data = join(await temporaryFolder(), 'data');
    await writeFile(data, 'by siftool');
    await appendObjects(path, [lane('one')], { now });
    const args = ['add', '--datatype', '5', '--signhash', '1', '--signentity', '0'.repeat(40), path, data];
    const added = await runPeer('siftool', args);
    expect(added.exitCode, added.stderr).toBe(0);
    await appendObjects(path, [lane('three')], { now });
    await deleteObjects(path, [4], { now });
    expect((await runPeer('siftool', ['del', '5', path])).exitCode).toBe(0);
    await using source = await openFileSource(path);
    const image = await openSif(source);
    expect(image.objects.map(({ id }) => id)).toEqual([1, 2, 3, 6]);
    expect(image.header.descriptorsFree).toBe(44);
    expect(Buffer.from(await readObject(image, image.objects[3]!, 100)).toString()).toBe('three');
  });

  test('reads an image that we created', async () => {
    const path = join(await temporaryFolder(), 'new.sif');
    const objects: NewObject[] = [
      { dataType: DATA_TYPE.deffile, data: Buffer.from('bootstrap: scratch\n') },
      lane('x'),
    ];
    await createSif(path, { now, objects, capacity: 5 });
    expect((await runPeer('siftool', ['header', path])).stdout).toMatch(/Descriptors Total:\s+5/);
    expect((await runPeer('siftool', ['dump', '1', path])).stdout).toBe('bootstrap: scratch\n');
  });
});

describe.skipIf(!hasPeers('apptainer'))('apptainer (skipped without it)', () => {
  let canRun = false;
  beforeAll(async () => {
    canRun = (await runPeer('apptainer', ['exec', '--userns', DEMO, '/bin/true'])).exitCode === 0;
  });

  test('runs the demo image before and after layers were added', async (context) => {
    if (!canRun) context.skip('no user namespaces here');
    const path = await copyOf(DEMO);
    await appendObjects(path, [lane('one')], { now });
    const greeting = 'hello from an image that was approved\n';
    expect((await runPeer('apptainer', ['run', '--userns', path])).stdout).toBe(greeting);
    expect((await runPeer('apptainer', ['exec', '--userns', path, '/bin/hello'])).stdout).toBe(greeting);
  });

  test('still verifies its own signature after we added and removed layers', async () => {
    const env = await apptainerKeyring(PUBLIC_KEY);
    const path = await copyOf(SIGNED);
    const verify = () => runPeer('apptainer', ['verify', '--local', path], { env });
    await appendObjects(path, [lane('one'), lane('two')], { now });
    expect((await verify()).exitCode).toBe(0);
    await deleteObjects(path, [5], { now, zero: true, compact: true });
    expect((await verify()).exitCode).toBe(0);
    await deleteObjects(path, [4], { now });
    expect((await verify()).stderr).toContain('signature not found');
  });

  test('accepts a signature object that we wrote with the bytes of its own', async () => {
    const env = await apptainerKeyring(PUBLIC_KEY);
    const path = await copyOf(SIGNED);
    await using source = await openFileSource(SIGNED);
    const image = await openSif(source);
    const own = image.objects[3]!;
    const data = await readObject(image, own, 100_000);
    await deleteObjects(path, [4], { now, compact: true });
    await appendObjects(
      path,
      [
        {
          dataType: DATA_TYPE.signature,
          data,
          group: 0,
          linkedGroup: 1,
          extra: signatureExtra(own.signature?.fingerprint),
          createdAt: own.createdAt,
        },
      ],
      { now: new Date(image.header.modifiedAt * 1000) },
    );
    expect(Buffer.compare(await readFile(path), await readFile(SIGNED))).toBe(0);
    expect((await runPeer('apptainer', ['verify', '--local', path], { env })).exitCode).toBe(0);
  });
});
