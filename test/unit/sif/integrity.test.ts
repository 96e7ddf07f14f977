// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compareMetadata, encodeMetadata, type HashName, parseMetadata } from '../../../src/sif/integrity.ts';
import { hashObjects } from '../../../src/sif/hash/hash.ts';
import { openSif, type SifImage } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { SifBuilder, sif, TABLE_OFFSET, SLOT_BYTES, typicalSif } from '../../support/sif-builder.ts';

interface Document {
  version: number;
  header?: { digest: string };
  objects: { relativeId: number; descriptorDigest: string; objectDigest: string }[];
}

const open = (bytes: Uint8Array) => openSif(memorySource(bytes, 'test image'));
const hash = (image: SifImage, algorithms: readonly HashName[] = ['sha256']) =>
  hashObjects(image, image.objects, { algorithms: new Set(algorithms) });

async function metadataOf(bytes: Uint8Array, group = 1): Promise<string> {
  const image = await open(bytes);
  return new TextDecoder().decode(encodeMetadata(image, group, await hash(image)));
}

async function documentOf(bytes: Uint8Array): Promise<Document> {
  return JSON.parse(await metadataOf(bytes)) as Document;
}

async function compare(document: unknown, bytes: Uint8Array, algorithms?: readonly HashName[]) {
  const image = await open(bytes);
  return compareMetadata(parseMetadata(Buffer.from(JSON.stringify(document))), image, 1, await hash(image, algorithms));
}

const codes = (comparison: { readonly reasons: readonly { readonly code: string }[] }) =>
  comparison.reasons.map(({ code }) => code);

describe('the signed metadata', () => {
  test('has the digests of header, descriptors and data, computed here from the bytes themselves', async () => {
    const bytes = sif()
      .withObject({ type: 0x4007, data: Buffer.from('data'), name: 'n' })
      .bytes();
    const digest = (...parts: Uint8Array[]) =>
      `sha256:${createHash('sha256').update(Buffer.concat(parts)).digest('hex')}`;
    const slot = bytes.subarray(TABLE_OFFSET, TABLE_OFFSET + SLOT_BYTES);
    const descriptor = [
      slot.subarray(0, 5),
      Buffer.alloc(4),
      slot.subarray(13, 17),
      slot.subarray(25, 33),
      slot.subarray(41, 49),
      slot.subarray(57),
    ];
    expect(await metadataOf(bytes)).toBe(
      `{"version":1,"header":{"digest":"${digest(bytes.subarray(0, 45), bytes.subarray(48, 64))}"},` +
        `"objects":[{"relativeId":0,"descriptorDigest":"${digest(...descriptor)}","objectDigest":"${digest(Buffer.from('data'))}"}]}`,
    );
  });

  test('is the same when all IDs are shifted and slots are in another order', async () => {
    const build = (shift: number) =>
      sif()
        .withObject({ type: 0x4007, data: Buffer.from('a'), id: 1 + shift })
        .withObject({ type: 0x4007, data: Buffer.from('b'), id: 2 + shift });
    const reordered = sif()
      .withObject({ type: 0x4007, data: Buffer.from('b'), id: 2 })
      .withObject({ type: 0x4007, data: Buffer.from('a'), id: 1 });
    const plain = await metadataOf(build(0).bytes());
    expect(await metadataOf(build(10).bytes())).toBe(plain);
    expect(await metadataOf(reordered.bytes())).toBe(plain);
  });

  test('counts an odd Used byte as used', async () => {
    const build = (used: number) =>
      sif()
        .withObject({ type: 0x4007, data: Buffer.from('a'), used })
        .bytes();
    expect(await metadataOf(build(2))).toBe(await metadataOf(build(1)));
  });

  test('is refused for a group without objects and for data that was not hashed', async () => {
    const image = await open(typicalSif().bytes());
    expect(() => encodeMetadata(image, 2, new Map())).toThrow(expect.objectContaining({ code: 'SIF_GROUP_NOT_FOUND' }));
    expect(() => encodeMetadata(image, 1, new Map())).toThrow(expect.objectContaining({ code: 'SIF_DIGEST_MISSING' }));
  });
});

describe('a single flipped byte', () => {
  const small = () =>
    sif()
      .withId('0f1e2d3c4b5a69788796a5b4c3d2e1f0')
      .withSlots(4)
      .withDefinition('bootstrap: scratch\n')
      .withObject({
        type: 0x4004,
        data: Buffer.from('partition'),
        offset: 8192,
        extra: Buffer.from('0100000002000000', 'hex'),
      })
      .bytes();

  const outcome = async (bytes: Uint8Array, at: number, mask: number) => {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ mask;
    return metadataOf(changed).catch((error: unknown) =>
      error instanceof Error && 'code' in error ? error.code : error,
    );
  };

  test.each([0x01, 0x80, 0xff])('in the covered bytes of the header is seen (mask %i)', async (mask) => {
    const bytes = small();
    const before = await metadataOf(bytes);
    const covered = Array.from({ length: 64 }, (_, at) => at).filter((at) => at < 45 || at >= 48);
    for (const at of covered) expect(await outcome(bytes, at, mask), `byte ${at}`).not.toBe(before);
  });

  test.each([0x01, 0x80, 0xff])(
    'in a used descriptor is seen, but for the fields nobody signs (mask %i)',
    async (mask) => {
      const bytes = small();
      const before = await metadataOf(bytes);
      const unseen = new Set<number>();
      for (const slot of [0, 1])
        for (let at = 0; at < SLOT_BYTES; at += 1)
          if ((await outcome(bytes, SifBuilder.field(slot, at), mask)) === before) unseen.add(at);
      const unsigned = [
        ...(mask === 0x01 ? [] : [4]),
        ...range(33, 41), // size with padding
        ...range(49, 57), // modification time
      ];
      expect([...unseen].filter((at) => !unsigned.includes(at))).toEqual([]);
    },
  );

  test('in the data is seen', async () => {
    const bytes = small();
    const before = await metadataOf(bytes);
    for (const at of [...range(6436, 6455), ...range(8192, 8201)])
      expect(await outcome(bytes, at, 1), `byte ${at}`).not.toBe(before);
  });
});

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('comparing signed metadata with an image', () => {
  test('finds nothing when all is as signed', async () => {
    const bytes = typicalSif().bytes();
    expect(await compare(await documentOf(bytes), bytes)).toEqual({
      matchingObjects: [1, 2, 3],
      complete: true,
      reasons: [],
    });
  });

  test.each(['sha224', 'sha384', 'sha512', 'sha512_224', 'sha512_256'] as const)(
    'reads digests by %s',
    async (name) => {
      const bytes = typicalSif().bytes();
      const document = await documentOf(bytes);
      const data = await hash(await open(bytes), [name]);
      document.objects.forEach((entry, index) => {
        entry.objectDigest = `${name}:${data
          .get(index + 1)
          ?.get(name)
          ?.toUpperCase()}`;
      });
      expect(await compare(document, bytes, [name])).toMatchObject({ complete: true });
      expect(codes(await compare(document, bytes, ['sha256']))).toEqual(Array(3).fill('SIF_DATA_NOT_HASHED'));
    },
  );

  test('names the object whose data changed, and keeps the others', async () => {
    const bytes = typicalSif().bytes();
    const document = await documentOf(bytes);
    const changed = bytes.slice();
    changed[40_000] = 1;
    expect(await compare(document, changed)).toMatchObject({
      matchingObjects: [1, 2],
      complete: false,
      reasons: [{ code: 'SIF_DATA_CHANGED', message: expect.stringMatching(/^object 3: /) }],
    });
  });

  test('without digests looks at header and descriptors alone', async () => {
    const bytes = typicalSif().bytes();
    const metadata = parseMetadata(Buffer.from(await metadataOf(bytes)));
    const changed = bytes.slice();
    changed[40_000] = 1;
    expect(compareMetadata(metadata, await open(changed), 1, undefined)).toMatchObject({ complete: true });
    changed[SifBuilder.field(1, 73)] = 0x41;
    expect(codes(compareMetadata(metadata, await open(changed), 1, undefined))).toEqual(['SIF_DESCRIPTOR_CHANGED']);
  });

  test('names the header when the image ID changed or the header was not signed', async () => {
    const bytes = typicalSif().bytes();
    const document = await documentOf(bytes);
    const changed = bytes.slice();
    changed[50] = 0;
    const comparison = await compare(document, changed);
    expect(comparison).toMatchObject({
      matchingObjects: [1, 2, 3],
      complete: false,
      reasons: [{ code: 'SIF_HEADER_CHANGED', message: expect.stringMatching(/^global header: /) }],
    });
    delete document.header;
    expect(codes(await compare(document, bytes))).toEqual(['SIF_HEADER_NOT_SIGNED']);
  });

  test('a signature over some objects is not complete', async () => {
    const bytes = typicalSif().bytes();
    const document = await documentOf(bytes);
    document.objects.shift();
    expect(await compare(document, bytes)).toMatchObject({
      matchingObjects: [2, 3],
      complete: false,
      reasons: [{ code: 'SIF_OBJECT_NOT_SIGNED', message: expect.stringMatching(/^object 1: /) }],
    });
  });

  test('an object that is gone, added, or listed twice is named', async () => {
    const bytes = typicalSif().bytes();
    const document = await documentOf(bytes);
    const added = typicalSif()
      .withObject({ type: 0x4006, data: Buffer.from('{}') })
      .bytes();
    expect(codes(await compare(document, added))).toEqual(['SIF_OBJECT_NOT_SIGNED']);
    const gone = bytes.slice();
    gone[SifBuilder.field(2, 4)] = 0;
    expect(await compare(document, gone)).toMatchObject({
      reasons: [{ code: 'SIF_SIGNED_OBJECT_MISSING', message: expect.stringMatching(/^object 3: /) }],
    });
    document.objects.push({ ...document.objects[0]! });
    expect(codes(await compare(document, bytes))).toEqual(['SIF_ENTRY_REPEATED']);
  });

  test('a group that does not exist is never complete', async () => {
    const image = await open(typicalSif().bytes());
    const metadata = parseMetadata(Buffer.from('{"version":1,"objects":[]}'));
    expect(compareMetadata(metadata, image, 5, new Map()).complete).toBe(false);
  });
});

describe('metadata that is malformed', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const entry = `{"relativeId":0,"descriptorDigest":"${digest}","objectDigest":"${digest}"}`;
  test.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['no version', `{"header":{"digest":"${digest}"},"objects":[]}`],
    ['another version', '{"version":2,"objects":[]}'],
    ['no objects', '{"version":1}'],
    ['a repeated key', '{"version":1,"version":1,"objects":[]}'],
    ['trailing bytes', '{"version":1,"objects":[]} {}'],
    ['a header that is text', '{"version":1,"header":"x","objects":[]}'],
    ['an unknown algorithm', `{"version":1,"header":{"digest":"sha1:${'0'.repeat(40)}"},"objects":[]}`],
    ['an algorithm named like an inherited member', '{"version":1,"header":{"digest":"constructor:00"},"objects":[]}'],
    ['a short digest', '{"version":1,"header":{"digest":"sha256:00"},"objects":[]}'],
    ['two colons', `{"version":1,"header":{"digest":"${digest}:"},"objects":[]}`],
    ['a negative ID', `{"version":1,"objects":[${entry.replace('0,', '-1,')}]}`],
    ['a fractional ID', `{"version":1,"objects":[${entry.replace('0,', '0.5,')}]}`],
    ['an ID beyond 32 bits', `{"version":1,"objects":[${entry.replace('0,', '4294967296,')}]}`],
    ['an entry without digest', '{"version":1,"objects":[{"relativeId":0}]}'],
    ['an entry that is null', '{"version":1,"objects":[null]}'],
  ])('%s', (_, text) => {
    expect(() => parseMetadata(Buffer.from(text))).toThrow(
      expect.objectContaining({ name: 'SifError', code: 'SIF_METADATA_INVALID' }),
    );
  });
});
