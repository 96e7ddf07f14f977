// SPDX-License-Identifier: Apache-2.0
// What a run takes from its environment and hands on of it: secrets that are there although nobody gave them to it (the
// tokens of the job, the password of a proxy), and the variables that an external program gets.

import type { SecretOrigin } from '../commands/host.ts';
import type { Redactor } from './redact.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Tokens that the runner or a workflow gives to a whole step, and the passphrase of cosign keys. */
const AMBIENT_TOKEN = /^(ACTIONS_(RUNTIME|ID_TOKEN_REQUEST)_TOKEN|(GITHUB|GH)(_ENTERPRISE)?_TOKEN|COSIGN_PASSWORD)$/i;
const PROXY = /^(https?|all)_proxy$/i;

/** A secret of the environment. */
export interface AmbientSecret {
  readonly text: string;
  readonly origin: SecretOrigin;
}

/** Every text in the environment that must not be shown. */
export function ambientSecrets(environment: Environment): readonly AmbientSecret[] {
  return Object.entries(environment).flatMap(([name, value]): readonly AmbientSecret[] => {
    if (value === undefined) return [];
    if (AMBIENT_TOKEN.test(name)) return [{ text: value, origin: 'environment' }];
    return PROXY.test(name) ? proxyPassword(value).map((text) => ({ text, origin: 'found' })) : [];
  });
}

/** The password as it is written and as it is sent, alone and with its user. */
function proxyPassword(address: string): readonly string[] {
  const full = address.includes('://') ? address : `http://${address}`;
  if (!URL.canParse(full)) return [];
  const { username, password } = new URL(full);
  if (password === '') return [];
  const [user, plain] = [username, password].map(decoded);
  return [...new Set([password, plain ?? password, base64(`${user}:${plain}`)])];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Inputs of this action, our own variables, and what would make a child run other code. */
const WITHHELD = /^(INPUT_.*|COUNTERSIGN_.*|NODE_OPTIONS)$/i;
/** Kept even when a short passphrase happens to occur in them: programs cannot run without. */
const ALWAYS = new Set(['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR']);

/** The variables of `environment` that a child may see: never one that holds an input or a secret, whoever asked. */
export function childEnvironment(environment: Environment, redactor: Redactor): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || WITHHELD.test(name) || AMBIENT_TOKEN.test(name)) continue;
    if (redactor.knows(value) && !ALWAYS.has(name.toUpperCase())) continue;
    kept[name] = value;
  }
  return kept;
}
