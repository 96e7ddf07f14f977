// SPDX-License-Identifier: Apache-2.0
// Bare keys: which ones we support, what they are called, how they sign and verify. Reading private keys is
// private-key.ts; everything here works on node:crypto key objects.

import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { parsePem } from '../base/bytes.ts';
import type { KeyIdentity } from '../findings/signature.ts';
import { verifyJws } from './jws.ts';
import { costOf, spend } from './effort.ts';
import { SignatureError } from './errors.ts';
import { opensshWire } from './openssh-wire.ts';
import { algorithmOfSpki, type KeyAlgorithm } from './spki.ts';

const MIN_RSA_BITS = 2048;
/** Larger RSA keys only serve to slow a verifier down. */
const MAX_RSA_BITS = 16_384;
/** Go's limit; a large exponent only serves the same, at 9 ms a signature. */
const MAX_EXPONENT = 2n ** 31n - 1n;

interface Curve {
  readonly name: KeyAlgorithm;
  readonly hash: string;
  /** Of r and of s in the raw form of a signature. */
  readonly fieldBytes: number;
}

const CURVES: Readonly<Record<string, Curve>> = {
  prime256v1: { name: 'ecdsa-p256', hash: 'sha256', fieldBytes: 32 },
  secp384r1: { name: 'ecdsa-p384', hash: 'sha384', fieldBytes: 48 },
  secp521r1: { name: 'ecdsa-p521', hash: 'sha512', fieldBytes: 66 },
};

/** A supported public key; its algorithm comes from the key, never from a message. */
export interface PublicKey {
  /** Of a key in the usual form made when it is first asked for. */
  readonly key: KeyObject;
  readonly algorithm: KeyAlgorithm;
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
}

/** A bare or certified key that signs, in this process or outside of it. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  /** Whether its file is worth nothing without a passphrase, or there is none. */
  readonly isProtected: boolean;
  /** As signMessage. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** As signJws; absent for keys outside this process, whose holders know one form each. */
  readonly signJws?: (message: Uint8Array) => Uint8Array | undefined;
}

/**
 * Which hash goes with a key: `native` is always SHA-256 (docs/spec/sif.md, 5.2); `bundle` is SHA-256 too, but signatures with the
 * hash of the curve's size are accepted as well, which some Sigstore tools make. `jws` has one form for each kind of key.
 */
export type Hashing = 'native' | 'bundle' | 'jws';

/** Name of a supported key's algorithm, or what is wrong with the key. */
function algorithmOf(key: KeyObject): { readonly name: KeyAlgorithm } | { readonly problem: string } {
  const details = key.asymmetricKeyDetails;
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return { name: 'ed25519' };
  if (type === 'ec') {
    const curve = details?.namedCurve ?? '';
    const known = Object.hasOwn(CURVES, curve) ? CURVES[curve] : undefined;
    return known
      ? { name: known.name }
      : { problem: `an ECDSA key on ${curve ? `curve ${curve}` : 'an unnamed curve'}` };
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
  return createHash('sha256').update(spki).digest('base64');
}

/** SPKI DER, with both coordinates of a point. */
function writtenPlainly(key: KeyObject): Buffer {
  const spki = key.export({ format: 'der', type: 'spki' });
  const name = key.asymmetricKeyType === 'ec' ? (key.asymmetricKeyDetails?.namedCurve ?? '') : '';
  const curve = Object.hasOwn(CURVES, name) ? CURVES[name] : undefined;
  return !curve || spki.at(-1 - 2 * curve.fieldBytes) === UNCOMPRESSED ? spki : uncompressed(key);
}

/** First byte of a point that is written with both coordinates. */
const UNCOMPRESSED = 4;

function uncompressed(key: KeyObject): Buffer {
  const both = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  return both.export({ format: 'der', type: 'spki' });
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

/**
 * Signature over a message: SHA-256 for ECDSA (ASN.1 DER) and RSA (PKCS#1 v1.5), pure Ed25519. SHA-256 also for P-384
 * and P-521, because cosign, podman and Apptainer accept nothing else without extra flags.
 */
export function signMessage(key: KeyObject, message: Uint8Array): Uint8Array {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return new Uint8Array(sign(hash, message, key));
}

/**
 * True when the signature over the message is by the key. ECDSA signatures are ASN.1 DER; the raw form of IEEE P1363, r
 * and s in full length, is read too, as Apptainer and cosign do. `guess` as in spend. Never throws for a signature.
 * @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE
 */
export function verifyMessage(
  key: PublicKey,
  message: Uint8Array,
  {
    signature,
    hashing,
    guess,
  }: { readonly signature: Uint8Array; readonly hashing: Hashing; readonly guess?: boolean },
): boolean {
  const cost = costOf(key.algorithm);
  if (hashing === 'jws') return spend(cost) && verifyJws(key, message, signature);
  const curve = curveOf(key);
  const { key: object } = key;
  // Bytes that could be either form are DER first; the raw form is looked at only in its one length.
  const forms =
    curve && signature.length === 2 * curve.fieldBytes ? (['der', 'ieee-p1363'] as const) : ['der' as const];
  return hashesFor(key, hashing).some((hash) =>
    forms.some((dsaEncoding) => {
      if (!spend(cost, guess)) return false;
      try {
        return verify(hash, message, { key: object, dsaEncoding }, signature);
      } catch {
        return false;
      }
    }),
  );
}

function curveOf(key: PublicKey): Curve | undefined {
  return Object.values(CURVES).find(({ name }) => name === key.algorithm);
}

function hashesFor(key: PublicKey, hashing: Hashing): readonly (string | null)[] {
  if (key.algorithm === 'ed25519') return [null];
  const curve = curveOf(key);
  return hashing === 'bundle' && curve ? [...new Set(['sha256', curve.hash])] : ['sha256'];
}

/**
 * OpenSSH fingerprint of a public key, `SHA256:<base64 without padding>`; undefined for key types that SSH has no form of.
 */
export function opensshKeyid(key: KeyObject): string | undefined {
  const wire = opensshWire(key);
  return wire && `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

/** The keyid that others compare with the one in a signature. */
export function keyidOf(
  { key }: { readonly key: KeyObject },
  { keyid }: { readonly keyid?: string | undefined },
): { readonly keyid?: string } {
  const own = keyid === undefined ? undefined : opensshKeyid(key);
  return own === undefined ? {} : { keyid: own };
}

const HINT = /^openpgp4fpr:([0-9a-f]{40})$/i;

/** The hint for a primary key fingerprint of 40 hex digits. */
export function pgpHint(fingerprint: string): string {
  return `openpgp4fpr:${fingerprint.toLowerCase()}`;
}

/** The fingerprint in a hint, upper case; undefined when the hint is not of an OpenPGP key. */
export function parsePgpHint(hint: string): string | undefined {
  return HINT.exec(hint)?.[1]?.toUpperCase();
}
