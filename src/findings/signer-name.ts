// SPDX-License-Identifier: Apache-2.0
// How a signed statement calls a signer: by key material, which nobody can give another meaning by what is attached
// beside a signature. Labels (user IDs, subjects, alternative names) take no part.

import type { SignerIdentity } from './identity.ts';

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

/** True when one key, or one OpenPGP key with its subkeys, made both signatures. */
export function isSameSigner(one: SignerIdentity | null, other: SignerIdentity | null): boolean {
  if (!one || !other) return false;
  if (one.hint && one.hint === other.hint) return true;
  return one.method === 'pgp' && other.method === 'pgp' && one.fingerprint === other.fingerprint;
}

/** One text for a name. */
export function nameText({ key, fingerprint = '' }: SignerName): string {
  return `${key} ${fingerprint}`;
}
