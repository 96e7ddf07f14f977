// SPDX-License-Identifier: Apache-2.0
// What is in the bytes of a bundle: its statement, and what is an approval or a withdrawal of ours. No signature is checked here.

import { APPROVAL_PREDICATE_TYPE, isRosterUri, parseApproval } from '../attest/approval.ts';
import { BREAK_GLASS_PREDICATE_TYPE, type BreakGlass, parseBreakGlass } from '../attest/break-glass.ts';
import { parseBundle } from '../attest/bundle.ts';
import { recordKind } from '../attest/record.ts';
import {
  IN_TOTO_PAYLOAD_TYPE,
  parseStatement,
  parseStatementHead,
  type StatementHead,
  subjectDigests,
} from '../attest/statement.ts';
import { parseWithdrawal, type Withdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../attest/withdrawal.ts';
import { sha256, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { Reason } from '../findings/signature.ts';
import type { OpenedBundle } from './bundle.ts';

/** What is in a bundle, or why it cannot be read. */
export type Parsed = Omit<OpenedBundle, 'found' | 'check'> | { readonly problem: Reason };

/** What is in the bytes of a bundle, its signature not checked. Whatever is stored must pass here first. */
export function readSigned(bytes: Uint8Array): Parsed {
  try {
    const bundle = parseBundle(bytes);
    if (bundle.envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE)
      return {
        problem: reason('BUNDLE_UNREADABLE', `its payload type is ${bundle.envelope.payloadType.slice(0, 120)}`),
      };
    const { payload } = bundle.envelope;
    const statement = parseStatementHead(payload);
    if (isRosterUri(statement.predicateType))
      return {
        problem: reason('BUNDLE_UNREADABLE', 'its predicate type is a name that approvals have for each other'),
      };
    const ours = statement.predicateType === APPROVAL_PREDICATE_TYPE;
    if (ours && payload.length > LIMITS.approvalBytes)
      return { problem: reason('BUNDLE_UNREADABLE', `it is an approval of ${payload.length} bytes`) };
    const predicate = ours ? parseStatement(payload).predicate : null;
    const record = recordKind(statement.predicateType, predicate);
    const approval = isJsonObject(predicate) ? parseApproval(predicate) : undefined;
    const groups = approval?.content.map(({ group }) => group) ?? [];
    if (new Set(groups).size < groups.length)
      return { problem: reason('BUNDLE_UNREADABLE', 'it has a group of content twice') };
    const subjects = new Set(statement.subject.flatMap(subjectDigests));
    const unbound = approval?.content.find(({ metadata }) => !subjects.has(sha256(utf8(metadata))));
    if (unbound)
      return { problem: reason('BUNDLE_UNREADABLE', `its content of group ${unbound.group} is no subject of it`) };
    return {
      bundle,
      statement,
      approval,
      record: approval ? undefined : record,
      withdrawal: withdrawalIn(statement, payload),
      breakGlass: breakGlassIn(statement, payload),
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { problem: { code: error.code, message: error.message, hint: error.hint } };
  }
}

/** One that cannot be read is no evidence: what it was to take back, nobody knows. */
function withdrawalIn({ predicateType }: StatementHead, payload: Uint8Array): Withdrawal | undefined {
  if (predicateType !== WITHDRAWAL_PREDICATE_TYPE || payload.length > LIMITS.approvalBytes) return undefined;
  return parseWithdrawal(parseStatement(payload).predicate);
}

/** One that cannot be read skips nothing, and fails nothing. */
export function breakGlassIn(
  { predicateType }: Pick<StatementHead, 'predicateType'>,
  payload: Uint8Array,
): BreakGlass | string | undefined {
  if (predicateType !== BREAK_GLASS_PREDICATE_TYPE) return undefined;
  if (payload.length > LIMITS.approvalBytes) return `it has ${payload.length} bytes`;
  try {
    return parseBreakGlass(parseStatement(payload).predicate);
  } catch (error) {
    if (error instanceof CountersignError) return error.message;
    throw error;
  }
}

function reason(code: string, message: string): Reason {
  return { code, message, hint: 'sign the stage again, or remove the object if it is not needed' };
}
