// SPDX-License-Identifier: Apache-2.0
// OSV-Scanner's JSON report. Its groups join the names of one vulnerability and carry the highest CVSS score.

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { objectOf, objectsOf, requiredText, textOf, textsOf } from './fields.ts';
import type { Finding, ScanReport } from '../finding.ts';
import { scoreFromVector, scoreOf, severityFromScore, severityFromWord, worse } from '../severity.ts';

/** True for a document that has the marks of an OSV-Scanner report; one without findings has an empty `results`. */
export function isOsvReport(document: JsonObject): boolean {
  const results = document['results'];
  if (!Array.isArray(results)) return false;
  return results.every((result) => Array.isArray(objectOf(result, 'an entry of results')['packages']));
}

/**
 * The findings of an OSV-Scanner report.
 * @throws ScanError SCAN_REPORT_INVALID
 * @see OSV-Scanner v2.2, pkg/models/results.go
 */
export function readOsvReport(document: JsonObject): ScanReport {
  return {
    format: 'osv-scanner',
    scanner: { name: 'OSV-Scanner', version: null, uri: 'https://github.com/google/osv-scanner' },
    database: null,
    startedAt: null,
    finishedAt: null,
    target: null,
    recognised: true,
    findings: objectsOf(document['results'], 'results').flatMap(readResult),
  };
}

function readResult(result: JsonObject): readonly Finding[] {
  const location = textOf(objectOf(result['source'], 'source')['path']) ?? null;
  return objectsOf(result['packages'], 'packages').flatMap((entry) => readPackage(entry, location));
}

function readPackage(entry: JsonObject, location: string | null): readonly Finding[] {
  const { name, version, commit } = objectOf(entry['package'], 'package');
  const place = { package: textOf(name) ?? null, version: textOf(version) ?? textOf(commit) ?? null };
  const vulnerabilities = new Map(
    objectsOf(entry['vulnerabilities'], 'vulnerabilities').map((value) => [requiredText(value['id'], 'id'), value]),
  );
  const grouped = new Set<string>();
  const groups = objectsOf(entry['groups'], 'groups').map((group) => {
    const ids = textsOf(group['ids'], 'groups.ids');
    for (const id of ids) grouped.add(id);
    const members = ids.map((id) => vulnerabilities.get(id)).filter((member) => member !== undefined);
    return finding(members, {
      names: [...ids, ...textsOf(group['aliases'], 'groups.aliases')],
      score: group['max_severity'],
      place,
    });
  });
  const alone = [...vulnerabilities].filter(([id]) => !grouped.has(id));
  const rest = alone.map(([id, value]) => finding([value], { names: [id], score: undefined, place }));
  return [...groups, ...rest].map((found) => ({ ...found, location }));
}

interface GroupFacts {
  readonly names: readonly string[];
  readonly score: JsonValue | undefined;
  readonly place: { readonly package: string | null; readonly version: string | null };
}

function finding(members: readonly JsonObject[], facts: GroupFacts): Finding {
  const names = [...new Set([...facts.names, ...members.flatMap((member) => textsOf(member['aliases'], 'aliases'))])];
  const id = requiredText(names.find((name) => name.startsWith('CVE-')) ?? names[0], 'groups.ids');
  const scores = [scoreOf(facts.score) ?? [], members.flatMap((member) => vectorScores(member))].flat();
  const score = scores.length > 0 ? Math.max(...scores) : null;
  const words = members.map((member) =>
    severityFromWord(textOf(objectOf(member['database_specific'], 'database_specific')['severity'])),
  );
  return {
    id,
    aliases: names.filter((name) => name !== id),
    severity: score === null ? words.reduce(worse, 'unknown') : severityFromScore(score),
    score,
    ...facts.place,
    fixedIn: [...new Set(members.flatMap((member) => fixesOf(member, facts.place.package)))],
    scanners: ['OSV-Scanner'],
    location: null,
    suppressed: null,
  };
}

function vectorScores(vulnerability: JsonObject): readonly number[] {
  return objectsOf(vulnerability['severity'], 'severity').flatMap(
    (entry) => scoreFromVector(textOf(entry['score']) ?? '') ?? [],
  );
}

function fixesOf(vulnerability: JsonObject, name: string | null): readonly string[] {
  return objectsOf(vulnerability['affected'], 'affected')
    .filter((affected) => textOf(objectOf(affected['package'], 'affected.package')['name']) === name)
    .flatMap((affected) => objectsOf(affected['ranges'], 'affected.ranges'))
    .filter((range) => range['type'] !== 'GIT')
    .flatMap((range) => objectsOf(range['events'], 'ranges.events'))
    .flatMap((event) => textOf(event['fixed']) ?? []);
}
