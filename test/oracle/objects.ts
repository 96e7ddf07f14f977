// SPDX-License-Identifier: Apache-2.0
// The oracle on "Parts of an image" in docs/policy.md: what each stage is about, and what nobody answers for.

import type { Image, Rules } from './material.ts';

type Stage = Rules['stages'][number];

/** A group of overlay and data partitions, and of nothing else. */
function isOfOverlays(image: Image, group: number | undefined): boolean {
  const members = image.units.filter((unit) => unit.group === group);
  return group !== undefined && members.every(({ use }) => use === 'overlay' || use === 'data');
}

function isFree(rules: Rules, image: Image, group: number | undefined): boolean {
  const listed = group !== undefined && (rules.objects?.unsigned ?? []).includes(group);
  return listed && image.units.filter((unit) => unit.group === group).every(({ use }) => use === 'data');
}

/** Objects that approvals of this stage must cover. */
export function objectsOf(rules: Rules, image: Image, name: string | null | undefined): readonly string[] {
  const stage = rules.stages.find((one) => one.name === name);
  if (!stage) return image.units.map(({ id }) => id);
  const found: string[] = [];
  for (const { id, group } of image.units) {
    if (isFree(rules, image, group)) continue;
    const overlay = isOfOverlays(image, group);
    if (stage.objects === undefined) found.push(id);
    else if (stage.objects === 'base' && !overlay) found.push(id);
    else if (stage.objects === 'overlays' && overlay) found.push(id);
    else if (Array.isArray(stage.objects) && overlay && stage.objects.includes(group)) found.push(id);
  }
  return found;
}

/** "Asked only where the image has some": the policy without stages about overlays that are not there. */
export function asAsked(rules: Rules, image: Image): Rules {
  const isIdle = (stage: Stage): boolean =>
    stage.objects !== undefined && stage.objects !== 'base' && objectsOf(rules, image, stage.name).length === 0;
  const before = (name: string): readonly string[] => {
    const stage = rules.stages.find((one) => one.name === name);
    return stage && isIdle(stage) ? stage.after.flatMap(before) : [name];
  };
  const stages = rules.stages.filter((stage) => !isIdle(stage));
  return { ...rules, stages: stages.map((stage) => ({ ...stage, after: stage.after.flatMap(before) })) };
}

/** True when some object is nobody's, or a stage is about nothing. */
export function isLeftOver(rules: Rules, image: Image): boolean {
  const scopes = rules.stages.map(({ name }) => objectsOf(rules, image, name));
  return (
    scopes.some(({ length }) => length === 0) ||
    image.units.some(({ id, group }) => !isFree(rules, image, group) && !scopes.some((scope) => scope.includes(id)))
  );
}
