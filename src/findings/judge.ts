// SPDX-License-Identifier: Apache-2.0
// Are these findings acceptable? Pure: (findings, rules, now) → judgement that sorts every finding into exactly one
// bin. The allow list is asked about each one as it was reported; only what has the same answer is joined then.

import {
  type AllowEntry,
  byImportance,
  type Finding,
  type FindingGroup,
  groupFindings,
  isExpired,
  joinFindings,
  matchesFinding,
} from './finding.ts';
import { type Severity, severityRank, worst } from './severity.ts';

/** Findings this bad or worse block; `none` blocks nothing. */
export type FailOn = Exclude<Severity, 'unknown'> | 'none';

/** What is acceptable. */
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

/** A finding, and why it is allowed. */
export interface AllowedFinding {
  readonly finding: Finding;
  readonly entry: AllowEntry;
}

/** What became of the findings of one image. */
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

/** What judging needs to know of a report besides its findings. */
export interface ScannedReport {
  readonly name: string;
  readonly recognised: boolean;
}

/** Judges the findings of all reports about one image. */
export function judgeFindings(
  findings: readonly Finding[],
  reports: readonly ScannedReport[],
  { rules, now }: { readonly rules: JudgeRules; readonly now: Date },
): Judgement {
  const bins = new Bins(rules, now);
  for (const group of groupFindings(findings)) bins.add(group);
  const problems = rules.allowEmptyScan ? [] : emptyScans(reports);
  return {
    verdict: bins.blocking.length === 0 && problems.length === 0 ? 'passed' : 'failed',
    blocking: bins.blocking.sort(byImportance),
    allowed: bins.allowed.sort((a, b) => byImportance(a.finding, b.finding)),
    below: bins.below.sort(byImportance),
    suppressed: bins.suppressed.sort(byImportance),
    expired: rules.allow.filter((entry) => isExpired(entry, now)),
    unused: bins.unused(),
    problems,
  };
}

/** Number of findings, each vulnerability of a package once unless its places are judged differently. */
export function countFindings({ blocking, allowed, below, suppressed }: Judgement): number {
  return blocking.length + allowed.length + below.length + suppressed.length;
}

class Bins {
  readonly blocking: Finding[] = [];
  readonly allowed: AllowedFinding[] = [];
  readonly below: Finding[] = [];
  readonly suppressed: Finding[] = [];
  readonly #rules: JudgeRules;
  readonly #valid: readonly AllowEntry[];
  readonly #used = new Set<AllowEntry>();

  constructor(rules: JudgeRules, now: Date) {
    this.#rules = rules;
    this.#valid = rules.allow.filter((entry) => !isExpired(entry, now));
  }

  /** What one scanner knows of the vulnerability and the package holds for the others' findings of it too. */
  add({ name, members }: FindingGroup): void {
    const severity = worst(members.map((member) => member.severity));
    const purls = new Set(members.flatMap(({ purl }) => purl ?? []));
    const purl = purls.size === 1 ? [...purls][0] : undefined;
    const open: Finding[] = [];
    const hidden: Finding[] = [];
    const allowed = new Map<AllowEntry, Finding[]>();
    for (const member of members) {
      const finding = { ...member, severity, purl: member.purl ?? purl ?? null };
      const [entry] = this.#entriesFor(finding, name);
      if (finding.suppressed !== null && !this.#rules.countSuppressed) hidden.push(finding);
      else if (entry && blocks(finding, this.#rules)) allowed.set(entry, [...(allowed.get(entry) ?? []), finding]);
      else open.push(finding);
    }
    put(this.suppressed, hidden);
    put(blocks({ severity }, this.#rules) ? this.blocking : this.below, open);
    for (const [entry, list] of allowed) {
      const finding = joinFindings(list);
      if (finding) this.allowed.push({ finding, entry });
    }
  }

  unused(): readonly AllowEntry[] {
    return this.#valid.filter((entry) => !this.#used.has(entry));
  }

  #entriesFor(finding: Finding, commonName: string | null): readonly AllowEntry[] {
    const entries = this.#valid.filter((entry) => matchesFinding(entry, finding, commonName));
    for (const entry of entries) this.#used.add(entry);
    return entries;
  }
}

function put(bin: Finding[], findings: readonly Finding[]): void {
  const finding = joinFindings(findings);
  if (finding) bin.push(finding);
}

function blocks(finding: Pick<Finding, 'severity'>, rules: JudgeRules): boolean {
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
