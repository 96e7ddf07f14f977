// SPDX-License-Identifier: Apache-2.0
// key show: every key and certificate of files, and keys that other programs hold. key list: the OpenPGP keys of rings,
// folders and files.

import { resolve } from 'node:path';
import { EXIT } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Secret } from '../../base/secret.ts';
import { toSecond, UNSAFE } from '../../base/text.ts';
import { SignatureError } from '../../crypto/errors.ts';
import { isPublicKeyName } from '../../crypto/external/key-name.ts';
import { describeKeyFile, type KeyDescription } from '../../crypto/key-description.ts';
import { readFileBounded } from '../../files/files.ts';
import type { Host } from '../host.ts';
import { passphraseText } from '../inputs/values.ts';
import { cosignPassphrase, keyWorld } from '../inputs/signing.ts';
import type { CommandResult } from '../spec.ts';
import type { KeyInputs } from './spec.ts';
import { KeyringError } from './errors.ts';
import { bytesOf, describePlace, filesOf, wantedFingerprint } from './places.ts';

/** What a file, or a program that holds a key, has. */
export interface ShownFile {
  readonly file: string;
  readonly keys: readonly KeyDescription[];
}

/** @throws SignatureError, KeyError, SystemError */
export async function show(names: readonly string[], inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const passphrases = [passphraseText(inputs.passphrase), cosignPassphrase(host.env)];
  const shown: ShownFile[] = [];
  for (const name of names)
    shown.push({ file: name, keys: await describe(name, await publicBytes(name, inputs, host), ...passphrases) });
  return shownResult(shown);
}

/** The same for files that need no passphrase. */
export async function shownFiles(paths: readonly string[], folder: string): Promise<CommandResult> {
  const shown: ShownFile[] = [];
  for (const path of paths) {
    const bytes = await readFileBounded(resolve(folder, path), LIMITS.keyFileBytes);
    shown.push({ file: path, keys: await describeKeyFile(bytes, undefined) });
  }
  return shownResult(shown);
}

/** The result of a run that shows keys. */
export function shownResult(files: readonly ShownFile[]): CommandResult {
  return {
    exitCode: EXIT.passed,
    outputs: {},
    text: files.map(({ file, keys }) => [`${printable(file)}:`, ...keys.flatMap(linesOf), ''].join('\n')).join('\n'),
    json: { schema: 'countersign/key/v1', files },
  };
}

/**
 * The file of that name as it is, or the public key that another program holds under it.
 * @throws KeyError, SignatureError, SystemError
 */
export async function publicBytes(name: string, inputs: KeyInputs, host: Host): Promise<Uint8Array> {
  if (!isPublicKeyName(name)) return readFileBounded(resolve(inputs.workingDirectory, name), LIMITS.keyFileBytes);
  const { publicKeyOf } = await import('../../crypto/external/external.ts');
  const passphrase = passphraseText(inputs.passphrase)?.revealText();
  return publicKeyOf(name, { world: keyWorld(inputs, host), passphrase, now: host.now() });
}

/** What cannot be read is reported with its name: several files may be given. */
async function describe(
  name: string,
  bytes: Uint8Array,
  ...passphrases: readonly (Secret | undefined)[]
): Promise<readonly KeyDescription[]> {
  const [passphrase, cosign] = passphrases;
  try {
    return await describeKeyFile(bytes, passphrase, cosign);
  } catch (cause) {
    if (!(cause instanceof SignatureError)) throw cause;
    throw cause.about(printable(name));
  }
}

function linesOf({ kind, identity, algorithm, expires, sha256, keyid }: KeyDescription): readonly string[] {
  const rows: (readonly [string, string | null])[] = [];
  if (identity.method === 'pgp') {
    rows.push(
      ['fingerprint', identity.fingerprint],
      ['algorithm', algorithm ?? null],
      ...identity.userIds.map((id) => ['user id', id] as const),
    );
  } else {
    rows.push(['algorithm', identity.algorithm], ['hint', identity.hint], ['keyid', keyid]);
  }
  if (identity.method === 'x509') {
    rows.push(['subject', identity.subject], ['issuer', identity.issuer], ['serial', identity.serial]);
    rows.push(...identity.san.map((name) => ['san', name] as const), ['valid from', toSecond(identity.notBefore)]);
  }
  rows.push([
    identity.method === 'x509' ? 'valid until' : 'expires',
    expires === null ? (identity.method === 'key' ? null : 'never') : toSecond(expires),
  ]);
  rows.push([identity.method === 'x509' ? 'sha256' : 'spki sha256', sha256]);
  const lines = rows.flatMap(([name, value]) => (value === null ? [] : [`    ${name.padEnd(12)} ${printable(value)}`]));
  return [`  ${kind}`, ...lines];
}

/** Names come from the key files: nothing of them may steer a terminal. */
function printable(text: string): string {
  return text.replace(UNSAFE, '?');
}

/** @throws KeyringError KEYRING_KEY_MISSING when the wanted key is nowhere; SystemError, SignatureError, UsageError */
export async function listKeys(places: readonly string[], inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const wanted = wantedFingerprint(inputs);
  const shown: ShownFile[] = [];
  for (const file of await filesOf(places, inputs, host)) {
    const bytes = await bytesOf(file);
    if (!bytes || (bytes.length === 0 && places.length === 0)) continue;
    const found = bytes.length === 0 ? [] : await describe(describePlace(file), bytes);
    const keys = found.filter(
      ({ identity }) => wanted === undefined || (identity.method === 'pgp' && identity.fingerprint === wanted),
    );
    if (keys.length > 0) shown.push({ file: describePlace(file), keys });
  }
  if (wanted !== undefined && shown.length === 0)
    throw new KeyringError('KEYRING_KEY_MISSING', `the key ${wanted} is in none of these places`);
  const result = shownResult(shown);
  return shown.length > 0 ? result : { ...result, text: 'no key\n' };
}
