// SPDX-License-Identifier: Apache-2.0
// On request, signed statements also stand in cosign's attestation tag: the same envelope and signature as in the bundle.
// An annotation of the bundle says so, so that anybody can put back one that a parallel writer overwrote.

import { parseBundle } from '../../attest/bundle.ts';
import { encodeEnvelope } from '../../attest/sign.ts';
import { parseStatement, subjectDigests } from '../../attest/statement.ts';
import type { Digest } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { AttachedBlobs } from '../../image/registry/attached-blobs.ts';
import { ATTESTATION_ANNOTATION, readWholeBundle } from '../../image/registry/attachments.ts';
import { type NewAttestation, orUndefined } from '../../oci/cosign/cosign.ts';
import { keepCosignAttestations } from '../../oci/cosign/write.ts';
import type { Repository } from '../../oci/oci.ts';
import { isBundleReferrer } from '../../oci/referrers/bundles.ts';
import { certificatesOf, withdrawnIn } from './legacy-signatures.ts';

/**
 * The attestation that holds what a bundle holds.
 * @throws SignatureError, DataError when these are not the bytes of a bundle with a statement
 */
export function attestationOf(bytes: Uint8Array): NewAttestation {
  const bundle = parseBundle(bytes);
  const { payloadType, payload, signature } = bundle.envelope;
  return {
    // Readers of Go look for the member, and cosign itself writes it empty.
    envelope: encodeEnvelope({ payloadType, payload, signatures: [{ keyid: '', signature }] }),
    predicateType: parseStatement(payload).predicateType,
    ...certificatesOf(bundle),
  };
}

/**
 * Sees to it that the tag of a manifest holds the envelopes of these bundles, and those of others that a parallel writer
 * may have overwritten. False when nothing was missing.
 * @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
 */
export function keepAttestations(
  repository: Repository,
  subject: Digest,
  { bundles, atHand, clock }: AttestationsToKeep,
): Promise<boolean> {
  const others = () => readMarked(repository, subject, atHand);
  return keepCosignAttestations(repository, subject, { ours: bundles.map(attestationOf), others, clock });
}

/** What belongs into the tag. */
export interface AttestationsToKeep {
  readonly bundles: readonly Uint8Array[];
  /** Blobs that were read already. */
  readonly atHand: ReadonlyMap<Digest, Uint8Array>;
  readonly clock: Clock;
}

/** Attestations of the attached bundles that say that they belong into the tag, and are about this manifest. */
async function readMarked(
  repository: Repository,
  subject: Digest,
  atHand: ReadonlyMap<Digest, Uint8Array>,
): Promise<readonly NewAttestation[]> {
  const blobs = new AttachedBlobs(repository, atHand);
  const { referrers } = await repository.listReferrers(subject);
  const withdrawn = await withdrawnIn(referrers, blobs);
  const marked = referrers.filter(
    (referrer) => referrer.descriptor.annotations?.[ATTESTATION_ANNOTATION] === 'true' && isBundleReferrer(referrer),
  );
  const attestations: NewAttestation[] = [];
  for (const referrer of marked) {
    const bytes = await readWholeBundle(referrer, blobs);
    const found =
      bytes && orUndefined(() => (isWanted(bytes, { subject, withdrawn }) ? attestationOf(bytes) : undefined));
    if (found) attestations.push(found);
  }
  return attestations;
}

function isWanted(
  bytes: Uint8Array,
  { subject, withdrawn }: { readonly subject: Digest; readonly withdrawn: ReadonlySet<string> },
): boolean {
  const { envelope, payloadDigest } = parseBundle(bytes);
  if (withdrawn.has(payloadDigest)) return false;
  return parseStatement(envelope.payload).subject.some((one) => subjectDigests(one).includes(subject));
}
