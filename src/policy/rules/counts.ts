// SPDX-License-Identifier: Apache-2.0
// Does this layer count for this stage, and if not, why? One answer per layer and stage; the order of stages is looked
// at in policy order, because an approval rests on the approvals of earlier stages that count.

import { listed } from '../../base/text.ts';
import { isSameSigner, type Reason } from '../../findings/signature.ts';
import type { NativeFormat, Policy, Stage } from '../document/model.ts';
import { isProblem, reason, remark } from '../reasons.ts';
import { grantRemarks } from './grants.ts';
import { candidatesOf, Order, replacementOf, withKin } from './order.ts';
import type { ChainFinding } from './roster.ts';
import { describeIdentityRule, matchesIdentity } from './signed-identity.ts';
import { describeIdentity } from './people.ts';
import { unlikeness } from '../keyless/match.ts';
import { ageReasons, timeReasons } from '../times/approval.ts';
import {
  type ApprovalView,
  arePartsOfOne,
  asApproval,
  type Claim,
  type Claims,
  contentReasons,
  type ImageView,
  isGivenBySigner,
  type LayerView,
  nameLayer,
  isPlain,
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
  const order = new Order(policy, found.image, withKin(new Map(counting)));
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
  const aside = outsiderRemark(view, stage, policy) ?? replacedRemark(view, found.replacements);
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
    ...grantRemarks(view),
  ];
  return { layer: view, reasons, counts: view.trusted && !reasons.some(isProblem), outsider: false };
}

function outsiderRemark(view: ApprovalView, stage: Stage, policy: Policy): Reason | undefined {
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
  if (view.principals.length === 0 && view.vouching?.problem !== undefined)
    return remark('GRANT_NOT_GOOD', `${who} approved stage ${stage.name}, and ${view.vouching.problem}`);
  if (view.principals.length === 0)
    return remark(
      'SIGNER_NOT_A_PRINCIPAL',
      `${who} approved stage ${stage.name} and is no principal of the policy${unlikeness(policy, { identity: signer })}`,
    );
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
  const isListed = view.approval.roster.some((entry) => entry.stage === name) || seen > 0;
  const message = isListed
    ? `${nameLayer(view)}: it rests on approvals of stage ${name} that do not count (${count} needed do)`
    : `${nameLayer(view)}: it was given before stage ${name} was approved (it had seen ${count} needed)`;
  return reason('APPROVAL_OUT_OF_ORDER', message);
}

/** The cosign signature that stood beside an approval, without it: whoever copied the image took along the one alone. */
function leftBehind(layer: LayerView, { name }: Stage): Claim | undefined {
  if (layer.fact.statedStage !== name) return undefined;
  return { layer, reasons: [leftBehindReason(layer)], counts: false, outsider: true };
}

/** Of every cosign signature by somebody trusted whose approval is not here, without regard to a policy. */
export function reasonsLeftBehind(image: ImageView): readonly Reason[] {
  return image.layers
    .filter((layer) => layer.trusted && layer.fact.companion === true && !claimantOf(layer, image))
    .map(leftBehindReason);
}

function leftBehindReason(layer: LayerView): Reason {
  const stage = layer.fact.statedStage ?? 'nobody knows which';
  const message = `${nameLayer(layer)}: the approval of stage ${stage} that it was made beside is not here`;
  return reason('APPROVAL_LEFT_BEHIND', message);
}

/** Counts for every stage that accepts the format from this signer; undefined where there is nothing to say. */
export function nativeClaim(layer: LayerView, stage: Stage, image: ImageView): Claim | undefined {
  const format = nativeFormat(layer);
  if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return undefined;
  const owner = claimantOf(layer, image);
  if (layer.fact.companion && !owner) return leftBehind(layer, stage);
  if (!stage.native.includes(format)) {
    if (owner || isBesideApproval(layer, image)) return undefined;
    const kind = isPlain(layer.fact) ? `plain ${format}` : `native ${format}`;
    return notAccepted(layer, `stage ${stage.name} does not accept ${kind} signatures`);
  }
  if (owner)
    return notAccepted(layer, `it is part of the approval of stage ${owner.approval.stage} and counts with that alone`);
  const { statedStage } = layer.fact;
  if (statedStage === null) return notAccepted(layer, 'it does not say in one text for which stage it is');
  if (statedStage !== undefined && statedStage !== stage.name)
    return notAccepted(layer, `it says that it is for stage ${JSON.stringify(statedStage.slice(0, 80))}`);
  const otherPlace = identityRemark(layer, stage, image);
  if (otherPlace) return { layer, reasons: [otherPlace], counts: false, outsider: true };
  const reasons = [
    ...contentReasons(takenTogether(layer, stage, image), image, stage.name),
    ...ageReasons(layer, stage, image.now),
    ...layer.fact.reasons,
  ];
  if (stage.after.length > 0) {
    const message = `${nameLayer(layer)}: it does not show that ${stage.after.join(', ')} came first`;
    reasons.push(remark('NATIVE_ORDER_UNPROVEN', message));
  }
  return { layer, reasons, counts: !reasons.some(isProblem), outsider: false };
}

function notAccepted(layer: LayerView, why: string): Claim {
  const reasons = [remark('NATIVE_NOT_ACCEPTED', `${nameLayer(layer)}: ${why}`)];
  return { layer, reasons, counts: false, outsider: true };
}

/** Said of a signature by cosign or GPG that was made for another place than the stage asks for. */
function identityRemark(layer: LayerView, { name, signedIdentity }: Stage, image: ImageView): Reason | undefined {
  const { kind, signedReference } = layer.fact;
  if ((kind !== 'cosign' && kind !== 'simple-signing') || !signedIdentity) return undefined;
  const asked = image.facts.reference;
  if (signedReference !== undefined && matchesIdentity(signedIdentity, signedReference, asked)) return undefined;
  const made =
    signedReference === undefined
      ? 'it names no reference'
      : `it is for ${JSON.stringify(signedReference.slice(0, 200))}`;
  const place = asked === undefined ? 'the image is in no registry' : `the image is ${asked}`;
  const message = `${nameLayer(layer)}: ${made}, ${place}, and stage ${name} asks for ${describeIdentityRule(signedIdentity)}`;
  return remark('NATIVE_OTHER_IDENTITY', message);
}

function nativeFormat({ fact }: LayerView): NativeFormat | undefined {
  if (fact.kind === 'native-pgp') return 'pgp';
  if (isPlain(fact)) return fact.kind;
  return fact.kind === 'native-dsse' ? 'dsse' : undefined;
}

/** What one signer signed part by part is looked at as a whole: each manifest of an index, each group of a SIF. */
function takenTogether(layer: LayerView, stage: Stage, image: ImageView): LayerView {
  const { contradicted, statedStage } = layer.fact;
  if (contradicted) return layer;
  const same = image.layers.filter(
    (other) =>
      arePartsOfOne(other.fact, layer.fact, image.facts) &&
      other.trusted &&
      !other.fact.contradicted &&
      !other.fact.reasons.some(isProblem) &&
      other.fact.statedStage === statedStage &&
      !identityRemark(other, stage, image) &&
      !claimantOf(other, image),
  );
  return {
    ...layer,
    fact: { ...layer.fact, covers: [...layer.fact.covers, ...same.flatMap(({ fact }) => fact.covers)] },
  };
}

/** Approvals in a registry are accompanied by plain signatures of the same signer, for readers that know no other. */
function isBesideApproval({ fact }: LayerView, image: ImageView): boolean {
  return isPlain(fact) && approvalsBy(fact.signer, image).length > 0;
}

/**
 * The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
 * whose stage a plain signature names.
 */
export function claimantOf({ fact }: LayerView, image: ImageView): ApprovalView | undefined {
  const { kind, digest, statedStage, signer } = fact;
  return approvalsBy(signer, image).find(({ approval }) =>
    isPlain({ kind }) ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest),
  );
}

function approvalsBy(signer: LayerView['fact']['signer'], image: ImageView): readonly ApprovalView[] {
  return image.layers
    .flatMap((other) => asApproval(other) ?? [])
    .filter(({ fact }) => fact.signature === 'valid' && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
}
