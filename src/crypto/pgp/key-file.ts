// SPDX-License-Identifier: Apache-2.0
// Files with OpenPGP keys: armored blocks or binary packets → keys as the library reads them, revocations that stand alone,
// and what is no key for it.

import { concatBytes } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { decodeArmor, keyBlocks, type RawPacket, splitPackets } from './framing.ts';
import { CONFIG, enums, type Key, readKeys, SignaturePacket } from './library.ts';

const PRIMARY_TAGS: ReadonlySet<number> = new Set([enums.packet.publicKey, enums.packet.secretKey]);
const SIGNATURE_TAG: number = enums.packet.signature;
/** Of keys that the library reads. */
const ALGORITHMS: ReadonlySet<unknown> = new Set(Object.values(enums.publicKey));
/** What the library says of packets among which it reads no key. */
const NO_KEY = 'No key packet found';
/** Armored blocks, or packets, that are read at once. */
const TOGETHER = 500;

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
 * @throws what the library throws, plain errors; the same for a file with more keys and packets than any program writes
 */
export async function readKeyFile(bytes: Uint8Array): Promise<KeyFile> {
  const read: KeyFile[] = [];
  for (const part of gathered(partsOf(bytes))) read.push(await readPart(part));
  return {
    keys: read.flatMap(({ keys }) => keys),
    revocations: read.flatMap(({ revocations }) => revocations),
    foreign: read.flatMap(({ foreign }) => foreign),
  };
}

/** A sequence of packets, as bytes and one by one. */
interface Part {
  readonly bytes: Uint8Array;
  readonly packets: readonly RawPacket[];
}

function* partsOf(bytes: Uint8Array): Iterable<Part> {
  const size = new KeyringSize(bytes.length);
  for (const block of keyBlocks(bytes) ?? (bytes.length > 0 ? [bytes] : [])) {
    const decoded = typeof block === 'string' ? decodeArmor(block) : block;
    if (typeof decoded === 'string') throw new Error(`an armored block ${decoded}`);
    const packets = splitPackets(decoded, size.mostPackets + 1);
    size.add(packets);
    yield { bytes: decoded, packets };
  }
}

/** Each key and packet becomes some thousand bytes of memory; what no program writes could have one for every two bytes. */
class KeyringSize {
  readonly mostPackets: number;
  readonly #bytes: number;
  readonly #mostKeys: number;
  #keys = 0;
  #packets = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#mostKeys = LIMITS.keyringKeys + Math.floor(bytes / LIMITS.keyringKeyLength);
    this.mostPackets = LIMITS.keyringPackets + Math.floor(bytes / LIMITS.keyringPacketLength);
  }

  add(packets: readonly RawPacket[]): void {
    let ofKey = 0;
    for (const packet of packets) {
      ofKey = isPrimary(packet) ? 0 : ofKey + 1;
      if (ofKey === 0) this.#keys += 1;
      if (ofKey > LIMITS.keyPackets)
        throw new Error(`a key has more than ${LIMITS.keyPackets} user IDs, subkeys and signatures`);
    }
    this.#packets += packets.length;
    if (this.#keys > this.#mostKeys) throw new Error(`more than ${this.#mostKeys} keys are in ${this.#bytes} bytes`);
    if (this.#packets > this.mostPackets)
      throw new Error(`more than ${this.mostPackets} packets are in ${this.#bytes} bytes`);
  }
}

/** Sequences of whole keys read some hundred keys at a time: each reading costs more than a key, and holds all it reads. */
function* gathered(parts: Iterable<Part>): Iterable<Part> {
  let waiting: Part[] = [];
  for (const part of parts) {
    const isWhole = isWholeKeys(part);
    if (isWhole && part.packets.length > TOGETHER) {
      yield* someKeys(part);
      continue;
    }
    if (isWhole) waiting.push(part);
    if ((!isWhole || waiting.length === TOGETHER) && waiting.length > 0) {
      yield joined(waiting);
      waiting = [];
    }
    if (!isWhole) yield part;
  }
  if (waiting.length > 0) yield joined(waiting);
}

/** A long sequence of whole keys in shorter ones. */
function* someKeys({ bytes, packets }: Part): Iterable<Part> {
  let [from, at] = [0, 0];
  for (const [index, packet] of packets.entries()) {
    const last = packets[index - 1];
    if (!last || !isPrimary(packet) || index - from < TOGETHER) continue;
    const end = last.body.byteOffset + last.body.length - bytes.byteOffset;
    yield { bytes: bytes.subarray(at, end), packets: packets.slice(from, index) };
    [from, at] = [index, end];
  }
  yield { bytes: bytes.subarray(at), packets: packets.slice(from) };
}

function joined(parts: readonly Part[]): Part {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const bytes = concatBytes(...parts.map((part) => part.bytes));
  return { bytes, packets: parts.flatMap(({ packets }) => packets) };
}

/** Nothing is before its first key or behind its last packet. */
function isWholeKeys({ bytes, packets }: Part): boolean {
  const [first] = packets;
  const last = packets.at(-1);
  if (!first || !last || !isPrimary(first)) return false;
  return last.body.byteOffset + last.body.length === bytes.byteOffset + bytes.length;
}

async function readPart({ bytes, packets }: Part): Promise<KeyFile> {
  const first = packets.findIndex(isPrimary);
  const alone = first === -1 ? packets : packets.slice(0, first);
  const primaries = packets.filter(isPrimary);
  const foreign = primaries.flatMap((packet) => unreadable(packet) ?? []);
  // Bytes that are no packets are for the library to say so.
  const keys = foreign.length < primaries.length || packets.length === 0 ? await keysIn(bytes, packets) : [];
  return {
    keys: keys ?? [],
    revocations: alone.filter(({ tag }) => tag === SIGNATURE_TAG).flatMap(({ body }) => readRevocation(body)),
    foreign: keys ? foreign : primaries.map((packet) => unreadable(packet) ?? 'an OpenPGP key of an unknown kind'),
  };
}

/**
 * Keys as the library reads them; undefined for packets of keys none of which it reads. Among others it passes over such,
 * on a curve that it does not know for instance, so they must not matter where a part of a keyring ends.
 */
async function keysIn(bytes: Uint8Array, packets: readonly RawPacket[]): Promise<readonly Key[] | undefined> {
  try {
    return await readKeys({ binaryKeys: bytes, config: CONFIG });
  } catch (error) {
    if (packets.some(isPrimary) && error instanceof Error && error.message === NO_KEY) return undefined;
    throw error;
  }
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
