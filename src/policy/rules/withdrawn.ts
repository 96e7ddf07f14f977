// SPDX-License-Identifier: Apache-2.0
// Approvals, grants and broken glass that were taken back. Only the same key or the same principal may, of broken glass also
// whoever may break it. A key that has ended still can: else what was taken back would count again some day.

import { GRANT_PREDICATE_TYPE } from '../../attest/grant.ts';
import { toSecond } from '../../base/text.ts';
import { isVoidedBy } from '../../findings/denial.ts';
import { isSameSigner, type Reason, type SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { isSamePerson, principalsBehind } from './people.ts';

/** The facts, with a problem at every layer that was taken back, and the withdrawal at every such grant and broken glass. */
export function withoutWithdrawn(policy: Policy | undefined, facts: ImageFacts): ImageFacts {
  const withdrawals = facts.evidence.filter((one) => isWithdrawal(one, policy));
  if (withdrawals.length === 0) return facts;
  const mark = (layer: LayerFact): LayerFact => {
    const found = withdrawals.find((one) => isTakenBack(layer, one, policy));
    return found ? { ...layer, reasons: [...layer.reasons, withdrawnReason(layer, found)] } : layer;
  };
  const evidence = facts.evidence.map((fact) => {
    const found = isRevocable(fact) ? withdrawals.find((one) => isTakenBack(fact, one, policy)) : undefined;
    return found?.withdrawal ? { ...fact, withdrawn: found.withdrawal } : fact;
  });
  return { ...facts, layers: facts.layers.map(mark), evidence };
}

/** The withdrawals that take something back of what is here: who approves next has to list them, whatever else they rely on. */
export function withdrawalsIn(policy: Policy | undefined, { evidence, layers }: ImageFacts): readonly EvidenceFact[] {
  const all = [...layers, ...evidence.filter(isRevocable)];
  return evidence.filter((one) => isWithdrawal(one, policy) && all.some((fact) => isTakenBack(fact, one, policy)));
}

function isRevocable({ breakGlass, predicateType }: EvidenceFact): boolean {
  return breakGlass !== undefined || predicateType === GRANT_PREDICATE_TYPE;
}

/** A key that is denied still takes back; the very statement that the policy denies does not. */
function isWithdrawal(fact: EvidenceFact, policy: Policy | undefined): boolean {
  const { withdrawal, contradicted, signature, digest, proven } = fact;
  if (!withdrawal || contradicted || (signature !== 'valid' && signature !== 'untrusted')) return false;
  return !policy?.deny.some(
    (denial) => denial.what.of === 'statement' && denial.what.digest === digest && isVoidedBy(denial, proven?.latest),
  );
}

/**
 * True for one key, which proves itself. Who a keyless signer is takes a trusted root and the policy: anybody can have a CA, and
 * a run of the same workflow on another branch is another principal, or none.
 */
export function isSameKey(one: SignerIdentity | null, other: SignerIdentity | null): boolean {
  return other?.method !== 'sigstore' && isSameSigner(one, other);
}

function isTakenBack(fact: LayerFact | EvidenceFact, by: EvidenceFact, policy: Policy | undefined): boolean {
  if (!by.withdrawal?.approvals.includes(fact.digest)) return false;
  if (isSameKey(fact.signer, by.signer)) return true;
  return policy !== undefined && mayTakeBack(policy, fact, by);
}

/** Whether a signer is the same person as the one of a statement; of broken glass also somebody who may break it. */
export function mayTakeBack(
  policy: Policy,
  fact: LayerFact | EvidenceFact,
  by: Pick<EvidenceFact, 'signature' | 'signer' | 'reasons'>,
): boolean {
  const owners = principalsBehind(policy, fact);
  const entitled = 'breakGlass' in fact ? entitledTo(policy, fact) : [];
  return principalsBehind(policy, by).some(
    (name) =>
      entitled.includes(name) || (owners.includes(name) && isSamePerson(policy, name, [fact.signer, by.signer])),
  );
}

function entitledTo({ stages }: Policy, { breakGlass }: EvidenceFact): readonly string[] {
  const said = typeof breakGlass === 'object' ? breakGlass.stage : undefined;
  return stages.find(({ name }) => name === said)?.breakGlass?.by ?? [];
}

function withdrawnReason({ approval }: LayerFact, { withdrawal }: EvidenceFact): Reason {
  const what = approval ? `the approval of stage ${approval.stage}` : 'the signature';
  const { reason: why = '', withdrawnAt = '' } = withdrawal ?? {};
  return reason('APPROVAL_WITHDRAWN', `its signer withdrew ${what} on ${toSecond(withdrawnAt)}: ${why}`);
}
