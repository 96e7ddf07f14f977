// SPDX-License-Identifier: Apache-2.0
// A strict JSON reader for hostile input: no repeated key, bounded depth, no trailing bytes, objects without a
// prototype (so `__proto__` is an ordinary key), and a bound on what becomes of its length in memory. Numbers beyond the
// safe integers are kept as JavaScript numbers, or refused on request.

import { decodeUtf8 } from './bytes.ts';
import { DATA_CODES, DataError } from './errors.ts';
import { keepsItsValue } from './json-number.ts';
import { LIMITS } from './limits.ts';

/** What a JSON text can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A JSON object; it has no prototype, so every name is an ordinary one. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** True for a JSON object, false for arrays and all else. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How strictly a document is read. */
export interface JsonStrictness {
  /** Deepest nesting; `LIMITS.jsonDepth` by default. */
  readonly depth?: number;
  /** Refuse numbers that would be others once they are written again. */
  readonly exactNumbers?: boolean;
  /** Refuse whole numbers with a point or an exponent: programs written in Go find no whole number in `1e2`. */
  readonly plainNumbers?: boolean;
  /** A member of the document whose form is checked and whose value is not kept: it is given as null. */
  readonly skip?: string | undefined;
}

/**
 * The value of a JSON document given as bytes or text; `what` names it in errors.
 * @throws DataError DATA_JSON_INVALID, DATA_NOT_UTF8, DATA_TOO_MANY_PARTS
 * @see https://www.rfc-editor.org/rfc/rfc8259.html
 */
export function parseJson(input: Uint8Array | string, what: string, strictness: JsonStrictness = {}): JsonValue {
  const text = typeof input === 'string' ? input : decodeUtf8(input, what);
  const reader = new Reader(text, what, strictness);
  return reader.document();
}

/** The JSON object in the bytes of somebody else; undefined for anything that is none. */
export function jsonObjectIn(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseJson(bytes, 'an answer');
    return isJsonObject(value) ? value : undefined;
  } catch (cause) {
    if (cause instanceof DataError) return undefined;
    throw cause;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** From so many items on a list is made while it is read. */
const LONG_LIST = 64;
/** A whole number of up to 15 digits is itself, however it is read. */
const SHORT_WHOLE = /^(?:[1-9][0-9]{0,14}|0)$/;

class Reader {
  #at = 0;
  #spaces = 0;
  readonly #size: JsonSize;
  /** Items of the lists that are being read: each list is made when its length is known. */
  readonly #items: JsonValue[] = [];
  readonly #text: string;
  readonly #what: string;
  readonly #depth: number;
  readonly #exactNumbers: boolean;
  readonly #plainNumbers: boolean;
  readonly #skip: string | undefined;
  /** False within what is skipped. */
  #kept = true;

  constructor(text: string, what: string, strictness: JsonStrictness) {
    const { depth = LIMITS.jsonDepth, exactNumbers = false, plainNumbers = false, skip } = strictness;
    this.#text = text;
    this.#what = what;
    this.#size = new JsonSize(what, text.length);
    this.#depth = depth;
    this.#exactNumbers = exactNumbers;
    this.#plainNumbers = plainNumbers;
    this.#skip = skip;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('unexpected text after the document');
    // What is written again without white space must be readable, too.
    this.#size.check(this.#text.length - this.#spaces);
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > this.#depth)
      this.#fail(
        `nested deeper than ${this.#depth}`,
        'nest it less deeply, with lists beside each other and not inside',
      );
    if (this.#kept) this.#size.addValue();
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return this.#string();
    for (const [word, value] of LITERALS)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    return this.#number();
  }

  #object(depth: number): JsonObject {
    if (this.#kept) this.#size.addPart();
    const object: Record<string, JsonValue> = Object.create(null);
    const skipped = this.#kept ? undefined : new Set<string>();
    let members = 0;
    this.#at += 1;
    this.#space();
    if (this.#take('}')) return object;
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail('expected a key');
      const key = this.#string();
      if (skipped?.has(key) || Object.hasOwn(object, key))
        this.#fail(`the key ${JSON.stringify(key.slice(0, 80))} is repeated`);
      this.#space();
      if (!this.#take(':')) this.#fail('expected a colon');
      if (depth === 0) this.#kept = key !== this.#skip;
      const value = this.#value(depth + 1);
      members += 1;
      this.#size.sawMembers(members);
      if (skipped) skipped.add(key);
      else object[key] = this.#kept ? value : null;
      this.#space();
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail('expected a comma or }');
    return object;
  }

  #array(depth: number): readonly JsonValue[] {
    if (this.#kept) this.#size.addPart();
    this.#at += 1;
    this.#space();
    if (this.#take(']')) return [];
    const start = this.#items.length;
    let long: JsonValue[] | undefined;
    do {
      const value = this.#value(depth + 1);
      if (this.#kept) (long ?? this.#items).push(value);
      if (this.#items.length - start >= LONG_LIST) long = this.#items.splice(start);
      this.#space();
    } while (this.#take(','));
    if (!this.#take(']')) this.#fail('expected a comma or ]');
    return long ?? this.#items.splice(start);
  }

  #string(): string {
    const start = this.#at;
    let at = start + 1;
    for (; ; at += 1) {
      const char = this.#text.charCodeAt(at);
      if (Number.isNaN(char)) this.#fail('a text does not end');
      if (char === 0x22) break;
      if (char === 0x5c) at += 1;
    }
    this.#at = at + 1;
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      this.#at = start;
      return this.#fail('a text has a bad escape or control character');
    }
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) this.#fail('expected a value');
    const [number] = match;
    if (this.#exactNumbers && !SHORT_WHOLE.test(number) && !keepsItsValue(number))
      this.#fail(
        `the number ${number.slice(0, 60)}, which JSON readers round,`,
        'write it as a text, or with at most 15 digits',
      );
    if (this.#plainNumbers && /[.eE]/.test(number) && Number.isInteger(Number(number)))
      this.#fail(`the whole number ${number.slice(0, 60)}, which other programs do not take for one,`);
    this.#at = NUMBER.lastIndex;
    return Number(number);
  }

  #space(): void {
    for (;;) {
      const char = this.#text.charCodeAt(this.#at);
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
      this.#at += 1;
      this.#spaces += 1;
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #fail(problem: string, hint = 'check that the right file was given, and that it is whole'): never {
    const found = this.#text.trim() === '' ? 'nothing is in it' : `${problem} at offset ${this.#at}`;
    throw new DataError('DATA_JSON_INVALID', `${this.#what}: ${found}`, { hint });
  }
}

/** After so many values the bounds are looked at again. */
const STEP = 4096;

/**
 * Counts what a document consists of while it is read. An object takes some two hundred bytes, and two characters are one: ten
 * megabytes could become two gigabytes. So there is a bound on how many parts a text of its length may have; the densest of
 * real SBOMs, reports, bundles and manifests have half as many.
 */
class JsonSize {
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
