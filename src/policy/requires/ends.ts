// SPDX-License-Identifier: Apache-2.0
// Until when the evidence that a stage rests on is fresh enough, and the exceptions that it needs hold.

import { parseStatement } from '../../attest/statement.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Policy, Stage } from '../document/model.ts';
import type { ImageView } from '../rules/view.ts';
import { textAt, timeOf } from './content.ts';
import { checkRequirement } from './requires.ts';

/** Something that will not count any more from a time on. */
export interface End {
  /** Milliseconds. */
  readonly time: number;
  readonly what: string;
}

/** What ends for a stage whose requirements are met. */
export function endsOfEvidence(policy: Policy, stage: Stage, image: ImageView): readonly End[] {
  return stage.requires.flatMap((requirement) => {
    const { met, relied } = checkRequirement(requirement, { policy, stage, image });
    if (!met) return [];
    const { condition, evidence, maxAge } = requirement;
    const exceptions = condition.of === 'findings' ? condition.exceptions : [];
    const days = exceptions.map(({ id, expires }) => ({
      time: Date.parse(`${expires}T23:59:59Z`),
      what: `the exception for ${id} (stage ${stage.name})`,
    }));
    const ages = relied.flatMap(({ statement }) => {
      const predicate = statement && parseStatement(statement).predicate;
      if (!isJsonObject(predicate)) return [];
      const limits = [
        { from: timeOf(predicate, evidence), age: maxAge, what: evidence },
        {
          from: textAt(predicate, 'scanner.db.lastUpdate'),
          age: condition.of === 'findings' ? condition.databaseMaxAge : undefined,
          what: 'the scanner’s database',
        },
      ];
      return limits.flatMap(({ from, age, what }) =>
        from === undefined || age === undefined
          ? []
          : [{ time: Date.parse(from) + age, what: `${what} of stage ${stage.name} is too old then` }],
      );
    });
    return [...ages, ...days].filter(({ time }) => time >= image.now.getTime());
  });
}
