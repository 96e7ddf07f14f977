// SPDX-License-Identifier: Apache-2.0
// Which credential to use for a registry: given explicitly, GITHUB_TOKEN for ghcr.io, from the files and helpers of docker,
// podman and apptainer, or the job's token for ghcr.io. Remembers every place it looked at, for the message when a login is missing.

import { join } from 'node:path';
import { SystemError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { Secret } from '../../base/secret.ts';
import { readFileBounded } from '../../files/files.ts';
import { isLoopbackHost } from '../../net/connect.ts';
import type { RegistryReference } from '../reference.ts';
import {
  askHelper,
  type Credential,
  type CredentialFile,
  findInFile,
  parseCredentialFile,
  type RunHelper,
} from './credential-file.ts';

/** A login, and where it was found. */
export interface FoundCredential {
  readonly credential: Credential;
  /** Where it came from, or `none`. */
  readonly from: string;
  /** Every place looked at, in order. */
  readonly looked: readonly string[];
}

/** Where logins are looked for. */
export interface CredentialSources {
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  /** The one registry that these two are for; every registry without it. */
  readonly loginHost?: string;
  /** For ghcr.io when nothing else is found: in a job it is always there, so that it must not hide a login. */
  readonly githubToken?: Secret | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the user on Linux: podman and skopeo keep logins in a folder named so where XDG_RUNTIME_DIR is not set. */
  readonly uid?: number | undefined;
  /** Runs a docker-credential program; without it helpers are passed over. */
  readonly runHelper?: RunHelper | undefined;
  /** Told of every secret, given, found here or got for it from a token service, before it is used. */
  readonly mask?: ((text: string, origin?: 'given' | 'found') => void) | undefined;
}

const GITHUB_REGISTRY = 'ghcr.io';
const ANONYMOUS: Credential = { kind: 'anonymous' };
/** Stands for the user where an identity token is sent as a password. */
export const TOKEN_USER = '<token>';

/**
 * The first credential for the registry of a reference.
 * @throws RegistryError REGISTRY_CREDENTIALS_INVALID, REGISTRY_CREDENTIAL_HELPER_FAILED
 */
export async function findCredential(
  place: Pick<RegistryReference, 'registry' | 'repository'>,
  sources: CredentialSources,
): Promise<FoundCredential> {
  const found = await search(place, sources);
  const origin = isGiven(found, sources) ? 'given' : 'found';
  for (const text of secretTexts(found.credential)) sources.mask?.(text, origin);
  return found;
}

/** Whether it is one of the inputs, and not what a file, a helper or the environment has. */
function isGiven({ credential }: FoundCredential, { password, githubToken }: CredentialSources): boolean {
  return credential.kind === 'basic' && (credential.password === password || credential.password === githubToken);
}

async function search(
  place: Pick<RegistryReference, 'registry' | 'repository'>,
  sources: CredentialSources,
): Promise<FoundCredential> {
  const { username = '', password, env, loginHost } = sources;
  const isElsewhere = password !== undefined && loginHost !== undefined && loginHost !== place.registry;
  const given = 'registry-username and registry-password';
  const looked: string[] = [isElsewhere ? `${given} (given for ${loginHost})` : given];
  if (password && !isElsewhere)
    return { credential: { kind: 'basic', username, password, plainHttp: true }, from: looked[0] ?? '', looked };
  const isGitHub = place.registry === GITHUB_REGISTRY;
  if (isGitHub) looked.push('GITHUB_TOKEN');
  const ambient = env['GITHUB_TOKEN']?.trim();
  if (isGitHub && ambient)
    return { credential: gitHubCredential(new Secret(ambient), env), from: 'GITHUB_TOKEN', looked };
  for (const path of credentialPaths(sources)) {
    looked.push(path);
    const file = await readCredentialFile(path);
    const credential = file && (await fromFile(file, place, sources, looked));
    if (credential) return { credential, from: path, looked };
  }
  if (isGitHub) looked.push('github-token');
  if (isGitHub && sources.githubToken)
    return { credential: gitHubCredential(sources.githubToken, env), from: 'github-token', looked };
  return { credential: ANONYMOUS, from: 'none', looked };
}

/**
 * Whether a credential may be sent to an address. Without TLS it goes to this machine alone, unless it was given for this run
 * together with the wish for plain HTTP.
 */
export function maySend(credential: Credential, url: URL): boolean {
  if (credential.kind === 'anonymous') return true;
  const basic = credential.kind === 'basic' ? credential : undefined;
  if (basic?.onlyHost !== undefined) return url.protocol === 'https:' && url.host === basic.onlyHost;
  return url.protocol === 'https:' || isLoopbackHost(url.hostname) || basic?.plainHttp === true;
}

/** What may be used with a registry at this address; what may not is no login, and the reader of an error learns why. */
export function usableAt(found: FoundCredential, registry: URL): FoundCredential {
  if (maySend(found.credential, registry)) return found;
  const withheld = `${found.from} has a login, which is not sent without TLS`;
  return { credential: ANONYMOUS, from: 'none', looked: [...found.looked, withheld] };
}

/** `user:password` in Base64, as it stands in a header and in credential files. */
export function basicPair(username: string, password: Secret): string {
  return Buffer.from(`${username}:${password.revealText()}`).toString('base64');
}

/** Texts of a credential that must not be shown. */
function secretTexts(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'anonymous':
      return [];
    case 'basic':
      return [credential.password.revealText(), basicPair(credential.username, credential.password)];
    case 'identity-token':
      return [credential.token.revealText(), basicPair(credential.username ?? TOKEN_USER, credential.token)];
    case 'registry-token':
      return [credential.token.revealText()];
    default:
      return credential satisfies never;
  }
}

function gitHubCredential(password: Secret, env: CredentialSources['env']): Credential {
  const username = env['GITHUB_ACTOR'] || 'x-access-token';
  return { kind: 'basic', username, password, onlyHost: GITHUB_REGISTRY };
}

/** Every file that may hold credentials, in the order they are asked. */
export function credentialPaths({ env, uid }: Pick<CredentialSources, 'env' | 'uid'>): readonly string[] {
  const home = env['HOME'] || env['USERPROFILE'];
  const inHome = (...parts: string[]): string | undefined => (home ? join(home, ...parts) : undefined);
  const runtime = env['XDG_RUNTIME_DIR'] || undefined;
  const candidates = [
    env['DOCKER_CONFIG'] ? join(env['DOCKER_CONFIG'], 'config.json') : inHome('.docker', 'config.json'),
    env['REGISTRY_AUTH_FILE'],
    runtime === undefined ? undefined : join(runtime, 'containers', 'auth.json'),
    runtime === undefined && uid !== undefined ? `/run/containers/${uid}/auth.json` : undefined,
    env['XDG_CONFIG_HOME'] ? join(env['XDG_CONFIG_HOME'], 'containers', 'auth.json') : undefined,
    inHome('.config', 'containers', 'auth.json'),
    env['APPTAINER_AUTH_FILE'],
    env['APPTAINER_CONFIGDIR'] ? join(env['APPTAINER_CONFIGDIR'], 'docker-config.json') : undefined,
    inHome('.apptainer', 'docker-config.json'),
    inHome('.singularity', 'docker-config.json'),
  ];
  return [...new Set(candidates.filter((path): path is string => path !== undefined && path !== ''))];
}

async function readCredentialFile(path: string): Promise<CredentialFile | undefined> {
  try {
    return parseCredentialFile(await readFileBounded(path, LIMITS.keyFileBytes), path);
  } catch (error) {
    const passedOver = ['FILE_NOT_FOUND', 'FILE_NO_PERMISSION', 'FILE_NOT_REGULAR', 'FILE_SYMLINK_REFUSED'];
    if (error instanceof SystemError && passedOver.includes(error.code)) return undefined;
    throw error;
  }
}

async function fromFile(
  file: CredentialFile,
  place: Pick<RegistryReference, 'registry' | 'repository'>,
  sources: CredentialSources,
  looked: string[],
): Promise<Credential | undefined> {
  const found = findInFile(file, place);
  if (found?.helper === undefined) return found?.credential;
  if (!sources.runHelper) return found.credential;
  looked.push(`docker-credential-${found.helper}`);
  return (await askHelper(found.helper, place.registry, sources.runHelper)) ?? found.credential;
}
