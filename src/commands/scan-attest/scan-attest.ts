// SPDX-License-Identifier: Apache-2.0
// scan-attest: read all SBOMs, predicates and reports, judge every image, then sign. Nothing is written before everything
// has been read; a failed verdict is a result like a passed one, and the entry fails the step after it was reported.

import type { Host } from '../host.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { countFindings, type FailOn, type JudgeRules, judgeFindings } from '../../findings/judge.ts';
import { VULNS_PREDICATE_TYPE, vulnsPredicate } from '../../scan/write/vulns.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import { mustLieInside } from '../../policy/requires/requires.ts';
import type { NamedStatement } from '../evidence/files.ts';
import { storeStatements } from '../evidence/evidence.ts';
import { assertAttestationTag, evidenceSignerFrom } from '../evidence/signer.ts';
import { SCAN_ATTEST_SPEC, type ScanInputs } from './spec.ts';
import {
  assignFiles,
  loadAllowList,
  predicateStatement,
  predicateTypeFrom,
  readPredicates,
  readReports,
  readSboms,
  type ReportFile,
  type SbomFile,
} from './documents.ts';
import {
  assertFindings,
  describeFinding,
  scanJson,
  scanMarkdown,
  type ScannedImage,
  scanText,
  verdictOf,
  writeSarif,
} from './result.ts';
import { assertScannerArguments, runScanner } from './run-scanner.ts';
import { type CommandResult, defineCommand } from '../spec.ts';
import { type Subject, subjectsFrom } from '../inputs/subjects.ts';
import { policyFrom } from '../inputs/trust.ts';

type JudgedImage = Omit<ScannedImage, 'evidence' | 'contentDigests' | 'reference'>;

async function run(inputs: ScanInputs, host: Host): Promise<CommandResult> {
  assertSomethingToDo(inputs);
  assertFindings(inputs);
  assertScannerArguments(inputs);
  const predicateType = predicateTypeFrom(inputs);
  const rules = await readRules(inputs);
  const signer = await evidenceSignerFrom(inputs, host);
  const policy = await policyFrom(inputs);
  const subjects = await subjectsFrom(inputs);
  assertAttestationTag(inputs, { signer, subjects });
  const judged = await judgeAll(subjects, { rules, predicateType }, { inputs, host });
  const sarifPath = await writeSarif(judged, inputs, host);
  const images: ScannedImage[] = [];
  for (const image of judged) images.push(await attest(image, rules.failOn, { inputs, host, signer, policy }));
  for (const { subject, judgement, remarks } of images) {
    for (const remark of remarks) host.warning(`${subject.name}: not judged: ${remark}`);
    for (const finding of judgement.blocking) host.finding(`${subject.name}: ${describeFinding(finding)}`);
    for (const problem of judgement.problems) host.finding(`${subject.name}: ${problem}`);
    for (const { id, expires, at } of judgement.expired)
      host.warning(`the allowance for ${id} expired on ${expires}`, at);
  }
  return result(images, { failOn: rules.failOn, sarifPath }, host);
}

function assertSomethingToDo(inputs: ScanInputs): void {
  const files = [...inputs.sbomPath, ...inputs.scanReport, ...inputs.predicatePath];
  const given = files.length > 0 || inputs.predicateType !== undefined;
  if (!given && inputs.scanner === 'none')
    throw new UsageError(
      'USAGE_MISSING_INPUT',
      'neither sbom-path nor scan-report nor scanner nor predicate-path was given',
      {
        hint: 'give ⟨scan-report=trivy.json⟩, ⟨sbom-path=image.cdx.json⟩, ⟨scanner=auto⟩, or ⟨predicate-type⟩ and ⟨predicate-path⟩',
      },
    );
}

async function readRules(inputs: ScanInputs): Promise<JudgeRules> {
  return {
    failOn: inputs.failOn,
    unknownAs: inputs.unknownSeverity,
    allow: await loadAllowList(inputs.allowPath),
    countSuppressed: inputs.countSuppressed,
    allowEmptyScan: inputs.allowEmptyScan,
  };
}

interface Surroundings {
  readonly inputs: ScanInputs;
  readonly host: Host;
}

async function judgeAll(
  subjects: readonly Subject[],
  { rules, predicateType }: { readonly rules: JudgeRules; readonly predicateType: string | undefined },
  { inputs, host }: Surroundings,
): Promise<readonly JudgedImage[]> {
  const about = { subjects, folder: inputs.workingDirectory };
  const sbomPaths = assignFiles('sbom-path', inputs.sbomPath, about);
  const reportPaths = assignFiles('scan-report', inputs.scanReport, about);
  const predicatePaths = assignFiles('predicate-path', inputs.predicatePath, about);
  const images: JudgedImage[] = [];
  for (const subject of subjects) {
    const sboms = await readSboms(sbomPaths.get(subject) ?? []);
    const predicates = await readPredicates(predicatePaths.get(subject) ?? [], predicateType);
    const given = await readReports(reportPaths.get(subject) ?? []);
    const own =
      inputs.scanner === 'none'
        ? { reports: [], subject }
        : await host.group(`Scanning ${subject.name}`, async () => runScanner({ subject, sboms }, inputs, host));
    const reports = [...given, ...own.reports];
    const findings = reports.flatMap(({ report }) => report.findings);
    const scanned = reports.map(({ name, report: { recognised } }) => ({ name, recognised }));
    const judgement = judgeFindings(findings, scanned, { rules, now: host.now() });
    const remarks = remarksOn(sboms, reports);
    images.push({ subject: own.subject, sboms, predicates, reports, judgement, remarks });
  }
  return images;
}

/** What there is besides findings is named, so that nothing of a report is lost without a word. */
function remarksOn(sboms: readonly SbomFile[], reports: readonly ReportFile[]): readonly string[] {
  const empty = sboms.filter(({ sbom }) => sbom.componentCount === 0);
  return [
    ...empty.map(({ name }) => `the SBOM ${name} lists no component`),
    ...reports.flatMap(({ name, report }) => report.remarks.map((remark) => `${name}: ${remark}`)),
  ];
}

interface By {
  readonly signer: Signer | undefined;
  /** Says which evidence must lie in the image. */
  readonly policy: LoadedPolicy | undefined;
}

async function attest(
  image: JudgedImage,
  failOn: FailOn,
  { inputs, host, signer, policy }: Surroundings & By,
): Promise<ScannedImage> {
  const { subject, judgement } = image;
  // Nothing signed comes of a failed scan, whose evidence other tools would take for a signature.
  const isAttested = judgement.verdict === 'passed' || inputs.attestFailed;
  const statements = [
    ...sbomStatements(image),
    ...image.predicates.map(predicateStatement),
    ...(isAttested ? findingStatements(image, failOn) : []),
  ].map((one) => (policy && mustLieInside(policy.policy, one.predicateType) ? { ...one, inside: true } : one));
  const options = {
    statements,
    signer: isAttested ? signer : undefined,
    now: host.now(),
    beside: inputs.store === 'file',
    folder: inputs.bundleFolder,
    attestationTag: inputs.attestationTag,
  };
  const progress = host.progress(`reading ${subject.name}`);
  const onBytes = (done: number, total: number): void => progress.update(done, total);
  try {
    const stored = await storeStatements(subject, { ...options, onBytes }, { inputs, host });
    const { evidence, contentDigests, reference } = stored;
    return { ...image, evidence, contentDigests, reference };
  } finally {
    progress.finish();
  }
}

function sbomStatements({ sboms }: JudgedImage): readonly NamedStatement[] {
  return sboms.map(({ sbom: { predicateType, document } }) => ({ label: 'sbom', predicateType, predicate: document }));
}

function findingStatements({ reports, judgement }: JudgedImage, failOn: FailOn): readonly NamedStatement[] {
  return reports.map(({ report, writtenAt }) => ({
    label: `vulns-${report.scanner.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40)}`,
    predicateType: VULNS_PREDICATE_TYPE,
    predicate: vulnsPredicate(report, { judgement, failOn, fallbackTime: writtenAt }),
  }));
}

interface ResultOptions {
  readonly failOn: FailOn;
  /** Empty when there is no such file. */
  readonly sarifPath: string;
}

function result(images: readonly ScannedImage[], { failOn, sarifPath }: ResultOptions, host: Host): CommandResult {
  const verdict = verdictOf(images);
  const subjects = images.map(({ subject, contentDigests, reference }) => ({
    name: subject.name,
    digest: contentDigests[0] ?? '',
    path: subject.in === 'file' ? subject.path : '',
    reference: reference ?? '',
  }));
  const evidence = images.flatMap((image) => image.evidence.map((item) => ({ subject: image.subject.name, ...item })));
  return {
    exitCode: verdict === 'passed' ? EXIT.passed : EXIT.failed,
    outputs: {
      verdict,
      'findings-count': String(images.reduce((sum, { judgement }) => sum + countFindings(judgement), 0)),
      'blocking-count': String(images.reduce((sum, { judgement }) => sum + judgement.blocking.length, 0)),
      subjects: JSON.stringify(subjects),
      digest: subjects.length === 1 ? (subjects[0]?.digest ?? '') : '',
      reference: subjects.length === 1 ? (subjects[0]?.reference ?? '') : '',
      'bundle-path': evidence.flatMap(({ path }) => path ?? []).join('\n'),
      evidence: JSON.stringify(evidence),
      'sarif-path': sarifPath,
    },
    text: scanText(images, failOn),
    json: scanJson(images, failOn, host.now()),
    summary: () => scanMarkdown(images, failOn),
  };
}

/** scan-attest. */
export const command = defineCommand(SCAN_ATTEST_SPEC, run);
