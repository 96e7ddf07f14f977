// SPDX-License-Identifier: Apache-2.0
// A bearer token: what a registry asks for in WWW-Authenticate, and the token service that gives it (GET with Basic or
// without, POST for identity tokens).

import { utf8 } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { isLoopbackHost } from '../../net/connect.ts';
import type { HttpClient, HttpRequest } from '../../net/http.ts';
import type { HttpResponse } from '../../net/response.ts';
import { RegistryError } from '../errors.ts';
import type { Credential } from './credential-file.ts';
import { basicPair, maySend, TOKEN_USER } from './credentials.ts';

/** Which token is asked for. */
export interface TokenRequest {
  readonly realm: string;
  readonly service: string | undefined;
  /** Each `repository:NAME:actions`. */
  readonly scopes: readonly string[];
  readonly credential: Credential;
}

/** A token and how long it holds. */
export interface BearerToken {
  readonly token: Secret;
  readonly lifetimeMs: number;
}

const CLIENT_ID = 'countersign';
const DEFAULT_LIFETIME_S = 60;
const MAX_LIFETIME_S = 24 * 3600;
const ANSWER_BYTES = 256 * 1024;

/**
 * A token for the scopes; undefined when the service refuses (400, 401, 403).
 * @throws RegistryError REGISTRY_ANSWER_INVALID; NetworkError
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 */
export async function fetchToken(
  http: HttpClient,
  request: TokenRequest,
  plainHttp: boolean,
): Promise<BearerToken | undefined> {
  const realm = realmUrl(request.realm, plainHttp);
  const response = await ask(http, request, realm);
  if ([400, 401, 403].includes(response.status)) {
    await response.discard();
    return undefined;
  }
  if (response.status !== 200) {
    await response.discard();
    throw answerInvalid(realm, `answered ${response.status}`, response.status);
  }
  return readToken(await response.bytes(ANSWER_BYTES), realm);
}

function realmUrl(realm: string, plainHttp: boolean): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && (plainHttp || isLoopbackHost(url.hostname)));
  if (url && safe && url.username === '' && url.password === '') return url;
  throw new RegistryError('REGISTRY_ANSWER_INVALID', 'the registry names a token service that has no safe address', {
    hint: 'report it to the operator of the registry; no credential was sent',
  });
}

async function ask(http: HttpClient, request: TokenRequest, realm: URL): Promise<HttpResponse> {
  const { credential } = request;
  if (credential.kind === 'identity-token' && maySend(credential, realm)) {
    const response = await http.send(postRequest(request, realm, credential.token));
    if (response.status !== 404 && response.status !== 405) return response;
    await response.discard();
  }
  return http.send(getRequest(request, realm));
}

function getRequest({ service, scopes, credential }: TokenRequest, realm: URL): HttpRequest {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.append('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential.kind === 'basic') url.searchParams.append('account', credential.username);
  const authorization = basicHeader(credential, realm);
  return {
    method: 'GET',
    url,
    headers: authorization === undefined ? {} : { authorization },
  };
}

/** Redirects are not followed: the body holds the credential. */
function postRequest({ service, scopes }: TokenRequest, realm: URL, token: Secret): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: token.revealText(),
    client_id: CLIENT_ID,
    scope: scopes.join(' '),
    ...(service === undefined ? {} : { service }),
  });
  return {
    method: 'POST',
    url: realm,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: utf8(form.toString()),
    redirects: 'same-origin',
  };
}

/** `Basic …` for a credential that has a password and may be sent to this address. */
export function basicHeader(credential: Credential, url: URL): string | undefined {
  if (!maySend(credential, url)) return undefined;
  if (credential.kind === 'basic') return `Basic ${basicPair(credential.username, credential.password)}`;
  if (credential.kind === 'identity-token')
    return `Basic ${basicPair(credential.username ?? TOKEN_USER, credential.token)}`;
  return undefined;
}

function readToken(bytes: Uint8Array, realm: URL): BearerToken {
  const answer = parseAnswer(bytes, realm);
  const token = answer['token'] || answer['access_token'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw answerInvalid(realm, 'gave no token', 200);
  const expires = answer['expires_in'];
  const seconds = typeof expires === 'number' && expires > 0 ? Math.min(expires, MAX_LIFETIME_S) : DEFAULT_LIFETIME_S;
  return { token: new Secret(token), lifetimeMs: seconds * 1000 };
}

function parseAnswer(bytes: Uint8Array, realm: URL): JsonObject {
  try {
    const answer = parseJson(bytes, 'the answer of the token service');
    if (isJsonObject(answer)) return answer;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
  }
  throw answerInvalid(realm, 'did not answer with a JSON object', 200);
}

function answerInvalid(realm: URL, what: string, status: number): RegistryError {
  return new RegistryError('REGISTRY_ANSWER_INVALID', `the token service ${realm.host} ${what}`, {
    hint: 'repeat later, and check that the address is a container registry',
    url: `${realm.origin}${realm.pathname}`,
    status,
  });
}

/** What a registry wants of a request without login. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SEPARATOR = /[ \t,]*/y;
const MAX_HEADER_CHARS = 16 * 1024;

/**
 * Every challenge in the headers, in order; what cannot be understood is left out.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-11.6.1
 */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((header) => parseHeader(header.slice(0, MAX_HEADER_CHARS)));
}

function parseHeader(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(header) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    take(SEPARATOR);
    const parameter = take(PARAMETER);
    const current = challenges.at(-1);
    if (parameter && current) {
      const [, name = '', quoted, plain] = parameter;
      if (!current.parameters.has(name.toLowerCase()))
        current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
      continue;
    }
    const scheme = take(TOKEN)?.[0];
    if (scheme === undefined) break;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
  }
  return challenges;
}
