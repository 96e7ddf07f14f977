// SPDX-License-Identifier: Apache-2.0
// Uploading one blob: in one PUT, or in the parts that upload-parts.ts sends; going on after failures where the registry can,
// starting over where it cannot (distribution 2.8 gives up a session that is cut inside a request).

import type { Digest } from '../../base/bytes.ts';
import { counted } from '../../base/text.ts';
import { isPassingNetworkError } from '../../net/errors.ts';
import type { StreamBody } from '../../net/response.ts';
import { RetryBudget } from '../../net/retry.ts';
import { RegistryError } from '../errors.ts';
import type { BlobSource, PushBlobOptions } from '../oci.ts';
import { blobSize } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import { type Mode, type PartedUpload, PartsSender } from './upload-parts.ts';
import { cancelSession, finishSession, openSession, type UploadSession, UploadSource } from './upload-session.ts';

/** Beyond this a blob goes in chunks, but to ghcr.io. */
const CHUNKED_FROM_BYTES = 100 * 1024 * 1024;
const PASSING_CODES: ReadonlySet<string> = new Set(['REGISTRY_UNAVAILABLE', 'REGISTRY_RATE_LIMITED']);

/** What is uploaded under which condition. */
export interface UploadOptions extends PushBlobOptions {
  /** Digest of the source if known; the bytes are checked against it before anything is published. */
  readonly digest?: Digest;
  /** Asked once before the blob is published. */
  readonly commit?: (digest: Digest) => Promise<boolean>;
  readonly session?: UploadSession;
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

class BlobUpload implements PartedUpload {
  readonly client: RegistryClient;
  readonly source: UploadSource;
  session: UploadSession | undefined;
  readonly #options: UploadOptions;
  #parts: PartsSender | undefined;
  #budget: RetryBudget | undefined;
  /** Why the last session was lost, as far as that is known. */
  #trouble: RegistryError | undefined;
  #agreed = false;

  constructor(client: RegistryClient, source: BlobSource, options: UploadOptions) {
    this.client = client;
    this.source = new UploadSource(source, options.digest);
    this.session = options.session;
    this.#options = options;
  }

  async run(): Promise<Digest | undefined> {
    try {
      for (;;) {
        const rangesRefused = this.#parts?.mode.rangesRefused;
        const done = await this.#attempt();
        if (done) return done.digest;
        const abandoned = this.session;
        this.session = undefined;
        if (this.#parts?.mode.rangesRefused && !rangesRefused) await this.#startWhole(abandoned);
        else await this.pause(this.#trouble);
      }
    } catch (error) {
      if (this.session) await cancelSession(this.client, this.session);
      throw error;
    } finally {
      await this.source.close();
    }
  }

  /** Ranges were refused just now, which is no failure: the other mode has all its tries. */
  async #startWhole(abandoned: UploadSession | undefined): Promise<void> {
    this.progress();
    if (abandoned) await cancelSession(this.client, abandoned);
  }

  /** One session from start to end; undefined when it was lost and another one is needed. */
  async #attempt(): Promise<{ digest: Digest | undefined } | undefined> {
    this.#trouble = undefined;
    const opened = this.session ?? (await openSession(this.client));
    if (opened === 'mounted') return undefined;
    this.session = opened;
    const mode = this.#parts?.mode.current ?? this.#firstMode();
    if (mode === 'monolithic' && this.#options.digest) return this.#putWhole(opened, this.#options.digest);
    const sent = await this.#inParts().sendAll(opened);
    if (!sent) return undefined;
    this.session = sent;
    const digest = this.source.digest();
    if (!(await this.#mayCommit(digest))) {
      await cancelSession(this.client, sent);
      return { digest: undefined };
    }
    return this.#finish(sent, digest);
  }

  #firstMode(): Mode {
    const { reference, options } = this.client;
    const isLarge = this.source.sizeBytes > CHUNKED_FROM_BYTES && reference.registry !== 'ghcr.io';
    const wanted = options.upload?.mode ?? (isLarge ? 'chunked' : 'monolithic');
    return wanted === 'monolithic' && !this.#options.digest ? 'stream' : wanted;
  }

  #inParts(): PartsSender {
    this.#parts ??= new PartsSender(this, this.#firstMode(), this.#options.digest ? 'monolithic' : 'stream');
    return this.#parts;
  }

  async #putWhole(session: UploadSession, digest: Digest): Promise<{ digest: Digest } | undefined> {
    const { sizeBytes } = this.source;
    const body = this.body(0, sizeBytes);
    this.source.sentTo = 0;
    const outcome = await this.passing(() => finishSession(this.client, session, { digest, body })).catch(
      (error: unknown) => {
        if (this.source.isRead) this.source.digest();
        throw error;
      },
    );
    if (outcome === 'too-large') this.#inParts().mode.tooLarge();
    const early = outcome === 'stored' && this.isBeyondSent(sizeBytes);
    if (outcome !== 'stored' || early) return (await this.#isThere(digest)) ? { digest } : undefined;
    return { digest: this.source.digest() };
  }

  async #finish(session: UploadSession, digest: Digest): Promise<{ digest: Digest } | undefined> {
    for (;;) {
      const outcome = await this.passing(() => finishSession(this.client, session, { digest }));
      if (outcome === 'stored' || (await this.#isThere(digest))) return { digest };
      if (outcome !== undefined) return undefined;
    }
  }

  async #isThere(digest: Digest): Promise<boolean> {
    return (await blobSize(this.client, digest)) === this.source.sizeBytes;
  }

  async #mayCommit(digest: Digest): Promise<boolean> {
    const { commit } = this.#options;
    this.#agreed ||= commit === undefined || (await commit(digest));
    return this.#agreed;
  }

  /** Bytes of the source as a request sends them, told of while they leave. */
  body(offset: number, lengthBytes: number): StreamBody {
    return { sizeBytes: lengthBytes, open: () => this.#slice(offset, lengthBytes) };
  }

  async *#slice(offset: number, lengthBytes: number): AsyncGenerator<Uint8Array, void> {
    for await (const part of this.source.slice(offset, offset + lengthBytes)) {
      const { sentTo, sizeBytes } = this.source;
      yield part;
      this.#options.onBytes?.(sentTo, sizeBytes);
    }
  }

  /** True when a registry counts bytes that were not sent, as one does that answers before it has read the request. */
  isBeyondSent(offset: number): boolean {
    const { sentTo } = this.source;
    if (offset <= sentTo) return false;
    const { registry } = this.client.reference;
    const what = `${registry} took ${offset} bytes when ${counted(sentTo, 'byte')} were sent`;
    this.#trouble = new RegistryError('REGISTRY_ANSWER_INVALID', what, {
      hint: 'check whether a proxy answers in the place of the registry',
    });
    return true;
  }

  /** Runs a request that must not simply be repeated; undefined when its outcome is unknown. */
  async passing<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (error) {
      const passing = isPassingNetworkError(error);
      if (!passing && !(error instanceof RegistryError && PASSING_CODES.has(error.code))) throw error;
      await this.pause(error);
      return undefined;
    }
  }

  /** Failures before this one do not count any more. */
  progress(): void {
    this.#budget?.progress();
  }

  /** Waits before the next try. @throws RegistryError REGISTRY_UPLOAD_FAILED when it is time to give up */
  async pause(cause: unknown): Promise<void> {
    const { reference, options } = this.client;
    this.#budget ??= new RetryBudget(options.retry, options.clock);
    const delayMs = this.#budget.failed();
    if (delayMs === undefined)
      throw new RegistryError('REGISTRY_UPLOAD_FAILED', `${reference.registry} did not take the blob`, { cause });
    await options.clock.sleep(delayMs);
  }
}
