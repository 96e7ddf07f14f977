// SPDX-License-Identifier: Apache-2.0
// What a signature by a certified key means: verifies with the certificate first, then asks whether that is trusted.

import type { Reason } from '../../findings/reason.ts';
import { type Certificate, certificateIdentity, parseCertificate } from './certificate.ts';
import { CountersignError } from '../../base/errors.ts';
import { type Hashing, type PublicKey, verifyMessage } from '../keys.ts';
import { opensshKeyid } from '../openssh.ts';
import { signatureReason } from '../reasons.ts';
import type { SignatureCheck, TrustMaterial } from '../verifier.ts';
import { findPaths, parseTrusted, type RevocationCheck } from './path.ts';

/** Certificates in one bundle: twice what a path can hold. */
const MAX_CHAIN = 20;

export interface CertifiedMessage {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly hashing: Hashing;
}

/** Checks signatures by certified keys against anchors, which are parsed once. */
export class X509Verifier {
  readonly #anchors: readonly Certificate[];
  readonly #intermediates: readonly Certificate[];
  /** Certificates that native signatures may be by. */
  readonly #certificates: readonly Certificate[];
  readonly #isRevoked: RevocationCheck | undefined;

  /** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
  constructor(trust: TrustMaterial, isRevoked?: RevocationCheck) {
    this.#anchors = parseTrusted(trust, 'anchors');
    this.#intermediates = parseTrusted(trust, 'intermediates');
    this.#certificates = parseTrusted(trust, 'certificates');
    this.#isRevoked = isRevoked;
  }

  /** A signature that carries its certificates, leaf first. */
  verifyWithChain(signed: CertifiedMessage, chain: readonly Uint8Array[], now: Date): SignatureCheck {
    const [first, ...others] = chain;
    const leaf = chain.length > MAX_CHAIN ? tooMany(chain.length) : first && parseOrReason(first);
    if (!leaf || 'code' in leaf)
      return { status: 'unreadable', identity: null, reasons: leaf ? [leaf] : [], signedAt: null };
    const parsed = others.map(parseOrReason);
    const intermediates = parsed.flatMap((item) => ('code' in item ? [] : [item]));
    const unreadable = parsed.flatMap((item) => ('code' in item ? [item] : []));
    const check = this.#judge(signed, { leaf, intermediates, now });
    return check.status === 'untrusted' ? { ...check, reasons: [...check.reasons, ...unreadable] } : check;
  }

  /** A signature without material: tried with every certificate of the trust material. Undefined when none fits. */
  verifyWithKnown(signed: CertifiedMessage, keyid: string | undefined, now: Date): SignatureCheck | undefined {
    const checks = this.#certificates
      .filter((leaf) => keyid === undefined || (leaf.publicKey && opensshKeyid(leaf.publicKey.key) === keyid))
      .map((leaf) => this.#judge(signed, { leaf, intermediates: [], now }));
    return checks.find(({ status }) => status === 'valid') ?? checks.find(({ status }) => status === 'untrusted');
  }

  /** The keys of the certificates that native signatures may be by. */
  knownKeys(): readonly PublicKey[] {
    return this.#certificates.flatMap(({ publicKey }) => publicKey ?? []);
  }

  #judge(
    { message, signature, hashing }: CertifiedMessage,
    {
      leaf,
      intermediates,
      now,
    }: { readonly leaf: Certificate; readonly intermediates: readonly Certificate[]; readonly now: Date },
  ): SignatureCheck {
    const claimed = certificateIdentity(leaf, []);
    if (!leaf.publicKey) {
      const problem = `the certificate ${JSON.stringify(leaf.subject.text.slice(0, 200))} cannot be used: ${leaf.keyProblem}`;
      return {
        status: 'untrusted',
        identity: claimed,
        reasons: [signatureReason('CERTIFICATE_WEAK', problem)],
        signedAt: null,
      };
    }
    if (!verifyMessage(leaf.publicKey, message, { signature, hashing })) {
      const problem = `the signature does not verify with the certificate ${JSON.stringify(leaf.subject.text.slice(0, 200))}`;
      return {
        status: 'invalid',
        identity: claimed,
        reasons: [signatureReason('SIGNATURE_BAD', problem)],
        signedAt: null,
      };
    }
    const result = findPaths(leaf, {
      anchors: this.#anchors,
      intermediates: [...intermediates, ...this.#intermediates],
      now,
      isRevoked: this.#isRevoked,
    });
    const status = result.anchors.length > 0 ? 'valid' : 'untrusted';
    const anchors = status === 'valid' ? result.anchors : result.expired;
    return { status, identity: certificateIdentity(leaf, anchors), reasons: result.reasons, signedAt: null };
  }
}

function tooMany(count: number): Reason {
  return signatureReason(
    'CERTIFICATE_CHAIN_TOO_LARGE',
    `the bundle holds ${count} certificates, not up to ${MAX_CHAIN}`,
  );
}

function parseOrReason(der: Uint8Array): Certificate | Reason {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return signatureReason('CERTIFICATE_UNREADABLE', `a certificate of the bundle cannot be read: ${error.message}`);
  }
}
