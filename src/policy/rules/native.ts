// SPDX-License-Identifier: Apache-2.0
// Signatures that name no stage, native in a SIF or by cosign, Notation or GPG: does a stage take one by its approver, and if
// not, why?

import type { Reason } from '../../findings/signature.ts';
import type { NativeFormat, Stage } from '../document/model.ts';
import { isProblem, reason, remark } from '../reasons.ts';
import { describeIdentityRule, matchesIdentity } from './signed-identity.ts';
import {
  ageReasons,
  type ApprovalView,
  approvalsBy,
  arePartsOfOne,
  type Claim,
  claimantOf,
  contentReasons,
  type ImageView,
  isPlain,
  type LayerView,
  nameLayer,
} from './view.ts';

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

/** Counts for every stage that accepts the format from this approver of it; undefined where there is nothing to say. */
export function nativeClaim(
  layer: LayerView,
  stage: Stage,
  {
    format,
    image,
    owner,
  }: {
    readonly format: NativeFormat;
    readonly image: ImageView;
    /** The approval that it belongs to. */
    readonly owner: ApprovalView | undefined;
  },
): Claim | undefined {
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
