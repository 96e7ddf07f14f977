// SPDX-License-Identifier: Apache-2.0
// Reads the content of OpenPGP packets from the front, as the library of Apptainer does, and says how reading ends.

/** How reading a packet ends other than with the packet: `end` as if the ring were over. */
export class Outcome extends Error {
  readonly how: 'skipped' | 'damaged' | 'fatal' | 'end';
  constructor(how: Outcome['how']) {
    super(how);
    this.how = how;
  }
}

/** Reads a body from the front. */
export class Reader {
  at = 0;
  readonly #body: Uint8Array;
  readonly #isWhole: boolean;

  constructor(body: Uint8Array, isWhole = true) {
    this.#body = body;
    this.#isWhole = isWhole;
  }

  /** What was read. */
  get before(): Uint8Array {
    return this.#body.subarray(0, this.at);
  }

  /** True at the end. */
  get isEmpty(): boolean {
    return this.at >= this.#body.length;
  }

  /** So many bytes. Where none are left some fields end the ring as if it were over. */
  take(count: number, atEnd: 'fatal' | 'end' = 'fatal'): Uint8Array {
    const found = this.#body.subarray(this.at, this.at + count);
    if (found.length < count) throw new Outcome(found.length === 0 && this.#isWhole ? atEnd : 'fatal');
    this.at += count;
    return found;
  }

  /** A number, big-endian. */
  number(count: number): number {
    return this.take(count).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** All that is left, of a whole packet. */
  rest(): Uint8Array {
    if (!this.#isWhole) throw new Outcome('fatal');
    return this.take(this.#body.length - this.at);
  }

  /** A multiprecision integer. */
  integer(): Uint8Array {
    return this.take(Math.ceil(this.number(2) / 8));
  }

  /** A field with its length before it: an object identifier, or the parameters of a key derivation. */
  short(): Uint8Array {
    const length = this.number(1);
    if (length === 0 || length === 255) throw new Outcome('skipped');
    return this.take(length);
  }
}

/** The library does not know this, and goes on behind it. */
export function skipped(): never {
  throw new Outcome('skipped');
}

/** What is cut inside a packet that is whole. */
export function damagedIfCut<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Outcome && error.how === 'fatal') throw new Outcome('damaged');
    throw error;
  }
}

/** A subpacket: its kind, whether it is critical, and its content. */
export function subpacket(reader: Reader): readonly [kind: number, critical: boolean, content: Uint8Array] {
  const first = reader.number(1);
  const length = first < 192 ? first : first < 255 ? (first - 192) * 256 + reader.number(1) + 192 : reader.number(4);
  if (length === 0) throw new Outcome('damaged');
  const [kind = 0, ...content] = reader.take(length);
  return [kind & 0x7f, kind > 0x7f, Uint8Array.from(content)];
}
