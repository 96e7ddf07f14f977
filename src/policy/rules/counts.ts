// SPDX-License-Identifier: Apache-2.0
// Does this layer count for this stage, and if not, why? One answer per layer and stage; the order of stages is looked
// at in policy order, because an approval rests on the approvals of earlier stages that count.

import { toSecond } from '../../base/time.ts';
import { type Candidate, matchCandidates } from './threshold.ts';
import type { ChainFinding } from './roster.ts';
import { describeIdentity } from './principals.ts';
import { isProblem, reason, remark } from '../reasons.ts';
import type { NativeFormat, Policy, Stage } from '../document/model.ts';
import { describeIdentityRule, matchesIdentity } from './signed-identity.ts';
import type { Reason } from '../../findings/reason.ts';
import {
  type ApprovalView,
  asApproval,
  compareText,
  coversAll,
  type ImageView,
  type LayerView,
  nameLayer,
} from './view.ts';

/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** What a layer has to do with a stage. It counts unless one of the reasons is a problem. */
export interface Claim {
  readonly layer: LayerView;
  readonly reasons: readonly Reason[];
  readonly counts: boolean;
  /** Made by an outsider: worth a remark, never a failure. */
  readonly outsider: boolean;
}

/** Claims by stage name, for all stages of the policy. */
export type Claims = ReadonlyMap<string, readonly Claim[]>;

interface Context {
  readonly policy: Policy;
  readonly image: ImageView;
  readonly chain: readonly ChainFinding[];
  /** Claims of the stages before this one. */
  readonly earlier: Map<string, readonly Claim[]>;
}

/** Judges every layer for every stage. */
export function claimsOf(policy: Policy, image: ImageView, chain: readonly ChainFinding[]): Claims {
  const context: Context = { policy, image, chain, earlier: new Map() };
  for (const stage of policy.stages)
    context.earlier.set(
      stage.name,
      image.layers.flatMap((layer) => claimOf(layer, stage, context) ?? []),
    );
  return context.earlier;
}

/** Who fills the stage as far as these claims go: each pair once, in the order of the approvers. */
export function candidatesOf(stage: Stage, claims: readonly Claim[]): readonly Candidate[] {
  const counting = claims.filter(({ counts }) => counts);
  return stage.approvers.flatMap((principal) => {
    const signers = counting
      .filter(({ layer }) => layer.principals.includes(principal))
      .map(({ layer }) => layer.signer);
    return [...new Set(signers)].sort(compareText).map((signer) => ({ signer, principal }));
  });
}

/** Reasons that do not depend on a stage's rules: content, time, chain. Shared with evaluation without a policy. */
export function intrinsicReasons(
  view: ApprovalView,
  image: ImageView,
  chain: readonly ChainFinding[],
): readonly Reason[] {
  const { approval } = view;
  const reasons = [...contentReasons(view, image), ...view.fact.reasons, ...timeReasons(view, image.now)];
  reasons.push(...chain.filter((finding) => finding.approval.fact === view.fact).map((finding) => finding.reason));
  if (!approval.dataVerified)
    reasons.push(remark('APPROVAL_WITHOUT_DATA', `${nameLayer(view)} approved digests without reading the data`));
  return reasons;
}

function claimOf(layer: LayerView, stage: Stage, context: Context): Claim | undefined {
  const approval = asApproval(layer);
  if (approval) return approval.approval.stage === stage.name ? approvalClaim(approval, stage, context) : undefined;
  return nativeClaim(layer, stage, context.image);
}

function approvalClaim(view: ApprovalView, stage: Stage, context: Context): Claim {
  const outsider = outsiderRemark(view, stage);
  if (outsider) return { layer: view, reasons: [outsider], counts: false, outsider: true };
  if (view.fact.signature !== 'valid') {
    const altered = reason('LAYER_ALTERED', `${nameLayer(view)}: the approval of stage ${stage.name} does not verify`);
    return { layer: view, reasons: [altered, ...view.fact.reasons], counts: false, outsider: false };
  }
  const reasons = [
    ...approverReasons(view, stage),
    ...verifierReasons(view, stage),
    ...intrinsicReasons(view, context.image, context.chain),
    ...orderReasons(view, stage, context),
    ...policyRemarks(view, context.policy),
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
  if (signature === 'valid' && view.principals.length === 0)
    return remark('SIGNER_NOT_A_PRINCIPAL', `${who} approved stage ${stage.name} and is no principal of the policy`);
  return undefined;
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

/** What is wrong with a layer that names content which the image does not have. */
export function otherContent(view: LayerView): Reason {
  const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
  return reason('APPROVAL_OTHER_CONTENT', message);
}

function subjectOf({ fact }: LayerView): string {
  return fact.approval ? `the approval of stage ${fact.approval.stage}` : 'the signature';
}

function contentReasons(view: LayerView, image: ImageView): readonly Reason[] {
  if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
  if (coversAll(view, image)) return [];
  const covered = new Set(view.fact.covers);
  const gaps = image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
  return [
    reason(
      'LAYER_PARTIAL',
      `${nameLayer(view)}: ${subjectOf(view)} leaves out ${gaps.slice(0, 5).join(', ') || 'everything'}`,
    ),
  ];
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

function orderReasons(view: ApprovalView, stage: Stage, context: Context): readonly Reason[] {
  return stage.after.flatMap((name) => orderReason(view, name, context) ?? []);
}

/** The roster must hold enough counting layers of the earlier stage to have met its threshold. */
function orderReason(view: ApprovalView, name: string, context: Context): Reason | undefined {
  const before = context.policy.stages.find((stage) => stage.name === name);
  if (!before) return reason('APPROVAL_OUT_OF_ORDER', `${nameLayer(view)}: stage ${name} is unknown`);
  const { roster } = view.approval;
  const seen = (context.earlier.get(name) ?? []).filter(({ layer }) =>
    roster.some(({ digest }) => digest === layer.fact.digest),
  );
  const approved = matchCandidates(candidatesOf(before, seen)).length;
  if (approved >= before.threshold) return undefined;
  const count = `${approved} of ${before.threshold}`;
  const listed = roster.some((entry) => entry.stage === name) || seen.length > 0;
  const message = listed
    ? `${nameLayer(view)}: it rests on approvals of stage ${name} that do not count (${count} needed do)`
    : `${nameLayer(view)}: it was given before stage ${name} was approved (it had seen ${count} needed)`;
  return reason('APPROVAL_OUT_OF_ORDER', message);
}

/** A signature that names no stage: it counts for every stage that accepts its format from this signer. */
function nativeClaim(layer: LayerView, stage: Stage, image: ImageView): Claim | undefined {
  const format = nativeFormat(layer);
  if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return undefined;
  const owner = claimantOf(layer, image);
  if (!stage.native.includes(format)) {
    if (owner || isBesideApproval(layer, image)) return undefined;
    const kind = format === 'cosign' ? 'plain cosign' : `native ${format}`;
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
  const reasons = [...contentReasons(takenTogether(layer, stage, image), image), ...layer.fact.reasons];
  if (stage.after.length > 0)
    reasons.push(
      remark(
        'NATIVE_ORDER_UNPROVEN',
        `${nameLayer(layer)}: it does not show that ${stage.after.join(', ')} came first`,
      ),
    );
  return { layer, reasons, counts: !reasons.some(isProblem), outsider: false };
}

function notAccepted(layer: LayerView, why: string): Claim {
  const reasons = [remark('NATIVE_NOT_ACCEPTED', `${nameLayer(layer)}: ${why}`)];
  return { layer, reasons, counts: false, outsider: true };
}

/** Said of a cosign signature that was made for another place than the stage asks for. */
function identityRemark(layer: LayerView, { name, signedIdentity }: Stage, image: ImageView): Reason | undefined {
  const { kind, signedReference } = layer.fact;
  if (kind !== 'cosign' || !signedIdentity) return undefined;
  const asked = image.facts.reference;
  if (signedReference !== undefined && matchesIdentity(signedIdentity, signedReference, asked)) return undefined;
  const made = signedReference === undefined ? 'it names no reference' : `it is for ${quoted(signedReference)}`;
  const place = asked === undefined ? 'the image is in no registry' : `the image is ${asked}`;
  const message = `${nameLayer(layer)}: ${made}, ${place}, and stage ${name} asks for ${describeIdentityRule(signedIdentity)}`;
  return remark('NATIVE_OTHER_IDENTITY', message);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function nativeFormat({ fact }: LayerView): NativeFormat | undefined {
  if (fact.kind === 'native-pgp') return 'pgp';
  if (fact.kind === 'cosign') return 'cosign';
  return fact.kind === 'native-dsse' ? 'dsse' : undefined;
}

/** cosign signs each manifest of a multi-platform image by itself: what one signer signed so is looked at as a whole. */
function takenTogether(layer: LayerView, stage: Stage, image: ImageView): LayerView {
  if (layer.fact.kind !== 'cosign' || layer.fact.contradicted) return layer;
  const { statedStage } = layer.fact;
  const same = image.layers.filter(
    (other) =>
      other.fact.kind === 'cosign' &&
      other.trusted &&
      !other.fact.contradicted &&
      other.signer === layer.signer &&
      other.fact.statedStage === statedStage &&
      !identityRemark(other, stage, image),
  );
  return { ...layer, fact: { ...layer.fact, covers: same.flatMap(({ fact }) => fact.covers) } };
}

/** Approvals in a registry are accompanied by a cosign signature of the same signer, for readers that know no other. */
function isBesideApproval({ fact, signer }: LayerView, image: ImageView): boolean {
  if (fact.kind !== 'cosign') return false;
  return image.layers.some(
    (other) => asApproval(other) !== undefined && other.fact.signature === 'valid' && other.signer === signer,
  );
}

/**
 * The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
 * whose stage the payload of a plain cosign signature names.
 */
export function claimantOf(layer: LayerView, image: ImageView): ApprovalView | undefined {
  const { kind, digest, statedStage } = layer.fact;
  return image.layers
    .flatMap((other) => asApproval(other) ?? [])
    .find(
      ({ fact, signer, approval }) =>
        fact.signature === 'valid' &&
        signer === layer.signer &&
        (kind === 'cosign' ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest)),
    );
}
