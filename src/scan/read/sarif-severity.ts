// SPDX-License-Identifier: Apache-2.0
// How bad a SARIF result is: by the word of its tool, the score `security-severity`, or the level.

import type { JsonObject } from '../../base/json.ts';
import { type Severity, severityFromScore, severityFromWord } from '../../findings/severity.ts';
import { objectOf, textsOf } from './fields.ts';

/** What a result says about how bad it is. */
export interface RatedResult {
  readonly result: JsonObject;
  readonly rule: JsonObject;
  /** `security-severity` of the result, else of its rule. */
  readonly score: number | undefined;
  /** The word in its text, of tools that have one there. */
  readonly word: string | undefined;
  readonly level: string;
}

/** The word, else the score, else the level: error is high, warning medium, note low. */
export function sarifSeverity({ result, rule, score, word, level }: RatedResult): Severity {
  const named = severityFromWord(word);
  if (named !== 'unknown') return named;
  if (score !== undefined && score > 0) return severityFromScore(score);
  if (score === 0) return level === 'none' ? 'negligible' : severityOfZero(rule);
  switch (level) {
    case 'error':
      return 'high';
    case 'warning':
      return 'medium';
    case 'note':
      return 'low';
    case 'none':
      // Nobody decided yet: the standard gives such results no level.
      return result['kind'] === 'review' || result['kind'] === 'open' ? 'unknown' : 'negligible';
    default:
      return 'unknown';
  }
}

/** Scanners write 0.0 for negligible ones and for those that nobody rated; the tags of a rule may say which. */
function severityOfZero(rule: JsonObject): Severity {
  const words = textsOf(objectOf(rule['properties'], 'rule.properties')['tags'], 'tags').map(severityFromWord);
  return words.includes('negligible') ? 'negligible' : 'unknown';
}
