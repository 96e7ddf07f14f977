// SPDX-License-Identifier: Apache-2.0
// The one shape that the findings of all scanners are brought into, and which findings are the same one.

import { compareText } from '../base/text.ts';
import type { SourceLocation } from '../base/errors.ts';
import { highest, type Severity, severityRank, worst } from './severity.ts';

/** Something a scanner says is wrong with the image. */
export interface Finding {
  /** The name it is known by: a CVE, an advisory, or the rule of a scanner. */
  readonly id: string;
  /** Other names of exactly this. */
  readonly aliases: readonly string[];
  /** Names of what has to do with it: the advisory of a vendor, the vulnerabilities that an advisory is about. */
  readonly related: readonly string[];
  readonly severity: Severity;
  /** CVSS base score that the report gives, 0 to 10. */
  readonly score: number | null;
  readonly package: string | null;
  readonly version: string | null;
  /** Package URL, where the report has one. */
  readonly purl: string | null;
  /** Versions of the package that have the fix; empty when none is known. */
  readonly fixedIn: readonly string[];
  readonly scanners: readonly string[];
  /** Files or layers in the image, as the scanner calls them: at most one in a report, all of them once joined. */
  readonly locations: readonly string[];
  /** Why the scanner's own configuration hides this finding; null when it does not. */
  readonly suppressed: string | null;
}

const CVE = /^CVE-\d{4}-\d{4,19}$/i;
const GHSA = /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/i;

/** True for the names that every scanner gives to the same vulnerability alone: CVE and GHSA. */
export function isCommonName(name: string): boolean {
  return CVE.test(name) || GHSA.test(name);
}

/** The CVEs among some names, each once. */
export function cvesIn(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => CVE.test(name)).map((name) => name.toUpperCase()))];
}

/** Most findings have most lists empty, and there may be tens of thousands. */
const NONE: readonly string[] = [];

/** Of an advisory about several CVEs none is another name: those become related. */
export function createFinding(
  given: Pick<Finding, 'id' | 'scanners' | 'severity'> & Partial<Finding> & { readonly location?: string | undefined },
): Finding {
  const { location, aliases = [], related = [], ...rest } = given;
  const others = aliases.length === 0 ? NONE : [...new Set(aliases)].filter((name) => name !== given.id);
  const several = cvesIn([given.id, ...others]).length > 1;
  return {
    score: null,
    package: null,
    version: null,
    purl: null,
    fixedIn: NONE,
    suppressed: null,
    ...rest,
    aliases: several ? others.filter((name) => !CVE.test(name)) : others,
    related: several ? [...new Set([...related, ...others.filter((name) => CVE.test(name))])] : [...new Set(related)],
    locations: location === undefined ? NONE : [location],
  };
}

/** The formats of reports that we read. */
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
  /** What the report says that is no finding and was not judged. */
  readonly remarks: readonly string[];
}

/** A report that says no more than what is given. */
export function createReport(
  given: Pick<ScanReport, 'format' | 'scanner' | 'findings'> & Partial<ScanReport>,
): ScanReport {
  return {
    database: null,
    startedAt: null,
    finishedAt: null,
    target: null,
    recognised: true,
    remarks: [],
    ...given,
  };
}

/** Findings of one vulnerability in one version of one package. */
export interface FindingGroup {
  /** CVE or GHSA; null for a finding that stands alone. */
  readonly name: string | null;
  readonly members: readonly Finding[];
}

/** Brings together what has the same CVE, or the same GHSA, in the same version of the same package; nothing else. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const cveOf = cvesOfAdvisories(findings);
  const groups = new Map<string, { name: string; members: Finding[] }>();
  const alone: FindingGroup[] = [];
  for (const finding of findings) {
    const name = commonName(finding, cveOf);
    if (name === undefined || finding.package === null) {
      alone.push({ name: null, members: [finding] });
      continue;
    }
    const key = `${name}\n${placeOf(finding)}`;
    const group = groups.get(key) ?? { name, members: [] };
    group.members.push(finding);
    groups.set(key, group);
  }
  return [...groups.values(), ...alone];
}

const placeOf = ({ package: name, version }: Finding) => `${name ?? ''}\n${version ?? ''}`;

/** Which CVEs a GHSA stands for in a package, as the reports say. */
function cvesOfAdvisories(findings: readonly Finding[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const finding of findings) {
    const names = [finding.id, ...finding.aliases];
    const named = cvesIn(names);
    for (const advisory of names.filter((name) => GHSA.test(name))) {
      const key = `${advisory.toUpperCase()}\n${placeOf(finding)}`;
      const cves = found.get(key) ?? new Set();
      for (const cve of named) cves.add(cve);
      found.set(key, cves);
    }
  }
  return found;
}

function commonName(finding: Finding, cveOf: ReturnType<typeof cvesOfAdvisories>): string | undefined {
  const names = [finding.id, ...finding.aliases];
  const [cve] = cvesIn(names);
  if (cve !== undefined) return cve;
  const advisories = [...new Set(names.filter((name) => GHSA.test(name)).map((name) => name.toUpperCase()))];
  const [advisory] = advisories;
  if (advisory === undefined || advisories.length > 1) return undefined;
  const cves = cveOf.get(`${advisory}\n${placeOf(finding)}`);
  return cves?.size === 1 ? [...cves][0] : advisory;
}

/** The findings of a group as one: the worst severity, every scanner and place. */
export function joinFindings(members: readonly Finding[]): Finding | undefined {
  const [first] = members;
  if (!first || members.length === 1) return first;
  const names = new Map(
    members.flatMap(({ id, aliases }) => [id, ...aliases]).map((name) => [name.toUpperCase(), name]),
  );
  const sorted = [...names.values()].sort(compareText);
  const id = sorted.find((name) => CVE.test(name)) ?? sorted.find((name) => GHSA.test(name)) ?? first.id;
  const all = (list: (finding: Finding) => readonly string[]) => [...new Set(members.flatMap(list))];
  return {
    ...first,
    id,
    aliases: sorted.filter((name) => name !== id),
    related: all(({ related }) => related),
    severity: worst(members.map(({ severity }) => severity)),
    score: highest(members.map(({ score }) => score)),
    purl: members.find(({ purl }) => purl !== null)?.purl ?? null,
    fixedIn: all(({ fixedIn }) => fixedIn),
    scanners: all(({ scanners }) => scanners),
    locations: all(({ locations }) => locations),
  };
}

/** The worst first, then by name. */
export function byImportance(a: Finding, b: Finding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    compareText(a.id, b.id) ||
    compareText(a.package ?? '', b.package ?? '') ||
    compareText(a.version ?? '', b.version ?? '') ||
    compareText(a.locations.join('\n'), b.locations.join('\n'))
  );
}

/** One finding, or several of one name, that somebody decided to live with. */
export interface AllowEntry {
  readonly id: string;
  /** Only findings of this package; null for any. */
  readonly package: string | null;
  /** Only findings of this version of the package; null for any. */
  readonly version: string | null;
  /** Only findings of this package URL; without version or qualifiers it stands for all of them. Null for any. */
  readonly purl: string | null;
  /** Only findings at this place, as the report calls it; null for any. */
  readonly location: string | null;
  readonly reason: string;
  /** The last day it holds, YYYY-MM-DD, to the end of that day in UTC. */
  readonly expires: string;
  /** Who decided it, in words. */
  readonly grantedBy?: string;
  /** Where the list has the entry. */
  readonly at: SourceLocation;
}

/** True from the day after the entry's last day, in UTC. */
export function isExpired(entry: AllowEntry, now: Date): boolean {
  return now.toISOString().slice(0, 10) > entry.expires;
}

/** True when the entry names this finding, or the CVE or GHSA that it is known by, and all else that it names agrees. */
export function matchesFinding(entry: AllowEntry, finding: Finding, common: string | null = null): boolean {
  const { id, package: name, version, purl, location } = entry;
  const names = [finding.id, ...finding.aliases, ...(common === null ? [] : [common])];
  return (
    names.some((other) => other.toUpperCase() === id.toUpperCase()) &&
    (name === null || name === finding.package) &&
    (version === null || version === finding.version) &&
    (purl === null || isSamePackage(purl, finding.purl)) &&
    (location === null || (finding.locations.length > 0 && finding.locations.every((place) => place === location)))
  );
}

/** Equal up to where the wanted package URL ends: before the version, the qualifiers or the subpath. */
function isSamePackage(wanted: string, purl: string | null): boolean {
  return purl !== null && purl.startsWith(wanted) && /^(?:$|[@?#])/.test(purl.slice(wanted.length));
}

/** Signs that may end a package URL within another one; real ones have a handful. */
const MOST_ENDS = 64;

/** Every package URL that means this one: itself, and what it begins with before version, qualifiers or subpath. */
export function packageNames(purl: string | null): readonly string[] {
  if (purl === null) return [];
  const names = [purl];
  for (const { index } of purl.matchAll(/[@?#]/g)) {
    if (names.length > MOST_ENDS) break;
    names.push(purl.slice(0, index));
  }
  return names;
}
