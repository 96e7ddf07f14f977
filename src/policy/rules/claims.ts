// SPDX-License-Identifier: Apache-2.0
// Does this layer count for this stage, and if not, why? One answer per layer and stage: first by itself, then by the order.

import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { listed, toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import type { NativeFormat, Policy, Stage } from '../document/model.ts';
import { unlikeness } from '../keyless/match.ts';
import { isProblem, reason, remark } from '../reasons.ts';
import { candidatesOf, Order } from './assign/order.ts';
import { withKin } from './certificate.ts';
import { grantRemarks } from './grants.ts';
import { nativeClaim } from './native.ts';
import { outsiderRemark } from './outsiders.ts';
import { type ChainFinding, replacementOf } from './roster.ts';
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
  const claims = policy.stages.map((stage) => {
    const ordered = (own.get(stage.name) ?? []).map((claim) => {
      const late = stage.after.flatMap((name) => order.lateReason(claim.layer, name) ?? []);
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
