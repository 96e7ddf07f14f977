// SPDX-License-Identifier: Apache-2.0
// The login side of the test registry: Basic, or Bearer with a token service on the same port.

import type { IncomingMessage, ServerResponse } from 'node:http';

export type AuthOptions = {
  readonly user: string;
  readonly password: string;
} & (
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer';
      /** Tokens end after this many uses; by default never. */
      tokenUses?: number;
      /** What the service says; the server itself counts uses only. */
      expiresInS?: number;
      readonly identityToken?: string;
      /** The service knows GET only. */
      readonly getOnly?: boolean;
      readonly anonymousPull?: boolean;
      /** Refuse to give more than the challenge asked for. */
      readonly strictScope?: boolean;
      /** Deleting manifests needs a right of its own; what the service makes of asking for that. */
      readonly deleting?: 'granted' | 'left out' | 'refused';
      /** Other challenges to send as well, before ours. */
      readonly alsoSend?: readonly string[];
    }
);

interface Token {
  readonly scopes: readonly string[];
  usesLeft: number;
}

export interface Attempt {
  readonly name: string;
  readonly method: string;
  readonly from: string | null;
}

export class RegistryAuth {
  readonly #options: AuthOptions | undefined;
  readonly #origin: () => string;
  readonly #tokens = new Map<string, Token>();
  #next = 1;

  constructor(options: AuthOptions | undefined, origin: () => string) {
    this.#options = options;
    this.#origin = origin;
  }

  /** Answers requests to the token service; false for all others. */
  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const options = this.#options;
    if (url.pathname !== '/token' || options?.kind !== 'bearer') return false;
    if (request.method === 'POST' && options.getOnly) return done(response, 405, {});
    const form = request.method === 'POST' ? new URLSearchParams(await readText(request)) : url.searchParams;
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    const known = this.#knows(request, form);
    if (!known && !options.anonymousPull) return done(response, 401, {});
    if (!known && request.headers.authorization !== undefined) return done(response, 401, {});
    if (!known && options.strictScope && scopes.some((scope) => scope.includes('push'))) return done(response, 401, {});
    const asksToDelete = scopes.some((scope) => scope.includes('delete'));
    if (asksToDelete && options.deleting === 'refused') return done(response, 403, {});
    const allowed =
      options.deleting === 'left out' ? scopes.map((scope) => scope.replace(/delete,|,delete/, '')) : scopes;
    const granted = known ? allowed : scopes.map((scope) => scope.replace(/:[^:]*$/, ':pull'));
    const token = `token-${this.#next}`;
    this.#next += 1;
    this.#tokens.set(token, { scopes: granted, usesLeft: options.tokenUses ?? Infinity });
    const name = request.method === 'POST' ? 'access_token' : 'token';
    return done(response, 200, { [name]: token, ...(options.expiresInS ? { expires_in: options.expiresInS } : {}) });
  }

  #knows(request: IncomingMessage, form: URLSearchParams): boolean {
    const options = this.#options;
    if (options?.kind !== 'bearer') return false;
    if (request.method === 'POST') return form.get('refresh_token') === options.identityToken;
    const secret =
      options.identityToken && options.getOnly
        ? `<token>:${options.identityToken}`
        : `${options.user}:${options.password}`;
    return request.headers.authorization === `Basic ${Buffer.from(secret).toString('base64')}`;
  }

  /** True when the request may go on; otherwise it has been answered. */
  allows(request: IncomingMessage, response: ServerResponse, attempt: Attempt): boolean {
    const options = this.#options;
    if (!options) return true;
    if (options.kind === 'basic') {
      const wanted = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`;
      if (request.headers.authorization === wanted) return true;
      return refuse(response, ['Basic realm="test, registry"']);
    }
    const action = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'push';
    const needed =
      attempt.name === '' ? [] : [`repository:${attempt.name}:${action === 'pull' ? 'pull' : 'push,pull'}`];
    if (options.deleting && request.method === 'DELETE' && request.url?.includes('/manifests/'))
      needed.splice(0, 1, `repository:${attempt.name}:delete`);
    if (attempt.from) needed.push(`repository:${attempt.from}:pull`);
    const token = this.#tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (token && token.usesLeft > 0 && needed.every((scope) => covers(token.scopes, scope))) {
      token.usesLeft -= 1;
      return true;
    }
    const scope = needed.length === 0 ? '' : `,scope="${needed.join(' ')}"`;
    return refuse(response, [
      ...(options.alsoSend ?? []),
      `Bearer realm="${this.#origin()}/token",service="a, service"${scope}`,
    ]);
  }
}

function covers(granted: readonly string[], needed: string): boolean {
  const colon = needed.lastIndexOf(':');
  const resource = needed.slice(0, colon);
  const actions = granted
    .filter((scope) => scope.startsWith(`${resource}:`))
    .flatMap((scope) => scope.slice(colon + 1).split(','));
  return needed
    .slice(colon + 1)
    .split(',')
    .every((action) => actions.includes(action));
}

function refuse(response: ServerResponse, challenges: readonly string[]): false {
  response.writeHead(401, {
    'www-authenticate': [...challenges],
    'content-type': 'application/json',
    connection: 'close',
  });
  response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }));
  return false;
}

function done(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
  return true;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
