// SPDX-License-Identifier: Apache-2.0
// Signs with an OpenPGP key: binary signatures over DSSE messages, and cleartext signature objects that Apptainer reads.

import type { PgpIdentity } from '../../findings/signature.ts';
import { decodeUtf8, utf8 } from '../../base/bytes.ts';
import { encodeCleartext } from './framing.ts';
import { type PgpSecretKey, readSecretKey } from './secret-key.ts';
import { parseKeyName } from '../external/key-name.ts';
import { pgpHint } from '../signatures.ts';
import { trustIn } from '../trust.ts';
import type { Signer, SignerOptions } from '../signer.ts';

/** @throws SignatureError as readSecretKey; KeyError for a key of gpg */
export async function createPgpSigner(options: SignerOptions): Promise<Signer> {
  const key = await keyOf(options);
  const identity: PgpIdentity = {
    method: 'pgp',
    fingerprint: key.fingerprint,
    ...(key.subkey === undefined ? {} : { subkey: key.subkey }),
    ...(key.hint === undefined ? {} : { hint: key.hint }),
    userIds: key.userIds,
  };
  return {
    method: 'pgp',
    identity,
    isProtected: key.isProtected,
    material: { kind: 'public-key', hint: pgpHint(key.fingerprint) },
    publicMaterial: trustIn({ keyrings: [key.publicKey] }),
    signPae: async (pae, time) => (await key.sign(pae, time)).packet,
    native: {
      format: 'pgp',
      signCleartext: async (metadata, time) => {
        const text = decodeUtf8(metadata, 'the sif-metadata');
        const { packet, hash } = await key.sign(text, time);
        return utf8(encodeCleartext(text, hash, packet));
      },
    },
  };
}

async function keyOf({ key, passphrase, fingerprint, now, world }: SignerOptions): Promise<PgpSecretKey> {
  const name = parseKeyName(key.revealText(), 'pgp');
  if (name?.holder !== 'gpg' || !world) return readSecretKey(key, { passphrase, fingerprint, now });
  const { gpgKey } = await import('./gpg-key.ts');
  return gpgKey(name.fingerprint, { world, passphrase: passphrase?.revealText(), now });
}
