// SPDX-License-Identifier: Apache-2.0
// Signing a stage and publishing in one read of the file: room for the layer is reserved, the new image is sent from its
// first byte while the objects are hashed, and the layer is signed when the last one has passed by. Where its length was
// not foreseen it is signed with the digests that are known by then, and the image is sent once more. Either way the
// registry gets the blob, and the file its layer, only if everything went well.

import type { ObjectDigests } from '../sif/hash/blocks.ts';
import { hashObjects } from '../sif/hash/hash.ts';
import { openSif, type SifImage } from '../sif/sif.ts';
import { type ImageLock, lockImage } from '../sif/edit/lock.ts';
import { reserveObjects } from '../sif/edit/reserve.ts';
import { assertChangeable, type FileSource, openFileSource } from '../sif/source.ts';
import type { Repository } from '../oci/oci.ts';
import { StageError } from '../stage/errors.ts';
import { type Foreseen, foreseeLayer, objectsOf, signInMemory } from './foresee.ts';
import { laneObject } from '../image/sif/lane.ts';
import type { Published } from './publish.ts';
import { NotAsReserved, type Signed, type SignedPublishRequest, SignedPush } from './signed-push.ts';
import type { StageResult } from '../stage/stage.ts';
import type { StreamedDigests } from './streamed.ts';
import type { NewLayer } from '../stage/target.ts';

export interface SignedPublished extends Published {
  readonly signing: StageResult;
  /** How often the data of the file was read. */
  readonly reads: 1 | 2;
}

/** How often a layer is signed anew when its native signature came out longer or shorter than foreseen. */
const TRIES = 32;

interface Opened {
  readonly request: SignedPublishRequest;
  readonly file: FileSource;
  readonly image: SifImage;
  readonly lock: ImageLock;
}

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
  const opened = { request, file, image, lock };
  const foreseen = await foreseeLayer(image, request);
  if ('why' in foreseen) return await inTwoReads(repository, opened, { why: foreseen.why, known: undefined });
  try {
    return await inOneRead(repository, opened, foreseen);
  } catch (error) {
    if (!(error instanceof NotAsReserved)) throw error;
    const { why, digests } = error;
    if (typeof why !== 'string') return notPublished(why, 1);
    return await inTwoReads(repository, opened, { why, known: digests });
  }
}

function notPublished(signing: StageResult, reads: 1 | 2): SignedPublished {
  return { sif: undefined, verdict: signing.verdict, leftOut: [], signing, reads };
}

/** Sends the image with room for what is foreseen, and signs on the way. */
async function inOneRead(
  repository: Repository,
  { request, file, image, lock }: Opened,
  foreseen: Foreseen,
): Promise<SignedPublished> {
  const reservation = await reserveObjects(image, foreseen.objects, request.stage.now);
  const sign = async (streamed: StreamedDigests): Promise<Signed> => {
    for (let attempt = 1; ; attempt += 1) {
      const { result, layer, examination } = await signInMemory(image, request, streamed.hash);
      const { digests, objects: judged } = examination;
      await streamed.assertPassed(judged);
      if (result.outcome === 'refused') throw new NotAsReserved({ why: result, digests });
      if (layer) assertNothingReplaced(layer);
      const unlike = unlikeForeseen(layer, foreseen);
      if (unlike !== undefined) throw new NotAsReserved({ why: unlike, digests });
      const objects = layer ? objectsOf(layer, foreseen.laneBytes) : [];
      const tail = objects && reservation.fill(objects);
      if (objects && tail) return { result, objects, tail, digests };
      if (attempt === TRIES) throw new NotAsReserved({ why: 'its layer is longer than foreseen', digests });
    }
  };
  const push = new SignedPush({ request, file, image, reservation }, sign);
  return { ...(await push.run(repository, lock)), reads: 1 };
}

/** Why no try can bring what was foreseen; undefined if one may. */
function unlikeForeseen(layer: NewLayer | undefined, { objects }: Foreseen): string | undefined {
  if (layer && objects.length === 0) return 'its present approval does not count for its data';
  if (!layer && objects.length > 0) return 'it turned out to have this approval already';
  return undefined;
}

/** Signs with digests that are known or found by reading, then sends what was signed if those are the bytes. */
async function inTwoReads(
  repository: Repository,
  { request, file, image, lock }: Opened,
  { why, known }: { readonly why: string; readonly known: ObjectDigests | undefined },
): Promise<SignedPublished> {
  const signed = await signInMemory(image, request, known ? async () => known : hashObjects);
  const { layer, examination } = signed;
  const { digests } = examination;
  const remark = `the image was ${known ? 'sent twice' : 'read twice'}: ${why}`;
  const result = { ...signed.result, remarks: [...signed.result.remarks, remark] };
  if (result.outcome === 'refused') return notPublished(signed.result, known ? 2 : 1);
  if (layer) assertNothingReplaced(layer);
  const objects = layer ? [...layer.plan.objects, laneObject('approval', layer.stage, layer.bundle)] : [];
  const reservation = await reserveObjects(image, objects, request.stage.now);
  const tail = reservation.fill(objects);
  if (!tail) throw new Error('an image has no room for what it was reserved for');
  const sign = async (streamed: StreamedDigests): Promise<Signed> => {
    await streamed.assertSame(digests);
    await streamed.assertPassed(examination.objects);
    return { result, objects, tail, digests };
  };
  const push = new SignedPush({ request, file, image, reservation }, sign);
  return { ...(await push.run(repository, lock)), reads: 2 };
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
