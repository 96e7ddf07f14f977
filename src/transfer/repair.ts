// SPDX-License-Identifier: Apache-2.0
// Puts layers that a shared list lost back into it: the fallback index of referrers and cosign's tags. The
// layers themselves are never lost; other tools only see what is listed.

import type { Digest } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { cosignTag, readCosignAttestations, readCosignSignatures } from '../oci/cosign/cosign.ts';
import { parseList } from '../oci/manifest.ts';
import { referrersTag } from '../oci/reference.ts';
import type { BlobFetcher, ManifestFetcher, Repository } from '../oci/oci.ts';
import { keepAttestations, keepLegacy } from '../stage/plain/cosign-tags.ts';
import type { RegistryImage } from '../image/registry/image.ts';

/** How many entries a manifest's shared lists had before and have now. */
export interface Repaired {
  readonly subject: Digest;
  readonly referrers: { readonly before: number; readonly after: number };
  readonly signatures: { readonly before: number; readonly after: number };
  readonly attestations: { readonly before: number; readonly after: number };
  /** False when all lists were as they should be. */
  readonly changed: boolean;
}

/** Repairs the lists of an image and its platforms. @throws RegistryError, NetworkError */
export async function repairImage(
  image: RegistryImage,
  repository: Repository,
  clock: Clock,
): Promise<readonly Repaired[]> {
  const repaired: Repaired[] = [];
  for (const subject of image.subjects) {
    const before = await counts(repository, subject.digest);
    await repository.repairReferrers(subject.digest);
    await keepLegacy(repository, subject.digest, { ours: [], atHand: new Map(), clock });
    await keepAttestations(repository, subject.digest, { bundles: [], atHand: new Map(), clock });
    const after = await counts(repository, subject.digest);
    repaired.push({
      subject: subject.digest,
      referrers: { before: before.referrers, after: after.referrers },
      signatures: { before: before.signatures, after: after.signatures },
      attestations: { before: before.attestations, after: after.attestations },
      changed: before.tags.some((digest, at) => digest !== after.tags[at]),
    });
  }
  return repaired;
}

async function counts(repository: ManifestFetcher & BlobFetcher, subject: Digest) {
  const tag = referrersTag(subject);
  const index = await repository.getManifest(tag);
  return {
    referrers: index ? parseList(index, `the tag ${tag}`).manifests.length : 0,
    signatures: (await readCosignSignatures(repository, subject)).length,
    attestations: (await readCosignAttestations(repository, subject)).length,
    tags: [
      index?.digest,
      (await repository.getManifest(cosignTag(subject, 'sig')))?.digest,
      (await repository.getManifest(cosignTag(subject, 'att')))?.digest,
    ],
  };
}
