// SPDX-License-Identifier: Apache-2.0
// A layer that does not count by its own time may have been good when somebody else listed it: a later approval, proven by a
// timestamp of its own, that counts but for its place in the order, or did before it was replaced. Then the layer is
// judged by that approval's time.

import type { Policy } from '../document/model.ts';
import type { ImageFacts, LayerFact } from '../facts.ts';
import { isProblem } from '../reasons.ts';
import { timeReasons } from './claims.ts';
import {
  type ApprovalView,
  asApproval,
  coversAll,
  type ImageView,
  standingFacts,
  viewImage,
  vouchingOf,
} from './view.ts';

/** The layers of an image, each judged by the earliest time that is proven for it. */
export function settleTimes(policy: Policy | undefined, facts: ImageFacts, now: Date): ImageFacts {
  const image = viewImage(policy, facts, now);
  const vouching = new Set<string>(
    image.layers
      .flatMap((layer) => asApproval(layer) ?? [])
      .filter((view) => mayVouch(view, image, policy))
      .map(({ fact }) => fact.digest),
  );
  const standing = standingFacts(policy, facts, now);
  const layers = facts.layers.map((layer, index) =>
    isIdle(standing.layers[index] ?? layer, { policy, standing, now }) ? settled(layer, vouching) : layer,
  );
  return { ...facts, layers };
}

/** True for a signature that holds and does not count by its own time, be it for its key or for what the policy says of its signer. */
function isIdle(
  layer: LayerFact,
  { policy, standing, now }: { readonly policy: Policy | undefined; readonly standing: ImageFacts; readonly now: Date },
): boolean {
  if (layer.signature !== 'valid' || !policy || !layer.granted) return layer.signature === 'untrusted';
  return vouchingOf(policy, standing, { fact: layer, now }).vouchers.length === 0;
}

/** Whether an approval counts, by all that does not depend on other layers. */
function mayVouch(view: ApprovalView, image: ImageView, policy: Policy | undefined): boolean {
  const { approval, fact, principals } = view;
  const stage = policy?.stages.find(({ name }) => name === approval.stage);
  const approves =
    !policy || (stage?.id === approval.verifierId && principals.some((name) => stage.approvers.includes(name)));
  const sound = ![...fact.reasons, ...timeReasons(view, image.now)].some(isProblem);
  return approves && sound && view.trusted && fact.proven?.proof === 'timestamp' && coversAll(view, image);
}

function settled(layer: LayerFact, vouching: ReadonlySet<string>): LayerFact {
  const time = layer.vouched?.find(({ by }) => vouching.has(by));
  if (!time) return layer;
  const { vouched: _, ...rest } = layer;
  return { ...rest, signature: 'valid', signer: time.signer, reasons: time.reasons, proven: time.proven };
}
