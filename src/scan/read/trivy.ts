// SPDX-License-Identifier: Apache-2.0
// Trivy's JSON report (SchemaVersion 2): vulnerabilities, failed misconfiguration checks, secrets and licences, shown or
// hidden by its configuration.

import type { JsonObject } from '../../base/json.ts';
import { scoreFromVector } from '../cvss.ts';
import { ScanError } from '../errors.ts';
import { createFinding, createReport, type Finding, isCommonName, type ScanReport } from '../../findings/finding.ts';
import { highest, scoreOf, severityFrom } from '../../findings/severity.ts';
import { assertMembers, listOf, objectOf, objectsOf, requiredText, textOf, textsOf, timeOf } from './fields.ts';
import { fewRemarks, type FindingRoom } from './room.ts';

const SCHEMA_VERSION = 2;
const MEMBERS = [
  'SchemaVersion',
  'Trivy',
  'ReportID',
  'CreatedAt',
  'ArtifactID',
  'ArtifactName',
  'ArtifactType',
  'Metadata',
  'Results',
];
/** What is found is in a list of its own kind; in one that we do not know it would be passed over. */
const RESULT_MEMBERS = [
  'Target',
  'Class',
  'Type',
  'Packages',
  'Vulnerabilities',
  'MisconfSummary',
  'Misconfigurations',
  'Secrets',
  'Licenses',
  'CustomResources',
  'ExperimentalModifiedFindings',
];
/** Classes of results that say nothing about whether packages were recognised. */
const BESIDE_PACKAGES: ReadonlySet<string | undefined> = new Set(['secret', 'license', 'license-file']);
/** What became of findings that are shown no more; one of another state is a finding like all others. */
const HIDDEN: ReadonlySet<unknown> = new Set(['ignored', 'not_affected', 'fixed']);

/** True for a document that has the marks of a Trivy report. */
export function isTrivyReport(document: JsonObject): boolean {
  return Object.hasOwn(document, 'SchemaVersion') && Object.hasOwn(document, 'ArtifactName');
}

/**
 * The findings of a Trivy report.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE, SCAN_REPORT_TOO_LARGE
 * @see https://github.com/aquasecurity/trivy/blob/v0.74.0/pkg/types/report.go
 */
export function readTrivyReport(document: JsonObject, room: FindingRoom): ScanReport {
  if (document['SchemaVersion'] !== SCHEMA_VERSION)
    throw new ScanError('SCAN_REPORT_UNKNOWN', `Trivy schema version ${JSON.stringify(document['SchemaVersion'])}`);
  assertMembers(document, 'Trivy', MEMBERS);
  const results = objectsOf(document['Results'], 'Results');
  for (const result of results) assertMembers(result, 'Trivy', RESULT_MEMBERS);
  const createdAt = timeOf(document['CreatedAt']);
  return createReport({
    format: 'trivy',
    scanner: {
      name: 'Trivy',
      version: textOf(objectOf(document['Trivy'], 'Trivy')['Version']) ?? null,
      uri: 'https://github.com/aquasecurity/trivy',
    },
    startedAt: createdAt,
    finishedAt: createdAt,
    target: textOf(document['ArtifactName']) ?? null,
    recognised: results.some((result) => !BESIDE_PACKAGES.has(textOf(result['Class']))),
    findings: room.take(findingsIn(results)),
    remarks: fewRemarks(results.flatMap(remarksOn)),
  });
}

function remarksOn({ Target: target, CustomResources: resources }: JsonObject): readonly string[] {
  const { length } = listOf(resources, 'CustomResources');
  return length === 0 ? [] : [`${textOf(target) ?? 'a result'} has ${length} custom resources of a Trivy module`];
}

type Kind = 'vulnerability' | 'misconfiguration' | 'secret' | 'license';
const LISTS: readonly (readonly [string, Kind])[] = [
  ['Vulnerabilities', 'vulnerability'],
  ['Misconfigurations', 'misconfiguration'],
  ['Secrets', 'secret'],
  ['Licenses', 'license'],
];

function* findingsIn(results: readonly JsonObject[]): Iterable<Finding> {
  for (const result of results) {
    const target = textOf(result['Target']);
    for (const [list, kind] of LISTS)
      for (const entry of objectsOf(result[list], list)) yield* readFinding(kind, entry, { target, suppressed: null });
    const modified = objectsOf(result['ExperimentalModifiedFindings'], 'ExperimentalModifiedFindings');
    for (const entry of modified) yield* readModified(entry, target);
  }
}

function readModified(entry: JsonObject, target: string | undefined): readonly Finding[] {
  const kind = LISTS.find(([, name]) => name === entry['Type'])?.[1];
  if (kind === undefined)
    throw new ScanError('SCAN_REPORT_INVALID', `a modified finding has the type ${JSON.stringify(entry['Type'])}`);
  const reason = textOf(entry['Statement']) ?? textOf(entry['Status']) ?? 'hidden by Trivy’s configuration';
  const suppressed = HIDDEN.has(entry['Status']) ? reason : null;
  return readFinding(kind, objectOf(entry['Finding'], 'Finding'), { target, suppressed });
}

interface Context {
  readonly target: string | undefined;
  readonly suppressed: string | null;
}

function readFinding(kind: Kind, entry: JsonObject, { target, suppressed }: Context): readonly Finding[] {
  const status = entry['Status'];
  if (kind === 'misconfiguration' && status === 'PASS') return [];
  const excepted = kind === 'misconfiguration' && status === 'EXCEPTION' ? 'excepted by Trivy’s configuration' : null;
  const score = highest(scoresOf(entry));
  const vendors = textsOf(entry['VendorIDs'], 'VendorIDs');
  return [
    createFinding({
      id: idOf(kind, entry),
      aliases: vendors.filter(isCommonName),
      related: vendors.filter((name) => !isCommonName(name)),
      severity: severityFrom(textOf(entry['Severity']), score),
      score,
      package: textOf(entry['PkgName']) ?? null,
      version: textOf(entry['InstalledVersion']) ?? null,
      purl: textOf(objectOf(entry['PkgIdentifier'], 'PkgIdentifier')['PURL']) ?? null,
      fixedIn: (textOf(entry['FixedVersion']) ?? '').split(',').flatMap((version) => version.trim() || []),
      scanners: ['Trivy'],
      location: textOf(entry['PkgPath']) ?? textOf(entry['FilePath']) ?? target,
      suppressed: suppressed ?? excepted,
    }),
  ];
}

function idOf(kind: Kind, entry: JsonObject): string {
  switch (kind) {
    case 'vulnerability':
      return requiredText(entry['VulnerabilityID'], 'VulnerabilityID');
    case 'misconfiguration':
      return requiredText(entry['ID'], 'ID of a misconfiguration');
    case 'secret':
      return `secret:${requiredText(entry['RuleID'], 'RuleID of a secret')}`;
    case 'license':
      return `license:${requiredText(entry['Name'], 'Name of a licence')}`;
    default:
      return kind satisfies never;
  }
}

/** Of each source the newest version of CVSS that it has. */
function scoresOf(entry: JsonObject): readonly (number | undefined)[] {
  const sources = Object.values(objectOf(entry['CVSS'], 'CVSS')).map((source) => objectOf(source, 'an entry of CVSS'));
  return sources.map((source) => {
    const scores = ['V40', 'V3', 'V2'].map(
      (version) => scoreOf(source[`${version}Score`]) ?? scoreFromVector(textOf(source[`${version}Vector`]) ?? ''),
    );
    return scores.find((score) => score !== undefined);
  });
}
