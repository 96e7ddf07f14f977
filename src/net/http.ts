// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange over node:http(s): streaming bodies with back-pressure, redirects that do not leak credentials,
// time limits, errors of ours. Global fetch is no choice here: it keeps a streamed request body in memory whole.
// Retries, authentication and what an answer means are decided by callers.

import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { Connections, type ConnectionOptions, isLoopbackHost } from './connect.ts';
import { networkError, timeoutError } from './failure.ts';
import { type HttpBody, sendBody } from './body.ts';
import { HttpResponse } from './response.ts';
import { NetworkError } from './errors.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly signal?: AbortSignal;
  /** Longest silence of the server, milliseconds. */
  readonly idleTimeoutMs?: number;
  /** `same-origin` and `no` hand out the redirect itself as the response. */
  readonly redirects?: 'follow' | 'same-origin' | 'no';
}

export interface HttpOptions extends ConnectionOptions {
  /** Time for name lookup, connection and TLS together; 30 s by default. */
  readonly connectTimeoutMs?: number;
  /** Longest silence of a server; 120 s by default. */
  readonly idleTimeoutMs?: number;
  /** Allows addresses without TLS that are not on this machine. */
  readonly plainHttp?: boolean;
  readonly userAgent?: string;
}

export interface HttpClient {
  /**
   * Sends a request and gives the answer once its header is there; the caller reads or discards the body.
   * @throws NetworkError
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

const MAX_REDIRECTS = 20;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const DROPPED_ON_NEW_ORIGIN = ['authorization', 'cookie', 'proxy-authorization'];

/** A client with its own connections. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const connections = new Connections(options);
  return {
    send: (request) => follow(request, options, connections),
    close: () => connections.close(),
  };
}

async function follow(first: HttpRequest, options: HttpOptions, connections: Connections): Promise<HttpResponse> {
  let request = withLowerCaseHeaders(first);
  for (let hops = 0; ; hops += 1) {
    assertAllowed(request.url, options);
    const response = await exchange(request, options, connections);
    const target = redirectTarget(response, request.url);
    if (!target || first.redirects === 'no') return response;
    if (first.redirects === 'same-origin' && target.origin !== first.url.origin) return response;
    await response.discard();
    if (hops === MAX_REDIRECTS) throw refused(`${request.url.host} redirects more than ${MAX_REDIRECTS} times`);
    if (request.url.protocol === 'https:' && target.protocol !== 'https:')
      throw refused(`${request.url.host} redirects to an address without TLS`);
    request = redirected(request, response.status, target);
  }
}

function withLowerCaseHeaders(request: HttpRequest): HttpRequest {
  const entries = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...request, headers: Object.fromEntries(entries) };
}

function redirectTarget(response: HttpResponse, base: URL): URL | undefined {
  const location = response.header('location');
  if (!REDIRECTS.has(response.status) || location === undefined) return undefined;
  if (!URL.canParse(location, base.href)) throw refused(`${base.host} redirects to something that is no address`);
  const target = new URL(location, base);
  if (target.protocol !== 'https:' && target.protocol !== 'http:')
    throw refused(`${base.host} redirects to a ${target.protocol} address`);
  target.username = '';
  target.password = '';
  return target;
}

function refused(message: string): NetworkError {
  return new NetworkError('NETWORK_REDIRECT_REFUSED', message, { hint: 'report it to the operator of that server' });
}

/** The request of the next hop. Credentials never come back once the origin has changed. */
function redirected(request: HttpRequest, status: number, target: URL): HttpRequest {
  const headers = { ...request.headers };
  if (target.origin !== request.url.origin) for (const name of DROPPED_ON_NEW_ORIGIN) delete headers[name];
  const becomesGet = status === 303 ? request.method !== 'HEAD' : status <= 302 && request.method === 'POST';
  if (!becomesGet) return { ...request, headers, url: target };
  delete headers['content-type'];
  const { body: _, ...rest } = request;
  return { ...rest, headers, method: 'GET', url: target };
}

function assertAllowed(url: URL, options: HttpOptions): void {
  if (url.protocol === 'https:' || options.plainHttp === true || isLoopbackHost(url.hostname)) return;
  throw new NetworkError('NETWORK_PLAIN_HTTP_REFUSED', `${url.host} would be reached without TLS`, {
    hint: 'use https, or set plain-http for a registry in a network you trust',
  });
}

const DEFAULT_CONNECT_MS = 30_000;
const DEFAULT_IDLE_MS = 120_000;

async function exchange(request: HttpRequest, options: HttpOptions, connections: Connections): Promise<HttpResponse> {
  const idleMs = request.idleTimeoutMs ?? options.idleTimeoutMs ?? DEFAULT_IDLE_MS;
  const outgoing = open(request, options, connections);
  limitConnecting(outgoing, request.url, options.connectTimeoutMs ?? DEFAULT_CONNECT_MS);
  const answer = nextResponse(outgoing, request);
  answer.catch(() => undefined);
  await sendBody(outgoing, request.body, { idleMs, answer, url: request.url });
  const timer = setTimeout(() => outgoing.destroy(timeoutError(request.url, idleMs)), idleMs);
  try {
    const message = await answer;
    if (!outgoing.writableEnded) message.once('end', () => outgoing.destroy());
    return new HttpResponse(message, request, idleMs);
  } finally {
    clearTimeout(timer);
  }
}

function open(request: HttpRequest, options: HttpOptions, connections: Connections): ClientRequest {
  const { url, body } = request;
  const route = connections.route(url);
  const send = route.tls ? requestTls : requestPlain;
  return send({
    method: request.method,
    ...route.target,
    agent: route.agent,
    headers: {
      host: url.host,
      'user-agent': options.userAgent ?? 'countersign',
      'accept-encoding': 'identity',
      ...bodyHeaders(request.method, body),
      ...route.headers,
      ...request.headers,
    },
    ...(request.signal ? { signal: request.signal } : {}),
  });
}

function bodyHeaders(method: string, body: HttpBody | undefined): Record<string, string> {
  if (body instanceof Uint8Array) return { 'content-length': String(body.length) };
  if (body) return body.sizeBytes === undefined ? {} : { 'content-length': String(body.sizeBytes) };
  return ['POST', 'PUT', 'PATCH'].includes(method) ? { 'content-length': '0' } : {};
}

function limitConnecting(outgoing: ClientRequest, url: URL, limitMs: number): void {
  const failure = new NetworkError('NETWORK_CONNECT_FAILED', `no connection to ${url.host} within ${limitMs} ms`, {
    hint: 'check the host name, the network and the proxy settings',
  });
  const timer = setTimeout(() => outgoing.destroy(failure), limitMs);
  const stop = (): void => clearTimeout(timer);
  outgoing.once('close', stop);
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) return stop();
    return socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', stop);
  });
}

function nextResponse(outgoing: ClientRequest, request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', (error) => reject(networkError(error, request.url, request.signal)));
    outgoing.once('close', () => reject(networkError(undefined, request.url, request.signal)));
  });
}
