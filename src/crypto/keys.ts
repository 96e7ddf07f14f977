// SPDX-License-Identifier: Apache-2.0
// Public keys: which ones we support, how they are read and what they are called. The usual kinds are known by their bytes
// alone, in the one form that OpenSSL writes them: it takes 0.1 ms to parse a key, which is seconds for a policy of thousands.
// What keys sign is signatures.ts, private ones private-key.ts.

import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { parsePem, toHex } from '../base/bytes.ts';
import type { KeyIdentity } from '../findings/signature.ts';
import { SignatureError } from './errors.ts';

const MIN_RSA_BITS = 2048;
/** Larger RSA keys only serve to slow a verifier down. */
const MAX_RSA_BITS = 16_384;
/** Go's limit; a large exponent only serves the same, at 9 ms a signature. */
const MAX_EXPONENT = 2n ** 31n - 1n;

/** The curve y² = x³ - 3x + b modulo p, and what goes with it. */
export interface Curve {
  readonly name: KeyAlgorithm;
  /** Of the same size. */
  readonly hash: string;
  /** Of a coordinate, and of r and of s in the raw form of a signature. */
  readonly fieldBytes: number;
  readonly p: bigint;
  readonly b: bigint;
}

/**
 * The curves of ECDSA keys, by OpenSSL's names.
 * @see https://doi.org/10.6028/NIST.SP.800-186 section 3.2.1
 */
export const CURVES = {
  prime256v1: {
    name: 'ecdsa-p256',
    hash: 'sha256',
    fieldBytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  secp384r1: {
    name: 'ecdsa-p384',
    hash: 'sha384',
    fieldBytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  secp521r1: {
    name: 'ecdsa-p521',
    hash: 'sha512',
    fieldBytes: 66,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
} as const satisfies Readonly<Record<string, Curve>>;

const BY_NAME: ReadonlyMap<string, Curve> = new Map(Object.entries(CURVES));

/** Kind and size of a supported key. */
export type KeyAlgorithm = 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521' | 'ed25519' | `rsa-${number}`;

/** A supported public key; its algorithm comes from the key, never from a message. */
export interface PublicKey {
  /** Of a key in the usual form made when it is first asked for. */
  readonly key: KeyObject;
  readonly algorithm: KeyAlgorithm;
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
}

/** Name of a supported key's algorithm, or what is wrong with the key. */
function algorithmOf(key: KeyObject): { readonly name: KeyAlgorithm } | { readonly problem: string } {
  const { asymmetricKeyDetails: details, asymmetricKeyType: type } = key;
  if (type === 'ed25519') return { name: 'ed25519' };
  if (type === 'ec') {
    const curve = details?.namedCurve;
    return curveOf(key) ?? { problem: `an ECDSA key on ${curve ? `curve ${curve}` : 'an unnamed curve'}` };
  }
  if (type !== 'rsa') return { problem: `a key of type ${type ?? 'unknown'}` };
  const bits = details?.modulusLength ?? 0;
  if ((details?.publicExponent ?? 0n) > MAX_EXPONENT) return { problem: 'an RSA key with a large public exponent' };
  return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS
    ? { name: `rsa-${bits}` }
    : { problem: `an RSA key of ${bits} bits` };
}

/**
 * A public key object with its names.
 * @throws SignatureError SIGNATURE_KEY_UNSUPPORTED
 */
export function toPublicKey(key: KeyObject): PublicKey {
  const algorithm = algorithmOf(key);
  if ('problem' in algorithm)
    throw new SignatureError('SIGNATURE_KEY_UNSUPPORTED', `${algorithm.problem} is not supported`);
  return { key, algorithm: algorithm.name, hint: keyHint(key) };
}

/** Base64 SHA-256 of the SPKI: how bundles and policies name a key. A point that was written compressed changes nothing. */
export function keyHint(key: KeyObject): string {
  return hintOf(writtenPlainly(key));
}

function hintOf(spki: Uint8Array): string {
  return hash('sha256', spki, 'base64');
}

/** SPKI DER, with both coordinates of a point. */
function writtenPlainly(key: KeyObject): Buffer {
  const spki = key.export({ format: 'der', type: 'spki' });
  const curve = curveOf(key);
  // The first byte of a point says whether both follow.
  if (!curve || spki.at(-1 - 2 * curve.fieldBytes) === 4) return spki;
  const both = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  return both.export({ format: 'der', type: 'spki' });
}

function curveOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Curve | undefined {
  return asymmetricKeyType === 'ec' ? BY_NAME.get(asymmetricKeyDetails?.namedCurve ?? '') : undefined;
}

/** SPKI DER. */
export function spkiOf(key: PublicKey): Uint8Array {
  return new Uint8Array(key.key.export({ format: 'der', type: 'spki' }));
}

/** The fact that a signature by this key proves. */
export function keyIdentity(key: PublicKey): KeyIdentity {
  return { method: 'key', hint: key.hint, algorithm: key.algorithm };
}

/**
 * The supported public keys in a file, as publicKeysIn.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED
 */
export function readPublicKeys(bytes: Uint8Array): readonly PublicKey[] {
  return dersIn(bytes).map((der) => knownKey(der) ?? toPublicKey(publicKeyFromDer(der)));
}

/**
 * The public keys in a file as SPKI, supported or not.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export function spkisIn(bytes: Uint8Array): readonly Uint8Array[] {
  return dersIn(bytes).map((der) =>
    knownAlgorithm(der) === undefined ? new Uint8Array(writtenPlainly(publicKeyFromDer(der))) : der,
  );
}

/** Of which OpenSSL has read a key here: builds and settings of it differ in the kinds that they take. */
const kindsRead = new Set<KeyAlgorithm>();

/** Undefined for a key that is to be read by OpenSSL, which is asked about the first of each kind. */
function knownAlgorithm(der: Uint8Array): KeyAlgorithm | undefined {
  const algorithm = algorithmOfSpki(der);
  return algorithm !== undefined && kindsRead.has(algorithm) ? algorithm : undefined;
}

/** A key in the usual form of its kind, which OpenSSL parses when it is first used; undefined for all others. */
export function knownKey(spki: Uint8Array): PublicKey | undefined {
  const algorithm = knownAlgorithm(spki);
  if (algorithm === undefined) return undefined;
  let key: KeyObject | undefined;
  return {
    algorithm,
    hint: hintOf(spki),
    get key() {
      key ??= publicKeyOfType(spki, 'spki');
      return key;
    },
  };
}

/**
 * The public keys in a file, supported or not: SPKI or PKCS#1, PEM (any number of blocks) or DER.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export function publicKeysIn(bytes: Uint8Array): readonly KeyObject[] {
  return dersIn(bytes).map(publicKeyFromDer);
}

function dersIn(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!text.includes('-----BEGIN ')) return [bytes];
  if (text.includes('-----BEGIN PGP '))
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'this is an OpenPGP key', {
      hint: 'give it as ⟨keyring⟩ instead',
    });
  const blocks = parsePem(text);
  const ders = blocks.map(({ label, der }) => {
    if (label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY') return der;
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', `found the PEM block ${label} instead of a public key`, {
      hint: label.includes('PRIVATE')
        ? 'private keys do not belong here; make the public key with `openssl pkey -in KEY -pubout -out NEW`'
        : 'give a PEM file with the block PUBLIC KEY; certificates are trust anchors of their own kind',
    });
  });
  if (ders.length === 0) throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the file holds no public key');
  return ders;
}

/** A SPKI or PKCS#1 public key. @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
export function publicKeyFromDer(der: Uint8Array): KeyObject {
  for (const type of ['spki', 'pkcs1'] as const) {
    try {
      const key = publicKeyOfType(der, type);
      const kind = algorithmOfSpki(der);
      if (kind !== undefined) kindsRead.add(kind);
      return key;
    } catch {
      // Tried as the other form; the error below covers both.
    }
  }
  throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the bytes are no public key (SPKI or PKCS#1)');
}

/** A public key in exactly this form. @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
export function publicKeyOfType(der: Uint8Array, type: 'spki' | 'pkcs1'): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type });
  } catch (cause) {
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', `the bytes are no public key (${type})`, { cause });
  }
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
 */
const FORMS: readonly Form[] = [
  ecdsa(CURVES.prime256v1, '3059301306072a8648ce3d020106082a8648ce3d03010703420004'),
  ecdsa(CURVES.secp384r1, '3076301006072a8648ce3d020106052b8104002203620004'),
  ecdsa(CURVES.secp521r1, '30819b301006072a8648ce3d020106052b810400230381860004'),
  { algorithm: 'ed25519', head: '302a300506032b6570032100', bytes: 32 },
  rsa(2048),
  rsa(3072),
  rsa(4096),
];

function ecdsa(curve: Curve, head: string): Form {
  return { algorithm: curve.name, head, bytes: 2 * curve.fieldBytes, curve };
}

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
