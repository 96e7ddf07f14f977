// SPDX-License-Identifier: Apache-2.0
// (policy, facts, now) → verdict. Pure: no I/O, no clock, no throw. Looks at every layer and every stage, and gives a
// reason for everything that fails. The rules are explained in docs/policy.md.

import type { Reason } from '../findings/signature.ts';
import { shortDigest } from '../base/bytes.ts';
import type { Glasses } from './break-glass/glass.ts';
import { strayGlass } from './break-glass/report.ts';
import { type ChainFinding, checkChain, findReplacements, isLoss } from './rules/roster.ts';
import { claimsOf } from './rules/claims.ts';
import { contentDenials } from './rules/standing.ts';
import { endRemarks, firstEnd } from './ends.ts';
import { objectReasons, partReasons } from './objects/report.ts';
import { askedOf, ofParts } from './objects/scope.ts';
import type { ImageFacts } from './facts.ts';
import {
  custodyOf,
  isFilled,
  reportCoverage,
  reportEvidence,
  reportLayer,
  reportStages,
  uniqueReasons,
} from './reports.ts';
import { asRemark, isProblem, reason, remark } from './reasons.ts';
import type { Policy } from './document/model.ts';
import { type CoverageReport, type ImageVerdict, type StageReport, type Verdict, VERDICT_SCHEMA } from './verdict.ts';
import { describeIdentity } from './rules/people.ts';
import {
  asApproval,
  type Claim,
  type Claims,
  coversAll,
  type ImageView,
  isScoped,
  otherContent,
  viewImage,
  whereOf,
} from './rules/view.ts';
import { settleTimes } from './rules/vouched.ts';
import { claimsWithoutPolicy, coverageReasons, reportStagesFound } from './without-policy.ts';

/** When and about which stages a verdict is wanted. */
export interface EvaluateOptions {
  readonly now: Date;
  /** Decide about these stages only (verify-previous); all of the policy's stages when absent. */
  readonly stages?: readonly string[];
  /** Say which stages of the policy are not decided about: whoever reads the verdict must know. */
  readonly nameOthers?: boolean;
  /** Stages that must be there. With a policy they must be in it, and are asked for anyway. */
  readonly requiredStages?: readonly string[];
}

interface Judgement {
  /** As it was given. */
  readonly whole: Policy | undefined;
  /** What of it is asked of this image. */
  readonly policy: Policy | undefined;
  readonly image: ImageView;
  readonly chain: readonly ChainFinding[];
  readonly claims: Claims;
  readonly stages: readonly StageReport[];
  readonly coverage: readonly CoverageReport[];
  readonly options: EvaluateOptions;
  /** By whom stages were let be skipped; undefined without a policy. */
  readonly glasses: Glasses | undefined;
}

/** The verdict about one image; never throws, never stops at the first finding. */
export function evaluatePolicy(whole: Policy | undefined, given: ImageFacts, options: EvaluateOptions): ImageVerdict {
  const policy = whole && isScoped(whole) ? askedOf(whole, given.units, options.requiredStages) : whole;
  const facts = settledFacts(policy, given, options.now);
  const image = viewImage(policy, facts, options.now);
  const replacements = findReplacements(image, policy);
  const found = { image, replacements, chain: checkChain(image, policy, replacements) };
  const decided = policy ? claimsOf(policy, found) : undefined;
  const claims = decided?.claims ?? claimsWithoutPolicy(found);
  const chain = limitChain(found.chain, policy, options);
  const coverage = reportCoverage(image);
  const stages =
    policy && decided
      ? reportStages(chosenStages(policy, options), { ...decided, chain, policy, image })
      : reportStagesFound(claims, chain, options.requiredStages ?? []);
  const glasses = decided?.order.glasses;
  const judgement = { whole, policy, image, chain, claims, stages, coverage, options, glasses };
  const said = imageReasons(judgement);
  const passed = !said.some(isProblem) && stages.every(isFilled);
  const verdict = passed ? 'passed' : 'failed';
  const unsigned = facts.layers.length === 0;
  const reasons = unsigned && !passed ? [unsignedReason(facts), ...said] : said;
  const allClaims = [...claims.values()].flat();
  return {
    name: facts.name,
    kind: facts.kind,
    reference: facts.pinned ?? null,
    dataVerified: facts.dataRead,
    contentDigests: facts.contentDigests,
    verdict,
    outcome: verdict,
    ...(passed ? endsAtOf(firstEnd(policy, image)) : {}),
    unsigned,
    stages,
    layers: image.layers.map((layer) => reportLayer(layer, image, { policy, claims: allClaims, chain })),
    evidence: image.evidence.map((fact) => reportEvidence(fact, policy, image.now)),
    ...custodyOf(image, chain, policy),
    notJudged: facts.unjudged ?? [],
    coverage,
    reasons,
  };
}

/** The facts as they are judged: each layer by the earliest time that is proven for it, and parts as the policy tells them apart. */
export function settledFacts(policy: Policy | undefined, given: ImageFacts, now: Date): ImageFacts {
  const facts = policy && isScoped(policy) ? ofParts(given) : given;
  return facts.layers.some(({ vouched }) => vouched) ? settleTimes(policy, facts, now) : facts;
}

function chosenStages(policy: Policy, options: EvaluateOptions): Policy['stages'] {
  const asked = askedStages(options);
  return asked ? policy.stages.filter(({ name }) => asked.includes(name)) : policy.stages;
}

/** Names of the stages that are decided about, required ones always; undefined for all of the policy. */
function askedStages({ stages, requiredStages = [] }: EvaluateOptions): readonly string[] | undefined {
  return stages && [...stages, ...requiredStages];
}

/**
 * When only some stages are decided about, what approvals of the others complain of is a remark: an approval that is
 * about to be replaced must not stand in the way of its successor.
 */
function limitChain(
  chain: readonly ChainFinding[],
  policy: Policy | undefined,
  options: EvaluateOptions,
): readonly ChainFinding[] {
  const asked = askedStages(options);
  if (!policy || !asked) return chain;
  return chain.map((finding) =>
    asked.includes(finding.approval.approval.stage) ? finding : { ...finding, reason: asRemark(finding.reason) },
  );
}

function imageReasons(judgement: Judgement): readonly Reason[] {
  const { image, chain, coverage, whole, policy, glasses, options } = judgement;
  const { facts } = image;
  const denied = policy && policy.deny.length > 0 ? contentDenials(policy, facts) : [];
  const reasons = [...facts.problems, ...denied, ...requestReasons(judgement)];
  if (facts.units.length === 0) reasons.push(reason('IMAGE_EMPTY', `${facts.name} has nothing that could be signed`));
  reasons.push(...alterationReasons(image));
  reasons.push(...chain.map((finding) => (isLoss(finding) ? finding.reason : asRemark(finding.reason))));
  if (!policy) reasons.push(...coverageReasons(image, coverage));
  if (policy && glasses) reasons.push(...strayGlass(glasses, policy.stages));
  const isAskedOfParts = policy?.objects?.mustBeEncrypted === true || facts.units.some(({ writable }) => writable);
  if (isAskedOfParts) reasons.push(...partReasons(policy, facts));
  if (whole && policy && isScoped(whole)) {
    // Before a stage is signed only those before it are looked at: what is left is for that one, or for later ones.
    const isFinal = options.stages === undefined || options.nameOthers === true;
    reasons.push(...objectReasons({ whole, policy, stages: chosenStages(policy, options), image, isFinal }));
  }
  reasons.push(...refusedByApptainer(image));
  if (!facts.dataRead)
    reasons.push(remark('DATA_NOT_READ', 'the data of the image was not read, only its digests were'));
  return uniqueReasons([...reasons, ...endRemarks(image), ...chainEnd(judgement)]);
}

/** Nobody refused anything: there is nothing yet to judge. */
function unsignedReason({ name, evidence }: ImageFacts): Reason {
  const beside = evidence.length > 0 ? ': evidence is no signature' : '';
  return reason('IMAGE_UNSIGNED', `${name} is unsigned${beside}`);
}

/** What passes here, and not at `apptainer verify` or its execution control list: they want every native signature good. */
function refusedByApptainer({ layers }: ImageView): readonly Reason[] {
  const natives = layers.filter(({ fact }) => fact.place.in === 'sif' && fact.kind.startsWith('native-'));
  const bad = natives.find(({ fact }) => fact.signature === 'unknown-signer' || fact.signature === 'untrusted');
  const mixed = new Set(natives.map(({ fact }) => fact.kind).filter((kind) => kind !== 'native-legacy')).size > 1;
  const why = mixed
    ? 'it has native OpenPGP and DSSE signatures side by side'
    : bad && `${bad.where} is a native signature by ${describeIdentity(bad.fact.signer)}, ${whyBad(bad.fact)}`;
  return why ? [remark('APPTAINER_REFUSES', `\`apptainer verify\` refuses this image: ${why}`)] : [];
}

function whyBad({ signature, reasons }: ImageFacts['layers'][number]): string {
  if (signature === 'unknown-signer') return 'who is unknown here';
  return reasons[0]?.message ?? 'which is not trusted';
}

/** Stages that the caller names must exist, else a misspelt name would pass unseen. */
function requestReasons({ whole, policy, options }: Judgement): readonly Reason[] {
  if (!whole || !policy) return [];
  const known = whole.stages.map(({ name }) => name);
  const asked = askedStages(options) ?? options.requiredStages ?? [];
  const others = known.filter((name) => options.stages !== undefined && !asked.includes(name));
  const told = options.nameOthers === true && others.length > 0;
  return [
    ...asked
      .filter((name) => !known.includes(name))
      .map((name) =>
        reason('STAGE_NOT_IN_POLICY', `stage ${name} is not in the policy, which has ${known.join(', ')}`),
      ),
    ...(told ? [remark('STAGES_NOT_ASKED', `the verdict is not about ${others.join(', ')}: that was not asked`)] : []),
  ];
}

/** Inside a SIF nothing may be broken: a layer that does not verify was altered, a foreign one was copied in. */
function alterationReasons(image: ImageView): readonly Reason[] {
  const inside = [...image.layers.map(({ fact }) => fact), ...image.evidence].filter(({ place }) => place.in === 'sif');
  const broken = inside
    .filter(({ signature }) => signature === 'invalid' || signature === 'unreadable')
    .map(({ place, signature, reasons }) => {
      const why = reasons.find(isProblem)?.message;
      return reason('LAYER_ALTERED', `${whereOf(place)} is ${signature}${why === undefined ? '' : `: ${why}`}`);
    });
  const foreign = image.layers
    .filter(({ trusted, fact }) => trusted && fact.contradicted && fact.place.in === 'sif')
    .map(otherContent);
  return [...broken, ...foreign];
}

/** Says which approvals are last, because nothing shows that a later one was removed. */
function chainEnd({ image, claims, policy, options }: Judgement): readonly Reason[] {
  const chosen = policy ? new Set(chosenStages(policy, options).map(({ name }) => name)) : undefined;
  const counting = [...claims].flatMap(([stage, mine]: readonly [string, readonly Claim[]]) =>
    chosen && !chosen.has(stage) ? [] : mine.filter(({ counts }) => counts),
  );
  const approvals = counting.flatMap(({ layer }) => asApproval(layer) ?? []).filter((view) => coversAll(view, image));
  const highest = Math.max(0, ...approvals.map(({ approval }) => approval.sequence));
  const last = approvals.filter(({ approval }) => approval.sequence === highest);
  return last.map(({ approval, fact, where }) =>
    remark(
      'CHAIN_ENDS_AT',
      `chain ends at stage ${approval.stage}, approval ${approval.sequence} (${where}, ${shortDigest(fact.digest)})`,
    ),
  );
}

/** The verdict document about several images; without any image it fails. */
export function combineVerdict(
  images: readonly ImageVerdict[],
  options: {
    readonly now: Date;
    /** True when `now` was given by the user. */
    readonly asOf: boolean;
    /** What was left out of account, in words. */
    readonly without?: string | undefined;
    readonly policy: { readonly name: string; readonly digest: string } | undefined;
  },
): Verdict {
  const { now, asOf, policy, without } = options;
  const passed = images.length > 0 && images.every(({ verdict }) => verdict === 'passed');
  const [end] = images
    .flatMap(({ endsAt }) => (endsAt === undefined ? [] : [new Date(endsAt)]))
    .toSorted((a, b) => a.getTime() - b.getTime());
  const refused = images.length === 0 || images.some(({ outcome }) => outcome === 'failed');
  return {
    schema: VERDICT_SCHEMA,
    verdict: passed ? 'passed' : 'failed',
    outcome: passed ? 'passed' : refused ? 'failed' : 'error',
    now: Number.isNaN(now.getTime()) ? 'invalid' : now.toISOString(),
    asOf,
    ...(without === undefined ? {} : { without }),
    policy: policy ? { name: policy.name, digest: policy.digest } : null,
    ...(passed ? endsAtOf(end) : {}),
    images,
  };
}

function endsAtOf(end: Date | undefined): Pick<ImageVerdict, 'endsAt'> {
  return end ? { endsAt: end.toISOString() } : {};
}
