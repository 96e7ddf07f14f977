// SPDX-License-Identifier: Apache-2.0
// One approval → a referrer of each manifest that it is about, and for keys and certificates the legacy cosign signature
// beside it.

import { type Approval, APPROVAL_PREDICATE_TYPE, parseApproval } from '../attest/approval.ts';
import { type Bundle, leafOnlyBundle, parseBundle } from '../attest/bundle.ts';
import { parseStatement, type Statement, statementTime, subjectDigests } from '../attest/statement.ts';
import { type Digest, encodePem, sha256 } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject } from '../base/json.ts';
import type { Signer } from '../crypto/signer.ts';
import {
  CHAIN_ANNOTATION,
  COSIGN_ANNOTATION,
  GROUP_ANNOTATION,
  NATIVE_MEDIA_TYPE,
} from '../image/registry/attachments.ts';
import type { RegistryExamination } from '../image/registry/examine.ts';
import type { SignatureObjects } from '../image/sif/native-signatures.ts';
import { type CosignSignature, cosignTag, encodeCosignNote } from '../oci/cosign/cosign.ts';
import { isTagRefused, RegistryError, unlistedRemark } from '../oci/errors.ts';
import { EMPTY_CONFIG } from '../oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor, type Repository } from '../oci/oci.ts';
import { attachBundle, type BundleToAttach, type Companion } from '../oci/referrers/bundles.ts';
import { attachNotation } from '../oci/referrers/notation.ts';
import { identityKey } from './approval.ts';
import type { NativeChoice } from './native.ts';
import { signNotation } from './plain/notation.ts';
import { hasLegacy, keepLegacy, signLegacy } from './plain/legacy-signatures.ts';
import { fileSignature } from './plain/lookaside-signatures.ts';

const UNREAD =
  'the data was not read, so no signature for other tools was written beside the approval: podman and cosign, or notation, will not see it';

const PARTIAL =
  'the stage is not about the whole image, so no signature for other tools was written beside the approval: they would take it for one of everything';

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
    const parts = assembleParts(bundle, { predicateType: APPROVAL_PREDICATE_TYPE, createdAt: now, natives, legacy });
    const { manifest, unlisted } = await attachBundle(repository, subject, parts);
    if (unlisted) this.remarks.push(unlistedRemark(unlisted));
    const { blobs } = this.#examined.attached;
    const atHand = new Map([...blobs, [sha256(parts.bytes), parts.bytes] as const]);
    if (legacy) await this.unlessImmutable(() => this.#keep(subject, [legacy], atHand));
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
    if (signer.method === 'pgp') return [(await this.#file(subject.digest)) ?? []].flat();
    if (hasLegacy(this.#examined, subject.digest, signer)) return [];
    const { blobs } = this.#examined.attached;
    const kept = await this.unlessImmutable(() => this.#keep(subject, [], blobs));
    return kept ? [`tag ${cosignTag(subject.digest, 'sig')}`] : [];
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

/** A lane object that cannot be attached because it holds no bundle. */
export interface LeftOut {
  readonly object: number;
  readonly why: string;
}

/**
 * Everything in a SIF's lane in the form in which it is attached: certificates without intermediates, and approvals with
 * their native signatures, so that both get into another copy of the file together.
 */
export function bundlesOfLane({ lane, natives }: Pick<SignatureObjects, 'lane' | 'natives'>): {
  readonly bundles: readonly BundleToAttach[];
  readonly leftOut: readonly LeftOut[];
} {
  const bundles: BundleToAttach[] = [];
  const leftOut: LeftOut[] = [];
  for (const { object, data } of lane) {
    try {
      bundles.push(bundleToAttach(data, natives));
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      leftOut.push({ object: object.id, why: error.message });
    }
  }
  return { bundles, leftOut };
}

/**
 * A bundle with those of the native signatures that its approval names.
 * @throws SignatureError, DataError when these are not the bytes of a bundle with a statement
 */
export function bundleToAttach(bytes: Uint8Array, natives: SignatureObjects['natives'] = []): BundleToAttach {
  const signed = parseBundle(bytes);
  const statement = parseStatement(signed.envelope.payload);
  const { predicateType } = statement;
  return assembleParts(signed, {
    predicateType,
    createdAt: statementTime(statement),
    natives: isPgpBundle(signed) ? namedNatives(statement, natives) : [],
    legacy: undefined,
  });
}

function namedNatives({ predicateType, predicate }: Statement, natives: SignatureObjects['natives']) {
  const approval =
    predicateType === APPROVAL_PREDICATE_TYPE && isJsonObject(predicate)
      ? parseApproval(predicate)?.approval
      : undefined;
  const named = approval?.native ?? [];
  return named.flatMap(({ group, digest }): BundleParts['natives'] => {
    const native = natives.find((one) => one.group === group && sha256(one.data) === digest);
    return native ? [{ group, data: native.data }] : [];
  });
}

function isPgpBundle({ material }: Bundle): boolean {
  return material.kind === 'public-key' && material.hint.startsWith('openpgp4fpr:');
}

/** What is stored in the manifest of a bundle besides the bundle. */
export interface BundleParts {
  readonly predicateType: string;
  readonly createdAt: Date;
  /** Native signatures of a SIF that are not in the file yet. */
  readonly natives: readonly { readonly group: number; readonly data: Uint8Array }[];
  /** Legacy cosign signature made together with it. */
  readonly legacy: CosignSignature | undefined;
}

/** The bundle as it is attached: cosign's copy, and beside it what that leaves out. */
export function assembleParts(signed: Bundle, parts: BundleParts): BundleToAttach {
  const { predicateType, createdAt, natives, legacy } = parts;
  const copy = leafOnlyBundle(signed);
  const { material } = signed;
  const chain = material.kind === 'certificates' ? material.chain.slice(1) : [];
  const companions: readonly Companion[] = natives.map(({ group, data }) => ({
    mediaType: NATIVE_MEDIA_TYPE,
    bytes: data,
    annotations: { [GROUP_ANNOTATION]: String(group) },
  }));
  // cosign cannot read OpenPGP bundles; with a second layer it passes them over instead of hiding others' signatures.
  const empty: Companion = { mediaType: MEDIA_TYPE.empty, bytes: EMPTY_CONFIG.bytes };
  return {
    bytes: copy.bytes,
    mediaType: copy.mediaType,
    predicateType,
    createdAt,
    companions: isPgpBundle(signed) && companions.length === 0 ? [empty] : companions,
    annotations: {
      ...(chain.length > 0 ? { [CHAIN_ANNOTATION]: chain.map((der) => encodePem('CERTIFICATE', der)).join('') } : {}),
      ...(legacy ? { [COSIGN_ANNOTATION]: encodeCosignNote(legacy) } : {}),
    },
  };
}
