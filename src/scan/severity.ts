// SPDX-License-Identifier: Apache-2.0
// How bad is it? The six severities, and how the words and scores of other tools map to them (docs/actions of
// scan-attest has the table). CVSS 4.0 vectors are not computed here: their score must come with the report.

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['negligible', 'negligible'],
  ['none', 'negligible'],
  ['unimportant', 'negligible'],
]);

/** The severity that a scanner's or advisory's word stands for; `unknown` for a word that we do not know. */
export function severityFromWord(word: string | undefined): Severity {
  return WORDS.get(word?.trim().toLowerCase() ?? '') ?? 'unknown';
}

/**
 * The severity of a CVSS base score from 0 to 10.
 * @see CVSS v3.1 specification, section 5
 */
export function severityFromScore(score: number | undefined): Severity {
  if (score === undefined || !(score >= 0 && score <= 10)) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'negligible';
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

/** 0 for critical to 4 for negligible, 5 for unknown. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The worse of two; what somebody knows beats unknown. */
export function worse(a: Severity, b: Severity): Severity {
  return severityRank(a) <= severityRank(b) ? a : b;
}

type Weights = Readonly<Record<string, number>>;
const ATTACK_VECTOR: Weights = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const COMPLEXITY: Weights = { L: 0.77, H: 0.44 };
const PRIVILEGES: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const PRIVILEGES_CHANGED: Weights = { N: 0.85, L: 0.68, H: 0.5 };
const INTERACTION: Weights = { N: 0.85, R: 0.62 };
const IMPACT: Weights = { H: 0.56, L: 0.22, N: 0 };

/**
 * Base score of a CVSS 3.0 or 3.1 vector; undefined for other versions and malformed vectors.
 * @see CVSS v3.1 specification, section 7.1
 */
export function scoreFromVector(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\//.test(vector)) return undefined;
  const metrics = new Map(
    vector
      .split('/')
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)]),
  );
  const weight = (name: string, weights: Weights) => {
    const value = metrics.get(name) ?? '';
    return (Object.hasOwn(weights, value) ? weights[value] : undefined) ?? Number.NaN;
  };
  const changed = metrics.get('S') === 'C';
  if (!changed && metrics.get('S') !== 'U') return undefined;
  const lost = 1 - (1 - weight('C', IMPACT)) * (1 - weight('I', IMPACT)) * (1 - weight('A', IMPACT));
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  const privileges = weight('PR', changed ? PRIVILEGES_CHANGED : PRIVILEGES);
  const ease = 8.22 * weight('AV', ATTACK_VECTOR) * weight('AC', COMPLEXITY) * privileges * weight('UI', INTERACTION);
  if (Number.isNaN(impact + ease)) return undefined;
  return impact <= 0 ? 0 : roundUp(Math.min((changed ? 1.08 : 1) * (impact + ease), 10));
}

/** Rounds up to one decimal without the errors of binary fractions, as the specification's appendix A does. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000);
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}
