// SPDX-License-Identifier: Apache-2.0
// Reading blobs of a registry: presence, ranges, and whole streams that go on after a broken connection and are
// checked against size and digest.

import { RetryBudget } from '../../net/retry.ts';
import { createHash, type Hash } from 'node:crypto';
import { counted } from '../../base/text.ts';
import { digestHex, type Digest } from '../../base/bytes.ts';
import type { HttpResponse } from '../../net/response.ts';
import { isPassingNetworkError } from '../../net/errors.ts';
import type { RegistryClient } from './client.ts';
import { RegistryError } from '../errors.ts';
import { formatPlace } from '../reference.ts';
import type { ByteRange, ReadBlobOptions } from '../oci.ts';

/** A range inside the first bytes is read from an unrestricted answer too; beyond that the answer is dropped. */
const SKIP_BYTES = 256 * 1024;
/** A connection that brought this much counts as progress, so that later failures are counted anew. */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * Size of a blob; undefined when the registry does not say that it has it. HEAD is only a hint: services that answer
 * 405 or redirect in circles count as "not there".
 * @throws RegistryError by status; NetworkError
 */
export async function blobSize(client: RegistryClient, digest: Digest): Promise<number | undefined> {
  const response = await client.send({ method: 'HEAD', at: `blobs/${digest}`, expect: [200, 400, 404, 405] });
  await response.discard();
  return response.status === 200 ? response.contentLength() : undefined;
}

/** A hash for a digest's algorithm. */
export function hashFor(digest: Digest): Hash {
  return createHash(digest.slice(0, digest.indexOf(':')));
}

/** The error for bytes that are not those of the digest. */
export function digestMismatch(digest: Digest, place: string): RegistryError {
  return new RegistryError('REGISTRY_DIGEST_MISMATCH', `the blob ${digest} of ${place} has other content`);
}

/** The error for a blob of another size than its descriptor says. */
export function sizeMismatch(digest: Digest, place: string, sizes: { got: number; wanted: number }): RegistryError {
  return new RegistryError(
    'REGISTRY_SIZE_MISMATCH',
    `the blob ${digest} of ${place} has ${counted(sizes.got, 'byte')} and should have ${sizes.wanted}`,
  );
}

/**
 * Streams a blob: all of it, resumed and checked, or one range.
 * @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH, REGISTRY_RANGE_IGNORED and by status;
 * NetworkError when repetition did not help
 */
export async function* readBlob(
  client: RegistryClient,
  digest: Digest,
  options: ReadBlobOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const { range, sizeBytes, onBytes } = options;
  const reader = new BlobReader(client, digest, sizeBytes);
  if (range) {
    yield* reader.range(range);
    return;
  }
  const hash = hashFor(digest);
  for await (const chunk of reader.whole()) {
    hash.update(chunk);
    onBytes?.(reader.at, reader.total);
    yield chunk;
  }
  if (hash.digest('hex') !== digestHex(digest)) throw digestMismatch(digest, formatPlace(client.reference));
}

/** One blob being read; `at` is how far it has come. */
class BlobReader {
  at = 0;
  total: number | undefined;
  readonly #client: RegistryClient;
  readonly #digest: Digest;
  #budget: RetryBudget | undefined;

  constructor(client: RegistryClient, digest: Digest, sizeBytes: number | undefined) {
    this.#client = client;
    this.#digest = digest;
    this.total = sizeBytes;
  }

  whole(): AsyncGenerator<Uint8Array, void> {
    return this.#until(undefined);
  }

  range({ offset, lengthBytes }: ByteRange): AsyncGenerator<Uint8Array, void> {
    this.at = offset;
    return this.#until(offset + lengthBytes);
  }

  /** Goes on after passing failures, up to `end` or the end of the blob; one of unknown size ends with its answer. */
  async *#until(end: number | undefined): AsyncGenerator<Uint8Array, void> {
    while (this.at < (end ?? this.total ?? Infinity)) {
      const before = this.at;
      try {
        yield* this.#rest(end);
        const wanted = end ?? this.total;
        if (wanted === undefined) return;
        if (this.at < wanted) await this.#pause(before, this.#short(wanted));
      } catch (error) {
        if (!isPassingNetworkError(error)) throw error;
        await this.#pause(before, error);
      }
    }
  }

  /** Waits before the next try, or passes the failure on when it is time to give up. */
  async #pause(before: number, error: unknown): Promise<void> {
    const { retry, clock } = this.#client.options;
    this.#budget ??= new RetryBudget(retry, clock);
    if (this.at >= before + PROGRESS_BYTES) this.#budget.progress();
    const delayMs = this.#budget.failed();
    if (delayMs === undefined) throw error;
    await clock.sleep(delayMs);
  }

  #short(wanted: number): RegistryError {
    return sizeMismatch(this.#digest, formatPlace(this.#client.reference), { got: this.at, wanted });
  }

  /** Bytes from `at` to `end` (or the end of the blob) out of one answer. */
  async *#rest(end: number | undefined): AsyncGenerator<Uint8Array, void> {
    const response = await this.#request(end);
    const from = this.#startOf(response, end);
    let skip = this.at - from;
    for await (const chunk of response.stream()) {
      const useful = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
      skip -= chunk.length - useful.length;
      const limit = end ?? this.total;
      if (end === undefined && this.total !== undefined && this.at + useful.length > this.total)
        throw sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
          got: this.at + useful.length,
          wanted: this.total,
        });
      const taken = limit === undefined ? useful : useful.subarray(0, Math.max(0, limit - this.at));
      this.at += taken.length;
      if (taken.length > 0) yield taken;
      if (end !== undefined && this.at >= end) return;
    }
  }

  #request(end: number | undefined): Promise<HttpResponse> {
    const ranged = this.at > 0 || end !== undefined;
    const last = end === undefined ? '' : end - 1;
    return this.#client.send({
      method: 'GET',
      at: `blobs/${this.#digest}`,
      headers: ranged ? { range: `bytes=${this.at}-${last}` } : {},
      expect: ranged ? [200, 206] : [200],
    });
  }

  /** Offset in the blob of the answer's first byte, checked. */
  #startOf(response: HttpResponse, end: number | undefined): number {
    if (response.status === 206) return this.#partialStart(response, end);
    const size = response.contentLength();
    if (end !== undefined && end > SKIP_BYTES) {
      response.close();
      throw new RegistryError('REGISTRY_RANGE_IGNORED', `${formatPlace(this.#client.reference)} ignores Range`);
    }
    if (end === undefined && size !== undefined) this.#expectTotal(size, response);
    return 0;
  }

  #partialStart(response: HttpResponse, end: number | undefined): number {
    const match = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/.exec(response.header('content-range') ?? '');
    const [first, last] = [Number(match?.[1]), Number(match?.[2])];
    if (!match || first !== this.at || last < first || (end !== undefined && last >= end)) {
      response.close();
      throw new RegistryError('REGISTRY_ANSWER_INVALID', `${formatPlace(this.#client.reference)} sent another range`, {
        hint: 'do not use this content; report it to the operator of the registry',
      });
    }
    if (match[3] !== '*' && end === undefined) this.#expectTotal(Number(match[3]), response);
    return first;
  }

  #expectTotal(size: number, response: HttpResponse): void {
    if (this.total === undefined) this.total = size;
    if (this.total === size) return;
    response.close();
    throw sizeMismatch(this.#digest, formatPlace(this.#client.reference), { got: size, wanted: this.total });
  }
}
