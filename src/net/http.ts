// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange over node:http(s): streaming bodies with back-pressure, redirects that do not leak credentials,
// time limits, errors of ours. Retries, authentication and what an answer means are decided by callers. Why neither fetch
// nor undici does it: docs/dependencies.md.

import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { Connections, type ConnectionOptions, isLoopbackHost, type Route } from './connect.ts';
import { type HttpBody, HttpResponse, sendBody } from './response.ts';
import { NetworkError, networkError, timeoutError } from './errors.ts';

/** What is asked. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  /** Longest silence of the server, milliseconds. */
  readonly idleTimeoutMs?: number | undefined;
  /** `same-origin` and `no` hand out the redirect itself as the response. */
  readonly redirects?: 'follow' | 'same-origin' | 'no' | undefined;
}

/** What holds for all requests of a client. */
export interface HttpOptions extends ConnectionOptions {
  /** Longest silence of a server; 120 s by default. */
  readonly idleTimeoutMs?: number | undefined;
  /** Allows addresses without TLS that are not on this machine. */
  readonly plainHttp?: boolean;
  readonly userAgent?: string | undefined;
}

/** Sends requests over connections that it keeps open. */
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
  return new NetworkError('NETWORK_REDIRECT_REFUSED', message);
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
  throw new NetworkError('NETWORK_PLAIN_HTTP_REFUSED', `${url.host} would be reached without TLS`);
}

const DEFAULT_IDLE_MS = 120_000;

async function exchange(request: HttpRequest, options: HttpOptions, connections: Connections): Promise<HttpResponse> {
  const idleMs = request.idleTimeoutMs ?? options.idleTimeoutMs ?? DEFAULT_IDLE_MS;
  const { connectTimeoutMs: connectMs } = connections;
  const route = connections.route(request.url);
  const outgoing = open(request, options, { ...route, connectMs });
  const answer = nextResponse(outgoing, { ...request, ...route, connectMs });
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

interface Connecting extends Route {
  readonly connectMs: number;
}

function open(request: HttpRequest, options: HttpOptions, { agent, connectMs }: Connecting): ClientRequest {
  const { method, url, body, headers } = request;
  const send = url.protocol === 'https:' ? requestTls : requestPlain;
  return send(url, {
    method,
    agent,
    // A login in an address, such as one that a server gave, is not used. The time limit is for a proxy that is silent.
    auth: null,
    timeout: connectMs,
    headers: {
      'user-agent': options.userAgent ?? 'countersign',
      'accept-encoding': 'identity',
      ...bodyHeaders(method, body),
      ...headers,
    },
  });
}

function bodyHeaders(method: string, body: HttpBody | undefined): Record<string, string> {
  if (body instanceof Uint8Array) return { 'content-length': String(body.length) };
  if (body) return body.sizeBytes === undefined ? {} : { 'content-length': String(body.sizeBytes) };
  return ['POST', 'PUT', 'PATCH'].includes(method) ? { 'content-length': '0' } : {};
}

function nextResponse(outgoing: ClientRequest, asked: HttpRequest & Connecting): Promise<IncomingMessage> {
  const { url, connectMs } = asked;
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void => reject(networkError(cause, asked));
    const timer = setTimeout(() => {
      const message = `no connection to ${url.host} within ${connectMs} ms`;
      const late = new NetworkError('NETWORK_CONNECT_FAILED', message);
      // While a tunnel is being made, the request has no socket that could end it.
      reject(late);
      outgoing.destroy(late);
    }, connectMs);
    const stop = (): void => clearTimeout(timer);
    outgoing.once('response', (message) => {
      outgoing.off('close', fail);
      resolve(message);
    });
    // A refused tunnel may be reported twice.
    outgoing.on('error', fail);
    outgoing.once('close', stop);
    outgoing.once('close', fail);
    outgoing.once('socket', (socket) => {
      if (!socket.connecting) return stop();
      return socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', stop);
    });
  });
}
