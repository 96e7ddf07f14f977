// SPDX-License-Identifier: Apache-2.0
// Uploading one blob: in one PUT, as one PATCH stream, or in chunks; going on after failures where the registry can,
// starting over where it cannot (distribution 2.8 gives up a session that is cut inside a request). Each byte is hashed
// once, when first read, however often it has to be sent.

import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '../primitives/digest.ts';
import type { StreamBody } from '../primitives/http-body.ts';
import { isPassingNetworkError } from '../primitives/network-errors.ts';
import { RetryBudget } from '../primitives/retry.ts';
import { blobSize, hashFor } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import { RegistryError } from './errors.ts';
import type { BlobSource, PushBlobOptions } from './repository.ts';
import { SourceReader } from './source-reader.ts';
import {
  cancelSession,
  finishSession,
  openSession,
  patchSession,
  type PatchAnswer,
  querySession,
  type UploadSession,
} from './upload-session.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 64 * MIB;
const CHUNKED_FROM_BYTES = 100 * MIB;
/** ghcr.io answers 416 to a PATCH with Content-Range of 4 MiB or more. */
const SMALL_CHUNK_BYTES = 4 * MIB - 64 * 1024;
const PROGRESS_BYTES = MIB;

type Mode = 'monolithic' | 'stream' | 'chunked';

export interface UploadOptions extends PushBlobOptions {
  /** Digest of the source if known; the bytes are checked against it before anything is published. */
  readonly digest?: Digest;
  /** Asked once before the blob is published. */
  readonly commit?: (digest: Digest) => Promise<boolean>;
  readonly session?: UploadSession;
}

/** How to send a blob of this size to this registry when nobody asked for something else. */
export function chooseMode(registry: string, sizeBytes: number, digestKnown: boolean): Mode {
  if (sizeBytes > CHUNKED_FROM_BYTES && registry !== 'ghcr.io') return 'chunked';
  return digestKnown ? 'monolithic' : 'stream';
}

/**
 * Sends a blob.
 * @returns its digest, or undefined when `commit` said no
 * @throws RegistryError REGISTRY_UPLOAD_FAILED, REGISTRY_SOURCE_CHANGED and by status; NetworkError
 */
export async function uploadBlob(
  client: RegistryClient,
  source: BlobSource,
  options: UploadOptions,
): Promise<Digest | undefined> {
  return new BlobUpload(client, source, options).run();
}

class BlobUpload {
  readonly #client: RegistryClient;
  readonly #source: BlobSource;
  readonly #options: UploadOptions;
  readonly #budget: RetryBudget;
  readonly #hash: Hash;
  readonly #reader: SourceReader;
  #mode: Mode;
  #chunkBytes: number;
  #hashedBytes = 0;
  /** Most bytes that the registry ever had: going beyond it is progress. */
  #highWater = 0;
  #final: Digest | undefined;
  #agreed = false;
  #session: UploadSession | undefined;

  constructor(client: RegistryClient, source: BlobSource, options: UploadOptions) {
    const { upload, retry, clock } = client.options;
    const { registry } = client.reference;
    this.#client = client;
    this.#source = source;
    this.#reader = new SourceReader(source);
    this.#options = options;
    this.#session = options.session;
    this.#budget = new RetryBudget(retry, clock);
    this.#hash = options.digest ? hashFor(options.digest) : createHash('sha256');
    const wanted = upload?.mode ?? chooseMode(registry, source.sizeBytes, options.digest !== undefined);
    this.#mode = wanted === 'monolithic' && !options.digest ? 'stream' : wanted;
    this.#chunkBytes = upload?.chunkBytes ?? (registry === 'ghcr.io' ? SMALL_CHUNK_BYTES : CHUNK_BYTES);
  }

  async run(): Promise<Digest | undefined> {
    try {
      for (;;) {
        const done = await this.#attempt();
        if (done) return done.digest;
        this.#session = undefined;
        await this.#pause(undefined);
      }
    } catch (error) {
      if (this.#session) await cancelSession(this.#client, this.#session);
      throw error;
    } finally {
      await this.#reader.close();
    }
  }

  /** One session from start to end; undefined when it was lost and another one is needed. */
  async #attempt(): Promise<{ digest: Digest | undefined } | undefined> {
    const opened = this.#session ?? (await openSession(this.#client));
    if (opened === 'mounted') return undefined;
    this.#session = opened;
    if (this.#mode === 'monolithic' && this.#options.digest) return this.#putWhole(opened, this.#options.digest);
    const sent = await this.#sendAll(opened);
    if (!sent) return undefined;
    this.#session = sent;
    const digest = this.#finalDigest();
    if (!(await this.#mayCommit(digest))) {
      await cancelSession(this.#client, sent);
      return { digest: undefined };
    }
    return this.#finish(sent, digest);
  }

  async #putWhole(session: UploadSession, digest: Digest): Promise<{ digest: Digest } | undefined> {
    const body = this.#body(0, this.#source.sizeBytes);
    const outcome = await this.#passing(() =>
      finishSession(this.#client, session, { digest, body, signal: this.#options.signal }),
    ).catch((error: unknown) => {
      if (this.#hashedBytes === this.#source.sizeBytes) this.#finalDigest();
      throw error;
    });
    if (outcome === 'too-large') this.#mode = 'chunked';
    if (outcome !== 'stored') return (await this.#isThere(digest)) ? { digest } : undefined;
    this.#finalDigest();
    return { digest };
  }

  /** Sends every byte by PATCH; the session to finish, or undefined when it was lost. */
  async #sendAll(opened: UploadSession): Promise<UploadSession | undefined> {
    let session = opened;
    let offset = 0;
    while (offset < this.#source.sizeBytes) {
      const lengthBytes = this.#chunkLength(session, offset);
      const answer = await this.#passing(() => this.#patch(session, offset, lengthBytes));
      const next = await this.#next(answer, { session, offset, lengthBytes });
      if (!next) return undefined;
      ({ session, offset } = next);
      this.#session = session;
    }
    return session;
  }

  #chunkLength(session: UploadSession, offset: number): number {
    const rest = this.#source.sizeBytes - offset;
    if (this.#mode !== 'chunked') return rest;
    return Math.min(rest, Math.max(this.#chunkBytes, session.chunkMinBytes));
  }

  #patch(session: UploadSession, offset: number, lengthBytes: number): Promise<PatchAnswer> {
    const ranged = this.#mode === 'chunked' || offset > 0;
    const body = this.#body(offset, lengthBytes);
    return patchSession(this.#client, session, { body, offset, lengthBytes, ranged, signal: this.#options.signal });
  }

  /** Where to go on after a PATCH; undefined to start over. */
  async #next(
    answer: PatchAnswer | undefined,
    sent: { readonly session: UploadSession; readonly offset: number; readonly lengthBytes: number },
  ): Promise<{ session: UploadSession; offset: number } | undefined> {
    if (answer?.kind === 'accepted') return this.#accepted(answer, sent);
    if (answer?.kind === 'gone') return undefined;
    if (answer?.kind === 'too-large' || (answer?.kind === 'out-of-order' && sent.offset === 0)) {
      this.#shrink();
      return undefined;
    }
    if (answer) await this.#pause(undefined);
    const found = await this.#passing(() => querySession(this.#client, sent.session));
    if (!found || found.offset > this.#hashedBytes || found.offset > sent.offset + sent.lengthBytes) return undefined;
    return this.#reached(found);
  }

  async #accepted(
    answer: PatchAnswer & { readonly kind: 'accepted' },
    sent: { readonly offset: number; readonly lengthBytes: number },
  ): Promise<{ session: UploadSession; offset: number } | undefined> {
    const end = sent.offset + sent.lengthBytes;
    const { session, receivedBytes = end } = answer;
    if (receivedBytes > end || receivedBytes < sent.offset) return undefined;
    if (receivedBytes === sent.offset) await this.#pause(undefined);
    return this.#reached({ session, offset: receivedBytes });
  }

  #reached(place: { session: UploadSession; offset: number }): { session: UploadSession; offset: number } {
    if (place.offset >= this.#highWater + PROGRESS_BYTES || place.offset === this.#source.sizeBytes)
      this.#budget.progress();
    this.#highWater = Math.max(this.#highWater, place.offset);
    return place;
  }

  /** After 413 or 416: chunks, then smaller ones. */
  #shrink(): void {
    if (this.#mode === 'chunked') this.#chunkBytes = Math.max(64 * 1024, Math.floor(this.#chunkBytes / 4));
    this.#mode = 'chunked';
    this.#chunkBytes = Math.min(this.#chunkBytes, SMALL_CHUNK_BYTES);
  }

  async #finish(session: UploadSession, digest: Digest): Promise<{ digest: Digest } | undefined> {
    for (;;) {
      const outcome = await this.#passing(() =>
        finishSession(this.#client, session, { digest, signal: this.#options.signal }),
      );
      if (outcome === 'stored' || (await this.#isThere(digest))) return { digest };
      if (outcome !== undefined) return undefined;
    }
  }

  async #isThere(digest: Digest): Promise<boolean> {
    return (await blobSize(this.#client, digest)) === this.#source.sizeBytes;
  }

  async #mayCommit(digest: Digest): Promise<boolean> {
    const { commit } = this.#options;
    this.#agreed ||= commit === undefined || (await commit(digest));
    return this.#agreed;
  }

  /** Digest of all bytes read, checked against the one expected. */
  #finalDigest(): Digest {
    const algorithm = this.#options.digest?.startsWith('sha512:') ? 'sha512' : 'sha256';
    this.#final ??= `${algorithm}:${this.#hash.digest('hex')}`;
    const { digest } = this.#options;
    if (digest === undefined || digest === this.#final) return this.#final;
    throw new RegistryError('REGISTRY_SOURCE_CHANGED', `the bytes to push have not the digest ${digest}`, {
      hint: 'repeat when nothing else writes to the file',
    });
  }

  #body(offset: number, lengthBytes: number): StreamBody {
    return { sizeBytes: lengthBytes, open: () => this.#slice(offset, lengthBytes) };
  }

  async *#slice(offset: number, lengthBytes: number): AsyncGenerator<Uint8Array, void> {
    let at = offset;
    for await (const part of this.#reader.slice(offset, offset + lengthBytes)) {
      if (at + part.length > this.#hashedBytes) {
        this.#hash.update(part.subarray(this.#hashedBytes - at));
        this.#hashedBytes = at + part.length;
      }
      at += part.length;
      yield part;
      this.#options.onBytes?.(at, this.#source.sizeBytes);
    }
  }

  /** Runs a request that must not simply be repeated; undefined when its outcome is unknown. */
  async #passing<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (error) {
      const passing = isPassingNetworkError(error);
      if (!passing && !(error instanceof RegistryError && PASSING_CODES.has(error.code))) throw error;
      await this.#pause(error);
      return undefined;
    }
  }

  async #pause(cause: unknown): Promise<void> {
    const delayMs = this.#budget.failed();
    if (delayMs === undefined)
      throw new RegistryError('REGISTRY_UPLOAD_FAILED', `${this.#client.reference.registry} did not take the blob`, {
        hint: 'repeat; see the cause for the last answer of the registry',
        cause,
      });
    await this.#client.options.clock.sleep(delayMs, this.#options.signal);
  }
}

const PASSING_CODES: ReadonlySet<string> = new Set(['REGISTRY_UNAVAILABLE', 'REGISTRY_RATE_LIMITED']);
