// SPDX-License-Identifier: Apache-2.0
// Signing a stage and publishing in one read of the file. A place of fixed length is reserved for every object of the
// layer, the new image is sent from its first byte while the data is hashed, and the layer is signed when the last byte
// has passed. A layer that does not fit its place is sent with the image once more. The registry gets the blob, and the
// file its layer, only if everything went well.

import { CountersignError } from '../base/errors.ts';
import { hashObjects } from '../sif/hash/hash.ts';
import { openSif, type SifImage } from '../sif/sif.ts';
import { filledUp, laneObject, reservedLaneObject } from '../image/sif/lane.ts';
import { RESERVED_BYTES } from '../image/sif/signature-objects.ts';
import { lockImage } from '../sif/edit/lock.ts';
import type { NewObject } from '../sif/edit/append.ts';
import { reserveObjects } from '../sif/edit/reserve.ts';
import { assertChangeable, openFileSource } from '../sif/source.ts';
import type { Repository } from '../oci/oci.ts';
import { settle } from '../image/verify.ts';
import { examineSif, type ExamineOptions, type SifExamination } from '../image/sif/examine.ts';
import { StageError } from '../stage/errors.ts';
import { planNative, reserveNatives } from '../stage/native.ts';
import { reviewBefore } from '../stage/review.ts';
import { groupsFor, signStage, type StageResult } from '../stage/stage.ts';
import type { NewLayer, StageTarget } from '../stage/target.ts';
import type { StreamedDigests } from './file-stream.ts';
import type { Published } from './publish.ts';
import { type SignedImage, type SignedPublishRequest, SignedPush, type SignedPushParts } from './signed-push.ts';

/** What was signed and published. */
export interface SignedPublished extends Published {
  readonly signing: StageResult;
  /** How often the data of the file was read. */
  readonly reads: 1 | 2;
}

/** A layer that was signed in memory, on an image that is not published yet. */
interface SignedInMemory {
  readonly result: StageResult;
  /** Undefined unless the outcome is `signed`. */
  readonly layer: NewLayer | undefined;
  readonly examination: SifExamination;
}

type Parts = Omit<SignedPushParts, 'reservation'> & { readonly repository: Repository };

/**
 * Signs a stage and publishes the image with it; where the layer could not be signed nothing is published. Holds the lock
 * of the image all the time.
 * @throws StageError, SifError, SignatureError, RegistryError, NetworkError, SystemError
 */
export async function publishSigned(repository: Repository, request: SignedPublishRequest): Promise<SignedPublished> {
  await using lock = await lockImage(request.path);
  await assertChangeable(lock.path);
  await using file = await openFileSource(lock.path);
  const image = await openSif(file);
  const parts = { repository, request, file, image, lock };
  const places = await placesForLayer(image, request);
  const first = places
    ? await sendWithPlaces(parts, places)
    : { signed: await signInMemory(image, request, hashObjects), twice: 'read twice: it depends on its data' };
  if ('sif' in first) return first;
  const { signed, twice } = first;
  if (signed.result.outcome === 'refused')
    return { sif: undefined, verdict: signed.result.verdict, leftOut: [], signing: signed.result, reads: 1 };
  return await sendSigned(parts, signed, `the image was ${twice}`);
}

/**
 * The objects of the layer with places of fixed length for their data; none if the approval seems to be there already.
 * Undefined when it seems that the image may not be signed, which its data decides: then it is read before it is sent.
 */
async function placesForLayer(
  image: SifImage,
  { name, stage, signingCriteria }: SignedPublishRequest,
): Promise<readonly NewObject[] | undefined> {
  const { verifier, now } = signingCriteria;
  const examination = await examineSif(image, { name, verifier, now, data: 'claimed' });
  try {
    const { verdict, present } = reviewBefore(examination, signingCriteria, { ...stage, verifyPrevious: true });
    if (verdict?.verdict === 'failed') return undefined;
    if (present) return [];
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return undefined;
  }
  const groups = groupsFor(examination.facts, signingCriteria.policy?.policy, stage.stage);
  const natives = reserveNatives(examination, { ...stage, groups }, RESERVED_BYTES);
  return natives && [...natives, reservedLaneObject(stage.stage, new Uint8Array(RESERVED_BYTES))];
}

/** Signs the stage on an open image and writes nothing; `hash` gives the digests of its data. @throws as signStage */
async function signInMemory(
  image: SifImage,
  { name, stage, signingCriteria }: SignedPublishRequest,
  hash: NonNullable<ExamineOptions['hash']>,
  nativeBytes?: number,
): Promise<SignedInMemory> {
  let layer: NewLayer | undefined;
  let examination: SifExamination | undefined;
  const target: StageTarget = {
    name,
    async open(criteria) {
      const { verifier, now } = criteria;
      const examined = settle(await examineSif(image, { name, verifier, now, hash }), criteria);
      examination = examined;
      return {
        examined,
        planNative: (request, by) => planNative(examined, { ...request, nativeBytes }, by),
        async write(made) {
          layer = made;
          return { where: [], freeSlots: image.freeSlots - made.plan.objects.length - 1 };
        },
      };
    },
  };
  const request = { ...stage, replace: false, dryRun: false, verifyPrevious: true };
  const result = await signStage(target, signingCriteria, request);
  if (!examination) throw new Error('the image was signed without being examined');
  if (layer) assertNothingReplaced(layer);
  return { result, layer, examination };
}

/** Taking objects away needs an image that can be written to in several places. */
function assertNothingReplaced({ plan }: NewLayer): void {
  if (plan.outdated.length === 0) return;
  throw new StageError(
    'STAGE_NATIVE_CONFLICT',
    'a native signature has to be replaced, which cannot be done while pushing',
    {
      hint: 'run sign-stage on the file first, then push-oras without ⟨stage⟩',
    },
  );
}

/** Ends an upload whose image is not to be published, or not with these places. */
class Unfit extends Error {
  readonly signed: SignedInMemory;

  constructor(signed: SignedInMemory) {
    super('the image is not sent as it was reserved');
    this.signed = signed;
  }
}

/** Sends the image with places for its layer, and signs on the way. */
async function sendWithPlaces(
  { repository, ...parts }: Parts,
  places: readonly NewObject[],
): Promise<SignedPublished | { readonly signed: SignedInMemory; readonly twice: string }> {
  const { image, request } = parts;
  const reservation = await reserveObjects(image, places, request.stage.now);
  const sign = async (streamed: StreamedDigests): Promise<SignedImage> => {
    const signed = await signInMemory(image, request, streamed.hash, RESERVED_BYTES);
    const { result, layer, examination } = signed;
    await streamed.assertPassed(examination.objects);
    const objects = layer ? placed(layer) : [];
    const tail = reservation.fill(objects);
    if (result.outcome === 'refused' || !tail) throw new Unfit(signed);
    return { result, objects, tail, digests: examination.digests };
  };
  try {
    return { ...(await new SignedPush({ ...parts, reservation }, sign).run(repository)), reads: 1 };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { signed: error.signed, twice: `sent twice: ${whyUnfit(error.signed, places)}` };
  }
}

/** The objects of a layer as they lie in their places. */
function placed({ plan, stage, bundle }: NewLayer): readonly NewObject[] {
  return [...plan.objects, reservedLaneObject(stage, filledUp(bundle, RESERVED_BYTES, ' '))];
}

function whyUnfit({ layer }: SignedInMemory, places: readonly NewObject[]): string {
  if (!layer) return 'it turned out to have this approval already';
  if (places.length === 0) return 'its present approval does not count for its data';
  return 'its layer does not fit the places reserved for it';
}

/** Sends the image with the layer that was signed, if the bytes are those that were hashed. */
async function sendSigned(
  { repository, ...parts }: Parts,
  { result, layer, examination: { digests, objects: read } }: SignedInMemory,
  remark: string,
): Promise<SignedPublished> {
  const objects = layer ? [...layer.plan.objects, laneObject('approval', layer.stage, layer.bundle)] : [];
  const reservation = await reserveObjects(parts.image, objects, parts.request.stage.now);
  const tail = reservation.fill(objects);
  if (!tail) throw new Error('an image has no room for what it was reserved for');
  const sign = async (streamed: StreamedDigests): Promise<SignedImage> => {
    await streamed.assertSame(digests);
    await streamed.assertPassed(read);
    return { result: { ...result, remarks: [...result.remarks, remark] }, objects, tail, digests };
  };
  return { ...(await new SignedPush({ ...parts, reservation }, sign).run(repository)), reads: 2 };
}
