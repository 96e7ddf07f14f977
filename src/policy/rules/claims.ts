// SPDX-License-Identifier: Apache-2.0
// Does this layer count for this stage, and if not, why? One answer per layer and stage: first by itself, then by the order.
// Order, thresholds and `distinct` are one question: people are divided among distinct stages, and an approval is in order
// when those who are left for the earlier stages, and whom its signer saw, were enough.

import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { listed, toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import type { NativeFormat, Policy, Stage } from '../document/model.ts';
import { type Glasses, glassesOn, sawBroken } from '../break-glass/glass.ts';
import { unlikeness } from '../keyless/match.ts';
import { isProblem, reason, remark } from '../reasons.ts';
import { withKin } from './certificate.ts';
import { grantRemarks, personVouchedFor } from './grants.ts';
import { nativeClaim } from './native.ts';
import { outsiderRemark } from './outsiders.ts';
import { type PersonAs, personAs } from './people.ts';
import { type ChainFinding, replacementOf, Sightings } from './roster.ts';
import {
  type ByStage,
  canFill,
  differentPeople,
  fillStages,
  MAX_STEPS,
  ofSeat,
  quorumsOf,
  type StageCandidate,
  type StageFill,
} from './threshold.ts';
import {
  ageReasons,
  type ApprovalView,
  asApproval,
  type Claim,
  claimantOf,
  type Claims,
  contentReasons,
  type ImageView,
  isGivenBySigner,
  isPlain,
  type LayerView,
  nameLayer,
} from './view.ts';

/** What was found about an image before any stage is looked at. */
export interface Found {
  readonly image: ImageView;
  readonly chain: readonly ChainFinding[];
  /** Approvals that replaced others. */
  readonly replacements: readonly ApprovalView[];
}

/** Looks at every layer for every stage, and tells who fills what. */
export function claimsOf(policy: Policy, found: Found): { readonly claims: Claims; readonly order: Order } {
  const own = new Map(
    policy.stages.map((stage) => [
      stage.name,
      found.image.layers.flatMap((layer) => claimOf(layer, stage, { policy, found }) ?? []),
    ]),
  );
  const counting = policy.stages.map((stage) => {
    const layers = (own.get(stage.name) ?? []).filter(({ counts }) => counts).map(({ layer }) => layer);
    return [stage.name, candidatesOf(policy, stage, layers)] as const;
  });
  const candidates = new Map(counting);
  const isForMany = policy.principals.some(({ many }) => many);
  const order = new Order(policy, found.image, isForMany ? withKin(candidates) : candidates);
  const standing = order.inOrder(new Set());
  const claims = policy.stages.map((stage) => {
    const ordered = (own.get(stage.name) ?? []).map((claim) => {
      const late = stage.after.flatMap((name) => order.lateReason(claim.layer, name, standing) ?? []);
      const reasons = claim.outsider ? claim.reasons : [...claim.reasons, ...late];
      return { ...claim, reasons, counts: claim.counts && late.length === 0 };
    });
    return [stage.name, ordered] as const;
  });
  return { claims: new Map(claims), order };
}

/** Reasons that do not depend on a stage's rules: content, time, chain. Shared with evaluation without a policy. */
export function intrinsicReasons(view: ApprovalView, { image, chain }: Omit<Found, 'replacements'>): readonly Reason[] {
  const { approval } = view;
  const reasons = [...contentReasons(view, image), ...view.fact.reasons, ...timeReasons(view, image.now)];
  reasons.push(...chain.filter((finding) => finding.approval.fact === view.fact).map((finding) => finding.reason));
  if (!approval.dataVerified)
    reasons.push(remark('APPROVAL_WITHOUT_DATA', `${nameLayer(view)} approved digests without reading the data`));
  return reasons;
}

interface Context {
  readonly policy: Policy;
  readonly found: Found;
}

function claimOf(layer: LayerView, stage: Stage, context: Context): Claim | undefined {
  const approval = asApproval(layer);
  if (approval) return approval.approval.stage === stage.name ? approvalClaim(approval, stage, context) : undefined;
  const format = nativeFormat(layer);
  if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return undefined;
  const { image } = context.found;
  const owner = claimantOf(layer, image);
  // What belongs to an approval is worth a word only where it could count by itself.
  return owner && !stage.native.includes(format) ? undefined : nativeClaim(layer, stage, { format, image, owner });
}

function approvalClaim(view: ApprovalView, stage: Stage, { policy, found }: Context): Claim {
  const isKnown = view.fact.signature === 'valid' && isGivenBySigner(view.fact) && view.principals.length > 0;
  const aside = (isKnown ? undefined : outsiderRemark(view, stage, policy)) ?? replacedRemark(view, found.replacements);
  if (aside) return { layer: view, reasons: [aside], counts: false, outsider: true };
  if (view.fact.signature !== 'valid') {
    const altered = reason('LAYER_ALTERED', `${nameLayer(view)}: the approval of stage ${stage.name} does not verify`);
    return { layer: view, reasons: [altered, ...view.fact.reasons], counts: false, outsider: false };
  }
  const reasons = [
    ...approverReasons(view, stage, policy),
    ...verifierReasons(view, stage),
    ...reviewReasons(view, stage),
    ...intrinsicReasons(view, found),
    ...ageReasons(view, stage, found.image.now),
    ...policyRemarks(view, policy),
    ...(view.vouching ? grantRemarks(view.where, view.vouching) : []),
  ];
  return { layer: view, reasons, counts: view.trusted && !reasons.some(isProblem), outsider: false };
}

function replacedRemark(view: ApprovalView, replacements: readonly ApprovalView[]): Reason | undefined {
  const by = replacementOf(view, replacements);
  return by && remark('APPROVAL_REPLACED', `${nameLayer(view)}: replaced by ${nameLayer(by)}`);
}

function approverReasons(view: ApprovalView, stage: Stage, policy: Policy): readonly Reason[] {
  if (view.principals.some((principal) => stage.approvers.includes(principal))) return [];
  const names = `${view.people.join(', ')} signed, approvers are ${listed(stage.approvers)}`;
  const why = unlikeness(policy, { identity: view.fact.signer, names: stage.approvers });
  return [reason('APPROVER_NOT_LISTED', `${view.where}: stage ${stage.name} needs another signer: ${names}${why}`)];
}

function reviewReasons({ fact, where }: ApprovalView, { name, reviewed }: Stage): readonly Reason[] {
  const { signer } = fact;
  if (!reviewed || (signer?.method === 'sigstore' && signer.reviewers)) return [];
  return [reason('APPROVAL_NOT_REVIEWED', `${where}: stage ${name} must be reviewed, and it names nobody who did`)];
}

function verifierReasons({ approval, where }: ApprovalView, stage: Stage): readonly Reason[] {
  if (approval.verifierId === stage.id) return [];
  const message = `${where}: its verifier is ${approval.verifierId}, stage ${stage.name} has ${stage.id}`;
  return [reason('APPROVAL_OTHER_VERIFIER', message)];
}

function policyRemarks({ approval, where }: ApprovalView, policy: Policy): readonly Reason[] {
  if (approval.policy.digest === policy.digest) return [];
  const given =
    approval.policy.digest === null ? 'no policy' : `policy ${approval.policy.name} (${approval.policy.digest})`;
  return [remark('APPROVAL_OTHER_POLICY', `${where}: given under ${given}`)];
}

function nativeFormat({ fact }: LayerView): NativeFormat | undefined {
  if (fact.kind === 'native-pgp') return 'pgp';
  if (isPlain(fact)) return fact.kind;
  return fact.kind === 'native-dsse' ? 'dsse' : undefined;
}

/** Why an approval does not count at this time. */
export function timeReasons(view: ApprovalView, now: Date): readonly Reason[] {
  const { expires, timeVerified } = view.approval;
  const reasons: Reason[] = [];
  if (expires !== null && !(Date.parse(expires) > now.getTime()))
    reasons.push(reason('APPROVAL_EXPIRED', `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
  if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS))
    reasons.push(reason('APPROVAL_FROM_FUTURE', `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
  const { proven } = view.fact;
  if (proven?.proof === 'timestamp' && Date.parse(timeVerified) > proven.latest.getTime() + CLOCK_SKEW_MS) {
    const dated = `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`;
    reasons.push(reason('APPROVAL_DATED_AHEAD', `${dated}, and was there at ${toSecond(proven.time)}`));
  }
  return reasons;
}

/** A layer that counts for a stage but for the order, as one of the principals behind it. */
interface LayerCandidate extends StageCandidate {
  readonly layer: LayerView;
}

/** All ways in which these layers may fill the stage. */
function candidatesOf(policy: Policy, stage: Stage, layers: readonly LayerView[]): readonly LayerCandidate[] {
  const there = new Set(layers.flatMap(({ principals }) => principals));
  return quorumsOf(stage).flatMap(({ approvers }, seat) =>
    approvers
      .filter((principal) => there.has(principal))
      .flatMap((principal) =>
        layers.flatMap((layer) => peopleAs(policy, principal, layer).map((person) => ({ seat, layer, ...person }))),
      ),
  );
}

/** Who approves with a layer where this principal may. */
function peopleAs(policy: Policy, principal: string, { fact, principals, vouching }: LayerView): readonly PersonAs[] {
  const { signer } = fact;
  if (!signer || !principals.includes(principal)) return [];
  if (!vouching) return [personAs(policy, principal, signer)];
  const given = vouching.vouchers.filter(({ giver }) => giver === principal);
  return given.map((voucher) => personVouchedFor(policy, voucher, signer));
}

/** Decides for all stages of a policy; `candidates` are those of every stage. */
export class Order {
  readonly #policy: Policy;
  readonly #image: ImageView;
  readonly #candidates: ByStage<LayerCandidate>;
  /** Stages that somebody let be skipped; undefined when nobody did. */
  readonly glasses: Glasses | undefined;
  readonly #sightings: Sightings;

  constructor(policy: Policy, image: ImageView, candidates: ByStage<LayerCandidate>) {
    this.#policy = policy;
    this.#image = image;
    this.#candidates = candidates;
    this.#sightings = new Sightings(policy, image);
    const isBroken = image.evidence.some(({ breakGlass }) => breakGlass !== undefined);
    this.glasses = isBroken ? glassesOn(policy, image, candidates) : undefined;
  }

  /** Candidates in order, by stage, when those `left` out give no place to anybody. */
  inOrder(left: ReadonlySet<LayerCandidate>): ByStage<LayerCandidate> {
    const standing = new Map<string, readonly LayerCandidate[]>();
    for (const stage of this.#policy.stages) {
      const mine = (this.#candidates.get(stage.name) ?? []).filter((one) => !left.has(one));
      standing.set(
        stage.name,
        mine.filter(({ layer }) =>
          stage.after.every((name) => this.#seenBy(layer, name, standing) >= this.#threshold(name)),
        ),
      );
    }
    return standing;
  }

  /**
   * How many of the people needed for an earlier stage the signer of a layer saw approve it. A signature without a statement
   * cannot tell, and where the stage was skipped nobody is needed.
   */
  #seenBy(layer: LayerView, name: string, standing: ByStage<LayerCandidate>): number {
    if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
    const stage = this.#policy.stages.find((one) => one.name === name);
    if (!stage) return 0;
    const broken = this.glasses?.allowed.filter(({ said }) => said.stage === name);
    if (broken?.some((glass) => sawBroken(layer.fact, glass, this.#image.now))) return stage.threshold;
    const earlier = (standing.get(name) ?? []).flatMap((one) => {
      const entry = this.#sightings.entryFor(layer, one.layer, name);
      return entry === undefined ? [] : [{ ...one, uses: [...one.uses, entry] }];
    });
    const seats = quorumsOf(stage).map(({ needed }) => needed);
    if (canFill({ stage: name, seats, candidates: earlier })) return stage.threshold;
    const filled = seats.map((needed, seat) =>
      Math.min(needed, differentPeople(ofSeat(earlier, seat), { steps: MAX_STEPS }).length),
    );
    return Math.min(
      stage.threshold - 1,
      filled.reduce((sum, one) => sum + one, 0),
    );
  }

  /** The signer must have seen enough people approve the earlier stage in a way that counts. */
  lateReason(layer: LayerView, name: string, standing: ByStage<LayerCandidate>): Reason | undefined {
    const view = asApproval(layer);
    const needed = this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? 0;
    const seen = this.#seenBy(layer, name, standing);
    if (!view || seen >= needed) return undefined;
    const count = `${seen} of ${needed}`;
    const isListed = view.approval.roster.some((entry) => entry.stage === name) || seen > 0;
    const message = isListed
      ? `it rests on approvals of stage ${name} that do not count (${count} needed do)`
      : `it was given before stage ${name} was approved (it had seen ${count} needed)`;
    return reason('APPROVAL_OUT_OF_ORDER', `${nameLayer(view)}: ${message}`);
  }

  /** Who fills these stages. */
  fill(stages: readonly Stage[]): readonly StageFill[] {
    const needs = stages.map((stage) => ({
      stage: stage.name,
      seats: quorumsOf(stage).map(({ needed }) => needed),
      candidates: this.#candidates.get(stage.name) ?? [],
    }));
    return fillStages(needs, this.#policy.distinct, (left) => this.inOrder(left));
  }

  #threshold(name: string): number {
    return this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? Number.POSITIVE_INFINITY;
  }
}
