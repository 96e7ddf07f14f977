// SPDX-License-Identifier: Apache-2.0
// Trivy's JSON report (SchemaVersion 2): vulnerabilities, failed misconfiguration checks, secrets and licences.

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { ScanError } from '../errors.ts';
import { objectOf, objectsOf, requiredText, textOf, textsOf, timeOf } from './fields.ts';
import type { Finding, ScanReport } from '../finding.ts';
import { scoreOf, severityFromScore, severityFromWord } from '../severity.ts';

const SCHEMA_VERSION = 2;
/** Classes of results that say nothing about whether packages were recognised. */
const BESIDE_PACKAGES: ReadonlySet<string | undefined> = new Set(['secret', 'license', 'license-file']);

/** True for a document that has the marks of a Trivy report. */
export function isTrivyReport(document: JsonObject): boolean {
  return Object.hasOwn(document, 'SchemaVersion') && Object.hasOwn(document, 'ArtifactName');
}

/**
 * The findings of a Trivy report.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID
 * @see Trivy v0.68, pkg/types/report.go
 */
export function readTrivyReport(document: JsonObject): ScanReport {
  if (document['SchemaVersion'] !== SCHEMA_VERSION)
    throw new ScanError('SCAN_REPORT_UNKNOWN', `Trivy schema version ${JSON.stringify(document['SchemaVersion'])}`);
  const results = objectsOf(document['Results'], 'Results');
  const createdAt = timeOf(document['CreatedAt']);
  return {
    format: 'trivy',
    scanner: {
      name: 'Trivy',
      version: textOf(objectOf(document['Trivy'], 'Trivy')['Version']) ?? null,
      uri: 'https://github.com/aquasecurity/trivy',
    },
    database: null,
    startedAt: createdAt,
    finishedAt: createdAt,
    target: textOf(document['ArtifactName']) ?? null,
    recognised: results.some((result) => !BESIDE_PACKAGES.has(textOf(result['Class']))),
    findings: results.flatMap(readResult),
  };
}

function readResult(result: JsonObject): readonly Finding[] {
  const target = textOf(result['Target']) ?? null;
  const suppressed = objectsOf(result['ExperimentalModifiedFindings'], 'ExperimentalModifiedFindings');
  return [
    ...objectsOf(result['Vulnerabilities'], 'Vulnerabilities').map((entry) => vulnerability(entry, target)),
    ...suppressed.filter((entry) => entry['Type'] === 'vulnerability').map((entry) => hidden(entry, target)),
    ...objectsOf(result['Misconfigurations'], 'Misconfigurations')
      .filter((entry) => entry['Status'] === undefined || entry['Status'] === 'FAIL')
      .map((entry) => other(entry, requiredText(entry['ID'], 'ID of a misconfiguration'), target)),
    ...objectsOf(result['Secrets'], 'Secrets').map((entry) =>
      other(entry, `secret:${requiredText(entry['RuleID'], 'RuleID of a secret')}`, target),
    ),
    ...objectsOf(result['Licenses'], 'Licenses').map((entry) =>
      other(entry, `license:${requiredText(entry['Name'], 'Name of a licence')}`, target),
    ),
  ];
}

function vulnerability(entry: JsonObject, target: string | null): Finding {
  const score = highestScore(entry['CVSS']);
  const named = severityFromWord(textOf(entry['Severity']));
  return {
    ...other(entry, requiredText(entry['VulnerabilityID'], 'VulnerabilityID'), target),
    aliases: textsOf(entry['VendorIDs'], 'VendorIDs'),
    severity: named === 'unknown' ? severityFromScore(score ?? undefined) : named,
    score,
    version: textOf(entry['InstalledVersion']) ?? null,
    fixedIn: (textOf(entry['FixedVersion']) ?? '')
      .split(',')
      .map((version) => version.trim())
      .filter((version) => version !== ''),
  };
}

function hidden(entry: JsonObject, target: string | null): Finding {
  const finding = vulnerability(objectOf(entry['Finding'], 'Finding'), target);
  const reason = textOf(entry['Statement']) ?? textOf(entry['Status']) ?? 'hidden by Trivy’s configuration';
  return { ...finding, suppressed: reason };
}

function other(entry: JsonObject, id: string, target: string | null): Finding {
  return {
    id,
    aliases: [],
    severity: severityFromWord(textOf(entry['Severity'])),
    score: null,
    package: textOf(entry['PkgName']) ?? null,
    version: null,
    fixedIn: [],
    scanners: ['Trivy'],
    location: textOf(entry['PkgPath']) ?? textOf(entry['FilePath']) ?? target,
    suppressed: null,
  };
}

function highestScore(value: JsonValue | undefined): number | null {
  const sources = Object.values(objectOf(value, 'CVSS')).map((source) => objectOf(source, 'an entry of CVSS'));
  const scores = sources.flatMap((source) => scoreOf(source['V40Score']) ?? scoreOf(source['V3Score']) ?? []);
  return scores.length > 0 ? Math.max(...scores) : null;
}
