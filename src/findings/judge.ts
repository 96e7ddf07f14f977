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
  packageNames,
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
  readonly #valid: AllowBook;
  readonly #used = new Set<AllowEntry>();

  constructor(rules: JudgeRules, now: Date) {
    this.#rules = rules;
    this.#valid = new AllowBook(rules.allow.filter((entry) => !isExpired(entry, now)));
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
      else if (!entry || !blocks(finding, this.#rules)) open.push(finding);
      else if (!allowed.get(entry)?.push(finding)) allowed.set(entry, [finding]);
    }
    put(this.suppressed, hidden);
    put(blocks({ severity }, this.#rules) ? this.blocking : this.below, open);
    for (const [entry, list] of allowed) {
      const finding = joinFindings(list);
      if (finding) this.allowed.push({ finding, entry });
    }
  }

  unused(): readonly AllowEntry[] {
    return this.#valid.entries.filter((entry) => !this.#used.has(entry));
  }

  #entriesFor(finding: Finding, commonName: string | null): readonly AllowEntry[] {
    const entries = this.#valid.about(finding, commonName);
    for (const entry of entries) this.#used.add(entry);
    return entries;
  }
}

/** Entries of one name that are all looked at; of more those alone that can be about the finding. */
const FEW = 16;

/** An allow list, in which those few entries are found that can be about a finding: both may have tens of thousands. */
class AllowBook {
  readonly entries: readonly AllowEntry[];
  readonly #places: ReadonlyMap<AllowEntry, number>;
  readonly #byName: ReadonlyMap<string, readonly AllowEntry[]>;
  readonly #exact = new Map<string, ExactBook>();

  constructor(entries: readonly AllowEntry[]) {
    this.entries = entries;
    this.#places = new Map(entries.map((entry, index) => [entry, index]));
    this.#byName = Map.groupBy(entries, ({ id }) => id.toUpperCase());
    for (const [name, list] of this.#byName) if (list.length > FEW) this.#exact.set(name, new ExactBook(list));
  }

  /** The entries about a finding, which may go by a common name too, in the order of the list. */
  about(finding: Finding, common: string | null): readonly AllowEntry[] {
    const names = new Set([finding.id, ...finding.aliases, common ?? []].flat().map((name) => name.toUpperCase()));
    const found = [...names].flatMap((name) => this.#exact.get(name)?.near(finding) ?? this.#byName.get(name) ?? []);
    return found
      .filter((entry) => matchesFinding(entry, finding, common))
      .sort((a, b) => (this.#places.get(a) ?? 0) - (this.#places.get(b) ?? 0));
  }
}

type Asked = Pick<AllowEntry, 'package' | 'version' | 'purl' | 'location'>;

/** Entries of one name by all else that they name. */
class ExactBook {
  readonly #byKey: ReadonlyMap<string, readonly AllowEntry[]>;
  /** Of what they name something: one entry for each combination that occurs. */
  readonly #kinds: readonly Asked[];

  constructor(entries: readonly AllowEntry[]) {
    this.#byKey = Map.groupBy(entries, keyOf);
    this.#kinds = [...new Map(entries.map((entry) => [namedIn(entry), entry])).values()];
  }

  /** At least all entries about a finding. */
  near({ package: name, version, purl, locations }: Finding): readonly AllowEntry[] {
    const [place = null] = locations;
    return this.#kinds.flatMap((kind) => {
      const rest = {
        package: kind.package === null ? null : name,
        version: kind.version === null ? null : version,
        location: kind.location === null ? null : place,
      };
      const purls = kind.purl === null ? [null] : packageNames(purl);
      return purls.flatMap((one) => this.#byKey.get(keyOf({ ...rest, purl: one })) ?? []);
    });
  }
}

/** Which of them are named. */
function namedIn({ package: name, version, purl, location }: Asked): string {
  return [name, version, purl, location].map((one) => one !== null).join();
}

function keyOf({ package: name, version, purl, location }: Asked): string {
  return `${name}\n${version}\n${purl}\n${location}`;
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
