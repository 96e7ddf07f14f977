// SPDX-License-Identifier: Apache-2.0
// Can two programs read two things in one JSON document? What we judge is fetched and run by programs written in Go,
// whose reader takes `layers` and `Layers` for one member, and the last one wins. Such a document is refused.

import { DataError } from './errors.ts';
import { isJsonObject, type JsonObject, type JsonStrictness, type JsonValue, parseJson } from './json.ts';

/**
 * What a format knows: `any` value, a `text`, an `object` with names of its own choice (annotations), the members by
 * name, or a list of such.
 */
export type Shape = 'any' | 'text' | 'object' | Members | readonly [Shape];
type Members = { readonly [member: string]: Shape };

/** What is known of an object about which nothing is known. */
const UNKNOWN: Members = {};

/**
 * The value of a JSON document that Go programs read, too.
 * @throws DataError DATA_JSON_AMBIGUOUS when they could read something else; as parseJson
 */
export function parseUnambiguous(
  bytes: Uint8Array,
  what: string,
  shape: Shape,
  strictness: JsonStrictness = {},
): JsonValue {
  const value = parseJson(bytes, what, strictness);
  assertUnambiguous(value, shape, what);
  return value;
}

/**
 * Refuses a value in which Go programs could read something else: names that they take for one, known names in another
 * case, and halves of surrogate pairs, which they replace. What is `any` is not looked at; the names in an `object` are
 * nobody's members.
 * @throws DataError DATA_JSON_AMBIGUOUS
 */
export function assertUnambiguous(value: JsonValue | undefined, shape: Shape, what: string): void {
  if (shape === 'any') return;
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw ambiguous(`${what} has half of a surrogate pair, which other programs replace`);
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) assertUnambiguous(item, itemShape(shape), `${what}[${index}]`);
  else if (isJsonObject(value)) assertMembers(value, shape, what);
}

function assertMembers(object: JsonObject, shape: Shape, what: string): void {
  if (shape !== 'object') assertNames(Object.keys(object), isMembers(shape) ? shape : UNKNOWN, what);
  for (const [name, member] of Object.entries(object)) {
    if (!name.isWellFormed()) assertUnambiguous(name, 'text', `${what}: the name of a member`);
    // Most members are short texts, and where they stand is said of a bad one alone.
    if (typeof member !== 'string' || !member.isWellFormed())
      assertUnambiguous(member, memberShape(shape, name), `${what}.${name.slice(0, 80)}`);
  }
}

/** Names that a format knows, by how they are compared. */
const spellings = new WeakMap<object, ReadonlyMap<string, string>>();

function spellingsOf(shape: Members): ReadonlyMap<string, string> {
  const known = spellings.get(shape) ?? new Map(Object.keys(shape).map((name) => [comparable(name), name]));
  spellings.set(shape, known);
  return known;
}

function assertNames(names: readonly string[], shape: Members, what: string): void {
  const known = spellingsOf(shape);
  const others = new Map<string, string>();
  for (const name of names) {
    if (Object.hasOwn(shape, name)) continue;
    const compared = comparable(name);
    const other = known.get(compared) ?? others.get(compared);
    if (other !== undefined)
      throw ambiguous(`${what}: other programs read the member ${shown(name)} as ${shown(other)}`);
    others.set(compared, name);
  }
}

/** Readers of protobuf's JSON also take `dsse_envelope` for `dsseEnvelope`, and Go's next reader can be told to. */
function comparable(name: string): string {
  return foldName(name).replace(/[_-]/g, '');
}

/** Folds of characters beyond ASCII that were asked for. */
const folds = new Map<string, string>();

/**
 * A name as Go's JSON reader compares it: two names are one there exactly when this gives the same text. Characters that
 * are newer than the Unicode of that Go may be joined here and not there.
 * @see https://github.com/golang/go/blob/go1.26.0/src/encoding/json/fold.go
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]|[^\0-\x7f]/gu, (character) => {
    const fold = folds.get(character) ?? foldCharacter(character);
    folds.set(character, fold);
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

/**
 * The first member that its format does not have, or that is of another kind there; undefined if all are known. Null
 * stands for a member that is not given.
 */
export function strangeMember(value: JsonValue, shape: Shape, where: string): string | undefined {
  if (value === null || shape === 'any') return undefined;
  if (shape === 'text') return typeof value === 'string' ? undefined : where;
  if (shape === 'object') return isJsonObject(value) ? undefined : where;
  if (!isMembers(shape)) {
    if (!Array.isArray(value)) return where;
    return firstOf(value, (item, index) => strangeMember(item, shape[0], `${where}[${index}]`));
  }
  if (!isJsonObject(value)) return where;
  return firstOf(Object.entries(value), ([name, member]) => {
    const path = `${where}.${name.slice(0, 80)}`;
    return Object.hasOwn(shape, name) ? strangeMember(member, memberShape(shape, name), path) : path;
  });
}

function isMembers(shape: Shape): shape is Members {
  return typeof shape === 'object' && !Array.isArray(shape);
}

function memberShape(shape: Shape, name: string): Shape {
  if (shape === 'object') return 'object';
  return (isMembers(shape) && Object.hasOwn(shape, name) ? shape[name] : undefined) ?? UNKNOWN;
}

function itemShape(shape: Shape): Shape {
  if (typeof shape === 'string') return shape === 'object' ? 'object' : UNKNOWN;
  return isMembers(shape) ? UNKNOWN : shape[0];
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80)).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function ambiguous(problem: string): DataError {
  return new DataError('DATA_JSON_AMBIGUOUS', problem, {
    hint: 'do not use this content: it is made so that two programs read two things in it; get it anew from whoever made it',
  });
}

function wrong(what: string, wanted: string): DataError {
  return new DataError('DATA_JSON_INVALID', `${what} is not ${wanted}`, {
    hint: 'check that the right file was given, and that it is whole',
  });
}

/** The value as an object. @throws DataError DATA_JSON_INVALID */
export function asObject(value: JsonValue | undefined, what: string): JsonObject {
  if (!isJsonObject(value)) throw wrong(what, 'an object');
  return value;
}

/** The value as an array of at most `limit` items. @throws DataError DATA_JSON_INVALID */
export function asArray(value: JsonValue | undefined, what: string, limit = 10_000): readonly JsonValue[] {
  if (!Array.isArray(value)) throw wrong(what, 'a list');
  if (value.length > limit) throw wrong(what, `a list of at most ${limit} items`);
  return value;
}

/** The value as a text. @throws DataError DATA_JSON_INVALID */
export function asText(value: JsonValue | undefined, what: string): string {
  if (typeof value !== 'string') throw wrong(what, 'a text');
  return value;
}

/** A text, or null when absent or null. @throws DataError DATA_JSON_INVALID */
export function asOptionalText(value: JsonValue | undefined, what: string): string | null {
  return value === undefined || value === null ? null : asText(value, what);
}

/** A safe integer of at least `minimum`. @throws DataError DATA_JSON_INVALID */
export function asInteger(value: JsonValue | undefined, what: string, minimum = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum)
    throw wrong(what, `a whole number from ${minimum}`);
  return value;
}

/** The value as a boolean. @throws DataError DATA_JSON_INVALID */
export function asBoolean(value: JsonValue | undefined, what: string): boolean {
  if (typeof value !== 'boolean') throw wrong(what, 'true or false');
  return value;
}

/** An object whose members are all texts. @throws DataError DATA_JSON_INVALID */
export function asTextMap(value: JsonValue | undefined, what: string): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value, what)).map(
    ([key, item]) => [key, asText(item, `${what}.${key}`)] as const,
  );
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
