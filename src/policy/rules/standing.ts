// SPDX-License-Identifier: Apache-2.0
// What of the facts stands, before anything else is decided: not what was taken back, what the policy denies, or whose signer
// does not count at its time. All of it is there and worth nothing, as what a key signed that has expired.

import { GRANT_PREDICATE_TYPE } from '../../attest/grant.ts';
import { toSecond } from '../../base/text.ts';
import { type Denial, denialText, isVoidedBy } from '../../findings/denial.ts';
import { isSameSigner, type Reason, type SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import {
  describeIdentity,
  isSamePerson,
  matchPrincipals,
  principalsAt,
  principalsBehind,
  provenTimes,
  statedTime,
  windowsOf,
} from './people.ts';

type Fact = LayerFact | EvidenceFact;

/**
 * The facts, with a problem at every layer that was taken back, and the withdrawal at every such grant and broken glass. Only the
 * same key or the same principal may take back, broken glass also whoever may break it. A key that has ended still can: else what
 * was taken back would count again some day.
 */
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

function isTakenBack(fact: Fact, by: EvidenceFact, policy: Policy | undefined): boolean {
  if (!by.withdrawal?.approvals.includes(fact.digest)) return false;
  if (isSameKey(fact.signer, by.signer)) return true;
  return policy !== undefined && mayTakeBack(policy, fact, by);
}

/** Whether a signer is the same person as the one of a statement; of broken glass also somebody who may break it. */
export function mayTakeBack(
  policy: Policy,
  fact: Fact,
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

/** The facts, with everything that is denied marked as untrusted. Certificates are denied where paths are looked for. */
export function withoutDenied(policy: Policy, facts: ImageFacts): ImageFacts {
  return untrusting(facts, (fact) => denialReason(policy, facts, fact));
}

/** The facts, with everything valid that there is something against marked as untrusted. */
function untrusting(facts: ImageFacts, against: (fact: Fact) => Reason | undefined): ImageFacts {
  const mark = <T extends Fact>(fact: T): T => {
    const found = fact.signature === 'valid' ? against(fact) : undefined;
    return found ? { ...fact, signature: 'untrusted', reasons: [found, ...fact.reasons] } : fact;
  };
  return { ...facts, layers: facts.layers.map(mark), evidence: facts.evidence.map(mark) };
}

/** Why the image itself is denied, whoever approved it and whenever. */
export function contentDenials(policy: Policy, { contentDigests }: ImageFacts): readonly Reason[] {
  return policy.deny.flatMap((denial) => {
    const { what, since } = denial;
    const ours = what.of === 'content' && contentDigests.some((digest) => digest === what.digest);
    return ours && !since ? [reason('CONTENT_DENIED', `the content ${what.digest} ${denialText(denial)}`)] : [];
  });
}

function denialReason(policy: Policy, facts: ImageFacts, fact: Fact): Reason | undefined {
  const latest = provenTimes(fact)?.at(-1);
  for (const denial of policy.deny)
    if (isVoidedBy(denial, latest === undefined ? undefined : new Date(latest))) {
      const found = reasonOf(denial, { policy, facts, fact });
      if (found) return found;
    }
  return undefined;
}

function reasonOf(
  denial: Denial,
  { policy, facts, fact }: { readonly policy: Policy; readonly facts: ImageFacts; readonly fact: Fact },
): Reason | undefined {
  const { what } = denial;
  const text = denialText(denial);
  switch (what.of) {
    case 'key':
      return fact.signer && isKeyOf(what, fact.signer)
        ? reason('KEY_DENIED', `the ${describeIdentity(fact.signer)} ${text}`)
        : undefined;
    case 'principal':
      return fact.signer && matchPrincipals(policy, fact.signer).includes(what.name)
        ? reason('PRINCIPAL_DENIED', `${what.name} ${text}`)
        : undefined;
    case 'statement':
      return fact.digest === what.digest
        ? reason('STATEMENT_DENIED', `the statement ${what.digest} ${text}`)
        : undefined;
    case 'content':
      return facts.contentDigests.some((digest) => digest === what.digest)
        ? reason('CONTENT_DENIED', `the content ${what.digest} ${text}`)
        : undefined;
    case 'certificate':
    case 'component':
      return undefined;
    default:
      return what satisfies never;
  }
}

/** An OpenPGP key is denied with all its subkeys, a subkey alone. */
function isKeyOf(
  { hint, fingerprint }: { readonly hint?: string; readonly fingerprint?: string },
  signer: SignerIdentity,
): boolean {
  if (hint !== undefined) return signer.hint === hint;
  return signer.method === 'pgp' && (signer.fingerprint === fingerprint || signer.subkey === fingerprint);
}

/**
 * The facts, with everything marked as untrusted whose signer does not count at its time. What is proven to be from then counts
 * for ever; what is not proven is judged by the present, and a time that the signer states can only count against them.
 */
export function withinWindows(policy: Policy, facts: ImageFacts, now: Date): ImageFacts {
  return untrusting(facts, (fact) => {
    const { signer } = fact;
    if (!signer || matchPrincipals(policy, signer).length === 0 || principalsAt(policy, fact, now).length > 0)
      return undefined;
    return reason('CREDENTIAL_OUTSIDE_WINDOW', outsideText(policy, { fact, signer, now }));
  });
}

function outsideText(
  policy: Policy,
  { fact, signer, now }: { readonly fact: Fact; readonly signer: SignerIdentity; readonly now: Date },
): string {
  const [holder] = windowsOf(policy, signer);
  const { from, until } = holder?.window ?? {};
  const bounds = [
    ...(from === undefined ? [] : [`from ${toSecond(new Date(from))}`]),
    ...(until === undefined ? [] : [`until ${toSecond(new Date(until))}`]),
  ].join(' ');
  const [time] = provenTimes(fact) ?? [];
  const proof =
    time === undefined
      ? `nothing proves that it is older than ${toSecond(now)}`
      : `it is proven to be of ${toSecond(new Date(time))}`;
  const stated = statedTime(fact);
  const said = stated === undefined ? '' : ` and says ${toSecond(new Date(stated))}`;
  return `the ${describeIdentity(signer)} of ${holder?.name ?? 'nobody'} counts ${bounds}: ${proof}${said}`;
}
