// SPDX-License-Identifier: Apache-2.0
// Who made a signature, as far as the signature tells, and what came of checking it. Which person that is, is for the
// policy to say.

import type { Claims } from './claims.ts';
import type { Reviewer } from './reviewers.ts';

/** The kind of key that a signer uses. */
export type SigningMethod = 'pgp' | 'key' | 'x509' | 'sigstore';

/** Facts about a signer that a signature proves, or (status unknown-signer) only claims. */
export type SignerIdentity = PgpIdentity | KeyIdentity | X509Identity | SigstoreIdentity;

/** Where the trust material holds a key, or the anchor above it; the first place where several hold it. */
export interface TrustSource {
  /** By whom it is named. The rings are Apptainer's, known by the ends of their paths alone. */
  readonly kind: 'policy-file' | 'policy-text' | 'input-file' | 'input-text' | 'global-ring' | 'user-ring';
  /** The file as the policy or the input names it; where the text itself stands there, `policy` or the input. */
  readonly name: string;
}

/** A signer whose key, or its anchor, may be part of the trust material. */
export interface Sourced {
  /** Absent where the signature is not good, and where nothing but the image brings the key. */
  readonly trustSource?: TrustSource;
}

/** An OpenPGP key, named by its primary key. */
export interface PgpIdentity extends Sourced {
  readonly method: 'pgp';
  /** Primary key fingerprint, 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly subkey?: string;
  /** Base64 SHA-256 of the SPKI of the key or subkey that signed: the same for all packets that hold it. */
  readonly hint?: string;
  readonly userIds: readonly string[];
  /** RFC 3339: when the key or subkey ends, by what its owner says now, or the signature itself. Absent when none does. */
  readonly expires?: string;
}

/** A bare public key. */
export interface KeyIdentity extends Sourced {
  readonly method: 'key';
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
  /** For instance `ecdsa-p256`, `ed25519`, `rsa-3072`. */
  readonly algorithm: string;
}

/** A certified public key, with what its certificate says. */
export interface X509Identity extends Sourced {
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
   * only fault is that they have expired or may be revoked.
   */
  readonly anchors: readonly string[];
  /** Names of the certificates of one such path, leaf first, anchor last; empty where there is none. */
  readonly chain: readonly string[];
  /** The certificates of that path, and what became of each; absent where there is none. */
  readonly path?: readonly PathMember[];
}

/** A certificate of a path. */
export interface PathMember {
  /** RFC 4514 text of the subject, else the SHA-256. */
  readonly subject: string;
  readonly serial: string;
  /** RFC 3339. */
  readonly notAfter: string;
  /**
   * `good`: a CRL in force does not list it. `revoked`: it is void. `revoked-later`: it is revoked, and the signature is
   * proven to be older. `denied`: the policy's list `deny` has it. `unknown`: no CRL says anything. `not-checked`: no CRLs
   * were given. `anchor`: the policy vouches for it.
   */
  readonly revocation: 'good' | 'revoked' | 'denied' | 'revoked-later' | 'unknown' | 'not-checked' | 'anchor';
  /** The CRL that says so. */
  readonly crl?: CrlName;
}

/** A certificate revocation list, by what it says of itself; times are RFC 3339. */
export interface CrlName {
  /** Decimal. */
  readonly number: string;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
}

/** Who asked a Sigstore CA for a certificate that lives for minutes: nothing of the key outlives the signature. */
export interface SigstoreIdentity extends Sourced {
  readonly method: 'sigstore';
  /** Of the key that made this one signature. */
  readonly hint: string;
  readonly algorithm: string;
  /** URL of the OpenID issuer whose token the CA took. */
  readonly issuer: string;
  /** `email:a@b`, `uri:…`, in certificate order. */
  readonly san: readonly string[];
  readonly claims: Claims;
  /** Hex SHA-256 of the certificate. */
  readonly certificateSha256: string;
  /** RFC 3339: the earliest time that log and timestamps prove for the signature; null before that is checked. */
  readonly provenAt: string | null;
  /** Who released the job into its environment; the approval says so, not the certificate. */
  readonly reviewers?: readonly Reviewer[];
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

/** Since when a signature is proven to have existed, and by what. */
export interface ProvenTime {
  /** As the timestamp states it. */
  readonly time: Date;
  /** The time and its error: at the latest then the signature was there. What must have been good was good then. */
  readonly latest: Date;
  /** By how much the time may be wrong. */
  readonly accuracyMs: number;
  /** A timestamp over this signature, or one over a later approval that lists it. */
  readonly proof: 'timestamp' | 'later-approval';
  /** Subject of the authority's certificate, or digest of that approval. */
  readonly by: string;
}

/** A signer as statements name one. */
export interface SignerName {
  /** Base64 SHA-256 of the SPKI of the key that signs. */
  readonly key: string;
  /** OpenPGP: primary key fingerprint, 40 upper-case hex digits. */
  readonly fingerprint?: string;
}

/** The name of a signer whose signature verified; undefined where the key itself is not known. */
export function nameOfSigner(identity: SignerIdentity): SignerName | undefined {
  if (!identity.hint) return undefined;
  return { key: identity.hint, ...(identity.method === 'pgp' ? { fingerprint: identity.fingerprint } : {}) };
}

/** True when the identity, proven or claimed, is the one that is named. */
export function isNamed(identity: SignerIdentity | null, { key, fingerprint }: SignerName): boolean {
  if (identity?.method !== 'pgp') return fingerprint === undefined && identity?.hint === key;
  return identity.fingerprint === fingerprint && (identity.hint === undefined || identity.hint === key);
}

/** True when one key, one OpenPGP key with its subkeys, or one keyless identity made both signatures. */
export function isSameSigner(one: SignerIdentity | null, other: SignerIdentity | null): boolean {
  if (!one || !other) return false;
  if (one.hint && one.hint === other.hint) return true;
  if (one.method === 'sigstore' && other.method === 'sigstore') return keylessName(one) === keylessName(other);
  return one.method === 'pgp' && other.method === 'pgp' && one.fingerprint === other.fingerprint;
}

/**
 * What two runs of one workflow have in common: issuer, name without the ref of the workflow, repository, environment.
 * The key is another one for each signature. A ref may hold an @ itself, so that the name ends at the first.
 */
export function keylessName({ issuer, san, claims }: SigstoreIdentity): string {
  const { sourceRepositoryUri, sourceRepositoryIdentifier, deploymentEnvironment } = claims;
  const names = san.map((name) => (claims.buildSignerUri === name.slice(4) ? name.replace(/@.*$/s, '') : name));
  return JSON.stringify([issuer, names, sourceRepositoryUri, sourceRepositoryIdentifier, deploymentEnvironment]);
}

/** One text for a name. */
export function nameText({ key, fingerprint = '' }: SignerName): string {
  return `${key} ${fingerprint}`;
}

/** Why something failed, or a remark on something that passed: the code is in docs/errors.md. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** A remark explains and decides nothing; without it the reason made something fail. */
  readonly severity?: 'remark';
}
