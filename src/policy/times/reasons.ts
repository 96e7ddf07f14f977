// SPDX-License-Identifier: Apache-2.0
// Why an approval does not count for when it was given.

import type { CodeCatalogue } from '../../base/errors.ts';

/** When each reason occurs, and what to do. */
export const TIME_REASONS = {
  APPROVAL_EXPIRED: {
    when: 'the signer limited the approval in time and that time is over',
    fix: 'have the stage approve again',
  },
  APPROVAL_FROM_FUTURE: {
    when: 'the approval says that it was given later than the time of this check, by more than five minutes',
    fix: 'check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩',
  },
  APPROVAL_DATED_AHEAD: {
    when: 'an approval is dated more than five minutes later than a timestamp proves that it was there: the clock of its signer was ahead, or one of several timestamps is wrong',
    fix: 'set the clock of the signing machine, and have the stage approve again',
  },
  APPROVAL_TOO_OLD: {
    when: 'an approval is older than `maxAge` of its stage, by its proven or its own time, or nothing tells how old it is',
    fix: 'have the stage approve again',
  },
  CREDENTIAL_OUTSIDE_WINDOW: {
    when: 'the signer counts `from` or `until` a time of the policy, and the signature is not proven to be from then: without a timestamp the present counts, and a time that the signer states counts against them',
    fix: 'have somebody who counts now approve again; stamp layers while they count',
  },
} as const satisfies CodeCatalogue;
