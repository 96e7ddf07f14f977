// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { appendFile, open, truncate, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DATA_TYPE } from '../../../../src/sif/format.ts';
import { hashObjects } from '../../../../src/sif/hash/hash.ts';
import { openSif } from '../../../../src/sif/sif.ts';
import { type ByteSource, memorySource, openFileSource } from '../../../../src/sif/source.ts';
import { appendObjects } from '../../../../src/sif/edit/append.ts';
import { sif, typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFile } from '../../../support/temporary.ts';

const SHA256 = new Set(['sha256'] as const);
const digest = (algorithm: string, data: Uint8Array) => createHash(algorithm).update(data).digest('hex');

/** Counts what is read from a source. */
function counted(source: ByteSource) {
  const ranges: { readonly offset: number; readonly lengthBytes: number }[] = [];
  const counting: ByteSource = {
    name: source.name,
    sizeBytes: source.sizeBytes,
    read(offset, lengthBytes) {
      ranges.push({ offset, lengthBytes });
      return source.read(offset, lengthBytes);
    },
  };
  return { source: counting, ranges };
}

describe('hashing objects', () => {
  const big = Uint8Array.from({ length: 9 * 1024 * 1024 + 5 }, (_, index) => (index * 31) >> 3);
  const bytes = sif()
    .withObject({ type: 0x4007, data: Buffer.from('small') })
    .withObject({ type: 0x4007, data: big })
    .withObject({ type: 0x4007, data: new Uint8Array(0) })
    .bytes();

  test('two reads that fail, the later one first, are one error and nothing that nobody awaits', async () => {
    const image = await openSif(memorySource(bytes, 'a.sif'));
    let reads = 0;
    const broken = async (): Promise<Uint8Array> => {
      reads += 1;
      if (reads === 1) await sleep(30);
      throw new Error(`read ${reads} failed`);
    };
    const unawaited: unknown[] = [];
    const listen = (reason: unknown): void => void unawaited.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const { name, sizeBytes } = image.source;
      const failing = { ...image, source: { name, sizeBytes, read: broken } };
      await expect(hashObjects(failing, image.objects, { algorithms: SHA256 })).rejects.toThrow('failed');
      await sleep(10);
    } finally {
      process.off('unhandledRejection', listen);
    }
    expect(unawaited).toEqual([]);
  });

  test('gives every digest asked for, for objects of any size, from a file and from memory', async () => {
    await using file = await openFileSource(await temporaryFile(bytes));
    for (const source of [file, memorySource(bytes, 'memory')]) {
      const image = await openSif(source);
      const digests = await hashObjects(image, image.objects, { algorithms: new Set(['sha256', 'sha512_256']) });
      expect(digests.get(1)).toEqual(
        new Map([
          ['sha256', digest('sha256', Buffer.from('small'))],
          ['sha512_256', digest('sha512-256', Buffer.from('small'))],
        ]),
      );
      expect(digests.get(2)?.get('sha256')).toBe(digest('sha256', big));
      expect(digests.get(3)?.get('sha256')).toBe(digest('sha256', new Uint8Array(0)));
    }
  });

  test('reads each byte of the data once and nothing else', async () => {
    const { source, ranges } = counted(memorySource(bytes, 'memory'));
    const image = await openSif(source);
    ranges.length = 0;
    const progress: number[] = [];
    await hashObjects(image, image.objects, { algorithms: SHA256, onBytes: (done) => progress.push(done) });
    expect(ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBe(big.length + 5);
    expect(progress.at(-1)).toBe(big.length + 5);
  });

  test('passes a read error on', async () => {
    const good = memorySource(bytes, 'memory');
    const image = await openSif(good);
    const broken = { ...image, source: { ...good, read: () => Promise.reject(new Error('no network')) } };
    await expect(hashObjects(broken, image.objects, { algorithms: SHA256 })).rejects.toThrow('no network');
  });
});

describe('a file that changes while it is hashed', () => {
  const during = async (change: (path: string) => Promise<unknown>) => {
    const path = await temporaryFile(typicalSif().bytes());
    await using source = await openFileSource(path);
    const image = await openSif(source);
    await change(path);
    return await hashObjects(image, image.objects, { algorithms: SHA256 });
  };

  test('by growing a layer is no matter', async () => {
    const object = { dataType: DATA_TYPE.signature, data: Buffer.from('layer'), group: 0 };
    const digests = await during((path) => appendObjects(path, [object], { now: new Date() }));
    expect(digests.size).toBe(3);
  });

  test('by trailing bytes is no matter', async () => {
    expect((await during((path) => appendFile(path, 'trailing'))).size).toBe(3);
  });

  test('in its data alone is an error', async () => {
    const overwrite = async (path: string) => {
      await sleep(20);
      await using file = await open(path, 'r+');
      await file.write('X', 40_000);
    };
    await expect(during(overwrite)).rejects.toMatchObject({ code: 'SIF_CHANGED' });
  });

  test('into another image is an error', async () => {
    const other = typicalSif(9001).bytes();
    await expect(during((path) => writeFile(path, other))).rejects.toMatchObject({ code: 'SIF_CHANGED' });
  });

  test('by being cut is an error', async () => {
    await expect(during((path) => truncate(path, 40_000))).rejects.toMatchObject({ code: 'SIF_TRUNCATED' });
  });
});
