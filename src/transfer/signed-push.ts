// SPDX-License-Identifier: Apache-2.0
// One attempt to send an image that gets a layer on the way: its bytes in order, the verdict about the new image, and the
// layer in the file once the image is published.

import type { ImageVerdict } from '../policy/verdict.ts';
import { CountersignError } from '../base/errors.ts';
import { NetworkError } from '../net/errors.ts';
import { RegistryError } from '../oci/errors.ts';
import { type PublishedSif, pushSif } from './send-sif.ts';
import type { BlobSource, Repository } from '../oci/oci.ts';
import type { ObjectDigests } from '../sif/integrity.ts';
import { openSif, type SifImage } from '../sif/sif.ts';
import type { ImageLock } from '../sif/edit/lock.ts';
import { type Reservation, reservedSource } from '../sif/edit/reserve.ts';
import type { FileSource } from '../sif/source.ts';
import { appendObjects, type NewObject } from '../sif/edit/append.ts';
import type { Published, PublishRequest } from './publish.ts';
import { bundlesOfLane, type LeftOut } from '../stage/bundles.ts';
import { examineSif } from '../image/sif/examine.ts';
import type { StageRequest, StageResult } from '../stage/stage.ts';
import { assertUnchanged, fileChunks, StreamedDigests } from './file-stream.ts';
import { type Criteria, judgeImage } from '../image/verify.ts';

/** A file that is signed while it is published. */
export interface SignedPublishRequest extends PublishRequest {
  /** Nothing is replaced, and the earlier stages are always asked for. */
  readonly stage: Omit<StageRequest, 'replace' | 'dryRun' | 'verifyPrevious'>;
  /** Trusts whoever signs here, if there is no policy. */
  readonly signingCriteria: Criteria;
}

/** What the file has now, or why it has not. */
interface FileChange {
  readonly where: readonly string[];
  readonly remarks: readonly string[];
  /** Set when the path does not name the file that was sent, as it was sent. */
  readonly failure?: unknown;
}

const NO_CHANGE: FileChange = { where: [], remarks: [] };

/** The error, and whether the file has its layer: needed by whoever repeats the command. */
function withFileChange(error: unknown, { where, remarks }: FileChange, name: string): unknown {
  const about = where.length > 0 ? [`${name} has its layer (${where.join(', ')})`, ...remarks] : remarks;
  const isOurs = error instanceof RegistryError || error instanceof NetworkError;
  return isOurs && about.length > 0 ? error.about(about.join('; ')) : error;
}

/** What is published is right, and what is at the path is something else. */
function fileLost(cause: unknown, remarks: readonly string[], place: string): RegistryError {
  return new RegistryError(
    'REGISTRY_SOURCE_CHANGED',
    `${place} has the image and its tags, and ${remarks.join('; ')}`,
    {
      hint: 'pull the image and use that file: what is at the path is not what was published',
      cause,
    },
  );
}

async function drained(chunks: AsyncIterator<unknown>): Promise<void> {
  while ((await chunks.next()).done !== true);
}

/** An image as it is sent. */
export interface SignedImage {
  readonly result: StageResult;
  /** None when the layer is there already. */
  readonly objects: readonly NewObject[];
  /** Their data as it stands in the image. */
  readonly tail: Uint8Array;
  readonly digests: ObjectDigests;
}

/** What is sent. */
export interface SignedPushParts {
  readonly request: SignedPublishRequest;
  readonly file: FileSource;
  readonly image: SifImage;
  /** Of the file. */
  readonly lock: ImageLock;
  readonly reservation: Reservation;
}

/** One attempt to send an image that gets a layer on the way. */
export class SignedPush {
  readonly #parts: SignedPushParts;
  readonly #streamed: StreamedDigests;
  readonly #signed: Promise<SignedImage>;

  /** `sign` is called at once and has to ask for digests; these are there when the last byte of the file has passed. */
  constructor(parts: SignedPushParts, sign: (streamed: StreamedDigests) => Promise<SignedImage>) {
    this.#parts = parts;
    this.#streamed = new StreamedDigests(parts.image);
    this.#signed = sign(this.#streamed);
    this.#signed.catch((error: unknown) => this.#streamed.fail(error));
  }

  /** @throws whatever `sign` throws; RegistryError, NetworkError, SystemError */
  async run(repository: Repository): Promise<Published & { readonly signing: StageResult }> {
    const { request } = this.#parts;
    let leftOut: readonly LeftOut[] = [];
    let verdict: ImageVerdict | undefined;
    let kept: FileChange | undefined;
    let sif: PublishedSif | undefined;
    try {
      sif = await pushSif(repository, {
        title: request.title,
        tags: request.tags,
        source: await this.#source(),
        admit: async () => {
          const checked = await this.#check();
          ({ leftOut, verdict } = checked);
          return verdict === undefined || verdict.verdict === 'passed' ? checked.bundles : undefined;
        },
        confirm: () => assertUnchanged(this.#parts.file),
        // With the first tag the layer is public, and the file gets it, whatever becomes of the other tags.
        tagged: async () => {
          kept ??= await this.#addToFile();
        },
        ...(request.onBytes ? { onBytes: request.onBytes } : {}),
      });
    } catch (error) {
      throw kept ? withFileChange(error, kept, request.name) : error;
    } finally {
      this.#streamed.fail(new Error('the upload ended early'));
      await this.#signed.catch(() => undefined);
    }
    const { result } = await this.#signed;
    const { where, remarks, failure } = kept ?? NO_CHANGE;
    if (failure !== undefined) throw fileLost(failure, remarks, repository.name);
    return { sif, verdict, leftOut, signing: { ...result, where, remarks: [...result.remarks, ...remarks] } };
  }

  /** The new image from its first byte on. */
  async #source(): Promise<BlobSource> {
    const { file, reservation } = this.#parts;
    const { head, oldHead, dataFrom, dataEnd, sizeBytes } = reservation;
    const hasher = await this.#streamed.hasher;
    const pass = (at: number, bytes: Uint8Array): void => hasher.update(at, bytes);
    const signed = this.#signed;
    return {
      sizeBytes,
      async *open(offset) {
        if (offset < head.length) {
          pass(0, oldHead);
          yield head.subarray(offset);
        }
        const from = Math.max(offset, head.length);
        if (from < dataFrom) yield* fileChunks(file, { from, to: dataFrom }, pass);
        // What lies behind the last object is partly overwritten, yet part of the file that is signed.
        if (offset < dataEnd) {
          await drained(fileChunks(file, { from: dataFrom, to: file.sizeBytes }, pass));
          const { tail } = await signed;
          yield tail.subarray(Math.max(0, offset - dataFrom));
        }
        const rest = Math.max(offset, dataEnd);
        if (rest < sizeBytes) yield* fileChunks(file, { from: rest, to: sizeBytes }, () => undefined);
      },
    };
  }

  /** Judges the image that was sent as any verifier would, data digests aside, which are those of this very stream. */
  async #check() {
    const { request, file, reservation } = this.#parts;
    await this.#streamed.ended();
    const { tail, digests, result } = await this.#signed;
    const image = await openSif(reservedSource(file, reservation, tail));
    const { verifier, now } = request.criteria ?? request.signingCriteria;
    const examination = await examineSif(image, { name: request.name, verifier, now, hash: async () => digests });
    const layer = examination.facts.layers.find(({ digest }) => digest === result.digest);
    if (!layer || layer.contradicted) throw new Error('the layer that was just signed is not in the image');
    await this.#streamed.assertPassed(examination.objects);
    await assertUnchanged(file);
    const verdict = request.criteria ? judgeImage(examination, request.criteria) : undefined;
    return { verdict, ...bundlesOfLane(examination.objects) };
  }

  /** Gives the file what was published. The registry has the layer by now, so that failing here loses nothing. */
  async #addToFile(): Promise<FileChange> {
    const { request, file, image, reservation, lock } = this.#parts;
    const { objects, digests } = await this.#signed;
    if (objects.length === 0) return NO_CHANGE;
    try {
      await assertUnchanged(file);
      const { time } = reservation;
      const options = { now: request.stage.now, time, lock, expected: image, expectedDigests: digests };
      const ids = await appendObjects(lock.path, objects, options);
      return { where: ids.map((id) => `object ${id}`), remarks: [] };
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      const asSent = await assertUnchanged(file).then(
        () => true,
        () => false,
      );
      return {
        ...(asSent ? {} : { failure: error }),
        where: [],
        remarks: [`the layer was published but not added to ${request.name}: ${error.message}; pull the image instead`],
      };
    }
  }
}
