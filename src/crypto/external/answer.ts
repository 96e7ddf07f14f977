// SPDX-License-Identifier: Apache-2.0
// What a program that holds a key answers: one JSON object, with bytes in Base64.

import { fromBase64, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { Holder } from './holder.ts';

/** The object in a text; undefined when it is no JSON object and nothing else. */
export function parseAnswer(text: string): JsonObject | undefined {
  const value = unless(() => parseJson(utf8(text), 'the answer'));
  return isJsonObject(value) ? value : undefined;
}

/** The bytes of a member, at least one. @throws KeyError KEY_ANSWER_INVALID */
export function bytesIn(answer: JsonObject, member: string, holder: Holder): Uint8Array {
  const value = answer[member];
  const bytes = typeof value === 'string' ? unless(() => fromBase64(value, member)) : undefined;
  if (bytes && bytes.length > 0) return bytes;
  throw holder.error('KEY_ANSWER_INVALID', `gave no ${member} in Base64`);
}

/** What the call gives; undefined when it ends in an error of ours. */
export function unless<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
