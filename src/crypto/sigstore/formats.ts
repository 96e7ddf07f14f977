// SPDX-License-Identifier: Apache-2.0
// Sigstore's formats as its libraries take them: bundles, of whose reading this is a second opinion on every one that we
// write or read, and the messages of its logs and roots.

import type { CreateEntryRequest } from '@sigstore/protobuf-specs/rekor/v2';

export { bundleFromJSON as readSigstoreBundle, type Bundle as SigstoreBundle } from '@sigstore/bundle';
export { HashAlgorithm, TransparencyLogEntry, TrustedRoot } from '@sigstore/protobuf-specs';

/** JSON of an entry for a log of version 2; verification does not load it. */
export async function entryRequestToJson(entry: CreateEntryRequest): Promise<unknown> {
  const rekor = await import('@sigstore/protobuf-specs/rekor/v2');
  return rekor.CreateEntryRequest.toJSON(entry);
}
