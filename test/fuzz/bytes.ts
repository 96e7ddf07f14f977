// SPDX-License-Identifier: Apache-2.0
// Damage that knows no structure: bits, cuts, copies, numbers, pieces of other inputs.

import { concatBytes } from '../../src/base/bytes.ts';
import type { Random } from './random.ts';

/** What mutations may draw on. */
export interface Material {
  /** Valid inputs, for pieces of them. */
  readonly pool: readonly Uint8Array[];
  /** Words that mean something in the format. */
  readonly words: readonly string[];
}

/** What copies may add to an input: many of them one after another would be without bound. */
const MAX_ADDED_BYTES = 1024 * 1024;

/** So many times, or as often as a piece of this length can be copied. */
export function copies(times: number, length: number): number {
  return Math.max(1, Math.min(times, Math.floor(MAX_ADDED_BYTES / (length + 1))));
}

/** The bytes with one thing changed. */
export function mutateBytes(random: Random, bytes: Uint8Array, { pool }: Material): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.once(4) ? random.below(bytes.length - at + 1) : random.below(16);
  const end = Math.min(bytes.length, at + length);
  const [head, part, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  const other = random.pick(pool) ?? bytes;
  const from = random.below(other.length + 1);
  switch (random.below(8)) {
    case 0:
      return head.slice();
    case 1:
      return concatBytes(head, tail);
    case 2:
      return concatBytes(head, part, ...repeated(random, part), tail);
    case 3:
      return concatBytes(head, random.bytes(length % 64), tail);
    case 4:
      return concatBytes(head, other.subarray(from, from + length), tail);
    case 5:
      return withNumber(random, bytes, at);
    default: {
      const changed = bytes.slice();
      for (let times = 1 + random.below(3); times > 0; times -= 1) {
        const place = random.below(bytes.length);
        changed[place] = random.once(2) ? (changed[place] ?? 0) ^ (1 << random.below(8)) : random.below(256);
      }
      return changed;
    }
  }
}

function repeated(random: Random, part: Uint8Array): readonly Uint8Array[] {
  const times = copies(random.once(8) ? random.below(2000) : 1, part.length);
  return Array.from({ length: times }, () => part);
}

function withNumber(random: Random, bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  const size = random.pick([1, 2, 4, 8]);
  if (at + size > bytes.length) return changed;
  const number = encodeInteger(random.integer(), size);
  changed.set(random.once(2) ? number : number.toReversed(), at);
  return changed;
}

/** Little endian, cut to `size` bytes. */
export function encodeInteger(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
