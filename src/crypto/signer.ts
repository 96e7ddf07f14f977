// SPDX-License-Identifier: Apache-2.0
// The interface of everything that signs, and the lazy factory: each backend is loaded only when its method is asked for.

import type { SignerIdentity, SigningMethod } from '../findings/signature.ts';
import type { JsonObject } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import type { KeyWorld } from './external/holder.ts';
import type { TrustMaterial, VerificationMaterial } from './verifier.ts';

/** Signs DSSE messages; made by createSigner, holds an unlocked key in memory. */
export interface Signer {
  readonly method: SigningMethod;
  readonly identity: SignerIdentity;
  /** Whether the key file needs a passphrase; false for one that whoever reads it can sign with. */
  readonly isProtected: boolean;
  /** What goes into a bundle so that verifiers find the key. */
  readonly material: VerificationMaterial;
  /**
   * Public trust material under which this signer's own signatures are valid: the OpenPGP public key, the SPKI, or for
   * X.509 the last certificate of the chain as anchor (and the others as intermediates). For checking what was just
   * signed, and for finding one's own earlier layers.
   */
  readonly publicMaterial: TrustMaterial;
  /** Signature bytes over the PAE: ASN.1 DER for ECDSA, 64 bytes for Ed25519, PKCS#1 v1.5 for RSA, a binary OpenPGP packet. */
  signPae(pae: Uint8Array, now: Date): Promise<Uint8Array>;
  /** X.509 with a key in this process: signatures as in Notation's envelopes, and the whole chain that they need, DER, root last. */
  readonly notation?: NotationSigner;
  /** Asks a timestamp authority for an RFC 3161 response over a signature; undefined when none is to be asked. */
  readonly stamp?: ((signature: Uint8Array) => Promise<Uint8Array>) | undefined;
  /** Keyless: what the instance's services say of a signature, for ever public where their log is. */
  readonly witness?: (signed: DsseSignature) => Promise<Proofs>;
  /** Keyless: renews a certificate that is about to expire, and with it identity and material; before a statement names them. */
  readonly refresh?: () => Promise<void>;
  /** Keyless: the present time, which the proofs are later than the start of the run by. */
  readonly now?: () => Date;
  /** Native signatures in a SIF: what the method can write besides the approval. */
  readonly native: NativeSigner;
}

/** Makes the signatures of Notation's envelopes. */
export interface NotationSigner {
  /** As in RFC 7518; undefined for keys that Notation does not know. */
  readonly algorithm: string | undefined;
  /** Ends with the last certificate that was given, a root or not. */
  readonly chain: readonly Uint8Array[];
  readonly endsInRoot: boolean;
  /** Undefined for keys that Notation does not know. */
  sign(message: Uint8Array): Uint8Array | undefined;
}

/** A signature of an envelope. */
export interface DsseSignature {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** What the signature is over. */
  readonly pae: Uint8Array;
  readonly signature: Uint8Array;
}

/** What services say about a signature. */
export interface Proofs {
  /** Entries of transparency logs, as bundles have them. */
  readonly tlogEntries: readonly JsonObject[];
  /** RFC 3161 responses, DER. */
  readonly timestamps: readonly Uint8Array[];
}

/** How a native SIF signature object of this signer is made. */
export type NativeSigner =
  | {
      readonly format: 'pgp';
      /** Cleartext-signed text over the sif-metadata, exactly as an Apptainer signature object holds it. */
      signCleartext(metadata: Uint8Array, now: Date): Promise<Uint8Array>;
    }
  | {
      readonly format: 'dsse';
      /** OpenSSH fingerprint `SHA256:…` of the public key: the only keyid that Apptainer accepts. */
      readonly keyid: string;
      /** Signature over a sif-metadata PAE; always SHA-256, whatever the key size (docs/spec/sif.md, 5.2). */
      signNativePae(pae: Uint8Array): Promise<Uint8Array>;
    };

/** What a signer is made from. */
export interface SignerOptions {
  /** Any but keyless signers, which have no key: those are made by sigstore/sign/signer.ts. */
  readonly method: Exclude<SigningMethod, 'sigstore'>;
  /** PEM, armored or binary OpenPGP; or the name of a key outside the process, which `world` is needed for. */
  readonly key: Secret;
  readonly world?: KeyWorld | undefined;
  /** Public key that a bare or certified key must have, PEM; undefined for any. */
  readonly expectedKey?: string | undefined;
  readonly passphrase: Secret | undefined;
  /** For a key in cosign's own format when no passphrase is given; without it the empty one is tried. */
  readonly cosignPassphrase?: Secret | undefined;
  /** OpenPGP: selects one of several keys in the file by the fingerprint of its primary key. */
  readonly fingerprint?: string | undefined;
  /** PEM of the leaf certificate (x509). */
  readonly certificate: string | undefined;
  /** PEM of intermediates (x509), issuing CA first; a self-signed root is left out of the bundle. */
  readonly certificateChain: string | undefined;
  readonly now: Date;
}

/**
 * Unlocks a key and returns its signer.
 * @throws SignatureError with a code per cause: wrong passphrase, unsupported key, expired, revoked, certificate mismatch …;
 * KeyError for a key outside the process
 */
export async function createSigner(options: SignerOptions): Promise<Signer> {
  switch (options.method) {
    case 'pgp':
      return (await import('./pgp/signer.ts')).createPgpSigner(options);
    case 'key':
      return (await import('./private-key.ts')).createKeySigner(options);
    case 'x509':
      return (await import('./x509/signer.ts')).createX509Signer(options);
    default:
      return options.method satisfies never;
  }
}
