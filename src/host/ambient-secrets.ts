// SPDX-License-Identifier: Apache-2.0
// Secrets that are in the environment of a run although nobody gave them to it: the tokens of the job, the password of a
// proxy.

import type { SecretOrigin } from '../commands/host.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Tokens that the runner or a workflow gives to a whole step, and the passphrase of cosign keys. */
export const AMBIENT_TOKEN =
  /^(ACTIONS_(RUNTIME|ID_TOKEN_REQUEST)_TOKEN|(GITHUB|GH)(_ENTERPRISE)?_TOKEN|COSIGN_PASSWORD)$/i;
const PROXY = /^(https?|all)_proxy$/i;

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
