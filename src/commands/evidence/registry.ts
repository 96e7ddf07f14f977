// SPDX-License-Identifier: Apache-2.0
// Where statements about an image in a registry or OCI layout folder go: signed, as referrers of its manifest (for an
// index of every platform too), or into files. The statements are about the manifest's digest.

import { signStatement } from '../../attest/sign.ts';
import { encodeStatement, type StatementSubject } from '../../attest/statement.ts';
import { sha256 } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import type { Signer } from '../../crypto/signer.ts';
import { trustIn } from '../../crypto/trust.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import { makeFolder } from '../../files/folder.ts';
import { SIF_SUBJECT } from '../../image/bundle.ts';
import { ATTESTATION_ANNOTATION } from '../../image/registry/attachments.ts';
import { openRegistryImage } from '../../image/registry/image.ts';
import { examineRegistryImage, type RegistryExamination } from '../../image/registry/examine.ts';
import { RegistryError, unlistedRemark } from '../../oci/errors.ts';
import type { Repository } from '../../oci/oci.ts';
import { manifestName, type Reference } from '../../oci/reference.ts';
import { attachBundle, type BundleToAttach } from '../../oci/referrers/bundles.ts';
import { identityKey } from '../../stage/approval.ts';
import type { Successor } from '../../stage/target.ts';
import { assertAttachable, assertBundleReadable, bundleToAttach } from '../../stage/bundles.ts';
import { keepAttestations, unlessRefused } from '../../stage/plain/cosign-tags.ts';
import { findOutdated, type Outdated, takeAway } from '../../stage/replace.ts';
import { supersededBy } from '../../stage/evidence.ts';
import { assertSound } from '../../stage/review.ts';
import {
  assertBundlesFit,
  type NamedStatement,
  type SignedEvidence,
  type Stored,
  writeBundles,
  writeStatements,
} from './files.ts';

/** What is to be stored about an image in a registry or layout folder, and where. */
interface RegistryStoreOptions {
  readonly repository: Repository;
  readonly reference: Reference;
  readonly statements: readonly NamedStatement[];
  readonly signer: Signer | undefined;
  readonly now: Date;
  /** Keep everything out of the registry. */
  readonly beside: boolean;
  /** Write the envelopes into cosign's attestation tag too. */
  readonly attestationTag?: boolean;
  /** Tags that lead to what is attached to the image itself. */
  readonly tags?: readonly string[];
  /** Folder that gets a file of every statement. */
  readonly folder: string | undefined;
  /** Folder for files that must be somewhere when `folder` is not given. */
  readonly defaultFolder: string;
}

/**
 * Stores the statements; what is attached already stays as it is.
 * @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; RegistryError, NetworkError; DataError DATA_TOO_LARGE; SystemError
 */
export async function storeRegistryEvidence(options: RegistryStoreOptions): Promise<Stored> {
  const { repository, reference, statements, signer, now, folder } = options;
  if (folder !== undefined) await makeFolder(folder);
  if (signer) assertBundlesFit(statements);
  const image = await openRegistryImage(repository, manifestName(reference));
  const verifier = await createVerifier(signer?.publicMaterial ?? trustIn({}));
  const examined = await examineRegistryImage(image, { name: image.name, verifier, now, verifyData: false });
  assertSound(examined.facts.problems);
  const subject = examined.subjects.filter(({ name }) => name !== SIF_SUBJECT);
  const at = { folder: folder ?? options.defaultFolder, name: fileName(reference) };
  const remarks: string[] = [];
  const evidence = signer
    ? await writeBundles(await attachAll(options, signer, { examined, subject, remarks }), statements, {
        at,
        all: folder !== undefined,
        signer,
        now,
      })
    : await writeStatements(statements, subject, at);
  return { evidence, contentDigests: [image.descriptor.digest], reference: image.name, remarks };
}

interface About {
  readonly examined: RegistryExamination;
  readonly subject: readonly StatementSubject[];
}

/** Signs all before the first is attached: what cannot be read back stops everything. */
async function attachAll(
  options: RegistryStoreOptions,
  signer: Signer,
  about: About & { readonly remarks: string[] },
): Promise<readonly SignedEvidence[]> {
  const { repository, beside } = options;
  const { image, attached } = about.examined;
  const signed = await signAll(options, signer, about);
  const added = beside ? [] : signed.filter(({ where }) => where === 'referrer');
  const bytes = added.reduce((sum, { bundle }) => sum + bundle.length, 0);
  if (added.length > 0) assertAttachable(attached, { manifests: added.length, bytes });
  // What is attached already is attached once more: an interrupted run may have left out platforms, lists and tags.
  const again = beside
    ? []
    : signed.filter(({ where, bundle }) => where === 'present' && attached.attachedTo.has(sha256(bundle)));
  for (const one of [...added, ...again]) {
    const outdated = await outdatedBy(one, options, { signer, ...about });
    const successors: Successor[] = [];
    const outgoing = marked(bundleToAttach(one.bundle), options);
    for (const target of image.subjects) {
      const { manifest, unlisted } = await attachBundle(repository, target, outgoing);
      if (target.digest === image.descriptor.digest)
        for (const tag of options.tags ?? []) await repository.putManifest(manifest, tag);
      successors.push({ subject: target.digest, manifest, legacy: undefined });
      if (unlisted) about.remarks.push(unlistedRemark(unlisted));
    }
    await orRemark(about.remarks, () => takeAway(outdated, successors, { repository, clock: systemClock() }));
  }
  if (options.attestationTag && !beside) await keepTags(options, signed, about);
  return signed;
}

/** The bundle, with word of its copy in cosign's tag. */
function marked(bundle: BundleToAttach, { attestationTag }: RegistryStoreOptions): BundleToAttach {
  if (!attestationTag) return bundle;
  return { ...bundle, annotations: { ...bundle.annotations, [ATTESTATION_ANNOTATION]: 'true' } };
}

/** Copies for readers of cosign's tag. Where it must not change the evidence is attached all the same, and that is said. */
async function keepTags(
  { repository }: RegistryStoreOptions,
  signed: readonly SignedEvidence[],
  { examined, remarks }: About & { readonly remarks: string[] },
): Promise<void> {
  const bundles = signed.map(({ bundle }) => bundle);
  const atHand = new Map([...examined.attached.blobs, ...bundles.map((bytes) => [sha256(bytes), bytes] as const)]);
  for (const { digest } of examined.image.subjects)
    await unlessRefused(remarks, () => keepAttestations(repository, digest, { bundles, atHand, clock: systemClock() }));
}

/** Referrers with earlier records of the signer whose place the statement takes. What is in a SIF stays in it. */
async function outdatedBy(
  { predicateType, bundle }: SignedEvidence,
  { repository, statements, now }: RegistryStoreOptions,
  { signer, examined, remarks }: About & { readonly signer: Signer; readonly remarks: string[] },
): Promise<readonly Outdated[]> {
  const statement = statements.find((one) => one.predicateType === predicateType);
  const found = statement ? await supersededBy(statement, examined.bundles, { signer, now }) : [];
  const replaced = found.filter(({ place }) => place.in === 'registry');
  return (await orRemark(remarks, () => findOutdated(examined, { replaced, bundle }, repository))) ?? [];
}

/** An earlier record that stays is no reason to go without the new one: each says when it was made. */
async function orRemark<T>(remarks: string[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RegistryError) || !error.code.startsWith('REGISTRY_REPLACE_')) throw error;
    remarks.push(`an earlier one stays attached: ${error.message}`);
    return undefined;
  }
}

async function signAll(
  { statements, now, beside }: RegistryStoreOptions,
  signer: Signer,
  { examined, subject }: About,
): Promise<readonly SignedEvidence[]> {
  const signed: SignedEvidence[] = [];
  for (const { predicateType, predicate, label } of statements) {
    const payload = encodeStatement({ subject, predicateType, predicate });
    const digest = sha256(payload);
    const there =
      presentBundle(examined, digest, signer) ?? signed.find((earlier) => earlier.digest === digest)?.bundle;
    if (there) {
      signed.push({ predicateType, where: 'present', bundle: there, digest });
      continue;
    }
    const bundle = await signStatement(payload, signer, { now });
    assertBundleReadable(bundle, 'evidence', label);
    signed.push({ predicateType, where: beside ? 'file' : 'referrer', bundle, digest });
  }
  return signed;
}

/** The same statement by the same signer, found attached. */
function presentBundle({ bundles }: RegistryExamination, digest: string, signer: Signer): Uint8Array | undefined {
  for (const { is, fact, opened } of bundles) {
    if (is !== 'evidence' || fact.digest !== digest || fact.signature !== 'valid' || !fact.signer) continue;
    if (identityKey(fact.signer) === identityKey(signer.identity)) return opened.found.bytes;
  }
  return undefined;
}

/** Last part of the place, and the tag or the start of the digest, as a file name. */
function fileName(reference: Reference): string {
  const place = reference.in === 'layout' ? reference.folder : reference.repository;
  const last = place.split(/[\\/]/).findLast((part) => part !== '') ?? 'image';
  const version = reference.tag ?? reference.digest?.slice(7, 19) ?? '';
  return `${last}-${version}`;
}
