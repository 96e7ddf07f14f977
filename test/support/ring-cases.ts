// SPDX-License-Identifier: Apache-2.0
// Odd keyrings: keys whose packets were left out, doubled, exchanged, altered or joined by others, for comparing our reading
// of the global keyring with Apptainer's.

import {
  config,
  enums,
  generateKey,
  PacketList,
  PrivateKey,
  readPrivateKey,
  SecretKeyPacket,
  SecretSubkeyPacket,
  SignaturePacket,
  UserIDPacket,
} from 'openpgp';
import { splitPackets } from '../../src/crypto/pgp/framing.ts';
import type { Random } from '../fuzz/random.ts';
import { type Person, pgpPersonOf } from './layers.ts';

/** A packet. */
export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
  /** Written instead of tag, length and body. */
  readonly raw?: Uint8Array;
}

/** Somebody with a key as packets, and more signatures by which the key speaks of itself. */
export interface RingPerson extends Person {
  readonly packets: readonly Packet[];
  readonly sayings: readonly Packet[];
  readonly revocations: readonly Packet[];
}

const DAY = 86_400_000;
const { signature: TYPE } = enums;

/** Alice (Ed25519), Bob (P-256, with a subkey for encryption) and Sue, whose subkey alone signs. */
export async function ringCast(now: Date): Promise<readonly RingPerson[]> {
  const name = (of: string) =>
    ({ userIDs: { name: of, email: `${of}@example.org` }, date: now, format: 'object' }) as const;
  const ed25519 = { type: 'ecc', curve: 'ed25519Legacy' } as const;
  const alice = await generateKey({ ...ed25519, ...name('alice'), subkeys: [] });
  const bob = await generateKey({ type: 'ecc', curve: 'nistP256', ...name('bob') });
  const sue = await generateKey({ ...ed25519, ...name('sue'), subkeys: [{ sign: true }] });
  return Promise.all([
    person('alice', alice.privateKey, now),
    person('bob', bob.privateKey, now),
    person('sue', await certifyOnly(sue.privateKey, now), now),
  ]);
}

async function person(name: string, key: PrivateKey, now: Date): Promise<RingPerson> {
  const publicPackets = splitPackets(key.toPublic().write());
  const made = await pgpPersonOf(name, { privateKey: key.armor(), publicKey: key.toPublic().armor() }, now);
  const [user] = key.users;
  if (!user?.userID) throw new Error('no user ID');
  const say = async (wish: Partial<SignaturePacket>, at = now) => saying(key, user.userID ?? undefined, wish, at);
  const later = new Date(now.getTime() + 10_000);
  const future = new Date(now.getTime() + DAY);
  const flags = new Uint8Array([3]);
  const notation = { name: 'odd@example.org', value: new Uint8Array([1]), humanReadable: false, critical: true };
  const sayings = await Promise.all([
    say({}, later),
    say({ keyFlags: new Uint8Array([1]) }, later),
    say({ keyFlags: flags, keyExpirationTime: 5, keyNeverExpires: false }, later),
    say({ keyFlags: flags, keyExpirationTime: 0, keyNeverExpires: false }, later),
    say({ keyFlags: flags, keyExpirationTime: 5, keyNeverExpires: false }, new Date(now.getTime() - DAY)),
    say({ keyFlags: flags, signatureExpirationTime: 5, signatureNeverExpires: false }, later),
    say({ keyFlags: flags }, future),
    say({ keyFlags: flags, rawNotations: [notation] }, later),
    say({ keyFlags: flags, rawNotations: [{ ...notation, critical: false }] }, later),
    say({ keyFlags: flags, hashAlgorithm: name === 'bob' ? enums.hash.sha1 : enums.hash.sha512 }, later),
    say({ keyFlags: flags, isPrimaryUserID: true }, later),
    say({ keyFlags: flags, exportable: false }, later),
    say({ signatureType: TYPE.certRevocation }, later),
    say({ signatureType: TYPE.certGeneric, keyFlags: flags }, later),
    say({ signatureType: TYPE.key, keyFlags: flags, keyExpirationTime: 5, keyNeverExpires: false }, later),
    say({ signatureType: TYPE.standalone }, later),
  ]);
  const revocation = (reason: number | undefined, wish: Partial<SignaturePacket> = {}, at = later) =>
    say(
      {
        signatureType: TYPE.keyRevocation,
        ...(reason === undefined ? {} : { reasonForRevocationFlag: reason, reasonForRevocationString: '' }),
        ...wish,
      },
      at,
    );
  const revocations = await Promise.all([
    revocation(undefined),
    revocation(0),
    revocation(1),
    revocation(2),
    revocation(3),
    revocation(1, {}, future),
    revocation(2, {}, future),
    revocation(1, { signatureExpirationTime: 5, signatureNeverExpires: false }),
  ]);
  return { ...made, packets: publicPackets, sayings, revocations };
}

/** Signing as it is: the library's types say no word of keys as what is signed, and of the configuration. */
interface KeySigning {
  sign(key: unknown, data: unknown, at: Date, detached: boolean, how: unknown): Promise<void>;
}

async function saying(
  key: PrivateKey,
  userID: UserIDPacket | undefined,
  wish: Partial<SignaturePacket>,
  at: Date,
): Promise<Packet> {
  const { keyPacket } = key;
  if (!(keyPacket instanceof SecretKeyPacket)) throw new Error('no secret key');
  const signature = new SignaturePacket();
  Object.assign(signature, {
    signatureType: TYPE.certPositive,
    publicKeyAlgorithm: keyPacket.algorithm,
    hashAlgorithm: enums.hash.sha256,
    ...wish,
  });
  const signing: KeySigning = signature;
  const exact = { ...config, nonDeterministicSignaturesViaNotation: false };
  await signing.sign(keyPacket, { key: keyPacket, userID }, at, false, exact);
  return { tag: enums.packet.signature, body: signature.write() };
}

/** The key, but its primary part may not sign data. */
async function certifyOnly(key: PrivateKey, now: Date): Promise<PrivateKey> {
  const [user] = key.users;
  const list = key.toPacketList();
  const said = await saying(key, user?.userID ?? undefined, { keyFlags: new Uint8Array([1]) }, now);
  const signature = new SignaturePacket();
  signature.read(said.body);
  const parts = list.flatMap((packet) => (packet === user?.selfCertifications[0] ? [signature] : [packet]));
  const made = new PacketList<(typeof parts)[number]>();
  made.push(
    ...parts.filter(
      (packet) =>
        packet instanceof SecretKeyPacket ||
        packet instanceof SecretSubkeyPacket ||
        packet instanceof UserIDPacket ||
        packet instanceof SignaturePacket,
    ),
  );
  return readPrivateKey({ binaryKey: new PrivateKey(made).write() });
}

const bytes = (...numbers: readonly number[]) => Uint8Array.from(numbers);
const packet = (tag: number, ...body: readonly number[]): Packet => ({ tag, body: bytes(...body) });

/** Packets that keys do not have, or not so. */
const ODD: readonly Packet[] = [
  packet(17, 3, 1, 65, 66),
  packet(17, 9, 1, 65, 66),
  packet(17, 0),
  packet(17),
  packet(17, 255, 0, 0, 0, 2, 1, 65),
  packet(10, 80, 71, 80),
  packet(10, 80, 71, 81),
  packet(10, 80),
  packet(10),
  packet(10, 80, 71, 80, 0x80),
  packet(12, 1, 2),
  packet(21, 7, 7, 7),
  packet(21),
  packet(19, 1, 2, 3),
  packet(0, 1),
  packet(22, 1),
  packet(39, 1),
  packet(40, 1),
  packet(60, 1, 2, 3),
  packet(63),
  packet(13, 65),
  packet(13),
  // Keys of version 2, 3 and 5, of unknown algorithms, with curves that nobody knows, cut, and with more behind.
  packet(6, 3, 0, 0, 0, 1, 0, 0, 1, 0, 8, 255, 0, 8, 3),
  packet(6, 2, 0, 0, 0, 1, 0, 0, 1, 0, 8, 255),
  packet(6, 5, 0, 0, 0, 1, 27, 0, 0, 0, 32, ...Array.from({ length: 32 }, () => 7)),
  packet(6, 6, 0, 0, 0, 1, 27, 0, 0, 0, 32, ...Array.from({ length: 32 }, () => 7)),
  packet(6, 4, 0, 0, 0, 1, 99, 1, 2, 3),
  packet(6, 4, 0, 0, 0, 1, 1, 0, 8, 255, 0, 8, 3),
  packet(6, 4, 0, 0, 0, 1, 1, 0, 8, 255, 0, 32, 3, 3, 3, 3),
  packet(6, 4, 0, 0, 0, 1, 1, 0, 8, 255, 0, 16, 3),
  packet(6, 4, 0, 0, 0, 1, 22, 3, 1, 2, 3, 0, 8, 64),
  packet(6, 4, 0, 0, 0, 1, 22, 9, 43, 6, 1, 4, 1, 218, 71, 15, 1, 0, 7, 64),
  packet(6, 4, 0, 0, 0, 1, 19, 8, 42, 134, 72, 206, 61, 3, 1, 7, 0, 3, 4),
  packet(6, 4, 0, 0, 0, 1, 27),
  packet(6, 4, 0, 0, 0, 1, 27, 1, 2),
  packet(6, 4, 0, 0, 0, 1, 16, 0, 1, 1, 0, 1, 1, 0, 1, 1),
  packet(14, 4, 0, 0, 0, 1, 35, 1, 2, 3),
  packet(14, 3, 0, 0, 0, 1, 0, 0, 1, 0, 8, 255, 0, 8, 3),
  packet(14, 4, 0, 0, 0, 1, 25, ...Array.from({ length: 32 }, () => 7)),
  // Signatures of version 3, of unknown hashes and algorithms, without a time, cut.
  packet(2, 3, 5, 19, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 22, 8, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 19, 22, 1, 0, 0, 0, 0, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 19, 99, 8, 0, 0, 0, 0, 1, 2, 0, 1, 1),
  packet(2, 4, 19, 22, 8, 0, 0, 0, 0, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 31, 22, 8, 0, 6, 5, 2, 1, 1, 1, 1, 0, 0, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 19, 22, 8, 0, 6, 5, 2, 1, 1, 1, 1, 0, 0, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 19, 22, 8, 0, 9, 5, 2, 1, 1, 1, 1, 2, 0x80 + 100, 1, 0, 0, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 19, 22, 8, 0, 9, 5, 2, 1, 1, 1, 1, 2, 4, 0, 0, 0, 1, 2, 0, 1, 1, 0, 1, 1),
  packet(2, 4, 19, 22, 8, 0, 6, 5, 2, 1, 1),
  packet(2),
  packet(2, 6, 19, 27, 8, 0, 0, 0, 6, 5, 2, 1, 1, 1, 1, 0, 0, 0, 0, 1, 2, 16, ...Array.from({ length: 80 }, () => 7)),
  packet(2, 6, 19, 27, 8, 0, 0, 0, 6, 5, 2, 1, 1, 1, 1, 0, 0, 0, 0, 1, 2, 3, 1, 1, 1),
];
const RAW: readonly Uint8Array[] = [
  bytes(0),
  bytes(0, 0),
  bytes(0x41),
  bytes(0xc6),
  bytes(0xc6, 5, 4),
  bytes(0x99, 1),
  bytes(0xc2, 200),
  bytes(13, 10),
];

type Change = (packets: Packet[], random: Random, cast: readonly RingPerson[]) => void;

const CHANGES: readonly Change[] = [
  (packets, random) => insert(packets, random, random.pick(ODD)),
  (packets, random) => insert(packets, random, random.pick(ODD)),
  (packets, random) => insert(packets, random, { tag: 0, body: bytes(), raw: random.pick(RAW) ?? bytes(0) }),
  (packets, random, cast) => insert(packets, random, random.pick(random.pick(cast)?.sayings ?? [])),
  (packets, random, cast) => insert(packets, random, random.pick(random.pick(cast)?.revocations ?? [])),
  // Where it belongs.
  (packets, random, cast) => {
    const owner = ownerOf(packets, cast);
    const at = packets.findIndex(({ tag }) => tag === 13);
    packets.splice(at + 1 + random.below(2), random.below(2), ...some(random.pick(owner?.sayings ?? [])));
  },
  (packets, random, cast) => void packets.splice(1, 0, ...some(random.pick(ownerOf(packets, cast)?.revocations ?? []))),
  (packets, random, cast) => {
    const second = [packet(13, 65, 66), random.pick(ownerOf(packets, cast)?.sayings ?? [])].flatMap(some);
    packets.splice(1 + random.below(3), 0, ...second);
  },
  (packets, random) => void packets.splice(random.below(packets.length), 1),
  (packets, random) => insert(packets, random, packets[random.below(packets.length)]),
  (packets, random, cast) => insert(packets, random, random.pick(random.pick(cast)?.packets ?? [])),
  (packets, random) => {
    const at = random.below(packets.length);
    const { tag = 0, body = bytes() } = packets[at] ?? {};
    const changed = body.slice();
    const place = random.below(changed.length);
    // Wrong check bytes are refused here and pass with Apptainer (docs/gates.md).
    const isCheck = tag === 2 && [0, 1].includes(place - checkBytesAt(body));
    if (changed.length > 0) changed[isCheck ? 0 : place] = random.below(256);
    packets[at] = { tag, body: changed };
  },
  (packets, random) => {
    const at = random.below(packets.length);
    const { tag = 0, body = bytes() } = packets[at] ?? {};
    packets[at] = {
      tag,
      body:
        random.below(2) === 0
          ? body.subarray(0, random.below(body.length + 1))
          : Buffer.concat([body, bytes(random.pick([0, 0xb4, 0xc2]), 0)]),
    };
  },
];

/** Where the first two bytes of the hash are, in a signature of version 4. */
function checkBytesAt(body: Uint8Array): number {
  const hashed = ((body[4] ?? 0) << 8) | (body[5] ?? 0);
  return 8 + hashed + (((body[6 + hashed] ?? 0) << 8) | (body[7 + hashed] ?? 0));
}

function insert(packets: Packet[], random: Random, one: Packet | undefined): void {
  packets.splice(random.below(packets.length + 1), 0, ...some(one));
}

function some<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

function ownerOf(packets: readonly Packet[], cast: readonly RingPerson[]): RingPerson | undefined {
  return cast.find((one) => packets.some(({ body }) => body === one.packets[0]?.body));
}

/** A ring of some of the people, some of them twice, with up to three changes. */
export function randomRing(random: Random, cast: readonly RingPerson[]): Uint8Array {
  const keys = Array.from({ length: 1 + random.below(3) }, () => random.pick(cast)?.packets.slice() ?? []);
  for (let count = random.below(4); count > 0; count -= 1) {
    const key = keys[random.below(keys.length)];
    if (key && key.length > 0) (random.pick(CHANGES) ?? insertNothing)(key, random, cast);
  }
  const ring = Buffer.concat(keys.flat().map((one) => encode(one, random)));
  return random.below(15) === 0 ? ring.subarray(0, random.below(ring.length)) : ring;
}

function insertNothing(): void {
  // No change.
}

/** A block of signatures with up to three changes. */
export function randomBlock(random: Random, signatures: readonly Packet[], cast: readonly RingPerson[]): Uint8Array {
  const packets =
    random.below(3) === 0 ? signatures.toReversed() : signatures.slice(0, 1 + random.below(signatures.length));
  for (let count = random.below(4); count > 0 && packets.length > 0; count -= 1)
    (random.pick(CHANGES) ?? insertNothing)(packets, random, cast);
  return Buffer.concat(packets.map((one) => encode(one, random)));
}

/** Packets one after the other, each with a header of one form. */
export function ringOf(packets: readonly Packet[]): Uint8Array {
  return Buffer.concat(packets.map((one) => encode(one)));
}

/** A packet with any of the forms of header. */
function encode({ tag, body, raw }: Packet, random?: Random): Uint8Array {
  if (raw) return raw;
  const { length } = body;
  const big = [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  const form = random?.below(8) ?? 0xff;
  if (form === 0 && tag < 16) return Buffer.concat([bytes(0x82 | (tag << 2), ...big), body]);
  if (form === 1 && tag < 16 && length < 65_536)
    return Buffer.concat([bytes(0x81 | (tag << 2), ...big.slice(2)), body]);
  if (form === 2 || length >= 8384) return Buffer.concat([bytes(0xc0 | tag, 255, ...big), body]);
  const short = length < 192 ? [length] : [((length - 192) >> 8) + 192, (length - 192) & 255];
  return Buffer.concat([bytes(0xc0 | tag, ...short), body]);
}
