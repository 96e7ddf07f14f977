// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0 results of any scanner: one report for each run.

import type { JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { ScanError } from '../errors.ts';
import { createFinding, createReport, type Finding, isCommonName, type ScanReport } from '../../findings/finding.ts';
import { scoreOf } from '../../findings/severity.ts';
import { assertMembers, listOf, objectOf, objectsOf, requiredList, requiredText, textOf, timeOf } from './fields.ts';
import type { FindingRoom } from './room.ts';
import { readMessage } from './sarif-message.ts';
import { RuleBook } from './sarif-rules.ts';
import { sarifSeverity } from './sarif-severity.ts';

const MEMBERS = ['$schema', 'version', 'runs', 'inlineExternalProperties', 'properties'];
/** Members of a run that say what was found. Programs that match names without regard to case would read others for them. */
const READ_IN_RUNS = ['tool', 'conversion', 'invocations', 'results', 'externalPropertyFileReferences'];
/** Kinds of result that say that something is in order, or not applicable. */
const NO_FINDING = new Set<unknown>(['pass', 'notApplicable', 'informational']);
/** This scanner writes `warning` for all that it has no score for, were they critical in its JSON. */
const UNRATED_LEVELS = 'osv-scanner';
/** What a result is called that has no rule: the standard leaves that free. */
const NO_RULE = 'no-rule';

/** True for a SARIF document of any version. */
export function isSarif(document: JsonObject): boolean {
  return Array.isArray(document['runs']) && typeof document['version'] === 'string';
}

/**
 * One report per run of a SARIF document.
 * @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE, SCAN_REPORT_TOO_LARGE
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
export function readSarif(document: JsonObject, room: FindingRoom): readonly ScanReport[] {
  if (document['version'] !== '2.1.0')
    throw new ScanError('SCAN_REPORT_UNKNOWN', `SARIF version ${JSON.stringify(textOf(document['version']))}`);
  assertMembers(document, 'SARIF 2.1.0', MEMBERS);
  const runs = objectsOf(document['runs'], 'runs');
  if (runs.length === 0) throw new ScanError('SCAN_REPORT_INCOMPLETE', 'the SARIF document has no run');
  if (listOf(document['inlineExternalProperties'], 'inlineExternalProperties').length > 0)
    throw new ScanError('SCAN_REPORT_INCOMPLETE', 'the SARIF document keeps parts of its runs outside of them');
  if (runs.length > LIMITS.sarifRuns)
    throw new ScanError(
      'SCAN_REPORT_TOO_LARGE',
      `the SARIF document has ${runs.length} runs; ${LIMITS.sarifRuns} are read`,
    );
  return runs.map((run) => readRun(run, room));
}

function readRun(run: JsonObject, room: FindingRoom): ScanReport {
  assertMembers(run, 'SARIF 2.1.0', namesInRun(run));
  const driver = objectOf(objectOf(run['tool'], 'tool')['driver'], 'tool.driver');
  const name = requiredText(driver['name'], 'tool.driver.name');
  const invocations = objectsOf(run['invocations'], 'invocations');
  for (const invocation of invocations) assertSuccessful(invocation, name);
  const { invocation: converted } = objectOf(run['conversion'], 'conversion');
  assertSuccessful(objectOf(converted, 'conversion.invocation'), name);
  const { results } = objectOf(run['externalPropertyFileReferences'], 'externalPropertyFileReferences');
  if (!Array.isArray(run['results']) || listOf(results, 'externalPropertyFileReferences.results').length > 0)
    throw new ScanError(
      'SCAN_REPORT_INCOMPLETE',
      `the run of ${name} has no results of its own, not even an empty list`,
    );
  const rules = new RuleBook(run, invocations);
  return createReport({
    format: 'sarif',
    scanner: {
      name,
      version: textOf(driver['semanticVersion']) ?? textOf(driver['version']) ?? null,
      uri: textOf(driver['informationUri']) ?? `urn:countersign:scanner:${encodeURIComponent(name)}`,
    },
    startedAt: timeOf(invocations[0]?.['startTimeUtc']),
    finishedAt: timeOf(invocations.at(-1)?.['endTimeUtc']),
    findings: room.take(findingsIn(run, rules, name)),
  });
}

/** All names in a run but those that only case tells from one that is read. */
function namesInRun(run: JsonObject): readonly string[] {
  const folded = new Set(READ_IN_RUNS.map((name) => name.toLowerCase()));
  return Object.keys(run).filter((name) => READ_IN_RUNS.includes(name) || !folded.has(name.toLowerCase()));
}

function* findingsIn(run: JsonObject, rules: RuleBook, scanner: string): Iterable<Finding> {
  for (const result of requiredList(run['results'], 'results'))
    if (!NO_FINDING.has(result['kind']) && result['baselineState'] !== 'absent')
      yield readResult(result, rules, scanner);
}

/** As section 3.20 of the standard has it: what an invocation says of how it went, errors among its notifications. */
function assertSuccessful(invocation: JsonObject, name: string): void {
  const incomplete = (why: string) => new ScanError('SCAN_REPORT_INCOMPLETE', `the run of ${name} ${why}`);
  if (invocation['executionSuccessful'] === false)
    throw incomplete('was not successful (executionSuccessful is false)');
  for (const member of ['exitSignalName', 'processStartFailureMessage'])
    if (textOf(invocation[member]) !== undefined) throw incomplete(`has ${member}: ${textOf(invocation[member])}`);
  for (const member of ['toolExecutionNotifications', 'toolConfigurationNotifications'])
    for (const { level, message } of objectsOf(invocation[member], member))
      if (level === 'error')
        throw incomplete(`reports an error: ${textOf(objectOf(message, 'message')['text']) ?? 'without a text'}`);
}

function readResult(result: JsonObject, rules: RuleBook, scanner: string): Finding {
  const { rule, id: ruleId } = rules.find(result);
  const id = ruleId ?? NO_RULE;
  const message = readMessage(result, scanner);
  const scores = [result, rule].map((place) => objectOf(place['properties'], 'properties')['security-severity']);
  const score = scores.map(scoreOf).find((found) => found !== undefined);
  const level = scanner === UNRATED_LEVELS && score === undefined ? 'unrated' : rules.level(result);
  const severity = sarifSeverity({ result, rule, score, word: message.severity, level });
  const named = nameOf(id, message.package);
  return createFinding({
    id: named,
    aliases: [id],
    severity,
    score: severity === 'unknown' ? null : (score ?? null),
    package: message.package ?? null,
    version: message.version ?? null,
    fixedIn: message.fixedIn ?? [],
    scanners: [scanner],
    location: locationOf(result),
    suppressed: suppressionOf(result),
  });
}

/** Grype names its rules VULNERABILITY-PACKAGE; any other name stays whole, however it begins. */
function nameOf(id: string, packageName: string | undefined): string {
  const ending = `-${packageName}`;
  const start = id.endsWith(ending) ? id.slice(0, -ending.length) : id;
  return isCommonName(start) ? start : id;
}

function locationOf(result: JsonObject): string | undefined {
  const location = objectsOf(result['locations'], 'locations')[0];
  const physical = objectOf(location?.['physicalLocation'], 'physicalLocation');
  return textOf(objectOf(physical['artifactLocation'], 'artifactLocation')['uri']);
}

/** Only suppressions that are accepted (or have no status) count; one under review or rejected hides nothing. */
function suppressionOf(result: JsonObject): string | null {
  const suppressions = objectsOf(result['suppressions'], 'suppressions');
  const accepted = suppressions.filter(({ status }) => status === undefined || status === 'accepted');
  if (accepted.length === 0 || accepted.length < suppressions.length) return null;
  return textOf(accepted[0]?.['justification']) ?? 'suppressed in the report';
}
