// SPDX-License-Identifier: Apache-2.0
// How the bytes of a blob are sent: in one PUT, as one PATCH stream, or in chunks with Content-Range, and what to change
// when the registry refuses. Not every registry takes ranges; one that refuses the very first gets the blob whole.

import type { UploadPreference } from './client.ts';

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
