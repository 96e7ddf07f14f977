// SPDX-License-Identifier: Apache-2.0
// The key inside an OpenPGP key packet, as every other format knows it: packets that differ in date or in the primary
// key they belong to, bare keys and certificates have one name in common when they hold one key.

import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { keyHint } from '../keys.ts';

const RSA = [1, 3] as const;
const ECDSA = 19;
const EDDSA_LEGACY = 22;
const ED25519 = 27;

const CURVES: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
]);

/**
 * Base64 SHA-256 of the SPKI of the key in a public key packet of version 4; undefined for algorithms that we do not verify.
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-5.5.5
 */
export function packetHint(packet: Uint8Array): string | undefined {
  const jwk = packetKey(Buffer.from(packet));
  if (!jwk) return undefined;
  try {
    return keyHint(createPublicKey({ key: jwk, format: 'jwk' }));
  } catch {
    return undefined;
  }
}

function packetKey(packet: Buffer): JsonWebKey | undefined {
  const algorithm = packet[5] ?? 0;
  const params = packet.subarray(6);
  if (RSA.some((one) => one === algorithm)) {
    const [n, rest] = readInteger(params);
    return { kty: 'RSA', n: text(n), e: text(readInteger(rest)[0]) };
  }
  if (algorithm === ED25519) return { kty: 'OKP', crv: 'Ed25519', x: text(params.subarray(0, 32)) };
  const size = params[0] ?? 0;
  const curve = params.subarray(1, 1 + size).toString('hex');
  const [point] = readInteger(params.subarray(1 + size));
  if (algorithm === EDDSA_LEGACY) return { kty: 'OKP', crv: 'Ed25519', x: text(point.subarray(1)) };
  const crv = CURVES.get(curve);
  const half = (point.length - 1) / 2;
  if (algorithm !== ECDSA || crv === undefined) return undefined;
  return { kty: 'EC', crv, x: text(point.subarray(1, 1 + half)), y: text(point.subarray(1 + half)) };
}

/** A multiprecision integer without leading zeros, and what follows it. */
function readInteger(bytes: Buffer): readonly [Buffer, Buffer] {
  const end = 2 + Math.ceil((((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) / 8);
  const value = bytes.subarray(2, end);
  const first = value.findIndex((byte) => byte !== 0);
  return [value.subarray(Math.max(0, first)), bytes.subarray(end)];
}

function text(bytes: Buffer): string {
  return bytes.toString('base64url');
}
