// SPDX-License-Identifier: Apache-2.0
// Which legacy cosign signatures were made together with the bundles on a manifest? Each travels in an annotation of its
// bundle too, so that one that a parallel writer overwrote in the shared tag can be put back by anybody.

import type { Digest } from '../base/digest.ts';
import { isBundleReferrer, readBundle } from '../oci/referrers/bundles.ts';
import { type CosignSignature, parseCosignNote, parseSimpleSigning } from '../oci/cosign/cosign.ts';
import type { ReadableRepository, Referrer } from '../oci/oci.ts';
import { AttachedBlobs, isContentProblem } from '../image/registry/blob-cache.ts';
import { COSIGN_ANNOTATION, certificatesOf, withIntermediatesOf } from '../image/registry/attached.ts';

/**
 * The signatures that belong into a manifest's legacy tag; entries that cannot be read are left out.
 * @throws RegistryError, NetworkError when the registry cannot be read
 */
export async function readCosignNotes(
  repository: ReadableRepository,
  subject: Digest,
  atHand: ReadonlyMap<Digest, Uint8Array> = new Map(),
): Promise<readonly CosignSignature[]> {
  const blobs = new AttachedBlobs(repository, atHand);
  const { referrers } = await repository.listReferrers(subject);
  const notes: CosignSignature[] = [];
  const certificates: Certificates = new Map();
  for (const referrer of referrers.filter(isBundleReferrer)) {
    const note = await readNote({ blobs, certificates }, referrer, subject);
    if (note) notes.push(note);
  }
  return notes;
}

/** Certificates of the bundles that were looked at: referrers without number may name one bundle. */
type Certificates = Map<Uint8Array, ReturnType<typeof certificatesOf>>;

async function readNote(
  { blobs, certificates }: { readonly blobs: AttachedBlobs; readonly certificates: Certificates },
  referrer: Referrer,
  subject: Digest,
): Promise<CosignSignature | undefined> {
  const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
  const signature = text === undefined ? undefined : parseCosignNote(text);
  if (!signature || parseSimpleSigning(signature.payload)?.digest !== subject) return undefined;
  try {
    const attached = await readBundle(blobs, referrer, 'none');
    const bundle = withIntermediatesOf(attached, blobs);
    const known = certificates.get(bundle) ?? certificatesOf(bundle);
    certificates.set(bundle, known);
    return { ...signature, ...known };
  } catch (error) {
    if (isContentProblem(error)) return undefined;
    throw error;
  }
}
