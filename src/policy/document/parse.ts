// SPDX-License-Identifier: Apache-2.0
// The text of a policy → what it says, checked for everything that needs no other file.

import { decodeUtf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { didYouMean } from '../../base/text.ts';
import type { Denial } from '../../findings/denial.ts';
import { PolicyError } from '../errors.ts';
import { neverFilled } from '../rules/threshold.ts';
import { POLICY } from './document.ts';
import { assertDistinct, type Located, type Placed, problemAt, quote, type ValueOf, valueOf } from './fields.ts';
import type { Stage } from './model.ts';
import type { STAGE } from './stage-field.ts';
import { parseYaml } from './yaml.ts';

type Written = ValueOf<typeof POLICY>;

/** A principal as written. */
export type PrincipalDocument = Written['principals'][number];

/** A policy file as written, checked for everything that can be checked without reading other files. */
export interface PolicyDocument extends Pick<Written, 'trust' | 'principals'> {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly distinct: readonly (readonly string[])[];
  readonly deny: readonly Denial[];
}

/**
 * The policy in a file's bytes; `file` names it in errors.
 * @throws PolicyError with file, line and column
 */
export function parsePolicy(bytes: Uint8Array, file: string): PolicyDocument {
  const written = POLICY.read(parseYaml(policyText(bytes, file), file), '');
  const { name, trust, principals } = written;
  const known = new Set(principals.map((principal) => principal.name));
  const stages: Stage[] = [];
  for (const { value } of written.stages) stages.push(readStage(value, { earlier: stages.map(stageName), known }));
  assertDistinct(
    stages.map(({ id }) => id),
    written.stages,
    'the list of stage ids',
  );
  const groups = written.distinct?.value ?? [];
  for (const group of groups) assertKnown(group, new Set(stages.map(stageName)), 'distinct');
  const distinct = groups.map((group) => group.map(valueOf));
  if (written.distinct) assertSatisfiable(stages, distinct, written.distinct);
  for (const { principal } of written.deny) if (principal) assertKnown([principal], known, 'deny');
  const deny = written.deny.map(({ denial }) => denial);
  return { name: name.value, trust, principals, stages, distinct, deny };
}

function policyText(bytes: Uint8Array, file: string): string {
  const location = { file, line: 1, column: 1 };
  if (bytes.length > LIMITS.policyBytes)
    throw new PolicyError('POLICY_SYNTAX', `the policy has ${bytes.length} bytes; the limit is ${LIMITS.policyBytes}`, {
      location,
      hint: 'check that the right file was given',
    });
  try {
    return decodeUtf8(bytes, 'the policy');
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new PolicyError('POLICY_SYNTAX', cause.message, { cause, location, hint: 'save the policy as UTF-8' });
  }
}

function stageName({ name }: Stage): string {
  return name;
}

function readStage(
  written: ValueOf<typeof STAGE>,
  { earlier, known }: { readonly earlier: readonly string[]; readonly known: ReadonlySet<string> },
): Stage {
  const { id, approvers, threshold, after, signedIdentity } = written;
  const name = written.name.value;
  const native = written.native.map(valueOf);
  assertKnown(approvers, known, `stages.${name}.approvers`);
  for (const { people } of written.requires) assertKnown(people, known, `stages.${name}.requires`);
  if (threshold && threshold.value > approvers.length)
    throw problemAt(
      threshold,
      'POLICY_UNSATISFIABLE',
      `stage ${name} needs ${threshold.value} approvers and lists ${approvers.length}`,
      'lower the threshold or add approvers',
    );
  const late = after?.find(({ value }) => !earlier.includes(value));
  if (late)
    throw problemAt(
      late,
      'POLICY_ORDER',
      `stage ${name} comes after ${quote(late.value)}, which is no stage listed before it`,
      earlier.length === 0 ? 'the first stage comes after none: write after: []' : didYouMean(late.value, earlier),
    );
  if (signedIdentity && !native.includes('cosign'))
    throw problemAt(
      signedIdentity,
      'POLICY_INVALID_VALUE',
      `stage ${name} has signedIdentity and accepts no cosign signatures`,
      'add native: cosign, or remove signedIdentity: approvals name the content alone',
    );
  return {
    name,
    id: id?.value ?? `urn:countersign:stage:${name}`,
    approvers: approvers.map(valueOf),
    threshold: threshold?.value ?? 1,
    after: after?.map(valueOf) ?? earlier.slice(-1),
    native,
    ...(signedIdentity ? { signedIdentity: signedIdentity.value } : {}),
    requires: written.requires.map(({ requirement }) => requirement),
  };
}

/** @throws PolicyError POLICY_UNKNOWN_NAME */
function assertKnown(names: readonly Located[], known: ReadonlySet<string>, what: string): void {
  for (const name of names)
    if (!known.has(name.value))
      throw problemAt(
        name,
        'POLICY_UNKNOWN_NAME',
        `${what} has ${quote(name.value)}, which is not defined`,
        didYouMean(name.value, [...known]),
      );
}

/** Supposes that every approver approved: if even that does not do, nothing ever will. */
function assertSatisfiable(stages: readonly Stage[], distinct: PolicyDocument['distinct'], place: Placed): void {
  const needs = stages.map((stage) => ({
    stage: stage.name,
    needed: stage.threshold,
    candidates: stage.approvers.map((principal) => ({ principal, uses: [principal] })),
  }));
  const [failed] = neverFilled(needs, distinct);
  if (failed)
    throw problemAt(
      place,
      'POLICY_UNSATISFIABLE',
      `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`,
      'add approvers, lower a threshold, or take the stage out of distinct',
    );
}
