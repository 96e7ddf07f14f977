// SPDX-License-Identifier: Apache-2.0
// Signing a stage on an image in a registry or layout folder: the bundle becomes a referrer of the manifest (of an index
// and every platform). Nothing of the image itself moves.

import { type Approval, APPROVAL_PREDICATE_TYPE, parseApproval } from '../attest/approval.ts';
import { type Bundle, parseBundle } from '../attest/bundle.ts';
import { parseStatement, subjectDigests } from '../attest/statement.ts';
import { type Digest, sha256 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isJsonObject } from '../base/json.ts';
import type { FoundBundle } from '../image/bundle.ts';
import { examineRegistryImage, type RegistryExamination } from '../image/registry/examine.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import { settle } from '../image/verify.ts';
import { type CosignSignature, cosignTag } from '../oci/cosign/cosign.ts';
import { unlistedRemark } from '../oci/errors.ts';
import type { OciDescriptor, Repository } from '../oci/oci.ts';
import { referrersTag } from '../oci/reference.ts';
import { attachBundle } from '../oci/referrers/bundles.ts';
import { attachNotation } from '../oci/referrers/artifacts.ts';
import { assembleParts, assertAttachable, type BundleParts } from './bundles.ts';
import { StageError } from './errors.ts';
import { NO_NATIVES, planNative } from './native.ts';
import { hasLegacy, keepAttestations, keepLegacy, signLegacy, unlessRefused } from './plain/cosign-tags.ts';
import { fileSignature } from './plain/lookaside-signatures.ts';
import { hasNotation, notationSignerOf, signNotation } from './plain/notation.ts';
import { findOutdated, takeAway } from './replace.ts';
import type { NewLayer, StageTarget, StoredLayer, Successor, WriteContext } from './target.ts';

const UNREAD =
  'the data was not read, so no signature for other tools was written beside the approval: podman and cosign, or notation, will not see it';

const PARTIAL =
  'the stage is not about the whole image, so no signature for other tools was written beside the approval: they would take it for one of everything';

const ENDS =
  'the approval ends, which no reader of cosign’s attestation tag asks, so it was not written there; sign it without an end, or let the gate ask for a signed verdict';

/** Which image in a registry or folder, and how it is examined. */
export interface RegistryTargetOptions {
  readonly repository: Repository;
  /** Name for `docker-reference`: `registry/repository`. */
  readonly place: string;
  /** Tag or digest. */
  readonly reference: string;
  readonly verifyData: boolean;
  readonly clock: Clock;
  /** Folder that gets GPG signatures beside approvals by OpenPGP keys. */
  readonly lookaside?: string | undefined;
  /** Write the envelope into cosign's attestation tag too. */
  readonly attestationTag?: boolean | undefined;
  /** Evidence that is kept elsewhere and was given along. */
  readonly evidence?: readonly FoundBundle[];
}

/** The target for an image in a registry or layout folder. */
export function registryTarget(options: RegistryTargetOptions): StageTarget {
  return {
    name: `${options.place} ${options.reference}`,
    async open(criteria, onBytes) {
      const { verifier, now } = criteria;
      const image = await openRegistryImage(options.repository, options.reference);
      const { verifyData, evidence, lookaside } = options;
      const examined = settle(
        await examineRegistryImage(image, {
          name: image.name,
          verifier,
          now,
          verifyData,
          lookaside,
          ...(evidence ? { evidence } : {}),
          ...(onBytes ? { onBytes } : {}),
        }),
        criteria,
      );
      assertContentKnown(examined);
      return {
        examined,
        planNative: async (request, by) => {
          const { native, signer } = request;
          if (native === 'notation') notationSignerOf(signer);
          // A signature of the manifest is none of the SIF in it.
          const isMade = native === 'dsse' || (native === 'auto' && signer.native.format === 'pgp');
          return examined.sif && isMade ? planNative(examined.sif, request, by) : NO_NATIVES;
        },
        write: (layer, context) => write(examined, layer, { ...context, options }),
        complete: (layer, context) => complete(examined, layer, { ...context, options }),
      };
    },
  };
}

/** Without the data and without anybody who vouches for it there is nothing to approve. */
function assertContentKnown({ sif }: RegistryExamination): void {
  if (!sif || sif.facts.dataRead) return;
  const known = new Set(sif.groups.flatMap(({ objects }) => objects.map(({ id }) => id)));
  if (sif.facts.units.length === known.size) return;
  throw new StageError('STAGE_DATA_UNKNOWN', 'no trusted layer says what the data of this image is', {
    hint: 'set ⟨verify-data=true⟩ to read and hash the whole image, or have the first stage sign the file',
  });
}

type RegistryContext = WriteContext & { readonly options: RegistryTargetOptions };

/** Attaches the layer to every manifest of the image, then takes away what it replaces. */
async function write(
  examined: RegistryExamination,
  layer: NewLayer,
  { replaced, options, ...by }: RegistryContext,
): Promise<StoredLayer> {
  const { bundle } = layer;
  const natives = [...newNatives(layer), ...(replaced.length > 0 ? keptNatives(examined, layer) : [])];
  const bytes = natives.reduce((sum, { data }) => sum + data.length, bundle.length);
  assertAttachable(examined.attached, { manifests: 1, bytes });
  const outdated = replaced.length > 0 ? await findOutdated(examined, { replaced, bundle }, options.repository) : [];
  const approval = { ...by, bundle: parseBundle(bundle), stage: layer.stage, natives };
  const attacher = new ApprovalAttacher(examined, options, approval);
  const successors: Successor[] = [];
  for (const subject of examined.image.subjects) successors.push(await attacher.attach(subject));
  if (outdated.length > 0) await unlessRefused(attacher.remarks, () => takeAway(outdated, successors, options));
  return { where: successors.map(placeOf), freeSlots: examined.freeSlots, remarks: attacher.remarks };
}

function newNatives({ plan }: NewLayer): BundleParts['natives'] {
  return plan.objects.flatMap(({ data, linkedGroup: group }) =>
    data instanceof Uint8Array && group !== undefined ? [{ group, data }] : [],
  );
}

/** Native signatures that the new approval takes over, and that may go with the one it replaces. */
function keptNatives({ attached }: RegistryExamination, { plan }: NewLayer): BundleParts['natives'] {
  return plan.entries.flatMap(({ group, digest }) => {
    const found = attached.natives.find((native) => native.group === group && sha256(native.data) === digest);
    return found ? [{ group, data: found.data }] : [];
  });
}

function placeOf({ manifest }: Successor): string {
  return `referrer ${manifest.digest}`;
}

/**
 * An approval names all platforms, and is attached to one after the other: attaches it where that is missing, and puts
 * back what else an interrupted run left out: its entry in the list that others read, and legacy signatures beside it.
 */
async function complete(
  examined: RegistryExamination,
  { stage, bundle }: Pick<NewLayer, 'stage' | 'bundle'>,
  { options, signer, now, native }: RegistryContext,
): Promise<Pick<StoredLayer, 'where' | 'remarks'>> {
  const present = examined.attached.attachedTo.get(sha256(bundle)) ?? [];
  if (present.length === 0) return { where: [], remarks: [] };
  const approval = { bundle: parseBundle(bundle), stage, natives: [], signer, now, native };
  const attacher = new ApprovalAttacher(examined, options, approval);
  const where: string[] = [];
  for (const subject of examined.image.subjects)
    if (present.includes(subject.digest)) where.push(...(await attacher.restore(subject)));
    else where.push(placeOf(await attacher.attach(subject)));
  return { where, remarks: attacher.remarks };
}

/** An approval on its way to the manifests of one image. */
interface OutgoingApproval extends Omit<WriteContext, 'replaced'> {
  readonly bundle: Bundle;
  readonly stage: string;
  readonly natives: BundleParts['natives'];
}

/** Attaches one approval, and remembers why other tools will not see it everywhere. */
class ApprovalAttacher {
  /** For whoever signed. */
  readonly remarks: string[] = [];
  readonly #examined: RegistryExamination;
  readonly #at: RegistryTargetOptions;
  readonly #approval: OutgoingApproval;

  constructor(examined: RegistryExamination, at: RegistryTargetOptions, approval: OutgoingApproval) {
    this.#examined = examined;
    this.#at = at;
    this.#approval = approval;
  }

  /** @throws RegistryError, NetworkError */
  async attach(subject: OciDescriptor): Promise<Successor> {
    const { bundle, natives, now } = this.#approval;
    const { repository } = this.#at;
    const legacy = await this.#signLegacy(subject.digest);
    const inTag = this.#belongsInTag(subject.digest);
    const predicateType = APPROVAL_PREDICATE_TYPE;
    const parts = assembleParts(bundle, { predicateType, createdAt: now, natives, legacy, inTag });
    const { manifest, unlisted } = await attachBundle(repository, subject, parts);
    if (unlisted) this.remarks.push(unlistedRemark(unlisted));
    const { blobs } = this.#examined.attached;
    const atHand = new Map([...blobs, [sha256(parts.bytes), parts.bytes] as const]);
    if (legacy) await this.#keep(subject.digest, [legacy], atHand);
    if (inTag) await this.#keepAttestation(subject.digest, atHand);
    await this.#attachNotation(subject);
    await this.#file(subject.digest);
    return { subject: subject.digest, manifest, legacy };
  }

  /**
   * podman and cosign cannot see that an approval was given without the data, so nothing is written for them then. Our own
   * readers count the signature with the approval that it names or not at all.
   */
  async #signLegacy(subject: Digest): Promise<CosignSignature | undefined> {
    const { signer } = this.#approval;
    // Readers of such signatures check neither the one format nor the proofs of the other.
    if (signer.method === 'pgp' || signer.method === 'sigstore') return undefined;
    const optional = this.#notes(subject);
    return optional && (await signLegacy(subject, { place: this.#at.place, optional }, this.#approval));
  }

  /** The file of a GPG signature, where one is asked for and was missing. */
  async #file(subject: Digest): Promise<string | undefined> {
    const { place, lookaside: folder } = this.#at;
    if (folder === undefined || this.#approval.signer.method !== 'pgp') return undefined;
    const optional = this.#notes(subject);
    return optional && (await fileSignature(subject, { folder, place, optional }, this.#approval));
  }

  /** What such a signature says of the approval; undefined where there must be none. */
  #notes(subject: Digest): Readonly<Record<string, string>> | undefined {
    const { bundle, stage } = this.#approval;
    const approval = this.#wholeApproval(subject);
    if (!approval) return undefined;
    const expires = approval.expires === null ? {} : { expires: approval.expires };
    return { stage, approval: bundle.payloadDigest, dataVerified: 'true', ...expires };
  }

  /** As with cosign's signatures, nothing is written for others where they could not see what the approval leaves open. */
  async #attachNotation(subject: OciDescriptor): Promise<void> {
    const { bundle, stage, native } = this.#approval;
    const approval = native === 'notation' ? this.#wholeApproval(subject.digest) : undefined;
    if (!approval) return;
    const expires = approval.expires === null ? undefined : new Date(approval.expires);
    const content = { stage, approval: bundle.payloadDigest, expires };
    const signature = signNotation(subject, content, this.#approval);
    const { unlisted } = await attachNotation(this.#at.repository, subject, signature);
    if (unlisted) this.remarks.push(unlistedRemark(unlisted));
  }

  /** The approval, if it is one of the whole manifest whose data was read; a remark says else why others get no signature. */
  #wholeApproval(subject: Digest): Approval | undefined {
    const { predicate, subject: named } = parseStatement(this.#approval.bundle.envelope.payload);
    const approval = isJsonObject(predicate) ? parseApproval(predicate)?.approval : undefined;
    const isWhole = named.some((one) => subjectDigests(one).includes(subject));
    if (approval?.dataVerified && isWhole) return approval;
    const why = isWhole ? UNREAD : PARTIAL;
    if (!this.remarks.includes(why)) this.remarks.push(why);
    return undefined;
  }

  /** As with signatures for others; an end that they would not see keeps an approval out too. */
  #belongsInTag(subject: Digest): boolean {
    const { method } = this.#approval.signer;
    if (!this.#at.attestationTag || (method !== 'key' && method !== 'x509')) return false;
    const approval = this.#wholeApproval(subject);
    if (approval && approval.expires !== null && !this.remarks.includes(ENDS)) this.remarks.push(ENDS);
    return approval?.expires === null;
  }

  /** Puts back what other tools should find of the approval; says what was missing. */
  async restore(subject: OciDescriptor): Promise<readonly string[]> {
    const { digest } = subject;
    const isListed = !(await unlessRefused(this.remarks, () => this.#at.repository.repairReferrers(digest)));
    const listed = isListed ? [] : [`tag ${referrersTag(digest)}`];
    if (this.#approval.native !== 'notation' || hasNotation(this.#examined, digest, this.#approval))
      return [...listed, ...(await this.#restoreTag(digest))];
    await this.#attachNotation(subject);
    return [...listed, `a Notation signature of ${digest}`, ...(await this.#restoreTag(digest))];
  }

  async #restoreTag(digest: Digest): Promise<readonly string[]> {
    const { signer } = this.#approval;
    if (signer.method === 'pgp') return [(await this.#file(digest)) ?? []].flat();
    const { blobs } = this.#examined.attached;
    const tags: string[] = [];
    if (this.#belongsInTag(digest) && (await this.#keepAttestation(digest, blobs))) tags.push(cosignTag(digest, 'att'));
    const isThere = hasLegacy(this.#examined, digest, signer);
    if (!isThere && (await this.#keep(digest, [], blobs))) tags.push(cosignTag(digest, 'sig'));
    return tags.map((tag) => `tag ${tag}`);
  }

  /** True when it wrote. */
  #keep(subject: Digest, ours: readonly CosignSignature[], atHand: ReadonlyMap<Digest, Uint8Array>) {
    const { repository, clock } = this.#at;
    return unlessRefused(this.remarks, () => keepLegacy(repository, subject, { ours, atHand, clock }));
  }

  /** True when it wrote. */
  #keepAttestation(subject: Digest, atHand: ReadonlyMap<Digest, Uint8Array>) {
    const { repository, clock } = this.#at;
    const bundles = [this.#approval.bundle.bytes];
    return unlessRefused(this.remarks, () => keepAttestations(repository, subject, { bundles, atHand, clock }));
  }
}
