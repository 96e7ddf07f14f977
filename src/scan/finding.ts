// SPDX-License-Identifier: Apache-2.0
// The one shape that the findings of all scanners are brought into, and how the same finding of several scanners
// becomes one.

import { type Severity, severityRank, worse } from './severity.ts';

/** Something a scanner says is wrong with the image. */
export interface Finding {
  /** The name it is known by: a CVE, an advisory, or the rule of a scanner. */
  readonly id: string;
  /** Other names of the same thing. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** CVSS base score that the report gives, 0 to 10. */
  readonly score: number | null;
  readonly package: string | null;
  readonly version: string | null;
  /** Versions of the package that have the fix; empty when none is known. */
  readonly fixedIn: readonly string[];
  readonly scanners: readonly string[];
  /** File or layer in the image, as the scanner calls it. */
  readonly location: string | null;
  /** Why the scanner's own configuration hides this finding; null when it does not. */
  readonly suppressed: string | null;
}

export type ReportFormat = 'trivy' | 'grype' | 'osv-scanner' | 'sarif';

/** A scanner's report, whatever its format. */
export interface ScanReport {
  readonly format: ReportFormat;
  readonly scanner: { readonly name: string; readonly version: string | null; readonly uri: string };
  readonly database: {
    readonly uri: string | null;
    readonly version: string | null;
    readonly updatedAt: string;
  } | null;
  /** RFC 3339, as the report says; null when it does not. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** What the report says was scanned; a name for people, not proven. */
  readonly target: string | null;
  /** False when the report itself shows that nothing was recognised in the image, so "no findings" means nothing. */
  readonly recognised: boolean;
  readonly findings: readonly Finding[];
}

/** One finding per vulnerability, package and version; the worst first, then by id. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Set<Finding>();
  const byName = new Map<string, Finding>();
  for (const finding of findings) {
    let joined = finding;
    for (const name of namesOf(finding)) {
      const other = byName.get(name);
      if (!other || other === joined || !merged.has(other)) continue;
      merged.delete(other);
      joined = join(other, joined);
    }
    merged.add(joined);
    for (const name of namesOf(joined)) byName.set(name, joined);
  }
  return [...merged].sort(byImportance);
}

function namesOf(finding: Finding): readonly string[] {
  const place = `${finding.package ?? ''}\n${finding.version ?? ''}`;
  return [finding.id, ...finding.aliases].map((id) => `${id.toUpperCase()}\n${place}`);
}

function join(first: Finding, second: Finding): Finding {
  const names = new Map([first.id, ...first.aliases, second.id, ...second.aliases].map((id) => [id.toUpperCase(), id]));
  const sorted = [...names.values()].sort(compare);
  const id = sorted.find((name) => name.startsWith('CVE-')) ?? sorted[0] ?? first.id;
  return {
    id,
    aliases: sorted.filter((name) => name !== id),
    severity: worse(first.severity, second.severity),
    score: maximum(first.score, second.score),
    package: first.package,
    version: first.version,
    fixedIn: [...new Set([...first.fixedIn, ...second.fixedIn])],
    scanners: [...new Set([...first.scanners, ...second.scanners])],
    location: first.location ?? second.location,
    suppressed: first.suppressed === null || second.suppressed === null ? null : first.suppressed,
  };
}

function maximum(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function byImportance(a: Finding, b: Finding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    compare(a.id, b.id) ||
    compare(a.package ?? '', b.package ?? '') ||
    compare(a.version ?? '', b.version ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
