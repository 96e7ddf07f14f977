// SPDX-License-Identifier: Apache-2.0
// Before a stage is signed on an image: whether it is the image that is meant and may be signed; and of the approvals of the
// stage that are on it, which are the signer's own, which count as they are, and which give way to the new one.

import { defaultVerifierId, isStageName } from '../attest/approval.ts';
import type { Digest } from '../base/bytes.ts';
import type { Signer } from '../crypto/signer.ts';
import { isSameSigner, type Reason, type SignerIdentity } from '../findings/signature.ts';
import type { Examination } from '../image/bundle.ts';
import { type Criteria, evidenceLacking, judgeImage, type Rules } from '../image/verify.ts';
import type { LoadedPolicy } from '../policy/document/load.ts';
import type { Policy } from '../policy/document/model.ts';
import type { ImageFacts, LayerFact } from '../policy/facts.ts';
import { isProblem } from '../policy/reasons.ts';
import { isSamePerson, matchPrincipals, peopleBehind, principalsBehind } from '../policy/rules/people.ts';
import { isGivenBySigner, scopesOf, viewImage, whereOf } from '../policy/rules/view.ts';
import type { ImageVerdict, LayerReport } from '../policy/verdict.ts';
import { stagesBefore } from './approval.ts';
import { StageError } from './errors.ts';

/** What an image says before anything is signed. */
export interface Review {
  /** About the earlier stages; undefined without a policy or with `verifyPrevious` off. */
  readonly verdict: ImageVerdict | undefined;
  /** Approvals of this stage for this content that this signer gave before. */
  readonly own: readonly LayerFact[];
  /** The one of them that counts as it is. */
  readonly present: LayerFact | undefined;
}

/**
 * Whether a stage may be signed on an image, and whether that has happened already.
 * @throws StageError STAGE_IMAGE_BROKEN when the image has a defect that no signature may cover up, STAGE_EVIDENCE
 */
export function reviewBefore(
  examined: Pick<Examination, 'facts'>,
  criteria: Criteria,
  request: Signing & { readonly verifyPrevious: boolean },
): Review {
  assertSound(examined.facts.problems);
  assertUnaltered(examined, criteria);
  const { policy } = criteria;
  const verdict =
    policy && request.verifyPrevious ? judgeImage(examined, criteria, stagesBefore(policy, request.stage)) : undefined;
  if (policy && verdict?.verdict !== 'failed') assertEvidence(examined, criteria, request.stage);
  const own = ownLayers(examined, request);
  return { verdict, own, present: own.find((layer) => stillCounts(layer, examined, criteria)) };
}

/** Whoever approves a stage vouches for what it rests on, so that must be there first. */
function assertEvidence(examined: Pick<Examination, 'facts'>, criteria: Criteria, stage: string): void {
  const why = evidenceLacking(criteria, examined.facts, stage)[0];
  if (why) throw new StageError('STAGE_EVIDENCE', `${why.message} [${why.code}]`, { hint: why.hint });
}

/**
 * Without a policy nobody else asks: what was altered in a file, and a layer that somebody trusted gave to other content,
 * fails the image for good, whoever approves it afterwards.
 */
function assertUnaltered({ facts }: Pick<Examination, 'facts'>, { policy }: Criteria): void {
  if (policy) return;
  const altered = [...facts.layers, ...facts.evidence].find(
    ({ place, signature }) => place.in === 'sif' && (signature === 'invalid' || signature === 'unreadable'),
  );
  const foreign = facts.layers.find(
    ({ place, signature, contradicted }) => place.in === 'sif' && signature === 'valid' && contradicted,
  );
  const found = altered ?? foreign;
  if (!found) return;
  const [why] = found.reasons;
  const what = found.contradicted ? 'a layer about other content' : 'an altered layer';
  throw new StageError('STAGE_IMAGE_BROKEN', `the image has ${what}${why ? `: ${why.message}` : ''}`, {
    hint: why?.hint ?? 'restore the image from a copy, or remove the layer',
  });
}

/**
 * Refuses an image with a defect that nothing on it may cover up.
 * @throws StageError STAGE_IMAGE_BROKEN
 */
export function assertSound(problems: readonly Reason[]): void {
  const problem = problems.find(isProblem);
  if (problem) throw new StageError('STAGE_IMAGE_BROKEN', problem.message, { hint: problem.hint });
}

/** @throws StageError STAGE_NAME_INVALID, STAGE_UNKNOWN */
export function assertStage(policy: Pick<Policy, 'stages'> | undefined, stage: string): void {
  if (!isStageName(stage))
    throw new StageError('STAGE_NAME_INVALID', `not a stage name: ${JSON.stringify(stage.slice(0, 80))}`, {
      hint: 'use lower-case letters, digits and inner hyphens, at most 42 characters',
    });
  const names = policy?.stages.map(({ name }) => name);
  if (names && !names.includes(stage))
    throw new StageError('STAGE_UNKNOWN', `the policy has no stage ${stage}`, {
      hint: `use one of ${names.join(', ')}, or add the stage to the policy`,
    });
}

/**
 * Refuses another image than the expected one. In a registry it is that by its manifest too, which names all of it.
 * @throws StageError STAGE_DIGEST_UNEXPECTED
 */
export function assertExpected(
  { name, contentDigests, pinned }: ImageFacts,
  expected: readonly Digest[] | undefined,
): void {
  if (!expected) return;
  const manifest = pinned?.slice(pinned.indexOf('@') + 1);
  if (expected.some((digest) => digest === manifest)) return;
  if (contentDigests.length > 0 && contentDigests.every((digest) => expected.includes(digest))) return;
  const found = [...new Set([...contentDigests, ...(manifest === undefined ? [] : [manifest])])].join(', ');
  throw new StageError('STAGE_DIGEST_UNEXPECTED', `${name} is ${found}, and not ${expected.join(', ')}`);
}

/** Which stage is signed, and by whom. */
export interface Signing {
  readonly stage: string;
  readonly signer: Pick<Signer, 'identity'>;
}

/** Approvals of this stage for this content that this signer gave before. */
export function ownLayers({ facts }: Pick<Examination, 'facts'>, request: Signing): readonly LayerFact[] {
  return facts.layers.filter(
    (layer) =>
      layer.approval?.stage === request.stage &&
      layer.signature === 'valid' &&
      !layer.contradicted &&
      isGivenBySigner(layer) &&
      isSameSigner(layer.signer, request.signer.identity),
  );
}

/** True when an approval still counts as it is: complete, not expired, and accepted by the policy if there is one. */
export function stillCounts(
  layer: LayerFact,
  examined: Pick<Examination, 'facts'>,
  criteria: Rules,
  judge: (stage: string) => ImageVerdict = (stage) => judgeImage(examined, criteria, [stage]),
): boolean {
  const { facts } = examined;
  const { approval } = layer;
  if (!approval) return false;
  const about = scopesOf(criteria.policy?.policy, facts.units)(approval.stage);
  if (!about.every((id) => layer.covers.includes(id))) return false;
  // Whoever reads the data now says more than an approval of digests that others vouched for.
  if (facts.dataRead && !approval.dataVerified) return false;
  if (approval.expires !== null && Date.parse(approval.expires) <= criteria.now.getTime()) return false;
  const whole = approval.native.every(({ digest }) =>
    facts.layers.some((native) => native.digest === digest && native.signature === 'valid'),
  );
  if (!whole || !criteria.policy) return whole;
  const { policy } = criteria;
  return countsForStage(layer, judge(approval.stage), { policy, stage: approval.stage });
}

/** The layer in a verdict: a copy of its statement by somebody else is another one. */
export function reportOf(layer: LayerFact, verdict: ImageVerdict): LayerReport | undefined {
  return verdict.layers.find(({ digest, where }) => digest === layer.digest && where === whereOf(layer.place));
}

/** True when this very layer, as a verdict sees it, is one by which its signer is among those who approved the stage. */
export function countsForStage(
  layer: LayerFact,
  verdict: ImageVerdict,
  { policy, stage }: { readonly policy: Pick<LoadedPolicy, 'policy'>; readonly stage: string },
): boolean {
  const report = reportOf(layer, verdict);
  const people =
    layer.signer && !layer.granted ? peopleBehind(policy.policy, layer.signer) : [report?.signer?.principal];
  const approved = verdict.stages.find((candidate) => candidate.stage === stage)?.approvedBy ?? [];
  const idle = report?.reasons.some((one) => isProblem(one) || one.code === 'APPROVAL_REPLACED') ?? true;
  return !idle && people.some((name) => typeof name === 'string' && approved.includes(name));
}

/**
 * Approvals of the stage whose place the new one takes: those by the signer's key that do not count any more, or all of them
 * when they are to be replaced; what the signer gave with another key and has run out; when replacing also what has run
 * out of other approvers.
 */
export function replacedLayers(
  examined: Pick<Examination, 'facts'>,
  criteria: Rules,
  { stage, signer, replace }: Signing & { readonly replace: boolean },
  judge?: (stage: string) => ImageVerdict,
): readonly LayerFact[] {
  const policy = criteria.policy?.policy;
  const { id = defaultVerifierId(stage), approvers = [] } = policy?.stages.find(({ name }) => name === stage) ?? {};
  const claimed = policy ? claimedIdentity(policy, signer.identity) : signer.identity;
  const others = policy ? (replace ? approvers : matchPrincipals(policy, claimed)) : [];
  return examined.facts.layers.filter((layer) => {
    const { approval, contradicted } = layer;
    if (approval?.stage !== stage || approval.verifierId !== id || contradicted || !isGivenBySigner(layer))
      return false;
    const valid = layer.signature === 'valid';
    const own = valid && isSameSigner(layer.signer, signer.identity);
    const theirs = policy ? principalsBehind(policy, layer).filter((name) => others.includes(name)) : [];
    const known =
      own || theirs.some((name) => replace || !policy || isSamePerson(policy, name, [layer.signer, claimed]));
    return known && ((own && replace) || !(valid && stillCounts(layer, examined, criteria, judge)));
  });
}

/**
 * Approvals of the stage in a file for what its objects were before they were changed, and their native halves. They fail the
 * file for as long as they are in it; whoever approves what is there now, in their place, takes them away.
 */
export function outlivedLayers(
  { facts }: Pick<Examination, 'facts'>,
  { policy }: Pick<Rules, 'policy'>,
  { stage, signer }: Signing,
): readonly LayerFact[] {
  const { id = defaultVerifierId(stage), approvers = [] } =
    policy?.policy.stages.find(({ name }) => name === stage) ?? {};
  const approvals = facts.layers.filter((layer) => {
    const { approval, contradicted, place, signature, signer: by } = layer;
    const isOld = place.in === 'sif' && contradicted && signature === 'valid' && isGivenBySigner(layer);
    if (!isOld || approval?.stage !== stage || approval.verifierId !== id) return false;
    return policy
      ? principalsBehind(policy.policy, layer).some((name) => approvers.includes(name))
      : isSameSigner(by, signer.identity);
  });
  const halves = new Set(approvals.flatMap(({ approval }) => approval?.native.map(({ digest }) => digest) ?? []));
  const natives = facts.layers.filter(
    ({ kind, contradicted, digest }) => kind === 'native-pgp' && contradicted && halves.has(digest),
  );
  return [...approvals, ...natives];
}

/** What is passed over while a stage is signed: what replacing takes away, and what is for later stages to take away. */
export function passedOver(
  examined: Pick<Examination, 'facts'>,
  { policy }: Pick<Rules, 'policy'>,
  { stage, signer, replace }: Signing & { readonly replace: boolean },
): { readonly own: readonly LayerFact[]; readonly all: readonly LayerFact[] } {
  const own = replace ? outlivedLayers(examined, { policy }, { stage, signer }) : [];
  const before = policy ? [...stagesBefore(policy, stage), stage] : [];
  const later = policy?.policy.stages.filter(({ name }) => !before.includes(name)) ?? [];
  const theirs = later.flatMap(({ name }) => outlivedLayers(examined, { policy }, { stage: name, signer }));
  return { own, all: [...own, ...theirs] };
}

/** An examination as if these layers were not there. */
export function without<T extends Pick<Examination, 'facts'>>(examined: T, gone: readonly LayerFact[]): T {
  if (gone.length === 0) return examined;
  const layers = examined.facts.layers.filter((layer) => !gone.includes(layer));
  return { ...examined, facts: { ...examined.facts, layers } };
}

/** What a signer will be once the signature is verified: a certificate says before that only which names it has. */
export function claimedIdentity(policy: Policy, identity: SignerIdentity): SignerIdentity {
  if (identity.method !== 'x509') return identity;
  const credentials = policy.principals.flatMap((principal) => principal.credentials);
  const anchors = credentials.flatMap((credential) => (credential.method === 'x509' ? credential.anchors : []));
  return { ...identity, anchors: [...new Set(anchors)] };
}

/** What others list, or what proves the time of others, has to stay: it does not count beside the new one. */
export function isNeededByOthers({ digest }: LayerFact, own: readonly LayerFact[], { facts }: Examination): boolean {
  const others = facts.layers.filter((layer) => !own.includes(layer));
  return others.some(
    ({ approval, proven }) => proven?.by === digest || approval?.roster.some((entry) => entry.digest === digest),
  );
}

/** What whoever replaces has to know of an approval that stays. */
export function keptRemark({ place }: LayerFact): string {
  return `the earlier approval at ${whereOf(place)} stays, since others need it; it does not count any more`;
}

/** Whose approval a layer is, by the policy or by grants. */
export function principalsOf(
  fact: LayerFact,
  { policy, facts, now }: { readonly policy: LoadedPolicy; readonly facts: ImageFacts; readonly now: Date },
): readonly string[] {
  const view = viewImage(policy.policy, facts, now);
  return (
    view.layers.find((layer) => layer.where === whereOf(fact.place) && layer.fact.digest === fact.digest)?.principals ??
    []
  );
}
