// SPDX-License-Identifier: Apache-2.0
// Are these findings acceptable? Pure: (findings, rules, now) → judgement that sorts every finding into exactly one
// bin. Looks at all of them, and says what in the allow list is out of date.

import { type AllowEntry, isExpired, matchesFinding } from './allow-list.ts';
import type { Finding } from './finding.ts';
import { type Severity, severityRank } from './severity.ts';

/** Findings this bad or worse block; `none` blocks nothing. */
export type FailOn = Exclude<Severity, 'unknown'> | 'none';

export interface JudgeRules {
  readonly failOn: FailOn;
  /** The severity that a finding without one is taken to have. */
  readonly unknownAs: Exclude<Severity, 'unknown'>;
  readonly allow: readonly AllowEntry[];
  /** Findings that the scanner's own configuration hides count like all others. */
  readonly countSuppressed: boolean;
  /** A report that shows that nothing was recognised in the image is good enough. */
  readonly allowEmptyScan: boolean;
}

export interface AllowedFinding {
  readonly finding: Finding;
  readonly entry: AllowEntry;
}

export interface Judgement {
  readonly verdict: 'passed' | 'failed';
  readonly blocking: readonly Finding[];
  readonly allowed: readonly AllowedFinding[];
  /** Less bad than `failOn`. */
  readonly below: readonly Finding[];
  readonly suppressed: readonly Finding[];
  /** Entries whose day has passed; they allow nothing. */
  readonly expired: readonly AllowEntry[];
  /** Entries, not expired, that no finding needs. */
  readonly unused: readonly AllowEntry[];
  /** Why the verdict fails apart from blocking findings. */
  readonly problems: readonly string[];
}

export interface ScannedReport {
  readonly name: string;
  readonly recognised: boolean;
}

/** Judges merged findings. */
export function judgeFindings(
  findings: readonly Finding[],
  reports: readonly ScannedReport[],
  options: { readonly rules: JudgeRules; readonly now: Date },
): Judgement {
  const { rules, now } = options;
  const valid = rules.allow.filter((entry) => !isExpired(entry, now));
  const used = new Set<AllowEntry>();
  const [blocking, allowed, below, suppressed]: [Finding[], AllowedFinding[], Finding[], Finding[]] = [[], [], [], []];
  for (const finding of findings) {
    const entries = valid.filter((entry) => matchesFinding(entry, finding));
    for (const entry of entries) used.add(entry);
    const entry = entries[0];
    if (finding.suppressed !== null && !rules.countSuppressed) suppressed.push(finding);
    else if (!blocks(finding, rules)) below.push(finding);
    else if (entry) allowed.push({ finding, entry });
    else blocking.push(finding);
  }
  const problems = rules.allowEmptyScan ? [] : emptyScans(reports);
  return {
    verdict: blocking.length === 0 && problems.length === 0 ? 'passed' : 'failed',
    blocking,
    allowed,
    below,
    suppressed,
    expired: rules.allow.filter((entry) => isExpired(entry, now)),
    unused: valid.filter((entry) => !used.has(entry)),
    problems,
  };
}

function blocks(finding: Finding, rules: JudgeRules): boolean {
  if (rules.failOn === 'none') return false;
  const severity = finding.severity === 'unknown' ? rules.unknownAs : finding.severity;
  return severityRank(severity) <= severityRank(rules.failOn);
}

/** "No findings" in a report that recognised no package is the absence of a scan, not a clean image. */
function emptyScans(reports: readonly ScannedReport[]): readonly string[] {
  return reports
    .filter((report) => !report.recognised)
    .map(
      ({ name }) => `${name} recognised no operating system and no package in the image, so it found nothing to scan`,
    );
}
