// SPDX-License-Identifier: Apache-2.0
// TLS connections through an HTTP proxy: CONNECT, then TLS with the server itself inside the tunnel.

import { request as requestPlain } from 'node:http';
import { Agent as TlsAgent, type AgentOptions, request as requestTls } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { NetworkError } from './errors.ts';

type Callback = (error: Error | null, stream: Duplex) => void;
type Target = Parameters<TlsAgent['createConnection']>[0];

const CONNECT_TIMEOUT_MS = 30_000;

/** An agent whose connections all go through one proxy. */
export class TunnelAgent extends TlsAgent {
  readonly #proxy: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #roots: { readonly secureContext?: SecureContext };

  constructor(
    proxy: URL,
    headers: Readonly<Record<string, string>>,
    roots: { readonly secureContext?: SecureContext },
  ) {
    const options: AgentOptions = { keepAlive: true };
    super(options);
    this.#proxy = proxy;
    this.#headers = headers;
    this.#roots = roots;
  }

  override createConnection(target: Target, callback?: Callback): undefined {
    const host = String(target.host);
    const done = callback ?? (() => undefined);
    const fail = (error: Error): void => Reflect.apply(done, undefined, [error]);
    this.#connect(`${host.includes(':') ? `[${host}]` : host}:${target.port}`).then((socket) => {
      const secure = connectTls({
        socket,
        ...this.#roots,
        ...(target.servername === undefined ? {} : { servername: target.servername }),
        host,
      });
      secure.once('secureConnect', () => done(null, secure));
      secure.once('error', fail);
      return undefined;
    }, fail);
    return undefined;
  }

  #connect(authority: string): Promise<Duplex> {
    const send = this.#proxy.protocol === 'https:' ? requestTls : requestPlain;
    return new Promise((resolve, reject) => {
      const outgoing = send(this.#proxy, {
        method: 'CONNECT',
        path: authority,
        headers: { ...this.#headers, host: authority },
        agent: false,
        timeout: CONNECT_TIMEOUT_MS,
        ...this.#roots,
      });
      outgoing.once('connect', (response, socket) => {
        if (response.statusCode === 200) return resolve(socket);
        socket.destroy();
        return reject(this.#failure(`answered ${response.statusCode} to CONNECT ${authority}`));
      });
      outgoing.once('response', (response) => {
        response.destroy();
        reject(this.#failure(`answered ${response.statusCode} to CONNECT ${authority}`));
      });
      outgoing.once('timeout', () => outgoing.destroy(this.#failure('is silent')));
      outgoing.once('error', (cause) => reject(this.#failure(`broke the connection: ${cause.message}`, cause)));
      outgoing.end();
    });
  }

  #failure(what: string, cause?: unknown): NetworkError {
    if (cause instanceof NetworkError) return cause;
    return new NetworkError('NETWORK_PROXY_FAILED', `the proxy ${this.#proxy.host} ${what}`, {
      hint: 'check HTTPS_PROXY and NO_PROXY and the rights of the proxy user',
      cause,
    });
  }
}
