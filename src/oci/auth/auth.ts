// SPDX-License-Identifier: Apache-2.0
// Which Authorization header goes with a request to one registry. Learns from challenges, keeps tokens per scope set,
// renews them before they end, and never asks twice for the same refusal.

import type { Clock } from '../../base/clock.ts';
import type { HttpClient } from '../../net/http.ts';
import { type FoundCredential, maySend } from './credentials.ts';
import { basicHeader, type BearerToken, type Challenge, fetchToken, parseChallenges } from './token.ts';

/** With what tokens are got. */
export interface AuthOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Asked once, when the registry first wants a login. */
  readonly findCredential: () => Promise<FoundCredential>;
  readonly plainHttp: boolean;
  /** Told of every token before it is used. */
  readonly mask?: ((text: string) => void) | undefined;
}

interface HeldToken {
  readonly header: string;
  readonly renewAtMs: number;
}

interface TokenService {
  readonly realm: string;
  readonly service: string | undefined;
}

const MIN_MARGIN_MS = 10_000;

/** Authorises the requests of one repository's session. */
export class Authorizer {
  readonly #options: AuthOptions;
  readonly #tokens = new Map<string, HeldToken>();
  readonly #pending = new Map<string, Promise<string | undefined>>();
  #found: Promise<FoundCredential> | undefined;
  #basic: string | undefined;
  #service: TokenService | undefined;

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  /** The credential in use and where it was looked for. */
  credential(): Promise<FoundCredential> {
    this.#found ??= this.#options.findCredential();
    return this.#found;
  }

  /** The header for a request that needs these scopes, as far as the registry's ways are known by now. */
  async header(scopes: readonly string[]): Promise<string | undefined> {
    if (this.#basic !== undefined) return this.#basic;
    if (!this.#service) return undefined;
    const held = this.#tokens.get(scopeKey(scopes));
    if (held && held.renewAtMs > this.#options.clock.nowMs()) return held.header;
    return this.#renew(scopes, this.#service);
  }

  /**
   * Answers a 401: a header to try again with, or undefined when there is none better than `refused`.
   * `wanted` are the scopes of the whole session; the challenge may add more.
   */
  async answer(
    headers: readonly string[],
    request: { readonly url: URL; readonly wanted: readonly string[]; readonly refused: string | undefined },
  ): Promise<string | undefined> {
    const challenges = parseChallenges(headers);
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.get('realm'));
    if (bearer) return this.#answerBearer(bearer, request);
    if (!challenges.some(({ scheme }) => scheme === 'basic')) return undefined;
    const header = basicHeader((await this.credential()).credential, request.url);
    if (header === undefined || header === request.refused) return undefined;
    this.#basic = header;
    return header;
  }

  async #answerBearer(
    challenge: Challenge,
    request: { readonly url: URL; readonly wanted: readonly string[]; readonly refused: string | undefined },
  ): Promise<string | undefined> {
    const { credential } = await this.credential();
    if (credential.kind === 'registry-token')
      return maySend(credential, request.url)
        ? unlessRefused(`Bearer ${credential.token.revealText()}`, request)
        : undefined;
    this.#basic = undefined;
    this.#service = {
      realm: challenge.parameters.get('realm') ?? '',
      service: challenge.parameters.get('service'),
    };
    const asked = (challenge.parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    const union = unionScopes([...request.wanted, ...asked]);
    this.#tokens.delete(scopeKey(request.wanted));
    const header = (await this.#renew(request.wanted, this.#service, union)) ?? undefined;
    if (header !== undefined || scopeKey(union) === scopeKey(asked)) return unlessRefused(header, request);
    return unlessRefused(await this.#renew(request.wanted, this.#service, asked), request);
  }

  /** Fetches a token and keeps it under the scopes that the request will ask for again. */
  #renew(key: readonly string[], service: TokenService, scopes: readonly string[] = key): Promise<string | undefined> {
    const name = `${scopeKey(key)}|${scopeKey(scopes)}`;
    const running = this.#pending.get(name);
    if (running) return running;
    const fetching = this.#fetch(key, service, scopes).finally(() => this.#pending.delete(name));
    this.#pending.set(name, fetching);
    return fetching;
  }

  async #fetch(key: readonly string[], service: TokenService, scopes: readonly string[]): Promise<string | undefined> {
    const { http, plainHttp, clock, mask } = this.#options;
    const { credential } = await this.credential();
    const request = { ...service, scopes: unionScopes(scopes), credential };
    const token = await fetchToken(http, request, plainHttp);
    if (!token) return undefined;
    mask?.(token.token.revealText());
    const held = hold(token, clock.nowMs());
    this.#tokens.set(scopeKey(key), held);
    return held.header;
  }
}

function unlessRefused(header: string | undefined, request: { readonly refused: string | undefined }) {
  return header === request.refused ? undefined : header;
}

function hold({ token, lifetimeMs }: BearerToken, nowMs: number): HeldToken {
  const marginMs = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs / 10), lifetimeMs / 2);
  return { header: `Bearer ${token.revealText()}`, renewAtMs: nowMs + lifetimeMs - marginMs };
}

function scopeKey(scopes: readonly string[]): string {
  return unionScopes(scopes).join(' ');
}

/** Scopes with the actions of one resource joined: `a:pull` and `a:push,pull` become `a:pull,push`. */
export function unionScopes(scopes: readonly string[]): readonly string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of scopes) {
    const colon = scope.lastIndexOf(':');
    const resource = scope.slice(0, Math.max(colon, 0));
    const known = actions.get(resource) ?? new Set<string>();
    for (const action of scope.slice(colon + 1).split(',')) known.add(action);
    actions.set(resource, known);
  }
  return [...actions].map(([resource, known]) => `${resource}:${[...known].toSorted().join(',')}`).toSorted();
}
