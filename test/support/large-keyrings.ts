// SPDX-License-Identifier: Apache-2.0
// OpenPGP packets in great numbers: what a keyring of a given length can consist of. No signature in it is good.

import { LIMITS } from '../../src/base/limits.ts';

const ED25519 = [0x16, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];

function packet(tag: number, body: Uint8Array): Buffer {
  const head = Buffer.from([0xc0 | tag, 0xff, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function keyBody(index: number): Buffer {
  const point = Buffer.alloc(33, 7);
  point.writeUInt8(0x40, 0);
  point.writeUInt32BE(index, 4);
  return Buffer.concat([Buffer.from([4, 0, 0, 0, 1, ...ED25519, 0x01, 0x07]), point]);
}

const signature = (index: number) =>
  packet(
    2,
    Buffer.concat([
      Buffer.from([4, 0x13, 22, 8, 0, 6, 5, 2, 0, 0, 0, 1, 0, 10, 9, 16]),
      Buffer.alloc(8, index & 0xff),
      Buffer.from([1, 2, 1, 0]),
      Buffer.alloc(32, 0xf7),
      Buffer.from([1, 0]),
      Buffer.alloc(32, 0xf3),
    ]),
  );
const key = (index: number) => packet(6, keyBody(index));
const userId = (index: number) => packet(13, Buffer.from(`u${index}`));

function repeated(length: number, make: (index: number) => Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let size = 0; size < length; ) {
    const part = make(parts.length);
    size += part.length;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function armored(packets: Uint8Array): string {
  const body = Buffer.from(packets).toString('base64');
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${body}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}

/** As many keys as are read, of one size. */
export function fullKeyring(length: number): Buffer {
  const count = Math.floor((LIMITS.keyringKeys + length / LIMITS.keyringKeyLength) * 0.97);
  const room = Math.floor(length / count) - key(0).length - signature(0).length - 8;
  const name = Buffer.alloc(Math.max(1, room), 0x61);
  return repeated(length, (index) => Buffer.concat([key(index), packet(13, name), signature(index)]));
}

/** The same, each key in a block of its own. */
export function fullArmoredKeyring(length: number): Buffer {
  const blocks = Array.from({ length: Math.floor(Math.min(LIMITS.keyringKeys, length / 450)) }, (_, index) =>
    armored(Buffer.concat([key(index), userId(index), signature(index)])),
  );
  return Buffer.from(blocks.join('').padEnd(length));
}

/** Keyrings that no program writes. */
export const ODD_KEYRINGS: Readonly<Record<string, (length: number) => Buffer>> = {
  'keys without signatures': (length) => repeated(length, (index) => Buffer.concat([key(index), userId(index)])),
  'a key with very many user IDs': (length) => Buffer.concat([key(0), repeated(length, userId)]),
  'a key with very many signatures': (length) => Buffer.concat([key(0), userId(0), repeated(length, signature)]),
  'a key with very many subkeys': (length) =>
    Buffer.concat([key(0), userId(0), repeated(length, (index) => packet(14, keyBody(index)))]),
  'empty packets': (length) => Buffer.concat([key(0), repeated(length, () => Buffer.from([0xc0 | 13, 0]))]),
};
