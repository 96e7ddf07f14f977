// SPDX-License-Identifier: Apache-2.0
// Requests to one repository of a registry: address, login, repetition and errors in one place. What is asked for and
// what the answer means is decided by blobs.ts, upload.ts, manifests.ts and referrers.ts.

import { RetryBudget, isRetryableStatus, parseRetryAfter, type RetryPolicy } from '../../net/retry.ts';
import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/bytes.ts';
import type { HttpClient, HttpRequest } from '../../net/http.ts';
import type { HttpBody, HttpResponse } from '../../net/response.ts';
import { isPassingNetworkError } from '../../net/errors.ts';
import { Authorizer } from '../auth/auth.ts';
import type { FoundCredential } from '../auth/credentials.ts';
import type { RegistryError } from '../errors.ts';
import type { RegistryReference } from '../reference.ts';
import { refusal } from './refusal.ts';
import type { Manifest } from '../oci.ts';

/** With what a registry is spoken to. */
export interface ClientOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  readonly findCredential: () => Promise<FoundCredential>;
  readonly scheme: 'http' | 'https';
  /** Token services and storage that the registry names may be reached without TLS; on this machine they always may. */
  readonly plainHttp: boolean;
  /** Told of every token before it is used. */
  readonly mask?: ((text: string) => void) | undefined;
  /** What the session will do; asked for in one token. */
  readonly access: 'pull' | 'push';
  /** Repositories of the same registry that blobs may be mounted from. */
  readonly mountFrom?: readonly string[] | undefined;
  /** How blobs are uploaded; by size and registry when not given. */
  readonly upload?: UploadPreference | undefined;
  /** Longest silence of the registry, milliseconds. */
  readonly idleTimeoutMs?: number | undefined;
}

/** How blobs are to be sent, instead of what the registry suggests. */
export interface UploadPreference {
  readonly mode?: 'monolithic' | 'stream' | 'chunked';
  readonly chunkBytes?: number;
}

/** One request to the repository of a client. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below /v2/NAME/, or an address that the registry gave. */
  readonly at: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  /** Statuses handed to the caller; every other one is an error. */
  readonly expect: readonly number[];
  /** False for requests that must not be repeated after a failure. */
  readonly repeatable?: boolean;
  readonly redirects?: HttpRequest['redirects'];
  readonly idleTimeoutMs?: number;
}

/** A session with one repository. */
export class RegistryClient {
  readonly reference: RegistryReference;
  readonly options: ClientOptions;
  /** Manifests received in this session: what has a digest never changes. */
  readonly received = new Map<Digest, Manifest>();
  /** What we wrote last under a shared tag in this session. */
  readonly written = new Map<string, Manifest>();
  /** Set when the registry answered that it has no referrers API, so that it is not asked again. */
  lacksReferrersApi = false;
  /** Set when the registry lists tags, but not those after a tag that it did not name itself. */
  refusesLast = false;
  /** Made when the registry first wants a login. */
  #authorizer: Authorizer | undefined;
  readonly #root: string;
  readonly #scopes: readonly string[];

  constructor(reference: RegistryReference, options: ClientOptions) {
    this.reference = reference;
    this.options = options;
    this.#root = `${options.scheme}://${reference.apiHost}/v2/${reference.repository}/`;
    const mounts = (options.mountFrom ?? []).map((name) => `repository:${name}:pull`);
    this.#scopes = [
      `repository:${reference.repository}:${options.access === 'push' ? 'pull,push' : 'pull'}`,
      ...mounts,
    ];
  }

  /**
   * Sends a request, logs in when asked to, repeats it after passing failures.
   * @throws RegistryError by status; NetworkError
   */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    const { clock, retry } = this.options;
    let budget: RetryBudget | undefined;
    for (;;) {
      const { response, error } = await this.#try(request);
      if (response && request.expect.includes(response.status)) return response;
      if (response && !isRetryableStatus(response.status)) throw await this.#refused(response, request);
      budget ??= new RetryBudget(retry, clock);
      const retryAfterMs = parseRetryAfter(response?.header('retry-after'), clock.nowMs());
      const delayMs = request.repeatable === false ? undefined : budget.failed(retryAfterMs);
      if (delayMs === undefined) throw response ? await this.#refused(response, request) : error;
      await response?.discard();
      await clock.sleep(delayMs);
    }
  }

  /**
   * Like send, with the whole body; also repeated when the connection breaks while it is read.
   * @throws as send; NetworkError NETWORK_RESPONSE_TOO_LARGE
   */
  async read(
    request: RegistryRequest,
    limitBytes: number,
  ): Promise<{ readonly response: HttpResponse; readonly bytes: Uint8Array }> {
    const { clock, retry } = this.options;
    let budget: RetryBudget | undefined;
    for (;;) {
      const response = await this.send(request);
      try {
        return { response, bytes: await response.bytes(limitBytes) };
      } catch (error) {
        budget ??= new RetryBudget(retry, clock);
        const delayMs = isPassingNetworkError(error) ? budget.failed() : undefined;
        if (delayMs === undefined) throw error;
        await clock.sleep(delayMs);
      }
    }
  }

  /** The login in use, for error messages. */
  credential(): Promise<FoundCredential> {
    return this.#login().credential();
  }

  #login(): Authorizer {
    this.#authorizer ??= new Authorizer(this.options);
    return this.#authorizer;
  }

  async #try(
    request: RegistryRequest,
  ): Promise<{ response: HttpResponse; error?: never } | { response?: never; error: unknown }> {
    try {
      return { response: await this.#authorized(request) };
    } catch (error) {
      if (isPassingNetworkError(error)) return { error };
      throw error;
    }
  }

  async #authorized(request: RegistryRequest): Promise<HttpResponse> {
    const url = request.at instanceof URL ? request.at : new URL(request.at, this.#root);
    const { origin } = new URL(this.#root);
    const ours = url.origin === origin;
    const header = ours ? await this.#authorizer?.header(this.#scopes) : undefined;
    const response = await this.#exchange(request, url, header);
    // A storage service that we were sent to has no say in where the login goes.
    if (response.status !== 401 || !ours || response.url.origin !== origin) return response;
    const challenge = { url, wanted: this.#scopes, refused: header };
    const better = await this.#login().answer(response.headerValues('www-authenticate'), challenge);
    if (better === undefined) return response;
    await response.discard();
    return this.#exchange(request, url, better);
  }

  #exchange(request: RegistryRequest, url: URL, authorization: string | undefined): Promise<HttpResponse> {
    const { method, body, redirects } = request;
    const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
    const idleTimeoutMs = request.idleTimeoutMs ?? this.options.idleTimeoutMs;
    return this.options.http.send({ method, url, headers, body, redirects, idleTimeoutMs });
  }

  async #refused(response: HttpResponse, { method }: RegistryRequest): Promise<RegistryError> {
    const found = [401, 403, 404].includes(response.status) ? await this.credential() : undefined;
    return refusal(response, { method, reference: this.reference, found });
  }
}
