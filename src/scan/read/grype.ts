// SPDX-License-Identifier: Apache-2.0
// Grype's JSON report: matches, and the matches that its own configuration ignores.

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { scoreFromVector } from '../cvss.ts';
import { createFinding, createReport, type Finding, type ScanReport } from '../../findings/finding.ts';
import { highest, scoreOf, severityFrom } from '../../findings/severity.ts';
import { assertMembers, objectOf, objectsOf, requiredList, requiredText, textOf, textsOf, timeOf } from './fields.ts';
import { countRemarks, type FindingRoom } from './room.ts';

const MEMBERS = ['matches', 'ignoredMatches', 'alertsByPackage', 'source', 'distro', 'descriptor'];

/** True for a document that says that Grype wrote it. */
export function isGrypeReport({ descriptor }: JsonObject): boolean {
  return isJsonObject(descriptor) && descriptor['name'] === 'grype';
}

/**
 * The findings of a Grype report.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE, SCAN_REPORT_TOO_LARGE
 * @see https://github.com/anchore/grype/blob/v0.121.3/grype/presenter/models/document.go
 */
export function readGrypeReport(document: JsonObject, room: FindingRoom): ScanReport {
  assertMembers(document, 'Grype', MEMBERS);
  const descriptor = objectOf(document['descriptor'], 'descriptor');
  const { target } = objectOf(document['source'], 'source');
  const finishedAt = timeOf(descriptor['timestamp']);
  const named = typeof target === 'string' ? target : objectOf(target, 'source.target')['userInput'];
  return createReport({
    format: 'grype',
    scanner: {
      name: 'Grype',
      version: textOf(descriptor['version']) ?? null,
      uri: 'https://github.com/anchore/grype',
    },
    database: readDatabase(descriptor),
    startedAt: finishedAt,
    finishedAt,
    target: textOf(named) ?? null,
    findings: room.take(findingsIn(document)),
    remarks: countRemarks(alertsIn(objectsOf(document['alertsByPackage'], 'alertsByPackage')), 'package'),
  });
}

/** Schema 5 keeps the database under `db.built`, schema 6 under `db.status.built`. */
function readDatabase(descriptor: JsonObject): ScanReport['database'] {
  const db = objectOf(descriptor['db'], 'descriptor.db');
  const status = objectOf(db['status'], 'descriptor.db.status');
  const updatedAt = timeOf(status['built']) ?? timeOf(db['built']);
  if (updatedAt === null) return null;
  const schema = status['schemaVersion'] ?? db['schemaVersion'];
  const version = typeof schema === 'number' ? String(schema) : (textOf(schema) ?? null);
  return { uri: textOf(status['from']) ?? null, version, updatedAt };
}

function* findingsIn(document: JsonObject): Iterable<Finding> {
  for (const match of requiredList(document['matches'], 'matches')) yield* readMatch(match, null);
  for (const match of objectsOf(document['ignoredMatches'], 'ignoredMatches'))
    yield* readMatch(match, ignoredBy(match));
}

/** One finding for each place that the package was found at. */
function* readMatch(match: JsonObject, suppressed: string | null): Iterable<Finding> {
  const vulnerability = objectOf(match['vulnerability'], 'vulnerability');
  const related = objectsOf(match['relatedVulnerabilities'], 'relatedVulnerabilities');
  const artifact = objectOf(match['artifact'], 'artifact');
  const score = highest([vulnerability, ...related].flatMap(scoresOf));
  const finding = createFinding({
    id: requiredText(vulnerability['id'], 'vulnerability.id'),
    aliases: related.flatMap((entry) => textOf(entry['id']) ?? []),
    related: objectsOf(vulnerability['advisories'], 'advisories').flatMap((entry) => textOf(entry['id']) ?? []),
    severity: severityFrom(textOf(vulnerability['severity']), score),
    score,
    package: textOf(artifact['name']) ?? null,
    version: textOf(artifact['version']) ?? null,
    purl: textOf(artifact['purl']) ?? null,
    fixedIn: textsOf(objectOf(vulnerability['fix'], 'vulnerability.fix')['versions'], 'fix.versions'),
    scanners: ['Grype'],
    suppressed,
  });
  const places = placesOf(artifact);
  if (places.length === 0) yield finding;
  for (const place of places) yield { ...finding, locations: [place] };
}

/** Files that only support what another one shows (licences, checksums) are no places of their own. */
function placesOf(artifact: JsonObject): readonly string[] {
  const all = objectsOf(artifact['locations'], 'artifact.locations');
  const shown = all.filter((entry) => objectOf(entry['annotations'], 'annotations')['evidence'] !== 'supporting');
  return [...new Set((shown.length > 0 ? shown : all).flatMap((entry) => textOf(entry['path']) ?? []))];
}

function scoresOf(vulnerability: JsonObject): readonly (number | undefined)[] {
  return objectsOf(vulnerability['cvss'], 'cvss').map((entry) => {
    const score = scoreOf(objectOf(entry['metrics'], 'cvss.metrics')['baseScore']);
    return score ?? scoreFromVector(textOf(entry['vector']) ?? '');
  });
}

function ignoredBy(match: JsonObject): string {
  const rules = objectsOf(match['appliedIgnoreRules'], 'appliedIgnoreRules');
  const reasons = rules.flatMap((rule) => textOf(rule['reason']) ?? textOf(rule['namespace']) ?? []);
  return reasons[0] ?? 'ignored by Grype’s configuration';
}

/** Alerts about packages: a distribution that gets no fixes any more, for instance. */
function* alertsIn(packages: readonly JsonObject[]): Iterable<string> {
  for (const entry of packages)
    for (const { message, type } of objectsOf(entry['alerts'], 'alerts'))
      yield textOf(message) ?? textOf(type) ?? 'an alert without a text';
}
