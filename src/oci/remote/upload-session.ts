// SPDX-License-Identifier: Apache-2.0
// The requests that every upload makes, one function each, and the bytes that they send: read piece by piece in one pass, each
// hashed once when first read, however often it has to be sent. Only a step back (after a failed upload) opens the source
// again. Which request to send, and what to do when one fails, is decided in upload.ts.

import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '../../base/bytes.ts';
import { counted } from '../../base/text.ts';
import type { HttpResponse, StreamBody } from '../../net/response.ts';
import { RegistryError } from '../errors.ts';
import type { BlobSource } from '../oci.ts';
import { hashFor } from './blobs.ts';
import type { RegistryClient } from './client.ts';

/** An upload in progress at the registry; every answer may move it to a new address. */
export interface UploadSession {
  readonly location: URL;
  /** `OCI-Chunk-Min-Length`, 0 when not given. */
  readonly chunkMinBytes: number;
}

/** Header of requests that carry bytes of a blob. */
export const BINARY = { 'content-type': 'application/octet-stream' } as const;
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

/** The session as an answer leaves it. @throws RegistryError REGISTRY_ANSWER_INVALID */
export function sessionOf(response: HttpResponse, before: UploadSession | undefined): UploadSession {
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
  last: { readonly digest: Digest; readonly body?: StreamBody },
): Promise<'stored' | 'gone' | 'too-large'> {
  const response = await client.send({
    method: 'PUT',
    at: withDigest(session.location, last.digest),
    headers: BINARY,
    ...(last.body ? { body: last.body } : {}),
    expect: [200, 201, 202, 204, 404, 413],
    repeatable: false,
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

const NOTHING = new Uint8Array();

/** A source that is read once, as far as nothing has to be sent again, and its digest. */
export class UploadSource {
  readonly sizeBytes: number;
  /** How far the bytes of the last request went; no registry can have more of them. */
  sentTo = 0;
  readonly #source: BlobSource;
  readonly #wanted: Digest | undefined;
  readonly #hash: Hash;
  #hashedBytes = 0;
  #digest: Digest | undefined;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #at = 0;
  #rest: Uint8Array = NOTHING;

  /** `wanted`: the digest if it is known. */
  constructor(source: BlobSource, wanted: Digest | undefined) {
    this.sizeBytes = source.sizeBytes;
    this.#source = source;
    this.#wanted = wanted;
    this.#hash = wanted ? hashFor(wanted) : createHash('sha256');
  }

  /** True when every byte has been read. */
  get isRead(): boolean {
    return this.#hashedBytes === this.sizeBytes;
  }

  /**
   * Digest of all bytes, which must have been read.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED when it is not the one that was wanted
   */
  digest(): Digest {
    if (!this.isRead)
      throw new Error(`an upload of ${this.sizeBytes} bytes ended after ${this.#hashedBytes} were hashed`);
    const algorithm = this.#wanted?.startsWith('sha512:') ? 'sha512' : 'sha256';
    this.#digest ??= `${algorithm}:${this.#hash.digest('hex')}`;
    if (this.#wanted === undefined || this.#wanted === this.#digest) return this.#digest;
    throw new RegistryError('REGISTRY_SOURCE_CHANGED', `the bytes to push have not the digest ${this.#wanted}`, {
      hint: 'repeat when nothing else writes to the file',
    });
  }

  /**
   * The bytes from `offset` to `end`, none of which may follow bytes that were never read.
   * @throws RegistryError REGISTRY_SOURCE_CHANGED when the source ends before
   */
  async *slice(offset: number, end: number): AsyncGenerator<Uint8Array, void> {
    if (offset > this.#hashedBytes)
      throw new Error(`bytes ${this.#hashedBytes} to ${offset} of an upload were passed over`);
    this.sentTo = offset;
    const chunks = await this.#seek(offset);
    while (this.#at < end) {
      if (this.#rest.length === 0) {
        const next = await chunks.next();
        if (next.done) throw endsEarly(this.#at, end);
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, end - this.#at);
      this.#rest = this.#rest.subarray(part.length);
      this.#take(part);
      yield part;
    }
  }

  #take(part: Uint8Array): void {
    const start = this.#at;
    this.#at += part.length;
    this.sentTo = this.#at;
    if (this.#at <= this.#hashedBytes) return;
    this.#hash.update(part.subarray(this.#hashedBytes - start));
    this.#hashedBytes = this.#at;
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = undefined;
    this.#rest = NOTHING;
    await chunks?.return?.();
  }

  async #seek(offset: number): Promise<AsyncIterator<Uint8Array>> {
    if (this.#chunks && this.#at === offset) return this.#chunks;
    await this.close();
    this.#at = offset;
    this.#chunks = this.#source.open(offset)[Symbol.asyncIterator]();
    return this.#chunks;
  }
}

function endsEarly(at: number, end: number): RegistryError {
  return new RegistryError('REGISTRY_SOURCE_CHANGED', `the data to push ends after ${at} of ${counted(end, 'byte')}`, {
    hint: 'repeat when nothing else writes to the file',
  });
}
