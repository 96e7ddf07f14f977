// SPDX-License-Identifier: Apache-2.0
// Inputs that hold keys, certificates and passwords: read as text or from the file that `-path` names, masked before
// anything that could fail, and never repeated in an error.

import { resolve } from 'node:path';
import { decodeUtf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { Secret } from '../../base/secret.ts';
import { isPublicKeyName } from '../../crypto/external/key-name.ts';
import { readKeyFile } from '../../files/files.ts';
import type { InputSpec } from './spec.ts';

/** The inputs of a run as they were given, and what reading them takes. */
export interface RawInputs {
  /** Raw text by input name, `-path` variants included. */
  readonly texts: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly mask: (text: string) => void;
  readonly readStdin: (limitBytes: number) => Promise<Uint8Array>;
}

/**
 * A `secret` or `pem` input; undefined when it is not given.
 * @throws UsageError USAGE_CONFLICTING_INPUTS, USAGE_INVALID_INPUT; SystemError
 */
export async function readSecret(input: InputSpec, raw: RawInputs, folder: string): Promise<Secret | undefined> {
  const { name, type } = input;
  const text = raw.texts.get(name);
  const path = raw.texts.get(`${name}-path`)?.trim();
  if (text && path)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `both ${name} and ${name}-path were given`, {
      hint: 'give only one of them',
    });
  if (path && looksLikeContent(path))
    throw new UsageError('USAGE_INVALID_INPUT', `${name}-path is no path: it has the form of a key or certificate`, {
      hint: `give the text itself, or the name of its file, with ⟨${name}⟩`,
    });
  const secret = text ? new Secret(text) : path ? await secretFile(path, raw, folder) : undefined;
  if (secret && input.mayBeEmpty && path && /^(?:\r?\n)?$/.test(secret.revealText())) return secret;
  if (secret && /^\s*$/.test(secret.revealText()))
    throw new UsageError('USAGE_INVALID_INPUT', path ? `${name}-path: ${placeOf(path)} is empty` : `${name} is blank`, {
      hint: `give what holds the ${name}`,
    });
  if (type === 'pem' && text && !text.includes('-----BEGIN'))
    throw new UsageError('USAGE_INVALID_INPUT', `${name} is no PEM text`, {
      hint: `give the text that begins with -----BEGIN, or the name of its file, with ⟨${name}⟩`,
    });
  if (secret && input.mayBeKeyName && isPublicKeyName(secret.revealText())) return secret;
  if (secret && path && (type === 'secret' || holdsPrivateKey(secret.revealText())))
    maskBytes(secret.reveal(), raw.mask);
  return secret;
}

function placeOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** True for what nobody calls a file: a key in the wrong input must not be repeated in an error. */
export function looksLikeContent(text: string): boolean {
  return /[\r\n]|-----BEGIN/.test(text);
}

async function secretFile(path: string, raw: RawInputs, folder: string): Promise<Secret> {
  if (path === '-') return new Secret(await raw.readStdin(LIMITS.keyFileBytes));
  return new Secret(await readKeyFile(resolve(folder, path), LIMITS.keyFileBytes));
}

/** Masks every secret that was given as text, before anything is read that could fail and be told. */
export function maskTexts(specs: readonly InputSpec[], { texts, mask }: RawInputs): void {
  for (const { name, type, mayBeKeyName } of specs) {
    const [text = '', path = ''] = [texts.get(name), texts.get(`${name}-path`)];
    if (text !== '' && mayBeKeyName && isPublicKeyName(text)) continue;
    if (text !== '' && (type === 'secret' || holdsPrivateKey(text))) mask(text);
    if (holdsPrivateKey(path) || (type === 'secret' && looksLikeContent(path.trim()))) mask(path);
  }
}

/** Masks what came from a file; binary keys in the one form of theirs that is a text. */
function maskBytes(bytes: Uint8Array, mask: (text: string) => void): void {
  const text = Buffer.from(bytes).toString('utf8');
  mask(Buffer.from(text).equals(bytes) ? text : Buffer.from(bytes).toString('base64'));
}

/** A private key may be anywhere by mistake. */
function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}

/** The passphrase in a secret input: the file's text without its final line end. */
export function passphraseText(secret: Secret | undefined): Secret | undefined {
  return secret && new Secret(decodeUtf8(secret.reveal(), 'the passphrase').replace(/\r?\n$/, ''));
}
