// SPDX-License-Identifier: Apache-2.0
// A strict JSON reader for hostile input: no repeated key, bounded depth, no trailing bytes, objects without a
// prototype (so `__proto__` is an ordinary key), and a bound on what becomes of its length in memory. Numbers beyond the
// safe integers are kept as JavaScript numbers, or refused on request.

import { decodeUtf8 } from './bytes.ts';
import { DataError } from './errors.ts';
import { JsonSize } from './json-size.ts';
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
  readonly #skip: string | undefined;
  /** False within what is skipped. */
  #kept = true;

  constructor(text: string, what: string, { depth = LIMITS.jsonDepth, exactNumbers = false, skip }: JsonStrictness) {
    this.#text = text;
    this.#what = what;
    this.#size = new JsonSize(what, text.length);
    this.#depth = depth;
    this.#exactNumbers = exactNumbers;
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

/** Beyond this the nearest double is as near as 17 digits tell. */
const MIN_NORMAL = 2.2250738585072014e-308;
/** So many digits name exactly one double; more of them would say what no double can. */
const DOUBLE_DIGITS = 17;
/** No double needs more characters than 1.8e308 written out. */
const MAX_TEXT = 400;

/** A decimal number as `digits` × 10^`exponent`, without zeros at either end; no digits for zero. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/**
 * True for a JSON number whose value stays what it is. Fractions of up to 17 digits count as the double that they name,
 * which is how many programs write them; whole numbers must stay the same to the last digit.
 * @see https://www.rfc-editor.org/rfc/rfc8259.html#section-6
 */
export function keepsItsValue(text: string): boolean {
  const value = Number(text);
  if (text.length > MAX_TEXT || !Number.isFinite(value) || Object.is(value, -0)) return false;
  const given = decimalOf(text);
  const written = decimalOf(String(value));
  if (given.digits === written.digits && given.exponent === written.exponent) return true;
  return given.exponent < 0 && given.digits.length <= DOUBLE_DIGITS && Math.abs(value) >= MIN_NORMAL;
}

function decimalOf(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.replace(/^-/, '').split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return { digits: '', exponent: 0 };
  return { digits: kept, exponent: Number(power) - fraction.length + digits.length - kept.length };
}

/** Folds of characters beyond ASCII that were asked for. */
const known = new Map<string, string>();

/**
 * A name as Go's JSON reader compares it: two names are one there exactly when this gives the same text. Characters that
 * are newer than the Unicode of that Go may be joined here and not there.
 * @see https://github.com/golang/go/blob/go1.26.0/src/encoding/json/fold.go
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]|[^\0-\x7f]/gu, (character) => {
    const fold = known.get(character) ?? foldCharacter(character);
    known.set(character, fold);
    return fold;
  });
}

/** Full case mappings join more than simple folding does, the dotless i and I for instance. */
function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  for (const fold of [isOne(upper) ? upper.toLowerCase() : character, character.toLowerCase()])
    if (fold !== character && isOne(fold) && foldsTo(character, fold)) return fold;
  return character;
}

function isOne(text: string): boolean {
  return text === String.fromCodePoint(text.codePointAt(0) ?? 0);
}

function foldsTo(character: string, fold: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return new RegExp(`^\\u{${codePoint.toString(16)}}$`, 'iu').test(fold);
}
