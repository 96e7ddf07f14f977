// SPDX-License-Identifier: Apache-2.0
// key export: public keys as text, whatever they lie in.

import { EXIT } from '../../base/errors.ts';
import { isPublicKeyName } from '../../crypto/external/key-name.ts';
import { describeKeyFile } from '../../crypto/key-description.ts';
import { readPublicKeys, spkiOf } from '../../crypto/keys.ts';
import { readPrivateKey } from '../../crypto/private-key.ts';
import { encodePem } from '../../base/bytes.ts';
import { Secret } from '../../base/secret.ts';
import { SignatureError } from '../../crypto/errors.ts';
import { passphraseText } from '../inputs/values.ts';
import { cosignPassphrase } from '../inputs/signing.ts';
import type { Host } from '../host.ts';
import type { CommandResult } from '../spec.ts';
import { KeyringError } from './errors.ts';
import { bytesOf, describePlace, filesOf, type KeyPlace, wantedFingerprint } from './places.ts';
import { publicBytes } from './show.ts';
import type { KeyInputs } from './spec.ts';

/** @throws KeyringError KEYRING_KEY_MISSING; KeyError, SignatureError, SystemError, UsageError */
export async function exportKeys(names: readonly string[], inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const wanted = wantedFingerprint(inputs);
  const texts: string[] = [];
  for (const name of names) {
    const isName = isPublicKeyName(name);
    const places = isName ? [{ name, path: name }] : await filesOf([name], inputs, host);
    for (const place of places) {
      const bytes = isName ? await publicBytes(name, inputs, host) : await bytesOf(place);
      if (bytes && bytes.length > 0) texts.push(...(await textsOf(bytes, place, { inputs, host })));
    }
  }
  if (texts.length === 0)
    throw new KeyringError(
      'KEYRING_KEY_MISSING',
      `there is no key${wanted === undefined ? '' : ` ${wanted}`} to export`,
    );
  const keys = [...new Set(texts)];
  return { exitCode: EXIT.passed, outputs: {}, text: keys.join(''), json: { schema: 'countersign/key/v1', keys } };
}

/** Bare public keys in PEM, OpenPGP keys armored; of secret keys the public part. */
async function textsOf(
  bytes: Uint8Array,
  place: KeyPlace,
  { inputs, host }: { readonly inputs: KeyInputs; readonly host: Host },
): Promise<readonly string[]> {
  const wanted = wantedFingerprint(inputs);
  try {
    const [first] = await describeKeyFile(bytes, passphraseText(inputs.passphrase), cosignPassphrase(host.env));
    if (first?.identity.method === 'key') return wanted === undefined ? bareKeys(bytes, inputs, host) : [];
    if (first?.identity.method === 'x509')
      throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'it holds certificates, which are public as they are');
  } catch (cause) {
    if (!(cause instanceof SignatureError)) throw cause;
    throw cause.about(describePlace(place));
  }
  const { armoredKeys, fingerprintsIn, publicKeyIn } = await import('../../crypto/pgp/ring.ts');
  const texts: string[] = [];
  for (const fingerprint of new Set(wanted === undefined ? await fingerprintsIn(bytes) : [wanted])) {
    const key = await publicKeyIn(bytes, fingerprint);
    if (key) texts.push(await armoredKeys(key));
  }
  return texts;
}

function bareKeys(bytes: Uint8Array, inputs: KeyInputs, host: Host): readonly string[] {
  const isPrivate = Buffer.from(bytes).toString('latin1').includes('PRIVATE KEY-----');
  const keys = isPrivate
    ? [readPrivateKey(new Secret(bytes), passphraseText(inputs.passphrase), cosignPassphrase(host.env)).publicKey]
    : readPublicKeys(bytes);
  return keys.map((key) => encodePem('PUBLIC KEY', spkiOf(key)));
}
