// SPDX-License-Identifier: Apache-2.0
// Approvals that their signers took back. Only the same key or the same principal may, and a key that has ended still can:
// else what was taken back would count again some day.

import { toSecond } from '../../base/text.ts';
import { isVoidedBy } from '../../findings/denial.ts';
import { isSameSigner, type Reason, type SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { isSamePerson, principalsBehind } from './people.ts';

/** The facts, with a problem at every layer that was taken back. */
export function withoutWithdrawn(policy: Policy | undefined, facts: ImageFacts): ImageFacts {
  const withdrawals = facts.evidence.filter((one) => isWithdrawal(one, policy));
  if (withdrawals.length === 0) return facts;
  const mark = (layer: LayerFact): LayerFact => {
    const found = withdrawals.find((one) => isTakenBack(layer, one, policy));
    return found ? { ...layer, reasons: [...layer.reasons, withdrawnReason(layer, found)] } : layer;
  };
  return { ...facts, layers: facts.layers.map(mark) };
}

/** The withdrawals that take something back of what is here: who approves next has to list them, whatever else they rely on. */
export function withdrawalsIn(policy: Policy | undefined, { evidence, layers }: ImageFacts): readonly EvidenceFact[] {
  return evidence.filter((one) => isWithdrawal(one, policy) && layers.some((layer) => isTakenBack(layer, one, policy)));
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

function isTakenBack(layer: LayerFact, by: EvidenceFact, policy: Policy | undefined): boolean {
  if (!by.withdrawal?.approvals.includes(layer.digest)) return false;
  if (isSameKey(layer.signer, by.signer)) return true;
  if (!policy) return false;
  const owners = principalsBehind(policy, layer);
  return principalsBehind(policy, by).some(
    (name) => owners.includes(name) && isSamePerson(policy, name, [layer.signer, by.signer]),
  );
}

function withdrawnReason({ approval }: LayerFact, { withdrawal }: EvidenceFact): Reason {
  const what = approval ? `the approval of stage ${approval.stage}` : 'the signature';
  const { reason: why = '', withdrawnAt = '' } = withdrawal ?? {};
  return reason('APPROVAL_WITHDRAWN', `its signer withdrew ${what} on ${toSecond(withdrawnAt)}: ${why}`);
}
