// SPDX-License-Identifier: Apache-2.0
// For tests of signing: known answers, and signers and verifiers without ceremony.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { createSigner, type Signer, type SignerOptions } from '../../src/crypto/signer.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { type TrustMaterial, type Verifier } from '../../src/crypto/verifier.ts';
import { createVerifier } from '../../src/crypto/lazy-verifier.ts';

export const NOW = new Date('2026-12-01T12:00:00Z');
export const PASSPHRASE = new Secret('correct horse');

/** A file made by GnuPG or OpenSSL: see test/vectors/signing/PROVENANCE.md. */
export function vector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../vectors/signing/${name}`, import.meta.url)));
}

export function secretVector(name: string): Secret {
  return new Secret(vector(name));
}

export function signer(options: Partial<SignerOptions> & Pick<SignerOptions, 'method' | 'key'>): Promise<Signer> {
  return createSigner({
    passphrase: undefined,
    certificate: undefined,
    certificateChain: undefined,
    now: NOW,
    ...options,
  });
}

export function verifier(trust: Partial<TrustMaterial>): Promise<Verifier> {
  return createVerifier(trustIn(trust));
}

/** The code of the error that the promise ends with. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
  return expect.fail('no error was thrown');
}

/** Copies of the bytes with one bit flipped in each byte. */
export function* flipped(bytes: Uint8Array, step = 1): Generator<readonly [number, Uint8Array]> {
  for (let index = 0; index < bytes.length; index += step) {
    const copy = Uint8Array.from(bytes);
    copy[index] = (copy[index] ?? 0) ^ (1 << (index % 8));
    yield [index, copy];
  }
}
