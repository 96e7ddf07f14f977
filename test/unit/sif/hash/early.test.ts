// SPDX-License-Identifier: Apache-2.0
// Hashing that begins before it is asked for: used when it is what is asked for, never otherwise.

import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hashEarly } from '../../../../src/sif/hash/early.ts';
import { prepareHashThread } from '../../../../src/sif/hash/thread.ts';
import { hashObjects } from '../../../../src/sif/hash/hash.ts';
import { groupsOf, objectsInGroup, openSif } from '../../../../src/sif/sif.ts';
import { openFileSource } from '../../../../src/sif/source.ts';
import { sif, typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../../../support/temporary.ts';

/** Over the size from which a helper thread is used. */
const LARGE = sif()
  .withDefinition()
  .withPartition(Buffer.alloc(65 * 1024 * 1024, 0x5a))
  .bytes();
const SMALL = typicalSif().bytes();

async function expected(path: string) {
  await using source = await openFileSource(path);
  const image = await openSif(source);
  const objects = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
  return await hashObjects(image, objects, { algorithms: new Set(['sha256']) });
}

/** At once: whatever a helper thread has done by then, its answer has not been heard yet. */
function overwriteLastByte(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Uint8Array.of(0xa5), 0, 1, LARGE.length - 1);
  closeSync(file);
}

test('paths that nothing can be at are nothing to prepare for', () => {
  expect(() => prepareHashThread(['none', 'package.json/x', 'x'.repeat(10_000), '--flag=\u0000'])).not.toThrow();
});

describe('hashing early', () => {
  test.each([
    ['small, on this thread', SMALL],
    ['large, on a helper thread', LARGE],
  ])('gives the digests of a %s file', async (_, bytes) => {
    const path = await temporaryFile(bytes);
    await using early = await hashEarly(path);
    const objects = groupsOf(early.image).flatMap((group) => objectsInGroup(early.image, group));
    const heard: number[] = [];
    const digests = await early.hash(early.image, objects, {
      algorithms: new Set(['sha256']),
      onBytes: (done) => heard.push(done),
    });
    expect(digests).toEqual(await expected(path));
  });

  test('hashes anew for other algorithms', async () => {
    const path = await temporaryFile(SMALL);
    await using early = await hashEarly(path);
    const [object] = early.image.objects;
    if (!object) throw new Error('no object');
    const digests = await early.hash(early.image, [object], { algorithms: new Set(['sha256', 'sha512']) });
    expect(digests.get(object.id)?.get('sha512')).toMatch(/^[0-9a-f]{128}$/);
  });

  test('notices data that changes while it is hashed', async () => {
    const path = await temporaryFile(LARGE);
    await using early = await hashEarly(path);
    overwriteLastByte(path);
    const objects = groupsOf(early.image).flatMap((group) => objectsInGroup(early.image, group));
    await expect(early.hash(early.image, objects, { algorithms: new Set(['sha256']) })).rejects.toMatchObject({
      code: 'SIF_CHANGED',
    });
  });

  test('stops and closes the file when it is not wanted', async () => {
    const path = await temporaryFile(LARGE);
    const early = await hashEarly(path);
    await early[Symbol.asyncDispose]();
    await expect(early.image.source.read(0, 1)).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
  });

  test('refuses what cannot be opened', async () => {
    await expect(hashEarly(`${await temporaryFolder()}/none.sif`)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
