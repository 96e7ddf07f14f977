// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/base/limits.ts';
import { groupsOf, objectsInGroup, openSif, readObject, uncoverableObjects } from '../../../src/sif/sif.ts';
import { memorySource, openFileSource } from '../../../src/sif/source.ts';
import { SifBuilder, sif, typicalSif, ZERO_TIME } from '../../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../../support/temporary.ts';

const open = (bytes: Uint8Array) => openSif(memorySource(bytes, 'test image'));
const refusal = (builder: SifBuilder) =>
  open(builder.bytes()).then(
    () => 'opened',
    (error: unknown) => error,
  );
const one = () => sif().withObject({ type: 0x4007, data: Buffer.from('data') });
const two = () => one().withObject({ type: 0x4007, data: Buffer.from('more') });
const field = (slot: number, offset: number) => SifBuilder.field(slot, offset);

describe('an image that is well formed', () => {
  test('shows its header as typed values', async () => {
    const { header } = await open(typicalSif().bytes());
    expect(header).toMatchObject({
      id: '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
      arch: 'amd64',
      launchScript: '',
      createdAt: ZERO_TIME,
      descriptorsTotal: 48,
      dataOffset: 32176,
    });
  });

  test('shows its objects in slot order with type, group, link and partition', async () => {
    const image = await open(
      typicalSif()
        .withSignature(Buffer.from('sig'), { fingerprint: 'AB'.repeat(20) })
        .bytes(),
    );
    expect(image.objects.map(({ id, typeName, group, linkedGroup }) => [id, typeName, group, linkedGroup])).toEqual([
      [1, 'definition file', 1, undefined],
      [2, 'JSON', 1, undefined],
      [3, 'partition', 1, undefined],
      [4, 'signature', 0, 1],
    ]);
    expect(image.objects[2]?.partition).toEqual({ fs: 1, type: 2, arch: 'amd64' });
    expect(image.objects[3]?.signature).toMatchObject({ hashType: 1, fingerprint: 'AB'.repeat(20) });
    expect([image.freeSlots, image.totalSlots]).toEqual([44, 48]);
  });

  test('lists groups ascending and their objects by ID, whatever the slot order', async () => {
    const image = await open(
      sif()
        .withObject({ type: 0x4007, data: Buffer.from('b'), group: 7, id: 9 })
        .withObject({ type: 0x4007, data: Buffer.from('a'), group: 7, id: 4 })
        .withObject({ type: 0x4007, data: Buffer.from('c'), group: 2, id: 5 })
        .bytes(),
    );
    expect(groupsOf(image)).toEqual([2, 7]);
    expect(objectsInGroup(image, 7).map(({ id }) => id)).toEqual([4, 9]);
  });

  test('tells group links from object links', async () => {
    const image = await open(
      sif()
        .withObject({ type: 0x4007, data: Buffer.from('a'), link: 3 })
        .withObject({ type: 0x4007, data: Buffer.from('b'), link: 0xf0000003 })
        .bytes(),
    );
    expect(image.objects.map(({ linkedGroup, linkedObject }) => [linkedGroup, linkedObject])).toEqual([
      [undefined, 3],
      [3, undefined],
    ]);
  });

  test('an object in no group that is no signature is reported as uncoverable', async () => {
    const image = await open(
      typicalSif()
        .withObject({ type: 0x4007, data: Buffer.from('x'), group: 0 })
        .bytes(),
    );
    expect(uncoverableObjects(image).map(({ id }) => id)).toEqual([4]);
  });

  test('an unknown type and an odd Used byte are kept as they are', async () => {
    const image = await open(
      sif()
        .withObject({ type: 0x5555, data: Buffer.from('x'), used: 2 })
        .bytes(),
    );
    expect(image.objects[0]).toMatchObject({ used: 2, dataType: 0x5555, typeName: 'type 0x5555' });
  });

  test('empty objects share a place with others', async () => {
    const image = await open(
      sif()
        .withObject({ type: 0x4007, data: new Uint8Array(0) })
        .withObject({ type: 0x4007, data: Buffer.from('x') })
        .bytes(),
    );
    expect(image.objects).toHaveLength(2);
  });
});

describe('an image that cannot be right is refused', () => {
  const cases: readonly (readonly [string, SifBuilder, string])[] = [
    ['another magic', one().withBytes(32, Buffer.from('X')), 'SIF_NOT_SIF'],
    ['another version', one().withBytes(42, Buffer.from('02')), 'SIF_VERSION_UNSUPPORTED'],
    ['a negative number of descriptors', one().withInteger(88, -1), 'SIF_HEADER_INVALID'],
    ['a huge number of descriptors', one().withInteger(88, 1 << 30), 'SIF_TOO_MANY_DESCRIPTORS'],
    ['more descriptors than the table window', one().withInteger(88, 49), 'SIF_HEADER_INVALID'],
    ['more descriptors than the limit', one().withInteger(88, LIMITS.sifDescriptors + 1), 'SIF_TOO_MANY_DESCRIPTORS'],
    ['a negative table offset', one().withInteger(96, -4096), 'SIF_HEADER_INVALID'],
    ['a table over the header', one().withInteger(96, 64), 'SIF_HEADER_INVALID'],
    ['a table past the end', one().withInteger(96, 1 << 20), 'SIF_TRUNCATED'],
    ['a table offset near 2^63', one().withInteger(96, 2n ** 63n - 1n), 'SIF_HEADER_INVALID'],
    ['a negative table size', one().withInteger(104, -28080), 'SIF_HEADER_INVALID'],
    ['a data offset of 2^60', one().withInteger(112, 2n ** 60n), 'SIF_HEADER_INVALID'],
    ['a negative size', one().withInteger(field(0, 25), -1), 'SIF_DESCRIPTOR_INVALID'],
    ['a size of 2^62', one().withInteger(field(0, 25), 2n ** 62n), 'SIF_DESCRIPTOR_INVALID'],
    ['a negative offset', one().withInteger(field(0, 17), -1), 'SIF_DESCRIPTOR_INVALID'],
    ['a size past the end', one().withInteger(field(0, 25), 5), 'SIF_OBJECT_OUT_OF_BOUNDS'],
    [
      'an offset whose end wraps around',
      one().withInteger(field(0, 17), Number.MAX_SAFE_INTEGER),
      'SIF_OBJECT_OUT_OF_BOUNDS',
    ],
    ['an object over the header', one().withInteger(field(0, 17), 0), 'SIF_OBJECT_OUT_OF_BOUNDS'],
    ['an object over its own descriptor', one().withInteger(field(0, 17), 4096), 'SIF_OBJECT_OUT_OF_BOUNDS'],
    ['an object over the end of the table', one().withInteger(field(0, 17), 32175), 'SIF_OBJECT_OUT_OF_BOUNDS'],
    ['two objects with the same bytes', two().withInteger(field(1, 17), 32176), 'SIF_OBJECTS_OVERLAP'],
    ['two objects that share one byte', two().withInteger(field(1, 17), 32179), 'SIF_OBJECTS_OVERLAP'],
    ['two objects with one ID', two().withBytes(field(1, 5), Buffer.of(1)), 'SIF_DUPLICATE_ID'],
    ['object ID 0', one().withBytes(field(0, 5), Buffer.of(0)), 'SIF_DESCRIPTOR_INVALID'],
    ['a time of 2^62', one().withInteger(field(0, 41), 2n ** 62n), 'SIF_DESCRIPTOR_INVALID'],
  ];

  test.each(cases)('%s', async (_, builder, code) => {
    expect(await refusal(builder)).toMatchObject({
      name: 'SifError',
      code,
      exitCode: 3,
      hint: expect.stringMatching(/./),
    });
  });

  test('an error about an object names it', async () => {
    expect(await refusal(two().withInteger(field(1, 25), 1000))).toMatchObject({
      message: expect.stringContaining('object 2'),
    });
  });

  test('an object larger than the limit is not read', async () => {
    const image = await open(one().bytes());
    const [object] = image.objects;
    if (!object) throw new Error('no object');
    await expect(readObject(image, object, 3)).rejects.toMatchObject({ code: 'SIF_OBJECT_TOO_LARGE' });
  });
});

describe('a file cut off', () => {
  test('at any length fails cleanly', async () => {
    const whole = sif()
      .withSlots(3)
      .withDefinition('x')
      .withObject({ type: 0x4007, data: Buffer.from('some data') })
      .withSignature(Buffer.from('signature'))
      .bytes();
    const codes = new Set<unknown>();
    for (let length = 0; length < whole.length; length += 1)
      codes.add(
        await open(whole.subarray(0, length)).then(
          () => `opened at ${length}`,
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        ),
      );
    expect(codes).toEqual(new Set(['SIF_OBJECT_OUT_OF_BOUNDS', 'SIF_TRUNCATED']));
  });

  test('behind our back is noticed when it is read', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await using source = await openFileSource(path);
    await expect(source.read(source.sizeBytes - 4, 5)).rejects.toMatchObject({ code: 'SIF_TRUNCATED' });
    await expect(source.read(-1, 5)).rejects.toMatchObject({ code: 'SIF_TRUNCATED' });
  });
});

describe('opening a path', () => {
  test('that does not exist', async () => {
    await expect(openFileSource('/nonexistent/image.sif')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('that is a folder', async () => {
    await expect(openFileSource(await temporaryFolder())).rejects.toMatchObject({ code: 'SIF_NOT_SIF' });
  });

  test('of an empty file', async () => {
    await using source = await openFileSource(await temporaryFile(new Uint8Array(0)));
    await expect(openSif(source)).rejects.toMatchObject({ code: 'SIF_TRUNCATED' });
  });
});
