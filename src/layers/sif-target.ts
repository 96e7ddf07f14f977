// SPDX-License-Identifier: Apache-2.0
// Signing a stage on a SIF file: the data is read and hashed once, and the layer appended to the lane.

import type { LayerFact, NativeEntry } from '../policy/facts.ts';
import { openSif } from '../sif/image.ts';
import { lockImage } from '../sif/lock.ts';
import { openFileSource } from '../sif/source.ts';
import { appendObjects, deleteObjects, type NewObject } from '../sif/writer.ts';
import { sifContent, sifSubjects } from './attach.ts';
import type { FoundBundle } from './bundle-facts.ts';
import { laneObject } from './lane.ts';
import { planNative } from './native-plan.ts';
import { examineSif, type SifExamination, sifView } from './sif-facts.ts';
import type { Change, NewLayer, StageTarget, Written } from './target.ts';

/** The target for a SIF file. */
export function sifFileTarget(path: string, beside: readonly FoundBundle[] = []): StageTarget {
  return {
    name: path,
    async open({ verifier, now }, onBytes) {
      await using source = await openFileSource(path);
      const image = await openSif(source);
      const examination = await examineSif(image, {
        name: path,
        verifier,
        now,
        beside,
        ...(onBytes ? { onBytes } : {}),
      });
      return {
        examined: {
          facts: examination.facts,
          view: sifView(examination),
          bundles: examination.bundles,
          subjects: sifSubjects(examination),
          content: sifContent(examination),
          freeSlots: image.freeSlots,
        },
        planNative: (request, by) => planNative(examination, request, by),
        write: (layer, change) => write(path, layer, { ...change, examination }),
      };
    },
  };
}

/** Appends the layer, then takes away what it replaces; a kill in between leaves both, which is a valid image. */
async function write(
  path: string,
  layer: NewLayer,
  change: Change & { readonly examination: SifExamination },
): Promise<Written> {
  const { plan } = layer;
  const { examination, now } = change;
  const objects: readonly NewObject[] = [...plan.objects, laneObject('approval', layer.stage, layer.bundle)];
  await using lock = await lockImage(path);
  const options = { now, lock, expected: examination.image };
  const added = await appendObjects(path, objects, options);
  const outdated = [...plan.outdated, ...replacedObjects(change.replaced, examination, plan.entries)];
  if (outdated.length > 0) await deleteObjects(path, outdated, options);
  return {
    where: added.map((id) => `object ${id}`),
    freeSlots: examination.image.freeSlots - added.length + outdated.length,
  };
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
  return [...replaced, ...facts.layers.filter(isOutdated)].flatMap(({ place }) =>
    place.in === 'sif' ? [place.object] : [],
  );
}
