// SPDX-License-Identifier: Apache-2.0
// A document of any kind that is to become the predicate of a statement. It is signed as a value, not as bytes, so it
// must be one that says the same when it is written again.

import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json.ts';
import { ScanError } from './errors.ts';
import { describeKeys, readDocument } from './reports.ts';

const STATEMENT = 'https://in-toto.io/Statement/';

/**
 * The predicate in a file; `name` is used in errors.
 * @throws ScanError SCAN_PREDICATE_INVALID; DataError for malformed JSON
 * @see in-toto attestation v1.1.0, spec/v1/predicate.md
 */
export function parsePredicate(bytes: Uint8Array, name: string): JsonObject {
  const document = readDocument(bytes, name, 'SCAN_PREDICATE_INVALID');
  const type = document['_type'];
  if (typeof type === 'string' && type.startsWith(STATEMENT))
    throw new ScanError('SCAN_PREDICATE_INVALID', `${name} is a whole in-toto statement, not a predicate`, {
      hint: 'give the value of its member predicate as the file, and its predicateType as predicate-type',
    });
  if (typeof document['payloadType'] === 'string' || document['dsseEnvelope'] !== undefined)
    throw new ScanError('SCAN_PREDICATE_INVALID', `${name} is signed already: ${describeKeys(document)}`);
  const changed = changedNumber(document);
  if (changed !== undefined)
    throw new ScanError('SCAN_PREDICATE_INVALID', `${name} has the number ${changed}, which JSON readers round`, {
      hint: 'write numbers beyond 2^53 as texts',
    });
  return document;
}

/** The first number that would be written differently from how it was read. The reader has bounded the depth. */
function changedNumber(value: JsonValue): number | undefined {
  // Fractions are kept as nearly as every reader keeps them.
  if (typeof value === 'number')
    return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value)) ? undefined : value;
  const members = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  for (const member of members) {
    const found = changedNumber(member);
    if (found !== undefined) return found;
  }
  return undefined;
}
