// SPDX-License-Identifier: Apache-2.0
// What verdicts say of broken glass.

import type { CodeCatalogue } from '../../base/errors.ts';

/** Codes about stages that somebody let be skipped. */
export const BREAK_GLASS_REASONS = {
  BREAK_GLASS: {
    when: 'somebody whom the policy lets do so has broken the glass of a stage, now or before (a remark): until its end the stage is skipped',
    fix: 'settle what the ticket is about, and have the stage approved before the end',
  },
  BREAK_GLASS_UNREVIEWED: {
    when: 'the glass of a stage was broken, and nobody else has approved the stage having seen that (a remark)',
    fix: 'have an approver of the stage other than the one who broke the glass approve it with `countersign sign-stage`, and ⟨replace=true⟩ where they had approved before',
  },
  BREAK_GLASS_ENDED: {
    when: 'the glass of a stage was broken for a time that is over, or the key or certificate of the one who did has ended',
    fix: 'have the stage approved with `countersign sign-stage`',
  },
  BREAK_GLASS_WITHDRAWN: {
    when: 'the glass of a stage was broken, and whoever did, or somebody else who may, took that back',
    fix: 'have the stage approved with `countersign sign-stage`; or break the glass again (`countersign help break-glass`), which does not prolong it',
  },
  BREAK_GLASS_RENEWED: {
    when: 'the glass of a stage was broken again without a review in between: all together count no longer than the policy allows one, from the first on',
    fix: 'have somebody else approve the stage with `countersign sign-stage`, which is the review',
  },
  BREAK_GLASS_TOO_LONG: {
    when: 'the glass of a stage was broken for longer than `maxDuration` of its `breakGlass`; it does not count at all',
    fix: 'break it again for a shorter time (`countersign help break-glass`), or have the stage approved',
  },
  BREAK_GLASS_NOT_ALLOWED: {
    when: 'the glass of a stage was broken that the policy lets nobody skip: it has no `breakGlass`, has another `id`, or is not in the policy',
    fix: 'have the stage approved with `countersign sign-stage`; where its `id` is another one, break the glass with ⟨policy-path⟩ (`countersign help break-glass`)',
  },
  BREAK_GLASS_NOT_ENTITLED: {
    when: 'the glass of a stage was broken by somebody who is not in `by` of its `breakGlass`, or does not count at that time',
    fix: 'have one of those whom the policy names do it (`countersign help break-glass`), or have the stage approved',
  },
  BREAK_GLASS_OTHER_CONTENT: {
    when: 'the glass of a stage was broken for another image, or for what this one was before it changed',
    fix: 'break it for this image (`countersign help break-glass`), or have the stage approved',
  },
  BREAK_GLASS_DATED_AHEAD: {
    when: 'the glass of a stage is said to be broken from a time on that is more than five minutes ahead, of the present or of the timestamp over it: none is signed in advance',
    fix: 'set the clock of the signing machine, and break it again when it is needed (`countersign help break-glass`)',
  },
  BREAK_GLASS_UNREADABLE: {
    when: 'a statement that the glass of a stage is broken lacks stage, reason, ticket, beginning or end',
    fix: 'have a new one made with `countersign help break-glass`',
  },
} as const satisfies CodeCatalogue;
