// SPDX-License-Identifier: Apache-2.0
// A value that must never be printed. Printing, JSON and inspection give a placeholder; only `reveal` gives the bytes.

const REDACTED = '[secret]';

/** Bytes or text that exist in memory only; passed on by reference, revealed where they are used. */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(value: string | Uint8Array) {
    this.#bytes = typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value);
  }

  /** The secret's bytes. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** The secret as UTF-8 text. */
  revealText(): string {
    return new TextDecoder().decode(this.#bytes);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
