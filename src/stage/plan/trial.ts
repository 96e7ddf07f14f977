// SPDX-License-Identifier: Apache-2.0
// One approval, tried: who could give it, and the facts as `sign-stage` would leave them. Pure.

import { sha256, utf8 } from '../../base/bytes.ts';
import type { SignerIdentity } from '../../findings/signature.ts';
import type { Policy, Stage } from '../../policy/document/model.ts';
import type { ImageFacts, LayerFact } from '../../policy/facts.ts';
import { matchPrincipals, principalsBehind } from '../../policy/rules/people.ts';
import { scopesOf } from '../../policy/rules/view.ts';
import { newApproval, type PolicyFile } from '../approval.ts';
import { outlivedLayers, ownLayers, replacedLayers, stillCounts } from '../review.ts';
import { identityFor } from './identity.ts';

/** Somebody who could approve, and with what. */
export interface Candidate {
  readonly principal: string;
  readonly identity: SignerIdentity;
}

/** An image as it is after some steps, and by what it is judged. */
export interface Situation {
  readonly policy: PolicyFile;
  readonly facts: ImageFacts;
  readonly now: Date;
  /** How many steps were done. */
  readonly step: number;
  /** Stages whose next approval has to replace what is there. */
  readonly replacing: ReadonlySet<string>;
}

/** Approvers of one stage that are tried. */
const TRIED = 50;

/** Approvers of a stage: those whose key or certificate has ended, as far as is known, or the others (`fresh`). */
export function candidatesFor(
  { approvers }: Stage,
  { policy: { policy }, facts, step }: Situation,
  fresh: boolean,
): readonly Candidate[] {
  const behind = (wanted: LayerFact['signature']) =>
    facts.layers.filter(({ signature }) => signature === wanted).flatMap((layer) => principalsBehind(policy, layer));
  const valid = behind('valid');
  const ended = new Set(behind('untrusted').filter((name) => !valid.includes(name)));
  const all = approvers.slice(0, TRIED).flatMap((principal) => {
    const credentials = policy.principals.find(({ name }) => name === principal)?.credentials ?? [];
    const known = facts.layers.flatMap(({ signature, signer }) =>
      signature === 'valid' && signer && matchPrincipals(policy, signer).includes(principal) ? [signer] : [],
    );
    const thought = credentials.flatMap((one, index) => identityFor(one, `${principal} ${index}`, step));
    const signers = new Map(
      [...known, ...thought].map((identity) => [JSON.stringify({ ...identity, trustSource: undefined }), identity]),
    );
    return [...signers.values()].map((identity) => ({ principal, identity }));
  });
  return all.filter(({ principal }) => ended.has(principal) !== fresh);
}

/** What whoever approves the stage has to take away: approvals of a file for what it held before. */
export function outlivedIn(
  { name: stage }: Stage,
  { policy, facts }: Pick<Situation, 'policy' | 'facts'>,
): readonly LayerFact[] {
  // By a policy it is the same whoever approves now.
  return outlivedLayers({ facts }, { policy }, { stage, signer: { identity: NOBODY } });
}

const NOBODY: SignerIdentity = { method: 'key', hint: '', algorithm: 'ed25519' };

/** Whether an approval is to replace what is there: both are tried, where it need not. */
export function waysOf({ name }: Stage, { replacing }: Pick<Situation, 'replacing'>): readonly boolean[] {
  return replacing.has(name) ? [true] : [false, true];
}

/** Whether sign-stage would say that there is nothing to do. */
export function isPresent(stage: Stage, { identity }: Candidate, { policy, facts, now }: Situation): boolean {
  const own = ownLayers({ facts }, { stage: stage.name, signer: { identity } });
  return own.some((layer) => stillCounts(layer, { facts }, { policy, now, requiredStages: [] }));
}

/** The facts with an approval as sign-stage would give it. */
export function withApproval(
  stage: Stage,
  { identity }: Candidate,
  { policy, facts, now, step, replace }: Situation & { readonly replace: boolean },
): ImageFacts {
  const signer = { identity, material: { kind: 'public-key', hint: identity.hint ?? '' } } as const;
  const rules = { policy, now, requiredStages: [] };
  const replaces = replacedLayers({ facts }, rules, { stage: stage.name, signer, replace });
  const request = {
    stage: stage.name,
    now,
    expires: undefined,
    reason: undefined,
    ticket: undefined,
    run: undefined,
  };
  const approval = newApproval(
    { ...facts, dataRead: true },
    { ...request, resourceUri: '' },
    { policy, native: [], signer, replaces, without: [] },
  );
  const layer: LayerFact = {
    place: { in: 'registry', name: `step ${step + 1}` },
    kind: 'bundle',
    method: identity.method,
    digest: sha256(utf8(JSON.stringify(approval))),
    signer: identity,
    signature: 'valid',
    reasons: [],
    covers: scopesOf(policy.policy, facts.units)(stage.name),
    contradicted: false,
    approval,
    signedAt: approval.timeVerified,
  };
  return { ...facts, layers: [...facts.layers, layer] };
}

/** Who is nobody here and in no list decides nothing; a thousand of them must not be judged again for each step. */
export function withoutStrangers(policy: Policy, facts: ImageFacts): ImageFacts {
  const known = ({ signer }: Pick<LayerFact, 'signer'>) =>
    signer !== null && matchPrincipals(policy, signer).length > 0;
  const listed = new Set(
    facts.layers
      .filter((layer) => layer.signature === 'valid' && known(layer))
      .flatMap(({ approval }) =>
        [...(approval?.roster ?? []), ...(approval?.native ?? [])].map(({ digest }) => digest),
      ),
  );
  const counts = (layer: LayerFact) =>
    layer.place.in === 'sif' ||
    listed.has(layer.digest) ||
    (layer.signature === 'valid' ? known(layer) : principalsBehind(policy, layer).length > 0);
  return { ...facts, layers: facts.layers.filter(counts) };
}
