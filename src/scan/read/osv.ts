// SPDX-License-Identifier: Apache-2.0
// OSV-Scanner's JSON report. Its groups join the names of one vulnerability and have the highest CVSS score.

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { scoreFromVector } from '../cvss.ts';
import { createFinding, createReport, cvesIn, type Finding, type ScanReport } from '../../findings/finding.ts';
import {
  highest,
  type Severity,
  scoreOf,
  severityFromScore,
  severityFromWord,
  worst,
} from '../../findings/severity.ts';
import { assertMembers, objectOf, objectsOf, requiredList, requiredText, textOf, textsOf } from './fields.ts';
import type { FindingRoom } from './room.ts';

const MEMBERS = [
  'results',
  'experimental_config',
  'experimental_generic_findings',
  'image_metadata',
  'license_summary',
];
const PACKAGE_MEMBERS = ['package', 'dependency_groups', 'vulnerabilities', 'groups', 'licenses', 'license_violations'];

/**
 * True for a document that has the marks of an OSV-Scanner report: it says how it was configured, as each one since 1.4
 * does, or names sources of packages with their ecosystems. A bare empty list of results could be anybody's.
 */
export function isOsvReport({ results, experimental_config: configuration }: JsonObject): boolean {
  if (!Array.isArray(results)) return false;
  return isJsonObject(configuration) || (results.length > 0 && results.every(isPackageSource));
}

function isPackageSource(result: unknown): boolean {
  if (!isJsonObject(result) || !isJsonObject(result['source']) || !Array.isArray(result['packages'])) return false;
  const packages: readonly unknown[] = result['packages'];
  return (
    packages.length > 0 &&
    packages.every((entry) => {
      const described = isJsonObject(entry) ? entry['package'] : undefined;
      return isJsonObject(described) && typeof described['ecosystem'] === 'string';
    })
  );
}

/**
 * The findings of an OSV-Scanner report: vulnerabilities, licence violations, deprecated packages, and what its detectors
 * found.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE, SCAN_REPORT_TOO_LARGE
 * @see https://github.com/google/osv-scanner/blob/v2.4.0/pkg/models/results.go
 */
export function readOsvReport(document: JsonObject, room: FindingRoom): ScanReport {
  assertMembers(document, 'OSV-Scanner', MEMBERS);
  return createReport({
    format: 'osv-scanner',
    scanner: { name: 'OSV-Scanner', version: null, uri: 'https://github.com/google/osv-scanner' },
    findings: room.take(findingsIn(document)),
  });
}

function* findingsIn(document: JsonObject): Iterable<Finding> {
  for (const result of requiredList(document['results'], 'results')) {
    assertMembers(result, 'OSV-Scanner', ['source', 'packages', 'experimental_pes']);
    const location = textOf(objectOf(result['source'], 'source')['path']);
    for (const entry of requiredList(result['packages'], 'packages')) yield* readPackage(entry, location);
  }
  const detected = objectsOf(document['experimental_generic_findings'], 'experimental_generic_findings');
  for (const entry of detected) yield readDetected(entry);
}

type Place = Pick<Finding, 'package' | 'version' | 'scanners'> & { readonly location: string | undefined };

function* readPackage(entry: JsonObject, location: string | undefined): Iterable<Finding> {
  assertMembers(entry, 'OSV-Scanner', PACKAGE_MEMBERS);
  const { name, version, commit, deprecated } = objectOf(entry['package'], 'package');
  const place = {
    package: textOf(name) ?? null,
    version: textOf(version) ?? textOf(commit) ?? null,
    scanners: ['OSV-Scanner'],
    location,
  };
  const unrated = (id: string) => createFinding({ ...place, id, severity: 'unknown' });
  yield* readVulnerabilities(entry, place);
  for (const license of textsOf(entry['license_violations'], 'license_violations')) yield unrated(`license:${license}`);
  if (deprecated === true) yield unrated('deprecated');
}

/** One finding for each group, unless that is about several CVEs: then one for each of its vulnerabilities. */
function* readVulnerabilities(entry: JsonObject, place: Place): Iterable<Finding> {
  const vulnerabilities = new Map(
    objectsOf(entry['vulnerabilities'], 'vulnerabilities').map((value) => [requiredText(value['id'], 'id'), value]),
  );
  const grouped = new Set<string>();
  for (const group of objectsOf(entry['groups'], 'groups')) {
    const ids = textsOf(group['ids'], 'groups.ids');
    const members = ids.map((id) => vulnerabilities.get(id)).filter((member) => member !== undefined);
    const names = [...ids, ...textsOf(group['aliases'], 'groups.aliases'), ...members.flatMap(namesOf)];
    if (members.length > 0 && members.length === ids.length && cvesIn(names).length > 1) continue;
    for (const id of ids) grouped.add(id);
    yield finding(members, { names, group, place });
  }
  for (const [id, value] of vulnerabilities)
    if (!grouped.has(id)) yield finding([value], { names: namesOf(value), group: {}, place });
}

function namesOf(vulnerability: JsonObject): readonly string[] {
  const others = ['aliases', 'upstream'].flatMap((member) => textsOf(vulnerability[member], member));
  return [requiredText(vulnerability['id'], 'id'), ...others];
}

interface GroupContext {
  readonly names: readonly string[];
  readonly group: JsonObject;
  readonly place: Place;
}

function finding(members: readonly JsonObject[], { names, group, place }: GroupContext): Finding {
  const [cve, ...more] = cvesIn(names);
  const id = (more.length === 0 ? names.find((name) => name.toUpperCase() === cve) : undefined) ?? names[0];
  const score = highest([scoreOf(group['max_severity']), ...members.flatMap(scoresOf)]);
  return createFinding({
    ...place,
    id: requiredText(id, 'groups.ids'),
    aliases: names,
    severity: severityOf(members, { group, score, name: place.package }),
    score,
    fixedIn: [...new Set(members.flatMap((member) => fixesOf(member, place.package)))],
  });
}

interface Rated {
  readonly group: JsonObject;
  readonly score: number | null;
  readonly name: string | null;
}

/** What the scanner found to be unimportant is that; else the score, else the word of the database or distribution. */
function severityOf(members: readonly JsonObject[], { group, score, name }: Rated): Severity {
  // Until 2.0 it was called otherwise.
  const analysed = group['experimental_analysis'] ?? group['experimentalAnalysis'];
  const analyses = Object.values(objectOf(analysed, 'experimental_analysis'));
  if (analyses.some((analysis) => objectOf(analysis, 'experimental_analysis')['unimportant'] === true))
    return 'negligible';
  if (score !== null && score > 0) return severityFromScore(score);
  const word = worst(members.flatMap((member) => wordsOf(member, name)).map(severityFromWord));
  return word === 'unknown' ? severityFromScore(score) : word;
}

/** CVSS vectors of any version. */
function scoresOf(vulnerability: JsonObject): readonly (number | undefined)[] {
  return objectsOf(vulnerability['severity'], 'severity').map((entry) => scoreFromVector(textOf(entry['score']) ?? ''));
}

/**
 * The words for a severity that databases have for a vulnerability or for the package it is in: type `Ubuntu`, Debian's
 * urgency, and the severities of GitHub and most distributions.
 * @see https://github.com/ossf/osv-schema/blob/v1.7.3/docs/schema.md
 */
function wordsOf(vulnerability: JsonObject, name: string | null): readonly string[] {
  return [vulnerability, ...affectedBy(vulnerability, name)].flatMap((place) => [
    ...(Array.isArray(place['severity']) ? objectsOf(place['severity'], 'severity') : []).flatMap(
      ({ score }) => textOf(score) ?? [],
    ),
    ...['database_specific', 'ecosystem_specific'].flatMap((member) => {
      const { severity, urgency } = objectOf(place[member], member);
      return [severity, urgency].flatMap((word) => textOf(word) ?? []);
    }),
  ]);
}

function affectedBy(vulnerability: JsonObject, name: string | null): readonly JsonObject[] {
  return objectsOf(vulnerability['affected'], 'affected').filter(
    (affected) => textOf(objectOf(affected['package'], 'affected.package')['name']) === name,
  );
}

function fixesOf(vulnerability: JsonObject, name: string | null): readonly string[] {
  return affectedBy(vulnerability, name)
    .flatMap((affected) => objectsOf(affected['ranges'], 'affected.ranges'))
    .filter((range) => range['type'] !== 'GIT')
    .flatMap((range) => objectsOf(range['events'], 'ranges.events'))
    .flatMap((event) => textOf(event['fixed']) ?? []);
}

/** In the order of the scanner's own numbers, 0 for one that nobody rated. */
const RATINGS = ['unknown', 'negligible', 'low', 'medium', 'high', 'critical'] as const;

/** @see https://github.com/google/osv-scalibr/blob/v0.4.5/inventory/finding.go */
function readDetected(entry: JsonObject): Finding {
  const advisory = objectOf(entry['Adv'], 'Adv');
  const { Publisher: publisher, Reference: reference } = objectOf(advisory['ID'], 'Adv.ID');
  const rating = advisory['Sev'];
  return createFinding({
    id: requiredText(reference ?? advisory['Title'], `Adv.ID of a finding by ${textOf(publisher) ?? 'a detector'}`),
    severity: (typeof rating === 'number' ? RATINGS[rating] : undefined) ?? 'unknown',
    scanners: ['OSV-Scanner'],
    location: textOf(objectOf(entry['Target'], 'Target')['Extra']),
  });
}
