// SPDX-License-Identifier: Apache-2.0
// Names of keys that never enter the process: gpg:FINGERPRINT, NAME://… and pkcs11:…. A name is no secret.

import type { SigningMethod } from '../../findings/signature.ts';
import { KeyError } from './errors.ts';

/** What a name says. */
export type KeyName =
  | {
      readonly holder: 'gpg';
      /** Of the primary key or a subkey, 40 upper-case hex digits. */
      readonly fingerprint: string;
    }
  | {
      readonly holder: 'plugin';
      /** NAME in `sigstore-kms-NAME`. */
      readonly plugin: string;
      /** What follows `NAME://`. */
      readonly resource: string;
    }
  | {
      readonly holder: 'token';
      /** As OpenSSL gets it: without query, with `type=private`. */
      readonly uri: string;
      /** Absolute path of the PKCS#11 module; undefined: what OpenSSL's provider takes by itself. */
      readonly module: string | undefined;
    };

const MAX_CHARS = 2048;
/** An attribute of a PKCS#11 URI that holds the PIN or where it is, however it is spelled. */
const PIN = /(?:^|[:;?&])[^=;?&]*pin[^=;?&]*=/i;
/** Folders that only the administrator of a machine writes to. */
const SYSTEM_FOLDERS = ['/usr/', '/lib/', '/lib64/', '/opt/', '/Library/'];
const NAME = /^(?:gpg:|pkcs11:|[a-z][a-z0-9-]{0,62}:\/\/)[\x21-\x7e]*$/;

/** Whether a text is the name of a key, and no secret stands in it; whether it is a good one is for parseKeyName. */
export function isPublicKeyName(text: string): boolean {
  return isKeyName(text) && !holdsPin(text);
}

function holdsPin(name: string): boolean {
  const plain = name.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return name.trim().startsWith('pkcs11:') && (PIN.test(name) || PIN.test(plain));
}

function isKeyName(text: string): boolean {
  const name = text.trim();
  return name.length <= MAX_CHARS && NAME.test(name);
}

/**
 * What the text of a key names; undefined for the text of a key itself.
 * @throws KeyError KEY_NAME_INVALID
 */
export function parseKeyName(text: string, method: SigningMethod): KeyName | undefined {
  if (!isKeyName(text)) return undefined;
  const name = text.trim();
  const isGpg = name.startsWith('gpg:');
  if (isGpg !== (method === 'pgp'))
    throw invalid(`a key ${isGpg ? 'of gpg' : 'of a token or plugin'} was given with signing method ${method}`);
  if (isGpg) return gpgName(name.slice('gpg:'.length));
  if (name.startsWith('pkcs11:')) return tokenName(name.slice('pkcs11:'.length));
  const end = name.indexOf('://');
  return { holder: 'plugin', plugin: name.slice(0, end), resource: name.slice(end + 3) };
}

function gpgName(text: string): KeyName {
  if (!/^[0-9A-Fa-f]{40}$/.test(text))
    throw invalid(`${JSON.stringify(text.slice(0, 80))} is not a fingerprint of 40 hex digits`);
  return { holder: 'gpg', fingerprint: text.toUpperCase() };
}

/** Attributes that say where the token is; the others of a path name the key on it. */
const OF_TOKEN = new Set(['token', 'serial', 'manufacturer', 'model']);
const OF_KEY = new Set(['object', 'id']);

/**
 * The provider passes over what it does not understand and then takes the first key that it finds, so that nothing may be
 * left for it to pass over.
 * @see https://www.rfc-editor.org/rfc/rfc7512.html#section-2.3
 */
function tokenName(text: string): KeyName {
  if (holdsPin(`pkcs11:${text}`))
    throw new KeyError('KEY_NAME_INVALID', 'the name of the key holds its PIN or where it is', {
      hint: 'take it out, give the PIN with ⟨passphrase⟩, and change it if others may have seen it',
    });
  const [path = '', ...queries] = text.split('?');
  const attributes = new Map<string, string>();
  for (const part of path.split(';')) {
    const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/.exec(part) ?? [];
    if (attributes.has(name)) throw invalid(`${name} is given twice`);
    if (name === 'type' && value === 'private') continue;
    if (!OF_TOKEN.has(name) && !OF_KEY.has(name))
      throw invalid(`${JSON.stringify(name.slice(0, 80))} is no attribute that says something`);
    if (!/^(?:[A-Za-z0-9\-._~:[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})+$/.test(value))
      throw invalid(`the value of ${name} has characters that must be written as %XX`);
    attributes.set(name, value);
  }
  if (!['token', 'serial'].some((name) => attributes.has(name))) throw invalid('neither token nor serial is given');
  if (![...OF_KEY].some((name) => attributes.has(name))) throw invalid('neither object nor id is given');
  const written = [...attributes].map(([name, value]) => `${name}=${value}`);
  return { holder: 'token', uri: `pkcs11:${[...written, 'type=private'].join(';')}`, module: modulePath(queries) };
}

/** The path is written into a configuration of OpenSSL, which gives some characters a meaning. */
function modulePath(queries: readonly string[]): string | undefined {
  if (queries.length > 1) throw invalid('there are two question marks');
  const [query] = queries;
  if (query === undefined) return undefined;
  const [, path] = /^module-path=(\/[A-Za-z0-9/._+-]+)$/.exec(query) ?? [];
  if (path !== undefined && !/\/\.{0,2}(?:\/|$)/.test(path)) return path;
  throw invalid('after the question mark there may only be module-path=, and an absolute path of plain characters');
}

/** Whether a PKCS#11 module may be loaded, which is code: one of the system, or one that the user lists. */
export function mayLoad(module: string, listed: readonly string[]): boolean {
  return SYSTEM_FOLDERS.some((folder) => module.startsWith(folder)) || listed.includes(module);
}

function invalid(problem: string): KeyError {
  return new KeyError('KEY_NAME_INVALID', `the name of the key cannot be used: ${problem}`);
}
