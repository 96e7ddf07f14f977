// SPDX-License-Identifier: Apache-2.0
// Is an approval too old for its stage?

import { toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import { reason } from '../reasons.ts';
import type { Stage } from '../document/model.ts';
import { type LayerView, nameLayer } from '../rules/view.ts';

/** Why a layer is too old for its stage; a time that the signer states can make it older than it is proven to be. */
export function ageReasons(view: LayerView, { name, maxAge }: Stage, now: Date): readonly Reason[] {
  if (maxAge === undefined) return [];
  const { approval, signedAt, proven } = view.fact;
  const stated = Date.parse(approval?.timeVerified ?? signedAt ?? '');
  const times = [...(Number.isNaN(stated) ? [] : [stated]), ...(proven ? [proven.time.getTime()] : [])];
  const [oldest] = times.toSorted((a, b) => a - b);
  if (oldest !== undefined && now.getTime() - oldest <= maxAge) return [];
  const of = oldest === undefined ? 'does not say when it was made' : `is of ${toSecond(new Date(oldest))}`;
  return [reason('APPROVAL_TOO_OLD', `${nameLayer(view)}: it ${of}, too old for stage ${name}`)];
}
