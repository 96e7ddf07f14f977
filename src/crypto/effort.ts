// SPDX-License-Identifier: Apache-2.0
// What checking signatures may cost for one image. Strangers choose how many there are and, in certificates, by what
// keys; the bound makes the cost of any image known beforehand. It fails the image: nothing can be hidden behind it.

import { AsyncLocalStorage } from 'node:async_hooks';
import { SignatureError } from './errors.ts';
import type { KeyAlgorithm } from './spki.ts';

/** In checks of P-256 signatures, of which OpenSSL does 20,000 a second. */
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
