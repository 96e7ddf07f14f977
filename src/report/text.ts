// SPDX-License-Identifier: Apache-2.0
// Verdict → text for people: per image one line per stage with why, then layers, evidence, gaps and remarks; the last
// line is the decision.

import type { ImageVerdict, LayerStatus, Reason, StageReport, Verdict } from '../policy/verdict.ts';
import { printable, toAscii } from './foreign-text.ts';
import { decisionOf, isProblem, short, signerOf } from './wording.ts';

export interface TextOptions {
  /** Only ASCII in the output: words instead of marks. */
  readonly ascii?: boolean;
  /** Where the full report was written, named in the last line. */
  readonly reportPath?: string;
}

/** Text report, final line end included. */
export function renderText(verdict: Verdict, options: TextOptions = {}): string {
  const report = options.reportPath === undefined ? '' : `; report: ${options.reportPath}`;
  const lines = [...verdict.images.flatMap((image) => imageLines(image, options)), `${decisionOf(verdict)}${report}`];
  const text = `${lines.map((line) => printable(line, 2000)).join('\n')}\n`;
  return options.ascii ? toAscii(text) : text;
}

function imageLines(image: ImageVerdict, options: TextOptions): readonly string[] {
  const covered = image.coverage.filter((one) => one.covered).length;
  const gaps = image.coverage.filter((one) => !one.covered).map(({ object }) => object);
  const remarks = image.reasons.filter((one) => !isProblem(one));
  return [
    `${mark(image.verdict, options)} ${image.name}  ${image.contentDigests.map(short).join(' ')}`,
    ...section(
      'stages',
      image.stages.flatMap((stage) => stageLines(stage, image, options)),
    ),
    ...section(
      'problems',
      image.reasons.filter(isProblem).flatMap((one) => problemLines(one, options)),
    ),
    ...section(
      'layers',
      image.layers.flatMap((layer) => layerLines(layer)),
    ),
    ...section(
      'evidence',
      image.evidence.flatMap((one) => evidenceLines(one)),
    ),
    ...section('coverage', [
      `${covered} of ${image.coverage.length} objects`,
      ...gaps.map((gap) => `not covered: ${gap}`),
    ]),
    ...section(
      'remarks',
      remarks.map(({ message }) => message),
    ),
    '',
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function stageLines(stage: StageReport, image: ImageVerdict, options: TextOptions): readonly string[] {
  const width = Math.max(...image.stages.map((one) => one.stage.length));
  const by = stage.approvedBy.length > 0 ? stage.approvedBy.join(', ') : 'nobody';
  const needed = stage.needed > 1 ? ` (${stage.needed} needed)` : '';
  const head = `${mark(stage.verdict, options)} ${stage.stage.padEnd(width)}  `;
  if (stage.verdict === 'passed') return [`${head}${by}${needed}`, ...remarkLines(stage.reasons)];
  const problems = stage.reasons.filter(isProblem);
  const [first, ...rest] = problems;
  if (!first) return [`${head}${stage.verdict}: ${by}${needed}`];
  const missing = stage.verdict === 'missing' && !options.ascii ? 'missing: ' : '';
  const lines = [`${head}${missing}${first.message} [${first.code}]`, `  ${arrow(first)}`];
  return [
    ...lines,
    ...rest.flatMap((one) => problemLines(one, options).map((line) => `  ${line}`)),
    ...remarkLines(stage.reasons),
  ];
}

function remarkLines(reasons: readonly Reason[]): readonly string[] {
  return reasons.filter((one) => !isProblem(one)).map(({ message }) => `  · ${message}`);
}

function problemLines(one: Reason, options: TextOptions): readonly string[] {
  return [`${mark('failed', options)} ${one.message} [${one.code}]`, `  ${arrow(one)}`];
}

function arrow({ hint }: Reason): string {
  return `→ ${hint}`;
}

function layerLines(layer: ImageVerdict['layers'][number]): readonly string[] {
  const stage = layer.stage === null ? '' : `  stage ${layer.stage}`;
  const time = layer.signedAt === null ? '' : `  ${layer.signedAt}`;
  const parts = [layer.where.padEnd(10), layer.kind.padEnd(11), statusWord(layer.status).padEnd(14)];
  const line = `${parts.join('  ')}  ${signerOf(layer.signer)}${stage}${time}  ${short(layer.digest)}`;
  return [line, ...detailLines(layer.reasons)];
}

function evidenceLines(one: ImageVerdict['evidence'][number]): readonly string[] {
  const parts = [one.where.padEnd(10), one.predicateType, statusWord(one.status)];
  return [`${parts.join('  ')}  ${signerOf(one.signer)}  ${short(one.digest)}`, ...detailLines(one.reasons)];
}

function detailLines(reasons: readonly Reason[]): readonly string[] {
  return reasons.filter(isProblem).map(({ code, message }) => `  ${message} [${code}]`);
}

function statusWord(status: LayerStatus): string {
  return status === 'unknown-signer' ? 'unknown signer' : status;
}

function mark(outcome: 'passed' | 'failed' | 'missing', { ascii }: TextOptions): string {
  if (ascii) return { passed: '[ok]     ', failed: '[failed] ', missing: '[missing]' }[outcome];
  return outcome === 'passed' ? '✓' : '✗';
}
