// SPDX-License-Identifier: Apache-2.0
// key list: the OpenPGP keys of rings, folders and files.

import { SignatureError } from '../../crypto/errors.ts';
import { describeKeyFile, type KeyDescription } from '../../crypto/key-description.ts';
import type { Host } from '../host.ts';
import type { CommandResult } from '../spec.ts';
import { KeyringError } from './errors.ts';
import { bytesOf, describePlace, filesOf, type KeyPlace } from './places.ts';
import { type ShownFile, shownResult } from './show.ts';
import type { KeyInputs } from './spec.ts';
import { wantedFingerprint } from './wanted.ts';

/** @throws KeyringError KEYRING_KEY_MISSING when the wanted key is nowhere; SystemError, SignatureError, UsageError */
export async function listKeys(places: readonly string[], inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const wanted = wantedFingerprint(inputs);
  const shown: ShownFile[] = [];
  for (const file of await filesOf(places, inputs, host)) {
    const bytes = await bytesOf(file);
    if (!bytes || (bytes.length === 0 && places.length === 0)) continue;
    const keys = (await describe(file, bytes)).filter(
      ({ identity }) => wanted === undefined || (identity.method === 'pgp' && identity.fingerprint === wanted),
    );
    if (keys.length > 0) shown.push({ file: describePlace(file), keys });
  }
  if (wanted !== undefined && shown.length === 0)
    throw new KeyringError('KEYRING_KEY_MISSING', `the key ${wanted} is in none of these places`);
  const result = shownResult(shown);
  return shown.length > 0 ? result : { ...result, text: 'no key\n' };
}

/** An empty ring has no keys; a file without one is told by its name. */
async function describe(place: KeyPlace, bytes: Uint8Array): Promise<readonly KeyDescription[]> {
  if (bytes.length === 0) return [];
  try {
    return await describeKeyFile(bytes, undefined);
  } catch (cause) {
    if (!(cause instanceof SignatureError)) throw cause;
    throw cause.about(describePlace(place));
  }
}
