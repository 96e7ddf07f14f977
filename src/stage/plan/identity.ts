// SPDX-License-Identifier: Apache-2.0
// Signers that are thought up: whoever a credential of the policy fits, as a verifier would find them.

import { sha256, sha256Hex, utf8 } from '../../base/bytes.ts';
import type { SignerIdentity, SigstoreIdentity, X509Identity } from '../../findings/signature.ts';
import type { Credential, SigstoreCredential, X509Credential } from '../../policy/document/model.ts';

/** A signer that proves the credential; another person for each step where it fits many. */
export function identityFor(credential: Credential, of: string, step: number): SignerIdentity {
  const seed = `${of} ${step}`;
  const hint = Buffer.from(sha256(utf8(`a key of ${seed}`)).slice('sha256:'.length), 'hex').toString('base64');
  const known = { hint, algorithm: 'ecdsa-p256', certificateSha256: sha256Hex(utf8(seed)) };
  switch (credential.method) {
    case 'pgp':
      return { method: 'pgp', fingerprint: credential.fingerprint, hint, userIds: [] };
    case 'key':
      return { method: 'key', hint: credential.hint, algorithm: 'ecdsa-p256' };
    case 'x509':
      return certified(credential, known, step);
    case 'sigstore':
      return keyless(credential, known, step);
    default:
      return credential satisfies never;
  }
}

type Known = Pick<X509Identity, 'hint' | 'algorithm' | 'certificateSha256'>;

function certified({ san, subject, issuer, anchors }: X509Credential, known: Known, step: number): X509Identity {
  return {
    method: 'x509',
    ...known,
    subject: matching(subject, step)[0] ?? `CN=x${step}`,
    issuer: matching(issuer, step)[0] ?? 'CN=x',
    san: matching(san, step),
    serial: '01',
    notBefore: '1970-01-01T00:00:00Z',
    notAfter: '9999-12-31T23:59:59Z',
    anchors,
    chain: [],
  };
}

function keyless({ issuer, san, claims }: SigstoreCredential, known: Known, step: number): SigstoreIdentity {
  const said = Object.entries(claims).map(([name, patterns]) => [name, matching(patterns, step)[0] ?? '']);
  return {
    method: 'sigstore',
    ...known,
    issuer,
    san: matching(san, step),
    claims: Object.fromEntries(said),
    provenAt: null,
  };
}

/** A value that the first pattern covers; none without a pattern. */
function matching(patterns: readonly string[], step: number): readonly string[] {
  return patterns.slice(0, 1).map((pattern) => pattern.replaceAll('*', `x${step}`));
}
