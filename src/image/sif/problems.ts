// SPDX-License-Identifier: Apache-2.0
// What is wrong or odd about a SIF whatever is signed on it: objects that nothing can cover, descriptors that no tool
// writes, and what hints at an object that was hidden.

import type { Reason } from '../../findings/reason.ts';
import type { Digest } from '../../base/digest.ts';
import { groupsOf, type SifImage, type SifObject, uncoverableObjects } from '../../sif/sif.ts';
import type { BundleFact } from '../bundle.ts';

/** What is wrong with the image whatever is signed, and remarks on what is odd. */
export function imageProblems(image: SifImage): readonly Reason[] {
  const problems: Reason[] = [];
  const add = (code: string, message: string, hint: string) => problems.push({ code, message, hint });
  if (groupsOf(image).length === 0)
    add('SIF_NO_GROUPS', 'the image has no group of objects, so there is nothing to approve', 'build the image again');
  for (const object of uncoverableObjects(image))
    add(
      'SIF_OBJECT_UNGROUPED',
      `object ${object.id} belongs to no group, so no signature can cover it; Apptainer refuses the image`,
      `delete it (\`siftool del ${object.id}\`) or add it to a group before signing`,
    );
  for (const object of image.objects)
    if (object.used !== 1)
      add(
        'SIF_DESCRIPTOR_ALTERED',
        `object ${object.id}: its used byte is ${object.used}, which no writer writes`,
        'restore the image from a copy',
      );
  for (const { id, slot, name } of image.hidden)
    problems.push({
      code: 'SIF_OBJECT_HIDDEN',
      message: `object ${id} in slot ${slot}${name === '' ? '' : ` (${JSON.stringify(name)})`} is marked unused and its descriptor is still there: a change was interrupted, or somebody hid it`,
      hint: 'nothing, if all stages pass; else restore the image from a copy',
      severity: 'remark',
    });
  if (image.objects.length > 0 && image.header.descriptorsFree === image.header.descriptorsTotal)
    add('SIF_HEADER_ALTERED', 'the global header says that the image is empty', 'restore the image from a copy');
  return problems;
}

/** Native signatures that approvals name and that nobody reads, because their link was changed. */
export function strayRemarks(
  strays: ReadonlyMap<Digest, SifObject>,
  bundles: readonly BundleFact[],
): readonly Reason[] {
  const named = bundles.flatMap(({ is, fact }) => (is === 'layer' ? (fact.approval?.native ?? []) : []));
  return named.flatMap(({ digest }) => {
    const object = strays.get(digest);
    if (!object) return [];
    return [
      {
        code: 'SIF_DESCRIPTOR_ALTERED',
        message: `object ${object.id} is the native signature that an approval names, and its link to the group was changed`,
        hint: 'restore the image from a copy, or have this signer sign again',
        severity: 'remark',
      },
    ];
  });
}
