// SPDX-License-Identifier: Apache-2.0
// OpenPGP: reads keys and keyrings, checks and makes signature packets. The only importer of openpgp. Which secret key
// signs is pgp-secret.ts; what a check means is pgp-verifier.ts; the text around a signature is cleartext.ts.

import {
  type Config,
  config as defaults,
  createMessage,
  enums,
  generateKey,
  type Key,
  PacketList,
  type PartialConfig,
  type PrivateKey,
  readKeys,
  readSignature,
  SecretKeyPacket,
  SecretSubkeyPacket,
  Signature,
  SignaturePacket,
  sign,
  verify,
} from 'openpgp';
import type { Reason } from '../../findings/reason.ts';
import { toHex } from '../../base/bytes.ts';
import type { Secret } from '../../base/secret.ts';
import { keyBlocks } from './armor.ts';
import { packetHint } from './key-material.ts';
import { keyProblem, packetProblem, secretKeyError, unsupportedAlgorithm } from './problems.ts';
import { signatureReason } from '../reasons.ts';
import { trustError } from '../trust.ts';
import type { TrustMaterial } from '../verifier.ts';

/**
 * SHA-256 as Apptainer. Keys are judged at the time of the check, not of the signature, as Apptainer does: so keys
 * whose older self-signatures were cleaned away still verify. Self-signatures with SHA-1 are accepted: the keys come
 * from the policy, so nobody else can slip a forged one in; SHA-1 over messages is refused.
 */
const CONFIG = {
  preferredHashAlgorithm: enums.hash.sha256,
  allowInsecureVerificationWithReformattedKeys: true,
} satisfies PartialConfig;
export const FULL_CONFIG: Config = { ...defaults, ...CONFIG };

/** Hashes that are accepted over messages, as Apptainer accepts them, with their names in a Hash header. */
const MESSAGE_HASHES: ReadonlyMap<number | null, string> = new Map([
  [enums.hash.sha224, 'SHA224'],
  [enums.hash.sha256, 'SHA256'],
  [enums.hash.sha384, 'SHA384'],
  [enums.hash.sha512, 'SHA512'],
]);

/** Signature packets in one object that are looked at. */
const MAX_PACKETS = 32;

export type { Key, PrivateKey };

/** A key or one of its subkeys. */
export type KeyPart = Awaited<ReturnType<PrivateKey['getSigningKey']>>;

/** Public keys that are trusted, by upper-case fingerprint of the primary key. */
export type PgpKeyring = ReadonlyMap<string, Key>;

/** What is so about one signature packet. */
export interface PacketCheck {
  /** Creation time in the packet; null when it has none. */
  readonly created: Date | null;
  /** Issuer fingerprint in the packet, 40 upper-case hex digits, primary or subkey; only a claim. */
  readonly claimed: string | undefined;
  /** The trusted key of this issuer; undefined when there is none. */
  readonly signer:
    | {
        readonly fingerprint: string;
        readonly subkey?: string;
        readonly hint?: string;
        readonly userIds: readonly string[];
      }
    | undefined;
  /** Undefined when the signature is good. */
  readonly problem: Reason | undefined;
}

/** Keys in armored blocks or binary packets. @throws what the library throws: plain errors */
export async function readAnyKeys(bytes: Uint8Array): Promise<Key[]> {
  const blocks = keyBlocks(bytes);
  if (!blocks) return bytes.length === 0 ? [] : readKeys({ binaryKeys: bytes, config: CONFIG });
  const keys = await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys, config: CONFIG })));
  return keys.flat();
}

/**
 * The public keys of keyrings, copies of one key merged, so that a revocation in one of them counts. Only version 4
 * keys are kept.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export async function readKeyring(trust: Pick<TrustMaterial, 'keyrings' | 'origins'>): Promise<PgpKeyring> {
  const keyring = new Map<string, Key>();
  for (const [index, file] of trust.keyrings.entries()) {
    try {
      for (const key of await readAnyKeys(file)) {
        if (key.keyPacket.version !== 4) continue;
        const fingerprint = fingerprintOf(key);
        const known = keyring.get(fingerprint);
        keyring.set(fingerprint, known ? await known.update(key.toPublic()) : key.toPublic());
      }
    } catch (cause) {
      throw trustError(cause, { trust, kind: 'keyrings', index });
    }
  }
  return keyring;
}

/** 40 upper-case hex digits. */
export function fingerprintOf(key: { getFingerprint(): string }): string {
  return key.getFingerprint().toUpperCase();
}

/** The name of a public key itself, whatever it is bound to. */
export function hintOf(part: Key | KeyPart): { readonly hint?: string } {
  const hint = packetHint(part.keyPacket.write());
  return hint === undefined ? {} : { hint };
}

/** The text of a plain error, as the library throws. Further lines are for its authors, and may hold paths. */
export function messageOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return line;
}

/**
 * Checks every signature packet over a text (0x01) or bytes (0x00), against every trusted key that its issuer may mean.
 * Undefined when the bytes are no signature packets. Never throws.
 */
export async function checkPackets(
  packets: Uint8Array,
  message: string | Uint8Array,
  { keyring, now }: { readonly keyring: PgpKeyring; readonly now: Date },
): Promise<readonly PacketCheck[] | undefined> {
  try {
    const { packets: found } = await readSignature({ binarySignature: packets, config: CONFIG });
    // Packets of versions and kinds that are not known stay unparsed: as good as by an unknown signer.
    const signatures = found.filter((packet) => packet instanceof SignaturePacket);
    if (signatures.length === 0 || found.length > MAX_PACKETS) return undefined;
    return await Promise.all(signatures.map((signature) => checkPacket(signature, message, { keyring, now })));
  } catch {
    return undefined;
  }
}

async function checkPacket(
  signature: SignaturePacket,
  message: string | Uint8Array,
  { keyring, now }: { readonly keyring: PgpKeyring; readonly now: Date },
): Promise<PacketCheck> {
  const { issuerFingerprint, created } = signature;
  const claimed = issuerFingerprint?.length === 20 ? toHex(issuerFingerprint).toUpperCase() : undefined;
  const issuer = signature.issuerKeyID.toHex();
  const candidates = [...keyring.values()].flatMap((key) => {
    const part = key.getKeys().find((candidate) => candidate.getKeyID().toHex() === issuer);
    return part ? [{ key, part }] : [];
  });
  let check: PacketCheck = { created, claimed, signer: undefined, problem: unknownKey(signature) };
  for (const { key, part } of candidates) {
    const problem =
      formProblem(signature, message) ??
      algorithmProblem(key, part) ??
      (await candidateProblem(signature, { key, message, now }));
    const signer = {
      fingerprint: fingerprintOf(key),
      ...(part === key ? {} : { subkey: fingerprintOf(part) }),
      ...hintOf(part),
      userIds: key.getUserIDs(),
    };
    check = { created, claimed, signer, problem };
    if (!problem) break;
  }
  return check;
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

/** What is wrong with a packet whatever the key. */
function formProblem(signature: SignaturePacket, message: string | Uint8Array): Reason | undefined {
  const wanted = typeof message === 'string' ? enums.signature.text : enums.signature.binary;
  if (signature.signatureType !== wanted)
    return signatureReason(
      'PGP_SIGNATURE_REFUSED',
      `the OpenPGP signature has type ${signature.signatureType}, not ${wanted}`,
    );
  if (!MESSAGE_HASHES.has(signature.hashAlgorithm))
    return signatureReason('PGP_HASH_REFUSED', `the OpenPGP signature uses hash algorithm ${signature.hashAlgorithm}`);
  return undefined;
}

/** The primary key counts as well: its self-signatures could not be verified. */
function algorithmProblem(key: Key, part: Key | KeyPart): Reason | undefined {
  const text = unsupportedAlgorithm(key.getAlgorithmInfo()) ?? unsupportedAlgorithm(part.getAlgorithmInfo());
  return text === undefined ? undefined : keyProblem(text, fingerprintOf(key));
}

async function candidateProblem(
  signature: SignaturePacket,
  { key, message, now }: { readonly key: Key; readonly message: string | Uint8Array; readonly now: Date },
): Promise<Reason | undefined> {
  try {
    const list = new PacketList<SignaturePacket>();
    list.push(signature);
    const { signatures } = await verify({
      message: await literalMessage(message),
      signature: new Signature(list),
      verificationKeys: key,
      date: now,
      config: CONFIG,
    });
    for (const result of signatures) await result.verified;
    if (signatures.length !== 1) throw new Error('no signature was checked');
  } catch (error) {
    return packetProblem(messageOf(error), fingerprintOf(key));
  }
  try {
    await key.getSigningKey(signature.issuerKeyID, now, undefined, FULL_CONFIG);
    return undefined;
  } catch (error) {
    return keyProblem(messageOf(error), fingerprintOf(key));
  }
}

/** The packet with the secret part; undefined for a stub, as of a primary key kept offline or on a card. */
export function secretPacket(part: KeyPart): SecretKeyPacket | SecretSubkeyPacket | undefined {
  const packet = part.keyPacket;
  const secret = packet instanceof SecretKeyPacket || packet instanceof SecretSubkeyPacket ? packet : undefined;
  return secret && !secret.isDummy() && !secret.isMissingSecretKeyMaterial() ? secret : undefined;
}

/**
 * A signature packet by an unlocked part of a key, with the name of its hash.
 * @throws SignatureError as secretKeyError
 */
export async function signDetached(
  key: PrivateKey,
  part: KeyPart,
  { message, now }: { readonly message: string | Uint8Array; readonly now: Date },
): Promise<{ readonly packet: Uint8Array; readonly hash: string }> {
  try {
    const signature = await sign({
      message: await literalMessage(message),
      signingKeys: key,
      signingKeyIDs: part.getKeyID(),
      detached: true,
      date: now,
      format: 'binary',
      config: CONFIG,
    });
    const { packets } = await readSignature({ binarySignature: signature });
    return { packet: signature, hash: MESSAGE_HASHES.get(packets[0]?.hashAlgorithm ?? null) ?? '' };
  } catch (error) {
    throw secretKeyError(messageOf(error), fingerprintOf(key));
  }
}

async function literalMessage(message: string | Uint8Array) {
  return typeof message === 'string' ? createMessage({ text: message }) : createMessage({ binary: message });
}

/** A new key as armored files. */
export interface PgpKeyFiles {
  /** Primary key, 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A new version 4 Ed25519 key whose primary part signs, as Apptainer prefers. */
export async function generatePgpKey(options: {
  readonly name: string;
  readonly email: string;
  readonly passphrase?: Secret | undefined;
  readonly now: Date;
}): Promise<PgpKeyFiles> {
  const { name, email, passphrase, now } = options;
  const pair = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name, email },
    date: now,
    subkeys: [],
    format: 'object',
    ...(passphrase ? { passphrase: passphrase.revealText() } : {}),
    config: CONFIG,
  });
  const { privateKey, publicKey } = pair;
  return { fingerprint: fingerprintOf(publicKey), privateKey: privateKey.armor(), publicKey: publicKey.armor() };
}
