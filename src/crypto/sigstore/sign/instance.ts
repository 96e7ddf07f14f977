// SPDX-License-Identifier: Apache-2.0
// Where a Sigstore instance has its services: two known ones, or what a signing config says.

import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../../base/json.ts';
import { KeylessError } from './errors.ts';

/** A transparency log, and the version of its interface. */
export interface LogService {
  readonly url: string;
  readonly version: 1 | 2;
}

/** The services that sign with us. */
export interface Services {
  readonly ca: string;
  readonly logs: readonly LogService[];
  /** Addresses of timestamp authorities. */
  readonly timestamps: readonly string[];
}

/** The public instance, and GitHub's own for private repositories, which has no log. */
export const KNOWN_INSTANCES = {
  public: {
    ca: 'https://fulcio.sigstore.dev',
    logs: [{ url: 'https://rekor.sigstore.dev', version: 1 }],
    timestamps: ['https://timestamp.sigstore.dev/api/v1/timestamp'],
  },
  github: {
    ca: 'https://fulcio.githubapp.com',
    logs: [],
    timestamps: ['https://timestamp.githubapp.com/api/v1/timestamp'],
  },
} as const satisfies Readonly<Record<string, Services>>;

/** True when what is signed becomes public: CA or log belong to the public instance. */
export function isPublic({ ca, logs }: Services): boolean {
  return [ca, ...logs.map(({ url }) => url)].some((url) => /(?:^|\.)sigstore\.dev$/.test(new URL(url).hostname));
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

/**
 * The services of a signing config that can be used now.
 * @throws KeylessError SIGSTORE_INSTANCE_INVALID; DataError when it is no JSON
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_trustroot.proto
 */
export function readSigningConfig(bytes: Uint8Array, now: Date): Services {
  const json = parseJson(bytes, 'the signing config');
  if (!isJsonObject(json) || json['mediaType'] !== MEDIA_TYPE) throw invalid(`its media type is not ${MEDIA_TYPE}`);
  const [ca] = services(json, { key: 'caUrls', versions: [1], now });
  if (!ca) throw invalid('it names no CA that can be used now');
  const logs = services(json, { key: 'rekorTlogUrls', versions: [1, 2], now });
  const authorities = services(json, { key: 'tsaUrls', versions: [1], now });
  return {
    ca: ca.url,
    logs: chosen(logs, json['rekorTlogConfig']),
    timestamps: chosen(authorities, json['tsaConfig']).map(({ url }) => url),
  };
}

/** Newest interface first. */
function services(
  json: JsonObject,
  { key, versions, now }: { readonly key: string; readonly versions: readonly number[]; readonly now: Date },
): readonly LogService[] {
  const list = json[key] ?? [];
  if (!Array.isArray(list) || list.length > 64) throw invalid(`${key} is no list`);
  const found = list.flatMap((entry: JsonValue): LogService | readonly [] => {
    if (!isJsonObject(entry)) throw invalid(`${key} holds no service`);
    const { url, majorApiVersion: version, validFor } = entry;
    if (typeof version !== 'number' || !versions.includes(version) || !isOpen(validFor, now)) return [];
    return { url: serviceUrl(url, key), version: version === 2 ? 2 : 1 };
  });
  return found.toSorted((a, b) => b.version - a.version);
}

function isOpen(validFor: JsonValue | undefined, now: Date): boolean {
  if (!isJsonObject(validFor) || typeof validFor['start'] !== 'string') return false;
  const { start, end } = validFor;
  return Date.parse(start) <= now.getTime() && (typeof end !== 'string' || now.getTime() <= Date.parse(end));
}

/** One service where any will do, all of them, or a number. */
function chosen(list: readonly LogService[], config: JsonValue | undefined): readonly LogService[] {
  if (list.length === 0) return [];
  const { selector = 'ANY', count = 1 } = isJsonObject(config) ? config : {};
  if (selector === 'ALL') return list;
  const wanted = selector === 'EXACT' && typeof count === 'number' ? count : 1;
  if (list.length < wanted) throw invalid(`it asks for ${wanted} services of a kind and names ${list.length}`);
  return list.slice(0, wanted);
}

/** @throws KeylessError SIGSTORE_INSTANCE_INVALID */
export function serviceUrl(value: JsonValue | undefined, what: string): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw invalid(`${what} holds no plain address`);
  return url.href.replace(/\/$/, '');
}

function invalid(problem: string): KeylessError {
  return new KeylessError('SIGSTORE_INSTANCE_INVALID', `the Sigstore instance cannot be used: ${problem}`);
}
