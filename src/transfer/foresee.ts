// SPDX-License-Identifier: Apache-2.0
// How long the objects of a layer will be that cannot be signed yet, because the data of the image has not been read:
// the same layer is signed in memory with the digests that earlier layers state, or made-up ones of the same length.

import { createHash } from 'node:crypto';
import { CountersignError } from '../base/errors.ts';
import type { HashOptions } from '../sif/hash/hash.ts';
import { cryptoName, type ObjectDigests } from '../sif/hash/blocks.ts';
import type { SifImage, SifObject } from '../sif/sif.ts';
import { dataSize } from '../sif/edit/placement.ts';
import type { NewObject } from '../sif/edit/append.ts';
import { RESERVED_PADDING_BYTES, reservedLaneObject } from '../image/sif/lane.ts';
import { planNative } from '../stage/native.ts';
import { examineSif, type ExamineOptions, type SifExamination } from '../image/sif/examine.ts';
import { signStage, type StageRequest, type StageResult } from '../stage/stage.ts';
import type { NewLayer, StageTarget } from '../stage/target.ts';
import type { Criteria } from '../image/verify.ts';

export interface ForeseeRequest {
  readonly name: string;
  /** Nothing is replaced, and the earlier stages are always asked for. */
  readonly stage: Omit<StageRequest, 'replace' | 'dryRun' | 'verifyPrevious'>;
  /** Trusts whoever signs here, if there is no policy. */
  readonly signingCriteria: Criteria;
}

/** Why that cannot be told. */
export interface Unforeseen {
  readonly why: string;
}

export interface Foreseen {
  /** Objects of the length that those of the real layer will have; none when the layer is there already. */
  readonly objects: readonly NewObject[];
  /** Length that the bundle is brought to. */
  readonly laneBytes: number;
}

/** ECDSA and OpenPGP signatures leave out leading zeros. */
const SIGNATURE_SLACK_BYTES = 16;
/** A bundle that looks foreign beside made-up digests may turn out to belong to the image, and is then listed. */
const ENTRY_BYTES = 320;

const DEPENDS_ON_DATA = 'whether it may be signed depends on its data';

/** What will be added, as far as it can be told. */
export async function foreseeLayer(image: SifImage, request: ForeseeRequest): Promise<Foreseen | Unforeseen> {
  const { verifier, now } = request.signingCriteria;
  const claimed = await examineSif(image, { name: request.name, verifier, now, data: 'claimed' });
  try {
    const hash = madeUpBeside(claimed.digests);
    const signed = longer(await signInMemory(image, request, hash), await signInMemory(image, request, hash));
    if (signed.result.outcome === 'unchanged') return { objects: [], laneBytes: 0 };
    if (!signed.layer) return { why: DEPENDS_ON_DATA };
    const slack = SIGNATURE_SLACK_BYTES + slackForEntries(signed.examination);
    if (slack > RESERVED_PADDING_BYTES / 2) return { why: 'it has many layers whose place in the order is not known' };
    const laneBytes = signed.layer.bundle.length + slack;
    return { objects: objectsOf(signed.layer, laneBytes) ?? [], laneBytes };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    // Made-up digests refute layers, too, whose data nobody vouches for; the true ones will tell.
    if (error.code === 'STAGE_IMAGE_BROKEN') return { why: DEPENDS_ON_DATA };
    return { why: `the layer could not be foreseen (${error.message})` };
  }
}

/** One OpenPGP signature in a hundred or so is shorter than the others, and then none fits that is made later. */
function longer(a: SignedInMemory, b: SignedInMemory): SignedInMemory {
  return lengthOf(a) >= lengthOf(b) ? a : b;
}

function lengthOf({ layer }: SignedInMemory): number {
  return layer?.plan.objects.reduce((sum, { data }) => sum + dataSize(data), 0) ?? 0;
}

/** In the place of hashObjects: what is known, and digests of nothing. */
function madeUpBeside(known: ObjectDigests): NonNullable<ExamineOptions['hash']> {
  return async (_: SifImage, objects: readonly SifObject[], { algorithms }: HashOptions): Promise<ObjectDigests> =>
    new Map(
      objects.map(({ id }) => {
        const of = Array.from(algorithms, (name) => {
          const hex = known.get(id)?.get(name) ?? createHash(cryptoName(name)).digest('hex');
          return [name, hex] as const;
        });
        return [id, new Map(of)];
      }),
    );
}

function slackForEntries({ facts }: SifExamination): number {
  const foreign = [...facts.layers, ...facts.evidence].filter(({ contradicted }) => contradicted);
  return foreign.reduce(
    (sum, fact) => sum + ENTRY_BYTES + ('predicateType' in fact ? 2 * fact.predicateType.length : 0),
    0,
  );
}

export interface SignedInMemory {
  readonly result: StageResult;
  /** Undefined unless the outcome is `signed`. */
  readonly layer: NewLayer | undefined;
  readonly examination: SifExamination;
}

/** Signs the stage on an open image and writes nothing. @throws as signStage */
export async function signInMemory(
  image: SifImage,
  { name, stage, signingCriteria }: ForeseeRequest,
  hash: NonNullable<ExamineOptions['hash']>,
): Promise<SignedInMemory> {
  let layer: NewLayer | undefined;
  let examination: SifExamination | undefined;
  const target: StageTarget = {
    name,
    async open({ verifier, now }) {
      const found = await examineSif(image, { name, verifier, now, hash });
      examination = found;
      return {
        examined: found,
        planNative: (request, by) => planNative(found, request, by),
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
  return { result, layer, examination };
}

/** The objects of a layer, its bundle brought to a length; undefined when it is longer, or much shorter. */
export function objectsOf({ plan, stage, bundle }: NewLayer, laneBytes: number): readonly NewObject[] | undefined {
  const spaces = laneBytes - bundle.length;
  if (spaces < 0 || spaces > RESERVED_PADDING_BYTES) return undefined;
  const padded = Buffer.alloc(laneBytes, ' ');
  padded.set(bundle);
  return [...plan.objects, reservedLaneObject('approval', stage, padded)];
}
