// SPDX-License-Identifier: Apache-2.0
// What becomes of a JSON text in memory. An object takes some two hundred bytes, and two characters are one: ten megabytes
// could become two gigabytes. So there is a bound on how many parts a text of its length may have; the densest of real
// SBOMs, reports, bundles and manifests have half as many.

import { DATA_CODES, DataError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** After so many values the bounds are looked at again. */
const STEP = 4096;

/** Counts what a document consists of while it is read. */
export class JsonSize {
  readonly #what: string;
  readonly #length: number;
  #parts = 0;
  #values = 0;
  #largest = 0;

  /** @param length of the text, in characters */
  constructor(what: string, length: number) {
    this.#what = what;
    this.#length = length;
  }

  /** One more object or list. @throws DataError DATA_TOO_MANY_PARTS */
  addPart(): void {
    this.#parts += 1;
    if (this.#parts % STEP === 0) this.check(this.#length);
  }

  /** One more value of any kind. @throws DataError DATA_TOO_MANY_PARTS */
  addValue(): void {
    this.#values += 1;
    if (this.#values % STEP === 0) this.check(this.#length);
  }

  /** An object has so many members by now. @throws DataError DATA_TOO_MANY_PARTS */
  sawMembers(count: number): void {
    if (count <= this.#largest) return;
    this.#largest = count;
    if (count % STEP === 0) this.check(this.#length);
  }

  /** Refuses what is too much for a text of this length. @throws DataError DATA_TOO_MANY_PARTS */
  check(length: number): void {
    this.#bound(this.#parts, 'objects and lists', LIMITS.jsonParts + length / LIMITS.jsonPartLength);
    this.#bound(this.#values, 'values', LIMITS.jsonValues + length / LIMITS.jsonValueLength);
    this.#bound(this.#largest, 'members in one object', LIMITS.jsonMembers + length / LIMITS.jsonMemberLength);
  }

  #bound(count: number, what: string, limit: number): void {
    if (count <= limit) return;
    throw new DataError(
      'DATA_TOO_MANY_PARTS',
      `${this.#what} has more than ${Math.floor(limit)} ${what}, and ${this.#length} characters`,
      { hint: DATA_CODES.DATA_TOO_MANY_PARTS.fix },
    );
  }
}
