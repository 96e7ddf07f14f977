// SPDX-License-Identifier: Apache-2.0
// What a verdict says of objects: which are approved by no stage, which may stay unsigned, and where Apptainer's own
// verification differs because stages are about different objects.

import type { Reason } from '../../findings/signature.ts';
import type { Policy, Stage } from '../document/model.ts';
import type { ImageFacts } from '../facts.ts';
import { reason, type ReasonCode, remark } from '../reasons.ts';
import type { ImageView } from '../rules/view.ts';
import { askedOf, isAboutOverlays, unsignedObjects } from './scope.ts';

/** Objects that are named in a message, at most. */
const NAMED = 10;

/** `object 4 (overlay, group 2)`. */
function describeObject({ facts: { units } }: ImageView, id: string): string {
  const unit = units.find((one) => one.id === id);
  const group = unit?.group === undefined ? [] : [`group ${unit.group}`];
  const what = [...(unit?.use ? [unit.use] : []), ...group].join(', ');
  return what === '' ? id : `${id} (${what})`;
}

function describeObjects(image: ImageView, ids: readonly string[]): string {
  const named = ids.slice(0, NAMED).map((id) => describeObject(image, id));
  return `${named.join(', ')}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ''}`;
}

/** What a policy that tells objects apart is asked about, and of which image. */
interface Asked {
  /** As it was given. */
  readonly whole: Policy;
  /** What of it is asked of this image. */
  readonly policy: Policy;
  /** Those that are asked about. */
  readonly stages: readonly Stage[];
  readonly image: ImageView;
}

/** What is said of objects that stages are about; and, where all that is asked is `isFinal`, of those that none of them is about. */
export function objectReasons({ isFinal, ...asked }: Asked & { readonly isFinal: boolean }): readonly Reason[] {
  return [
    ...scopeReasons(asked),
    ...(isFinal ? unapprovedObjects(asked) : []),
    ...unsignedRemarks(asked),
    ...overlayRemarks(asked.image),
    ...apptainerRemarks(asked.image),
  ];
}

function remarkOn(image: ImageView, ids: readonly string[], code: ReasonCode, text: string): readonly Reason[] {
  return ids.length === 0 ? [] : [remark(code, `${describeObjects(image, ids)} ${text}`)];
}

/** Stages that are about nothing that the image has. */
function scopeReasons({ whole, stages, image }: Asked): readonly Reason[] {
  const { name, units } = image.facts;
  const asked = new Set(askedOf(whole, units).stages.map((stage) => stage.name));
  const required = new Set(stages.map((stage) => stage.name));
  const idle = whole.stages
    .filter((stage) => !asked.has(stage.name) && !required.has(stage.name))
    .map((stage) =>
      remark(
        'STAGE_WITHOUT_OBJECTS',
        `stage ${stage.name} is about overlays, of which ${name} has none: it is not asked`,
      ),
    );
  const empty = stages
    .filter((stage) => units.length > 0 && image.about(stage.name).length === 0)
    .map((stage) =>
      reason('STAGE_WITHOUT_OBJECTS', `stage ${stage.name} is about ${wantedBy(stage)}, and ${name} has none`),
    );
  return [...idle, ...empty];
}

function wantedBy(stage: Stage): string {
  return isAboutOverlays(stage) ? 'overlays' : stage.objects === 'base' ? 'the base' : 'objects that must be signed';
}

/** Objects that no stage asked for is about, unless they may stay unsigned. */
function unapprovedObjects({ stages, policy, image }: Asked): readonly Reason[] {
  const { units } = image.facts;
  const covered = new Set([...stages.flatMap(({ name }) => image.about(name)), ...unsignedObjects(policy, units)]);
  const left = units.map(({ id }) => id).filter((id) => !covered.has(id));
  if (left.length === 0) return [];
  const others = policy.stages.filter(({ name }) => image.about(name).some((id) => left.includes(id)));
  const who =
    others.length === 0
      ? 'no stage of the policy is'
      : `only stage ${others.map(({ name }) => name).join(', ')} is, which was not asked about`;
  return [reason('OBJECT_NOT_APPROVED', `nobody's approval is about ${describeObjects(image, left)}: ${who}`)];
}

/** Objects that nobody answers for, and groups of which the policy would allow that if they held data alone. */
function unsignedRemarks({ policy, image }: Asked): readonly Reason[] {
  const { units } = image.facts;
  const unsigned = unsignedObjects(policy, units);
  const named = units.filter(({ group }) => group !== undefined && policy.objects?.unsigned?.includes(group));
  const other = named.filter(({ id }) => !unsigned.includes(id)).map(({ id }) => id);
  return [
    ...remarkOn(
      image,
      unsigned,
      'OBJECT_UNSIGNED',
      'may stay unsigned by the policy: nobody answers for what is in it',
    ),
    ...remarkOn(
      image,
      other,
      'OBJECT_NOT_DATA',
      'must be approved: a group may stay unsigned only while it holds data partitions alone',
    ),
  ];
}

/**
 * Where Apptainer wants more than stages about parts do: a native signature of every group, and for its execution control
 * list one signer of them all.
 */
function apptainerRemarks({ layers, facts: { units } }: ImageView): readonly Reason[] {
  const natives = layers.filter(({ fact }) => fact.place.in === 'sif' && fact.kind === 'native-pgp');
  const groups = [...new Set(units.flatMap(({ group }) => group ?? []))];
  const signersOf = (group: number): readonly string[] => {
    const ids = units.filter((unit) => unit.group === group).map(({ id }) => id);
    const whole = natives.filter(({ fact }) => ids.every((id) => fact.covers.includes(id)));
    return whole.flatMap(({ fact }) => (fact.signer?.method === 'pgp' ? [fact.signer.fingerprint] : []));
  };
  const signers = groups.map((group) => ({ group, by: signersOf(group) }));
  const bare = signers.filter(({ by }) => by.length === 0).map(({ group }) => group);
  if (natives.length === 0 || groups.length < 2) return [];
  if (bare.length > 0) {
    const why = `group ${bare.join(', ')} has no native signature of all that is in it now`;
    return [
      remark(
        'APPTAINER_REFUSES',
        `\`apptainer verify\` refuses this image, as its execution control list does: ${why}`,
      ),
    ];
  }
  const [first, ...rest] = signers;
  if (first?.by.some((one) => rest.every(({ by }) => by.includes(one)))) return [];
  const why = 'nobody has signed all of its groups';
  return [remark('APPTAINER_REFUSES', `an execution control list that names one signer refuses this image: ${why}`)];
}

/** What becomes of overlays when the image runs, and who approves them. */
function overlayRemarks(image: ImageView): readonly Reason[] {
  const { units } = image.facts;
  const base = new Set(units.filter(({ use }) => use === undefined).map(({ group }) => group));
  const overlays = units.filter(({ use }) => use === 'overlay');
  const within = overlays.filter(({ group }) => base.has(group)).map(({ id }) => id);
  const apart = overlays.filter(({ group }) => base.size > 0 && !base.has(group)).map(({ id }) => id);
  return [
    ...remarkOn(image, within, 'OVERLAY_IN_BASE', 'is part of the base: stages about the base approve it'),
    ...remarkOn(
      image,
      apart,
      'OVERLAY_NOT_MOUNTED',
      'is in another group than the system: Apptainer 1.4 does not mount it by itself',
    ),
  ];
}

/** Why the image's partitions are not as the policy wants them, and a remark for each that Apptainer may write to. */
export function partReasons(
  policy: Pick<Policy, 'objects'> | undefined,
  { name, units }: ImageFacts,
): readonly Reason[] {
  const partitions = units.filter(({ encrypted }) => encrypted !== undefined);
  const writable = partitions
    .filter((unit) => unit.writable)
    .map(({ id }) => remark('PARTITION_WRITABLE', `${id} is an ext3 file system, which a run with --writable changes`));
  if (policy?.objects?.mustBeEncrypted !== true) return writable;
  const open = partitions.filter(({ encrypted }) => encrypted !== true).map(({ id }) => id);
  if (partitions.length > 0 && open.length === 0) return writable;
  const what =
    partitions.length === 0
      ? `${name} has no file system that could be encrypted`
      : `${open.join(', ')}: not encrypted`;
  return [reason('PARTITION_NOT_ENCRYPTED', what), ...writable];
}
