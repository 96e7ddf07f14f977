// SPDX-License-Identifier: Apache-2.0
// How long the objects of a layer will be that cannot be signed yet, because the data of the image has not been read:
// the same layer is signed in memory with the digests that earlier layers state, or made-up ones of the same length.

import { createHash } from 'node:crypto';
import { CountersignError } from '../primitives/errors.ts';
import type { HashOptions } from '../sif/hash.ts';
import { cryptoName, type ObjectDigests } from '../sif/hash-blocks.ts';
import type { SifImage, SifObject } from '../sif/image.ts';
import type { NewObject } from '../sif/writer.ts';
import { reservedLaneObject } from './lane.ts';
import { planNative } from './native-plan.ts';
import { examineSif, type ExamineOptions, type SifExamination } from './sif-facts.ts';
import { examinedSif } from './sif-target.ts';
import { signStage, type StageRequest } from './stage.ts';
import type { NewLayer, StageTarget } from './target.ts';
import type { Judge } from './verify.ts';

export interface ForeseeRequest {
  readonly name: string;
  readonly stage: StageRequest;
  readonly signingJudge: Judge;
}

/** Why that cannot be told. */
export interface Unforeseen {
  readonly why: string;
}

/** Spaces at the end of a bundle make up for signatures of unequal length: ECDSA and OpenPGP leave out leading zeros. */
const PADDING_BYTES = 16;

export interface Foreseen {
  /** Objects of the length that those of the real layer will have. */
  readonly objects: readonly NewObject[];
  readonly laneBytes: number;
}

/** Signs in memory with the digests that earlier layers state, others made up: the real layer will be as long. */
export async function foreseeLayer(image: SifImage, request: ForeseeRequest): Promise<Foreseen | Unforeseen> {
  const { stage, signingJudge } = request;
  if (stage.replace) return { why: 'a layer is replaced' };
  const { verifier, now } = signingJudge;
  const claimed = await examineSif(image, { name: request.name, verifier, now, data: 'claimed' });
  const hash = async (
    _: SifImage,
    objects: readonly SifObject[],
    { algorithms }: HashOptions,
  ): Promise<ObjectDigests> =>
    new Map(
      objects.map(({ id }) => {
        const known = claimed.digests.get(id);
        const of = Array.from(algorithms, (name) => {
          const hex = known?.get(name) ?? createHash(cryptoName(name)).digest('hex');
          return [name, hex] as const;
        });
        return [id, new Map(of)];
      }),
    );
  let layer: NewLayer | undefined;
  try {
    const target = memoryTarget(image, { name: request.name, hash }, (made) => {
      layer = made;
    });
    await signStage(target, signingJudge, stage);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { why: `the layer could not be foreseen (${error.message})` };
  }
  if (!layer) return { why: 'the layer could not be foreseen' };
  if (layer.plan.outdated.length > 0) return { why: 'a native signature is replaced' };
  const laneBytes = layer.bundle.length + PADDING_BYTES;
  return { objects: objectsOf(layer, laneBytes) ?? [], laneBytes };
}

/** The objects of a layer, its bundle brought to a length; undefined when it is longer. */
export function objectsOf({ plan, stage, bundle }: NewLayer, laneBytes: number): readonly NewObject[] | undefined {
  if (bundle.length > laneBytes || plan.outdated.length > 0) return undefined;
  const padded = Buffer.alloc(laneBytes, ' ');
  padded.set(bundle);
  return [...plan.objects, reservedLaneObject('approval', stage, padded)];
}

/** An open image as something to sign; what was signed is only told. */
export function memoryTarget(
  image: SifImage,
  { name, hash }: Pick<ExamineOptions, 'name' | 'hash'>,
  tell: (layer: NewLayer, examination: SifExamination) => void,
): StageTarget {
  return {
    name,
    async open({ verifier, now }) {
      const examination = await examineSif(image, { name, verifier, now, ...(hash ? { hash } : {}) });
      return {
        examined: examinedSif(examination),
        planNative: (request, by) => planNative(examination, request, by),
        async write(layer) {
          tell(layer, examination);
          return { where: [], freeSlots: image.freeSlots - layer.plan.objects.length - 1 };
        },
      };
    },
  };
}
