// SPDX-License-Identifier: Apache-2.0
// Break glass: a signed statement about one image, by which somebody lets a stage of it be skipped for a short while. Whether
// they may is for the policy. It is kept as evidence is, and later approvals list it.

import { DataError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { asObject, asText } from '../base/members.ts';
import { UNSAFE } from '../base/text.ts';
import { defaultVerifierId, isStageName } from './approval.ts';

/** Predicate type of these statements. */
export const BREAK_GLASS_PREDICATE_TYPE = 'urn:countersign:break-glass:v1';

const MAX_REASON = 4096;
const MAX_TICKET = 200;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Which stage is skipped, why, and from when until when. */
export interface BreakGlass {
  readonly stage: string;
  /** The stage's id in the policy; where the statement has none, the one of a stage that gives none. */
  readonly stageId: string;
  readonly reason: string;
  /** Where the case is dealt with. */
  readonly ticket: string;
  /** RFC 3339, to the second, as the signer says. */
  readonly from: string;
  /** The same; from then on the stage is not skipped any more. */
  readonly until: string;
}

/** The predicate. */
export function encodeBreakGlass({ stage, stageId, reason, ticket, from, until }: BreakGlass): JsonObject {
  return { stage, stageId, reason, ticket, from, until };
}

/** What a predicate of the type above says. @throws DataError DATA_JSON_INVALID */
export function parseBreakGlass(predicate: JsonValue): BreakGlass {
  const value = asObject(predicate, 'break glass');
  const stage = asText(value['stage'], 'stage');
  const said = {
    stage,
    stageId: asText(value['stageId'] ?? defaultVerifierId(stage), 'stageId'),
    reason: asText(value['reason'], 'reason'),
    ticket: asText(value['ticket'], 'ticket'),
    from: asText(value['from'], 'from'),
    until: asText(value['until'], 'until'),
  };
  const problem = breakGlassProblem(said);
  if (problem === undefined) return said;
  throw new DataError('DATA_JSON_INVALID', problem, {
    hint: 'have a new one made with `countersign help break-glass`',
  });
}

/** Why something is no such statement; undefined when it is. */
export function breakGlassProblem({
  stage,
  reason,
  ticket,
  from,
  until,
}: Omit<BreakGlass, 'stageId'>): string | undefined {
  if (!isStageName(stage)) return 'it names no stage';
  if (reason.trim() === '' || reason.length > MAX_REASON) return `its reason is not of 1 to ${MAX_REASON} characters`;
  if (ticket.trim() === '' || ticket.length > MAX_TICKET || ticket.search(UNSAFE) >= 0)
    return `its ticket is not one line of 1 to ${MAX_TICKET} characters`;
  if (!TIME.test(from) || !TIME.test(until) || !(Date.parse(from) < Date.parse(until)))
    return 'it does not say from when until when it counts';
  return undefined;
}
