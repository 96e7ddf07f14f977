// SPDX-License-Identifier: Apache-2.0
// OpenPGP keys and signatures: reads the keyrings of the trust material, says what is wrong with a file before any image is
// read, and answers whether a key made a signature. What is judged of a key is key.ts, what a signature is worth verifier.ts.

import type { Sourced } from '../../findings/signature.ts';
import { SignatureError } from '../errors.ts';
import { trustError } from '../trust-error.ts';
import { sourceOf } from '../trust.ts';
import type { TrustMaterial } from '../verifier.ts';
import { packetHint } from './framing.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import {
  type AnyKeyPacket,
  type AnyPacket,
  CONFIG,
  createMessage,
  enums,
  FULL_CONFIG,
  type Key,
  PacketList,
  PublicKey,
  readSignature,
  SignaturePacket,
  type Subkey,
} from './library.ts';

/** Names of hashes in a Hash header. */
const HASH_NAMES: ReadonlyMap<number | null, string> = new Map([
  [enums.hash.sha224, 'SHA224'],
  [enums.hash.sha256, 'SHA256'],
  [enums.hash.sha384, 'SHA384'],
  [enums.hash.sha512, 'SHA512'],
]);

/** As Apptainer's library, which counts from 2047 because some keys have a leading zero bit. */
const MIN_RSA_BITS = 2047;
const ECDSA_CURVES: ReadonlySet<string> = new Set(['nistP256', 'nistP384', 'nistP521']);
/** Signature packets in one object that are looked at; Apptainer writes one and reads up to the first that it knows. */
const MAX_PACKETS = 8;

/** A key, meaning its primary part, or one of its subkeys. */
export type KeyPart = Key | Subkey;

/** What the purposes, hashes and types of signatures are called in packets. */
export const { hash: HASH, keyFlags: KEY_FLAG, reasonForRevocation: REVOCATION, signature: SIGNATURE } = enums;

/** Copies of one public key, and revocations of it that were found alone, as one: nothing that any of them says is lost. */
export function mergeKeys(copies: readonly Key[], revocations: readonly SignaturePacket[]): Key {
  const [only] = copies;
  if (only && copies.length === 1 && revocations.length === 0) return only.toPublic();
  const [first = new PacketList<AnyPacket>(), ...others] = copies.map((key) => key.toPublic().toPacketList());
  const list = new PacketList<AnyPacket>();
  for (const packets of [first, ...others.map((copy) => copy.slice(1)), revocations])
    for (const packet of packets) list.push(packet);
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
    .filter(({ signatureType }) => signatureType === SIGNATURE.key);
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

/** Name of a hash in a Hash header; empty for one that is not accepted over messages. */
export function hashNameOf(algorithm: number | null | undefined): string {
  return HASH_NAMES.get(algorithm ?? null) ?? '';
}

/** True for hashes that are accepted over messages, as Apptainer accepts them. */
export function isMessageHash(algorithm: number | null): boolean {
  return HASH_NAMES.has(algorithm);
}

/** What is not supported about a key, whatever its owner says. */
export function unsupportedKey(part: KeyPart): string | undefined {
  const { version } = part.keyPacket;
  if (version !== 4) return `keys of version ${version} are not supported`;
  const { algorithm, bits, curve = '' } = part.getAlgorithmInfo();
  if (algorithm === 'dsa' || algorithm === 'elgamal' || algorithm === 'ed448')
    return `${algorithm === 'ed448' ? 'Ed448' : algorithm.toUpperCase()} keys are not supported`;
  if (algorithm.startsWith('rsa') && bits !== undefined && bits < MIN_RSA_BITS)
    return `RSA keys of ${bits} bits are not supported`;
  return algorithm === 'ecdsa' && !ECDSA_CURVES.has(curve) ? `the curve ${curve} is not supported` : undefined;
}

/** Public keys that are trusted, by upper-case fingerprint of the primary key. */
export type PgpKeyring = ReadonlyMap<string, Key>;

/** Keys that a message names. */
const NAMED = 5;

/** Where keyrings come from. */
export type KeyringFiles = Pick<TrustMaterial, 'keyrings' | 'origins'>;

/**
 * The version 4 keys of keyrings, and where each is from, by its fingerprint: the first keyring that holds it. Copies of one
 * key are merged and revocations that stand alone are added to theirs, so that a revocation counts wherever it is.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE, also for a file none of whose keys can be used
 */
export async function readSourcedKeyring(
  trust: KeyringFiles,
): Promise<{ readonly keyring: PgpKeyring; readonly sources: ReadonlyMap<string, Sourced> }> {
  const files = await readFiles(trust);
  const from = trust.keyrings.map((file) => sourceOf(trust, file));
  const sources = files.flatMap(({ keys }, index) =>
    keys.map((key) => [fingerprintOf(key), from[index] ?? {}] as const),
  );
  return { keyring: await mergeFiles(trust, files), sources: new Map(sources.toReversed()) };
}

async function readFiles(trust: KeyringFiles): Promise<readonly KeyFile[]> {
  const files: KeyFile[] = [];
  for (const [index, file] of trust.keyrings.entries())
    files.push(await about(trust, index, async () => assertUsable(await readKeyFile(file), file)));
  return files;
}

async function mergeFiles(trust: KeyringFiles, files: readonly KeyFile[]): Promise<PgpKeyring> {
  const copies = new Map<string, Key[]>();
  for (const key of files.flatMap(({ keys }) => keys).filter(({ keyPacket }) => keyPacket.version === 4)) {
    const same = copies.get(fingerprintOf(key));
    if (same) same.push(key);
    else copies.set(fingerprintOf(key), [key]);
  }
  const revocations = new Map<string, SignaturePacket[]>();
  for (const [index, file] of files.entries())
    for (const revocation of file.revocations) {
      const fingerprint = await about(trust, index, () => revokedKey(revocation, copies));
      revocations.set(fingerprint, [...(revocations.get(fingerprint) ?? []), revocation]);
    }
  return new Map(
    [...copies].map(([fingerprint, keys]) => [fingerprint, mergeKeys(keys, revocations.get(fingerprint) ?? [])]),
  );
}

/** What goes wrong is told with the file that it is about. */
async function about<T>(trust: KeyringFiles, index: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw trustError(cause, { trust, kind: 'keyrings', index });
  }
}

function assertUsable(file: KeyFile, bytes: Uint8Array): KeyFile {
  const unusable = [...file.foreign, ...file.keys.flatMap((key) => describeUnusable(key) ?? [])];
  if (bytes.length === 0 || unusable.length < file.keys.length + file.foreign.length || file.revocations.length > 0)
    return file;
  const what = unusable.length === 0 ? 'no OpenPGP key' : [...new Set(unusable)].slice(0, NAMED).join(', ');
  throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', `it holds ${what}`, {
    hint: 'give a version 4 public key of type Ed25519, NIST P-256, P-384 or P-521, or RSA of 2048 bits or more',
  });
}

function describeUnusable(key: Key): string | undefined {
  const problem = unsupportedKey(key);
  return problem === undefined ? undefined : `the OpenPGP key ${fingerprintOf(key)}, and ${problem}`;
}

/** The fingerprint of the key that a revocation is for. */
async function revokedKey(revocation: SignaturePacket, known: ReadonlyMap<string, readonly Key[]>): Promise<string> {
  const id = revocation.issuerKeyID.toHex().toUpperCase();
  for (const [fingerprint, [key]] of known)
    if (key && fingerprint.endsWith(id) && (await isMadeBy(revocation, key.keyPacket, { key: key.keyPacket })))
      return fingerprint;
  throw new SignatureError(
    'SIGNATURE_TRUST_UNREADABLE',
    `it holds a revocation of the OpenPGP key ${id}, which is in no keyring`,
    { hint: 'give the public key itself; beside it, the revocation takes back what is trusted' },
  );
}
