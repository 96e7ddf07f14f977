// SPDX-License-Identifier: Apache-2.0
// Trust material from parts: whatever is not given is empty.

import type { TrustMaterial } from './verifier.ts';

/** Trust material with these parts and nothing else. */
export function trustIn(parts: Partial<TrustMaterial>): TrustMaterial {
  return { keyrings: [], keys: [], anchors: [], intermediates: [], certificates: [], ...parts };
}
