// SPDX-License-Identifier: Apache-2.0
// Signs with a bare key.

import { keyIdentity, signMessage, spkiOf } from './keys.ts';
import { opensshKeyid } from './key-names.ts';
import { type PrivateKey, readPrivateKey } from './private-key.ts';
import { trustIn } from './trust.ts';
import type { NativeSigner, Signer, SignerOptions } from './signer.ts';

/** @throws SignatureError as readPrivateKey */
export async function createKeySigner(options: SignerOptions): Promise<Signer> {
  const privateKey = readPrivateKey(options.key, options.passphrase, options.cosignPassphrase);
  const { publicKey } = privateKey;
  return {
    method: 'key',
    identity: keyIdentity(publicKey),
    isProtected: privateKey.isProtected,
    material: { kind: 'public-key', hint: publicKey.hint },
    publicMaterial: trustIn({ keys: [spkiOf(publicKey)] }),
    signPae: async (pae) => signMessage(privateKey.key, pae),
    native: nativeKeySigner(privateKey),
  };
}

/** Native DSSE signatures by a bare or certified key: a SIF holds nothing of X.509, so both are the same. */
export function nativeKeySigner({ key, publicKey }: PrivateKey): NativeSigner {
  return {
    format: 'dsse',
    keyid: opensshKeyid(publicKey.key) ?? '',
    signNativePae: async (pae) => signMessage(key, pae),
  };
}
