// SPDX-License-Identifier: Apache-2.0
// Who vouches for a signer whom the policy does not know: approvers of the stage whom it lets grant, in statements about this
// image that hold now. Who was vouched for stands in the giver's place, and is no additional person.

import { GRANT_PREDICATE_TYPE, type Grant, grantedKey, parseGrant } from '../../attest/grant.ts';
import { parseStatement } from '../../attest/statement.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { CountersignError } from '../../base/errors.ts';
import { toSecond } from '../../base/text.ts';
import type { Reason, SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact, LayerFact } from '../facts.ts';
import { remark } from '../reasons.ts';
import { describeIdentity, type PersonAs, personAs, principalsAt } from './people.ts';

/** Somebody's word for a signer. */
interface Voucher {
  /** The principal that gave it. */
  readonly giver: string;
  /** Whoever that is. */
  readonly identity: SignerIdentity;
  /** The one vouched for, and by whom. */
  readonly text: string;
  readonly until: string;
}

/** Who vouches for an approval, and why others do not. */
export interface Vouching {
  readonly vouchers: readonly Voucher[];
  /** The first grant to its key that does not count, and why. */
  readonly problem?: string;
}

/** All that is said for a layer by a key that only grants name. */
export function vouchingFor(
  policy: Policy,
  fact: LayerFact,
  around: {
    /** All that is on the image. */
    readonly evidence: readonly EvidenceFact[];
    readonly now: Date;
    /** Whether evidence is about what the stage of the layer is about. */
    readonly isAbout: (evidence: EvidenceFact) => boolean;
  },
): Vouching {
  const vouchers: Voucher[] = [];
  const problems: string[] = [];
  for (const { grant, evidence, signer } of grantsTo(fact, around.evidence)) {
    const stage = policy.stages.find(({ name }) => name === fact.approval?.stage);
    const principals = principalsAt(policy, evidence, around.now);
    const givers = principals.filter((name) => stage?.grantors?.includes(name) && stage.approvers.includes(name));
    const who = personsOf(policy, principals, signer);
    const problem =
      (around.isAbout(evidence) ? undefined : 'it is about other content') ??
      problemOf(grant, { evidence, fact, now: around.now, id: stage?.id }) ??
      (givers.length === 0 ? `${who} may not grant stage ${stage?.name ?? ''}` : undefined);
    if (problem !== undefined) problems.push(`the grant to ${JSON.stringify(grant.name)} by ${who}: ${problem}`);
    else
      for (const giver of givers)
        vouchers.push({
          giver,
          identity: signer,
          text: `${grant.name}, vouched for by ${personAs(policy, giver, signer).principal}`,
          until: grant.until,
        });
  }
  const [problem] = problems;
  return { vouchers, ...(problem === undefined ? {} : { problem }) };
}

/** As whom an approval counts that somebody vouched for: it uses up its giver, too. */
export function personVouchedFor(policy: Policy, { giver, identity, text }: Voucher, signer: SignerIdentity): PersonAs {
  const { uses } = personAs(policy, giver, identity);
  return { principal: text, uses: [...uses, ...(signer.hint ? [`key ${signer.hint}`] : [])] };
}

interface FoundGrant {
  readonly grant: Grant;
  readonly evidence: EvidenceFact;
  readonly signer: SignerIdentity;
}

/** Grants to the key of a layer, in a fixed order. */
function grantsTo({ signer }: LayerFact, evidence: readonly EvidenceFact[]): readonly FoundGrant[] {
  const found = evidence.flatMap((fact): readonly FoundGrant[] => {
    if (fact.signature !== 'valid' || !fact.signer) return [];
    const grant = grantIn(fact);
    return grant && grantedKey(grant) === signer?.hint ? [{ grant, evidence: fact, signer: fact.signer }] : [];
  });
  return found.sort((a, b) => (a.evidence.digest < b.evidence.digest ? -1 : 1));
}

/** Grants by their statement: each is read once, however many approvals it may be for. */
const READ = new WeakMap<Uint8Array, Grant | 'none'>();

/** The grant in a piece of evidence; undefined when it is none, or not by anybody trusted. */
export function grantIn({ statement, predicateType }: EvidenceFact): Grant | undefined {
  if (!statement || predicateType !== GRANT_PREDICATE_TYPE) return undefined;
  const known = READ.get(statement) ?? parsed(statement);
  READ.set(statement, known);
  return known === 'none' ? undefined : known;
}

function parsed(statement: Uint8Array): Grant | 'none' {
  try {
    return parseGrant(parseStatement(statement).predicate);
  } catch (error) {
    if (error instanceof CountersignError) return 'none';
    throw error;
  }
}

function problemOf(
  { stages, stageIds, from, until }: Grant,
  {
    evidence,
    fact,
    now,
    id,
  }: {
    readonly evidence: EvidenceFact;
    readonly fact: LayerFact;
    readonly now: Date;
    /** Of the stage, in the policy. */
    readonly id: string | undefined;
  },
): string | undefined {
  const place = stages.indexOf(fact.approval?.stage ?? '');
  if (place < 0) return `it is for stage ${stages.join(', ')}`;
  if (stageIds[place] !== id) return `it is for a stage with the id ${stageIds[place]}, not ${id}`;
  const { withdrawn } = evidence;
  if (withdrawn) return `its giver took it back on ${toSecond(withdrawn.withdrawnAt)}: ${withdrawn.reason}`;
  // An approval that is proven to be older than the end of the grant keeps counting.
  const time = Math.min(now.getTime(), fact.proven?.latest.getTime() ?? Number.POSITIVE_INFINITY);
  if (!(Date.parse(from) <= time + CLOCK_SKEW_MS)) return `it holds from ${from} on`;
  return Date.parse(until) > time ? undefined : `it ended at ${until}`;
}

function personsOf(policy: Policy, principals: readonly string[], signer: SignerIdentity): string {
  const people = new Set(principals.map((name) => personAs(policy, name, signer).principal));
  return [...people].join(', ') || describeIdentity(signer);
}

/** Said of every approval that stands in somebody's place. */
export function grantRemarks(where: string, { vouchers }: Vouching): readonly Reason[] {
  return vouchers.map(({ text, until }) =>
    remark('APPROVAL_GRANTED', `${where}: given by ${text}, by a grant until ${until}`),
  );
}
