// SPDX-License-Identifier: Apache-2.0
// What an approval of a stage must name on an image: all of it, or the groups that the policy says the stage is about.

import { sha256, utf8 } from '../base/bytes.ts';
import { isStageName } from '../attest/approval.ts';
import { subjectDigests } from '../attest/statement.ts';
import type { Examination } from '../image/examination.ts';
import type { Policy } from '../policy/document/model.ts';
import type { ImageFacts } from '../policy/facts.ts';
import { scopesOf } from '../policy/objects/scope.ts';
import { StageError } from './errors.ts';

/** What one approval is about. */
export interface StageScope extends Pick<Examination, 'subjects' | 'content'> {
  /** Groups that native signatures are made of; all when absent. */
  readonly groups?: ReadonlySet<number>;
}

/**
 * The scope of a stage. One that is not about the whole image names groups alone: a digest of the file or its manifest
 * would say to other tools that all of it is approved.
 * @throws StageError STAGE_NOTHING_TO_APPROVE
 */
export function stageScope(
  { facts, subjects, content }: Pick<Examination, 'facts' | 'subjects' | 'content'>,
  policy: Pick<Policy, 'stages' | 'objects'> | undefined,
  stage: string,
): StageScope {
  const groups = groupsFor(facts, policy, stage);
  if (!groups) return { subjects, content };
  if (groups.size === 0)
    throw new StageError('STAGE_NOTHING_TO_APPROVE', `${facts.name} has nothing that stage ${stage} is about`, {
      hint: 'check `objects` of the stage in the policy, and the groups of the image with `countersign inspect`',
    });
  const chosen = content.filter(({ group }) => groups.has(group));
  const named = new Set<string>(chosen.map(({ metadata }) => sha256(utf8(metadata))));
  return {
    groups,
    content: chosen,
    subjects: subjects.filter((subject) => subjectDigests(subject).some((digest) => named.has(digest))),
  };
}

/** The groups that a stage is about; undefined when that is the whole image. */
export function groupsFor(
  { units }: Pick<ImageFacts, 'units'>,
  policy: Pick<Policy, 'stages' | 'objects'> | undefined,
  stage: string,
): ReadonlySet<number> | undefined {
  const about = new Set(scopesOf(policy, units)(stage));
  if (about.size === units.length) return undefined;
  return new Set(units.flatMap(({ id, group }) => (about.has(id) && group !== undefined ? [group] : [])));
}

/** @throws StageError STAGE_NAME_INVALID, STAGE_UNKNOWN */
export function assertStage(policy: Pick<Policy, 'stages'> | undefined, stage: string): void {
  if (!isStageName(stage))
    throw new StageError('STAGE_NAME_INVALID', `not a stage name: ${JSON.stringify(stage.slice(0, 80))}`, {
      hint: 'use lower-case letters, digits and inner hyphens, at most 42 characters',
    });
  const names = policy?.stages.map(({ name }) => name);
  if (names && !names.includes(stage))
    throw new StageError('STAGE_UNKNOWN', `the policy has no stage ${stage}`, {
      hint: `use one of ${names.join(', ')}, or add the stage to the policy`,
    });
}
