// SPDX-License-Identifier: Apache-2.0
// A signed OpenPGP message, which carries what it signs: the form of GPG signatures beside a registry.

import { inflateRawSync, inflateSync } from 'node:zlib';
import { concatBytes } from '../../base/bytes.ts';
import type { SignedContent, TrustMaterial } from '../verifier.ts';
import type { RawPacket } from './framing.ts';
import { readSignaturePackets } from './pgp.ts';
import { openPgpVerifier, type PgpVerifier } from './verifier.ts';

/** Tags of packets, as the first byte of a packet in the new form. */
const SIGNATURE = 0xc2;
const ONE_PASS = 0xc4;
const COMPRESSED = 0xc8;
const LITERAL = 0xcb;
/** The kind of content that is taken as it stands. */
const BINARY = 0x62;
const MAX_PACKETS = 3;
/** Of a message, compressed or not; a payload has some hundred. */
const MAX_BYTES = 65_536;

/**
 * The message of a content and a binary signature packet over it, in the order in which gpg writes one: who signs, the
 * content, the signature.
 * @throws Error when the packet is no signature, which a signer of ours never gives
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-10.3
 */
export async function encodeSigned(content: Uint8Array, packet: Uint8Array): Promise<Uint8Array> {
  const [signature] = (await readSignaturePackets(packet)) ?? [];
  const { signatureType, hashAlgorithm, publicKeyAlgorithm, issuerKeyID } = signature ?? {};
  if (signatureType == null || hashAlgorithm == null || publicKeyAlgorithm == null || !issuerKeyID)
    throw new Error('a signature packet is none');
  const onePass = Buffer.from([3, signatureType, hashAlgorithm, publicKeyAlgorithm]);
  // Binary, without a name and a date.
  const literal = concatBytes(Buffer.from([BINARY, 0, 0, 0, 0, 0]), content);
  return concatBytes(
    framed(ONE_PASS, concatBytes(onePass, Buffer.from(issuerKeyID.toHex(), 'hex'), Buffer.from([1]))),
    framed(LITERAL, literal),
    packet,
  );
}

function framed(tag: number, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(6);
  head.writeUInt8(tag);
  head.writeUInt8(0xff, 1);
  head.writeUInt32BE(body.length, 2);
  return concatBytes(head, body);
}

/**
 * The content of a message with one signature, and whether it is by one of the keys; undefined for any other message.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export async function verifySigned(
  bytes: Uint8Array,
  trust: Pick<TrustMaterial, 'keyrings' | 'origins'>,
  now: Date,
): Promise<SignedContent | undefined> {
  return checkSigned(bytes, () => openPgpVerifier(trust), now);
}

/** The same by a verifier that is made when it is needed. @throws as that */
export async function checkSigned(
  bytes: Uint8Array,
  open: () => Promise<PgpVerifier>,
  now: Date,
): Promise<SignedContent | undefined> {
  const [content, signature] = partsOf(bytes) ?? [];
  if (!content || !signature) return undefined;
  const verifier = await open();
  return { content, check: await verifier.verifyData(content, framed(SIGNATURE, signature), { now }) };
}

/** Content and body of the signature packet. */
function partsOf(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
  const packets = bytes.length > MAX_BYTES ? undefined : packetsIn(bytes);
  const [outer, ...more] = packets ?? [];
  const inner = outer?.tag === COMPRESSED && more.length === 0 ? packetsIn(inflated(outer.body)) : packets;
  const [first] = inner ?? [];
  // A signature before what it signs is the older form.
  const [literal, signature, ...rest] = (first?.tag === ONE_PASS ? inner?.slice(1) : inner?.toReversed()) ?? [];
  if (literal?.tag !== LITERAL || signature?.tag !== SIGNATURE || rest.length > 0) return undefined;
  const [format, nameLength = 0] = literal.body;
  return format === BINARY ? [literal.body.subarray(2 + nameLength + 4), signature.body] : undefined;
}

function inflated(body: Uint8Array): Uint8Array {
  const inflate = body[0] === 1 ? inflateRawSync : body[0] === 2 ? inflateSync : undefined;
  try {
    return inflate ? new Uint8Array(inflate(body.subarray(1), { maxOutputLength: MAX_BYTES })) : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

/** All packets, also those that gpg writes in parts or up to the end; undefined when something is left over. */
function packetsIn(bytes: Uint8Array): readonly RawPacket[] | undefined {
  const packets: RawPacket[] = [];
  for (let rest = Buffer.from(bytes); rest.length > 0; ) {
    const first = rest.readUInt8();
    const isNew = (first & 0x40) !== 0;
    const read = isNew ? newBody(rest.subarray(1)) : oldBody(rest.subarray(1), first & 3);
    if ((first & 0x80) === 0 || !read || packets.length >= MAX_PACKETS) return undefined;
    packets.push({ tag: (isNew ? first & 0x3f : (first >> 2) & 0x0f) | 0xc0, body: read.body });
    rest = rest.subarray(1 + read.length);
  }
  return packets;
}

interface Body {
  readonly body: Uint8Array;
  /** With what says how long it is. */
  readonly length: number;
}

function oldBody(bytes: Buffer, kind: number): Body | undefined {
  const size = [1, 2, 4][kind];
  if (size === undefined) return { body: bytes, length: bytes.length };
  return size > bytes.length ? undefined : cut(bytes, size, bytes.readUIntBE(0, size));
}

function newBody(bytes: Buffer): Body | undefined {
  const [first = 0, second = 0] = bytes;
  if (first < 192) return cut(bytes, 1, first);
  if (first < 224) return cut(bytes, 2, (first - 192) * 256 + second + 192);
  if (first === 255) return bytes.length < 5 ? undefined : cut(bytes, 5, bytes.readUInt32BE(1));
  const part = cut(bytes, 1, 2 ** (first & 0x1f));
  // The first part has 512 bytes at least; shorter ones would be very many.
  const more = part && part.body.length >= 512 ? newBody(bytes.subarray(part.length)) : undefined;
  return part && more && { body: concatBytes(part.body, more.body), length: part.length + more.length };
}

function cut(bytes: Buffer, head: number, size: number): Body | undefined {
  return head + size > bytes.length ? undefined : { body: bytes.subarray(head, head + size), length: head + size };
}
