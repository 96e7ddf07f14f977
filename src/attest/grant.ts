// SPDX-License-Identifier: Apache-2.0
// Grants: an approver's signed statement about one image, that somebody whom no policy knows may approve stages of it in the
// approver's place, by one key and until a day soon to come. Whether the approver may say so is for the policy.

import { fromBase64, sha256Hex, toBase64 } from '../base/bytes.ts';
import { DataError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { asArray, asObject, asText } from '../base/members.ts';
import { UNSAFE } from '../base/text.ts';
import { defaultVerifierId, isStageName } from './approval.ts';

/** Predicate type of grants. */
export const GRANT_PREDICATE_TYPE = 'urn:countersign:grant:v1';
/** Longest time from `from` to `until`, days. */
export const GRANT_DAYS = 90;

const DAY_MS = 24 * 3_600_000;
const MAX_NAME = 100;
const MAX_STAGES = 64;
const MAX_KEY_BYTES = 4096;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** What a grant says. */
export interface Grant {
  /** What the giver calls whom they vouch for. */
  readonly name: string;
  /** SPKI of the key that may approve, DER. */
  readonly publicKey: Uint8Array;
  readonly stages: readonly string[];
  /** Their ids in the policy, in the same order; where the grant has none, those of stages that give none. */
  readonly stageIds: readonly string[];
  /** RFC 3339, to the second. */
  readonly from: string;
  /** The same; from then on the grant is over. */
  readonly until: string;
}

/** What statements call the key of a grant: base64 SHA-256 of the SPKI. */
export function grantedKey({ publicKey }: Pick<Grant, 'publicKey'>): string {
  return toBase64(Buffer.from(sha256Hex(publicKey), 'hex'));
}

/** The predicate. */
export function encodeGrant({ name, publicKey, stages, stageIds, from, until }: Grant): JsonObject {
  return { name, publicKey: toBase64(publicKey), stages: [...stages], stageIds: [...stageIds], from, until };
}

/** The grant in a predicate. @throws CountersignError */
export function parseGrant(value: JsonValue | undefined): Grant {
  const written = asObject(value, 'the grant');
  const stages = asArray(written['stages'], 'stages', MAX_STAGES).map((stage) => asText(stage, 'a stage'));
  const { stageIds } = written;
  const publicKey = fromBase64(asText(written['publicKey'], 'publicKey'), 'publicKey');
  const grant = {
    name: asText(written['name'], 'name'),
    publicKey,
    stages,
    stageIds:
      stageIds === undefined
        ? stages.map(defaultVerifierId)
        : asArray(stageIds, 'stageIds', MAX_STAGES).map((id) => asText(id, 'the id of a stage')),
    from: asText(written['from'], 'from'),
    until: asText(written['until'], 'until'),
  };
  const problem = grantProblem(grant);
  if (problem !== undefined)
    throw new DataError('DATA_JSON_INVALID', `the grant cannot be used: ${problem}`, {
      hint: 'have a new one made with `countersign help grant`',
    });
  return grant;
}

/** Why something is no grant; undefined when it is. */
export function grantProblem({ name, publicKey, stages, stageIds, from, until }: Grant): string | undefined {
  if (name === '' || name.length > MAX_NAME || name !== name.trim() || name.search(UNSAFE) >= 0)
    return `its name is not one line of at most ${MAX_NAME} printable characters`;
  if (publicKey.length === 0 || publicKey.length > MAX_KEY_BYTES) return 'its key is none';
  const wrong = stages.find((stage) => !isStageName(stage));
  if (stages.length === 0 || wrong !== undefined) return 'it names no stage, or something that is none';
  if (stageIds.length !== stages.length) return 'it does not give each stage one id';
  const length = Date.parse(until) - Date.parse(from);
  if (!TIME.test(from) || !TIME.test(until) || !(length > 0)) return 'it does not say from when until when it holds';
  return length > GRANT_DAYS * DAY_MS ? `it holds for more than ${GRANT_DAYS} days` : undefined;
}
