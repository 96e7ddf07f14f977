// SPDX-License-Identifier: Apache-2.0
// What was found on an image, after all I/O and cryptography and before any judgement: the input of evaluatePolicy.
// A fact says what is so ("this signature is valid by key K over content D"), never whether that is enough.

import type { Digest } from '../primitives/digest.ts';
import type { LayerKind, Reason, SigningMethod } from './verdict.ts';

/** Facts about a signer that a signature proves, or (status unknown-signer) only claims. */
export type SignerIdentity = PgpIdentity | KeyIdentity | X509Identity;

export interface PgpIdentity {
  readonly method: 'pgp';
  /** Primary key fingerprint, 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly subkey?: string;
  readonly userIds: readonly string[];
}

export interface KeyIdentity {
  readonly method: 'key';
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
  /** For instance `ecdsa-p256`, `ed25519`, `rsa-3072`. */
  readonly algorithm: string;
}

export interface X509Identity {
  readonly method: 'x509';
  readonly hint: string;
  readonly algorithm: string;
  /** RFC 4514 text. */
  readonly subject: string;
  readonly issuer: string;
  /** `email:a@b`, `uri:…`, `dns:…`, `ip:…`, in certificate order. */
  readonly san: readonly string[];
  readonly serial: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Hex SHA-256 of the leaf certificate. */
  readonly certificateSha256: string;
  /** Hex SHA-256 of every trust anchor that a valid path leads to; empty when none. */
  readonly anchors: readonly string[];
}

/** Outcome of the cryptographic check alone. */
export type SignatureStatus =
  /** Verifies with trusted material: a known key, or a certificate with a valid path to an anchor. */
  | 'valid'
  /** Belongs to known material or names itself ours, and does not verify. */
  | 'invalid'
  /** Made by a key that is not among the trust material; cannot be checked. */
  | 'unknown-signer'
  /**
   * Verifies, but no valid path leads from its certificate to an anchor, or its OpenPGP key has expired or is revoked, or
   * it is a plain signature in a form that the tools it is for refuse.
   */
  | 'untrusted'
  /** Not a signature that we can read. */
  | 'unreadable';

/** A signed approval: the statement's content, whoever signed it. */
export interface Approval {
  readonly stage: string;
  readonly verifierId: string;
  /** RFC 3339. */
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: { readonly name: string; readonly digest: Digest | null };
  /** 1 for the first approval, else one more than the highest in the roster. */
  readonly sequence: number;
  /** The roster entry with the highest sequence number, null for a first approval. */
  readonly previous: Digest | null;
  /** Every earlier approval that the signer saw. */
  readonly roster: readonly RosterEntry[];
  /** Evidence relied on, by payload digest. */
  readonly evidence: readonly EvidenceEntry[];
  readonly dataVerified: boolean;
  /** RFC 3339, null when it does not expire. */
  readonly expires: string | null;
  /** Native signatures that belong to this approval: SHA-256 of the signature object's data, per group. */
  readonly native: readonly NativeEntry[];
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly run: Readonly<Record<string, string>> | null;
}

export interface RosterEntry {
  /** Stage of the approval, null for a native signature without a statement. */
  readonly stage: string | null;
  readonly digest: Digest;
}

export interface EvidenceEntry {
  readonly predicateType: string;
  readonly digest: Digest;
  /** True when the signer said that this evidence is kept outside the image (too large for the lane). */
  readonly detached?: boolean;
}

export interface NativeEntry {
  readonly group: number;
  readonly digest: Digest;
}

/** Where a layer or piece of evidence was found. */
export type Place =
  | { readonly in: 'sif'; readonly object: number }
  | { readonly in: 'registry'; readonly name: string };

export interface LayerFact {
  readonly place: Place;
  readonly kind: LayerKind;
  readonly method: SigningMethod | null;
  /** What rosters call it: SHA-256 of the DSSE payload, or of a native signature object's data. */
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
  /** RFC 3339: as the approval says, or when the OpenPGP packet was made. */
  readonly signedAt: string | null;
  /**
   * Plain cosign signatures: the stage that the signed payload names for this image, null when it says several or what is
   * no text. It narrows what the signature can count for: null is for no stage.
   */
  readonly statedStage?: string | null;
  /** Legacy cosign signatures: the `docker-reference` in the signed payload. Bundles name none. */
  readonly signedReference?: string;
}

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
  /** Kept outside the image because of its size, or given as a file. */
  readonly detached?: boolean;
}

/** A part of an image that must be covered: a grouped data object of a SIF, or an OCI manifest. */
export interface UnitFact {
  /** `object 3` or `manifest sha256:…`; unique within the image. */
  readonly id: string;
}

export interface ImageFacts {
  readonly name: string;
  readonly kind: 'sif' | 'oci';
  /** `registry/repository:tag` or `…@digest`, as it was asked for; undefined for files and folders. */
  readonly reference?: string;
  /** SIF: one per group, ascending; OCI: the manifest digest. */
  readonly contentDigests: readonly Digest[];
  readonly units: readonly UnitFact[];
  readonly layers: readonly LayerFact[];
  readonly evidence: readonly EvidenceFact[];
  /** False when the data was not read in this run (a remote check of digests only). */
  readonly dataRead: boolean;
  /** What is wrong with the image itself, signatures apart; each makes the verdict fail. */
  readonly problems: readonly Reason[];
}
