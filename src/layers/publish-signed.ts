// SPDX-License-Identifier: Apache-2.0
// Signing a stage and publishing in one read of the file: room for the layer is reserved, the new image is sent from its
// first byte while the objects are hashed, and the layer is signed when the last one has passed by. The registry gets
// the blob, and the file its layer, only if everything went well. Where the length of the signatures cannot be known
// before, the file is signed first and then pushed: two reads.

import type { ImageVerdict } from '../policy/verdict.ts';
import { CountersignError } from '../primitives/errors.ts';
import { type PublishedSif, pushSif } from '../registry/push.ts';
import type { BlobSource, Repository } from '../registry/repository.ts';
import type { ObjectDigests } from '../sif/hash-blocks.ts';
import { openSif, type SifImage } from '../sif/image.ts';
import { type ImageLock, lockImage } from '../sif/lock.ts';
import { type Reservation, reservedSource, reserveObjects } from '../sif/reserve.ts';
import { type FileSource, openFileSource } from '../sif/source.ts';
import { appendObjects, type NewObject } from '../sif/writer.ts';
import { type Foreseen, foreseeLayer, memoryTarget, objectsOf, type Unforeseen } from './foresee.ts';
import { assertUnchanged, type Published, publishSif, type PublishRequest } from './publish.ts';
import { bundlesOfLane, type LeftOut } from './registry-bundles.ts';
import { examineSif } from './sif-facts.ts';
import { sifFileTarget } from './sif-target.ts';
import { signStage, type StageRequest, type StageResult } from './stage.ts';
import { fileChunks, StreamedDigests } from './streamed.ts';
import type { NewLayer } from './target.ts';
import { type Judge, judgeFacts } from './verify.ts';

export interface SignedPublishRequest extends PublishRequest {
  readonly stage: StageRequest;
  /** Trusts whoever signs here, if there is no policy. */
  readonly signingJudge: Judge;
}

export interface SignedPublished extends Published {
  readonly signing: StageResult;
  /** How often the data of the file was read. */
  readonly reads: 1 | 2;
}

/** How often a layer is signed anew when its native signature came out longer or shorter than foreseen. */
const TRIES = 4;

/**
 * Signs a stage and publishes the image with it; where the layer could not be signed nothing is published.
 * @throws StageError, SifError, SignatureError, RegistryError, NetworkError, SystemError
 */
export async function publishSigned(repository: Repository, request: SignedPublishRequest): Promise<SignedPublished> {
  const once = await inOneRead(repository, request);
  if ('signing' in once) return once;
  const { stage, signingJudge } = request;
  const target = sifFileTarget(request.path);
  const result = await signStage(target, signingJudge, stage);
  const signing = { ...result, remarks: [...result.remarks, `the image was read twice: ${once.why}`] };
  if (signing.outcome === 'refused')
    return { sif: undefined, verdict: signing.verdict, leftOut: [], signing, reads: 2 };
  return { ...(await publishSif(repository, request)), signing, reads: 2 };
}

async function inOneRead(repository: Repository, request: SignedPublishRequest): Promise<SignedPublished | Unforeseen> {
  await using lock = await lockImage(request.path);
  await using file = await openFileSource(lock.path);
  const image = await openSif(file);
  const foreseen = await foreseeLayer(image, request);
  if ('why' in foreseen) return foreseen;
  const reservation = await reserveObjects(image, foreseen.objects, request.stage.now);
  if (!reservation) return { why: 'it has bytes after its last object' };
  const push = new SignedPush({ request, file, image, reservation, laneBytes: foreseen.laneBytes });
  try {
    return await push.run(repository, lock);
  } catch (error) {
    if (error instanceof Otherwise) return error.instead;
    throw error;
  }
}

/** Ends an upload whose image will not be as reserved, or is not to be published. */
class Otherwise extends Error {
  readonly instead: SignedPublished | Unforeseen;

  constructor(instead: SignedPublished | Unforeseen) {
    super('the image is not sent as reserved');
    this.instead = instead;
  }
}

interface Signed {
  readonly result: StageResult;
  readonly objects: readonly NewObject[];
  readonly tail: Uint8Array;
  readonly digests: ObjectDigests;
}

interface SignedPushParts extends Pick<Foreseen, 'laneBytes'> {
  readonly request: SignedPublishRequest;
  readonly file: FileSource;
  readonly image: SifImage;
  readonly reservation: Reservation;
}

/** One attempt to send an image that is signed on the way. */
class SignedPush {
  readonly #parts: SignedPushParts;
  readonly #streamed: StreamedDigests;
  readonly #signed: Promise<Signed>;

  constructor(parts: SignedPushParts) {
    this.#parts = parts;
    this.#streamed = new StreamedDigests(parts.image);
    this.#signed = this.#sign();
    this.#signed.catch((error: unknown) => this.#streamed.fail(error));
  }

  async run(repository: Repository, lock: ImageLock): Promise<SignedPublished> {
    const { request, file } = this.#parts;
    let leftOut: readonly LeftOut[] = [];
    let verdict: ImageVerdict | undefined;
    let sif: PublishedSif | undefined;
    try {
      sif = await pushSif(repository, {
        title: request.title,
        tags: request.tags,
        source: await this.#source(),
        admit: async () => {
          const checked = await this.#check();
          ({ leftOut, verdict } = checked);
          await assertUnchanged(file);
          return verdict === undefined || verdict.verdict === 'passed' ? checked.bundles : undefined;
        },
        ...(request.onBytes ? { onBytes: request.onBytes } : {}),
        ...(request.signal ? { signal: request.signal } : {}),
      });
    } finally {
      this.#streamed.fail(new Error('the upload ended early'));
      await this.#signed.catch(() => undefined);
    }
    const { result } = await this.#signed;
    const kept = sif ? await this.#keep(lock) : { where: [], remarks: [] };
    const signing = { ...result, where: kept.where, remarks: [...result.remarks, ...kept.remarks] };
    return { sif, verdict, leftOut, signing, reads: 1 };
  }

  /** The new image from its first byte on. */
  async #source(): Promise<BlobSource> {
    const { file, reservation } = this.#parts;
    const { head, oldHead, dataFrom, sizeBytes } = reservation;
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
        const { tail } = await signed;
        yield tail.subarray(Math.max(0, offset - dataFrom));
      },
    };
  }

  /** Waits for the digests, then signs until the layer is as long as reserved. */
  async #sign(): Promise<Signed> {
    const { request, image, reservation, laneBytes } = this.#parts;
    const { name, stage, signingJudge } = request;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      let made: { readonly layer: NewLayer; readonly digests: ObjectDigests } | undefined;
      const target = memoryTarget(image, { name, hash: this.#streamed.hash }, (layer, { digests }) => {
        made = { layer, digests };
      });
      const result = await signStage(target, signingJudge, stage);
      if (result.outcome === 'refused')
        throw new Otherwise({ sif: undefined, verdict: result.verdict, leftOut: [], signing: result, reads: 1 });
      const objects = made && objectsOf(made.layer, laneBytes);
      const tail = objects && reservation.fill(objects);
      if (made && objects && tail) return { result, objects, tail, digests: made.digests };
    }
    throw new Otherwise({ why: 'the signatures came out longer than foreseen' });
  }

  /** Judges the image that was sent as any verifier would, data digests aside, which are those of this very stream. */
  async #check() {
    const { request, file, reservation } = this.#parts;
    const { tail, digests, result } = await this.#signed;
    const image = await openSif(reservedSource(file, reservation, tail));
    const { verifier, now } = request.judge ?? request.signingJudge;
    const examination = await examineSif(image, { name: request.name, verifier, now, hash: async () => digests });
    const layer = examination.facts.layers.find(({ digest }) => digest === result.digest);
    if (!layer || layer.contradicted) throw new Error('the layer that was just signed is not in the image');
    const verdict = request.judge ? judgeFacts(examination, request.judge) : undefined;
    return { verdict, ...(await bundlesOfLane(image)) };
  }

  /** Gives the file what was published. The registry has the layer by now, so that failing here loses nothing. */
  async #keep(lock: ImageLock): Promise<{ readonly where: readonly string[]; readonly remarks: readonly string[] }> {
    const { request, file, image, reservation } = this.#parts;
    try {
      await assertUnchanged(file);
      const { objects } = await this.#signed;
      const { time } = reservation;
      const options = { now: request.stage.now, time, lock, expected: image };
      const ids = await appendObjects(lock.path, objects, options);
      return { where: ids.map((id) => `object ${id}`), remarks: [] };
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      return {
        where: [],
        remarks: [`the layer was published but not added to ${request.name}: ${error.message}; pull the image instead`],
      };
    }
  }
}
