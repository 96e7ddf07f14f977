// SPDX-License-Identifier: Apache-2.0
// Is a layer about this image, all of it and nothing else?

import type { Reason } from '../../findings/reason.ts';
import { reason } from '../reasons.ts';
import { coversAll, type ImageView, type LayerView, nameLayer } from './view.ts';

/** What is wrong with a layer that names content which the image does not have. */
export function otherContent(view: LayerView): Reason {
  const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
  return reason('APPROVAL_OTHER_CONTENT', message);
}

/** Why the layer does not cover the image as it is; empty when it does. */
export function contentReasons(view: LayerView, image: ImageView): readonly Reason[] {
  if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
  if (coversAll(view, image)) return [];
  const covered = new Set(view.fact.covers);
  const gaps = image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
  const parts = gaps.slice(0, 5).join(', ') || 'everything';
  return [reason('LAYER_PARTIAL', `${nameLayer(view)}: ${subjectOf(view)} leaves out ${parts}`)];
}

function subjectOf({ fact }: LayerView): string {
  return fact.approval ? `the approval of stage ${fact.approval.stage}` : 'the signature';
}
