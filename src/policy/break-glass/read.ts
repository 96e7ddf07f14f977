// SPDX-License-Identifier: Apache-2.0
// `breakGlass` of a stage: who may let it be skipped, and for how long.

import { type Located, problemAt } from '../document/fields.ts';
import type { Stage } from '../document/model.ts';
import type { Directory } from '../document/people.ts';
import { milliseconds } from '../document/requirement-field.ts';

/** Longest time for which the glass of a stage can be broken. */
const MAX_BREAK_GLASS = 30 * 24 * 3_600_000;

interface Approvers {
  /** Names of principals who may approve the stage. */
  readonly names: readonly string[];
  readonly people: Directory;
  /** Principals of whom there can be any number. */
  readonly many: ReadonlySet<string>;
}

/**
 * Whoever breaks the glass is not who reviews it, so that somebody else must be able to.
 * @throws PolicyError POLICY_CONTRADICTION, POLICY_INVALID_VALUE, POLICY_UNKNOWN_NAME
 */
export function readBreakGlass(
  stage: string,
  breakGlass: { readonly by: readonly Located[]; readonly maxDuration: Located },
  { names, people, many }: Approvers,
): NonNullable<Stage['breakGlass']> {
  const maxDuration = milliseconds(breakGlass.maxDuration.value);
  if (maxDuration > MAX_BREAK_GLASS)
    throw problemAt(
      breakGlass.maxDuration,
      'POLICY_INVALID_VALUE',
      `the glass of stage ${stage} could be broken for ${breakGlass.maxDuration.value}`,
      'write 30d or less: what is skipped for longer is no exception',
    );
  const by = people.principals(breakGlass.by, `stages.${stage}.breakGlass.by`);
  const alone = by.find((one) => !many.has(one) && names.every((other) => other === one));
  const [place] = breakGlass.by;
  if (alone !== undefined && place)
    throw problemAt(
      place,
      'POLICY_CONTRADICTION',
      `${alone} may break the glass of stage ${stage}, and nobody else can approve it: a review is by another person`,
      'add an approver, or take the name out of breakGlass',
    );
  return { by, maxDuration };
}
