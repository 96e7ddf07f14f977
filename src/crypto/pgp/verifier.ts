// SPDX-License-Identifier: Apache-2.0
// What OpenPGP signature packets mean for a signature object of a SIF and for a bundle. A signature is checked against the
// key material first; whatever is found after that is about the key or the time, and accuses nobody of altering anything.

import type { PgpIdentity, Reason, Sourced } from '../../findings/signature.ts';
import { toHex, utf8 } from '../../base/bytes.ts';
import { toSecond } from '../../base/text.ts';
import { costOf, spend } from '../signatures.ts';
import { signatureReason, type SignatureReasonCode } from '../errors.ts';
import type { CleartextCheck, Moment, SignatureCheck, TrustMaterial } from '../verifier.ts';
import { decodeCleartext } from './framing.ts';
import { demandOf, partExpiryOf, partProblem, unsupportedProblem, userIdsOf } from './key.ts';
import {
  fingerprintOf,
  hintOf,
  isMadeBy,
  isMessageHash,
  type KeyPart,
  type PgpKeyring,
  readSignaturePackets,
  readSourcedKeyring,
  SIGNATURE,
} from './pgp.ts';
import { type Key, type SignaturePacket } from './library.ts';

/** What is so about one signature packet. */
interface PacketCheck {
  /** Creation time in the packet. */
  readonly created: Date | null;
  /** Issuer fingerprint in the packet, 40 upper-case hex digits, primary or subkey; only a claim. */
  readonly claimed: string | undefined;
  /** The trusted key of this issuer; undefined when there is none. */
  readonly signer: Omit<PgpIdentity, 'method'> | undefined;
  /** Undefined when the signature is good. */
  readonly problem: Reason | undefined;
  /** False when the signature could not even be checked, because of the kind of its key or hash. */
  readonly checkable: boolean;
}

/** What is signed, and of what type the signature must be. */
interface Message {
  readonly bytes: Uint8Array;
  readonly type: SignaturePacket['signatureType'];
}

/** A text is signed with any line ends, and a signature over bytes says so. */
const DATA_TYPES: ReadonlySet<number | null> = new Set([SIGNATURE.text, SIGNATURE.binary]);

/** Codes that accuse: what is signed, or what names the signer, is not what was there at signing. All others are about key and time. */
const ACCUSING: ReadonlySet<string> = new Set([
  'SIGNATURE_BAD',
  'PGP_FINGERPRINT_MISMATCH',
  // Other content with the same hash may have been found.
  'PGP_HASH_REFUSED',
] satisfies SignatureReasonCode[]);

/**
 * Reads the keyrings, once.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export async function openPgpVerifier(trust: Pick<TrustMaterial, 'keyrings' | 'origins'>): Promise<PgpVerifier> {
  const { keyring, sources } = await readSourcedKeyring(trust);
  return new PgpVerifier(keyring, sources);
}

/** Checks OpenPGP signatures against keyrings. */
export class PgpVerifier {
  readonly #keyring: PgpKeyring;
  readonly #sources: ReadonlyMap<string, Sourced>;

  /** `sources` says where each key is from, by its fingerprint. */
  constructor(keyring: PgpKeyring, sources: ReadonlyMap<string, Sourced>) {
    this.#keyring = keyring;
    this.#sources = sources;
  }

  /**
   * A cleartext signature object. As in Apptainer the first packet by a known key decides, and its primary key must be
   * the one that the descriptor names; stricter, every other packet by a known key must be good too.
   */
  async verifyCleartext(
    data: Uint8Array,
    descriptorFingerprint: string | undefined,
    moment: Moment,
  ): Promise<CleartextCheck> {
    const cleartext = decodeCleartext(data);
    if (typeof cleartext === 'string')
      return { ...unreadable(`the signature object is no cleartext signature: ${cleartext}`), text: null };
    const { text, packets } = cleartext;
    const message = { bytes: utf8(text), type: SIGNATURE.text };
    const checks = await this.#check(packets, message, { keys: [...this.#keyring.values()], ...moment });
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
    const checkable = known.every((check) => check.checkable);
    return { ...this.#checked({ ...deciding, checkable }, reasons), text };
  }

  /** A binary detached signature over a DSSE message, by the key whose primary fingerprint the bundle names. */
  async verifyPae(
    pae: Uint8Array,
    signature: Uint8Array,
    { fingerprint, ...moment }: PaeOptions,
  ): Promise<SignatureCheck> {
    const key = this.#keyring.get(fingerprint);
    const message = { bytes: pae, type: SIGNATURE.binary };
    const [check, second] = (await this.#check(signature, message, { keys: key ? [key] : [], ...moment })) ?? [];
    if (!check || second) return unreadable('the signature is not one OpenPGP signature packet');
    if (check.signer) return this.#checked(check, check.problem ? [check.problem] : []);
    if (!key) return unknownSigner([{ ...check, claimed: fingerprint }], fingerprint);
    const text = `the bundle names ${fingerprint}, the signature is by ${check.claimed ?? 'another key'}`;
    return this.#checked({ ...check, signer: await identityOf(key, key, { now: moment.now }) }, [
      signatureReason('PGP_FINGERPRINT_MISMATCH', text),
    ]);
  }

  /** A binary detached signature over data, by any of the keys. */
  async verifyData(data: Uint8Array, signature: Uint8Array, moment: Moment): Promise<SignatureCheck> {
    const message = { bytes: data, type: SIGNATURE.binary };
    const keys = [...this.#keyring.values()];
    const [check, second] = (await this.#check(signature, message, { keys, ...moment })) ?? [];
    if (!check || second) return unreadable('the signature is not one OpenPGP signature packet');
    return check.signer
      ? this.#checked(check, check.problem ? [check.problem] : [])
      : unknownSigner([check], undefined);
  }

  /** The answer about a packet by a known key; a bad signature says nothing about where that key is from. */
  #checked({ signer, checkable, created }: PacketCheck, reasons: readonly Reason[]): SignatureCheck {
    const altered = reasons.some(({ code }) => ACCUSING.has(code));
    const failed = altered ? 'invalid' : checkable ? 'untrusted' : 'unknown-signer';
    const status = reasons.length === 0 ? 'valid' : failed;
    const good = status === 'valid' || status === 'untrusted';
    const source = signer && good ? this.#sources.get(signer.fingerprint) : undefined;
    return { status, identity: signer ? { method: 'pgp', ...signer, ...source } : null, reasons, signedAt: created };
  }

  /** Every signature packet against every one of the keys that its issuer may mean. Undefined when there is none. */
  async #check(packets: Uint8Array, message: Message, candidates: Candidates) {
    const signatures = await readSignaturePackets(packets);
    return signatures && Promise.all(signatures.map((signature) => checkPacket(signature, message, candidates)));
  }
}

/** How a bundle's signature is to be checked. */
export interface PaeOptions extends Moment {
  /** Primary key that the bundle names, 40 upper-case hex digits. */
  readonly fingerprint: string;
}

interface Candidates extends Moment {
  readonly keys: readonly Key[];
}

/** The best answer of the keys that have a part of the issuer's name: several may, when one took over another's subkey. */
async function checkPacket(
  signature: SignaturePacket,
  message: Message,
  { keys, ...moment }: Candidates,
): Promise<PacketCheck> {
  const { issuerFingerprint, created } = signature;
  const claimed = issuerFingerprint?.length === 20 ? toHex(issuerFingerprint).toUpperCase() : undefined;
  const issuer = signature.issuerKeyID.toHex();
  let best: PacketCheck | undefined;
  for (const key of keys) {
    const part = [key, ...key.subkeys].find((candidate) => candidate.getKeyID().toHex() === issuer);
    if (!part) continue;
    const uncheckable = unsupportedProblem(key, part) ?? hashProblem(signature, key);
    const problem = uncheckable ?? (await signatureProblem(signature, message, { key, part, ...moment }));
    const better = !best || best.problem?.code === 'SIGNATURE_BAD';
    if (!problem || better)
      best = {
        created,
        claimed,
        signer: await identityOf(key, part, { now: moment.now, signature }),
        problem,
        checkable: !uncheckable,
      };
    if (!problem) break;
  }
  return best ?? { created, claimed, signer: undefined, problem: unknownKey(signature), checkable: false };
}

async function identityOf(
  key: Key,
  part: KeyPart,
  { now, signature }: { readonly now: Date; readonly signature?: SignaturePacket },
): Promise<Omit<PgpIdentity, 'method'>> {
  const own = signature?.getExpirationTime();
  const ends = [await partExpiryOf(key, part, now), own instanceof Date ? own : undefined];
  const [expires] = ends.filter((end) => end !== undefined).toSorted((a, b) => a.getTime() - b.getTime());
  return {
    fingerprint: fingerprintOf(key),
    ...(part === key ? {} : { subkey: fingerprintOf(part) }),
    hint: hintOf(part),
    userIds: await userIdsOf(key, now),
    ...(expires ? { expires: expires.toISOString() } : {}),
  };
}

function unknownKey(signature: SignaturePacket): Reason {
  if (signature.version !== 4)
    return signatureReason(
      'PGP_KEY_VERSION',
      `the signature was made by an OpenPGP key of version ${signature.version}`,
    );
  const issuer = signature.issuerFingerprint ? toHex(signature.issuerFingerprint) : signature.issuerKeyID.toHex();
  return signatureReason('SIGNER_UNKNOWN', `the OpenPGP key ${issuer.toUpperCase()} is not trusted`);
}

/** A hash for which other content with the same signature may be found, or which is not known at all. */
function hashProblem({ hashAlgorithm }: SignaturePacket, key: Key): Reason | undefined {
  if (isMessageHash(hashAlgorithm)) return undefined;
  const text = `the signature by OpenPGP key ${fingerprintOf(key)} uses hash algorithm ${hashAlgorithm}`;
  return signatureReason('PGP_HASH_REFUSED', text);
}

/** Why a signature that names a known key does not count. */
async function signatureProblem(
  signature: SignaturePacket,
  { bytes, type }: Message,
  { key, part, ...moment }: Moment & { readonly key: Key; readonly part: KeyPart },
): Promise<Reason | undefined> {
  const by = `the signature by OpenPGP key ${fingerprintOf(key)}`;
  spend(costOfPart(part));
  const made = DATA_TYPES.has(signature.signatureType) && (await isMadeBy(signature, part.keyPacket, bytes));
  if (!made) return signatureReason('SIGNATURE_BAD', `${by} does not verify`);
  if (signature.signatureType !== type)
    return signatureReason('PGP_SIGNATURE_REFUSED', `${by} has type ${signature.signatureType}, not ${type}`);
  const demand = demandOf(signature);
  if (demand !== undefined) return signatureReason('PGP_SIGNATURE_REFUSED', `${by} demands ${demand}`);
  return (
    timeProblem(signature, by, { part, ...moment }) ??
    (await partProblem(key, part, { ...moment, signedAt: createdOf(signature) }))
  );
}

/** What the library does around a check, in those of `spend`. */
const LIBRARY_COST = 3;

/** Of one check with a key or subkey. */
function costOfPart(part: KeyPart): number {
  const { bits, curve } = part.getAlgorithmInfo();
  const size = /^nistP(\d+)$/.exec(curve ?? '')?.[1];
  if (bits !== undefined) return LIBRARY_COST + costOf(`rsa-${bits}`);
  return LIBRARY_COST + (size === '384' || size === '521' ? costOf(`ecdsa-p${size}`) : 1);
}

function timeProblem(
  signature: SignaturePacket,
  by: string,
  { part, now, proven = now }: Moment & { readonly part: KeyPart },
): Reason | undefined {
  const made = createdOf(signature);
  const end = signature.getExpirationTime();
  if (made > now) return signatureReason('PGP_SIGNATURE_FUTURE', `${by} was made on ${toSecond(made)}`);
  if (end instanceof Date && end <= proven)
    return signatureReason('PGP_SIGNATURE_EXPIRED', `${by} expired on ${toSecond(end)}`);
  return made < part.keyPacket.created
    ? signatureReason('PGP_SIGNATURE_REFUSED', `${by} says that it is older than its key: ${toSecond(made)}`)
    : undefined;
}

function createdOf({ created }: SignaturePacket): Date {
  return created ?? new Date(0);
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
