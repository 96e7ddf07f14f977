// SPDX-License-Identifier: Apache-2.0
// Sending a blob by PATCH, as a stream or in chunks: the requests, what their answers say, and the mode of sending, which
// follows what the registry takes. Sessions, repetition and the end of an upload are in upload.ts.

import type { HttpResponse, StreamBody } from '../../net/response.ts';
import type { RegistryClient } from './client.ts';
import { BINARY, sessionOf, type UploadSession, type UploadSource } from './upload-session.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 64 * MIB;
/** ghcr.io answers 416 to a PATCH with Content-Range of 4 MiB or more. */
const SMALL_CHUNK_BYTES = 4 * MIB - 64 * 1024;
const LEAST_CHUNK_BYTES = 64 * 1024;
/** A first range that is answered 404 may have met a lost session; the second time it is the range. */
const LOST_TRIALS = 2;
/** How registries answer a PATCH whose Content-Range they do not know what to do with. */
const NO_RANGES = [400, 405, 501] as const;
const PROGRESS_BYTES = MIB;

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

/** A part of a blob as a PATCH sends it. */
interface Chunk {
  readonly body: StreamBody;
  readonly offset: number;
  readonly lengthBytes: number;
  /** Say with Content-Range which bytes these are. */
  readonly ranged: boolean;
  /** Whether the registry takes ranges at all is not known yet. */
  readonly trial: boolean;
}

/** Appends bytes to a session. @throws RegistryError by status; NetworkError */
async function patchSession(client: RegistryClient, session: UploadSession, chunk: Chunk): Promise<PatchAnswer> {
  const { offset, lengthBytes, body, ranged, trial } = chunk;
  const response = await client.send({
    method: 'PATCH',
    at: session.location,
    headers: { ...BINARY, ...(ranged ? { 'content-range': `${offset}-${offset + lengthBytes - 1}` } : {}) },
    body,
    expect: [200, 201, 202, 204, 404, 413, 416, ...(trial ? NO_RANGES : [])],
    repeatable: false,
  });
  await response.discard();
  if (response.status === 413) return { kind: 'too-large' };
  if (response.status === 416) return { kind: 'out-of-order' };
  if (response.status === 404) return { kind: 'gone' };
  if (response.status >= 400) return { kind: 'refused' };
  return { kind: 'accepted', session: sessionOf(response, session), receivedBytes: receivedOf(response) };
}

/** Where a session stands; undefined when it is gone or the registry does not say. @throws NetworkError */
async function querySession(
  client: RegistryClient,
  session: UploadSession,
): Promise<{ readonly session: UploadSession; readonly offset: number } | undefined> {
  const expect = [200, 202, 204, 400, 404, 405, 416];
  const response = await client.send({ method: 'GET', at: session.location, expect });
  await response.discard();
  if (response.status >= 400) return undefined;
  const received = receivedOf(response);
  if (received === undefined) return undefined;
  // `0-0` is what registries send for an empty session too, so a single byte cannot be told from none.
  return { session: sessionOf(response, session), offset: received === 1 ? 0 : received };
}

/** Number of bytes that a `Range: 0-LAST` header speaks of; undefined when there is none or it makes no sense. */
function receivedOf(response: HttpResponse): number | undefined {
  const match = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(response.header('range') ?? '');
  return match ? Number(match[1]) + 1 : undefined;
}

/** How a blob is sent: in one PUT, in one PATCH, or in chunks with ranges. */
export type Mode = 'monolithic' | 'stream' | 'chunked';

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
class UploadMode {
  readonly #whole: 'monolithic' | 'stream';
  #current: Mode;
  #chunkBytes: number;
  #ranges: Ranges = 'untried';
  #lostTrials = 0;

  constructor(first: Mode, whole: 'monolithic' | 'stream', chunkBytes: number) {
    this.#current = first;
    this.#whole = whole;
    this.#chunkBytes = chunkBytes;
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

/** The upload that the parts belong to. */
export interface PartedUpload {
  readonly client: RegistryClient;
  readonly source: UploadSource;
  /** The one in use, at the address that its last answer named. */
  session: UploadSession | undefined;
  body(offset: number, lengthBytes: number): StreamBody;
  /** Undefined when the outcome of the request is unknown; then some time has passed. */
  passing<T>(request: () => Promise<T>): Promise<T | undefined>;
  pause(cause: unknown): Promise<void>;
  progress(): void;
  isBeyondSent(offset: number): boolean;
}

/** Sends the parts of one upload, in as many sessions as it takes. */
export class PartsSender {
  readonly mode: UploadMode;
  readonly #upload: PartedUpload;
  /** Most bytes that the registry ever had: going beyond it is progress. */
  #highWater = 0;

  constructor(upload: PartedUpload, first: Mode, whole: 'monolithic' | 'stream') {
    const { reference, options } = upload.client;
    const usual = reference.registry === 'ghcr.io' ? SMALL_CHUNK_BYTES : CHUNK_BYTES;
    this.#upload = upload;
    this.mode = new UploadMode(first, whole, options.upload?.chunkBytes ?? usual);
  }

  /** Sends every byte by PATCH; the session to finish, or undefined when it was lost. */
  async sendAll(opened: UploadSession): Promise<UploadSession | undefined> {
    let session = opened;
    let offset = 0;
    let trial = this.mode.untried;
    while (offset < this.#upload.source.sizeBytes) {
      if (offset > 0 && this.mode.rangesRefused) return undefined;
      const minimumBytes = session.chunkMinBytes;
      const lengthBytes = this.mode.chunkLength(this.#upload.source.sizeBytes - offset, minimumBytes);
      const sent: Sent = { session, offset, lengthBytes, minimumBytes, trial };
      const answer = await this.#upload.passing(() => this.#patch(sent));
      const next = await this.#next(answer, sent);
      if (!next) return undefined;
      trial = false;
      ({ session, offset } = next);
      this.#upload.session = session;
    }
    return session;
  }

  #patch({ session, offset, lengthBytes, trial }: Sent): Promise<PatchAnswer> {
    const ranged = this.mode.current === 'chunked' || offset > 0;
    const body = this.#upload.body(offset, lengthBytes);
    this.#upload.source.sentTo = offset;
    return patchSession(this.#upload.client, session, { body, offset, lengthBytes, ranged, trial });
  }

  /** Where to go on after a PATCH; undefined to start over. */
  async #next(answer: PatchAnswer | undefined, sent: Sent): Promise<Reached | undefined> {
    if (answer?.kind === 'accepted') return this.#accepted(answer, sent);
    if (this.#startsOver(answer, sent)) return undefined;
    if (answer) await this.#upload.pause(undefined);
    const found = await this.#upload.passing(() => querySession(this.#upload.client, sent.session));
    if (!found || this.#upload.isBeyondSent(found.offset)) return undefined;
    return this.#reached(found);
  }

  /** True after a refusal that ends the session; the next one is sent as the mode has it by then. */
  #startsOver(answer: PatchAnswer | undefined, sent: Sent): boolean {
    if (answer?.kind === 'gone') this.mode.lost(sent);
    else if (answer?.kind === 'refused') this.mode.refused();
    else if (answer?.kind === 'too-large') this.mode.tooLarge();
    else if (answer?.kind === 'out-of-order' && sent.offset === 0) this.mode.outOfOrder(sent);
    else return false;
    return true;
  }

  async #accepted(answer: PatchAnswer & { readonly kind: 'accepted' }, sent: Sent): Promise<Reached | undefined> {
    const end = sent.offset + sent.lengthBytes;
    const { session, receivedBytes = end } = answer;
    if (receivedBytes === 1 && end > 1) return this.#ask(session, sent);
    if (this.#upload.isBeyondSent(receivedBytes) || receivedBytes < sent.offset) return undefined;
    this.mode.accepted();
    if (receivedBytes === sent.offset) await this.#upload.pause(undefined);
    return this.#reached({ session, offset: receivedBytes });
  }

  /**
   * After `Range: 0-0`, which is what registries send for nothing too, and some whatever they have. Bytes sent whole are
   * believed to be there: the digest that the upload ends with would show it.
   */
  async #ask(session: UploadSession, sent: Sent): Promise<Reached | undefined> {
    const end = sent.offset + sent.lengthBytes;
    const found = await this.#upload.passing(() => querySession(this.#upload.client, session));
    if (found && this.#upload.isBeyondSent(found.offset)) return undefined;
    if (found && found.offset > sent.offset) {
      this.mode.accepted();
      return this.#reached(found);
    }
    if (sent.trial) this.mode.refused();
    if (sent.trial || sent.offset > 0 || this.mode.current !== 'stream') return undefined;
    return this.#upload.isBeyondSent(end) ? undefined : this.#reached({ session, offset: end });
  }

  #reached(place: Reached): Reached {
    const { sizeBytes } = this.#upload.source;
    if (place.offset >= Math.min(this.#highWater + PROGRESS_BYTES, sizeBytes) && this.#highWater < sizeBytes)
      this.#upload.progress();
    this.#highWater = Math.max(this.#highWater, place.offset);
    return place;
  }
}
