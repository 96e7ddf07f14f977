// SPDX-License-Identifier: Apache-2.0
// What stands in cosign's tags for an approval goes with it: other tools read no withdrawals.

import { parseBundle } from '../../attest/bundle.ts';
import { parseEnvelope } from '../../attest/dsse.ts';
import { parseStatement } from '../../attest/statement.ts';
import { parseWithdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../../attest/withdrawal.ts';
import { type Digest, sha256 } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { AttachedBlobs } from '../../image/registry/attached-blobs.ts';
import { type Attachments, readWholeBundle } from '../../image/registry/attachments.ts';
import { type CosignSignature, orUndefined, parseSimpleSigning } from '../../oci/cosign/cosign.ts';
import { dropCosignAttestation, dropCosignSignatures } from '../../oci/cosign/write.ts';
import type { Referrer, Repository } from '../../oci/oci.ts';
import { isBundleReferrer } from '../../oci/referrers/bundles.ts';

/**
 * Approvals that attached withdrawals name, whoever signed these: what stands in a tag for others counts nowhere here, so
 * that one too few is put back and never one too many. @throws RegistryError, NetworkError
 */
export async function withdrawnIn(referrers: readonly Referrer[], blobs: AttachedBlobs): Promise<ReadonlySet<string>> {
  const withdrawn = new Set<string>();
  for (const referrer of referrers) {
    const type = referrer.descriptor.annotations?.['dev.sigstore.bundle.predicateType'];
    if (type !== WITHDRAWAL_PREDICATE_TYPE || !isBundleReferrer(referrer)) continue;
    const bytes = await readWholeBundle(referrer, blobs);
    const named = bytes && orUndefined(() => approvalsIn(bytes));
    for (const digest of named ?? []) withdrawn.add(digest);
  }
  return withdrawn;
}

function approvalsIn(bytes: Uint8Array): readonly Digest[] {
  const { predicateType, predicate } = parseStatement(parseBundle(bytes).envelope.payload);
  return predicateType === WITHDRAWAL_PREDICATE_TYPE ? parseWithdrawal(predicate).approvals : [];
}

/** The statement that a legacy signature says it is beside; empty when it names none. */
export function approvalNamed({ payload }: Pick<CosignSignature, 'payload'>): string {
  const named = parseSimpleSigning(payload)?.optional['approval'];
  return typeof named === 'string' ? named : '';
}

/**
 * Takes out of cosign's tags what stands there for these approvals.
 * @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
 */
export async function dropWithdrawn(
  { cosign, envelopes }: Pick<Attachments, 'cosign' | 'envelopes'>,
  withdrawn: ReadonlySet<string>,
  { repository, clock }: { readonly repository: Repository; readonly clock: Clock },
): Promise<void> {
  for (const { subject, envelope } of envelopes)
    if (withdrawn.has(orUndefined(() => sha256(parseEnvelope(envelope).payload)) ?? ''))
      await dropCosignAttestation(repository, subject, { envelope: sha256(envelope), clock });
  for (const { subject, signature } of cosign)
    if (withdrawn.has(approvalNamed(signature)))
      await dropCosignSignatures(repository, subject, { outdated: [signature], clock });
}
