// SPDX-License-Identifier: Apache-2.0
// What scan-attest found and decided → text, JSON document, Markdown and a SARIF file. That file is written before anything
// is signed, and only if something was scanned: an empty document would close the alerts of the last scan.

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { counted } from '../../base/text.ts';
import { escapeMarkdown } from '../../report/wording.ts';
import type { AllowEntry, Finding } from '../../findings/finding.ts';
import { countFindings, type FailOn, type Judgement } from '../../findings/judge.ts';
import { describeEvidence, type StoredEvidence } from '../evidence/files.ts';
import type { PredicateFile, ReportFile, SbomFile } from './documents.ts';
import type { Subject } from '../inputs/subjects.ts';
import type { Host } from '../host.ts';
import { UsageError } from '../../base/errors.ts';
import { writeDocument } from '../../files/files.ts';
import { redactedPieces } from '../../report/redacted-json.ts';
import { VERSION } from '../../base/version.ts';
import { formatPlace } from '../../oci/reference.ts';
import { sarifDocument } from '../../scan/write/sarif.ts';
import type { ScanInputs } from './spec.ts';

/** Name and version of the JSON document. */
export const SCAN_SCHEMA = 'countersign/scan/v1';

/** Everything about one image. */
export interface ScannedImage {
  readonly subject: Subject;
  readonly sboms: readonly SbomFile[];
  readonly predicates: readonly PredicateFile[];
  readonly reports: readonly ReportFile[];
  readonly judgement: Judgement;
  /** What was found and not judged. */
  readonly remarks: readonly string[];
  readonly evidence: readonly StoredEvidence[];
  readonly contentDigests: readonly string[];
  /** `place@sha256:…`; null for a file. */
  readonly reference: string | null;
}

/** The document for `report-path` and `--json`. */
export function scanJson(images: readonly ScannedImage[], failOn: FailOn, now: Date): object {
  return {
    schema: SCAN_SCHEMA,
    verdict: verdictOf(images),
    now: now.toISOString(),
    failOn,
    images: images.map((image) => imageJson(image)),
  };
}

function imageJson(image: ScannedImage): object {
  const { subject, sboms, predicates, reports, judgement, remarks, evidence, contentDigests, reference } = image;
  return {
    name: subject.name,
    path: subject.in === 'file' ? subject.path : null,
    reference,
    contentDigests,
    verdict: judgement.verdict,
    problems: judgement.problems,
    remarks,
    sboms: sboms.map(({ name, sbom: { format, version, componentCount, about } }) => ({
      name,
      format,
      version,
      componentCount,
      about,
    })),
    predicates: predicates.map(({ name, predicateType }) => ({ name, predicateType })),
    reports: reports.map(({ name, report: { format, scanner, target, findings } }) => ({
      name,
      format,
      scanner,
      target,
      findings: findings.length,
    })),
    blocking: judgement.blocking,
    allowed: judgement.allowed.map(({ finding, entry }) => ({
      ...finding,
      reason: entry.reason,
      expires: entry.expires,
    })),
    below: judgement.below,
    suppressed: judgement.suppressed,
    expiredAllowances: judgement.expired.map(entryJson),
    unusedAllowances: judgement.unused.map(entryJson),
    evidence,
  };
}

function entryJson({ at, ...entry }: AllowEntry): object {
  return { ...entry, line: at.line };
}

/** Failed when any image failed. */
export function verdictOf(images: readonly ScannedImage[]): 'passed' | 'failed' {
  return images.every(({ judgement }) => judgement.verdict === 'passed') ? 'passed' : 'failed';
}

/** One line per image and reason; the last one is the verdict. */
export function scanText(images: readonly ScannedImage[], failOn: FailOn): string {
  const blocking = images.reduce((sum, { judgement }) => sum + judgement.blocking.length, 0);
  const last = `${verdictOf(images)}: ${counted(blocking, 'blocking finding')} in ${counted(images.length, 'image')}`;
  return `${[...images.flatMap((image) => imageText(image, failOn)), last].join('\n')}\n`;
}

function imageText(image: ScannedImage, failOn: FailOn): readonly string[] {
  const { subject, sboms, predicates, reports, judgement, remarks, evidence, reference } = image;
  const { blocking, allowed, below, suppressed } = judgement;
  const mark = judgement.verdict === 'passed' ? '✓' : '✗';
  const counts = `${blocking.length} blocking, ${allowed.length} allowed, ${below.length} below, ${suppressed.length} suppressed`;
  const judged = reports.length > 0 ? `${counts} (fail-on ${failOn})` : 'no scan was judged';
  return [
    `${mark} ${subject.name}: ${judgement.verdict}, ${judged}`,
    ...(reference === null ? [] : [`    ${reference}`]),
    ...judgement.problems.map((problem) => `    ✗ ${problem}`),
    ...blocking.map((finding) => `    ✗ ${describeFinding(finding)}`),
    ...allowed.map(
      ({ finding, entry }) => `    allowed until ${entry.expires}: ${nameAndPlace(finding)}, ${entry.reason}`,
    ),
    ...suppressed.map((finding) => `    suppressed: ${nameAndPlace(finding)}, ${finding.suppressed}`),
    ...judgement.expired.map(
      (entry) => `    allowance expired on ${entry.expires}: ${entry.id} (line ${entry.at.line})`,
    ),
    ...judgement.unused.map((entry) => `    allowance not needed: ${entry.id} (line ${entry.at.line})`),
    ...remarks.map((remark) => `    not judged: ${remark}`),
    ...sboms.map(
      ({ name, sbom }) =>
        `    sbom ${name}: ${sbom.format} ${sbom.version}, ${counted(sbom.componentCount, 'component')}`,
    ),
    ...predicates.map(({ name, predicateType }) => `    predicate ${name}: ${predicateType}`),
    ...evidence.map((item) => `    ${describeEvidence(item)}`),
  ];
}

/** One line about a finding, for people. */
export function describeFinding(finding: Finding): string {
  const fix = finding.fixedIn.length > 0 ? `, fixed in ${finding.fixedIn.join(' or ')}` : ', no fix known';
  return `${finding.severity} ${nameAndPlace(finding)}${fix} (${finding.scanners.join(', ')})`;
}

function nameAndPlace({ id, package: name, version, locations }: Finding): string {
  const place = name === null ? locations.join(', ') || 'no place given' : [name, version ?? []].flat().join(' ');
  return `${id} in ${place}`;
}

const SUMMARY_ROWS = 200;

/** A table per image; rows beyond the limit are counted, not shown. */
export function scanMarkdown(images: readonly ScannedImage[], failOn: FailOn): string {
  const sections = images.flatMap(({ subject, judgement, remarks, evidence }) => {
    const shown = judgement.blocking.slice(0, SUMMARY_ROWS);
    const hidden = judgement.blocking.length - shown.length;
    return [
      `### scan-attest: ${escapeMarkdown(subject.name)} ${judgement.verdict}`,
      '',
      `${counted(countFindings(judgement), 'finding')}, ${judgement.blocking.length} of them ${failOn} or worse and not allowed, ${judgement.allowed.length} allowed.`,
      ...judgement.problems.map((problem) => `\n${escapeMarkdown(problem)}.`),
      ...remarks.slice(0, SUMMARY_ROWS).map((remark) => `\nNot judged: ${escapeMarkdown(remark)}.`),
      '',
      ...(shown.length > 0
        ? ['| finding | severity | package | version | fixed in |', '| --- | --- | --- | --- | --- |']
        : []),
      ...shown.map(row),
      ...(hidden > 0 ? ['', `and ${hidden} more, see the report.`] : []),
      '',
      ...evidence.map((item) => `- ${escapeMarkdown(describeEvidence({ ...item, path: null }))}`),
      '',
    ];
  });
  return sections.join('\n');
}

function row({ id, severity, package: name, version, fixedIn }: Finding): string {
  return `| ${[id, severity, name ?? '', version ?? '', fixedIn.join(', ')].map((text) => escapeMarkdown(text)).join(' | ')} |`;
}

type JudgedImage = Pick<ScannedImage, 'subject' | 'reports' | 'judgement'>;

/** @throws UsageError USAGE_MISSING_INPUT when there cannot be any findings to write */
export function assertFindings(inputs: ScanInputs): void {
  if (inputs.sarifPath === undefined) return;
  if (inputs.scanReport.length > 0 || inputs.scanner !== 'none') return;
  throw new UsageError('USAGE_MISSING_INPUT', 'sarif-path was given, but neither scan-report nor scanner', {
    hint: 'give ⟨scan-report=trivy.json⟩, or leave ⟨sarif-path⟩ out',
  });
}

/**
 * Writes the findings; the absolute path of the file, empty when there is none.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeSarif(images: readonly JudgedImage[], inputs: ScanInputs, host: Host): Promise<string> {
  const path = sarifPath(inputs, host);
  if (path === undefined || images.every(({ reports }) => reports.length === 0)) return '';
  const named = images.map(({ subject, reports, judgement }) => ({
    name: subject.name,
    uri: imageUri(subject, host.cwd),
    scanned: reports.length > 0,
    judgement,
  }));
  const document = sarifDocument(named, { toolVersion: VERSION, now: host.now() });
  await writeDocument(
    path,
    redactedPieces(document, (text) => host.redact?.(text) ?? text, 1),
  );
  return path;
}

/** As for `report-path`: in a job always, on the command line when asked for. */
function sarifPath(inputs: ScanInputs, host: Host): string | undefined {
  const { sarifPath: wanted } = inputs;
  if (wanted !== undefined) return resolve(inputs.workingDirectory, wanted);
  if (host.kind !== 'actions') return undefined;
  const folder = host.env['RUNNER_TEMP'] ?? tmpdir();
  return join(folder, `countersign-scan-attest-${randomBytes(4).toString('hex')}.sarif`);
}

/** Relative to the workspace, as code scanning wants it, and without what changes from scan to scan: tag and digest. */
function imageUri(subject: Subject, workspace: string): string {
  if (subject.in === 'file') return encodePath(inWorkspace(subject.path, workspace));
  const { reference } = subject;
  return encodePath(reference.in === 'layout' ? inWorkspace(reference.folder, workspace) : formatPlace(reference));
}

/** Paths elsewhere on this machine are nobody's business. */
function inWorkspace(path: string, workspace: string): string {
  const inside = relative(workspace, path).replaceAll('\\', '/');
  return inside === '' || inside === '..' || inside.startsWith('../') || isAbsolute(inside) ? basename(path) : inside;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
