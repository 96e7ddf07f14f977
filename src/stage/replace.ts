// SPDX-License-Identifier: Apache-2.0
// Taking what was replaced away from an image in a registry or layout folder: every referrer that holds an approval or
// record, and what was written of it into legacy tags. An approval counts as long as one copy is found, so only a complete removal is
// reported as replaced.

import type { Clock } from '../base/clock.ts';
import { sha256, type Digest } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { AttachedBlobs } from '../image/registry/attached-blobs.ts';
import { ATTESTATION_ANNOTATION, COSIGN_ANNOTATION, readWholeBundle } from '../image/registry/attachments.ts';
import type { RegistryExamination } from '../image/registry/examine.ts';
import { parseCosignNote } from '../oci/cosign/cosign.ts';
import { dropCosignAttestation, dropCosignSignatures } from '../oci/cosign/write.ts';
import { RegistryError } from '../oci/errors.ts';
import type { Referrer, Repository } from '../oci/oci.ts';
import { isBundleReferrer } from '../oci/referrers/bundles.ts';
import type { EvidenceFact, LayerFact } from '../policy/facts.ts';
import { attestationOf, unlessRefused } from './plain/cosign-tags.ts';
import type { Successor } from './target.ts';

/** Whose place something new takes: an approval, or a record. */
type Replaced = Pick<LayerFact | EvidenceFact, 'place'>;

/** A referrer that holds a replaced approval or record. */
export interface Outdated {
  readonly subject: Digest;
  readonly referrer: Referrer;
  /** Of the envelope, where the legacy tag of the subject holds it too, or whoever attaches something puts it back. */
  readonly envelope?: Digest;
}

/**
 * Everything that holds a replaced approval and not the new one; asked before that is attached.
 * @throws RegistryError REGISTRY_REPLACE_REFUSED when it is known already that it would stay; as listReferrers
 */
export async function findOutdated(
  examined: RegistryExamination,
  { replaced, bundle }: { readonly replaced: readonly Replaced[]; readonly bundle: Uint8Array },
  repository: Repository,
): Promise<readonly Outdated[]> {
  if (replaced.length === 0) return [];
  assertOutside(replaced);
  const { bundles, attached, image } = examined;
  const old = new Set(
    bundles.flatMap(({ fact, opened }) =>
      opened && replaced.some((layer) => layer === fact) ? [sha256(opened.found.bytes)] : [],
    ),
  );
  old.delete(sha256(bundle));
  const outdated: Outdated[] = [];
  const blobs = new AttachedBlobs(repository, attached.blobs);
  for (const { digest: subject } of image.subjects)
    for (const referrer of (await repository.listReferrers(subject)).referrers.filter(isBundleReferrer)) {
      const bytes = await readWholeBundle(referrer, blobs);
      if (!bytes || !old.has(blobs.digestOf(bytes))) continue;
      const envelope = sha256(attestationOf(bytes).envelope);
      const isBeside = attached.envelopes.some(
        (other) => other.subject === subject && sha256(other.envelope) === envelope,
      );
      const isMarked = referrer.descriptor.annotations?.[ATTESTATION_ANNOTATION] === 'true';
      outdated.push({ subject, referrer, ...(isBeside || isMarked ? { envelope } : {}) });
    }
  for (const { referrer } of outdated) await repository.assertDetachable(referrer.manifest);
  return outdated;
}

/** What is in the image itself stays in it for ever. */
function assertOutside(replaced: readonly Replaced[]): void {
  const inside = replaced.find(({ place }) => place.in === 'sif');
  if (!inside || inside.place.in !== 'sif') return;
  throw new RegistryError(
    'REGISTRY_REPLACE_REFUSED',
    `the approval to be replaced is object ${inside.place.object} of the SIF itself, which no registry changes`,
    { hint: 'nothing was attached; replace it in the file with sign-stage and ⟨replace=true⟩, and push that' },
  );
}

/**
 * Takes the outdated referrers away, all that can be, and with them their legacy signatures and attestations.
 * @throws RegistryError REGISTRY_REPLACE_INCOMPLETE when one of them stays; when only the shared legacy tag could
 * not be changed, as dropCosignSignatures
 */
export async function takeAway(
  outdated: readonly Outdated[],
  successors: readonly Successor[],
  { repository, clock }: { readonly repository: Repository; readonly clock: Clock },
): Promise<void> {
  const left: { readonly name: string; readonly error: CountersignError }[] = [];
  const drop = (one: Outdated) => dropLegacy(repository, { ...one, successor: successorOf(one, successors) }, clock);
  // First, for by its referrer alone a run after an interrupted one knows what belongs to it.
  for (const one of outdated) await unlessRefused([], () => drop(one));
  for (const one of outdated) {
    const { manifest } = one.referrer;
    try {
      await repository.detachReferrer(manifest, successorOf(one, successors).manifest);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      left.push({ name: `${repository.name}@${manifest.digest}`, error });
    }
  }
  const [first] = left;
  if (first) throw incomplete(left, successors, first.error);
  // Once more: until the referrer went, whoever attached something put it back.
  for (const one of outdated) await drop(one);
}

function successorOf({ subject }: Outdated, successors: readonly Successor[]): Successor {
  const successor = successors.find((one) => one.subject === subject);
  if (!successor) throw new Error('an approval was replaced where no new one is');
  return successor;
}

async function dropLegacy(
  repository: Repository,
  { subject, referrer, envelope, successor }: Outdated & { readonly successor: Successor },
  clock: Clock,
): Promise<void> {
  if (envelope) await dropCosignAttestation(repository, subject, { envelope, clock });
  const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
  const note = text === undefined ? undefined : parseCosignNote(text);
  if (!note || (successor.legacy && Buffer.compare(note.signature, successor.legacy.signature) === 0)) return;
  const old = { ...note, certificate: undefined, chain: undefined };
  await dropCosignSignatures(repository, subject, { outdated: [old], clock });
}

function incomplete(
  left: readonly { readonly name: string }[],
  successors: readonly Successor[],
  cause: CountersignError,
): RegistryError {
  const names = left.map(({ name }) => name);
  const added = successors.map(({ manifest }) => manifest.digest).join(', ');
  return new RegistryError(
    'REGISTRY_REPLACE_INCOMPLETE',
    `the new approval is attached (${added}), but the earlier one stays, and counts for whoever does not find the new one: ${names.join(', ')}: ${cause.message}`,
    {
      hint: `delete ${names.length === 1 ? 'that manifest' : 'those manifests'} with a login that may: ${names.map((name) => `\`crane delete ${name}\``).join(', ')}, or on the registry’s page; nothing has to be signed again`,
      cause,
    },
  );
}
