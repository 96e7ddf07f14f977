// SPDX-License-Identifier: Apache-2.0
// Asks a key server (HKP) or the web key directory of a mail address (WKD) for one key by its whole fingerprint. What
// comes back is believed in nothing but that fingerprint.

import { createHash } from 'node:crypto';
import { utf8 } from '../../base/bytes.ts';
import { CountersignError, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { VERSION } from '../../base/version.ts';
import type { HttpClient } from '../../net/http.ts';
import type { HttpResponse } from '../../net/response.ts';
import type { Host } from '../host.ts';
import { KeyringError } from './errors.ts';

const HKP_PORT = 11_371;
const IDLE_MS = 30_000;

/** How a server is asked. */
export interface Asking {
  readonly host: Host;
  /** Longest silence of the server, milliseconds; 30 s by default. */
  readonly timeout: number | undefined;
}

/** Whether a source is a server. */
export function isServer(source: string): boolean {
  return /^(?:hkps?:\/\/|wkd:)/.test(source);
}

/**
 * The one key, as binary packets, with nothing of what else the server sent.
 * @throws UsageError USAGE_INVALID_INPUT; KeyringError; NetworkError, also for hkp to another machine: it has no TLS
 */
export async function keyFromServer(source: string, fingerprint: string, asking: Asking): Promise<Uint8Array> {
  const [first, ...others] = addressesOf(source, fingerprint);
  for (const url of [first, ...others]) {
    const bytes = url && (await bytesFrom(url, asking, { last: others.length === 0 || url === others.at(-1) }));
    if (bytes) return keyIn(bytes, fingerprint, url.host);
  }
  throw new KeyringError('KEYRING_KEY_MISSING', `${source} has no key ${fingerprint}`);
}

/**
 * Sends a public key to a key server, which shows it to everybody.
 * @throws UsageError USAGE_INVALID_INPUT; KeyringError KEYRING_ANSWER_INVALID; NetworkError
 */
export async function sendKey(server: string, armored: string, asking: Asking): Promise<void> {
  const url = new URL('/pks/add', hkpBase(server));
  const body = utf8(new URLSearchParams({ keytext: armored, options: 'mr' }).toString());
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await withClient(asking, async (http) => {
    const response = await http.send({ method: 'POST', url, headers, body });
    await response.discard();
    if (response.status < 200 || response.status > 299) throw badStatus(response);
  });
}

/**
 * Addresses to ask, one after the other.
 * @see https://www.ietf.org/archive/id/draft-gallagher-openpgp-hkp-08.html
 * @see https://www.ietf.org/archive/id/draft-koch-openpgp-webkey-service-20.html#section-3.1
 */
function addressesOf(source: string, fingerprint: string): readonly URL[] {
  if (source.startsWith('wkd:')) return directoryAddresses(source.slice('wkd:'.length));
  return [new URL(`/pks/lookup?op=get&options=mr&search=0x${fingerprint}`, hkpBase(source))];
}

function hkpBase(source: string): string {
  const [, scheme = '', place = ''] = /^(hkps?):\/\/([^/?#@\s]+)\/?$/.exec(source) ?? [];
  const port = scheme === 'hkp' && !/:\d+$/.test(place) ? `:${HKP_PORT}` : '';
  const base = `${scheme === 'hkp' ? 'http' : 'https'}://${place}${port}`;
  if (place === '' || !URL.canParse(base)) throw invalid(source, 'hkps://keys.openpgp.org');
  return base;
}

function directoryAddresses(address: string): readonly URL[] {
  const [, local = '', domain = ''] = /^([^@\s/?#]+)@([A-Za-z0-9.-]+(?::\d+)?)$/.exec(address) ?? [];
  if (domain === '') throw invalid(`wkd:${address}`, 'wkd:alice@example.org');
  const hash = zBase32(createHash('sha1').update(local.toLowerCase()).digest());
  const query = `${hash}?l=${encodeURIComponent(local)}`;
  // Without TLS on this machine alone, as everywhere.
  const scheme = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(domain) ? 'http' : 'https';
  const name = domain.toLowerCase();
  return [
    ...(scheme === 'https' ? [`https://openpgpkey.${name}/.well-known/openpgpkey/${name}/hu/${query}`] : []),
    `${scheme}://${name}/.well-known/openpgpkey/hu/${query}`,
  ].map((text) => new URL(text));
}

function invalid(source: string, example: string): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(source.slice(0, 120))} is no key server`, {
    hint: `give it as ${example}`,
  });
}

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** @see https://philzimmermann.com/docs/human-oriented-base-32-encoding.txt */
function zBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
}

/** The answer; undefined when the server has nothing, or a name is not there and another address may be. */
async function bytesFrom(
  url: URL,
  asking: Asking,
  { last }: { readonly last: boolean },
): Promise<Uint8Array | undefined> {
  try {
    return await withClient(asking, async (http) => bodyOf(await http.send({ method: 'GET', url, headers: {} })));
  } catch (error) {
    if (last || !(error instanceof CountersignError) || error.code !== 'NETWORK_CONNECT_FAILED') throw error;
    return undefined;
  }
}

async function withClient<T>({ host, timeout = IDLE_MS }: Asking, use: (http: HttpClient) => Promise<T>): Promise<T> {
  const { createHttpClient } = await import('../../net/http.ts');
  const { proxyFromEnv } = await import('../../net/connect.ts');
  const options = { proxy: proxyFromEnv(host.env), userAgent: `countersign/${VERSION}`, idleTimeoutMs: timeout };
  const http = createHttpClient({ ...options, connectTimeoutMs: timeout });
  try {
    return await use(http);
  } catch (error) {
    throw await withOwnHint(error);
  } finally {
    http.close();
  }
}

/** Keys are asked for with TLS alone: no input allows it without. */
async function withOwnHint(error: unknown): Promise<unknown> {
  const { NetworkError } = await import('../../net/errors.ts');
  if (!(error instanceof NetworkError) || error.code !== 'NETWORK_PLAIN_HTTP_REFUSED') return error;
  const hint = 'give the server as hkps://HOST; hkp:// is for servers on this machine';
  return new NetworkError(error.code, error.message, { hint });
}

async function bodyOf(response: HttpResponse): Promise<Uint8Array | undefined> {
  if (response.status === 200) return response.bytes(LIMITS.keyFileBytes);
  await response.discard();
  if (response.status === 404 || response.status === 410) return undefined;
  throw badStatus(response);
}

function badStatus({ url, status }: HttpResponse): KeyringError {
  return new KeyringError('KEYRING_ANSWER_INVALID', `${url.host} answered with status ${status}`);
}

async function keyIn(bytes: Uint8Array, fingerprint: string, from: string): Promise<Uint8Array> {
  const { fingerprintsIn, publicKeyIn } = await import('../../crypto/pgp/ring.ts');
  let found: readonly string[];
  let key: Uint8Array | undefined;
  try {
    found = await fingerprintsIn(bytes);
    key = await publicKeyIn(bytes, fingerprint);
  } catch {
    throw new KeyringError('KEYRING_ANSWER_INVALID', `${from} answered with something that is no OpenPGP key`);
  }
  if (key) return key;
  if (found.length === 0) throw new KeyringError('KEYRING_ANSWER_INVALID', `${from} answered without an OpenPGP key`);
  throw new KeyringError(
    'KEYRING_KEY_OTHER',
    `${from} was asked for ${fingerprint} and gave ${found.slice(0, 3).join(', ')}`,
  );
}
