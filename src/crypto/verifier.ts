// SPDX-License-Identifier: Apache-2.0
// The interface of everything that checks signatures; lazy-verifier.ts makes one. A verifier answers about one signature with
// the trust material it was made with; it never throws for a bad signature, and never looks at stages or policies.

import type { Denial } from '../findings/denial.ts';
import type {
  ProvenTime,
  Reason,
  SignatureStatus,
  SignerIdentity,
  SigstoreIdentity,
  TrustSource,
} from '../findings/signature.ts';
import type { SourceLocation } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';

/** What tells a verifier which key signed. */
export type VerificationMaterial =
  | {
      readonly kind: 'public-key';
      /** Base64 SHA-256 of the SPKI, or `openpgp4fpr:` and 40 lower-case hex digits. Selects among trusted keys, proves nothing. */
      readonly hint: string;
    }
  | {
      readonly kind: 'certificates';
      /** DER, leaf first, then intermediates; never a root. */
      readonly chain: readonly Uint8Array[];
    };

/** What becomes of a certificate about which no CRL speaks: `require` fails, `warn` remarks. */
export const REVOCATION_MODES = ['require', 'warn'] as const;
/** One of them. */
export type RevocationMode = (typeof REVOCATION_MODES)[number];

/** What signatures are checked against; all of it comes from the policy or the command line, never from an image. */
export interface TrustMaterial {
  /** OpenPGP keyrings, armored or binary, each possibly with many keys. */
  readonly keyrings: readonly Uint8Array[];
  /** Public keys: SPKI or PKCS#1, PEM or DER. */
  readonly keys: readonly Uint8Array[];
  /** X.509 trust anchors, DER. */
  readonly anchors: readonly Uint8Array[];
  /** X.509 intermediates that may complete a path, DER. */
  readonly intermediates: readonly Uint8Array[];
  /** X.509 leaf certificates whose keys may have made native DSSE signatures, DER. */
  readonly certificates: readonly Uint8Array[];
  /** X.509 certificate revocation lists, DER. */
  readonly crls?: readonly Uint8Array[];
  /** What becomes of a certificate about which no CRL speaks; `require` when there are CRLs, else nothing is looked up. */
  readonly revocation?: RevocationMode;
  /** X.509 trust anchors of timestamp authorities, DER. */
  readonly timestamps: readonly Uint8Array[];
  /** Certificates, and keys in them, that count for nothing wherever in a path they are; other denials are not looked at. */
  readonly denied?: readonly Denial[];
  /** Sigstore instances whose short-lived certificates are trusted, whoever they are for. */
  readonly sigstore: readonly SigstoreTrust[];
  /** Where the above comes from, for errors about it; by the very arrays of bytes above. */
  readonly origins?: ReadonlyMap<Uint8Array, TrustOrigin>;
}

/** A Sigstore instance, and how many proofs of each kind its signatures must have. */
export interface SigstoreTrust {
  /** JSON of a trusted root. */
  readonly root: Uint8Array;
  /** Entries of a transparency log. */
  readonly log: number;
  /** Times by a log or a timestamp authority, at least 1. */
  readonly timestamps: number;
  /** Signed certificate timestamps. */
  readonly sct: number;
  /** Trusts this signer alone, of all for whom the instance gives certificates. */
  readonly only?: SigstoreIdentity;
}

/** A file with trust material, and the place in the policy that names it. */
export interface TrustOrigin {
  readonly path: string;
  readonly location?: SourceLocation;
  /** What reports say of it. */
  readonly source: TrustSource;
}

/** The answer about one signature. */
export interface SignatureCheck {
  readonly status: SignatureStatus;
  /** Proven when status is valid or untrusted, claimed otherwise; null when nothing is claimed. */
  readonly identity: SignerIdentity | null;
  readonly reasons: readonly Reason[];
  /** OpenPGP only: creation time of the signature packet. */
  readonly signedAt: Date | null;
  /** OpenSSH fingerprint of the key, where the signature is good, names some keyid and is by a key that has one. */
  readonly keyid?: string;
  /** Since when a good signature is proven to have existed: its key is judged by that time. Undefined: by the present. */
  readonly proven?: ProvenTime;
  /** Why timestamps beside it prove nothing. */
  readonly timeRemarks?: readonly Reason[];
}

/** When a signature is checked. */
export interface Moment {
  readonly now: Date;
  /** When it is proven to have existed; its key must have been good then, and need not be any more. */
  readonly proven?: Date | undefined;
}

/** A cleartext check also yields the signed text. */
export interface CleartextCheck extends SignatureCheck {
  /** Canonical signed text (LF line ends, no final one); null when unreadable. */
  readonly text: string | null;
}

/** One signature of a DSSE envelope. */
export interface DsseInput {
  readonly pae: Uint8Array;
  readonly signature: Uint8Array;
  /** From the bundle; undefined for a native or bare DSSE envelope, where every trusted key is tried. */
  readonly material: VerificationMaterial | undefined;
  readonly keyid: string | undefined;
  /** `native`: always SHA-256 as in a SIF; `bundle`: the hash follows the key (P-384 → SHA-384), SHA-256 accepted too. */
  readonly hashing: 'native' | 'bundle' | 'jws';
  /** RFC 3161 responses over the signature, DER, unchecked. */
  readonly timestamps?: readonly Uint8Array[];
  /** A time that something else proves. */
  readonly proven?: ProvenTime | undefined;
  /** The whole bundle, which may prove when a short-lived certificate signed. */
  readonly bundle?: JsonObject;
}

/** Answers about signatures with the trust material that it was made with. */
export interface Verifier {
  /** The same with these public keys alone, SPKI as DER, in place of its own bare keys. @throws SignatureError */
  forKeys(keys: readonly Uint8Array[]): Verifier;
  /** The same with further revocation lists, DER; those that cannot be read are passed over, all where none are asked for. */
  withCrls(crls: readonly Uint8Array[]): Verifier;
  /** Checks one DSSE signature. */
  verifyDsse(input: DsseInput, now: Date): Promise<SignatureCheck>;
  /**
   * Checks a native OpenPGP cleartext signature object; `descriptorFingerprint` is the 40-hex-digit upper-case value of
   * its descriptor, which must be the signing entity's primary fingerprint. One object may hold several signatures.
   */
  verifyCleartext(
    data: Uint8Array,
    descriptorFingerprint: string | undefined,
    now: Date,
    proven?: ProvenTime,
  ): Promise<CleartextCheck>;
  /** Checks a signed OpenPGP message, by any trusted key; undefined for any other message. */
  verifySigned(message: Uint8Array, now: Date): Promise<SignedContent | undefined>;
}

/** What a signed OpenPGP message says, and who signed it. */
export interface SignedContent {
  readonly content: Uint8Array;
  readonly check: SignatureCheck;
}
