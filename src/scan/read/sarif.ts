// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0 results of any scanner. The severity comes from `security-severity` (a CVSS score, on the result or its
// rule), else from the level: error is high, warning medium, note low.

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { ScanError } from '../errors.ts';
import { objectOf, objectsOf, printable, requiredText, textOf, timeOf } from './fields.ts';
import type { Finding, ScanReport } from '../finding.ts';
import { type Severity, scoreOf, severityFromScore } from '../severity.ts';

/** Kinds of result that say that something is in order, or not applicable. */
const NO_FINDING = new Set<unknown>(['pass', 'notApplicable', 'informational']);
const VULNERABILITY_ID = /^(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})(?![0-9a-z])/;

/** True for a SARIF document of any version. */
export function isSarif(document: JsonObject): boolean {
  return Array.isArray(document['runs']) && typeof document['version'] === 'string';
}

/**
 * One report per run of a SARIF document.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE
 * @see SARIF 2.1.0, sections 3.14 run and 3.27 result
 */
export function readSarif(document: JsonObject): readonly ScanReport[] {
  if (document['version'] !== '2.1.0')
    throw new ScanError('SCAN_REPORT_UNKNOWN', `SARIF version ${JSON.stringify(textOf(document['version']))}`);
  const runs = objectsOf(document['runs'], 'runs');
  if (runs.length === 0) throw new ScanError('SCAN_REPORT_INCOMPLETE', 'the SARIF document has no run');
  return runs.map(readRun);
}

function readRun(run: JsonObject): ScanReport {
  const tool = objectOf(run['tool'], 'tool');
  const driver = objectOf(tool['driver'], 'tool.driver');
  const name = requiredText(driver['name'], 'tool.driver.name');
  const invocations = objectsOf(run['invocations'], 'invocations');
  if (invocations.some((invocation) => invocation['executionSuccessful'] === false))
    throw new ScanError(
      'SCAN_REPORT_INCOMPLETE',
      `the run of ${name} was not successful (executionSuccessful is false)`,
    );
  if (!Array.isArray(run['results']))
    throw new ScanError('SCAN_REPORT_INCOMPLETE', `the run of ${name} has no results, not even an empty list`);
  const rules = new RuleBook(driver, objectsOf(tool['extensions'], 'tool.extensions'));
  const results = objectsOf(run['results'], 'results').filter((result) => !isNoFinding(result));
  return {
    format: 'sarif',
    scanner: {
      name,
      version: textOf(driver['semanticVersion']) ?? textOf(driver['version']) ?? null,
      uri: textOf(driver['informationUri']) ?? `urn:countersign:scanner:${encodeURIComponent(name)}`,
    },
    database: null,
    startedAt: timeOf(invocations[0]?.['startTimeUtc']),
    finishedAt: timeOf(invocations.at(-1)?.['endTimeUtc']),
    target: null,
    recognised: true,
    findings: results.map((result) => readResult(result, rules.find(result), name)),
  };
}

function isNoFinding(result: JsonObject): boolean {
  return NO_FINDING.has(result['kind']) || result['baselineState'] === 'absent';
}

/** Finds the rule of a result: by index, else by id, in the driver or the extension that the result names. */
class RuleBook {
  readonly #driver: readonly JsonObject[];
  readonly #extensions: readonly (readonly JsonObject[])[];
  readonly #byId: ReadonlyMap<string, JsonObject>;

  constructor(driver: JsonObject, extensions: readonly JsonObject[]) {
    this.#driver = objectsOf(driver['rules'], 'rules');
    this.#extensions = extensions.map((extension) => objectsOf(extension['rules'], 'rules'));
    const all = [...this.#extensions.flat(), ...this.#driver];
    this.#byId = new Map(all.flatMap((rule) => (typeof rule['id'] === 'string' ? [[rule['id'], rule] as const] : [])));
  }

  find(result: JsonObject): JsonObject {
    const reference = objectOf(result['rule'], 'rule');
    const index = reference['index'] ?? result['ruleIndex'];
    const component = objectOf(reference['toolComponent'], 'rule.toolComponent')['index'];
    const rules = typeof component === 'number' ? this.#extensions[component] : this.#driver;
    const id = result['ruleId'] ?? reference['id'];
    const indexed = typeof index === 'number' && index >= 0 ? rules?.[index] : undefined;
    const named = typeof id === 'string' ? this.#byId.get(id) : undefined;
    return indexed ?? named ?? objectOf(undefined, 'rule');
  }
}

function readResult(result: JsonObject, rule: JsonObject, scanner: string): Finding {
  const rawId = requiredText(result['ruleId'] ?? objectOf(result['rule'], 'rule')['id'] ?? rule['id'], 'ruleId');
  const id = VULNERABILITY_ID.exec(rawId)?.[0] ?? rawId;
  const lines = messageLines(result['message']);
  const properties = objectOf(result['properties'], 'properties');
  const score =
    scoreOf(properties['security-severity']) ??
    scoreOf(objectOf(rule['properties'], 'rule.properties')['security-severity']);
  const fixed = lines.get('fixed version');
  return {
    id,
    aliases: id === rawId ? [] : [rawId],
    severity: score === undefined ? severityOfLevel(result, rule) : severityFromScore(score),
    score: score ?? null,
    package: lines.get('package') ?? null,
    version: lines.get('installed version') ?? null,
    fixedIn: fixed === undefined ? [] : [fixed],
    scanners: [scanner],
    location: locationOf(result),
    suppressed: suppressionOf(result),
  };
}

/** `Package: openssl` lines, which Trivy and others put into the message because SARIF has no field for them. */
function messageLines(message: JsonValue | undefined): ReadonlyMap<string, string> {
  const text = objectOf(message, 'message')['text'];
  if (typeof text !== 'string') return new Map();
  const lines = text
    .slice(0, 4000)
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(': ');
      const value = colon > 0 ? printable(line.slice(colon + 2)) : '';
      return value === '' ? [] : [[line.slice(0, colon).trim().toLowerCase(), value] as const];
    });
  return new Map(lines);
}

function severityOfLevel(result: JsonObject, rule: JsonObject): Severity {
  const level = result['level'] ?? objectOf(rule['defaultConfiguration'], 'defaultConfiguration')['level'] ?? 'warning';
  switch (level) {
    case 'error':
      return 'high';
    case 'warning':
      return 'medium';
    case 'note':
      return 'low';
    case 'none':
      return 'negligible';
    default:
      return 'unknown';
  }
}

function locationOf(result: JsonObject): string | null {
  const location = objectsOf(result['locations'], 'locations')[0];
  const physical = objectOf(location?.['physicalLocation'], 'physicalLocation');
  return textOf(objectOf(physical['artifactLocation'], 'artifactLocation')['uri']) ?? null;
}

/** Only suppressions that are accepted (or have no status) count; one under review or rejected hides nothing. */
function suppressionOf(result: JsonObject): string | null {
  const suppressions = objectsOf(result['suppressions'], 'suppressions');
  const accepted = suppressions.filter(({ status }) => status === undefined || status === 'accepted');
  if (accepted.length === 0 || accepted.length < suppressions.length) return null;
  return textOf(accepted[0]?.['justification']) ?? 'suppressed in the report';
}
