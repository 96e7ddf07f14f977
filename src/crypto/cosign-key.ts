// SPDX-License-Identifier: Apache-2.0
// The encrypted private key files of cosign: scrypt and NaCl secretbox around a PKCS#8 key. The only importer of
// @noble/ciphers, which has the XSalsa20-Poly1305 that node:crypto lacks.

import { scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { fromBase64 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import { asObject, asText } from '../base/members.ts';
import { SignatureError } from './errors.ts';

/** PEM labels of cosign's key files, new and old. */
export const COSIGN_KEY_LABELS: ReadonlySet<string> = new Set([
  'ENCRYPTED SIGSTORE PRIVATE KEY',
  'ENCRYPTED COSIGN PRIVATE KEY',
]);

/** N of the three scrypt parameter sets that cosign permits, each with r = 8 and p = 1. */
const PERMITTED_N: ReadonlySet<unknown> = new Set([32_768, 65_536, 131_072]);
const NONCE_BYTES = 24;

interface SealedKey {
  readonly n: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/**
 * PKCS#8 DER of a cosign key; an empty passphrase is a valid one.
 * @throws SignatureError SIGNATURE_PASSPHRASE_WRONG, SIGNATURE_KDF_REFUSED, SIGNATURE_KEY_UNREADABLE
 */
export function openCosignKey(body: Uint8Array, passphrase: Secret): Uint8Array {
  const sealed = parseSealedKey(body);
  const maxmem = 256 * sealed.n * 8;
  const key = scryptSync(passphrase.reveal(), sealed.salt, 32, { N: sealed.n, r: 8, p: 1, maxmem });
  try {
    return xsalsa20poly1305(new Uint8Array(key), sealed.nonce).decrypt(sealed.ciphertext);
  } catch {
    throw new SignatureError('SIGNATURE_PASSPHRASE_WRONG', 'the passphrase does not unlock the cosign key');
  } finally {
    key.fill(0);
  }
}

function parseSealedKey(body: Uint8Array): SealedKey {
  try {
    const sealed = asObject(parseJson(body, 'the cosign key'), 'the cosign key');
    const kdf = asObject(sealed['kdf'], 'kdf');
    const cipher = asObject(sealed['cipher'], 'cipher');
    const nonce = fromBase64(asText(cipher['nonce'], 'cipher.nonce'), 'cipher.nonce');
    if (asText(kdf['name'], 'kdf.name') !== 'scrypt') throw unreadable('its key derivation is not scrypt');
    if (asText(cipher['name'], 'cipher.name') !== 'nacl/secretbox' || nonce.length !== NONCE_BYTES)
      throw unreadable('its cipher is not nacl/secretbox');
    const { N: n, r, p } = asObject(kdf['params'], 'kdf.params');
    if (typeof n !== 'number' || !PERMITTED_N.has(n) || r !== 8 || p !== 1)
      throw new SignatureError(
        'SIGNATURE_KDF_REFUSED',
        `scrypt parameters ${JSON.stringify({ N: n, r, p })} are not permitted`,
      );
    return {
      n,
      nonce,
      salt: fromBase64(asText(kdf['salt'], 'kdf.salt'), 'kdf.salt'),
      ciphertext: fromBase64(asText(sealed['ciphertext'], 'ciphertext'), 'ciphertext'),
    };
  } catch (cause) {
    if (cause instanceof SignatureError || !(cause instanceof CountersignError)) throw cause;
    throw unreadable(cause.message, cause);
  }
}

function unreadable(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_KEY_UNREADABLE', `the cosign key cannot be read: ${problem}`, { cause });
}
