// SPDX-License-Identifier: Apache-2.0
// Does this layer count for this stage, and if not, why? One answer per layer and stage; the order of stages is looked
// at in policy order, because an approval rests on the approvals of earlier stages that count.

import { toSecond } from '../../base/time.ts';
import type { ChainFinding } from './roster.ts';
import { describeIdentity } from './principals.ts';
import { nativeClaim } from './native-claims.ts';
import { candidatesOf, Order } from './order.ts';
import { replacementOf } from './replaced.ts';
import { isProblem, reason, remark } from '../reasons.ts';
import type { Policy, Stage } from '../document/model.ts';
import type { Reason } from '../../findings/reason.ts';
import {
  type ApprovalView,
  asApproval,
  type ImageView,
  isGivenBySigner,
  type LayerView,
  nameLayer,
  contentReasons,
  type Claim,
  type Claims,
} from './view.ts';

/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

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
  const order = new Order(policy, found.image, new Map(counting));
  const standing = order.inOrder(new Set());
  const claims = policy.stages.map((stage) => {
    const ordered = (own.get(stage.name) ?? []).map((claim) => {
      const late = stage.after.flatMap((name) => lateReason(claim.layer, { name, policy, order, standing }) ?? []);
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
  return nativeClaim(layer, stage, context.found.image);
}

function approvalClaim(view: ApprovalView, stage: Stage, { policy, found }: Context): Claim {
  const aside = outsiderRemark(view, stage) ?? replacedRemark(view, found.replacements);
  if (aside) return { layer: view, reasons: [aside], counts: false, outsider: true };
  if (view.fact.signature !== 'valid') {
    const altered = reason('LAYER_ALTERED', `${nameLayer(view)}: the approval of stage ${stage.name} does not verify`);
    return { layer: view, reasons: [altered, ...view.fact.reasons], counts: false, outsider: false };
  }
  const reasons = [
    ...approverReasons(view, stage),
    ...verifierReasons(view, stage),
    ...intrinsicReasons(view, found),
    ...policyRemarks(view, policy),
  ];
  return { layer: view, reasons, counts: view.trusted && !reasons.some(isProblem), outsider: false };
}

function outsiderRemark(view: ApprovalView, stage: Stage): Reason | undefined {
  const { signature, signer } = view.fact;
  const who = `${view.where}: ${describeIdentity(signer)}`;
  const claims = `${who} claims stage ${stage.name} and is not trusted`;
  if (signature === 'unknown-signer') return remark('STAGE_APPROVED_BY_OUTSIDER', claims);
  if (signature === 'untrusted') {
    const why = view.fact.reasons.find(isProblem)?.message;
    return remark('STAGE_APPROVED_BY_OUTSIDER', why === undefined ? claims : `${claims}: ${why}`);
  }
  if (signature !== 'valid') return undefined;
  if (!isGivenBySigner(view.fact)) return remark('APPROVAL_OTHER_SIGNER', otherSigner(view));
  if (view.principals.length === 0)
    return remark('SIGNER_NOT_A_PRINCIPAL', `${who} approved stage ${stage.name} and is no principal of the policy`);
  return undefined;
}

/** What is wrong with a signature over what somebody else gave. */
export function otherSigner(view: LayerView): string {
  const stage = view.fact.approval?.stage ?? '';
  return `${nameLayer(view)}: the approval of stage ${stage} names another signer, it is a copy of what that one gave`;
}

function replacedRemark(view: ApprovalView, replacements: readonly ApprovalView[]): Reason | undefined {
  const by = replacementOf(view, replacements);
  return by && remark('APPROVAL_REPLACED', `${nameLayer(view)}: replaced by ${nameLayer(by)}`);
}

function approverReasons(view: ApprovalView, stage: Stage): readonly Reason[] {
  if (view.principals.some((principal) => stage.approvers.includes(principal))) return [];
  const names = `${view.principals.join(', ')} signed, approvers are ${stage.approvers.join(', ')}`;
  return [reason('APPROVER_NOT_LISTED', `${view.where}: stage ${stage.name} needs another signer: ${names}`)];
}

function verifierReasons({ approval, where }: ApprovalView, stage: Stage): readonly Reason[] {
  if (approval.verifierId === stage.id) return [];
  const message = `${where}: its verifier is ${approval.verifierId}, stage ${stage.name} has ${stage.id}`;
  return [reason('APPROVAL_OTHER_VERIFIER', message)];
}

function timeReasons(view: ApprovalView, now: Date): readonly Reason[] {
  const { expires, timeVerified } = view.approval;
  const reasons: Reason[] = [];
  if (expires !== null && !(Date.parse(expires) > now.getTime()))
    reasons.push(reason('APPROVAL_EXPIRED', `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
  if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS))
    reasons.push(reason('APPROVAL_FROM_FUTURE', `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
  return reasons;
}

function policyRemarks({ approval, where }: ApprovalView, policy: Policy): readonly Reason[] {
  if (approval.policy.digest === policy.digest) return [];
  const given =
    approval.policy.digest === null ? 'no policy' : `policy ${approval.policy.name} (${approval.policy.digest})`;
  return [remark('APPROVAL_OTHER_POLICY', `${where}: given under ${given}`)];
}

/** The signer must have seen enough people approve the earlier stage in a way that counts. */
function lateReason(
  layer: LayerView,
  context: {
    readonly name: string;
    readonly policy: Policy;
    readonly order: Order;
    readonly standing: ReturnType<Order['inOrder']>;
  },
): Reason | undefined {
  const { name, order, standing } = context;
  const view = asApproval(layer);
  const needed = context.policy.stages.find((stage) => stage.name === name)?.threshold ?? 0;
  const seen = order.seenBy(layer, name, standing);
  if (!view || seen >= needed) return undefined;
  const count = `${seen} of ${needed}`;
  const listed = view.approval.roster.some((entry) => entry.stage === name) || seen > 0;
  const message = listed
    ? `${nameLayer(view)}: it rests on approvals of stage ${name} that do not count (${count} needed do)`
    : `${nameLayer(view)}: it was given before stage ${name} was approved (it had seen ${count} needed)`;
  return reason('APPROVAL_OUT_OF_ORDER', message);
}
