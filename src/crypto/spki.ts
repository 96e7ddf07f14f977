// SPDX-License-Identifier: Apache-2.0
// Public keys known by their bytes alone: the usual kinds in the one form that OpenSSL writes them. OpenSSL takes 0.1 ms to
// parse a key, which is seconds for a policy of thousands; whatever is not exactly such a form is left to it.

import { toHex } from '../base/bytes.ts';

/** Kind and size of a supported key. */
export type KeyAlgorithm = 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521' | 'ed25519' | `rsa-${number}`;

/** y² = x³ - 3x + b modulo p. */
interface Curve {
  readonly p: bigint;
  readonly b: bigint;
}

interface Form {
  readonly algorithm: KeyAlgorithm;
  /** What every key of the kind begins with, hex; of a point the byte that says that both coordinates follow. */
  readonly head: string;
  /** Of what differs from key to key. */
  readonly bytes: number;
  /** What every key of the kind ends with, hex. */
  readonly tail?: string;
  readonly curve?: Curve;
}

/**
 * The forms, each of a length of its own.
 * @see https://www.rfc-editor.org/rfc/rfc5480.html#section-2
 * @see https://www.rfc-editor.org/rfc/rfc8410.html#section-4
 * @see https://www.rfc-editor.org/rfc/rfc8017.html#appendix-A.1.1
 * @see https://doi.org/10.6028/NIST.SP.800-186 section 3.2.1, for the curves
 */
const FORMS: readonly Form[] = [
  {
    algorithm: 'ecdsa-p256',
    head: '3059301306072a8648ce3d020106082a8648ce3d03010703420004',
    bytes: 64,
    curve: {
      p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    },
  },
  {
    algorithm: 'ecdsa-p384',
    head: '3076301006072a8648ce3d020106052b8104002203620004',
    bytes: 96,
    curve: {
      p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    },
  },
  {
    algorithm: 'ecdsa-p521',
    head: '30819b301006072a8648ce3d020106052b810400230381860004',
    bytes: 132,
    curve: {
      p: 2n ** 521n - 1n,
      b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    },
  },
  { algorithm: 'ed25519', head: '302a300506032b6570032100', bytes: 32 },
  rsa(2048),
  rsa(3072),
  rsa(4096),
];

/** With the exponent 65537. */
function rsa(bits: 2048 | 3072 | 4096): Form {
  const bytes = bits / 8;
  const key = `30${length(bytes + 10)}02${length(bytes + 1)}00`;
  const head = `30${length(bytes + 34)}300d06092a864886f70d010101050003${length(bytes + 15)}00${key}`;
  return { algorithm: `rsa-${bits}`, head, bytes, tail: '0203010001' };
}

/** Of a value of 256 to 65,535 bytes, in DER. */
function length(bytes: number): string {
  return `82${bytes.toString(16).padStart(4, '0')}`;
}

const BY_LENGTH = new Map(
  FORMS.map(({ head, tail = '', ...form }) => [
    head.length / 2 + form.bytes + tail.length / 2,
    { ...form, head: Buffer.from(head, 'hex'), tail: Buffer.from(tail, 'hex') },
  ]),
);

/**
 * Algorithm of a key that OpenSSL reads and writes as exactly these bytes; undefined where that is not sure. A point is
 * on its curve, and a modulus has the bits that its name says.
 */
export function algorithmOfSpki(spki: Uint8Array): KeyAlgorithm | undefined {
  const form = BY_LENGTH.get(spki.length);
  if (!form) return undefined;
  const bytes = Buffer.from(spki.buffer, spki.byteOffset, spki.byteLength);
  const { algorithm, head, tail, curve } = form;
  const end = bytes.length - tail.length;
  if (!bytes.subarray(0, head.length).equals(head) || !bytes.subarray(end).equals(tail)) return undefined;
  const body = bytes.subarray(head.length, end);
  const isSound = curve ? isOnCurve(body, curve) : tail.length === 0 || isModulus(body);
  return isSound ? algorithm : undefined;
}

function isModulus(body: Uint8Array): boolean {
  return (body[0] ?? 0) >= 0x80 && (body.at(-1) ?? 0) % 2 === 1;
}

function isOnCurve(point: Uint8Array, { p, b }: Curve): boolean {
  const x = BigInt(`0x${toHex(point.subarray(0, point.length / 2))}`);
  const y = BigInt(`0x${toHex(point.subarray(point.length / 2))}`);
  return x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n;
}
