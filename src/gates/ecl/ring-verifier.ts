// SPDX-License-Identifier: Apache-2.0
// Whether a cleartext signature is good to Apptainer: by the first key of the global keyring that may have made it, and
// what that key says of itself.

import { utf8 } from '../../base/bytes.ts';
import { signatureReason, type SignatureReasonCode } from '../../crypto/errors.ts';
import { decodeCleartext } from '../../crypto/pgp/framing.ts';
import type { SignaturePacket } from '../../crypto/pgp/library.ts';
import { isMadeBy, isMessageHash, KEY_FLAG, REVOCATION, SIGNATURE } from '../../crypto/pgp/pgp.ts';
import { signaturePacketOf } from '../../crypto/pgp/ring.ts';
import { trustIn } from '../../crypto/trust.ts';
import { type CleartextCheck } from '../../crypto/verifier.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import type { Reason } from '../../findings/signature.ts';
import type { CheckOptions } from '../../image/sif/native-signatures.ts';
import { mayUse, readRing, type RingIdentity, type RingKey, type RingPart, timeOf } from './ring.ts';
import { ringEvents } from './ring-packets.ts';

/**
 * What verifies the signatures of an image as Apptainer does with a global keyring.
 * @throws GateError as readRing
 */
export async function ringVerifier(keyring: Uint8Array): Promise<CheckOptions['verifier']> {
  const keys = await readRing(keyring);
  const others = await createVerifier(trustIn({}));
  return {
    verifyDsse: (input, now) => others.verifyDsse(input, now),
    verifyCleartext: (data, named, now) => verifyCleartext(data, named, { keys, now }),
  };
}

interface Context {
  readonly keys: readonly RingKey[];
  readonly now: Date;
}

async function verifyCleartext(data: Uint8Array, named: string | undefined, context: Context): Promise<CleartextCheck> {
  const cleartext = decodeCleartext(data);
  const nothing = { identity: null, signedAt: null };
  if (typeof cleartext === 'string')
    return { ...nothing, status: 'unreadable', reasons: [reason('SIGNATURE_UNREADABLE', cleartext)], text: null };
  const { text, packets } = cleartext;
  const found = await decide(packets, text, context);
  if ('code' in found) return { ...nothing, status: 'untrusted', reasons: [found], text };
  const { fingerprint } = found;
  const wrong = `the descriptor names ${named ?? 'no key'}, the signature is by ${fingerprint}`;
  const reasons = fingerprint === named ? [] : [reason('PGP_FINGERPRINT_MISMATCH', wrong)];
  const identity = { method: 'pgp', fingerprint, userIds: [] } as const;
  return { status: reasons.length === 0 ? 'valid' : 'invalid', identity, reasons, signedAt: null, text };
}

/**
 * The key that made the signature, or why there is none: the first packet that names a known key decides.
 * @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/read.go verifyDetachedSignature
 */
async function decide(packets: Uint8Array, text: string, { keys, now }: Context): Promise<RingKey | Reason> {
  for (const { is, body } of ringEvents(packets)) {
    const signature = is === 'signature' ? signaturePacketOf(body) : undefined;
    const issuer = signature?.issuerKeyID.toHex();
    if (!signature || issuer === undefined || issuer === '')
      return reason('SIGNATURE_UNREADABLE', 'the signature block holds something else than signatures by keys');
    if (!isMessageHash(signature.hashAlgorithm))
      return reason('PGP_HASH_REFUSED', `a signature uses hash algorithm ${signature.hashAlgorithm}`);
    const [made] = keys.flatMap((key) => signersIn(key, issuer));
    if (!made) continue;
    const { key, part } = made;
    const by = `the signature by OpenPGP key ${key.fingerprint}`;
    const signed = SIGNED.get(signature.signatureType)?.(text);
    if (signed === undefined) return reason('PGP_SIGNATURE_REFUSED', `${by} is of another type`);
    if (!(await isMadeBy(signature, part.packet, utf8(signed))))
      return reason('SIGNATURE_BAD', `${by} does not verify`);
    return keyProblem(made, signature, now) ?? key;
  }
  return reason('SIGNER_UNKNOWN', 'no key of the global keyring that may sign has made the signature');
}

/** What a signature of a type is over. */
const SIGNED: ReadonlyMap<number | null, (text: string) => string> = new Map<number | null, (text: string) => string>([
  [SIGNATURE.text, (text) => text],
  [SIGNATURE.binary, (text) => text.replaceAll('\n', '\r\n')],
]);

/** A key, and the part of it that made a signature. */
interface Signer {
  readonly key: RingKey;
  readonly part: RingPart;
  /** Of a subkey. */
  readonly binding?: SignaturePacket;
}

function signersIn(key: RingKey, issuer: string): readonly Signer[] {
  const isIssuer = ({ packet }: RingPart) => packet.getKeyID().toHex() === issuer;
  const mains = mainIdentities(key);
  const signs = mains.every(({ certification }) => certification && mayUse(certification, KEY_FLAG.signData));
  return [
    ...(isIssuer(key) && signs ? [{ key, part: key }] : []),
    ...key.subkeys
      .filter((part) => isIssuer(part) && mayUse(part.binding, KEY_FLAG.signData))
      .map((part) => ({ key, part, binding: part.binding })),
  ];
}

/** Whether any part of a key may sign, as Apptainer asks it: a key that says nothing of its use may not. */
export function maySign(key: RingKey): boolean {
  return [key, ...key.subkeys].some(({ packet }) => signersIn(key, packet.getKeyID().toHex()).length > 0);
}

/**
 * The identity that says what holds of the key. Of several that are alike Apptainer takes any, so all must be good.
 * @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/keys.go shouldPreferIdentity
 */
function mainIdentities({ identities }: RingKey): readonly RingIdentity[] {
  const sorted = identities.toSorted(compareIdentities);
  return sorted.filter((one) => compareIdentities(one, sorted[0] ?? one) === 0);
}

function compareIdentities(one: RingIdentity, other: RingIdentity): number {
  const [a, b] = [one.certification, other.certification];
  return (
    one.revocations.length - other.revocations.length ||
    Number(!a) - Number(!b) ||
    Number(b?.isPrimaryUserID ?? false) - Number(a?.isPrimaryUserID ?? false) ||
    (b ? timeOf(b) : 0) - (a ? timeOf(a) : 0)
  );
}

/** @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/read.go checkMessageSignatureDetails */
function keyProblem({ key, part, binding }: Signer, signature: SignaturePacket, now: Date): Reason | undefined {
  const mains = mainIdentities(key);
  const certifications = mains.flatMap(({ certification }) => certification ?? []);
  // Apptainer itself breaks off over such a key.
  if (certifications.length < mains.length)
    return reason(
      'PGP_KEY_UNSUITABLE',
      `of the OpenPGP key ${key.fingerprint} a user ID was revoked that it never signed`,
    );
  const back = binding?.embeddedSignature;
  const all = [signature, ...certifications, ...(binding ? [binding] : []), ...(back ? [back] : [])];
  const by = `the OpenPGP key ${key.fingerprint}`;
  const demand = all.flatMap(({ rawNotations }) => rawNotations).find(({ critical }) => critical);
  if (demand)
    return reason(
      'PGP_KEY_UNSUITABLE',
      `${by} or its signature demands what nobody knows: ${JSON.stringify(demand.name.slice(0, 80))}`,
    );
  const revocations = [key, ...mains, ...(binding ? [part] : [])].flatMap((one) => one.revocations);
  if (revocations.some((one) => one.reasonForRevocationFlag === REVOCATION.keyCompromised || !isOver(one, now)))
    return reason('PGP_KEY_REVOKED', `${by}, the subkey or the user ID that speaks for it is revoked`);
  const ends = [...certifications.map((one) => [key, one] as const), ...(binding ? [[part, binding] as const] : [])];
  if (ends.some(([{ packet }, { keyExpirationTime }]) => isPast(packet.created, keyExpirationTime, now)))
    return reason('PGP_KEY_EXPIRED', `${by} or the subkey has expired, or is of the future`);
  if (all.some((one) => isOver(one, now)))
    return reason(
      'PGP_SIGNATURE_EXPIRED',
      `the signature, or one by which ${by} speaks of itself, has expired or is of the future`,
    );
  return undefined;
}

function isOver({ created, signatureExpirationTime }: SignaturePacket, now: Date): boolean {
  return isPast(created ?? new Date(0), signatureExpirationTime, now);
}

/** True before the beginning as well. */
function isPast(created: Date, lifetime: number | null, now: Date): boolean {
  const [from, at] = [created, now].map((time) => Math.floor(time.getTime() / 1000));
  return from === undefined || at === undefined || from > at || (!!lifetime && at > from + lifetime);
}

function reason(code: SignatureReasonCode, message: string): Reason {
  return signatureReason(code, message);
}
