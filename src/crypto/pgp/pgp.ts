// SPDX-License-Identifier: Apache-2.0
// OpenPGP packets, by the one importer of openpgp: reads key files and signatures, answers whether a key made a signature,
// signs, makes keys. What is judged of a key is key.ts, what a signature is worth verifier.ts.

import {
  type AnyKeyPacket,
  type AnyPacket,
  type Config,
  config as defaults,
  createMessage,
  enums,
  generateKey,
  type Key,
  PacketList,
  type PartialConfig,
  type PrivateKey,
  PublicKey,
  PublicKeyPacket,
  PublicSubkeyPacket,
  readKeys,
  readSignature,
  SecretKeyPacket,
  SecretSubkeyPacket,
  SignaturePacket,
  type Subkey,
  sign,
} from 'openpgp';
import type { Secret } from '../../base/secret.ts';
import { decodeArmor, keyBlocks, packetHint, type RawPacket, splitPackets } from './framing.ts';

/** SHA-256 as Apptainer. What a library may refuse about hashes, keys and times is judged here and not by it. */
const CONFIG = {
  preferredHashAlgorithm: enums.hash.sha256,
  rejectHashAlgorithms: new Set<enums.hash>(),
  rejectMessageHashAlgorithms: new Set<enums.hash>(),
} satisfies PartialConfig;
const FULL_CONFIG: Config = { ...defaults, ...CONFIG };

/** Names of hashes in a Hash header. */
const HASH_NAMES: ReadonlyMap<number | null, string> = new Map([
  [enums.hash.sha224, 'SHA224'],
  [enums.hash.sha256, 'SHA256'],
  [enums.hash.sha384, 'SHA384'],
  [enums.hash.sha512, 'SHA512'],
]);

const PRIMARY_TAGS: ReadonlySet<number> = new Set([enums.packet.publicKey, enums.packet.secretKey]);
const SIGNATURE_TAG: number = enums.packet.signature;
/** Of keys that the library reads. */
const ALGORITHMS: ReadonlySet<unknown> = new Set(Object.values(enums.publicKey));

/** Signature packets in one object that are looked at; Apptainer writes one and reads up to the first that it knows. */
const MAX_PACKETS = 8;

export type { AnyKeyPacket, Key, PrivateKey, SignaturePacket, Subkey };

/** A key, meaning its primary part, or one of its subkeys. */
export type KeyPart = Key | Subkey;

/** What the purposes, hashes and types of signatures are called in packets. */
export const { hash: HASH, keyFlags: KEY_FLAG, reasonForRevocation: REVOCATION, signature: SIGNATURE } = enums;

/** What an OpenPGP key file holds. */
export interface KeyFile {
  readonly keys: readonly Key[];
  /** Revocations of keys that stand alone, as `gpg --gen-revoke` writes them. */
  readonly revocations: readonly SignaturePacket[];
  /** Keys that cannot even be read, in words. */
  readonly foreign: readonly string[];
}

/**
 * Reads armored blocks or binary packets.
 * @throws what the library throws, plain errors
 */
export async function readKeyFile(bytes: Uint8Array): Promise<KeyFile> {
  const blocks = keyBlocks(bytes)?.map((block) => {
    const packets = decodeArmor(block);
    if (typeof packets === 'string') throw new Error(`an armored block ${packets}`);
    return packets;
  });
  const parts = await Promise.all((blocks ?? (bytes.length > 0 ? [bytes] : [])).map(readPart));
  return {
    keys: parts.flatMap(({ keys }) => keys),
    revocations: parts.flatMap(({ revocations }) => revocations),
    foreign: parts.flatMap(({ foreign }) => foreign),
  };
}

async function readPart(bytes: Uint8Array): Promise<KeyFile> {
  const packets = splitPackets(bytes);
  const first = packets.findIndex(isPrimary);
  const alone = first === -1 ? packets : packets.slice(0, first);
  const foreign = packets.filter(isPrimary).flatMap((packet) => unreadable(packet) ?? []);
  const readable = packets.some((packet) => isPrimary(packet) && unreadable(packet) === undefined);
  return {
    // Bytes that are no packets are for the library to say so.
    keys: readable || packets.length === 0 ? await readKeys({ binaryKeys: bytes, config: CONFIG }) : [],
    revocations: alone.filter(({ tag }) => tag === SIGNATURE_TAG).flatMap(({ body }) => readRevocation(body)),
    foreign,
  };
}

function isPrimary({ tag }: RawPacket): boolean {
  return PRIMARY_TAGS.has(tag);
}

/** Why the library reads no key from the packet, if so. The algorithm follows the version and four bytes of time. */
function unreadable({ body }: RawPacket): string | undefined {
  const [version = 0] = body;
  if (version !== 4 && version !== 6) return `an OpenPGP key of version ${version}`;
  const algorithm = body[5] ?? 0;
  return ALGORITHMS.has(algorithm) ? undefined : `an OpenPGP key of the unknown algorithm ${algorithm}`;
}

function readRevocation(body: Uint8Array): readonly SignaturePacket[] {
  const packet = new SignaturePacket();
  packet.read(body);
  return packet.signatureType === enums.signature.keyRevocation ? [packet] : [];
}

/** A public key or subkey from the content of its packet; undefined for what the library does not read. */
export async function keyPacketOf(body: Uint8Array, isSubkey: boolean): Promise<AnyKeyPacket | undefined> {
  const packet = isSubkey ? new PublicSubkeyPacket() : new PublicKeyPacket();
  try {
    await packet.read(body);
    return packet;
  } catch {
    return undefined;
  }
}

/** The same of a signature. */
export function signaturePacketOf(body: Uint8Array): SignaturePacket | undefined {
  const packet = new SignaturePacket();
  try {
    packet.read(body);
    return packet;
  } catch {
    return undefined;
  }
}

/** The signature as if it named this key, which the library wants before it looks. */
export function attributedTo(signature: SignaturePacket, key: AnyKeyPacket): SignaturePacket {
  return Object.assign(new SignaturePacket(), signature, { issuerKeyID: key.getKeyID() });
}

/** Copies of one public key, and revocations of it that were found alone, as one: nothing that any of them says is lost. */
export function mergeKeys(copies: readonly Key[], revocations: readonly SignaturePacket[]): Key {
  const [first = new PacketList<AnyPacket>(), ...others] = copies.map((key) => key.toPublic().toPacketList());
  const list = new PacketList<AnyPacket>();
  list.push(...first, ...others.flatMap((packets) => packets.slice(1)), ...revocations);
  return new PublicKey(list);
}

/** 40 upper-case hex digits of a version 4 key. */
export function fingerprintOf(key: { getFingerprint(): string }): string {
  return key.getFingerprint().toUpperCase();
}

/**
 * Base64 SHA-256 of the SPKI of a key or subkey: the same for every packet that holds the key. Empty for a kind of key that
 * signs nothing here: no statement names it so, whereas no hint at all would fit any name.
 */
export function hintOf(part: KeyPart): string {
  return packetHint(part.keyPacket.write()) ?? '';
}

/** Signatures by which a key speaks of itself as a whole. */
export function directSignatures(key: Key): readonly SignaturePacket[] {
  return key
    .toPacketList()
    .filter((packet) => packet instanceof SignaturePacket)
    .filter(({ signatureType }) => signatureType === enums.signature.key);
}

/** The text of a plain error, as the library throws. Further lines are for its authors, and may hold paths. */
export function messageOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return line;
}

/** The signature packets in a binary signature; undefined when it is none. Never throws. */
export async function readSignaturePackets(bytes: Uint8Array): Promise<readonly SignaturePacket[] | undefined> {
  try {
    const { packets } = await readSignature({ binarySignature: bytes, config: CONFIG });
    // Packets of versions and kinds that are not known stay unparsed: as good as by an unknown signer.
    const signatures = packets.filter((packet) => packet instanceof SignaturePacket);
    return signatures.length > 0 && packets.length <= MAX_PACKETS ? signatures : undefined;
  } catch {
    return undefined;
  }
}

/**
 * True when the key made the signature over the data, whatever else is so of either. The library also refuses what a
 * signature demands beside (see demandOf) and what is outside its time; neither is asked of it. Never throws.
 */
export async function isMadeBy(
  signature: SignaturePacket,
  key: AnyKeyPacket,
  signed: Uint8Array | { readonly key: AnyKeyPacket; readonly bind?: AnyKeyPacket; readonly userID?: object | null },
): Promise<boolean> {
  const { created, signatureType } = signature;
  if (created === null || signatureType === null) return false;
  const plain = Object.assign(new SignaturePacket(), signature, {
    unknownSubpackets: [],
    rawNotations: [],
    revocationKeyClass: null,
    signatureNeverExpires: true,
  });
  try {
    const data = signed instanceof Uint8Array ? (await createMessage({ binary: signed })).packets[0] : signed;
    await plain.verify(key, signatureType, data ?? {}, created, true, FULL_CONFIG);
    return true;
  } catch {
    return false;
  }
}

/** What a signature demands of its reader that we cannot do. */
export function demandOf({ unknownSubpackets, rawNotations }: SignaturePacket): string | undefined {
  const unknown = unknownSubpackets.find(({ critical }) => critical);
  if (unknown) return `the critical subpacket ${unknown.type}, which is not known`;
  const notation = rawNotations.find(({ critical }) => critical);
  return notation && `the critical notation ${JSON.stringify(notation.name.slice(0, 80))}, which is not known`;
}

/** The packet with the secret part; undefined for a stub, as of a primary key kept offline or on a card. */
export function secretPacket(part: KeyPart): SecretKeyPacket | SecretSubkeyPacket | undefined {
  const packet = part.keyPacket;
  const secret = packet instanceof SecretKeyPacket || packet instanceof SecretSubkeyPacket ? packet : undefined;
  return secret && !secret.isDummy() && !secret.isMissingSecretKeyMaterial() ? secret : undefined;
}

/**
 * A signature packet by an unlocked part of a key, with the name of its hash.
 * @throws what the library throws, plain errors
 */
export async function signDetached(
  key: PrivateKey,
  part: KeyPart,
  { message, now }: { readonly message: string | Uint8Array; readonly now: Date },
): Promise<{ readonly packet: Uint8Array; readonly hash: string }> {
  const signature = await sign({
    message:
      typeof message === 'string' ? await createMessage({ text: message }) : await createMessage({ binary: message }),
    signingKeys: key,
    signingKeyIDs: part.getKeyID(),
    detached: true,
    date: now,
    format: 'binary',
    config: { ...CONFIG, allowMissingKeyFlags: true },
  });
  const [packet] = (await readSignaturePackets(signature)) ?? [];
  return { packet: signature, hash: hashNameOf(packet?.hashAlgorithm) };
}

/** Name of a hash in a Hash header; empty for one that is not accepted over messages. */
export function hashNameOf(algorithm: number | null | undefined): string {
  return HASH_NAMES.get(algorithm ?? null) ?? '';
}

/** True for hashes that are accepted over messages, as Apptainer accepts them. */
export function isMessageHash(algorithm: number | null): boolean {
  return HASH_NAMES.has(algorithm);
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
