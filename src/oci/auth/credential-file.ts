// SPDX-License-Identifier: Apache-2.0
// The `auths`, `credsStore` and `credHelpers` of a docker, podman or apptainer credential file.

import { decodeUtf8, fromBase64 } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential } from './credentials.ts';
import { RegistryError } from '../errors.ts';
import type { RegistryReference } from '../reference.ts';

export interface CredentialFile {
  readonly path: string;
  readonly auths: ReadonlyMap<string, JsonObject>;
  readonly helpers: ReadonlyMap<string, string>;
  readonly store: string | undefined;
}

export interface InFile {
  readonly credential: Credential | undefined;
  /** Name of the helper program to ask first. */
  readonly helper: string | undefined;
}

type Place = Pick<RegistryReference, 'registry' | 'repository'>;

/**
 * The parts of a credential file that matter; unknown keys are the business of other tools.
 * @throws RegistryError REGISTRY_CREDENTIALS_INVALID
 */
export function parseCredentialFile(bytes: Uint8Array, path: string): CredentialFile {
  try {
    const document = bytes.length === 0 ? {} : parseJson(bytes, path);
    if (!isJsonObject(document)) throw broken(path, 'is not a JSON object');
    const auths = Object.entries(objectOrEmpty(document['auths']));
    const helpers = Object.entries(objectOrEmpty(document['credHelpers']));
    return {
      path,
      auths: new Map(auths.flatMap(([key, entry]) => (isJsonObject(entry) ? [[key, entry] as const] : []))),
      helpers: new Map(helpers.flatMap(([key, name]) => (typeof name === 'string' ? [[key, name] as const] : []))),
      store: text(document['credsStore']),
    };
  } catch (error) {
    if (error instanceof DataError) throw broken(path, `is damaged: ${error.message}`, error);
    throw error;
  }
}

function objectOrEmpty(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function broken(path: string, what: string, cause?: unknown): RegistryError {
  return new RegistryError('REGISTRY_CREDENTIALS_INVALID', `the credential file ${path} ${what}`, {
    hint: 'repair the file, or log in again with the tool that wrote it',
    cause,
  });
}

/** What the file says about a place: `credHelpers`, else `credsStore`, else `auths`; undefined when nothing. */
export function findInFile(file: CredentialFile, place: Place): InFile | undefined {
  const hosts = hostNames(place.registry);
  const named = [...file.helpers].find(([key]) => hosts.includes(bareKey(key)))?.[1];
  const helper = named ?? file.store;
  const entry = findEntry(file, place, hosts);
  const credential = entry && readEntry(entry, file.path);
  return helper === undefined && credential === undefined ? undefined : { credential, helper };
}

/** A host and its other names. Compared whole, never by part. */
function hostNames(registry: string): readonly string[] {
  return registry === 'docker.io' ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
}

/** `https://host/v1/` and `host/` → `host`; a namespace after the host stays. */
function bareKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  return bare.replace(/^([^/]+)\/v[12]$/, '$1').toLowerCase();
}

/** The longest key that is the place or a namespace above it (podman); Docker's keys are hosts. */
function findEntry(file: CredentialFile, place: Place, hosts: readonly string[]): JsonObject | undefined {
  const parts = place.repository.split('/');
  for (let length = parts.length; length >= 0; length -= 1) {
    const names = hosts.map((host) => [host, ...parts.slice(0, length)].join('/'));
    const matches = [...file.auths].filter(([key]) => names.includes(bareKey(key)));
    const usable = matches.find(([, entry]) => Object.keys(entry).length > 0);
    if (usable) return usable[1];
  }
  return undefined;
}

function readEntry(entry: JsonObject, path: string): Credential | undefined {
  const registryToken = text(entry['registrytoken']);
  if (registryToken && !/^[\x21-\x7e]+$/.test(registryToken))
    throw broken(path, 'has a registrytoken that is no token');
  if (registryToken) return { kind: 'registry-token', token: new Secret(registryToken) };
  const pair = userAndPassword(entry, path);
  const identityToken = text(entry['identitytoken']);
  if (identityToken?.trim() === '') throw broken(path, 'has an identitytoken that is blank');
  if (identityToken) return { kind: 'identity-token', username: pair?.username, token: new Secret(identityToken) };
  if (!pair || pair.username === '') return undefined;
  if (pair.password.revealText().trim() === '') throw broken(path, 'has a login with a blank password');
  return { kind: 'basic', ...pair };
}

function userAndPassword(entry: JsonObject, path: string): { username: string; password: Secret } | undefined {
  const auth = text(entry['auth']);
  if (auth === undefined) {
    const username = text(entry['username']);
    const password = text(entry['password']);
    return username && password ? { username, password: new Secret(password) } : undefined;
  }
  const decoded = decodeAuth(auth, path);
  const colon = decoded.indexOf(':');
  if (colon < 0) throw broken(path, 'has an auth entry that is not user:password');
  return { username: decoded.slice(0, colon), password: new Secret(decoded.slice(colon + 1).replace(/\0+$/, '')) };
}

function decodeAuth(auth: string, path: string): string {
  try {
    return decodeUtf8(fromBase64(auth, 'auth'), 'auth');
  } catch {
    throw broken(path, 'has an auth entry that is not base64 of user:password');
  }
}
