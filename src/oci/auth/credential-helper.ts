// SPDX-License-Identifier: Apache-2.0
// The protocol of docker-credential-NAME programs: the host on standard input, a JSON answer on standard output.

import { utf8 } from '../../base/bytes.ts';
import { isJsonObject, parseJson } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential } from './credentials.ts';
import { RegistryError } from '../errors.ts';

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
