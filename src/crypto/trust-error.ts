// SPDX-License-Identifier: Apache-2.0
// What is said about a part of the trust material that cannot be used.

import { SignatureError } from './errors.ts';
import type { TrustMaterial, TrustOrigin } from './verifier.ts';

const KINDS = {
  keyrings: 'OpenPGP keyring',
  keys: 'public key',
  anchors: 'trust anchor',
  intermediates: 'intermediate certificate',
  certificates: 'signer certificate',
  crls: 'CRL',
  timestamps: 'trust anchor of a timestamp authority',
} as const;

type TrustPart = keyof typeof KINDS;
type TrustParts = Partial<TrustMaterial>;

/** The error about one part of the trust material: names its file, or else its number among those of its kind. */
export function trustError(
  cause: unknown,
  { trust, kind, index }: { readonly trust: TrustParts; readonly kind: TrustPart; readonly index: number },
): SignatureError {
  const part = trust[kind]?.[index];
  const origin = part && trust.origins?.get(part);
  return partError(cause, { what: origin ? KINDS[kind] : `${KINDS[kind]} ${index + 1}`, origin });
}

/** The same for a part of any kind. */
export function partError(
  cause: unknown,
  { what, origin }: { readonly what: string; readonly origin: TrustOrigin | undefined },
): SignatureError {
  const known = cause instanceof SignatureError ? cause : undefined;
  // Texts of libraries may go on with what is of use to their authors alone.
  const [problem] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
  return new SignatureError(
    known?.code === 'SIGNATURE_KEY_UNSUPPORTED' ? known.code : 'SIGNATURE_TRUST_UNREADABLE',
    `${origin ? `${origin.path} (${what})` : what} cannot be used: ${problem}`,
    { cause, ...(known ? { hint: known.hint } : {}), ...(origin?.location ? { location: origin.location } : {}) },
  );
}
