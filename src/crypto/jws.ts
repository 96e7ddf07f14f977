// SPDX-License-Identifier: Apache-2.0
// Signatures of JSON Web Signatures: which algorithm goes with a key, and the raw form of ECDSA.

import { constants, type KeyObject, sign, verify } from 'node:crypto';

interface Algorithm {
  readonly name: string;
  readonly hash: string;
  readonly saltBytes?: number;
}

/**
 * Notation's table: the algorithm follows the key and nothing else.
 * @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#algorithm-selection
 */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  'ecdsa-p256': { name: 'ES256', hash: 'sha256' },
  'ecdsa-p384': { name: 'ES384', hash: 'sha384' },
  'ecdsa-p521': { name: 'ES512', hash: 'sha512' },
  'rsa-2048': { name: 'PS256', hash: 'sha256', saltBytes: 32 },
  'rsa-3072': { name: 'PS384', hash: 'sha384', saltBytes: 48 },
  'rsa-4096': { name: 'PS512', hash: 'sha512', saltBytes: 64 },
};

/** A key and the name of its kind, as in `PublicKey`. */
export interface JwsKey {
  readonly key: KeyObject;
  readonly algorithm: string;
}

function algorithmOf({ algorithm }: Pick<JwsKey, 'algorithm'>): Algorithm | undefined {
  return Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
}

/** The header `alg` that goes with a key; undefined for keys that Notation does not know. */
export function jwsAlgorithm(key: Pick<JwsKey, 'algorithm'>): string | undefined {
  return algorithmOf(key)?.name;
}

function optionsFor({ saltBytes }: Algorithm) {
  return saltBytes === undefined
    ? ({ dsaEncoding: 'ieee-p1363' } as const)
    : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltBytes };
}

/** Signature over a message; undefined for keys that Notation does not know. */
export function signJws({ key, ...kind }: JwsKey, message: Uint8Array): Uint8Array | undefined {
  const algorithm = algorithmOf(kind);
  return algorithm && new Uint8Array(sign(algorithm.hash, message, { key, ...optionsFor(algorithm) }));
}

/** True when the signature over the message is by the key, in the one form that there is. Never throws. */
export function verifyJws({ key, ...kind }: JwsKey, message: Uint8Array, signature: Uint8Array): boolean {
  const algorithm = algorithmOf(kind);
  if (!algorithm) return false;
  try {
    return verify(algorithm.hash, message, { key, ...optionsFor(algorithm) }, signature);
  } catch {
    return false;
  }
}
