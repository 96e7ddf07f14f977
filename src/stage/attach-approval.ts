// SPDX-License-Identifier: Apache-2.0
// One approval → a referrer of each manifest that it is about, and for keys and certificates the legacy cosign signature
// beside it.

import { APPROVAL_PREDICATE_TYPE, parseApproval } from '../attest/approval.ts';
import type { Bundle } from '../attest/bundle.ts';
import { parseStatement } from '../attest/statement.ts';
import type { Clock } from '../base/clock.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { isJsonObject } from '../base/json.ts';
import type { Signer } from '../crypto/signer.ts';
import type { RegistryExamination } from '../image/registry/examine.ts';
import { type CosignSignature, cosignTag } from '../oci/cosign/cosign.ts';
import { RegistryError, unlistedRemark } from '../oci/errors.ts';
import type { Manifest, OciDescriptor, Repository } from '../oci/oci.ts';
import { attachBundle } from '../oci/referrers/bundles.ts';
import { assembleParts, type BundleParts } from './bundle-to-attach.ts';
import { hasLegacy, keepLegacy, signLegacy } from './legacy-signatures.ts';

const UNREAD =
  'the data was not read, so no cosign signature was written beside the approval: podman and cosign will not see it';

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
}

/** An approval on its way to the manifests of one image. */
export interface OutgoingApproval {
  readonly bundle: Bundle;
  readonly stage: string;
  readonly natives: BundleParts['natives'];
  readonly signer: Signer;
  readonly now: Date;
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
    const parts = assembleParts(bundle, { predicateType: APPROVAL_PREDICATE_TYPE, createdAt: now, natives, legacy });
    const { manifest, unlisted } = await attachBundle(repository, subject, parts);
    if (unlisted) this.remarks.push(unlistedRemark(unlisted));
    const { blobs } = this.#examined.attached;
    const atHand = new Map([...blobs, [sha256(parts.bytes), parts.bytes] as const]);
    if (legacy) await this.unlessImmutable(() => this.#keep(subject, [legacy], atHand));
    return { subject: subject.digest, manifest, legacy };
  }

  /**
   * podman and cosign cannot see that an approval was given without the data, so nothing is written for them then. Our own
   * readers count the signature with the approval that it names or not at all.
   */
  async #signLegacy(subject: Digest): Promise<CosignSignature | undefined> {
    const { bundle, stage, signer } = this.#approval;
    if (signer.method === 'pgp') return undefined;
    const { predicate } = parseStatement(bundle.envelope.payload);
    const approval = isJsonObject(predicate) ? parseApproval(predicate)?.approval : undefined;
    if (!approval?.dataVerified) {
      if (!this.remarks.includes(UNREAD)) this.remarks.push(UNREAD);
      return undefined;
    }
    const expires = approval.expires === null ? {} : { expires: approval.expires };
    const optional = { stage, approval: bundle.payloadDigest, dataVerified: 'true', ...expires };
    return await signLegacy(subject, { place: this.#at.place, optional }, this.#approval);
  }

  /** Puts back a legacy signature that should be beside the approval; says where, if one was missing. */
  async restoreLegacy(subject: OciDescriptor): Promise<readonly string[]> {
    const { signer } = this.#approval;
    if (signer.method === 'pgp' || hasLegacy(this.#examined, subject.digest, signer)) return [];
    const { blobs } = this.#examined.attached;
    const kept = await this.unlessImmutable(() => this.#keep(subject, [], blobs));
    return kept ? [`tag ${cosignTag(subject.digest, 'sig')}`] : [];
  }

  #keep(subject: OciDescriptor, ours: readonly CosignSignature[], atHand: ReadonlyMap<Digest, Uint8Array>) {
    const { repository, clock } = this.#at;
    return keepLegacy(repository, subject.digest, { ours, atHand, clock });
  }

  /** A shared tag that must not change makes no approval invalid: it becomes a remark, and the result is undefined. */
  async unlessImmutable<T>(change: () => Promise<T>): Promise<T | undefined> {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_TAG_IMMUTABLE') throw error;
      this.remarks.push(unlistedRemark(error));
      return undefined;
    }
  }
}
