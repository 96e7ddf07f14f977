// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from 'vitest';
import { hashObjects } from '../../../../src/sif/hash/hash.ts';
import { groupsOf, objectsInGroup, openSif, type SifImage } from '../../../../src/sif/sif.ts';
import { PassingImage } from '../../../../src/sif/hash/passing.ts';
import { type ByteSource, memorySource } from '../../../../src/sif/source.ts';
import { typicalSif } from '../../../support/sif-builder.ts';

const SHA256 = new Set(['sha256'] as const);
const bytes = typicalSif().bytes();

/** A source that counts the bytes that are read from it. */
function counted(content: Uint8Array) {
  const source = memorySource(content, 'memory');
  const counting = {
    ...source,
    read: (offset: number, lengthBytes: number) => {
      counting.bytesRead += lengthBytes;
      return source.read(offset, lengthBytes);
    },
    bytesRead: 0,
  } satisfies ByteSource & { bytesRead: number };
  return counting;
}

const grouped = (image: SifImage) => groupsOf(image).flatMap((group) => objectsInGroup(image, group));

async function passed(content: Uint8Array, chunkBytes: number, from = 0): Promise<PassingImage> {
  const passing = new PassingImage(content.length);
  for (let at = from; at < content.length; at += chunkBytes)
    await passing.update(at, content.subarray(at, at + chunkBytes));
  return passing;
}

/** The digests that are told, and how much was read for them. */
async function asked(passing: PassingImage, content: Uint8Array) {
  const source = counted(content);
  const image = await openSif(source);
  const before = source.bytesRead;
  const digests = await passing.hash(image, grouped(image), { algorithms: SHA256 });
  const expected = await hashObjects(await openSif(memorySource(content, 'memory')), grouped(image), {
    algorithms: SHA256,
  });
  expect(digests).toEqual(expected);
  return source.bytesRead - before;
}

describe('hashing an image that passes by', () => {
  test.each([1000, 4096, 65_536, 10_000_000])('in chunks of %s bytes reads nothing again', async (chunkBytes) => {
    expect(await asked(await passed(bytes, chunkBytes), bytes)).toBe(0);
  });

  test('byte by byte it takes no longer than a look at each of them', { timeout: 3000 }, async () => {
    expect(await asked(await passed(bytes, 1), bytes)).toBe(0);
  });

  test('what came before offset 0 came again is forgotten', async () => {
    const other = Uint8Array.from(bytes);
    other[other.length - 10] = (other[other.length - 10] ?? 0) ^ 1;
    const passing = await passed(other, 4096);
    for (let at = 0; at < bytes.length; at += 4096) await passing.update(at, bytes.subarray(at, at + 4096));
    expect(await asked(passing, bytes)).toBe(0);
  });

  test('an image that did not pass by whole, or in order, is read', async () => {
    const partly = new PassingImage(bytes.length);
    await partly.update(0, bytes.subarray(0, bytes.length - 1));
    expect(await asked(partly, bytes)).toBeGreaterThan(0);
    const skipping = new PassingImage(bytes.length);
    await skipping.update(0, bytes.subarray(0, 40_000));
    await skipping.update(40_001, bytes.subarray(40_001));
    expect(await asked(skipping, bytes)).toBeGreaterThan(0);
    expect(await asked(await passed(bytes, 4096, 4096), bytes)).toBeGreaterThan(0);
  });

  test('another image than the one that passed by is read', async () => {
    const passing = await passed(typicalSif().bytes(), 4096);
    const other = Uint8Array.from(bytes);
    other[64] = (other[64] ?? 0) ^ 1;
    expect(await asked(passing, other)).toBeGreaterThan(0);
  });

  test('other algorithms are computed from the image', async () => {
    const passing = await passed(bytes, 4096);
    const image = await openSif(memorySource(bytes, 'memory'));
    const algorithms = new Set(['sha256', 'sha512'] as const);
    const digests = await passing.hash(image, grouped(image), { algorithms });
    expect(digests).toEqual(await hashObjects(image, grouped(image), { algorithms }));
  });

  test.each([0, 1, 127, 128, 5000])('%s bytes that are no image disturb nobody', async (lengthBytes) => {
    const passing = new PassingImage(lengthBytes);
    await passing.update(0, new Uint8Array(lengthBytes).fill(65));
    await passing.update(lengthBytes, new Uint8Array(0));
    expect(await asked(passing, bytes)).toBeGreaterThan(0);
  });
});
