// SPDX-License-Identifier: Apache-2.0
// Verdict → text for people: per image one line per stage with why, then layers, evidence, gaps and remarks; the last
// line is the decision.

import type { Reason } from '../findings/reason.ts';
import type { ImageVerdict, LayerStatus, StageReport, Verdict } from '../policy/verdict.ts';
import { counted } from '../base/count.ts';
import { toSecond } from '../base/time.ts';
import { printable, toAscii } from './foreign-text.ts';
import { decisionOf, isProblem, short, signerOf } from './wording.ts';

/** How the text report is written. */
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

/** What an image's report has said already: nothing is said twice. */
class Said {
  readonly #messages = new Set<string>();
  readonly #hints = new Set<string>();

  /** The reasons not given before. */
  fresh(reasons: readonly Reason[]): readonly Reason[] {
    const fresh = reasons.filter(({ message }) => !this.#messages.has(message));
    for (const { message } of reasons) this.#messages.add(message);
    return fresh;
  }

  /** The hint of a reason, once per hint. */
  hint({ hint }: Reason): readonly string[] {
    if (this.#hints.has(hint)) return [];
    this.#hints.add(hint);
    return [`  → ${hint}`];
  }
}

function imageLines(image: ImageVerdict, options: TextOptions): readonly string[] {
  const said = new Said();
  const covered = image.coverage.filter((one) => one.covered).length;
  const parts = counted(image.coverage.length, 'part');
  const gaps = image.coverage.filter((one) => !one.covered).map(({ object }) => `not covered: ${object}`);
  const stages = image.stages.flatMap((stage) => stageLines(stage, image, { ...options, said }));
  const problems = said.fresh(image.reasons.filter(isProblem));
  const remarks = image.reasons.filter((one) => !isProblem(one));
  return [
    `${mark(image.verdict, options)} ${image.name}${image.unsigned ? '  unsigned' : ''}  ${image.contentDigests.map(short).join(' ')}`.trimEnd(),
    ...(image.reference === null ? [] : [`  ${image.reference}${image.dataVerified ? '' : '  (data not read)'}`]),
    ...section('stages', stages),
    ...section(
      'problems',
      problems.flatMap((one) => problemLines(one, { ...options, said })),
    ),
    ...section(
      'layers',
      image.layers.flatMap((layer) => layerLines(layer, said)),
    ),
    ...section(
      'evidence',
      image.evidence.flatMap((one) => evidenceLines(one, said)),
    ),
    ...section('coverage', image.coverage.length === 0 ? [] : [`${covered} of ${parts}`, ...gaps]),
    ...section(
      'remarks',
      said.fresh(remarks).map(({ message }) => message),
    ),
    '',
  ];
}

type Saying = TextOptions & { readonly said: Said };

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function stageLines(stage: StageReport, image: ImageVerdict, options: Saying): readonly string[] {
  const { said } = options;
  const width = Math.max(...image.stages.map((one) => one.stage.length));
  const by = stage.approvedBy.length > 0 ? stage.approvedBy.join(', ') : 'nobody';
  const needed = stage.needed > 1 ? ` (${stage.needed} needed)` : '';
  const head = `${mark(stage.verdict, options)} ${stage.stage.padEnd(width)}  `;
  const remarks = remarkLines(said.fresh(stage.reasons.filter((one) => !isProblem(one))));
  const [first, ...rest] = stage.reasons.filter(isProblem);
  if (stage.verdict === 'passed' || !first) return [`${head}${by}${needed}`, ...remarks];
  const missing = stage.verdict === 'missing' && !options.ascii ? 'missing: ' : '';
  const lines = [`${head}${missing}${first.message} [${first.code}]`, ...said.hint(first)];
  said.fresh([first]);
  const more = said.fresh(rest).flatMap((one) => problemLines(one, options).map((line) => `  ${line}`));
  return [...lines, ...more, ...remarks];
}

function remarkLines(reasons: readonly Reason[]): readonly string[] {
  return reasons.map(({ message }) => `  · ${message}`);
}

function problemLines(one: Reason, { said, ...options }: Saying): readonly string[] {
  return [`${mark('failed', options)} ${one.message} [${one.code}]`, ...said.hint(one)];
}

function layerLines(layer: ImageVerdict['layers'][number], said: Said): readonly string[] {
  const stage = layer.stage === null ? '' : `  stage ${layer.stage}`;
  const time = layer.signedAt === null ? '' : `  ${toSecond(layer.signedAt)}`;
  const parts = [layer.where.padEnd(10), layer.kind.padEnd(11), statusWord(layer.status).padEnd(14)];
  const line = `${parts.join('  ')}  ${signerOf(layer.signer)}${stage}${time}  ${short(layer.digest)}`;
  return [line, ...detailLines(layer.reasons, said)];
}

function evidenceLines(one: ImageVerdict['evidence'][number], said: Said): readonly string[] {
  const parts = [one.where.padEnd(10), one.predicateType, statusWord(one.status)];
  const line = `${parts.join('  ')}  ${signerOf(one.signer)}  ${short(one.digest)}`;
  return [line, ...detailLines(one.reasons, said)];
}

function detailLines(reasons: readonly Reason[], said: Said): readonly string[] {
  return said.fresh(reasons).map(({ code, message }) => `  ${message} [${code}]`);
}

function statusWord(status: LayerStatus): string {
  return status === 'unknown-signer' ? 'unknown signer' : status;
}

function mark(outcome: 'passed' | 'failed' | 'missing', { ascii }: TextOptions): string {
  if (ascii) return { passed: '[ok]     ', failed: '[failed] ', missing: '[missing]' }[outcome];
  return outcome === 'passed' ? '✓' : '✗';
}
