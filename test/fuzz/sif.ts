// SPDX-License-Identifier: Apache-2.0
// SIF images damaged by their own tables, and what every signature of an image covers, read with nothing of src/sif.

import { createHash } from 'node:crypto';
import { concatBytes } from '../../src/base/bytes.ts';
import { encodeInteger, type Material, mutateBytes } from './bytes.ts';
import type { Random } from './random.ts';

const SLOT = 585;
const HEADER_NUMBERS = 64;
/** Fields of a descriptor: offset, length. */
const FIELDS = {
  type: [0, 4],
  used: [4, 1],
  id: [5, 4],
  group: [9, 4],
  link: [13, 4],
  offset: [17, 8],
  size: [25, 8],
  sizeWithPadding: [33, 8],
  created: [41, 8],
  modified: [49, 8],
  owner: [57, 8],
  creator: [65, 8],
  name: [73, 128],
  extra: [201, 384],
} as const;
const NAMES = Object.keys(FIELDS) as readonly (keyof typeof FIELDS)[];
const GROUPED = 0xf0000000;

/** Damages bytes in a way that fits what they are. */
type MutateAny = (random: Random, bytes: Uint8Array, material: Material) => Uint8Array;

/** True for what begins as an image does. */
export function isSif(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(32, 41)).toString('latin1') === 'SIF_MAGIC' && bytes.length > 4096;
}

class Table {
  readonly file: Buffer;
  readonly offset: number;
  readonly count: number;

  constructor(bytes: Uint8Array) {
    this.file = Buffer.from(bytes);
    const total = this.#number(HEADER_NUMBERS + 24);
    const offset = this.#number(HEADER_NUMBERS + 32);
    this.offset = offset > 0 && offset < bytes.length ? offset : 4096;
    this.count = Math.max(0, Math.min(total, 200, Math.floor((bytes.length - this.offset) / SLOT)));
  }

  #number(at: number): number {
    return at + 8 <= this.file.length ? Number(this.file.readBigInt64LE(at)) : 0;
  }

  field(slot: number, name: keyof typeof FIELDS): Buffer {
    const [offset, length] = FIELDS[name];
    const at = this.offset + slot * SLOT + offset;
    return this.file.subarray(at, at + length);
  }

  get(slot: number, name: keyof typeof FIELDS): bigint {
    return this.field(slot, name).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  }

  /** Slots that hold an object. */
  used(): readonly number[] {
    return Array.from({ length: this.count }, (_, slot) => slot).filter((slot) => this.get(slot, 'used') !== 0n);
  }

  data(slot: number): Buffer {
    const offset = Number(this.get(slot, 'offset'));
    return this.file.subarray(offset, offset + Number(this.get(slot, 'size')));
  }
}

/** An image with one thing changed. */
export function mutateSif(random: Random, bytes: Uint8Array, material: Material, mutateAny: MutateAny): Uint8Array {
  const table = new Table(bytes);
  const used = table.used();
  const slot = random.pick(used) ?? 0;
  const other = random.once(4) ? random.below(table.count) : (random.pick(used) ?? 0);
  if (table.count === 0) return mutateBytes(random, bytes, material);
  const record = (at: number): Buffer => table.file.subarray(table.offset + at * SLOT, table.offset + (at + 1) * SLOT);
  switch (random.below(10)) {
    case 0: {
      const at = HEADER_NUMBERS + 8 * random.below(8);
      table.file.set(encodeInteger(random.integer(table.file.readBigInt64LE(at)), 8), at);
      return table.file;
    }
    case 1:
    case 2: {
      const name = random.pick(NAMES) ?? 'size';
      const field = table.field(slot, name);
      if (random.once(3)) field.set(table.field(other, name));
      else if (field.length > 8) field.set(mutateBytes(random, field, material).subarray(0, field.length));
      else field.set(encodeInteger(random.integer(table.get(slot, name)), field.length));
      return table.file;
    }
    case 3: {
      const kept = Buffer.from(record(slot));
      record(slot).set(record(other));
      if (random.once(2)) record(other).set(kept);
      return table.file;
    }
    case 4:
      table.field(slot, 'used')[0] = random.pick([0, 1, 2, 255]) ?? 0;
      return table.file;
    case 5: {
      const data = table.data(slot);
      const changed = mutateAny(random, new Uint8Array(data), material).subarray(0, data.length);
      data.set(changed);
      return table.file;
    }
    case 6:
    case 7:
      return moved(table, slot, mutateAny(random, new Uint8Array(table.data(random.once(3) ? other : slot)), material));
    case 8: {
      const stranger = new Table(random.pick(material.pool.filter(isSif)) ?? bytes);
      const from = random.pick(stranger.used()) ?? 0;
      return grafted(table, { stranger, from, to: random.once(2) ? slot : used.length });
    }
    default:
      return mutateBytes(random, bytes, material);
  }
}

/** Other data for an object, at the end of the file. */
function moved(table: Table, slot: number, data: Uint8Array): Uint8Array {
  table.field(slot, 'offset').set(encodeInteger(BigInt(table.file.length), 8));
  for (const name of ['size', 'sizeWithPadding'] as const)
    table.field(slot, name).set(encodeInteger(BigInt(data.length), 8));
  return concatBytes(table.file, data);
}

/** An object of another image, with its data. */
function grafted(
  table: Table,
  { stranger, from, to }: { readonly stranger: Table; readonly from: number; readonly to: number },
): Uint8Array {
  if (to >= table.count) return table.file;
  const id = table.get(to, 'used') === 0n ? BigInt(to + 1) : table.get(to, 'id');
  for (const name of NAMES) table.field(to, name).set(stranger.field(from, name));
  table.field(to, 'id').set(encodeInteger(id, 4));
  return moved(table, to, stranger.data(from));
}

/**
 * What signatures of an image cover: launch script, magic, version and ID, and of every object in a group its place in
 * the order, its number within the group, all fields but where it lies and when it changed, and its data.
 */
export function coveredBy(bytes: Uint8Array): string {
  const table = new Table(bytes);
  const objects = table
    .used()
    .filter((slot) => table.get(slot, 'group') !== BigInt(GROUPED))
    .map((slot) => {
      const fields = (['type', 'used', 'id', 'group', 'link', 'size', 'created', 'name', 'extra'] as const).map(
        (name) => table.field(slot, name).toString('hex'),
      );
      const id = Number(table.get(slot, 'id'));
      return { id, text: [...fields, createHash('sha256').update(table.data(slot)).digest('hex')].join(' ') };
    })
    .sort((one, two) => one.id - two.id);
  const head = [table.file.subarray(0, 45), table.file.subarray(48, 64)].map((part) => part.toString('hex'));
  return [...head, ...objects.map(({ text }) => text)].join('\n');
}

/** An image in which the object of this number has other data and another name. */
export function withData(
  bytes: Uint8Array,
  id: number,
  { data, name }: { readonly data: Uint8Array; readonly name: string },
): Uint8Array {
  const table = new Table(bytes);
  const slot = table.used().find((one) => table.get(one, 'id') === BigInt(id)) ?? 0;
  table.field(slot, 'name').fill(0).write(name);
  return new Uint8Array(moved(table, slot, data));
}
