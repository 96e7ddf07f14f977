// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSif, partitionExtra } from '../../../support/create-sif.ts';
import { DATA_TYPE, DETERMINISTIC_TIME, FILE_SYSTEM, PARTITION_TYPE } from '../../../../src/sif/format.ts';
import { openSif, readObject } from '../../../../src/sif/sif.ts';
import { memorySource, openFileSource } from '../../../../src/sif/source.ts';
import { appendObjects, deleteObjects, type NewObject, signatureExtra } from '../../../../src/sif/edit/append.ts';
import { SifBuilder, sif, typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../../../support/temporary.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1000;

const layer = (text: string): NewObject => ({
  dataType: DATA_TYPE.signature,
  data: Buffer.from(text),
  group: 0,
  name: `countersign/test/${text}`,
  extra: signatureExtra(undefined),
});
const partition = (type: number, arch = 'amd64'): NewObject => ({
  dataType: DATA_TYPE.partition,
  data: Buffer.from('root'),
  extra: partitionExtra({ fs: FILE_SYSTEM.squashfs, type, arch }),
});
const openFile = async (path: string) => openSif(memorySource(await readFile(path), path));
const idsIn = async (path: string) => (await openFile(path)).objects.map(({ id }) => id);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('creating an image', () => {
  test('gives the bytes that the format asks for', async () => {
    const path = join(await temporaryFolder(), 'new.sif');
    await createSif(path, {
      now: NOW,
      deterministic: true,
      objects: [
        { dataType: DATA_TYPE.deffile, data: Buffer.from('bootstrap: scratch\n') },
        { dataType: DATA_TYPE.genericJson, data: Buffer.from('{}'), name: 'inspect-metadata.json' },
        partition(PARTITION_TYPE.primarySystem),
      ],
    });
    const made = new Uint8Array(await readFile(path));
    const expected = sif().withDefinition().withJson({}).withPartition(Buffer.from('root')).bytes();
    expect(Buffer.compare(made, expected)).toBe(0);
    expect(sha256(made)).toBe('3a9aa4e34eaa2ca37eda15f5b5432a4e5d0ba8afd3508e8640eea7c6b7da3b97');
  });

  test('stamps time, a random ID and the file mode of a program', async () => {
    const folder = await temporaryFolder();
    await createSif(join(folder, 'a.sif'), { now: NOW, launchScript: '#!/usr/bin/env run-singularity\n' });
    await createSif(join(folder, 'b.sif'), { now: NOW });
    const [a, b] = [await openFile(join(folder, 'a.sif')), await openFile(join(folder, 'b.sif'))];
    expect(a.header).toMatchObject({ createdAt: NOW_SECONDS, launchScript: '#!/usr/bin/env run-singularity\n' });
    expect(a.header.id).not.toBe(b.header.id);
    expect((await stat(join(folder, 'a.sif'))).mode & 0o100).toBe(0o100);
  });
});

describe('adding objects', () => {
  test('gives the same bytes as an image made with them', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const extra = { linkedGroup: 1, extra: signatureExtra('AB'.repeat(20)), createdAt: DETERMINISTIC_TIME };
    const native: NewObject = { dataType: DATA_TYPE.signature, data: Buffer.from('pgp'), group: 0, ...extra };
    // The image ID is not nil, so the image is not deterministic: the header takes the time that is given.
    expect(await appendObjects(path, [native, layer('a')], { now: NOW, time: DETERMINISTIC_TIME })).toEqual([4, 5]);
    const expected = typicalSif()
      .withSignature(Buffer.from('pgp'), { fingerprint: 'AB'.repeat(20) })
      .withSignature(Buffer.from('a'), { linkedGroup: 0, name: 'countersign/test/a' })
      .bytes();
    expect(Buffer.compare(await readFile(path), expected)).toBe(0);
  });

  test('takes streams of announced length, and refuses others', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const before = await readFile(path);
    const streamed = (sizeBytes: number): NewObject => ({
      ...layer('stream'),
      data: {
        sizeBytes,
        chunks: (async function* () {
          yield Buffer.from('abc');
          yield Buffer.from('def');
        })(),
      },
    });
    await expect(appendObjects(path, [streamed(5)], { now: NOW })).rejects.toMatchObject({
      code: 'SIF_OBJECT_INVALID',
    });
    await expect(appendObjects(path, [streamed(7)], { now: NOW })).rejects.toMatchObject({
      code: 'SIF_OBJECT_INVALID',
    });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
    await appendObjects(path, [streamed(6)], { now: NOW });
    const image = await openFile(path);
    const [added] = image.objects.slice(-1);
    expect(added && Buffer.from(await readObject(image, added, 10)).toString()).toBe('abcdef');
  });

  test('never touches what signatures cover, nor the data, nor other descriptors', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const before = await readFile(path);
    await appendObjects(path, [layer('a')], { now: NOW });
    const after = await readFile(path);
    const slot = SifBuilder.field(3, 0);
    expect(Buffer.compare(after.subarray(0, 72), before.subarray(0, 72))).toBe(0);
    expect(Buffer.compare(after.subarray(128, slot), before.subarray(128, slot))).toBe(0);
    expect(Buffer.compare(after.subarray(slot + 585, before.length), before.subarray(slot + 585))).toBe(0);
  });

  test('reads and writes as much for a large image as for a small one', async () => {
    const steps = async (bytes: number) => {
      const path = await temporaryFile(typicalSif(bytes).bytes());
      let count = 0;
      await appendObjects(path, [layer('a')], { now: NOW, fault: () => void (count += 1) });
      return count;
    };
    expect(await steps(5_000_000)).toBe(await steps(10));
  });

  test('names the slots needed and left, and changes nothing, when the table is full', async () => {
    const path = await temporaryFile(typicalSif().withSlots(4).bytes());
    const before = await readFile(path);
    await expect(appendObjects(path, [layer('a'), layer('b')], { now: NOW })).rejects.toMatchObject({
      code: 'SIF_NO_FREE_SLOT',
      message: '2 descriptor slots needed, 1 of 4 left',
    });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
    expect(await appendObjects(path, [layer('a')], { now: NOW })).toEqual([4]);
  });

  test('corrects a count of free slots that a killed writer left wrong', async () => {
    const path = await temporaryFile(typicalSif().withInteger(80, 48).bytes());
    await appendObjects(path, [layer('a')], { now: NOW });
    expect((await openFile(path)).header.descriptorsFree).toBe(44);
  });

  test('writes over garbage after the last object, in the table and in the data', async () => {
    const garbage = Buffer.alloc(585, 0xaa);
    garbage[4] = 0;
    const path = await temporaryFile(
      Buffer.concat([typicalSif().withBytes(SifBuilder.field(3, 0), garbage).bytes(), Buffer.alloc(5000, 0xbb)]),
    );
    await appendObjects(path, [layer('a')], { now: NOW });
    const image = await openFile(path);
    expect(image.objects[3]).toMatchObject({ id: 4, name: 'countersign/test/a', linkedGroup: undefined });
    expect(Buffer.from(await readObject(image, image.objects[3]!, 10)).toString()).toBe('a');
  });

  test('never gives an ID twice, also in an image whose slots are in another order', async () => {
    const path = await temporaryFile(
      sif()
        .withObject({ type: 0x4007, data: Buffer.from('x'), id: 3 })
        .withObject({ type: 0x4007, data: Buffer.from('y'), id: 2 })
        .bytes(),
    );
    expect(await appendObjects(path, [layer('a'), layer('b')], { now: NOW })).toEqual([1, 4]);
  });

  test('allows one primary partition, whose architecture the header then shows', async () => {
    const path = await temporaryFile(sif().withDefinition().bytes());
    await appendObjects(path, [partition(PARTITION_TYPE.primarySystem, 'arm64')], { now: NOW });
    expect((await openFile(path)).header.arch).toBe('arm64');
    await expect(appendObjects(path, [partition(PARTITION_TYPE.primarySystem)], { now: NOW })).rejects.toMatchObject({
      code: 'SIF_PRIMARY_PARTITION_EXISTS',
    });
  });

  test('stores the digest of an OCI blob with it', async () => {
    const path = await temporaryFile(sif().bytes());
    await appendObjects(path, [{ dataType: DATA_TYPE.ociBlob, data: Buffer.from('blob') }], { now: NOW });
    const extra = (await openFile(path)).objects[0]?.extra ?? new Uint8Array();
    expect(Buffer.from(extra.subarray(0, 71)).toString()).toBe(`sha256:${sha256(Buffer.from('blob'))}`);
  });

  test.each<[string, Partial<NewObject>]>([
    ['a name of 129 bytes', { name: 'é'.repeat(64) + 'x' }],
    ['a name with a zero byte', { name: 'a\0b' }],
    ['385 bytes of extra', { extra: new Uint8Array(385) }],
    ['two links', { linkedGroup: 1, linkedObject: 1 }],
    ['a group beyond 28 bits', { group: 0x10000000 }],
    ['a negative type', { dataType: -1 }],
  ])('refuses %s', async (_, part) => {
    const path = await temporaryFile(sif().bytes());
    await expect(appendObjects(path, [{ ...layer('a'), ...part }], { now: NOW })).rejects.toMatchObject({
      code: 'SIF_OBJECT_INVALID',
    });
  });

  test('refuses an image in which an object runs past the end, or whose data section lies over the table', async () => {
    const cut = await temporaryFile(typicalSif().bytes().subarray(0, -1));
    await expect(appendObjects(cut, [layer('a')], { now: NOW })).rejects.toMatchObject({
      code: 'SIF_OBJECT_OUT_OF_BOUNDS',
    });
    for (const dataOffset of [4096, -1, 2 ** 40]) {
      const path = await temporaryFile(typicalSif().withInteger(112, dataOffset).bytes());
      await expect(appendObjects(path, [layer('a')], { now: NOW })).rejects.toMatchObject({
        code: 'SIF_HEADER_INVALID',
      });
    }
  });

  test('follows a symbolic link to the image', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const alias = join(await temporaryFolder(), 'alias.sif');
    await symlink(path, alias);
    await appendObjects(alias, [layer('a')], { now: NOW });
    expect(await idsIn(path)).toEqual([1, 2, 3, 4]);
  });

  test('any objects can be read back', async () => {
    const anyObject = fc.record({
      dataType: fc.constantFrom(...Object.values(DATA_TYPE).filter((type) => type !== DATA_TYPE.partition)),
      data: fc.uint8Array({ maxLength: 200 }),
      group: fc.integer({ min: 0, max: 5 }),
      linkedGroup: fc.integer({ min: 1, max: 5 }),
      name: fc.string({ maxLength: 30 }).filter((name) => !name.includes('\0')),
      extra: fc.uint8Array({ maxLength: 384 }),
      alignment: fc.constantFrom(0, 1, 8, 512, 4096),
      createdAt: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyObject, { maxLength: 6 }), async (objects) => {
        const path = await temporaryFile(typicalSif(10).bytes());
        await appendObjects(path, objects, { now: NOW });
        const image = await openFile(path);
        const added = image.objects.slice(3);
        expect(added).toHaveLength(objects.length);
        for (const [index, object] of objects.entries()) {
          const found = added[index]!;
          const { dataType, group, linkedGroup, name, createdAt } = object;
          expect(found).toMatchObject({ dataType, group, linkedGroup, name, createdAt, modifiedAt: createdAt, uid: 0 });
          expect(Buffer.from(await readObject(image, found, 200)).equals(object.data)).toBe(true);
          expect(Buffer.from(found.extra.subarray(0, object.extra.length)).equals(object.extra)).toBe(true);
          expect(object.alignment === 0 || found.offset % object.alignment === 0).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a write that fails', () => {
  const failing = (at: number, code: string) => {
    let count = 0;
    return () => {
      count += 1;
      if (count === at) throw Object.assign(new Error(`${code}: simulated`), { code });
    };
  };

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('at step %i leaves the image as it was', async (step) => {
    const path = await temporaryFile(typicalSif().bytes());
    const before = await readFile(path);
    const options = { now: NOW, fault: failing(step, 'ENOSPC') };
    await expect(appendObjects(path, [layer('a'), layer('b')], options)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
  });

  test('after the commit leaves the new objects, which the next writer counts right', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const options = { now: NOW, fault: failing(11, 'EIO') };
    await expect(appendObjects(path, [layer('a'), layer('b')], options)).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
    });
    expect(await idsIn(path)).toEqual([1, 2, 3, 4, 5]);
    await appendObjects(path, [layer('c')], { now: NOW });
    expect((await openFile(path)).header.descriptorsFree).toBe(42);
  });

  test('leaves no lock behind', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await expect(appendObjects(path, [layer('a')], { now: NOW, fault: failing(1, 'EROFS') })).rejects.toMatchObject({
      code: 'FILE_NO_PERMISSION',
    });
    await expect(stat(`${path}.countersign-lock`)).rejects.toThrow('ENOENT');
  });

  test('because the file does not exist says so', async () => {
    const path = join(await temporaryFolder(), 'none.sif');
    await expect(appendObjects(path, [layer('a')], { now: NOW })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('an image that is no longer what the caller has read', () => {
  const readThen = async (change: (path: string) => Promise<void>) => {
    const path = await temporaryFile(typicalSif().bytes());
    await using source = await openFileSource(path);
    const expected = await openSif(source);
    await change(path);
    return await appendObjects(path, [layer('mine')], { now: NOW, expected });
  };

  test('is written to when only a layer was added', async () => {
    const add = async (path: string) => void (await appendObjects(path, [layer('theirs')], { now: NOW }));
    expect(await readThen(add)).toEqual([5]);
  });

  test('is refused when it was replaced by a copy', async () => {
    const replace = async (path: string) => {
      await copyFile(path, `${path}.new`);
      await rename(`${path}.new`, path);
    };
    await expect(readThen(replace)).rejects.toMatchObject({ code: 'SIF_CHANGED' });
  });

  test.each([
    ['a covered object was added', typicalSif().withObject({ type: 0x4006, data: Buffer.from('{}') })],
    ['a covered object is gone', typicalSif().withBytes(SifBuilder.field(0, 4), Buffer.of(0))],
    ['a descriptor differs', typicalSif().withBytes(SifBuilder.field(0, 73), Buffer.from('name'))],
    ['the image ID differs', typicalSif().withId('00'.repeat(16))],
  ])('is refused when %s', async (_, other) => {
    await expect(readThen((path) => writeFile(path, other.bytes()))).rejects.toMatchObject({ code: 'SIF_CHANGED' });
  });
});

describe('removing objects', () => {
  const layered = async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await appendObjects(path, [layer('first'), layer('second'), layer('third')], { now: NOW });
    return path;
  };

  test('clears their slots and leaves the others alone', async () => {
    const path = await layered();
    await deleteObjects(path, [5], { now: NOW });
    expect(await idsIn(path)).toEqual([1, 2, 3, 4, 6]);
    const file = await readFile(path);
    expect(file.subarray(SifBuilder.field(4, 0), SifBuilder.field(5, 0)).every((byte) => byte === 0)).toBe(true);
    expect((await openFile(path)).header.descriptorsFree).toBe(43);
  });

  test('can erase their data and cut the file', async () => {
    const path = await layered();
    const size = (await stat(path)).size;
    await deleteObjects(path, [4, 6], { now: NOW, zero: true, compact: true });
    expect((await stat(path)).size).toBe(size - 'third'.length);
    expect((await readFile(path)).includes('first')).toBe(false);
    expect((await readFile(path)).includes('second')).toBe(true);
  });

  test('and adding them again gives the same bytes', async () => {
    const path = await layered();
    const before = await readFile(path);
    await deleteObjects(path, [6], { now: NOW, compact: true });
    expect(await appendObjects(path, [layer('third')], { now: NOW })).toEqual([6]);
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
  });

  test('that do not exist changes nothing', async () => {
    const path = await layered();
    const before = await readFile(path);
    await expect(deleteObjects(path, [4, 99], { now: NOW })).rejects.toMatchObject({ code: 'SIF_OBJECT_NOT_FOUND' });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
  });

  test('refuses to remove an object that took the ID of the one that was read', async () => {
    const path = await layered();
    const expected = await openFile(path);
    await deleteObjects(path, [5], { now: NOW, expected });
    await appendObjects(path, [layer('somebody else')], { now: NOW });
    await expect(deleteObjects(path, [4, 5], { now: NOW, expected })).rejects.toMatchObject({ code: 'SIF_CHANGED' });
    expect(await idsIn(path)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('cut off at any point leaves an image that opens', async () => {
    for (let step = 1; step <= 9; step += 1) {
      const path = await layered();
      let count = 0;
      const fault = () => {
        count += 1;
        if (count === step) throw new Error('cut off');
      };
      await deleteObjects(path, [4, 5], { now: NOW, zero: true, compact: true, fault }).catch(() => undefined);
      expect([
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3, 5, 6],
        [1, 2, 3, 6],
      ]).toContainEqual(await idsIn(path));
    }
  });
});
