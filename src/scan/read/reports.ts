// SPDX-License-Identifier: Apache-2.0
// Which scanner wrote this report, and what did it find? Recognises the four formats by their own marks, never by the
// name of the file.

import { decodeUtf8 } from '../../base/bytes.ts';
import { isJsonObject, type JsonObject, type JsonStrictness, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { type ScanCode, ScanError } from '../errors.ts';
import type { ScanReport } from '../../findings/finding.ts';
import { describeNames } from './fields.ts';
import { FindingRoom } from './room.ts';
import { isGrypeReport, readGrypeReport } from './grype.ts';
import { isOsvReport, readOsvReport } from './osv.ts';
import { isSarif, readSarif } from './sarif.ts';
import { isTrivyReport, readTrivyReport } from './trivy.ts';

/**
 * The reports in a file: one, or one per run of a SARIF document. `name` is used in errors.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE, SCAN_REPORT_TOO_LARGE; DataError for malformed JSON
 */
export function parseReports(bytes: Uint8Array, name: string): readonly ScanReport[] {
  const document = readDocument(bytes, name);
  const room = new FindingRoom(bytes.length);
  try {
    if (isSarif(document)) return readSarif(document, room);
    if (isTrivyReport(document)) return [readTrivyReport(document, room)];
    if (isGrypeReport(document)) return [readGrypeReport(document, room)];
    if (isOsvReport(document)) return [readOsvReport(document, room)];
    throw new ScanError('SCAN_REPORT_UNKNOWN', `found ${describeKeys(document)}`);
  } catch (cause) {
    if (!(cause instanceof ScanError)) throw cause;
    throw cause.about(name);
  }
}

/** For documents that become part of a statement: they must be readable there, and say what they said. */
export const EMBEDDED: JsonStrictness = { depth: LIMITS.evidenceDepth, exactNumbers: true };

interface DocumentOptions {
  /** Of the error when it is no object. */
  readonly code?: ScanCode;
  readonly strictness?: JsonStrictness;
}

/**
 * A JSON object in a file of another tool; a UTF-8 byte order mark is skipped.
 * @throws DataError DATA_JSON_INVALID, DATA_NOT_UTF8; ScanError `code` when it is no object
 */
export function readDocument(
  bytes: Uint8Array,
  name: string,
  { code = 'SCAN_REPORT_UNKNOWN', strictness = {} }: DocumentOptions = {},
): JsonObject {
  const text = decodeUtf8(bytes, name);
  const value = parseJson(text.startsWith('\ufeff') ? text.slice(1) : text, name, strictness);
  if (!isJsonObject(value)) throw new ScanError(code, `${name}: the document is not a JSON object`);
  return value;
}

/** The first keys of a document, for saying what was found instead of what was expected. */
export function describeKeys(document: JsonObject): string {
  const keys = Object.keys(document);
  return keys.length === 0 ? 'an empty JSON object' : `a JSON object with the keys ${describeNames(keys)}`;
}
