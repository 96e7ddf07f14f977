// SPDX-License-Identifier: Apache-2.0
// A bare or certified key that another program holds, as one that signs here: it must be the expected one, stay the same,
// and what it signs must verify before anybody gets it.

import { encodePem, utf8 } from '../../base/bytes.ts';
import { SignatureError } from '../errors.ts';
import { type PublicKey, readPublicKeys, spkiOf } from '../keys.ts';
import { type SigningKey, verifyMessage } from '../signatures.ts';
import { KeyError } from './errors.ts';
import type { KeyWorld } from './holder.ts';
import { type KeyName, parseKeyName } from './key-name.ts';

/** What a program that holds a key can do; errors are KeyErrors. */
export interface ExternalKey {
  /** What errors call it. */
  readonly what: string;
  publicKey(): Promise<PublicKey>;
  /** Signature over the message with SHA-256, for Ed25519 over the message itself; not checked yet. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** How a key outside is reached. */
export interface ExternalOptions {
  readonly world: KeyWorld;
  /** PIN of a token. */
  readonly pin: string | undefined;
  /** Public key that it must be, PEM; undefined for any. */
  readonly expected: string | undefined;
}

/**
 * The key of that name.
 * @throws KeyError; SignatureError SIGNATURE_KEY_UNSUPPORTED, SIGNATURE_TRUST_UNREADABLE when the expected one cannot be read
 */
export async function externalSigningKey(
  name: Exclude<KeyName, { readonly holder: 'gpg' }>,
  options: ExternalOptions,
): Promise<SigningKey> {
  const key = await openKey(name, options);
  const publicKey = await key.publicKey();
  assertExpectedKey(publicKey, options.expected, key.what);
  return {
    publicKey,
    isProtected: true,
    sign: async (message) => {
      const signature = await key.sign(message);
      if (verifyMessage(publicKey, message, { signature, hashing: 'native' })) return signature;
      const { hint } = await key.publicKey();
      if (hint !== publicKey.hint)
        throw new KeyError('KEY_UNEXPECTED', `${key.what} has the key ${hint} now, and had ${publicKey.hint} before`);
      throw new KeyError('KEY_SIGNATURE_WRONG', `the signature of ${key.what} does not verify with its key ${hint}`);
    },
  };
}

async function openKey(
  name: Exclude<KeyName, { readonly holder: 'gpg' }>,
  options: ExternalOptions,
): Promise<ExternalKey> {
  return name.holder === 'plugin'
    ? (await import('./plugin.ts')).pluginKey(name, options.world)
    : (await import('./token.ts')).tokenKey(name, options);
}

/**
 * Refuses another key than the expected one.
 * @throws KeyError KEY_UNEXPECTED; SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export function assertExpectedKey({ hint }: PublicKey, expected: string | undefined, what: string): void {
  if (expected === undefined) return;
  const [wanted, second] = readPublicKeys(utf8(expected));
  if (!wanted || second) throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the expected key is not one key');
  if (wanted.hint !== hint)
    throw new KeyError('KEY_UNEXPECTED', `${what} has the key ${hint}, and ${wanted.hint} is expected`);
}

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
