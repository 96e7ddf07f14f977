// SPDX-License-Identifier: Apache-2.0
// The list `deny` of a policy, applied to what was found before anything else is decided: a layer or piece of evidence that
// is denied is there and worth nothing, as one by a key that has expired. Certificates are denied where paths are looked for.

import { type Denial, denialText, isVoidedBy } from '../../findings/denial.ts';
import type { Reason, SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { describeIdentity, matchPrincipals, provenTimes } from './people.ts';

/** The facts, with everything that is denied marked as untrusted. */
export function withoutDenied(policy: Policy, facts: ImageFacts): ImageFacts {
  const mark = <T extends LayerFact | EvidenceFact>(fact: T): T => {
    const found = fact.signature === 'valid' ? denialReason(policy, facts, fact) : undefined;
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

function denialReason(policy: Policy, facts: ImageFacts, fact: LayerFact | EvidenceFact): Reason | undefined {
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
  {
    policy,
    facts,
    fact,
  }: { readonly policy: Policy; readonly facts: ImageFacts; readonly fact: LayerFact | EvidenceFact },
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
