// SPDX-License-Identifier: Apache-2.0
// Small SIF images for tests, written out by hand from the format's tables and not with src/sif, so that a mistake
// there cannot hide here. Everything is deterministic unless a test says otherwise.

export const ZERO_TIME = -62_135_596_800;
export const TABLE_OFFSET = 4096;
export const SLOT_BYTES = 585;

export interface BuiltObject {
  readonly type: number;
  readonly data: Uint8Array;
  /** Default 1; 0 = none. */
  readonly group?: number;
  /** Raw link. */
  readonly link?: number;
  readonly name?: string;
  readonly extra?: Uint8Array;
  /** Default: slot + 1. */
  readonly id?: number;
  /** Default: right after the data before it, partitions at the next multiple of 4096. */
  readonly offset?: number;
  readonly sizeBytes?: number;
  readonly createdAt?: number;
  readonly used?: number;
}

export class SifBuilder {
  readonly #objects: BuiltObject[] = [];
  readonly #patches: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  #slots = 48;
  #id = new Uint8Array(16);

  withSlots(count: number): this {
    this.#slots = count;
    return this;
  }

  withId(hex: string): this {
    this.#id = new Uint8Array(Buffer.from(hex, 'hex'));
    return this;
  }

  withObject(object: BuiltObject): this {
    this.#objects.push(object);
    return this;
  }

  withDefinition(text = 'bootstrap: scratch\n'): this {
    return this.withObject({ type: 0x4001, data: Buffer.from(text) });
  }

  withJson(value: unknown, name = 'inspect-metadata.json'): this {
    return this.withObject({ type: 0x4006, data: Buffer.from(JSON.stringify(value)), name });
  }

  /** A partition; squashfs, primary and amd64 unless told otherwise. */
  withPartition(data: Uint8Array, { fs = 1, role = 2, arch = '02', group = 1 } = {}): this {
    const extra = Buffer.alloc(384);
    extra.writeInt32LE(fs, 0);
    extra.writeInt32LE(role, 4);
    extra.write(arch, 8, 'latin1');
    return this.withObject({ type: 0x4004, data, extra, group });
  }

  /** A signature object: linked to a group, or in no relation to anything with `linkedGroup: 0`. */
  withSignature(data: Uint8Array, { linkedGroup = 1, fingerprint = '', name = '' } = {}): this {
    const extra = Buffer.alloc(384);
    extra.writeInt32LE(1, 0);
    extra.write(fingerprint, 4, 'hex');
    const link = linkedGroup === 0 ? 0 : (0xf0000000 | linkedGroup) >>> 0;
    return this.withObject({ type: 0x4005, data, group: 0, link, extra, name });
  }

  /** Overwrites bytes of the finished image. */
  withBytes(offset: number, bytes: Uint8Array): this {
    this.#patches.push({ offset, bytes });
    return this;
  }

  /** Overwrites a 64-bit number of the finished image. */
  withInteger(offset: number, value: number | bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return this.withBytes(offset, bytes);
  }

  /** Byte offset of a field in the descriptor of a slot. */
  static field(slot: number, offset: number): number {
    return TABLE_OFFSET + slot * SLOT_BYTES + offset;
  }

  bytes(): Uint8Array {
    const dataOffset = TABLE_OFFSET + this.#slots * SLOT_BYTES;
    let end = dataOffset;
    const placed = this.#objects.map((object) => {
      const aligned = object.type === 0x4004 ? Math.ceil(end / 4096) * 4096 : end;
      const offset = object.offset ?? aligned;
      const padding = Math.max(0, offset - end);
      end = Math.max(end, offset + object.data.length);
      return { object, offset, padding };
    });
    const file = Buffer.alloc(end);
    this.#writeHeader(file, dataOffset, end);
    placed.forEach(({ object, offset, padding }, slot) => {
      writeDescriptor(file.subarray(SifBuilder.field(slot, 0)), object, { slot, offset, padding });
      file.set(object.data, offset);
    });
    for (const { offset, bytes } of this.#patches) file.set(bytes, offset);
    return new Uint8Array(file);
  }

  #writeHeader(file: Buffer, dataOffset: number, end: number): void {
    file.write('SIF_MAGIC\0', 32, 'latin1');
    file.write('01\0', 42, 'latin1');
    file.write(this.#objects.some((object) => object.type === 0x4004) ? '02\0' : '00\0', 45, 'latin1');
    file.set(this.#id, 48);
    const numbers = [
      ZERO_TIME,
      ZERO_TIME,
      this.#slots - this.#objects.length,
      this.#slots,
      TABLE_OFFSET,
      this.#slots * SLOT_BYTES,
      dataOffset,
      end - dataOffset,
    ];
    numbers.forEach((value, index) => file.writeBigInt64LE(BigInt(value), 64 + 8 * index));
  }
}

function writeDescriptor(
  record: Buffer,
  object: BuiltObject,
  place: { readonly slot: number; readonly offset: number; readonly padding: number },
): void {
  const size = object.sizeBytes ?? object.data.length;
  record.writeInt32LE(object.type, 0);
  record.writeUInt8(object.used ?? 1, 4);
  record.writeUInt32LE(object.id ?? place.slot + 1, 5);
  record.writeUInt32LE((0xf0000000 | (object.group ?? 1)) >>> 0, 9);
  record.writeUInt32LE(object.link ?? 0, 13);
  record.writeBigInt64LE(BigInt(place.offset), 17);
  record.writeBigInt64LE(BigInt(size), 25);
  record.writeBigInt64LE(BigInt(size + place.padding), 33);
  record.writeBigInt64LE(BigInt(object.createdAt ?? ZERO_TIME), 41);
  record.writeBigInt64LE(BigInt(object.createdAt ?? ZERO_TIME), 49);
  record.write(object.name ?? '', 73, 'utf8');
  if (object.extra) record.set(object.extra, 201);
}

/** An empty image to add objects to. */
export function sif(): SifBuilder {
  return new SifBuilder();
}

/** A typical image: definition, JSON and a partition of `partitionBytes` recognisable bytes, all in group 1. */
export function typicalSif(partitionBytes = 9000): SifBuilder {
  const partition = Uint8Array.from({ length: partitionBytes }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
  return sif()
    .withId('0f1e2d3c4b5a69788796a5b4c3d2e1f0')
    .withDefinition()
    .withJson({ data: { attributes: {} }, type: 'container' })
    .withPartition(partition);
}
