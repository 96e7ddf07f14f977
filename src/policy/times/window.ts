// SPDX-License-Identifier: Apache-2.0
// People come and go: a credential counts from one time until another. What is proven to be from then counts for ever; what is
// not proven is judged by the present, and a time that the signer states can only count against them.

import { toSecond } from '../../base/text.ts';
import type { SignerIdentity } from '../../findings/signature.ts';
import type { Policy, Window } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { describeIdentity, matchPrincipals, windowsOf } from '../rules/people.ts';

type Fact = LayerFact | EvidenceFact;

/** The facts, with everything marked as untrusted whose signer does not count at its time. */
export function withinWindows(policy: Policy, facts: ImageFacts, now: Date): ImageFacts {
  if (!policy.principals.some(({ credentials }) => credentials.some(({ window }) => window))) return facts;
  const mark = <T extends Fact>(fact: T): T => {
    const { signer, signature } = fact;
    if (!signer || signature !== 'valid' || matchPrincipals(policy, signer).length === 0) return fact;
    if (principalsAt(policy, fact, now).length > 0) return fact;
    const found = reason('CREDENTIAL_OUTSIDE_WINDOW', outsideText(policy, { fact, signer, now }));
    return { ...fact, signature: 'untrusted', reasons: [found, ...fact.reasons] };
  };
  return { ...facts, layers: facts.layers.map(mark), evidence: facts.evidence.map(mark) };
}

/** Names of the principals that the signer of a layer was at its time; ask only for a valid signature. */
export function principalsAt(policy: Policy, fact: Fact, now: Date): readonly string[] {
  if (!fact.signer) return [];
  const open = windowsOf(policy, fact.signer).filter(({ window }) => isWithin(window, fact, now));
  return [...new Set(open.map(({ name }) => name))];
}

/** True when the window holds all times at which the signature can have been made, and the one that the signer states. */
function isWithin(window: Window | undefined, fact: Fact, now: Date): boolean {
  const stated = statedTime(fact);
  const times = [...(provenTimes(fact) ?? [now.getTime()]), ...(stated === undefined ? [] : [stated])];
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = window ?? {};
  return times.every((time) => time >= from && time < until);
}

/** The earliest and the latest time that the proof allows; of a keyless signature what its log or timestamps prove. */
function provenTimes({ proven, signer }: Fact): readonly number[] | undefined {
  if (proven) return [proven.time.getTime() - proven.accuracyMs, proven.latest.getTime()];
  return signer?.method === 'sigstore' && signer.provenAt !== null ? [Date.parse(signer.provenAt)] : undefined;
}

function statedTime(fact: Fact): number | undefined {
  const text = 'approval' in fact ? (fact.approval?.timeVerified ?? fact.signedAt) : null;
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
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
