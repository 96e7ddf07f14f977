// SPDX-License-Identifier: Apache-2.0
// What verdicts say of grants.

import type { CodeCatalogue } from '../base/errors.ts';

/** Codes about grants. */
export const GRANT_REASONS = {
  APPROVAL_GRANTED: {
    when: 'an approval is by somebody whom the policy does not know and for whom an approver vouches in a signed grant (a remark)',
    fix: 'nothing; when the grant ends, have the stage approved anew or the approval stamped before',
  },
  GRANT_NOT_GOOD: {
    when: 'somebody whom the policy does not know approved a stage with a grant that does not hold: it ended, was withdrawn, is for another stage or image, or its giver may not grant',
    fix: 'have one of the `grantors` of the stage make a new grant (`countersign help grant`), or have an approver approve it',
  },
} as const satisfies CodeCatalogue;
