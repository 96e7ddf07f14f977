// SPDX-License-Identifier: Apache-2.0
// Signatures by bare and certified keys: how they are made and checked, in each form that there is, how they name their
// key, and what checking them may cost for one image.

import { AsyncLocalStorage } from 'node:async_hooks';
import { constants, createHash, type KeyObject, sign, verify } from 'node:crypto';
import { concatBytes, utf8 } from '../base/bytes.ts';
import { SignatureError } from './errors.ts';
import { type Curve, CURVES, type KeyAlgorithm, type PublicKey } from './keys.ts';

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

/**
 * The key as SSH writes it; undefined for key types that it has no form of.
 * @see https://www.rfc-editor.org/rfc/rfc4253.html#section-6.6
 * @see https://www.rfc-editor.org/rfc/rfc5656.html#section-3.1
 * @see https://www.rfc-editor.org/rfc/rfc8709.html#section-4
 */
function opensshWire(key: KeyObject): Uint8Array | undefined {
  const jwk = key.export({ format: 'jwk' });
  const field = (name: 'e' | 'n' | 'x' | 'y'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  if (jwk.kty === 'RSA') return sshStrings(utf8('ssh-rsa'), mpint(field('e')), mpint(field('n')));
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return sshStrings(utf8('ssh-ed25519'), field('x'));
  const curve = jwk.kty === 'EC' ? /^P-(256|384|521)$/.exec(jwk.crv ?? '')?.[1] : undefined;
  if (curve === undefined) return undefined;
  const point = concatBytes(Uint8Array.of(4), field('x'), field('y'));
  return sshStrings(utf8(`ecdsa-sha2-nistp${curve}`), utf8(`nistp${curve}`), point);
}

function mpint(unsigned: Uint8Array): Uint8Array {
  return (unsigned[0] ?? 0) < 0x80 ? unsigned : concatBytes(Uint8Array.of(0), unsigned);
}

function sshStrings(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

/** How one kind of key makes JSON Web Signatures. */
interface JwsAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly saltBytes?: number;
}

/**
 * Notation's table: the algorithm follows the key and nothing else.
 * @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#algorithm-selection
 */
const JWS_ALGORITHMS: ReadonlyMap<string, JwsAlgorithm> = new Map([
  ['ecdsa-p256', { name: 'ES256', hash: 'sha256' }],
  ['ecdsa-p384', { name: 'ES384', hash: 'sha384' }],
  ['ecdsa-p521', { name: 'ES512', hash: 'sha512' }],
  ['rsa-2048', { name: 'PS256', hash: 'sha256', saltBytes: 32 }],
  ['rsa-3072', { name: 'PS384', hash: 'sha384', saltBytes: 48 }],
  ['rsa-4096', { name: 'PS512', hash: 'sha512', saltBytes: 64 }],
]);

/** The header `alg` that goes with a key; undefined for keys that Notation does not know. */
export function jwsAlgorithm({ algorithm }: { readonly algorithm: string }): string | undefined {
  return JWS_ALGORITHMS.get(algorithm)?.name;
}

function jwsOptions({ saltBytes }: JwsAlgorithm) {
  return saltBytes === undefined
    ? ({ dsaEncoding: 'ieee-p1363' } as const)
    : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltBytes };
}

/** Signature over a message; undefined for keys that Notation does not know. */
export function signJws(
  { key, algorithm: kind }: Omit<PublicKey, 'hint'>,
  message: Uint8Array,
): Uint8Array | undefined {
  const algorithm = JWS_ALGORITHMS.get(kind);
  return algorithm && new Uint8Array(sign(algorithm.hash, message, { key, ...jwsOptions(algorithm) }));
}

/** True when the signature over the message is by the key, in the one form that there is. Never throws. */
function verifyJws({ key, algorithm: kind }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const algorithm = JWS_ALGORITHMS.get(kind);
  if (!algorithm) return false;
  try {
    return verify(algorithm.hash, message, { key, ...jwsOptions(algorithm) }, signature);
  } catch {
    return false;
  }
}

/**
 * What all checks of one image may cost, in those of P-256 signatures, of which OpenSSL does 20,000 a second. Strangers
 * choose how many there are and, in certificates, by what keys. It fails the image: nothing can be hidden behind it.
 */
const MOST = 20_000;
/** Of these for signatures that name a key which nobody trusts, tried with keys that are called otherwise. */
const MOST_GUESSES = 4000;
/** Searches through all keys of the policy that are not counted: how many keys there are is its own choice, no stranger's. */
const FREE_SEARCHES = 8;
/** How much slower OpenSSL is with other curves than P-256. */
const CURVE_COSTS: ReadonlyMap<string, number> = new Map([
  ['ecdsa-p384', 9],
  ['ecdsa-p521', 19],
]);
/** An RSA key of this size, with the largest exponent that is read, costs two; larger ones by the square. */
const RSA_BITS = 4096;

interface Effort {
  left: number;
  guesses: number;
  searches: number;
  /** Hints of the keys by which something on the image is signed. */
  readonly signers: Set<string>;
}

const efforts = new AsyncLocalStorage<Effort | undefined>();

/**
 * Everything that is learnt about one image, within the bound.
 * @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE, and what the work throws
 */
export async function withinEffort<T>(examine: () => Promise<T>): Promise<T> {
  if (efforts.getStore()) return await examine();
  const effort: Effort = { left: MOST, guesses: MOST_GUESSES, searches: FREE_SEARCHES, signers: new Set() };
  const result = await efforts.run(effort, examine);
  // Whoever caught it took it for something wrong with one signature.
  if (effort.left < 0) throw tooLarge();
  return result;
}

/**
 * To be called before each check of a signature; `guess` when the signature names another key. False when it is not
 * worth another guess.
 * @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE
 */
export function spend(cost: number, guess = false): boolean {
  const effort = efforts.getStore();
  if (!effort) return true;
  if (guess) effort.guesses -= cost;
  if (guess && effort.guesses < 0) return false;
  effort.left -= cost;
  if (effort.left < 0) throw tooLarge();
  return true;
}

/** A search through all keys of the policy, of which some are not counted. @throws what the search throws */
export function searching<T>(search: () => T): T {
  const effort = efforts.getStore();
  if (!effort || effort.searches <= 0) return search();
  effort.searches -= 1;
  return efforts.run(undefined, search);
}

/** Notes by whose key something on the image is signed. */
export function noteSigner(hint: string): void {
  efforts.getStore()?.signers.add(hint);
}

/** True when that key has signed something else on the image: most likely it signed what names no key, too. */
export function hasSigned(hint: string): boolean {
  return efforts.getStore()?.signers.has(hint) === true;
}

/** Of one check with a key. */
export function costOf(algorithm: KeyAlgorithm): number {
  const [, bits] = algorithm.split('rsa-');
  if (bits !== undefined) return Math.ceil(2 * (Number(bits) / RSA_BITS) ** 2);
  return CURVE_COSTS.get(algorithm) ?? 1;
}

function tooLarge(): SignatureError {
  return new SignatureError(
    'SIGNATURE_EFFORT_TOO_LARGE',
    'the image has more signatures, or slower ones, than are checked',
  );
}
