// SPDX-License-Identifier: Apache-2.0
// The logins in a docker, podman or apptainer credential file (`auths`, `credsStore`, `credHelpers`), and the helper
// programs that such a file names.

import { decodeUtf8, fromBase64, utf8 } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { RegistryError } from '../errors.ts';
import type { RegistryReference } from '../reference.ts';

/** What a registry is told about who asks. */
export type Credential =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'basic';
      readonly username: string;
      readonly password: Secret;
      /** Set for a credential that may go to token services of this host only, and never without TLS. */
      readonly onlyHost?: string;
      /** Set for the one that was given for this run: whoever also asks for plain HTTP sends it to other machines so. */
      readonly plainHttp?: true;
    }
  /** An OAuth2 refresh token; `username` is what some services want beside it. */
  | { readonly kind: 'identity-token'; readonly username: string | undefined; readonly token: Secret }
  /** Sent as Bearer token as it is. */
  | { readonly kind: 'registry-token'; readonly token: Secret };

/** A file with logins that was read. */
export interface CredentialFile {
  readonly path: string;
  readonly auths: ReadonlyMap<string, JsonObject>;
  readonly helpers: ReadonlyMap<string, string>;
  readonly store: string | undefined;
}

/** What such a file says of a registry: a login, or the helper to ask. */
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

/** Runs a program found on PATH by its bare name; must not use a shell and must not log what it prints. */
export type RunHelper = (call: {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  readonly timeoutMs: number;
}) => Promise<{ readonly exitCode: number; readonly stdout: string }>;

const NAME = /^[A-Za-z0-9._-]+$/;
const NOT_FOUND = 'credentials not found in native keychain';
const TIMEOUT_MS = 30_000;

/**
 * The credential that a helper has for a registry; undefined when it has none.
 * @throws RegistryError REGISTRY_CREDENTIAL_HELPER_FAILED, REGISTRY_CREDENTIALS_INVALID
 */
export async function askHelper(name: string, registry: string, run: RunHelper): Promise<Credential | undefined> {
  if (!NAME.test(name))
    throw new RegistryError(
      'REGISTRY_CREDENTIALS_INVALID',
      `the credential helper name ${JSON.stringify(name.slice(0, 80))} is not a plain word`,
      { hint: 'repair credsStore or credHelpers in the credential file' },
    );
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  const result = await call(`docker-credential-${name}`, server, run);
  if (result.exitCode === 0) return parseAnswer(result.stdout, name);
  if (result.stdout.includes(NOT_FOUND)) return undefined;
  throw failed(name, `ended with status ${result.exitCode}`);
}

async function call(program: string, server: string, run: RunHelper): ReturnType<RunHelper> {
  try {
    return await run({ program, args: ['get'], stdin: utf8(`${server}\n`), timeoutMs: TIMEOUT_MS });
  } catch (cause) {
    throw failed(program.slice('docker-credential-'.length), 'could not be run', cause);
  }
}

function failed(name: string, what: string, cause?: unknown): RegistryError {
  return new RegistryError('REGISTRY_CREDENTIAL_HELPER_FAILED', `docker-credential-${name} ${what}`, {
    hint: 'install or unlock the helper, remove it from the credential file, or give ⟨registry-username⟩ and ⟨registry-password⟩',
    cause,
  });
}

function parseAnswer(stdout: string, name: string): Credential | undefined {
  const answer = safeParse(stdout);
  const username = isJsonObject(answer) ? answer['Username'] : undefined;
  const secret = isJsonObject(answer) ? answer['Secret'] : undefined;
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw failed(name, 'gave an answer that is no credential');
  if (secret === '') return undefined;
  if (secret.trim() === '') throw failed(name, 'gave a blank secret');
  if (username === '<token>') return { kind: 'identity-token', username: undefined, token: new Secret(secret) };
  return { kind: 'basic', username, password: new Secret(secret) };
}

/** The parser's own message could quote the secret, so it is dropped. */
function safeParse(stdout: string): unknown {
  try {
    return parseJson(stdout.trim(), 'the answer of the credential helper');
  } catch {
    return undefined;
  }
}
