// SPDX-License-Identifier: Apache-2.0
// Makes a throw-away bare key. With a certificate: x509/generate.ts.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import { keyHint } from './keys.ts';

/** A new bare key as PEM files. */
export interface KeyFiles {
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
  /** PKCS#8, encrypted when there is a passphrase. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A new ECDSA P-256 key. */
export function generateEcKey(passphrase?: Secret): KeyFiles {
  return keyFiles(generateKeyPairSync('ec', { namedCurve: 'P-256' }), passphrase);
}

/** The PEM files of a key pair. */
export function keyFiles(
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  passphrase: Secret | undefined,
): KeyFiles {
  const encryption = passphrase ? { cipher: 'aes-256-cbc', passphrase: Buffer.from(passphrase.reveal()) } : {};
  return {
    hint: keyHint(publicKey),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8', ...encryption }).toString(),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}
