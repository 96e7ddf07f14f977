// SPDX-License-Identifier: Apache-2.0
// Sigstore's own reading of a bundle: a second opinion on every one that we write or read.

import { bundleFromJSON } from '@sigstore/bundle';
import type { JsonObject } from '../../base/json.ts';

/** A bundle as Sigstore's libraries take it. */
export type SigstoreBundle = ReturnType<typeof bundleFromJSON>;

/** The bundle in the JSON. @throws Error when Sigstore's own parser refuses it */
export function readSigstoreBundle(json: JsonObject): SigstoreBundle {
  return bundleFromJSON(json);
}
