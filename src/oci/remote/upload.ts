// SPDX-License-Identifier: Apache-2.0
// Uploading one blob, as upload-mode.ts decides; going on after failures where the registry can, starting over where it
// cannot (distribution 2.8 gives up a session that is cut inside a request).

import { RetryBudget } from '../../net/retry.ts';
import { counted } from '../../base/text.ts';
import type { Digest } from '../../base/bytes.ts';
import type { StreamBody } from '../../net/response.ts';
import { isPassingNetworkError } from '../../net/errors.ts';
import { blobSize } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import { RegistryError } from '../errors.ts';
import type { BlobSource, PushBlobOptions } from '../oci.ts';
import {
  cancelSession,
  finishSession,
  openSession,
  type PatchAnswer,
  patchSession,
  querySession,
  type SentChunk,
  UploadMode,
  type UploadSession,
} from './upload-session.ts';
import { UploadSource } from './upload-source.ts';

const PROGRESS_BYTES = 1024 * 1024;

/** What is uploaded under which condition. */
export interface UploadOptions extends PushBlobOptions {
  /** Digest of the source if known; the bytes are checked against it before anything is published. */
  readonly digest?: Digest;
  /** Asked once before the blob is published. */
  readonly commit?: (digest: Digest) => Promise<boolean>;
  readonly session?: UploadSession;
}

/** A PATCH as it was sent. */
interface Sent extends SentChunk {
  readonly session: UploadSession;
  readonly offset: number;
}

/** How far a session has come. */
interface Reached {
  readonly session: UploadSession;
  readonly offset: number;
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
  readonly #source: UploadSource;
  readonly #options: UploadOptions;
  readonly #budget: RetryBudget;
  readonly #mode: UploadMode;
  /** Why the last session was lost, as far as that is known. */
  #trouble: RegistryError | undefined;
  /** Most bytes that the registry ever had: going beyond it is progress. */
  #highWater = 0;
  #agreed = false;
  #session: UploadSession | undefined;

  constructor(client: RegistryClient, source: BlobSource, options: UploadOptions) {
    const { upload: preference, retry, clock } = client.options;
    this.#client = client;
    this.#source = new UploadSource(source, options.digest);
    this.#options = options;
    this.#session = options.session;
    this.#budget = new RetryBudget(retry, clock);
    const about = { registry: client.reference.registry, sizeBytes: source.sizeBytes };
    this.#mode = new UploadMode({ ...about, digestKnown: options.digest !== undefined, preference });
  }

  async run(): Promise<Digest | undefined> {
    try {
      for (;;) {
        const { rangesRefused } = this.#mode;
        const done = await this.#attempt();
        if (done) return done.digest;
        const abandoned = this.#session;
        this.#session = undefined;
        if (this.#mode.rangesRefused && !rangesRefused) await this.#startWhole(abandoned);
        else await this.#pause(this.#trouble);
      }
    } catch (error) {
      if (this.#session) await cancelSession(this.#client, this.#session);
      throw error;
    } finally {
      await this.#source.close();
    }
  }

  /** Ranges were refused just now, which is no failure: the other mode has all its tries. */
  async #startWhole(abandoned: UploadSession | undefined): Promise<void> {
    this.#budget.progress();
    if (abandoned) await cancelSession(this.#client, abandoned);
  }

  /** One session from start to end; undefined when it was lost and another one is needed. */
  async #attempt(): Promise<{ digest: Digest | undefined } | undefined> {
    this.#trouble = undefined;
    const opened = this.#session ?? (await openSession(this.#client));
    if (opened === 'mounted') return undefined;
    this.#session = opened;
    if (this.#mode.current === 'monolithic' && this.#options.digest)
      return this.#putWhole(opened, this.#options.digest);
    const sent = await this.#sendAll(opened);
    if (!sent) return undefined;
    this.#session = sent;
    const digest = this.#source.digest();
    if (!(await this.#mayCommit(digest))) {
      await cancelSession(this.#client, sent);
      return { digest: undefined };
    }
    return this.#finish(sent, digest);
  }

  async #putWhole(session: UploadSession, digest: Digest): Promise<{ digest: Digest } | undefined> {
    const body = this.#body(0, this.#source.sizeBytes);
    this.#source.sentTo = 0;
    const outcome = await this.#passing(() =>
      finishSession(this.#client, session, { digest, body, signal: this.#options.signal }),
    ).catch((error: unknown) => {
      if (this.#source.isRead) this.#source.digest();
      throw error;
    });
    if (outcome === 'too-large') this.#mode.tooLarge();
    const early = outcome === 'stored' && this.#isBeyondSent(this.#source.sizeBytes);
    if (outcome !== 'stored' || early) return (await this.#isThere(digest)) ? { digest } : undefined;
    return { digest: this.#source.digest() };
  }

  /** Sends every byte by PATCH; the session to finish, or undefined when it was lost. */
  async #sendAll(opened: UploadSession): Promise<UploadSession | undefined> {
    let session = opened;
    let offset = 0;
    let trial = this.#mode.untried;
    while (offset < this.#source.sizeBytes) {
      if (offset > 0 && this.#mode.rangesRefused) return undefined;
      const minimumBytes = session.chunkMinBytes;
      const lengthBytes = this.#mode.chunkLength(this.#source.sizeBytes - offset, minimumBytes);
      const sent: Sent = { session, offset, lengthBytes, minimumBytes, trial };
      const answer = await this.#passing(() => this.#patch(sent));
      const next = await this.#next(answer, sent);
      if (!next) return undefined;
      trial = false;
      ({ session, offset } = next);
      this.#session = session;
    }
    return session;
  }

  #patch({ session, offset, lengthBytes, trial }: Sent): Promise<PatchAnswer> {
    const ranged = this.#mode.current === 'chunked' || offset > 0;
    const body = this.#body(offset, lengthBytes);
    this.#source.sentTo = offset;
    const { signal } = this.#options;
    return patchSession(this.#client, session, { body, offset, lengthBytes, ranged, trial, signal });
  }

  /** Where to go on after a PATCH; undefined to start over. */
  async #next(answer: PatchAnswer | undefined, sent: Sent): Promise<Reached | undefined> {
    if (answer?.kind === 'accepted') return this.#accepted(answer, sent);
    if (this.#startsOver(answer, sent)) return undefined;
    if (answer) await this.#pause(undefined);
    const found = await this.#passing(() => querySession(this.#client, sent.session));
    if (!found || this.#isBeyondSent(found.offset)) return undefined;
    return this.#reached(found);
  }

  /** True after a refusal that ends the session; the next one is sent as the mode has it by then. */
  #startsOver(answer: PatchAnswer | undefined, sent: Sent): boolean {
    if (answer?.kind === 'gone') this.#mode.lost(sent);
    else if (answer?.kind === 'refused') this.#mode.refused();
    else if (answer?.kind === 'too-large') this.#mode.tooLarge();
    else if (answer?.kind === 'out-of-order' && sent.offset === 0) this.#mode.outOfOrder(sent);
    else return false;
    return true;
  }

  async #accepted(answer: PatchAnswer & { readonly kind: 'accepted' }, sent: Sent): Promise<Reached | undefined> {
    const end = sent.offset + sent.lengthBytes;
    const { session, receivedBytes = end } = answer;
    if (receivedBytes === 1 && end > 1) return this.#ask(session, sent);
    if (this.#isBeyondSent(receivedBytes) || receivedBytes < sent.offset) return undefined;
    this.#mode.accepted();
    if (receivedBytes === sent.offset) await this.#pause(undefined);
    return this.#reached({ session, offset: receivedBytes });
  }

  /**
   * After `Range: 0-0`, which is what registries send for nothing too, and some whatever they have. Bytes sent whole are
   * believed to be there: the digest that the upload ends with would show it.
   */
  async #ask(session: UploadSession, sent: Sent): Promise<Reached | undefined> {
    const end = sent.offset + sent.lengthBytes;
    const found = await this.#passing(() => querySession(this.#client, session));
    if (found && this.#isBeyondSent(found.offset)) return undefined;
    if (found && found.offset > sent.offset) {
      this.#mode.accepted();
      return this.#reached(found);
    }
    if (sent.trial) this.#mode.refused();
    if (sent.trial || sent.offset > 0 || this.#mode.current !== 'stream') return undefined;
    return this.#isBeyondSent(end) ? undefined : this.#reached({ session, offset: end });
  }

  /** True when a registry counts bytes that were not sent, as one does that answers before it has read the request. */
  #isBeyondSent(offset: number): boolean {
    const { sentTo } = this.#source;
    if (offset <= sentTo) return false;
    const { registry } = this.#client.reference;
    const sent = counted(sentTo, 'byte');
    this.#trouble = new RegistryError(
      'REGISTRY_ANSWER_INVALID',
      `${registry} took ${offset} bytes when ${sent} were sent`,
      {
        hint: 'check whether a proxy answers in the place of the registry',
      },
    );
    return true;
  }

  #reached(place: Reached): Reached {
    const { sizeBytes } = this.#source;
    if (place.offset >= Math.min(this.#highWater + PROGRESS_BYTES, sizeBytes) && this.#highWater < sizeBytes)
      this.#budget.progress();
    this.#highWater = Math.max(this.#highWater, place.offset);
    return place;
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

  #body(offset: number, lengthBytes: number): StreamBody {
    return { sizeBytes: lengthBytes, open: () => this.#slice(offset, lengthBytes) };
  }

  async *#slice(offset: number, lengthBytes: number): AsyncGenerator<Uint8Array, void> {
    for await (const part of this.#source.slice(offset, offset + lengthBytes)) {
      const { sentTo, sizeBytes } = this.#source;
      yield part;
      this.#options.onBytes?.(sentTo, sizeBytes);
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
