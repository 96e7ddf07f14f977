// SPDX-License-Identifier: Apache-2.0
// Reference → the repository or folder it names, ready to use.

import type { Clock } from '../base/clock.ts';
import { createHttpClient } from '../net/http.ts';
import { isLoopbackHost, type ProxySettings, proxyFromEnv } from '../net/connect.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../net/retry.ts';
import type { ClientOptions, UploadPreference } from './remote/client.ts';
import { type CredentialSources, findCredential, usableAt } from './auth/credentials.ts';
import { LayoutIndex } from './layout/index.ts';
import { LayoutRepository } from './layout/layout.ts';
import { parseReference, type Reference, type RegistryReference } from './reference.ts';
import { RegistryRepository } from './remote/remote.ts';
import type { Repository } from './oci.ts';

/** How a reference is opened. */
export interface OpenOptions {
  readonly access: 'pull' | 'push';
  /** The image is there already: a layout folder that does not exist is an error, whatever the access. */
  readonly existing?: boolean;
  readonly clock: Clock;
  readonly credentials: CredentialSources;
  /** PEM certificates of private CAs. */
  readonly extraCa?: readonly string[];
  readonly retry?: RetryPolicy;
  readonly idleTimeoutMs?: number | undefined;
  readonly connectTimeoutMs?: number;
  /** HTTP without TLS; by default only for this machine, and never for the public registries. */
  readonly plainHttp?: boolean | undefined;
  readonly upload?: UploadPreference;
  readonly mountFrom?: readonly string[];
  readonly userAgent?: string;
  readonly signal?: AbortSignal;
}

/** A repository that is open, to be disposed of. */
export interface OpenedRepository extends AsyncDisposable {
  readonly repository: Repository;
  readonly reference: Reference;
}

/**
 * Opens what a reference names; a layout folder is made when it is to be written and is not there.
 * @throws RegistryError REGISTRY_REFERENCE_INVALID, REGISTRY_LAYOUT_INVALID; NetworkError NETWORK_PROXY_FAILED; SystemError
 */
export async function openRepository(text: string | Reference, options: OpenOptions): Promise<OpenedRepository> {
  const reference = typeof text === 'string' ? parseReference(text) : text;
  if (reference.in === 'registry') return openRegistry(reference, options);
  const { access, clock, existing = false } = options;
  const index = await (access === 'push' && !existing
    ? LayoutIndex.create(reference.folder, clock)
    : LayoutIndex.open(reference.folder, clock));
  const repository = new LayoutRepository(reference.folder, index);
  return { repository, reference, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Public registries, which speak TLS and nothing else: plain HTTP there is somebody listening. */
const ONLY_TLS: ReadonlySet<string> = new Set(['ghcr.io', 'docker.io']);

function openRegistry(reference: RegistryReference, options: OpenOptions): OpenedRepository {
  const proxy: ProxySettings = proxyFromEnv(options.credentials.env);
  const onlyTls = ONLY_TLS.has(reference.registry);
  const plainHttp = options.plainHttp === true && !onlyTls;
  const onThisMachine = isLoopbackHost(new URL(`http://${reference.apiHost}`).hostname);
  const scheme = !onlyTls && (options.plainHttp ?? onThisMachine) ? 'http' : 'https';
  const address = new URL(`${scheme}://${reference.apiHost}`);
  const { connectTimeoutMs, idleTimeoutMs, extraCa, userAgent, upload, mountFrom, signal } = options;
  const http = createHttpClient({
    proxy,
    plainHttp,
    ...(extraCa ? { extraCa } : {}),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(userAgent === undefined ? {} : { userAgent }),
  });
  const client: ClientOptions = {
    http,
    plainHttp,
    scheme,
    mask: options.credentials.mask,
    clock: options.clock,
    retry: options.retry ?? DEFAULT_RETRY,
    access: options.access,
    findCredential: async () => usableAt(await findCredential(reference, options.credentials), address),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(upload ? { upload } : {}),
    ...(mountFrom ? { mountFrom } : {}),
    ...(signal ? { signal } : {}),
  };
  const close = (): Promise<void> => Promise.resolve(http.close());
  return { repository: new RegistryRepository(reference, client), reference, [Symbol.asyncDispose]: close };
}
