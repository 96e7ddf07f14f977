// SPDX-License-Identifier: Apache-2.0
// Signing a stage on a SIF file: the data is read and hashed once, and the layer appended to the lane.

import type { NativeEntry } from '../attest/approval.ts';
import type { LayerFact } from '../policy/facts.ts';
import { toHex } from '../base/bytes.ts';
import { DATA_TYPE } from '../sif/format.ts';
import { openSif, type SifImage, type SifObject } from '../sif/sif.ts';
import type { FoundBundle } from '../image/bundle.ts';
import { laneObject } from '../image/sif/lane.ts';
import { SifError } from '../sif/errors.ts';
import { lockImage } from '../sif/edit/lock.ts';
import { openFileSource } from '../sif/source.ts';
import { deleteObjects, type NewObject } from '../sif/edit/append.ts';
import { settle } from '../image/verify.ts';
import { type NativePlan, planNative } from './native.ts';
import { appendLayers } from './append.ts';
import { examineSif, type SifExamination } from '../image/sif/examine.ts';
import type { NewLayer, StageTarget, StoredLayer, WriteContext } from './target.ts';

/** The target for a SIF file. */
export function sifFileTarget(path: string, beside: readonly FoundBundle[] = []): StageTarget {
  return {
    name: path,
    async open(criteria, onBytes) {
      const { verifier, now } = criteria;
      await using source = await openFileSource(path);
      const image = await openSif(source);
      const examination = settle(
        await examineSif(image, {
          name: path,
          verifier,
          now,
          beside,
          ...(onBytes ? { onBytes } : {}),
        }),
        criteria,
      );
      return {
        examined: examination,
        planNative: (request, by) => planNative(examination, request, by),
        write: (layer, context) => write(path, layer, { ...context, examination }),
      };
    },
  };
}

/** Appends the layer, then takes away what it replaces; a kill in between leaves both, which is a valid image. */
async function write(
  path: string,
  layer: NewLayer,
  context: WriteContext & { readonly examination: SifExamination },
): Promise<StoredLayer> {
  const { plan } = layer;
  const { examination, now } = context;
  const objects: readonly NewObject[] = [...plan.objects, laneObject('approval', layer.stage, layer.bundle)];
  await using lock = await lockImage(path);
  const options = { now, lock, expected: examination.image, expectedDigests: examination.digests };
  const outdated = [...plan.outdated, ...replacedObjects(context.replaced, examination, plan.entries)];
  await assertAsPlanned(lock.path, { plan, outdated, examination });
  const added = await appendLayers(path, objects, options);
  if (outdated.length > 0) await deleteObjects(path, outdated, options);
  return {
    where: added.map((id) => `object ${id}`),
    freeSlots: examination.image.freeSlots - added.length + outdated.length,
  };
}

/**
 * The layers that the new approval lists and what is to be taken away must still be there, and native signatures were
 * planned beside those that were there. Asked under the lock and before anything is written: others may have been faster.
 * @throws SifError SIF_CHANGED
 */
async function assertAsPlanned(
  path: string,
  planned: {
    readonly plan: NativePlan;
    readonly outdated: readonly number[];
    readonly examination: SifExamination;
  },
): Promise<void> {
  const { plan, outdated } = planned;
  const { image } = planned.examination;
  await using source = await openFileSource(path);
  const now = await openSif(source);
  const before = new Set(signatureObjects(image).map(recordKey));
  const present = new Set(now.objects.map(recordKey));
  const needed = ({ id, linkedGroup }: SifObject): boolean => linkedGroup === undefined || outdated.includes(id);
  const gone = signatureObjects(image).find((one) => needed(one) && !present.has(recordKey(one)));
  // OpenPGP signatures stand beside each other; DSSE ones share one envelope and get along with no OpenPGP one. Beside
  // something that is taken away nothing new fits: it may be an approval that lists it.
  const fits = ({ linkedGroup, signature }: SifObject): boolean =>
    outdated.length === 0 &&
    (linkedGroup === undefined ||
      plan.objects.length === 0 ||
      (plan.entries.length > 0 && signature?.fingerprint !== undefined));
  const clash = signatureObjects(now).find((one) => !before.has(recordKey(one)) && !fits(one));
  if (!gone && !clash) return;
  const what = gone ? `object ${gone.id} was taken away` : `object ${clash?.id} was added`;
  throw new SifError('SIF_CHANGED', `${path}: ${what} by another signer meanwhile`, {
    hint: 'nothing was written; sign again',
  });
}

function signatureObjects({ objects }: SifImage): readonly SifObject[] {
  return objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
}

function recordKey({ slot, record }: SifObject): string {
  return `${slot} ${toHex(record)}`;
}

/** Objects of replaced layers: their bundles, and the native signatures that the new layer does not take over. */
function replacedObjects(
  replaced: readonly LayerFact[],
  { facts }: SifExamination,
  kept: readonly NativeEntry[],
): readonly number[] {
  const natives = replaced
    .flatMap(({ approval }) => approval?.native ?? [])
    .filter(({ digest }) => !kept.some((entry) => entry.digest === digest));
  const isOutdated = ({ kind, digest }: LayerFact): boolean =>
    kind === 'native-pgp' && natives.some((native) => native.digest === digest);
  const outdated = new Set([...replaced, ...facts.layers.filter(isOutdated)]);
  return [...outdated].flatMap(({ place }) => (place.in === 'sif' ? [place.object] : []));
}
