// SPDX-License-Identifier: Apache-2.0
// The public key under a name, as the file that a policy or another machine gets.

import { encodePem, utf8 } from '../../base/bytes.ts';
import { spkiOf } from '../keys.ts';
import { externalSigningKey } from './external.ts';
import type { KeyWorld } from './holder.ts';
import { parseKeyName } from './key-name.ts';

/**
 * OpenPGP packets of a key of gpg, else PEM.
 * @throws KeyError, SignatureError; also for a key that could not sign now
 */
export async function publicKeyOf(
  text: string,
  options: { readonly world: KeyWorld; readonly passphrase: string | undefined; readonly now: Date },
): Promise<Uint8Array> {
  const { world, passphrase } = options;
  const name = parseKeyName(text, text.startsWith('gpg:') ? 'pgp' : 'key');
  if (!name) throw new Error('the text names no key');
  if (name.holder === 'gpg') {
    const { gpgKey } = await import('../pgp/gpg-key.ts');
    return (await gpgKey(name.fingerprint, options)).publicKey;
  }
  const { publicKey } = await externalSigningKey(name, { world, pin: passphrase, expected: undefined });
  return utf8(encodePem('PUBLIC KEY', spkiOf(publicKey)));
}
