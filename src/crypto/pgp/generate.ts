// SPDX-License-Identifier: Apache-2.0
// Makes an OpenPGP key.

import type { Secret } from '../../base/secret.ts';
import { fingerprintOf } from './pgp.ts';
import { CONFIG, generateKey } from './library.ts';

/** A new key as armored files. */
export interface PgpKeyFiles {
  /** Primary key, 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A new version 4 Ed25519 key whose primary part signs, as Apptainer prefers. */
export async function generatePgpKey(options: {
  readonly name: string;
  readonly email: string;
  readonly passphrase?: Secret | undefined;
  readonly now: Date;
}): Promise<PgpKeyFiles> {
  const { name, email, passphrase, now } = options;
  const pair = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name, email },
    date: now,
    subkeys: [],
    format: 'object',
    ...(passphrase ? { passphrase: passphrase.revealText() } : {}),
    config: CONFIG,
  });
  const { privateKey, publicKey } = pair;
  return { fingerprint: fingerprintOf(publicKey), privateKey: privateKey.armor(), publicKey: publicKey.armor() };
}
