// SPDX-License-Identifier: Apache-2.0
// CVSS vectors → base scores, for reports that give a vector and no score.

import cvss from 'ae-cvss-calculator';

const FORM =
  /^(?:CVSS:(?<version>3\.0|3\.1|4\.0)\/)?[A-Za-z]{1,3}:[A-Za-z]{1,5}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,5}){1,40}$/;
/** A score of version 4.0 costs 0.2 ms; more different vectors than this are in no honest report. */
const MAX_COMPUTED = 4096;
const computed = new Map<string, number | undefined>();

/**
 * Base score of a CVSS vector of version 2.0, 3.0, 3.1 or 4.0; undefined for all else: a metric that is missing, unknown
 * or there twice leaves no score.
 * @see https://www.first.org/cvss/v4.0/specification-document
 */
export function scoreFromVector(vector: string): number | undefined {
  const match = FORM.exec(vector);
  if (!match || computed.has(vector) || computed.size >= MAX_COMPUTED) return computed.get(vector);
  const score = computeScore(vector, match.groups?.['version']);
  computed.set(vector, score);
  return score;
}

function computeScore(vector: string, version: string | undefined): number | undefined {
  const names = vector.split('/').map((metric) => metric.slice(0, metric.indexOf(':')));
  if (new Set(names).size < names.length) return undefined;
  try {
    if (version === '4.0') {
      const parsed = new cvss.Cvss4P0(vector);
      return parsed.isBaseFullyDefined() ? parsed.calculateScores().baseMetricsOnly : undefined;
    }
    const Version = version === '3.1' ? cvss.Cvss3P1 : version === '3.0' ? cvss.Cvss3P0 : cvss.Cvss2;
    const parsed = new Version(vector);
    return parsed.isBaseFullyDefined() ? parsed.calculateScores().base : undefined;
  } catch {
    // The library throws plain errors, for metrics and values that it does not know.
    return undefined;
  }
}
