// SPDX-License-Identifier: Apache-2.0
// Before a stage is signed on an image: whether it is the image that is meant, whether it may be signed, and what of it the
// stage is about: all of it, or the groups that the policy says.

import { isStageName } from '../attest/approval.ts';
import { subjectDigests } from '../attest/statement.ts';
import { type Digest, sha256, utf8 } from '../base/bytes.ts';
import type { Reason } from '../findings/signature.ts';
import type { Examination } from '../image/bundle.ts';
import { type Criteria, evidenceLacking, judgeImage } from '../image/verify.ts';
import type { Policy } from '../policy/document/model.ts';
import type { ImageFacts, LayerFact } from '../policy/facts.ts';
import { scopesOf } from '../policy/rules/view.ts';
import { isProblem } from '../policy/reasons.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import { stagesBefore } from './approval.ts';
import { ownLayers, type Signing, stillCounts } from './earlier.ts';
import { STAGE_CODES, StageError } from './errors.ts';

/** What an image says before anything is signed. */
export interface Review {
  /** About the earlier stages; undefined without a policy or with `verifyPrevious` off. */
  readonly verdict: ImageVerdict | undefined;
  /** Approvals of this stage for this content that this signer gave before. */
  readonly own: readonly LayerFact[];
  /** The one of them that counts as it is. */
  readonly present: LayerFact | undefined;
}

/**
 * Whether a stage may be signed on an image, and whether that has happened already.
 * @throws StageError STAGE_IMAGE_BROKEN when the image has a defect that no signature may cover up, STAGE_EVIDENCE
 */
export function reviewBefore(
  examined: Pick<Examination, 'facts'>,
  criteria: Criteria,
  request: Signing & { readonly verifyPrevious: boolean },
): Review {
  assertSound(examined.facts.problems);
  assertUnaltered(examined, criteria);
  const { policy } = criteria;
  const verdict =
    policy && request.verifyPrevious ? judgeImage(examined, criteria, stagesBefore(policy, request.stage)) : undefined;
  if (policy && verdict?.verdict !== 'failed') assertEvidence(examined, criteria, request.stage);
  const own = ownLayers(examined, request);
  return { verdict, own, present: own.find((layer) => stillCounts(layer, examined, criteria)) };
}

/** Whoever approves a stage vouches for what it rests on, so that must be there first. */
function assertEvidence(examined: Pick<Examination, 'facts'>, criteria: Criteria, stage: string): void {
  const why = evidenceLacking(criteria, examined.facts, stage)[0];
  if (why) throw new StageError('STAGE_EVIDENCE', `${why.message} [${why.code}]`, { hint: why.hint });
}

/**
 * Without a policy nobody else asks: what was altered in a file, and a layer that somebody trusted gave to other content,
 * fails the image for good, whoever approves it afterwards.
 */
function assertUnaltered({ facts }: Pick<Examination, 'facts'>, { policy }: Criteria): void {
  if (policy) return;
  const altered = [...facts.layers, ...facts.evidence].find(
    ({ place, signature }) => place.in === 'sif' && (signature === 'invalid' || signature === 'unreadable'),
  );
  const foreign = facts.layers.find(
    ({ place, signature, contradicted }) => place.in === 'sif' && signature === 'valid' && contradicted,
  );
  const found = altered ?? foreign;
  if (!found) return;
  const [why] = found.reasons;
  const what = found.contradicted ? 'a layer about other content' : 'an altered layer';
  throw new StageError('STAGE_IMAGE_BROKEN', `the image has ${what}${why ? `: ${why.message}` : ''}`, {
    hint: why?.hint ?? 'restore the image from a copy, or remove the layer',
  });
}

/**
 * Refuses an image with a defect that nothing on it may cover up.
 * @throws StageError STAGE_IMAGE_BROKEN
 */
export function assertSound(problems: readonly Reason[]): void {
  const problem = problems.find(isProblem);
  if (problem) throw new StageError('STAGE_IMAGE_BROKEN', problem.message, { hint: problem.hint });
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

/**
 * Refuses another image than the expected one. In a registry it is that by its manifest too, which names all of it.
 * @throws StageError STAGE_DIGEST_UNEXPECTED
 */
export function assertExpected(
  { name, contentDigests, pinned }: ImageFacts,
  expected: readonly Digest[] | undefined,
): void {
  if (!expected) return;
  const manifest = pinned?.slice(pinned.indexOf('@') + 1);
  if (expected.some((digest) => digest === manifest)) return;
  if (contentDigests.length > 0 && contentDigests.every((digest) => expected.includes(digest))) return;
  const found = [...new Set([...contentDigests, ...(manifest === undefined ? [] : [manifest])])].join(', ');
  throw new StageError('STAGE_DIGEST_UNEXPECTED', `${name} is ${found}, and not ${expected.join(', ')}`, {
    hint: STAGE_CODES.STAGE_DIGEST_UNEXPECTED.fix,
  });
}

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
