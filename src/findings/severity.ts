// SPDX-License-Identifier: Apache-2.0
// How bad is it? The six severities, and how the words and scores of other tools map to them (the table is in
// actions/scan-attest/README.md).

/** From the worst to the one that nobody rated. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
/** How bad a finding is. */
export type Severity = (typeof SEVERITIES)[number];

const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['negligible', 'negligible'],
  ['minimal', 'negligible'],
  ['none', 'negligible'],
  ['unimportant', 'negligible'],
]);

/**
 * The severity that a scanner's, advisory's or distribution's word stands for; `unknown` for a word that we do not know,
 * as for `untriaged` and `not yet assigned`. Debian's tracker stars urgencies that a program assigned.
 */
export function severityFromWord(word: string | undefined): Severity {
  return WORDS.get(word?.trim().replace(/\*+$/, '').toLowerCase() ?? '') ?? 'unknown';
}

/**
 * The severity of a CVSS base score from 0 to 10, of any version: CVSS 2 has no scale of its own.
 * @see https://www.first.org/cvss/v3-1/specification-document
 */
export function severityFromScore(score: number | null | undefined): Severity {
  if (score === null || score === undefined || !(score >= 0 && score <= 10)) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'negligible';
}

/** The word of a report if it is one, else what the score says. */
export function severityFrom(word: string | undefined, score: number | null): Severity {
  const named = severityFromWord(word);
  return named === 'unknown' ? severityFromScore(score) : named;
}

/** A score written as number or text; undefined when it is none. */
export function scoreOf(value: unknown): number | undefined {
  const score =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^[0-9]{1,2}(\.[0-9]{1,3})?$/.test(value)
        ? Number(value)
        : Number.NaN;
  return score >= 0 && score <= 10 ? score : undefined;
}

/** The highest of some scores; null when there is none. */
export function highest(scores: Iterable<number | null | undefined>): number | null {
  let found: number | null = null;
  for (const score of scores) if (typeof score === 'number') found = Math.max(found ?? 0, score);
  return found;
}

/** 0 for critical to 4 for negligible, 5 for unknown. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The worst; what somebody knows beats unknown. */
export function worst(severities: Iterable<Severity>): Severity {
  let found: Severity = 'unknown';
  for (const severity of severities) if (severityRank(severity) < severityRank(found)) found = severity;
  return found;
}
