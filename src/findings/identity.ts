// SPDX-License-Identifier: Apache-2.0
// Who made a signature, as far as the signature tells, and what came of checking it. Which person that is, is for the
// policy to say.

/** The kind of key that a signer uses. */
export type SigningMethod = 'pgp' | 'key' | 'x509';

/** Facts about a signer that a signature proves, or (status unknown-signer) only claims. */
export type SignerIdentity = PgpIdentity | KeyIdentity | X509Identity;

/** An OpenPGP key, named by its primary key. */
export interface PgpIdentity {
  readonly method: 'pgp';
  /** Primary key fingerprint, 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly subkey?: string;
  /** Base64 SHA-256 of the SPKI of the key or subkey that signed: the same for all packets that hold it. */
  readonly hint?: string;
  readonly userIds: readonly string[];
}

/** A bare public key. */
export interface KeyIdentity {
  readonly method: 'key';
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
  /** For instance `ecdsa-p256`, `ed25519`, `rsa-3072`. */
  readonly algorithm: string;
}

/** A certified public key, with what its certificate says. */
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
  /**
   * Hex SHA-256 of every trust anchor that a valid path leads to; where there is none, of those that paths lead to whose
   * only fault is that they have expired.
   */
  readonly anchors: readonly string[];
  /** Names of the certificates of one such path, leaf first, anchor last; empty where there is none. */
  readonly chain: readonly string[];
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
