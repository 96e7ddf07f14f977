// SPDX-License-Identifier: Apache-2.0
// Legacy cosign signatures beside approvals: podman, skopeo and CRI-O read nothing else. Each also travels in an
// annotation of its bundle, so that anybody can put back one that a parallel writer overwrote in the shared tag. What stands
// in cosign's tags for an approval goes with it: other tools read no withdrawals.

import { type Bundle, parseBundle, parseEnvelope } from '../../attest/bundle.ts';
import { parseStatement } from '../../attest/statement.ts';
import { parseWithdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../../attest/withdrawal.ts';
import { type Digest, encodePem, sha256 } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Signer } from '../../crypto/signer.ts';
import { AttachedBlobs } from '../../image/registry/attached-blobs.ts';
import { type Attachments, COSIGN_ANNOTATION, readWholeBundle } from '../../image/registry/attachments.ts';
import type { RegistryExamination } from '../../image/registry/examine.ts';
import {
  type CosignSignature,
  cosignTag,
  encodeSimpleSigning,
  orUndefined,
  parseCosignNote,
  parseSimpleSigning,
} from '../../oci/cosign/cosign.ts';
import { dropCosignAttestation, dropCosignSignatures, keepCosignSignatures } from '../../oci/cosign/write.ts';
import type { BlobFetcher, ManifestFetcher, Referrer, ReferrerLister, Repository } from '../../oci/oci.ts';
import { isBundleReferrer } from '../../oci/referrers/bundles.ts';
import { identityKey } from '../approval.ts';

/** What a legacy signature says besides the manifest's digest. */
export interface LegacyPayload {
  /** Name for `docker-reference`: `registry/repository`. */
  readonly place: string;
  /** Optional part; its `stage` is what the signature can count for. */
  readonly optional: Readonly<Record<string, string>>;
}

/** A legacy signature of a manifest by a key or certificate; undefined for OpenPGP, which cosign does not know. */
export async function signLegacy(
  digest: Digest,
  { place, optional }: LegacyPayload,
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<CosignSignature | undefined> {
  if (signer.method === 'pgp') return undefined;
  const payload = encodeSimpleSigning(place, digest, optional);
  return { payload, signature: await signer.signPae(payload, now), ...certificatesOf(signer) };
}

/** True when the image has a valid legacy signature of this manifest by this signer. */
export function hasLegacy({ facts }: RegistryExamination, subject: Digest, { identity }: Signer): boolean {
  const name = `tag ${cosignTag(subject, 'sig')}`;
  return facts.layers.some(
    ({ kind, place, signature, signer }) =>
      kind === 'cosign' &&
      place.in === 'registry' &&
      place.name === name &&
      signature === 'valid' &&
      signer !== null &&
      identityKey(signer) === identityKey(identity),
  );
}

/**
 * Writes a legacy signature, if there is one, and puts back those of other layers that a parallel writer may have
 * overwritten. False when nothing was missing.
 * @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
 */
export function keepLegacy(
  repository: Repository,
  subject: Digest,
  {
    ours,
    atHand,
    clock,
  }: {
    readonly ours: readonly CosignSignature[];
    /** Blobs that were read already. */
    readonly atHand: ReadonlyMap<Digest, Uint8Array>;
    readonly clock: Clock;
  },
): Promise<boolean> {
  const others = () => readCosignNotes(repository, subject, atHand);
  return keepCosignSignatures(repository, subject, { ours, others, clock });
}

/**
 * The signatures that belong into a manifest's legacy tag; entries that cannot be read are left out.
 * @throws RegistryError, NetworkError when the registry cannot be read
 */
async function readCosignNotes(
  repository: BlobFetcher & ManifestFetcher & ReferrerLister,
  subject: Digest,
  atHand: ReadonlyMap<Digest, Uint8Array>,
): Promise<readonly CosignSignature[]> {
  const blobs = new AttachedBlobs(repository, atHand);
  const { referrers } = await repository.listReferrers(subject);
  const withdrawn = await withdrawnIn(referrers, blobs);
  const notes: CosignSignature[] = [];
  const certificates: Certificates = new Map();
  for (const referrer of referrers.filter(isBundleReferrer)) {
    const note = await readNote({ blobs, certificates }, referrer, subject);
    if (note && !withdrawn.has(approvalNamed(note))) notes.push(note);
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
  const bundle = await readWholeBundle(referrer, blobs);
  const known = bundle && (certificates.get(bundle) ?? orUndefined(() => certificatesOf(parseBundle(bundle))));
  if (!bundle || !known) return undefined;
  certificates.set(bundle, known);
  return { ...signature, ...known };
}

/** Leaf and intermediates of a bundle as a legacy signature has them. */
export function certificatesOf({ material }: Pick<Bundle, 'material'>): Pick<CosignSignature, 'certificate' | 'chain'> {
  if (material.kind !== 'certificates') return { certificate: undefined, chain: undefined };
  const [leaf, ...rest] = material.chain.map((der) => encodePem('CERTIFICATE', der));
  return { certificate: leaf, chain: rest.join('') };
}

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
function approvalNamed({ payload }: Pick<CosignSignature, 'payload'>): string {
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
