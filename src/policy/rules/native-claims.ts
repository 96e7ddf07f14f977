// SPDX-License-Identifier: Apache-2.0
// Signatures that name no stage, native ones of SIFs and plain ones by cosign: for which stages do they count?

import type { NativeFormat, Stage } from '../document/model.ts';
import type { Reason } from '../../findings/reason.ts';
import { isSameSigner } from '../../findings/signer-name.ts';
import { isProblem, remark } from '../reasons.ts';
import { describeIdentityRule, matchesIdentity } from './signed-identity.ts';
import {
  type ApprovalView,
  arePartsOfOne,
  asApproval,
  type Claim,
  contentReasons,
  type ImageView,
  isGivenBySigner,
  type LayerView,
  nameLayer,
} from './view.ts';

/** Counts for every stage that accepts the format from this signer; undefined where there is nothing to say. */
export function nativeClaim(layer: LayerView, stage: Stage, image: ImageView): Claim | undefined {
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
  if (layer.fact.companion) return notAccepted(layer, 'it was made beside an approval and counts with that alone');
  const { statedStage } = layer.fact;
  if (statedStage === null) return notAccepted(layer, 'it does not say in one text for which stage it is');
  if (statedStage !== undefined && statedStage !== stage.name)
    return notAccepted(layer, `it says that it is for stage ${JSON.stringify(statedStage.slice(0, 80))}`);
  const otherPlace = identityRemark(layer, stage, image);
  if (otherPlace) return { layer, reasons: [otherPlace], counts: false, outsider: true };
  const reasons = [...contentReasons(takenTogether(layer, stage, image), image), ...layer.fact.reasons];
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

/** Said of a cosign signature that was made for another place than the stage asks for. */
function identityRemark(layer: LayerView, { name, signedIdentity }: Stage, image: ImageView): Reason | undefined {
  const { kind, signedReference } = layer.fact;
  if (kind !== 'cosign' || !signedIdentity) return undefined;
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
  if (fact.kind === 'cosign') return 'cosign';
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

/** Approvals in a registry are accompanied by a cosign signature of the same signer, for readers that know no other. */
function isBesideApproval({ fact }: LayerView, image: ImageView): boolean {
  return fact.kind === 'cosign' && approvalsBy(fact.signer, image).length > 0;
}

/**
 * The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
 * whose stage the payload of a plain cosign signature names.
 */
export function claimantOf({ fact }: LayerView, image: ImageView): ApprovalView | undefined {
  const { kind, digest, statedStage, signer } = fact;
  return approvalsBy(signer, image).find(({ approval }) =>
    kind === 'cosign' ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest),
  );
}

function approvalsBy(signer: LayerView['fact']['signer'], image: ImageView): readonly ApprovalView[] {
  return image.layers
    .flatMap((other) => asApproval(other) ?? [])
    .filter(({ fact }) => fact.signature === 'valid' && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
}
