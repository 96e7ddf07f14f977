// SPDX-License-Identifier: Apache-2.0
// What OpenPGP signature packets mean for a signature object of a SIF and for a bundle. Looks at every packet; packets
// by unknown keys neither help nor harm.

import type { PgpIdentity } from '../../findings/identity.ts';
import type { Reason } from '../../findings/reason.ts';
import { decodeCleartext } from './cleartext.ts';
import { checkPackets, type PacketCheck, type PgpKeyring, readKeyring } from './pgp.ts';
import { signatureReason, type SignatureReasonCode } from '../reasons.ts';
import type { CleartextCheck, SignatureCheck, TrustMaterial } from '../verifier.ts';

/**
 * Reads the keyrings, once.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export async function openPgpVerifier(trust: Pick<TrustMaterial, 'keyrings' | 'origins'>): Promise<PgpVerifier> {
  return new PgpVerifier(await readKeyring(trust));
}

/** Checks OpenPGP signatures against keyrings. */
export class PgpVerifier {
  readonly #keyring: PgpKeyring;

  constructor(keyring: PgpKeyring) {
    this.#keyring = keyring;
  }

  /**
   * A cleartext signature object. As in Apptainer the first packet by a known key decides, and its primary key must be
   * the one that the descriptor names; stricter, every other packet by a known key must be good too.
   */
  async verifyCleartext(
    data: Uint8Array,
    descriptorFingerprint: string | undefined,
    now: Date,
  ): Promise<CleartextCheck> {
    const cleartext = decodeCleartext(data);
    if (typeof cleartext === 'string')
      return { ...unreadable(`the signature object is no cleartext signature: ${cleartext}`), text: null };
    const { text, packets } = cleartext;
    const checks = await checkPackets(packets, text, { keyring: this.#keyring, now });
    if (!checks) return { ...unreadable('the signature block holds no OpenPGP signature'), text };
    const known = checks.filter(({ signer }) => signer !== undefined);
    const [deciding] = known;
    if (!deciding) return { ...unknownSigner(checks, descriptorFingerprint), text };
    const reasons = known.flatMap(({ problem }) => problem ?? []);
    const fingerprint = deciding.signer?.fingerprint ?? '';
    if (fingerprint !== descriptorFingerprint)
      reasons.push(
        signatureReason(
          'PGP_FINGERPRINT_MISMATCH',
          `the descriptor names ${descriptorFingerprint ?? 'no key'}, the signature is by ${fingerprint}`,
        ),
      );
    return { ...checked(deciding, reasons), text };
  }

  /** A binary detached signature over a DSSE message, by the key whose primary fingerprint the bundle names. */
  async verifyPae(pae: Uint8Array, signature: Uint8Array, { fingerprint, now }: PaeOptions): Promise<SignatureCheck> {
    const key = this.#keyring.get(fingerprint);
    const keyring: PgpKeyring = new Map(key ? [[fingerprint, key]] : []);
    const checks = await checkPackets(signature, pae, { keyring, now });
    const [check, second] = checks ?? [];
    if (!check || second) return unreadable('the signature is not one OpenPGP signature packet');
    if (check.signer) return checked(check, check.problem ? [check.problem] : []);
    if (key) {
      const message = `the bundle names ${fingerprint}, the signature is by ${check.claimed ?? 'another key'}`;
      return checked({ ...check, signer: { fingerprint, userIds: key.getUserIDs() } }, [
        signatureReason('PGP_FINGERPRINT_MISMATCH', message),
      ]);
    }
    return unknownSigner([{ ...check, claimed: fingerprint }], fingerprint);
  }
}

export interface PaeOptions {
  /** Primary key that the bundle names, 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly now: Date;
}

/** Found only after the signature itself verified: nobody altered anything, and it is worth nothing now. */
const OUTDATED: ReadonlySet<string> = new Set([
  'PGP_KEY_EXPIRED',
  'PGP_KEY_REVOKED',
  'PGP_KEY_UNSUITABLE',
  'PGP_SIGNATURE_EXPIRED',
  'PGP_SIGNATURE_FUTURE',
] satisfies SignatureReasonCode[]);

function checked(check: PacketCheck, reasons: readonly Reason[]): SignatureCheck {
  const identity: PgpIdentity | null = check.signer ? { method: 'pgp', ...check.signer } : null;
  const outdated = reasons.every(({ code }) => OUTDATED.has(code));
  const status = reasons.length === 0 ? 'valid' : outdated ? 'untrusted' : 'invalid';
  return { status, identity, reasons, signedAt: check.created };
}

function unreadable(message: string): SignatureCheck {
  return {
    status: 'unreadable',
    identity: null,
    reasons: [signatureReason('SIGNATURE_UNREADABLE', message)],
    signedAt: null,
  };
}

/** Claims only: the issuer fingerprint in the packet may be a subkey's, the descriptor's is the primary key's. */
function unknownSigner(checks: readonly PacketCheck[], named: string | undefined): SignatureCheck {
  const fingerprint = named ?? checks.find(({ claimed }) => claimed !== undefined)?.claimed;
  return {
    status: 'unknown-signer',
    identity: fingerprint === undefined ? null : { method: 'pgp', fingerprint, userIds: [] },
    reasons: checks.flatMap(({ problem }) => problem ?? []),
    signedAt: checks[0]?.created ?? null,
  };
}
