// SPDX-License-Identifier: Apache-2.0
// An answer that is not the one wanted → an error that names request, status, the registry's own words and a way out.

import { DataError } from '../../base/errors.ts';
import type { HttpResponse } from '../../net/response.ts';
import { isJsonObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NetworkError } from '../../net/errors.ts';
import { UNSAFE } from '../../base/text.ts';
import type { FoundCredential } from '../auth/credentials.ts';
import { type RegistryCode, RegistryError } from '../errors.ts';
import type { RegistryReference } from '../reference.ts';

interface Context {
  readonly method: string;
  readonly reference: RegistryReference;
  /** The login in use, where it matters. */
  readonly found: FoundCredential | undefined;
  /** The request reads a manifest by a tag. */
  readonly asksForTag?: boolean;
}

function isTagRead(method: string, url: string): boolean {
  return ['GET', 'HEAD'].includes(method) && /\/manifests\/[^:/]+$/.test(url);
}

interface RegistryWords {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** The error for an unwanted answer; reads what is left of its body. */
export async function refusal(response: HttpResponse, context: Context): Promise<RegistryError> {
  const words = await readWords(response);
  const url = `${response.url.origin}${response.url.pathname}`;
  const said = [words.code, words.message].filter((text) => text !== undefined).join(': ');
  return new RegistryError(
    codeFor(response.status),
    `${context.method} ${url} was answered ${response.status}${said === '' ? '' : ` (${said})`}`,
    {
      hint: hintFor(response.status, { ...context, asksForTag: isTagRead(context.method, url) }),
      method: context.method,
      url,
      status: response.status,
      ...(words.code === undefined ? {} : { registryCode: words.code }),
    },
  );
}

/** `{"errors":[{"code","message"}]}` or nothing; the text is cut and cleaned of control characters. */
async function readWords(response: HttpResponse): Promise<RegistryWords> {
  try {
    const document = parseJson(await response.bytes(LIMITS.errorBodyBytes), 'the error of the registry');
    const errors = isJsonObject(document) ? document['errors'] : undefined;
    const first = Array.isArray(errors) ? errors[0] : undefined;
    if (!isJsonObject(first)) return { code: undefined, message: undefined };
    return { code: clean(first['code']), message: clean(first['message']) };
  } catch (error) {
    if (error instanceof DataError || error instanceof NetworkError) return { code: undefined, message: undefined };
    throw error;
  }
}

function clean(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200).replace(UNSAFE, ' ') : undefined;
}

function codeFor(status: number): RegistryCode {
  if (status === 401) return 'REGISTRY_UNAUTHORIZED';
  if (status === 403) return 'REGISTRY_FORBIDDEN';
  if (status === 404) return 'REGISTRY_NOT_FOUND';
  if (status === 429) return 'REGISTRY_RATE_LIMITED';
  if (status >= 500 || status === 408 || status === 499) return 'REGISTRY_UNAVAILABLE';
  return status < 400 ? 'REGISTRY_ANSWER_INVALID' : 'REGISTRY_REQUEST_REFUSED';
}

function hintFor(status: number, context: Context): string {
  const { registry } = context.reference;
  if (status === 401 || status === 403 || status === 404) return accessHint(status, context);
  if (status === 429) return 'wait and repeat, set ⟨retry-for⟩ higher, or log in for a higher limit';
  if (status >= 500) return `repeat later; ${registry} failed on its side`;
  return 'see the code and message of the registry';
}

function accessHint(status: number, { reference, found, method, asksForTag }: Context): string {
  const { registry } = reference;
  const anonymous = found === undefined || found.credential.kind === 'anonymous';
  const looked = `no credentials for ${registry} were found; looked at: ${found?.looked.join(', ') ?? 'nothing'}`;
  if (status === 404) {
    const login = anonymous ? `; ${looked}` : '';
    return `check the name; a private or missing repository also answers 404 to users without permission${login}`;
  }
  const absent =
    status === 403 && asksForTag ? '; some registries answer 403 for a tag that is not there: check its name too' : '';
  if (anonymous)
    return `log in to ${registry}, or give ⟨registry-username⟩ and ⟨registry-password⟩; ${looked}${absent}`;
  const ghcr =
    registry === 'ghcr.io'
      ? `; on ghcr.io the job needs \`packages: ${method === 'GET' || method === 'HEAD' ? 'read' : 'write'}\` and the package must grant this repository access`
      : '';
  if (status === 401) return `the credential from ${found.from} was refused; check user, password and expiry${ghcr}`;
  return `give the user of the credential from ${found.from} the right to do this${ghcr}${absent}`;
}
