// SPDX-License-Identifier: Apache-2.0
// A document of any kind that is to become the predicate of a statement. It is signed as a value, not as bytes, so it
// must be one that says the same when it is written again.

import type { JsonObject } from '../base/json.ts';
import { ScanError } from './errors.ts';
import { describeKeys, EMBEDDED, readDocument } from './read/reports.ts';

/** However it is written, and whatever its version. */
const STATEMENT = /\bin-toto\.io\/+statement\b/i;

/**
 * The predicate in a file; `name` is used in errors.
 * @throws ScanError SCAN_PREDICATE_INVALID; DataError for malformed JSON, and numbers that readers round
 * @see https://github.com/in-toto/attestation/blob/v1.1.2/spec/v1/predicate.md
 */
export function parsePredicate(bytes: Uint8Array, name: string): JsonObject {
  const document = readDocument(bytes, name, { code: 'SCAN_PREDICATE_INVALID', strictness: EMBEDDED });
  if (isStatement(document))
    throw new ScanError('SCAN_PREDICATE_INVALID', `${name} is a whole in-toto statement, not a predicate`, {
      hint: 'give the value of its member predicate as the file, and its predicateType as ⟨predicate-type⟩',
    });
  if (typeof document['payloadType'] === 'string' || document['dsseEnvelope'] !== undefined)
    throw new ScanError('SCAN_PREDICATE_INVALID', `${name} is signed already: ${describeKeys(document)}`);
  return document;
}

function isStatement({ _type: type, subject, predicateType, predicate }: JsonObject): boolean {
  if (typeof type === 'string' && STATEMENT.test(type)) return true;
  return [subject, predicateType, predicate].every((member) => member !== undefined);
}
