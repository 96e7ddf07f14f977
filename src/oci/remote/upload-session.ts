// SPDX-License-Identifier: Apache-2.0
// The requests of an upload session, one function each, and what their answers say. Which of them to send, and what to
// do when one fails, is decided in upload.ts.

import type { Digest } from '../../base/bytes.ts';
import type { HttpResponse, StreamBody } from '../../net/response.ts';
import { RegistryError } from '../errors.ts';
import type { RegistryClient, UploadPreference } from './client.ts';

/** An upload in progress at the registry; every answer may move it to a new address. */
export interface UploadSession {
  readonly location: URL;
  /** `OCI-Chunk-Min-Length`, 0 when not given. */
  readonly chunkMinBytes: number;
}

/** How the registry took a PATCH. */
export type PatchAnswer =
  | { readonly kind: 'accepted'; readonly session: UploadSession; readonly receivedBytes: number | undefined }
  /** 416: the registry is at another offset, or takes smaller chunks only. */
  | { readonly kind: 'out-of-order' }
  /** 413 of the registry or of a proxy before it. */
  | { readonly kind: 'too-large' }
  /** The registry does not take a PATCH like this one; told apart for a trial only. */
  | { readonly kind: 'refused' }
  /** The session is not there any more. */
  | { readonly kind: 'gone' };

/** How registries answer a PATCH whose Content-Range they do not know what to do with. */
const NO_RANGES = [400, 405, 501] as const;
const BINARY = { 'content-type': 'application/octet-stream' } as const;
/** A registry may hash and move the whole blob before it answers the last PUT. */
const COMMIT_PATIENCE = 5;
const DEFAULT_IDLE_MS = 120_000;

/**
 * Opens a session, or mounts the blob from another repository of the host.
 * @throws RegistryError by status; NetworkError
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export async function openSession(
  client: RegistryClient,
  mount?: { readonly digest: Digest; readonly from: string },
): Promise<UploadSession | 'mounted'> {
  const query = mount ? `?mount=${encodeURIComponent(mount.digest)}&from=${encodeURIComponent(mount.from)}` : '';
  const at = `blobs/uploads/${query}`;
  const response = await client.send({ method: 'POST', at, expect: mount ? [201, 202] : [202] });
  await response.discard();
  return response.status === 201 ? 'mounted' : sessionOf(response, undefined);
}

function sessionOf(response: HttpResponse, before: UploadSession | undefined): UploadSession {
  const location = response.header('location');
  const minimum = response.header('oci-chunk-min-length');
  const chunkMinBytes = minimum && /^[0-9]{1,12}$/.test(minimum) ? Number(minimum) : (before?.chunkMinBytes ?? 0);
  if (location === undefined && before) return { location: before.location, chunkMinBytes };
  if (location !== undefined && URL.canParse(location, response.url.href))
    return { location: new URL(location, response.url), chunkMinBytes };
  throw new RegistryError('REGISTRY_ANSWER_INVALID', `${response.url.host} opened an upload without saying where`, {
    hint: 'check that the address is a container registry',
    status: response.status,
  });
}

/** Number of bytes that a `Range: 0-LAST` header speaks of; undefined when there is none or it makes no sense. */
function receivedBytes(response: HttpResponse): number | undefined {
  const match = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(response.header('range') ?? '');
  return match ? Number(match[1]) + 1 : undefined;
}

/** A part of a blob as a PATCH sends it. */
export interface Chunk {
  readonly body: StreamBody;
  readonly offset: number;
  readonly lengthBytes: number;
  /** Say with Content-Range which bytes these are. */
  readonly ranged: boolean;
  /** Whether the registry takes ranges at all is not known yet. */
  readonly trial: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Appends bytes to a session. @throws RegistryError by status; NetworkError */
export async function patchSession(client: RegistryClient, session: UploadSession, chunk: Chunk): Promise<PatchAnswer> {
  const { offset, lengthBytes, body, ranged, trial, signal } = chunk;
  const response = await client.send({
    method: 'PATCH',
    at: session.location,
    headers: { ...BINARY, ...(ranged ? { 'content-range': `${offset}-${offset + lengthBytes - 1}` } : {}) },
    body,
    expect: [200, 201, 202, 204, 404, 413, 416, ...(trial ? NO_RANGES : [])],
    repeatable: false,
    signal,
  });
  await response.discard();
  if (response.status === 413) return { kind: 'too-large' };
  if (response.status === 416) return { kind: 'out-of-order' };
  if (response.status === 404) return { kind: 'gone' };
  if (response.status >= 400) return { kind: 'refused' };
  return { kind: 'accepted', session: sessionOf(response, session), receivedBytes: receivedBytes(response) };
}

/** Where a session stands; undefined when it is gone or the registry does not say. @throws NetworkError */
export async function querySession(
  client: RegistryClient,
  session: UploadSession,
): Promise<{ readonly session: UploadSession; readonly offset: number } | undefined> {
  const expect = [200, 202, 204, 400, 404, 405, 416];
  const response = await client.send({ method: 'GET', at: session.location, expect });
  await response.discard();
  if (response.status >= 400) return undefined;
  const received = receivedBytes(response);
  if (received === undefined) return undefined;
  // `0-0` is what registries send for an empty session too, so a single byte cannot be told from none.
  return { session: sessionOf(response, session), offset: received === 1 ? 0 : received };
}

/** The session's address with the digest added; what is there stays byte for byte. */
function withDigest(location: URL, digest: Digest): URL {
  const { href } = location;
  const bare = location.hash === '' ? href : href.slice(0, -location.hash.length);
  const joint = bare.endsWith('?') || bare.endsWith('&') ? '' : bare.includes('?') ? '&' : '?';
  return new URL(`${bare}${joint}digest=${encodeURIComponent(digest)}`);
}

/** Publishes what was sent, or what `body` holds, under its digest; `gone` when there is no such session. */
export async function finishSession(
  client: RegistryClient,
  session: UploadSession,
  last: { readonly digest: Digest; readonly body?: StreamBody; readonly signal: AbortSignal | undefined },
): Promise<'stored' | 'gone' | 'too-large'> {
  const response = await client.send({
    method: 'PUT',
    at: withDigest(session.location, last.digest),
    headers: BINARY,
    ...(last.body ? { body: last.body } : {}),
    expect: [200, 201, 202, 204, 404, 413],
    repeatable: false,
    signal: last.signal,
    idleTimeoutMs: COMMIT_PATIENCE * (client.options.idleTimeoutMs ?? DEFAULT_IDLE_MS),
  });
  await response.discard();
  if (response.status === 413) return 'too-large';
  return response.status === 404 ? 'gone' : 'stored';
}

/** Gives a session up; the registry forgets abandoned ones by itself, so a failure here means nothing. */
export async function cancelSession(client: RegistryClient, session: UploadSession): Promise<void> {
  try {
    const request = {
      method: 'DELETE',
      at: session.location,
      expect: [200, 202, 204, 404],
      repeatable: false,
    } as const;
    await (await client.send(request)).discard();
  } catch {
    // Nothing was published, and the error that led here is the one to report.
  }
}

const MIB = 1024 * 1024;
const CHUNK_BYTES = 64 * MIB;
const CHUNKED_FROM_BYTES = 100 * MIB;
/** ghcr.io answers 416 to a PATCH with Content-Range of 4 MiB or more. */
const SMALL_CHUNK_BYTES = 4 * MIB - 64 * 1024;
const LEAST_CHUNK_BYTES = 64 * 1024;
/** A first range that is answered 404 may have met a lost session; the second time it is the range. */
const LOST_TRIALS = 2;

/** How a blob is sent: in one PUT, in one PATCH, or in chunks with ranges. */
export type Mode = 'monolithic' | 'stream' | 'chunked';

/** What the mode depends on. */
export interface ModeRequest {
  readonly registry: string;
  readonly sizeBytes: number;
  /** One PUT needs the digest. */
  readonly digestKnown: boolean;
  readonly preference: UploadPreference | undefined;
}

/** A PATCH as far as its size matters. */
export interface SentChunk {
  /** The first range of a session, sent to a registry that has not taken any yet. */
  readonly trial: boolean;
  readonly lengthBytes: number;
  /** The least that the registry takes, 0 when it did not say. */
  readonly minimumBytes: number;
}

/** What is known of ranges: not tried, taken, the only way (the blob is too large in one piece), or refused. */
type Ranges = 'untried' | 'taken' | 'needed' | 'refused';

/** The mode of one upload, which outlives its sessions. */
export class UploadMode {
  readonly #whole: 'monolithic' | 'stream';
  #current: Mode;
  #chunkBytes: number;
  #ranges: Ranges = 'untried';
  #lostTrials = 0;

  constructor({ registry, sizeBytes, digestKnown, preference }: ModeRequest) {
    this.#whole = digestKnown ? 'monolithic' : 'stream';
    const inChunks = sizeBytes > CHUNKED_FROM_BYTES && registry !== 'ghcr.io';
    const wanted = preference?.mode ?? (inChunks ? 'chunked' : this.#whole);
    this.#current = wanted === 'monolithic' ? this.#whole : wanted;
    this.#chunkBytes = preference?.chunkBytes ?? (registry === 'ghcr.io' ? SMALL_CHUNK_BYTES : CHUNK_BYTES);
  }

  get current(): Mode {
    return this.#current;
  }

  /** A range is about to be sent to a registry that has not taken any yet. */
  get untried(): boolean {
    return this.#current === 'chunked' && this.#ranges === 'untried';
  }

  /** The registry refused ranges, so that nothing can be resumed there. */
  get rangesRefused(): boolean {
    return this.#ranges === 'refused';
  }

  /** Bytes of the next PATCH when so many are left. */
  chunkLength(restBytes: number, minimumBytes: number): number {
    if (this.#current !== 'chunked') return restBytes;
    return Math.min(restBytes, Math.max(this.#chunkBytes, minimumBytes));
  }

  /** A PATCH was accepted, and the registry has some of it. */
  accepted(): void {
    if (this.untried) this.#ranges = 'taken';
  }

  /** After 413: chunks, then smaller ones. */
  tooLarge(): void {
    this.#ranges = 'needed';
    if (this.#current === 'monolithic') this.#current = 'chunked';
    else this.#shrink();
  }

  /** After 416 at the start: chunks, then smaller ones, and without ranges when they cannot be smaller or were refused. */
  outOfOrder({ trial, lengthBytes, minimumBytes }: SentChunk): void {
    if (this.rangesRefused) return;
    if (trial && lengthBytes <= Math.max(LEAST_CHUNK_BYTES, minimumBytes)) this.refused();
    else this.#shrink();
  }

  /** After 404: the session is lost, or the registry knows no ranges. */
  lost({ trial }: SentChunk): void {
    if (!trial) return;
    this.#lostTrials += 1;
    if (this.#lostTrials >= LOST_TRIALS) this.refused();
  }

  /** A trial was refused for being a range: the blob goes whole from now on. */
  refused(): void {
    this.#ranges = 'refused';
    this.#current = this.#whole;
  }

  #shrink(): void {
    if (this.#current === 'chunked') this.#chunkBytes = Math.max(LEAST_CHUNK_BYTES, Math.floor(this.#chunkBytes / 4));
    this.#current = 'chunked';
    this.#chunkBytes = Math.min(this.#chunkBytes, SMALL_CHUNK_BYTES);
  }
}
