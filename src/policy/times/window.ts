// SPDX-License-Identifier: Apache-2.0
// People come and go: a credential counts from one time until another. What is proven to be from then counts for ever; what is
// not proven is judged by the present, and a time that the signer states can only count against them.

import { toSecond } from '../../base/text.ts';
import type { SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import {
  describeIdentity,
  matchPrincipals,
  principalsAt,
  provenTimes,
  statedTime,
  windowsOf,
} from '../rules/people.ts';

type Fact = LayerFact | EvidenceFact;

/** The facts, with everything marked as untrusted whose signer does not count at its time. */
export function withinWindows(policy: Policy, facts: ImageFacts, now: Date): ImageFacts {
  const mark = <T extends Fact>(fact: T): T => {
    const { signer, signature } = fact;
    if (!signer || signature !== 'valid' || matchPrincipals(policy, signer).length === 0) return fact;
    if (principalsAt(policy, fact, now).length > 0) return fact;
    const found = reason('CREDENTIAL_OUTSIDE_WINDOW', outsideText(policy, { fact, signer, now }));
    return { ...fact, signature: 'untrusted', reasons: [found, ...fact.reasons] };
  };
  return { ...facts, layers: facts.layers.map(mark), evidence: facts.evidence.map(mark) };
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
