// SPDX-License-Identifier: Apache-2.0
// Grype's JSON report: matches, and the matches that its own configuration ignores.

import type { JsonObject } from '../../base/json.ts';
import { objectOf, objectsOf, requiredText, textOf, textsOf, timeOf } from './fields.ts';
import type { Finding, ScanReport } from '../finding.ts';
import { scoreOf, severityFromScore, severityFromWord } from '../severity.ts';

/** True for a document that has the marks of a Grype report. */
export function isGrypeReport(document: JsonObject): boolean {
  return Array.isArray(document['matches']) && objectOf(document['descriptor'], 'descriptor')['name'] === 'grype';
}

/**
 * The findings of a Grype report.
 * @throws ScanError SCAN_REPORT_INVALID
 * @see Grype v0.104, grype/presenter/models/document.go
 */
export function readGrypeReport(document: JsonObject): ScanReport {
  const descriptor = objectOf(document['descriptor'], 'descriptor');
  const source = objectOf(document['source'], 'source');
  const target = source['target'];
  const finishedAt = timeOf(descriptor['timestamp']);
  return {
    format: 'grype',
    scanner: {
      name: 'Grype',
      version: textOf(descriptor['version']) ?? null,
      uri: 'https://github.com/anchore/grype',
    },
    database: readDatabase(descriptor),
    startedAt: finishedAt,
    finishedAt,
    target:
      textOf(target) ?? textOf(objectOf(typeof target === 'string' ? null : target, 'target')['userInput']) ?? null,
    recognised: true,
    findings: [
      ...objectsOf(document['matches'], 'matches').map((match) => readMatch(match, null)),
      ...objectsOf(document['ignoredMatches'], 'ignoredMatches').map((match) => readMatch(match, ignoredBy(match))),
    ],
  };
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

function readMatch(match: JsonObject, suppressed: string | null): Finding {
  const vulnerability = objectOf(match['vulnerability'], 'vulnerability');
  const related = objectsOf(match['relatedVulnerabilities'], 'relatedVulnerabilities');
  const artifact = objectOf(match['artifact'], 'artifact');
  const id = requiredText(vulnerability['id'], 'vulnerability.id');
  const scores = [vulnerability, ...related].flatMap(scoresOf);
  const score = scores.length > 0 ? Math.max(...scores) : null;
  const named = severityFromWord(textOf(vulnerability['severity']));
  const location = objectsOf(artifact['locations'], 'artifact.locations')[0];
  return {
    id,
    aliases: related.flatMap((entry) => textOf(entry['id']) ?? []).filter((alias) => alias !== id),
    severity: named === 'unknown' ? severityFromScore(score ?? undefined) : named,
    score,
    package: textOf(artifact['name']) ?? null,
    version: textOf(artifact['version']) ?? null,
    fixedIn: textsOf(objectOf(vulnerability['fix'], 'vulnerability.fix')['versions'], 'fix.versions'),
    scanners: ['Grype'],
    location: location ? (textOf(location['path']) ?? null) : null,
    suppressed,
  };
}

function scoresOf(vulnerability: JsonObject): readonly number[] {
  return objectsOf(vulnerability['cvss'], 'cvss').flatMap(
    (entry) => scoreOf(objectOf(entry['metrics'], 'cvss.metrics')['baseScore']) ?? [],
  );
}

function ignoredBy(match: JsonObject): string {
  const rules = objectsOf(match['appliedIgnoreRules'], 'appliedIgnoreRules');
  const reasons = rules.flatMap((rule) => textOf(rule['reason']) ?? textOf(rule['namespace']) ?? []);
  return reasons[0] ?? 'ignored by Grype’s configuration';
}
