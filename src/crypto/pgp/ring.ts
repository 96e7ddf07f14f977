// SPDX-License-Identifier: Apache-2.0
// Keyrings as files: one key out of many, and one key into many, with every byte of the others as it was; and their packets,
// one by one.

import { concatBytes, equalBytes } from '../../base/bytes.ts';
import { SignatureError } from '../errors.ts';
import { decodeArmor, keyBlocks, type RawPacket, splitPackets } from './framing.ts';
import { readKeyFile } from './key-file.ts';
import { fingerprintOf, type KeyringFiles, type PgpKeyring, readSourcedKeyring } from './pgp.ts';
import { type AnyKeyPacket, type Key, PublicKeyPacket, PublicSubkeyPacket, SignaturePacket } from './library.ts';

const PRIMARY_TAGS: ReadonlySet<number> = new Set([5, 6]);

/**
 * The public part of the one key with this fingerprint, copies joined, as binary packets; undefined when it is not there.
 * @throws plain errors of the library for what cannot be read
 */
export async function publicKeyIn(bytes: Uint8Array, fingerprint: string): Promise<Uint8Array | undefined> {
  const copies = (await readKeyFile(bytes)).keys.filter((key) => fingerprintOf(key) === fingerprint);
  return (await joined(copies))?.write();
}

/** Fingerprints of the keys in a file. */
export async function fingerprintsIn(bytes: Uint8Array): Promise<readonly string[]> {
  return (await readKeyFile(bytes)).keys.map(fingerprintOf);
}

/** The keys of a binary ring as armored public keys. */
export async function armoredKeys(ring: Uint8Array): Promise<string> {
  const { keys } = await readKeyFile(ring);
  return keys.map((key) => `${key.toPublic().armor().replaceAll('\r', '').trim()}\n`).join('');
}

/**
 * A binary ring with a public key added; what the ring has of that key already is joined with it.
 * @throws SignatureError SIGNATURE_KEY_UNREADABLE for a ring that is no sequence of whole packets: it is left alone
 */
export async function withKey(ring: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  const [added] = (await readKeyFile(publicKey)).keys;
  if (!added) throw new Error('there is no key to be added');
  const parts = slices(keyBlocks(ring) ? await dearmored(ring) : ring);
  const known = await Promise.all(parts.map((part) => keyOf(part)));
  const copies = known.flatMap((key) => (key && fingerprintOf(key) === fingerprintOf(added) ? [key] : []));
  const merged = (await joined([...copies, added]))?.write() ?? publicKey;
  const others = parts.filter((_part, index) => {
    const key = known[index];
    return !key || fingerprintOf(key) !== fingerprintOf(added);
  });
  const [same] = copies;
  if (copies.length === 1 && same && equalBytes(same.write(), merged)) return ring;
  return concatBytes(...others, merged);
}

/** Copies of one public key as one, each part and signature once. */
async function joined(copies: readonly Key[]): Promise<Key | undefined> {
  const [first, ...others] = copies.map((key) => key.toPublic());
  let key: Key | undefined = first;
  for (const other of others) key = await key?.update(other);
  return key;
}

async function dearmored(ring: Uint8Array): Promise<Uint8Array> {
  const blocks = (keyBlocks(ring) ?? []).map(decodeArmor);
  return concatBytes(
    ...blocks.map((block) => {
      if (typeof block === 'string') throw unreadable(`an armored block ${block}`);
      return block;
    }),
  );
}

/** The bytes of each key with all that belongs to it. */
function slices(ring: Uint8Array): readonly Uint8Array[] {
  const packets = splitPackets(ring);
  const ends = packets.map(({ body }: RawPacket) => body.byteOffset + body.length - ring.byteOffset);
  if ((ends.at(-1) ?? 0) !== ring.length) throw unreadable('it is no sequence of whole packets');
  const starts = packets.flatMap(({ tag }, index) =>
    index === 0 || PRIMARY_TAGS.has(tag) ? [index === 0 ? 0 : (ends[index - 1] ?? 0)] : [],
  );
  return starts.map((start, index) => ring.subarray(start, starts[index + 1] ?? ring.length));
}

/** Undefined for what the library does not read, which stays as it is. */
async function keyOf(slice: Uint8Array): Promise<Key | undefined> {
  try {
    return (await readKeyFile(slice)).keys[0];
  } catch {
    return undefined;
  }
}

function unreadable(problem: string): SignatureError {
  return new SignatureError('SIGNATURE_KEY_UNREADABLE', `the ring cannot be read, and was left as it is: ${problem}`, {
    hint: 'give another place with ⟨into⟩, or restore the ring from a copy',
  });
}

/** The keys of keyrings. @throws SignatureError as readSourcedKeyring */
export async function readKeyring(trust: KeyringFiles): Promise<PgpKeyring> {
  return (await readSourcedKeyring(trust)).keyring;
}

/**
 * The public keys with these fingerprints as one binary keyring, revocations included, as `apptainer key import` and
 * skopeo read it; the fingerprints that are in no keyring are left over.
 * @throws SignatureError as readKeyring
 */
export async function exportKeys(
  trust: KeyringFiles,
  fingerprints: readonly string[],
): Promise<{ readonly bytes: Uint8Array; readonly missing: readonly string[] }> {
  const keyring = await readKeyring(trust);
  const found = fingerprints.flatMap((fingerprint) => keyring.get(fingerprint) ?? []);
  return {
    bytes: concatBytes(...found.map((key) => key.toPublic().write())),
    missing: fingerprints.filter((fingerprint) => !keyring.has(fingerprint)),
  };
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
