// SPDX-License-Identifier: Apache-2.0
// Takes members out of other tools' JSON: what is absent is absent, what has the wrong kind is refused, and texts are
// made fit for a log: one line, no control characters, bounded length.

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { UNSAFE } from '../../base/text.ts';
import { ScanError } from '../errors.ts';

/** Longest text kept from a report, in UTF-16 units. */
const TEXT_LIMIT = 400;
const NOTHING: JsonObject = Object.freeze(Object.create(null));

/** One printable line of at most 400 characters. */
export function printable(text: string): string {
  return text.slice(0, TEXT_LIMIT).replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim();
}

/** A non-empty printable text; undefined for everything else, so that a missing name is never an empty one. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? printable(value) || undefined : undefined;
}

/**
 * The items of a list; none when absent or null.
 * @throws ScanError SCAN_REPORT_INVALID
 */
export function listOf(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ScanError('SCAN_REPORT_INVALID', `${what} is not a list`);
  return value;
}

/**
 * The objects of a list; none when absent or null.
 * @throws ScanError SCAN_REPORT_INVALID
 */
export function objectsOf(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  return listOf(value, what).map((item) => objectOf(item, `an entry of ${what}`));
}

/**
 * An object; an empty one when absent or null.
 * @throws ScanError SCAN_REPORT_INVALID
 */
export function objectOf(value: JsonValue | undefined, what: string): JsonObject {
  if (value === undefined || value === null) return NOTHING;
  if (!isJsonObject(value)) throw new ScanError('SCAN_REPORT_INVALID', `${what} is not an object`);
  return value;
}

/**
 * The objects of a list that must be there.
 * @throws ScanError SCAN_REPORT_INVALID
 */
export function requiredList(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw new ScanError('SCAN_REPORT_INVALID', `${what} is missing or not a list`);
  return objectsOf(value, what);
}

/**
 * Refuses what says that the scan went wrong, and members that the reports of this tool do not have when all are known:
 * it is another tool's then, or has findings that we would not see.
 * @throws ScanError SCAN_REPORT_INCOMPLETE, SCAN_REPORT_UNKNOWN
 */
export function assertMembers(object: JsonObject, tool: string, known?: readonly string[]): void {
  for (const [name, value] of Object.entries(object))
    if (/^errors?$/i.test(name) && !isEmpty(value))
      throw new ScanError(
        'SCAN_REPORT_INCOMPLETE',
        `${JSON.stringify(name)} says what went wrong: ${printable(JSON.stringify(value)).slice(0, 200)}`,
      );
  const foreign = Object.keys(object).filter((name) => known && !known.includes(name));
  if (foreign.length > 0)
    throw new ScanError('SCAN_REPORT_UNKNOWN', `no report of ${tool} has ${describeNames(foreign)}`);
}

function isEmpty(value: JsonValue): boolean {
  return (
    value === null || value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

/** Some names from a report, for saying what was found. */
export function describeNames(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => JSON.stringify(printable(name).slice(0, 40)));
  return shown.join(', ') + (names.length > shown.length ? ' …' : '');
}

/** Names of one vulnerability, or versions with its fix, that are read; kernel updates have some thousand. */
const MAX_TEXTS = 10_000;

/** The printable texts of a list. @throws ScanError SCAN_REPORT_INVALID, SCAN_REPORT_TOO_LARGE */
export function textsOf(value: JsonValue | undefined, what: string): readonly string[] {
  const list = listOf(value, what);
  if (list.length > MAX_TEXTS)
    throw new ScanError('SCAN_REPORT_TOO_LARGE', `${what} has ${list.length} entries; ${MAX_TEXTS} are read`);
  return list.flatMap((item) => textOf(item) ?? []);
}

/**
 * A text that must be there: the id of a vulnerability.
 * @throws ScanError SCAN_REPORT_INVALID
 */
export function requiredText(value: JsonValue | undefined, what: string): string {
  const text = textOf(value);
  if (text === undefined) throw new ScanError('SCAN_REPORT_INVALID', `${what} is missing or not a text`);
  return text;
}

/** A time as RFC 3339 in UTC; null when absent or unreadable. */
export function timeOf(value: JsonValue | undefined): string | null {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : null;
}
