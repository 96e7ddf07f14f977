// SPDX-License-Identifier: Apache-2.0
// The verifier that everything uses: bare keys are checked here, OpenPGP and X.509 code is loaded when the first
// signature needs it. Which algorithm is used follows from the trusted key, never from the message.

import type { KeyIdentity, ProvenTime, Sourced } from '../findings/signature.ts';
import { keyIdentity, type PublicKey, readPublicKeys } from './keys.ts';
import { keyidOf, opensshKeyid, parsePgpHint, verifyMessage } from './signatures.ts';
import { hasSigned, noteSigner, searching } from './signatures.ts';
import type { PgpVerifier } from './pgp/verifier.ts';
import { signatureReason } from './errors.ts';
import type { SigstoreVerifier } from './sigstore/verifier.ts';
import { sourceOf } from './trust.ts';
import { trustError } from './trust-error.ts';
import type {
  CleartextCheck,
  DsseInput,
  Moment,
  SignatureCheck,
  SignedContent,
  TrustMaterial,
  Verifier,
} from './verifier.ts';
import type { X509Verifier } from './x509/verifier.ts';

const SHA256_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/**
 * A verifier for the given trust material, all of which is read here: what is wrong with it must never look like
 * something wrong with an image. Code for kinds of trust that are not given is loaded only when a signature needs it.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED
 */
export async function createVerifier(trust: TrustMaterial): Promise<Verifier> {
  const verifier = new LazyVerifier(trust);
  await verifier.readTrust();
  return verifier;
}

/** Checks one signature at a time; holds parsed trust material. */
class LazyVerifier implements Verifier {
  readonly #trust: TrustMaterial;
  readonly #keys: readonly PublicKey[];
  /** Where each bare key is from; beside them, since a copy of a key would have it parsed. */
  readonly #sources = new Map<PublicKey, Sourced>();
  #pgp: Promise<PgpVerifier> | undefined;
  #x509: Promise<X509Verifier> | undefined;
  #sigstore: Promise<SigstoreVerifier> | undefined;
  /** Whose trust this one shares, and the lists that it has beside. */
  #of: { readonly base: LazyVerifier; readonly crls: readonly Uint8Array[] } | undefined;

  /** @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED */
  constructor(trust: TrustMaterial) {
    this.#trust = trust;
    this.#keys = trust.keys.flatMap((part, index) => {
      try {
        const keys = readPublicKeys(part);
        for (const key of keys) this.#sources.set(key, sourceOf(trust, part));
        return keys;
      } catch (cause) {
        throw trustError(cause, { trust, kind: 'keys', index });
      }
    });
  }

  /**
   * Reads what the constructor has not.
   * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
   */
  async readTrust(): Promise<void> {
    const { keyrings, anchors, intermediates, certificates, timestamps, crls = [], sigstore } = this.#trust;
    if (keyrings.length > 0) await this.#loadPgp();
    if ([anchors, intermediates, certificates, timestamps, crls].some(({ length }) => length > 0))
      await this.#loadX509();
    if (sigstore.length > 0) await this.#loadSigstore();
  }

  forKeys(keys: readonly Uint8Array[]): Verifier {
    const made = new LazyVerifier({ ...this.#trust, keys });
    made.#of = { base: this, crls: [] };
    return made;
  }

  withCrls(crls: readonly Uint8Array[]): Verifier {
    if (crls.length === 0) return this;
    const made = new LazyVerifier(this.#trust);
    made.#of = { base: this, crls };
    return made;
  }

  async verifyDsse(input: DsseInput, now: Date): Promise<SignatureCheck> {
    if (await this.#isKeyless(input)) return (await this.#loadSigstore()).verify(input, now);
    const present = await this.#verifyAt(input, { now });
    // Nothing proves the time of a signature that is not good, and strangers may put any number of timestamps beside theirs.
    if (present.status !== 'valid' && present.status !== 'untrusted') return present;
    const { timestamps = [], signature } = input;
    const x509 = timestamps.length > 0 ? await this.#loadX509() : undefined;
    const stamped = x509?.checkTimestamps(timestamps, signature, now);
    const proven = earliest(stamped?.proven, input.proven);
    const result = await this.#verifyBest(input, { present, now, proven: proven?.latest });
    const remarks = stamped?.remarks ?? [];
    return { ...result, ...(proven ? { proven } : {}), ...(remarks.length > 0 ? { timeRemarks: remarks } : {}) };
  }

  /** A certificate of minutes, where the policy trusts an instance of Sigstore; its time is proven in other ways. */
  async #isKeyless({ material, hashing }: DsseInput): Promise<boolean> {
    if (material?.kind !== 'certificates' || hashing === 'jws' || this.#trust.sigstore.length === 0) return false;
    return (await this.#loadX509()).isKeyless(material.chain);
  }

  /** By the proven time; what is good now is good whatever that is, as it would be without. */
  async #verifyBest(
    input: DsseInput,
    { present, now, proven }: Moment & { readonly present: SignatureCheck },
  ): Promise<SignatureCheck> {
    if (!proven) return present;
    const then = await this.#verifyAt(input, { now, proven });
    return then.status !== 'valid' && present.status === 'valid' ? present : then;
  }

  async #verifyAt(input: DsseInput, moment: Moment): Promise<SignatureCheck> {
    const { material, pae, signature, hashing } = input;
    if (material?.kind === 'certificates') {
      const x509 = await this.#loadX509();
      return x509.verifyWithChain({ message: pae, signature, hashing, keyid: input.keyid }, material.chain, moment);
    }
    const fingerprint = material && parsePgpHint(material.hint);
    if (fingerprint !== undefined) {
      const pgp = await this.#loadPgp();
      return pgp.verifyPae(pae, signature, { fingerprint, ...moment });
    }
    return this.#verifyBare(input, material?.hint, moment);
  }

  async verifyCleartext(
    data: Uint8Array,
    descriptorFingerprint: string | undefined,
    now: Date,
    proven?: ProvenTime,
  ): Promise<CleartextCheck> {
    const pgp = await this.#loadPgp();
    const result = await pgp.verifyCleartext(data, descriptorFingerprint, { now, proven: proven?.latest });
    const good = result.status === 'valid' || result.status === 'untrusted';
    return good && proven ? { ...result, proven } : result;
  }

  async verifySigned(message: Uint8Array, now: Date): Promise<SignedContent | undefined> {
    const { checkSigned } = await import('./pgp/message.ts');
    return checkSigned(message, () => this.#loadPgp(), now);
  }

  /**
   * A signature by a key that is not part of it. A hint or keyid names a key but proves nothing: what counts is which
   * trusted key verifies. As in Apptainer a native keyid excludes keys that have another one.
   */
  async #verifyBare(input: DsseInput, hint: string | undefined, moment: Moment): Promise<SignatureCheck> {
    const { pae, signature, hashing } = input;
    const keyid = hashing === 'native' ? input.keyid : undefined;
    const keys = this.#keys.filter((key) => keyid === undefined || opensshKeyid(key.key) === keyid);
    const isLikely = (key: PublicKey) => (hint ? key.hint === hint : hasSigned(key.hint));
    const likely = keys.filter(isLikely);
    // Of thousands of keys the one that is named is most likely it; a name that fits none costs a guess for each.
    const signer =
      likely.find((key) => verifyMessage(key, pae, { signature, hashing })) ??
      searching(() =>
        keys.find((key) => !isLikely(key) && verifyMessage(key, pae, { signature, hashing, guess: Boolean(hint) })),
      );
    if (signer) noteSigner(signer.hint);
    if (signer)
      return { ...check('valid', { ...keyIdentity(signer), ...this.#sources.get(signer) }), ...keyidOf(signer, input) };
    const x509 = this.#trust.certificates.length > 0 ? await this.#loadX509() : undefined;
    const certified = x509?.verifyWithKnown({ message: pae, signature, hashing }, keyid, moment);
    if (certified) return certified;
    const known = [...keys, ...(x509?.knownKeys() ?? [])];
    const claimed = known.find((key) => key.hint === hint || (keyid !== undefined && opensshKeyid(key.key) === keyid));
    if (claimed) {
      const message = `the signature does not verify with the key ${claimed.hint} that it names`;
      return check('invalid', keyIdentity(claimed), signatureReason('SIGNATURE_BAD', message));
    }
    return unknownSigner(hint, keyid);
  }

  #loadPgp(): Promise<PgpVerifier> {
    const { base } = this.#of ?? {};
    this.#pgp ??= base
      ? base.#loadPgp()
      : import('./pgp/verifier.ts').then(({ openPgpVerifier }) => openPgpVerifier(this.#trust));
    return this.#pgp;
  }

  #loadSigstore(): Promise<SigstoreVerifier> {
    const { base } = this.#of ?? {};
    this.#sigstore ??= base
      ? base.#loadSigstore()
      : import('./sigstore/verifier.ts').then(
          async ({ SigstoreVerifier }) => new SigstoreVerifier(this.#trust, (await this.#loadX509()).revocation),
        );
    return this.#sigstore;
  }

  #loadX509(): Promise<X509Verifier> {
    const { base, crls = [] } = this.#of ?? {};
    this.#x509 ??= base
      ? base.#loadX509().then((x509) => x509.withCrls(crls))
      : import('./x509/verifier.ts').then(({ X509Verifier }) => new X509Verifier(this.#trust));
    return this.#x509;
  }
}

function unknownSigner(hint: string | undefined, keyid: string | undefined): SignatureCheck {
  const name = (hint || keyid)?.slice(0, 100);
  const message = name ? `the key ${JSON.stringify(name)} is not trusted` : 'no trusted key verifies the signature';
  const identity: KeyIdentity | null =
    hint !== undefined && SHA256_BASE64.test(hint) ? { method: 'key', hint, algorithm: 'unknown' } : null;
  return { status: 'unknown-signer', identity, reasons: [signatureReason('SIGNER_UNKNOWN', message)], signedAt: null };
}

function check(
  status: 'valid' | 'invalid',
  identity: KeyIdentity,
  ...reasons: SignatureCheck['reasons'] extends readonly (infer R)[] ? R[] : never
): SignatureCheck {
  return { status, identity, reasons, signedAt: null };
}

function earliest(one: ProvenTime | undefined, other: ProvenTime | undefined): ProvenTime | undefined {
  return one && other ? (one.latest <= other.latest ? one : other) : (one ?? other);
}
