// SPDX-License-Identifier: Apache-2.0
// OpenSSL's configuration for the process that reaches a token: which provider, and which PKCS#11 module.

import { randomUUID } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KeyError } from './errors.ts';
import type { KeyWorld } from './holder.ts';

/** Where distributions put libraries. */
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/opt/homebrew/lib',
];
const PROVIDERS = ['pkcs11.so', 'pkcs11.dylib'];
const CLIENTS = ['p11-kit-client.so'];

/**
 * Path of the configuration: the user's own in OPENSSL_CONF unless the name of the key has a module; else one that is
 * written here, with that module, or p11-kit's client where its server is named, or what the provider takes by itself.
 * @throws KeyError KEY_TOKEN_PROVIDER_MISSING
 */
export async function configurationFor(module: string | undefined, world: KeyWorld): Promise<string> {
  const { env } = world;
  const own = env['OPENSSL_CONF'];
  if (own && module === undefined) return resolve(own);
  const folders = LIBRARIES.map((folder) => join(folder, 'ossl-modules'));
  const provider = await firstOf([env['OPENSSL_MODULES'] ?? '', ...folders], PROVIDERS);
  if (provider === undefined)
    throw new KeyError('KEY_TOKEN_PROVIDER_MISSING', 'OpenSSL’s provider for PKCS#11 (pkcs11.so) is not installed');
  if (!/^[A-Za-z0-9/._+-]+$/.test(provider))
    throw new KeyError(
      'KEY_TOKEN_PROVIDER_MISSING',
      'the folder in OPENSSL_MODULES has characters that OpenSSL would misread',
    );
  const client = env['P11_KIT_SERVER_ADDRESS']
    ? await firstOf(
        LIBRARIES.map((folder) => join(folder, 'pkcs11')),
        CLIENTS,
      )
    : undefined;
  const path = join(await world.temporaryFolder(), `pkcs11-${randomUUID()}.cnf`);
  await writeFile(path, configuration(provider, module ?? client), { mode: 0o600 });
  return path;
}

async function firstOf(folders: readonly string[], files: readonly string[]): Promise<string | undefined> {
  for (const folder of folders.filter(Boolean))
    for (const path of files.map((file) => join(folder, file))) if (await isThere(path)) return path;
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function configuration(provider: string, module: string | undefined): string {
  return [
    'nodejs_conf = init',
    'openssl_conf = init',
    '[init]',
    'providers = providers',
    '[providers]',
    'default = default_provider',
    'pkcs11 = pkcs11_provider',
    '[default_provider]',
    'activate = 1',
    '[pkcs11_provider]',
    `module = ${provider}`,
    ...(module === undefined ? [] : [`pkcs11-module-path = ${module}`]),
    'activate = 1',
    '',
  ].join('\n');
}
