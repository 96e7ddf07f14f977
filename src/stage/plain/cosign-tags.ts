// SPDX-License-Identifier: Apache-2.0
// What stands in cosign's tags beside approvals: signatures, for podman, skopeo and CRI-O read nothing else, and on request
// signed statements, the same envelope as in the bundle. An annotation of each bundle says what belongs there, so that anybody
// can put back what a parallel writer overwrote. It goes with its approval: other tools read no withdrawals.

import { type Bundle, parseBundle, parseEnvelope } from '../../attest/bundle.ts';
import { encodeEnvelope } from '../../attest/sign.ts';
import { parseStatement, subjectDigests } from '../../attest/statement.ts';
import { parseWithdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../../attest/withdrawal.ts';
import { type Digest, encodePem, sha256 } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { Examination } from '../../image/bundle.ts';
import { AttachedBlobs } from '../../image/registry/attached-blobs.ts';
import { ATTESTATION_ANNOTATION, COSIGN_ANNOTATION, readWholeBundle } from '../../image/registry/attachments.ts';
import type { RegistryExamination } from '../../image/registry/examine.ts';
import {
  type CosignSignature,
  cosignTag,
  encodeSimpleSigning,
  type NewAttestation,
  orUndefined,
  parseCosignNote,
  parseSimpleSigning,
  readCosignAttestations,
  readCosignSignatures,
} from '../../oci/cosign/cosign.ts';
import {
  dropCosignAttestation,
  dropCosignSignatures,
  keepCosignAttestations,
  keepCosignSignatures,
} from '../../oci/cosign/write.ts';
import type { BlobFetcher, ManifestFetcher, Referrer, ReferrerLister, Repository } from '../../oci/oci.ts';
import { isTagRefused, RegistryError, unlistedRemark } from '../../oci/errors.ts';
import { isBundleReferrer } from '../../oci/referrers/bundles.ts';
import { identityKey } from '../approval.ts';

/** What a signature for other tools says besides the manifest's digest. */
export interface LegacyPayload {
  /** Name for `docker-reference`: `registry/repository`. */
  readonly place: string;
  /** Optional part; its `stage` is what the signature can count for. */
  readonly optional: Readonly<Record<string, string>>;
}

/** A signature of a manifest as cosign makes it, by a key or certificate. */
export async function signLegacy(
  digest: Digest,
  { place, optional }: LegacyPayload,
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<CosignSignature> {
  const payload = encodeSimpleSigning(place, digest, optional);
  return { payload, signature: await signer.signPae(payload, now), ...certificatesOf(signer) };
}

/** True when the image has a valid legacy signature of this manifest by this signer. */
export function hasLegacy({ facts }: Pick<Examination, 'facts'>, subject: Digest, { identity }: Signer): boolean {
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

/** A shared tag that must not change, or be read, makes no approval invalid: that is a remark, and the result undefined. */
export async function unlessRefused<T>(remarks: string[], change: () => Promise<T>): Promise<T | undefined> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.code !== 'REGISTRY_TAG_IMMUTABLE' && !isTagRefused(error)) throw error;
    remarks.push(unlistedRemark(error));
    return undefined;
  }
}

/** Blobs that were read already, and the clock that says how long to wait for other writers. */
export interface TagWriting {
  readonly atHand: ReadonlyMap<Digest, Uint8Array>;
  readonly clock: Clock;
}

/**
 * Writes our signatures into the tag of a manifest, and puts back those of other layers that a parallel writer may have
 * overwritten. False when nothing was missing.
 * @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
 */
export function keepLegacy(
  repository: Repository,
  subject: Digest,
  { ours, atHand, clock }: TagWriting & { readonly ours: readonly CosignSignature[] },
): Promise<boolean> {
  const others = () => readCosignNotes(repository, subject, atHand);
  return keepCosignSignatures(repository, subject, { ours, others, clock });
}

/** The same for the statements of these bundles in cosign's attestation tag. @throws as keepLegacy */
export function keepAttestations(
  repository: Repository,
  subject: Digest,
  { bundles, atHand, clock }: TagWriting & { readonly bundles: readonly Uint8Array[] },
): Promise<boolean> {
  const others = () => readMarked(repository, subject, atHand);
  return keepCosignAttestations(repository, subject, { ours: bundles.map(attestationOf), others, clock });
}

type AttachedReader = BlobFetcher & ManifestFetcher & ReferrerLister;

/** Bundles attached to a manifest that have an annotation, and the approvals that others of them withdraw. */
async function annotated(
  repository: AttachedReader,
  subject: Digest,
  of: { annotation: string; blobs: AttachedBlobs },
) {
  const { referrers } = await repository.listReferrers(subject);
  const withdrawn = await withdrawnIn(referrers, of.blobs);
  const found = referrers.filter(
    (referrer) => referrer.descriptor.annotations?.[of.annotation] !== undefined && isBundleReferrer(referrer),
  );
  return { found, withdrawn };
}

/**
 * The signatures that belong into a manifest's tag; entries that cannot be read are left out.
 * @throws RegistryError, NetworkError when the registry cannot be read
 */
async function readCosignNotes(
  repository: AttachedReader,
  subject: Digest,
  atHand: ReadonlyMap<Digest, Uint8Array>,
): Promise<readonly CosignSignature[]> {
  const blobs = new AttachedBlobs(repository, atHand);
  const { found, withdrawn } = await annotated(repository, subject, { annotation: COSIGN_ANNOTATION, blobs });
  const notes: CosignSignature[] = [];
  const certificates: Certificates = new Map();
  for (const referrer of found) {
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

/** Statements of attached bundles that say that they belong into the tag, and are about this manifest. */
async function readMarked(
  repository: AttachedReader,
  subject: Digest,
  atHand: ReadonlyMap<Digest, Uint8Array>,
): Promise<readonly NewAttestation[]> {
  const blobs = new AttachedBlobs(repository, atHand);
  const { found, withdrawn } = await annotated(repository, subject, { annotation: ATTESTATION_ANNOTATION, blobs });
  const attestations: NewAttestation[] = [];
  for (const referrer of found) {
    if (referrer.descriptor.annotations?.[ATTESTATION_ANNOTATION] !== 'true') continue;
    const bytes = await readWholeBundle(referrer, blobs);
    const one =
      bytes && orUndefined(() => (isWanted(bytes, { subject, withdrawn }) ? attestationOf(bytes) : undefined));
    if (one) attestations.push(one);
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

/** Leaf and intermediates of a bundle as a legacy signature has them. */
function certificatesOf({ material }: Pick<Bundle, 'material'>): Pick<CosignSignature, 'certificate' | 'chain'> {
  if (material.kind !== 'certificates') return { certificate: undefined, chain: undefined };
  const [leaf, ...rest] = material.chain.map((der) => encodePem('CERTIFICATE', der));
  return { certificate: leaf, chain: rest.join('') };
}

/**
 * Approvals that attached withdrawals name, whoever signed these: what stands in a tag for others counts nowhere here, so
 * that one too few is put back and never one too many. @throws RegistryError, NetworkError
 */
async function withdrawnIn(referrers: readonly Referrer[], blobs: AttachedBlobs): Promise<ReadonlySet<string>> {
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
 * Takes out of cosign's tags what stands there now for these approvals; false when there is nothing.
 * @throws RegistryError REGISTRY_TAG_IMMUTABLE, REGISTRY_MANIFEST_INVALID and others; NetworkError
 */
export async function dropWithdrawn(
  { image, attached }: Pick<RegistryExamination, 'image' | 'attached'>,
  withdrawn: ReadonlySet<string>,
  at: { readonly repository: Repository; readonly clock: Clock },
): Promise<boolean> {
  if (withdrawn.size === 0) return false;
  const blobs = new AttachedBlobs(at.repository, attached.blobs);
  let dropped = false;
  for (const { digest } of image.subjects) {
    const copies = await readCosignAttestations(blobs, digest);
    for (const { envelope } of copies)
      if (withdrawn.has(orUndefined(() => sha256(parseEnvelope(envelope).payload)) ?? '')) {
        await dropCosignAttestation(at.repository, digest, { envelope: sha256(envelope), clock: at.clock });
        dropped = true;
      }
    const signatures = await readCosignSignatures(blobs, digest);
    const outdated = signatures.filter((signature) => withdrawn.has(approvalNamed(signature)));
    if (outdated.length === 0) continue;
    await dropCosignSignatures(at.repository, digest, { outdated, clock: at.clock });
    dropped = true;
  }
  return dropped;
}
