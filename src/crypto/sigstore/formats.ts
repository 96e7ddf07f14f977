// SPDX-License-Identifier: Apache-2.0
// The messages of Sigstore's logs and roots as its libraries take them.

import type { CreateEntryRequest } from '@sigstore/protobuf-specs/rekor/v2';

export { HashAlgorithm, TransparencyLogEntry, TrustedRoot } from '@sigstore/protobuf-specs';

/** JSON of an entry for a log of version 2; verification does not load it. */
export async function entryRequestToJson(entry: CreateEntryRequest): Promise<unknown> {
  const rekor = await import('@sigstore/protobuf-specs/rekor/v2');
  return rekor.CreateEntryRequest.toJSON(entry);
}
