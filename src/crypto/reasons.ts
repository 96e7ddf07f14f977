// SPDX-License-Identifier: Apache-2.0
// Why a signature is not valid: the codes that a SignatureCheck carries, with when they occur and what to do. They are
// findings, not errors; docs/errors.md lists them.

import type { Reason } from '../findings/reason.ts';
import type { CodeCatalogue } from '../base/errors.ts';

/** When each reason occurs, and what to do. */
export const SIGNATURE_REASONS = {
  SIGNATURE_BAD: {
    when: 'a signature does not verify with the key that it names',
    fix: 'the content or the signature was altered: obtain the image again from a source you trust',
  },
  SIGNATURE_UNREADABLE: {
    when: 'a signature object or its signature cannot be read',
    fix: 'obtain the image again; if it was written so, tell whoever signed it',
  },
  SIGNER_UNKNOWN: {
    when: 'the signing key is not among the trusted keys, so that nothing can be said about the signature',
    fix: 'if you trust this signer, add the public key to the policy; else ignore the signature',
  },
  PGP_KEY_EXPIRED: {
    when: 'the OpenPGP key has expired; there is no proof that the signature is older',
    fix: 'put a copy of the key with an extended expiry into the policy, or sign again',
  },
  PGP_KEY_EXPIRED_BEFORE: {
    when: 'the OpenPGP key had expired before the signature says it was made',
    fix: 'have the image signed with a key that is valid; if the expiry was extended, put the newer copy of the key into the policy',
  },
  PGP_KEY_NOT_YET_VALID: {
    when: 'the OpenPGP key was made later than the time of this check',
    fix: 'check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩',
  },
  PGP_KEY_REVOKED: {
    when: 'the OpenPGP key is revoked for good: compromised, or without a reason',
    fix: 'have the image signed with another key',
  },
  PGP_KEY_RETIRED: {
    when: 'the OpenPGP key is retired or superseded by its owner; there is no proof that the signature is older',
    fix: 'have the image signed with the key that came after it',
  },
  PGP_KEY_UNSUITABLE: {
    when: 'the OpenPGP key may not sign (it may only certify, or the signing subkey is not bound to it), is too weak, or uses an algorithm that is not supported',
    fix: 'have the image signed with a version 4 key of type Ed25519, NIST P-256/384/521 or RSA of 2048 bits or more',
  },
  PGP_KEY_VERSION: {
    when: 'the signature was made by an OpenPGP key that is not version 4; Apptainer can never verify those',
    fix: 'have the image signed with a version 4 key',
  },
  PGP_HASH_REFUSED: {
    when: 'an OpenPGP signature uses a hash other than SHA-224, SHA-256, SHA-384 or SHA-512',
    fix: 'have the image signed again with SHA-256 or better',
  },
  PGP_SIGNATURE_EXPIRED: { when: 'the OpenPGP signature itself has expired', fix: 'have the image signed again' },
  PGP_SIGNATURE_FUTURE: {
    when: 'the OpenPGP signature was made later than the time of this check',
    fix: 'check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩',
  },
  PGP_SIGNATURE_REFUSED: {
    when: 'an OpenPGP signature has the wrong type, or demands something that is not supported',
    fix: 'have the image signed again with plain options',
  },
  PGP_FINGERPRINT_MISMATCH: {
    when: 'the signature object names another key than the one that made the signature',
    fix: 'the descriptor was altered: obtain the image again from a source you trust',
  },
  CERTIFICATE_UNREADABLE: { when: 'a certificate cannot be read', fix: 'obtain the image and its bundle again' },
  CERTIFICATE_NO_ISSUER: {
    when: 'no trusted certificate and no given intermediate issued this certificate',
    fix: 'add the issuing CA to the trust anchors of the policy, or have the signer include its intermediates',
  },
  CERTIFICATE_SIGNATURE_BAD: {
    when: 'the signature on a certificate does not verify with the key of the CA that it names',
    fix: 'the certificate is forged or damaged, or another CA has the same name; obtain the right CA certificate',
  },
  CERTIFICATE_EXPIRED: { when: 'a certificate of the chain has expired', fix: 'renew the certificate and sign again' },
  CERTIFICATE_NOT_YET_VALID: {
    when: 'a certificate of the chain is not valid yet',
    fix: 'check the clock, or wait until the certificate begins to be valid',
  },
  CERTIFICATE_NOT_CA: {
    when: 'a certificate was used to issue another one without being a CA certificate',
    fix: 'the chain is not acceptable; have the certificate issued by a CA',
  },
  CERTIFICATE_PATH_LENGTH: {
    when: 'a CA certificate allows fewer intermediates below it than there are',
    fix: 'have the CA issue certificates within its path length',
  },
  CERTIFICATE_KEY_USAGE: {
    when: 'key usage lacks digitalSignature on the signing certificate, or keyCertSign on a CA',
    fix: 'have the certificate issued with the right key usage',
  },
  CERTIFICATE_EXTENDED_KEY_USAGE: {
    when: 'extended key usage of a certificate in the chain does not allow code signing',
    fix: 'have the certificate issued with extended key usage codeSigning',
  },
  CERTIFICATE_NAME_CONSTRAINT: {
    when: 'a CA may not issue certificates for the names in this certificate',
    fix: 'have the certificate issued by a CA that is responsible for these names',
  },
  CERTIFICATE_EXTENSION_UNKNOWN: {
    when: 'a certificate has a critical extension that is not supported, or demands certificate policies (requireExplicitPolicy)',
    fix: 'have the certificate issued without that extension; one that only informs can be marked not critical',
  },
  CERTIFICATE_WEAK: {
    when: 'a certificate has a weak or unsupported key, or is signed with SHA-1 or MD5',
    fix: 'have the certificate issued anew with a key and hash of today',
  },
  CERTIFICATE_REVOKED: { when: 'a certificate of the chain is revoked', fix: 'sign again with a new certificate' },
  CERTIFICATE_CHAIN_TOO_LARGE: {
    when: 'the search for a certificate chain passed its limit',
    fix: 'include only the intermediates that belong to the chain',
  },
} as const satisfies CodeCatalogue;

/** Code of such a reason. */
export type SignatureReasonCode = keyof typeof SIGNATURE_REASONS;

/** A reason with the catalogue's advice. */
export function signatureReason(code: SignatureReasonCode, message: string): Reason {
  return { code, message, hint: SIGNATURE_REASONS[code].fix };
}
