// SPDX-License-Identifier: Apache-2.0
// Known answers of the reference implementation: what its images hold, and what its writer makes of each change.

import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSif, partitionExtra } from '../../support/create-sif.ts';
import { ARCHITECTURE_NAMES, DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../../../src/sif/format.ts';
import { groupsOf, openSif } from '../../../src/sif/sif.ts';
import { hashObjects } from '../../../src/sif/hash/hash.ts';
import { compareMetadata, encodeMetadata, parseMetadata } from '../../../src/sif/integrity.ts';
import { SifError } from '../../../src/sif/errors.ts';
import { openFileSource } from '../../../src/sif/source.ts';
import { appendObjects, deleteObjects, type NewObject } from '../../../src/sif/edit/append.ts';
import { vectorPath } from '../../support/vectors.ts';

const SHA256 = new Set(['sha256'] as const);
const NOW = new Date('2026-11-22T12:00:00Z');

interface VectorObject {
  readonly type: 'generic' | 'partition';
  readonly dataHex: string;
  readonly align?: number;
  readonly partition?: { readonly fs: 'squashfs' | 'raw'; readonly part: 'system' | 'primsys'; readonly arch: string };
}
interface VectorOp {
  readonly op: 'add' | 'delete' | 'setPrimary';
  readonly object?: VectorObject;
  readonly id?: number;
  readonly zero?: boolean;
  readonly compact?: boolean;
  readonly deterministic?: boolean;
  readonly time?: number;
}
interface Vector {
  readonly name: string;
  readonly create: {
    readonly deterministic?: boolean;
    readonly id?: string;
    readonly time?: number;
    readonly launchScript?: string;
    readonly capacity?: number;
    readonly objects?: readonly VectorObject[];
  };
  readonly ops: readonly VectorOp[];
  readonly error: string | null;
  readonly file: string;
}
interface Expected {
  readonly size: number;
  readonly header: { readonly id: string; readonly arch: string; readonly descriptorsFree: number };
  readonly objects: readonly Record<string, unknown>[];
  readonly sifMetadataSha256: Readonly<Record<string, string>>;
}

const load = (name: string): unknown => JSON.parse(readFileSync(vectorPath(`apptainer/${name}`), 'utf8'));
const written = load('writer.json') as { readonly vectors: readonly Vector[] };
/** Nothing of ours chooses the primary partition. */
const vectors = written.vectors.filter(({ ops }) => ops.every(({ op }) => op !== 'setPrimary'));
const { images } = load('expected.json') as { readonly images: Readonly<Record<string, Expected>> };

const ERROR_CODES: Readonly<Record<string, string>> = {
  'image already contains a primary partition': 'SIF_PRIMARY_PARTITION_EXISTS',
  'object not found': 'SIF_OBJECT_NOT_FOUND',
};

function newObject(object: VectorObject): NewObject {
  const { partition } = object;
  return {
    dataType: DATA_TYPE[object.type],
    data: Buffer.from(object.dataHex, 'hex'),
    ...(object.align === undefined ? {} : { alignment: object.align }),
    ...(partition && {
      extra: partitionExtra({
        fs: FILE_SYSTEM[partition.fs],
        type: partition.part === 'primsys' ? PARTITION_TYPE.primarySystem : PARTITION_TYPE.system,
        arch: partition.arch,
      }),
    }),
  };
}

async function apply(path: string, op: VectorOp): Promise<void> {
  const { op: kind, object, id = 0, ...rest } = op;
  const options = { now: NOW, ...rest };
  if (kind === 'add' && object) await appendObjects(path, [newObject(object)], options);
  else await deleteObjects(path, [id], options);
}

describe('the reference writer', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-writer-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(vectors)('$name gives the same bytes', async (vector) => {
    const path = join(folder, `${vector.name}.sif`);
    await createSif(path, { now: NOW, ...vector.create, objects: (vector.create.objects ?? []).map(newObject) });
    const run = async (): Promise<void> => {
      for (const op of vector.ops) await apply(path, op);
    };
    const code = await run().then(
      () => null,
      (error: unknown) => (error instanceof SifError ? error.code : error),
    );
    expect(code).toBe(vector.error && ERROR_CODES[vector.error]);
    const made = await readFile(path);
    expect(made.equals(await readFile(vectorPath(`apptainer/${vector.file}`)))).toBe(true);
  });
});

describe('images of the reference', () => {
  const present = Object.entries(images).filter(([name]) => existsSync(vectorPath(`apptainer/images/${name}`)));

  test.each(present)('%s opens with the expected objects and metadata', async (name, expected) => {
    await using source = await openFileSource(vectorPath(`apptainer/images/${name}`));
    const image = await openSif(source);
    const digests = await hashObjects(image, image.objects, { algorithms: SHA256 });
    expect(source.sizeBytes).toBe(expected.size);
    expect(image.header.id).toBe(expected.header.id);
    expect(archCodeText(image.header.arch)).toBe(expected.header.arch);
    expect(image.freeSlots).toBe(expected.header.descriptorsFree);
    expect(image.objects.map((object) => [object.id, object.group, object.offset, object.sizeBytes])).toEqual(
      expected.objects.map((object) => [object['id'], object['group'], object['offset'], object['size']]),
    );
    expect(image.objects.map((object) => [object.name, object.createdAt, object.sizeWithPadding])).toEqual(
      expected.objects.map((object) => [object['name'], object['createdAt'], object['sizeWithPadding']]),
    );
    expect(image.objects.map((object) => digests.get(object.id)?.get('sha256'))).toEqual(
      expected.objects.map((object) => object['dataSha256']),
    );
    const metadata = groupsOf(image).map((group) => [String(group), encodeMetadata(image, group, digests)] as const);
    expect(metadata.map(([group, bytes]) => [group, new TextDecoder().decode(bytes)])).toEqual(
      Object.entries(expected.sifMetadataSha256),
    );
    for (const [group, bytes] of metadata)
      expect(compareMetadata(parseMetadata(bytes), image, Number(group), digests)).toMatchObject({
        complete: true,
        reasons: [],
      });
  });

  test('adding to a copy leaves all grouped objects as they were', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-copy-'));
    const path = join(folder, 'image.sif');
    await copyFile(vectorPath('apptainer/images/apptainer-signed-pgp.sif'), path);
    await using before = await openFileSource(path);
    const expected = await openSif(before);
    await appendObjects(path, [{ dataType: DATA_TYPE.signature, data: Buffer.from('x'), group: 0 }], {
      now: NOW,
      expected,
    });
    await using after = await openFileSource(path);
    const image = await openSif(after);
    expect(image.objects).toHaveLength(expected.objects.length + 1);
    const hashes = await hashObjects(image, image.objects, { algorithms: SHA256 });
    const metadata = encodeMetadata(image, 1, hashes);
    const old = await hashObjects(expected, expected.objects, { algorithms: SHA256 });
    expect(metadata).toEqual(encodeMetadata(expected, 1, old));
    await rm(folder, { recursive: true });
  });
});

function archCodeText(arch: string): string {
  return arch === 'unknown'
    ? '00=unknown'
    : `${[...ARCHITECTURE_NAMES].find(([, name]) => name === arch)?.[0].slice(0, 2)}=${arch}`;
}
