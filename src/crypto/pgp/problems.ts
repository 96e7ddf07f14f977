// SPDX-License-Identifier: Apache-2.0
// What OpenPGP.js says in prose → our codes. The library throws plain errors, so their texts are all there is; a text
// that is not known here still ends as a refusal, only with a more general code.

import type { Reason } from '../../findings/reason.ts';
import { SignatureError, type SignatureCode } from '../errors.ts';
import { signatureReason, type SignatureReasonCode } from '../reasons.ts';

const PACKET_TEXTS: readonly (readonly [RegExp, SignatureReasonCode])[] = [
  [/Signed digest did not match|Signature verification failed/, 'SIGNATURE_BAD'],
  [/Signature creation time is in the future/, 'PGP_SIGNATURE_FUTURE'],
  [/Signature is expired/, 'PGP_SIGNATURE_EXPIRED'],
  [/Insecure (?:message )?hash/, 'PGP_HASH_REFUSED'],
  [/Primary key|signing key packet|Subkey|curve/i, 'PGP_KEY_UNSUITABLE'],
];

/** What the library says of the algorithm of a key. */
interface KeyAlgorithm {
  readonly algorithm: string;
  readonly bits?: number;
  readonly curve?: string;
}

/** As the library, which counts from 2047 because some keys have a leading zero bit. */
const MIN_RSA_BITS = 2047;
const ECDSA_CURVES: ReadonlySet<string> = new Set(['nistP256', 'nistP384', 'nistP521']);

/**
 * What is not supported about a key; asked before the library, which in its Node build verifies Brainpool curves only
 * with a package that it does not bring, and then says something else. Apptainer verifies all of these.
 */
export function unsupportedAlgorithm({ algorithm, bits, curve = '' }: KeyAlgorithm): string | undefined {
  if (algorithm === 'dsa' || algorithm === 'elgamal') return `${algorithm.toUpperCase()} keys are not supported`;
  if (algorithm.startsWith('rsa') && bits !== undefined && bits < MIN_RSA_BITS)
    return `RSA keys of ${bits} bits are not supported`;
  return algorithm === 'ecdsa' && !ECDSA_CURVES.has(curve) ? `the curve ${curve} is not supported` : undefined;
}

/** Why a signature packet by a known key is not good. */
export function packetProblem(text: string, fingerprint: string): Reason {
  const code = PACKET_TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'PGP_SIGNATURE_REFUSED';
  if (code === 'PGP_KEY_UNSUITABLE') return keyProblem(text, fingerprint);
  return signatureReason(code, `the signature by OpenPGP key ${fingerprint} is not good: ${lowerFirst(text)}`);
}

/** Why a known key may not have made a signature. */
export function keyProblem(text: string, fingerprint: string): Reason {
  const code = /revoked/.test(text)
    ? 'PGP_KEY_REVOKED'
    : /expired/.test(text)
      ? 'PGP_KEY_EXPIRED'
      : 'PGP_KEY_UNSUITABLE';
  return signatureReason(code, `the OpenPGP key ${fingerprint} cannot vouch for anything now: ${lowerFirst(text)}`);
}

const UNSUPPORTED = / not supported$/;

/** The problem that says most, of those that the parts of a key have. */
export function tellingProblem(problems: readonly string[]): string | undefined {
  const patterns = [/revoked|expired/, UNSUPPORTED];
  return patterns.map((pattern) => problems.find((text) => pattern.test(text))).find(Boolean) ?? problems[0];
}

/** Why a secret key cannot sign, as an error. */
export function secretKeyError(text: string, fingerprint: string): SignatureError {
  if (UNSUPPORTED.test(text))
    return new SignatureError('SIGNATURE_PGP_CANNOT_SIGN', `the OpenPGP key ${fingerprint} cannot sign: ${text}`, {
      hint: 'use a version 4 key of type Ed25519, NIST P-256, P-384 or P-521, or RSA of 2048 bits or more',
    });
  const code: SignatureCode = /revoked/.test(text)
    ? 'SIGNATURE_PGP_REVOKED'
    : /expired|self-signature|certification/i.test(text)
      ? 'SIGNATURE_PGP_EXPIRED'
      : 'SIGNATURE_PGP_CANNOT_SIGN';
  return new SignatureError(code, `the OpenPGP key ${fingerprint} cannot sign: ${lowerFirst(text)}`);
}

/**
 * Which of the secret keys in a file shall sign; `total` counts the public keys too.
 * @throws SignatureError SIGNATURE_PGP_SEVERAL_KEYS, SIGNATURE_KEY_NOT_PRIVATE, SIGNATURE_KEY_UNREADABLE
 */
export function selectFingerprint(
  available: readonly string[],
  { wanted, total }: { readonly wanted: string | undefined; readonly total: number },
): string {
  const [first, second] = available;
  if (first === undefined && total > 0)
    throw new SignatureError('SIGNATURE_KEY_NOT_PRIVATE', 'the OpenPGP file holds only public keys', {
      hint: 'export the secret key with `gpg --export-secret-keys FINGERPRINT`',
    });
  if (first === undefined) throw new SignatureError('SIGNATURE_KEY_UNREADABLE', 'the file holds no OpenPGP key');
  const list = available.join(', ');
  if (wanted !== undefined) {
    const fingerprint = wanted.replaceAll(/\s/g, '').toUpperCase();
    if (available.includes(fingerprint)) return fingerprint;
    throw new SignatureError('SIGNATURE_PGP_SEVERAL_KEYS', `the file holds ${list}, not ${wanted.slice(0, 80)}`);
  }
  if (second === undefined) return first;
  throw new SignatureError('SIGNATURE_PGP_SEVERAL_KEYS', `the file holds ${available.length} secret keys: ${list}`);
}

function lowerFirst(text: string): string {
  const acronym = /^[A-Z]{2}/.test(text);
  return (acronym ? text.slice(0, 1) : text.slice(0, 1).toLowerCase()) + text.slice(1, 300);
}
