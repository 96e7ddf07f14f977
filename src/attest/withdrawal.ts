// SPDX-License-Identifier: Apache-2.0
// A withdrawal: a signed statement by which somebody takes back approvals that they gave. Whoever holds both cannot count
// these any more. It is kept as evidence is, and later approvals list it.

import type { Digest } from '../base/bytes.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { asArray, asObject, asText } from '../base/members.ts';
import { asTime } from './approval.ts';
import { asDigest, digestMap } from './statement.ts';

/** Predicate type of withdrawals. */
export const WITHDRAWAL_PREDICATE_TYPE = 'urn:countersign:withdrawal:v1';

/** Approvals that one withdrawal can name. */
const MAX_APPROVALS = 1000;

/** What is taken back, and why. */
export interface Withdrawal {
  readonly stage: string;
  /** Statements of the approvals, as rosters call them. */
  readonly approvals: readonly Digest[];
  readonly reason: string;
  /** RFC 3339, as the signer says. */
  readonly withdrawnAt: string;
}

/** The predicate. */
export function encodeWithdrawal({ stage, approvals, reason, withdrawnAt }: Withdrawal): JsonObject {
  return { stage, approvals: approvals.map((digest) => ({ digest: digestMap(digest) })), reason, withdrawnAt };
}

/**
 * The withdrawal in a predicate of the type above.
 * @throws DataError DATA_JSON_INVALID, DATA_DIGEST_INVALID
 */
export function parseWithdrawal(predicate: JsonValue): Withdrawal {
  const value = asObject(predicate, 'the withdrawal');
  const approvals = asArray(value['approvals'], 'approvals', MAX_APPROVALS);
  return {
    stage: asText(value['stage'], 'stage'),
    approvals: approvals.map((one) => asDigest(asObject(one, 'approvals')['digest'], 'approvals.digest')),
    reason: asText(value['reason'], 'reason'),
    withdrawnAt: asTime(value['withdrawnAt'], 'withdrawnAt'),
  };
}
