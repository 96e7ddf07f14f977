// SPDX-License-Identifier: Apache-2.0
// One approval → a referrer of each manifest that it is about, and for keys and certificates the legacy cosign signature
// beside it.

import { type Approval, APPROVAL_PREDICATE_TYPE, parseApproval } from '../attest/approval.ts';
import type { Bundle } from '../attest/bundle.ts';
import { parseStatement, subjectDigests } from '../attest/statement.ts';
import { type Digest, sha256 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isJsonObject } from '../base/json.ts';
import type { Signer } from '../crypto/signer.ts';
import type { RegistryExamination } from '../image/registry/examine.ts';
import { type CosignSignature, cosignTag } from '../oci/cosign/cosign.ts';
import { isTagRefused, RegistryError, unlistedRemark } from '../oci/errors.ts';
import type { Manifest, OciDescriptor, Repository } from '../oci/oci.ts';
import { attachBundle } from '../oci/referrers/bundles.ts';
import { attachNotation } from '../oci/referrers/notation.ts';
import { identityKey } from './approval.ts';
import { assembleParts, type BundleParts } from './bundles.ts';
import type { NativeChoice } from './native.ts';
import { signNotation } from './plain/notation.ts';
import { keepAttestations } from './plain/legacy-attestations.ts';
import { hasLegacy, keepLegacy, signLegacy } from './plain/legacy-signatures.ts';
import { fileSignature } from './plain/lookaside-signatures.ts';

const UNREAD =
  'the data was not read, so no signature for other tools was written beside the approval: podman and cosign, or notation, will not see it';

const PARTIAL =
  'the stage is not about the whole image, so no signature for other tools was written beside the approval: they would take it for one of everything';

const ENDS =
  'the approval ends, which no reader of cosign’s attestation tag asks, so it was not written there; sign it without an end, or let the gate ask for a signed verdict';

/** A new approval, attached to one subject. */
export interface Successor {
  readonly subject: Digest;
  readonly manifest: Manifest;
  readonly legacy: CosignSignature | undefined;
}

/** Where an approval is attached. */
export interface AttachPlace {
  readonly repository: Repository;
  /** Name for `docker-reference`: `registry/repository`. */
  readonly place: string;
  readonly clock: Clock;
  /** Folder that gets GPG signatures beside approvals by OpenPGP keys. */
  readonly lookaside?: string | undefined;
  /** Write the envelope into cosign's attestation tag too. */
  readonly attestationTag?: boolean | undefined;
}

/** An approval on its way to the manifests of one image. */
export interface OutgoingApproval {
  readonly bundle: Bundle;
  readonly stage: string;
  readonly natives: BundleParts['natives'];
  readonly signer: Signer;
  readonly now: Date;
  readonly native: NativeChoice;
}

/** Attaches one approval, and remembers why other tools will not see it everywhere. */
export class ApprovalAttacher {
  /** For whoever signed. */
  readonly remarks: string[] = [];
  readonly #examined: RegistryExamination;
  readonly #at: AttachPlace;
  readonly #approval: OutgoingApproval;

  constructor(examined: RegistryExamination, at: AttachPlace, approval: OutgoingApproval) {
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
    if (legacy) await this.unlessImmutable(() => this.#keep(subject, [legacy], atHand));
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
    const unlisted = await attachNotation(this.#at.repository, subject, signNotation(subject, content, this.#approval));
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

  /** True when it wrote. */
  async #keepAttestation(subject: Digest, atHand: ReadonlyMap<Digest, Uint8Array>): Promise<boolean> {
    const { repository, clock } = this.#at;
    const bundles = [this.#approval.bundle.bytes];
    return (
      (await this.unlessImmutable(() => keepAttestations(repository, subject, { bundles, atHand, clock }))) ?? false
    );
  }

  #hasNotation(subject: Digest): boolean {
    const { stage, signer } = this.#approval;
    const { attached, facts } = this.#examined;
    const names = attached.notations
      .filter((one) => one.subject.digest === subject)
      .map((one) => `referrer ${one.referrer}`);
    return facts.layers.some(
      ({ kind, place, signature, signer: by, statedStage }) =>
        kind === 'notation' &&
        place.in === 'registry' &&
        names.includes(place.name) &&
        signature === 'valid' &&
        statedStage === stage &&
        by !== null &&
        identityKey(by) === identityKey(signer.identity),
    );
  }

  /** Puts back what should be beside the approval for other tools; says what was missing. */
  async restoreLegacy(subject: OciDescriptor): Promise<readonly string[]> {
    const { native } = this.#approval;
    if (native === 'notation' && !this.#hasNotation(subject.digest)) {
      await this.#attachNotation(subject);
      return [`a Notation signature of ${subject.digest}`, ...(await this.#restoreTag(subject))];
    }
    return this.#restoreTag(subject);
  }

  async #restoreTag(subject: OciDescriptor): Promise<readonly string[]> {
    const { signer } = this.#approval;
    const { digest } = subject;
    if (signer.method === 'pgp') return [(await this.#file(digest)) ?? []].flat();
    const { blobs } = this.#examined.attached;
    const tags: string[] = [];
    if (this.#belongsInTag(digest) && (await this.#keepAttestation(digest, blobs))) tags.push(cosignTag(digest, 'att'));
    const isThere = hasLegacy(this.#examined, digest, signer);
    if (!isThere && (await this.unlessImmutable(() => this.#keep(subject, [], blobs))))
      tags.push(cosignTag(digest, 'sig'));
    return tags.map((tag) => `tag ${tag}`);
  }

  #keep(subject: OciDescriptor, ours: readonly CosignSignature[], atHand: ReadonlyMap<Digest, Uint8Array>) {
    const { repository, clock } = this.#at;
    return keepLegacy(repository, subject.digest, { ours, atHand, clock });
  }

  /** A shared tag that must not change, or be read, makes no approval invalid: that is a remark, and the result undefined. */
  async unlessImmutable<T>(change: () => Promise<T>): Promise<T | undefined> {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (error.code !== 'REGISTRY_TAG_IMMUTABLE' && !isTagRefused(error)) throw error;
      this.remarks.push(unlistedRemark(error));
      return undefined;
    }
  }
}
