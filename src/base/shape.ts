// SPDX-License-Identifier: Apache-2.0
// Takes typed members out of parsed JSON. Each function names the member in its error, so that parsers stay flat.

import { DataError } from './errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

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
