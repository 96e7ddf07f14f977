// SPDX-License-Identifier: Apache-2.0
// Trust material from parts, and what is said about a part that cannot be used.

import { SignatureError } from './errors.ts';
import type { TrustMaterial } from './verifier.ts';

/** Trust material with these parts and nothing else. */
export function trustIn(parts: Partial<TrustMaterial>): TrustMaterial {
  return { keyrings: [], keys: [], anchors: [], intermediates: [], certificates: [], ...parts };
}

const KINDS = {
  keyrings: 'OpenPGP keyring',
  keys: 'public key',
  anchors: 'trust anchor',
  intermediates: 'intermediate certificate',
  certificates: 'signer certificate',
} as const;

type TrustKind = keyof typeof KINDS;
type TrustParts = Partial<TrustMaterial>;

/** The error about one part of the trust material: names its file, or else its number among those of its kind. */
export function trustError(
  cause: unknown,
  { trust, kind, index }: { readonly trust: TrustParts; readonly kind: TrustKind; readonly index: number },
): SignatureError {
  const part = trust[kind]?.[index];
  const origin = part && trust.origins?.get(part);
  const known = cause instanceof SignatureError ? cause : undefined;
  // Texts of libraries may go on with what is of use to their authors alone.
  const [problem] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
  return new SignatureError(
    known?.code === 'SIGNATURE_KEY_UNSUPPORTED' ? known.code : 'SIGNATURE_TRUST_UNREADABLE',
    `${origin ? `${origin.path} (${KINDS[kind]})` : `${KINDS[kind]} ${index + 1}`} cannot be used: ${problem}`,
    { cause, ...(known ? { hint: known.hint } : {}), ...(origin?.location ? { location: origin.location } : {}) },
  );
}
