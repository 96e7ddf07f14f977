// SPDX-License-Identifier: Apache-2.0
// key import: one public key, named by its whole fingerprint, into a ring, a folder or a file.

import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EXIT, UsageError } from '../../base/errors.ts';
import { equalBytes } from '../../base/bytes.ts';
import { describeKeyFile } from '../../crypto/key-description.ts';
import { writeFileAtomic } from '../../files/files.ts';
import { makeFolder } from '../../files/folder.ts';
import type { Host } from '../host.ts';
import type { CommandResult } from '../spec.ts';
import { KeyringError } from './errors.ts';
import { isServer, keyFromServer, sendKey } from './lookup.ts';
import {
  bytesOf,
  describePlace,
  filesOf,
  isRing,
  type KeyPlace,
  ringPaths,
  RINGS,
  wantedFingerprint,
} from './places.ts';
import { shownResult } from './show.ts';
import type { KeyInputs } from './spec.ts';

/**
 * Imports the key; one that is there already is joined with it, so that no revocation is lost.
 * @throws UsageError; KeyringError; NetworkError; SignatureError, SystemError; nothing is written then
 */
export async function importKey(source: string, inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const wanted = neededFingerprint(inputs);
  if (inputs.into === 'apptainer:secret')
    throw new UsageError('USAGE_INVALID_INPUT', 'into is the ring of secret keys', {
      hint: `give ${RINGS.filter((ring) => ring !== 'apptainer:secret').join(', ')}, a folder or a file`,
    });
  const key = isServer(source)
    ? await keyFromServer(source, wanted, { host, timeout: inputs.timeout })
    : await keyFromPlace(source, wanted, inputs, host);
  const place = await targetOf(inputs, wanted, host);
  const changed = await store(place, key);
  const shown = shownResult([{ file: describePlace(place), keys: await describeKeyFile(key, undefined) }]);
  const text = `${changed ? 'imported' : 'there already'}: ${wanted}\n${shown.text}`;
  return { ...shown, exitCode: EXIT.passed, text };
}

async function keyFromPlace(source: string, wanted: string, inputs: KeyInputs, host: Host): Promise<Uint8Array> {
  const { publicKeyIn } = await import('../../crypto/pgp/ring.ts');
  for (const file of await filesOf([source], inputs, host)) {
    const bytes = await bytesOf(file);
    if (!bytes || bytes.length === 0) continue;
    // Reads the file as `key show` does, which says what is wrong with it.
    await describeKeyFile(bytes, undefined);
    const key = await publicKeyIn(bytes, wanted);
    if (key) return key;
  }
  throw new KeyringError('KEYRING_KEY_MISSING', `${source} has no OpenPGP key ${wanted}`);
}

/**
 * key send: gives one public key to the key server that `into` names.
 * @throws UsageError, KeyringError, NetworkError
 */
export async function sendToServer(source: string, inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const wanted = neededFingerprint(inputs);
  if (!/^hkps?:/.test(inputs.into))
    throw new UsageError('USAGE_MISSING_INPUT', 'into names no key server', {
      hint: 'give ⟨into=hkps://keys.openpgp.org⟩: whoever asks there gets the key from then on',
    });
  const { armoredKeys } = await import('../../crypto/pgp/ring.ts');
  const key = await keyFromPlace(source, wanted, inputs, host);
  await sendKey(inputs.into, await armoredKeys(key), { host, timeout: inputs.timeout });
  const shown = shownResult([{ file: inputs.into, keys: await describeKeyFile(key, undefined) }]);
  return { ...shown, text: `sent: ${wanted}\n${shown.text}` };
}

function neededFingerprint(inputs: KeyInputs): string {
  const wanted = wantedFingerprint(inputs);
  if (wanted !== undefined) return wanted;
  throw new UsageError('USAGE_MISSING_INPUT', 'fingerprint is missing', {
    hint: 'give the ⟨fingerprint⟩ of the key, from somebody you trust: it alone says that this is the right key',
  });
}

async function targetOf({ into, workingDirectory }: KeyInputs, wanted: string, host: Host): Promise<KeyPlace> {
  if (isRing(into)) {
    const paths = ringPaths(into, host);
    const known = await Promise.all(paths.map((path) => isThere(dirname(path))));
    const path = paths.find((_path, index) => known[index]) ?? paths[0] ?? '';
    return { name: into, path };
  }
  const path = resolve(workingDirectory, into);
  const found = await stat(path).catch(() => undefined);
  const inside = found?.isDirectory() === true || into.endsWith('/');
  const file = inside ? join(path, `${wanted}.asc`) : path;
  return { name: file, path: file };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Rings are binary, as Apptainer writes them, with its permissions; other files are armored. */
async function store(place: KeyPlace, key: Uint8Array): Promise<boolean> {
  const { armoredKeys, withKey } = await import('../../crypto/pgp/ring.ts');
  const { name, path } = place;
  const before = (await isThere(path)) ? ((await bytesOf(place)) ?? new Uint8Array()) : new Uint8Array();
  const ring = await withKey(before, key);
  if (before.length > 0 && equalBytes(ring, before)) return false;
  await makeFolder(dirname(path), name === 'apptainer:public' ? 0o700 : 0o755);
  const content = isRing(name) ? ring : await armoredKeys(ring);
  await writeFileAtomic(path, content, name === 'apptainer:public' ? 0o600 : 0o644);
  return true;
}
