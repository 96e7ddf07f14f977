// SPDX-License-Identifier: Apache-2.0
// The part of verify-all that asks whether a tag names the image by the word of whoever publishes.

import type { Digest } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import type { Criteria } from '../../image/verify.ts';
import { formatPlace, isTag, type Reference } from '../../oci/reference.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import { principalsAt } from '../../policy/rules/people.ts';
import { whereOf } from '../../policy/rules/view.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import type { InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';
import type { Subject } from '../inputs/subjects.ts';
import { rememberPublication, seenBefore } from './tag-state.ts';

/** What says which tag is expected to name the image. */
export const EXPECTED_TAG_INPUTS = [
  {
    name: 'expect-tag',
    type: 'string',
    description:
      'Fail unless this tag of the image’s repository names it, and a publication that `push-oras` signed says so last: a tag that was moved back to an older approved image, or by somebody else, is refused. For images in registries, with a policy.',
    example: 'production',
  },
  {
    name: 'published-by',
    type: 'list',
    description:
      'With `expect-tag`: principals of the policy whose publications count, one a line. Default: those who approve no stage.',
    example: 'ci',
  },
  {
    name: 'expect-tag-max-age',
    type: 'duration',
    description:
      'With `expect-tag`: how old the newest publication may be, with a unit. Whoever may push can put an old tag and its old publication back together; an age bounds for how long.',
    example: '30d',
  },
  {
    name: 'tag-state-path',
    type: 'path',
    file: 'document',
    description:
      'With `expect-tag`: file in which this machine keeps the time of the newest publication that it has seen of each tag, so that no older one is taken again. Made when it is missing.',
    example: 'tags.json',
  },
] as const satisfies readonly InputSpec[];

/** Later than every end. */
const NO_END = '9999-12-31T00:00:00Z';

type Inputs = InputsOf<typeof EXPECTED_TAG_INPUTS>;

/** What is asked of a tag; nothing where the command has no such inputs. */
export type ExpectedTagInputs = Partial<Pick<Inputs, 'expectTag' | 'publishedBy' | 'expectTagMaxAge' | 'tagStatePath'>>;

/**
 * Refuses inputs that ask nothing of the subjects.
 * @throws UsageError
 */
export function assertExpectable(inputs: Inputs, criteria: Criteria, subjects: readonly Subject[]): void {
  const { expectTag: tag, publishedBy, given } = inputs;
  const idle = ['published-by', 'expect-tag-max-age', 'tag-state-path'].find((name) => given.has(name));
  if (tag === undefined && idle !== undefined)
    throw new UsageError('USAGE_MISSING_INPUT', `${idle} is given without expect-tag`, {
      hint: 'give the tag in ⟨expect-tag⟩',
    });
  if (tag === undefined) return;
  assertPresent(given);
  if (!isTag(tag))
    throw new UsageError('USAGE_INVALID_INPUT', `expect-tag is ${JSON.stringify(tag.slice(0, 140))}`, {
      hint: 'give the tag alone, for instance ⟨expect-tag=production⟩',
    });
  if (!criteria.policy)
    throw new UsageError('USAGE_MISSING_INPUT', 'expect-tag is given without a policy', {
      hint: 'give ⟨policy-path⟩: it says who may publish',
    });
  const known = criteria.policy.policy.principals.map(({ name }) => name);
  const strange = publishedBy.find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new UsageError(
      'USAGE_INVALID_INPUT',
      `published-by: ${JSON.stringify(strange)} is no principal of the policy`,
      {
        hint: 'give names of principals, one a line',
      },
    );
  const outside = subjects.find((subject) => subject.in === 'file' || subject.reference.in !== 'registry');
  if (outside)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `expect-tag is given, and ${outside.name} is in no registry`, {
      hint: 'verify the image in its registry, by tag or digest',
    });
}

/** What was seen on another day would be taken for the newest for ever. @throws UsageError */
function assertPresent(given: Inputs['given']): void {
  if (given.has('now') && given.has('tag-state-path'))
    throw new UsageError(
      'USAGE_CONFLICTING_INPUTS',
      'tag-state-path is given with now: it keeps what is seen at present',
      {
        hint: 'leave ⟨tag-state-path⟩ out, or ⟨now⟩',
      },
    );
}

/** By what a tag is judged. */
interface TagQuestion {
  readonly inputs: ExpectedTagInputs;
  readonly criteria: Criteria;
  readonly reference: Reference;
  /** Of the image that the verdict is about. */
  readonly facts: ImageFacts;
}

/** The verdict, failed when the tag does not name the image by the word of a publisher. @throws RegistryError, SystemError */
export async function withExpectedTag(
  verdict: ImageVerdict,
  image: RegistryImage,
  { inputs, criteria, reference, facts }: TagQuestion,
): Promise<ImageVerdict> {
  const { expectTag: tag, expectTagMaxAge: maxAge, tagStatePath } = inputs;
  if (tag === undefined) return verdict;
  const { readPublication } = await import('../../image/registry/publication-tag.ts');
  const { tagProblem } = await import('../../image/registry/expected-tag.ts');
  const place = formatPlace(reference);
  const key = `${place}:${tag}`;
  const seenFirst = tagStatePath === undefined ? undefined : await seenBefore(tagStatePath, key);
  const named = (await image.repository.getManifest(tag))?.digest;
  const found = await readPublication(image.repository, tag);
  const problemAfter = (seen: string | undefined) =>
    tagProblem({
      tag,
      place,
      digest: image.descriptor.digest,
      named,
      found,
      signers: typeof found === 'string' ? [] : signersOf(found.statement, verdict, { criteria, facts }),
      mayPublish: (names) => mayPublish(names, inputs, criteria),
      now: criteria.now,
      maxAge,
      seen,
    });
  let problem = problemAfter(seenFirst);
  if (!problem && tagStatePath !== undefined && typeof found !== 'string' && verdict.verdict === 'passed') {
    const later = await rememberPublication(tagStatePath, key, found.publishedAt);
    // Another run saw a newer one while this one asked.
    if (later !== undefined) problem = problemAfter(later);
  }
  if (!problem) return typeof found === 'string' ? verdict : endingWith(verdict, found.publishedAt, maxAge);
  const outcome = verdict.outcome === 'error' ? 'error' : 'failed';
  return { ...verdict, verdict: 'failed', outcome, reasons: [problem, ...verdict.reasons] };
}

/** Whoever keeps a passed verdict must not keep it longer than the publication is young enough. */
function endingWith(verdict: ImageVerdict, publishedAt: string, maxAge: number | undefined): ImageVerdict {
  if (maxAge === undefined || verdict.verdict !== 'passed') return verdict;
  const end = Math.min(Date.parse(publishedAt) + maxAge, Date.parse(verdict.endsAt ?? NO_END));
  return { ...verdict, endsAt: new Date(end).toISOString() };
}

/** The principals of each valid signature over a statement; anybody can attach a copy with a signature of their own. */
function signersOf(
  statement: Digest,
  { evidence }: ImageVerdict,
  { criteria: { policy, now }, facts }: Pick<TagQuestion, 'criteria' | 'facts'>,
): readonly (readonly string[])[] {
  const valid = evidence.filter(
    ({ kind, status, digest }) => kind === 'publication' && status === 'valid' && digest === statement,
  );
  const places = new Set(valid.map(({ where }) => where));
  const signed = facts.evidence.filter(({ digest, place }) => digest === statement && places.has(whereOf(place)));
  return policy ? signed.map((fact) => principalsAt(policy.policy, fact, now)) : [];
}

/** Whoever approves has no business in publishing, unless that is said. */
function mayPublish(names: readonly string[], { publishedBy = [] }: ExpectedTagInputs, { policy }: Criteria): boolean {
  if (publishedBy.length > 0) return names.some((name) => publishedBy.includes(name));
  const approvers = new Set(policy?.policy.stages.flatMap((stage) => stage.approvers));
  return names.length > 0 && !names.some((name) => approvers.has(name));
}
