// SPDX-License-Identifier: Apache-2.0
// Numbers that are the same in every run with the same seed, and the values at which readers break.

/** Integers around which lengths and offsets overflow, wrap or become negative. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  -1n,
  ...[7n, 8n, 15n, 16n, 31n, 32n, 53n, 63n].flatMap((bits) => [(1n << bits) - 1n, 1n << bits, -(1n << bits)]),
  585n,
  4096n,
  32_176n,
];

/** Deterministic random numbers (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An independent sequence for one case of one target. */
  static of(seed: number, name: string, index: number): Random {
    let state = seed >>> 0;
    for (const unit of `${name}:${index}`) state = Math.imul(state ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return new Random(state);
  }

  /** 0 ≤ n < `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(items: readonly [T, ...T[]]): T;
  pick<T>(items: readonly T[]): T | undefined;
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** An integer that readers get wrong, or one near `known`. */
  integer(known = 0n): bigint {
    if (this.once(3)) return known + BigInt(this.below(9) - 4);
    return this.pick(EDGES) ?? 0n;
  }
}
