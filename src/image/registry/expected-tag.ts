// SPDX-License-Identifier: Apache-2.0
// Does a tag name this image because the publisher said so, last of all? A tag is a pointer that everybody with push rights
// can move back to an older image, approved as it is; a signed publication says which image was meant.

import { PUBLISHED_AS_PASSED } from '../../attest/record.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import type { CodeCatalogue } from '../../base/errors.ts';
import { toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import type { ClaimedPublication } from './publication-tag.ts';

/** Why an image is not what a tag is meant to name. */
export const TAG_REASONS = {
  TAG_MOVED: {
    when: 'a tag names another image than its newest signed publication: it was moved back, or by somebody else',
    fix: 'publish the image that is meant with `countersign push-oras` and the publisher’s key; while a publication is running, repeat',
  },
  TAG_NOT_RECORDED: {
    when: 'nobody who may publish has signed that the tag is to name an image, or only with a date that is to come',
    fix: 'publish with `countersign push-oras` and the key of a principal that may publish',
  },
  TAG_RECORD_OLD: {
    when: 'the newest signed publication of the tag is older than ⟨expect-tag-max-age⟩ allows',
    fix: 'publish the image again, which signs that the tag still names it',
  },
} as const satisfies CodeCatalogue;

/** What is asked of a tag. */
export interface ExpectedTag {
  readonly tag: string;
  /** `registry/repository`. */
  readonly place: string;
  /** Digest of the manifest that the verdict is about. */
  readonly digest: string;
  /** Digest that the tag names now; undefined when there is no such tag. */
  readonly named: string | undefined;
  readonly found: ClaimedPublication | 'missing' | 'unreadable';
  /** Whose the publication is: the principals of everybody who signed it validly and is trusted. */
  readonly signers: readonly (readonly string[])[];
  /** Whether somebody who is these principals may publish. */
  readonly mayPublish: (principals: readonly string[]) => boolean;
  readonly now: Date;
  /** Milliseconds. */
  readonly maxAge?: number | undefined;
  /** The newest publication that was seen here before, RFC 3339. */
  readonly seen?: string | undefined;
}

/** Why the tag does not name this image by the word of a publisher; undefined when it does. */
export function tagProblem(expected: ExpectedTag): Reason | undefined {
  const { tag, place, digest, named, found, signers, mayPublish, now, maxAge, seen } = expected;
  const moved = (message: string) => problem('TAG_MOVED', message);
  if (named !== digest) return moved(`${tag} names ${named ?? 'nothing'} and not the image that was verified`);
  if (typeof found === 'string')
    return problem(
      'TAG_NOT_RECORDED',
      `${found === 'missing' ? 'no' : 'no readable'} publication of ${tag} is recorded`,
    );
  if (found.reference !== `${place}@${digest}`)
    return moved(`${tag} names ${digest}, and its newest publication of ${found.publishedAt} is of ${found.reference}`);
  if (!signers.some(mayPublish)) {
    const by = [...new Set(signers.flat())];
    const whose = by.length === 0 ? 'not by anybody who is trusted' : `by ${by.join(', ')}, who may not publish`;
    return problem('TAG_NOT_RECORDED', `the publication of ${tag} is ${whose}`);
  }
  if (!found.tags.includes(tag))
    return problem('TAG_NOT_RECORDED', `the publication is of ${found.tags.join(', ')}, not of ${tag}`);
  if (!PUBLISHED_AS_PASSED.includes(found.verdict))
    return problem('TAG_NOT_RECORDED', `${tag} was published without a verdict`);
  const publishedAt = new Date(found.publishedAt);
  // It would never be too old, and no later one would be newer.
  if (!(publishedAt.getTime() <= now.getTime() + CLOCK_SKEW_MS))
    return problem('TAG_NOT_RECORDED', `the publication of ${tag} is dated ahead, ${found.publishedAt}`);
  if (seen !== undefined && publishedAt < new Date(seen))
    return moved(`a publication of ${tag} of ${seen} was seen here before, and this one is of ${found.publishedAt}`);
  if (maxAge !== undefined && !(publishedAt.getTime() >= now.getTime() - maxAge))
    return problem('TAG_RECORD_OLD', `${tag} was published on ${toSecond(found.publishedAt)}`);
  return undefined;
}

function problem(code: keyof typeof TAG_REASONS, message: string): Reason {
  return { code, message, hint: TAG_REASONS[code].fix };
}
