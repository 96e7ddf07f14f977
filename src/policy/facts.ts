// SPDX-License-Identifier: Apache-2.0
// What was found on an image, after all I/O and cryptography and before any judgement: the input of evaluatePolicy.
// A fact says what is so ("this signature is valid by key K over content D"), never whether that is enough.

import type { Approval } from '../attest/approval.ts';
import type { BreakGlass } from '../attest/break-glass.ts';
import type { RecordKind } from '../attest/record.ts';
import type { Withdrawal } from '../attest/withdrawal.ts';
import type { ProvenTime, Reason, SignatureStatus, SignerIdentity, SigningMethod } from '../findings/signature.ts';
import type { Digest } from '../base/bytes.ts';
import type { LayerKind, Unjudged } from './verdict.ts';

/** Where a layer or piece of evidence was found. */
export type Place =
  | { readonly in: 'sif'; readonly object: number }
  | { readonly in: 'registry'; readonly name: string };

/** What a signature is worth by the time of a later approval that lists it. */
export interface VouchedTime {
  /** Digest of that approval: the time holds if it counts. */
  readonly by: string;
  readonly signer: SignerIdentity | null;
  readonly reasons: readonly Reason[];
  readonly proven: ProvenTime;
}

/** One layer that was found: an approval, or a signature that names no stage. */
export interface LayerFact {
  readonly place: Place;
  readonly kind: LayerKind;
  readonly method: SigningMethod | null;
  /** What rosters call it: SHA-256 of the DSSE payload, of what a plain signature signs, or of a native signature object's data. */
  readonly digest: Digest;
  readonly signer: SignerIdentity | null;
  readonly signature: SignatureStatus;
  /** Why the signature is not valid, or why it does not cover the content. */
  readonly reasons: readonly Reason[];
  /**
   * Units of the image (ImageFacts.units ids) whose current content this layer's signed message matches. A layer
   * counts for a stage only if it covers all units.
   */
  readonly covers: readonly string[];
  /** True when the message names content that the image does not have: copied, or the content changed. */
  readonly contradicted: boolean;
  /** The approval in a bundle; null for native signatures and plain cosign signatures. */
  readonly approval: Approval | null;
  /** True when the key is known from grants on the image alone: then only what a policy makes of those counts. */
  readonly granted?: true;
  /** Since when the signature is proven to have existed; its key was judged by that time, else by the present. */
  readonly proven?: ProvenTime;
  /** Why timestamps beside it prove nothing. */
  readonly timeRemarks?: readonly Reason[];
  /** That the signature was good when later approvals listed it, earliest first: asked where it does not count by its own time. */
  readonly vouched?: readonly VouchedTime[];
  /** RFC 3339: as the approval says, or when the OpenPGP packet was made. */
  readonly signedAt: string | null;
  /** Notation signatures: when they end, RFC 3339. */
  readonly expires?: string;
  /**
   * Plain cosign signatures: the stage that the signed payload names for this image, null when it says several or what is
   * no text. It narrows what the signature can count for: null is for no stage.
   */
  readonly statedStage?: string | null;
  /**
   * Legacy cosign signatures: the payload says that an approval comes with it, which this signature counts with or not at
   * all; or that nobody read the data.
   */
  readonly companion?: boolean;
  /** Legacy cosign signatures: the `docker-reference` in the signed payload. Bundles name none. */
  readonly signedReference?: string;
}

/** One piece of evidence that was found. */
export interface EvidenceFact {
  readonly place: Place;
  readonly predicateType: string;
  readonly digest: Digest;
  readonly method: SigningMethod | null;
  readonly signer: SignerIdentity | null;
  readonly signature: SignatureStatus;
  readonly reasons: readonly Reason[];
  readonly covers: readonly string[];
  readonly contradicted: boolean;
  readonly proven?: ProvenTime;
  readonly timeRemarks?: readonly Reason[];
  /** Kept outside the image because of its size, or given as a file. */
  readonly detached?: boolean;
  /** Set when it says what a run did: no approval lists it, because its signer may replace it. */
  readonly record?: RecordKind;
  /** Set when its signer takes back approvals. */
  readonly withdrawal?: Withdrawal;
  /** Set when its signer lets a stage be skipped; a text where it does not say what it must. */
  readonly breakGlass?: BreakGlass | string;
  /** The withdrawal that takes back a grant or broken glass; known once evaluation has looked. */
  readonly withdrawn?: Withdrawal;
  /** The statement's bytes, when the signature is valid: nobody else's content is ever looked into. */
  readonly statement?: Uint8Array;
}

/** A part of an image that must be covered: a grouped data object of a SIF, or an OCI manifest. */
export interface UnitFact {
  /** `object 3` or `manifest sha256:…`; unique within the image. */
  readonly id: string;
  /** Partitions of a SIF: whether the file system is encrypted, by what the descriptor says. */
  readonly encrypted?: boolean;
  /** Partitions that Apptainer may mount for writing. */
  readonly writable?: boolean;
  /** Objects of a SIF: the number of their group. */
  readonly group?: number;
  /** Partitions that are no part of the system: laid over it, or data beside it, by what the descriptor says. */
  readonly use?: 'overlay' | 'data';
}

/** Everything that was found on an image. */
export interface ImageFacts {
  readonly name: string;
  readonly kind: 'sif' | 'oci';
  /** `registry/repository:tag` or `…@digest`, as it was asked for; undefined for files and folders. */
  readonly reference?: string;
  /** `registry/repository@digest` or `oci:folder@digest` of the manifest that was examined; undefined for files. */
  readonly pinned?: string;
  /** SIF: one per group, ascending; OCI: the manifest digest. */
  readonly contentDigests: readonly Digest[];
  readonly units: readonly UnitFact[];
  /** SIF: its header has an ID, so that signatures over it cannot be from several images. */
  readonly hasId?: boolean;
  readonly layers: readonly LayerFact[];
  readonly evidence: readonly EvidenceFact[];
  /** What is attached and was not judged: foreign formats, and attestations by nobody who is trusted. */
  readonly unjudged?: readonly Unjudged[];
  /** False when the data was not read in this run: the objects of a SIF, config and layers of an OCI image. */
  readonly dataRead: boolean;
  /** What is wrong with the image itself, signatures apart; each makes the verdict fail. */
  readonly problems: readonly Reason[];
}
