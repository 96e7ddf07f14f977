// SPDX-License-Identifier: Apache-2.0
// Which objects of an image each stage is about. The policy and the image alone decide that, never what a layer says of
// itself: whatever is no overlay is the base, so that nothing can be moved out of the reach of the stages for it.

import type { Policy, Stage } from '../document/model.ts';
import type { ImageFacts, UnitFact } from '../facts.ts';

/** The objects that each stage is about on an image of these units. */
export function objectsByStage(
  policy: Pick<Policy, 'stages' | 'objects'>,
  units: readonly UnitFact[],
): ReadonlyMap<string, readonly string[]> {
  const unsigned = new Set(unsignedObjects(policy, units));
  const added = addedGroups(units);
  return new Map(
    policy.stages.map((stage) => [
      stage.name,
      units.filter((unit) => !unsigned.has(unit.id) && isAbout(stage, unit, added)).map(({ id }) => id),
    ]),
  );
}

function isAbout({ objects }: Stage, { group }: UnitFact, added: ReadonlySet<number>): boolean {
  if (objects === undefined) return true;
  const isAdded = group !== undefined && added.has(group);
  if (objects === 'base') return !isAdded;
  return isAdded && (objects === 'overlays' || objects.includes(group));
}

/** Groups that hold overlay and data partitions alone: nothing in them is a system, or says what runs. */
function addedGroups(units: readonly UnitFact[]): ReadonlySet<number> {
  const rest = new Set(units.filter(({ use }) => use === undefined).map(({ group }) => group));
  return new Set(units.flatMap(({ group }) => (group === undefined || rest.has(group) ? [] : [group])));
}

/** Objects that may stay unsigned: those of a group that the policy names, if it holds data partitions alone. */
export function unsignedObjects({ objects }: Pick<Policy, 'objects'>, units: readonly UnitFact[]): readonly string[] {
  const named = units.filter(({ group }) => group !== undefined && objects?.unsigned?.includes(group));
  const other = new Set(named.filter(({ use }) => use !== 'data').map(({ group }) => group));
  return named.filter(({ group }) => !other.has(group)).map(({ id }) => id);
}

/**
 * The facts as a policy that tells objects apart sees them: evidence about the base goes on being that when an overlay changes
 * about which the same statement is. So does what takes an approval back.
 */
export function ofParts(facts: ImageFacts): ImageFacts {
  const evidence = facts.evidence.map((one) => (one.covers.length > 0 ? { ...one, contradicted: false } : one));
  return { ...facts, evidence };
}

/** True for a stage that is about overlays alone. */
export function isAboutOverlays({ objects }: Pick<Stage, 'objects'>): boolean {
  return objects !== undefined && objects !== 'base';
}

/**
 * The policy as it is asked of this image: a stage about overlays, of which the image has none, is not in it. One that is
 * `required` stays, and so does every other: an image without a base passes no stage about the base.
 */
export function askedOf(policy: Policy, units: readonly UnitFact[], required: readonly string[] = []): Policy {
  const about = objectsByStage(policy, units);
  const isIdle = (stage: Stage): boolean =>
    isAboutOverlays(stage) && about.get(stage.name)?.length === 0 && !required.includes(stage.name);
  const idle = new Set(policy.stages.filter(isIdle).map(({ name }) => name));
  // An image about which no stage is passes none.
  if (idle.size === 0 || idle.size === policy.stages.length) return policy;
  // Whoever came after a stage that is not asked comes after those before it. Stages stand in order, so this ends.
  const left = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) =>
      idle.has(name) ? left(policy.stages.find((one) => one.name === name)?.after ?? []) : [name],
    );
  return {
    ...policy,
    stages: policy.stages
      .filter(({ name }) => !idle.has(name))
      .map((stage) => ({ ...stage, after: [...new Set(left(stage.after))] })),
  };
}
