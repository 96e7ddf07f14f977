// SPDX-License-Identifier: Apache-2.0
// Verdict → text for people: per image one line per stage with why, then layers, evidence, gaps and remarks. Of several
// images those that did not pass come first, and are listed once more before the last line, which is the decision.

import type { Reason } from '../findings/signature.ts';
import { isProblem } from '../policy/reasons.ts';
import type { ImageVerdict, LayerStatus, StageReport, Verdict } from '../policy/verdict.ts';
import { counted, printable, toSecond } from '../base/text.ts';
import { shortDigest } from '../base/bytes.ts';
import {
  aboutText,
  custodyLines,
  decisionOf,
  groundsOf,
  isByBreakGlass,
  notPassed,
  signerOf,
  STATE_WORDS,
  stepLines,
  timeText,
  unjudgedLines,
  worstFirst,
} from './wording.ts';

/** Text report, final line end included; `notes` are lines on what was done, before the decision. */
export function renderText(verdict: Verdict, notes: readonly string[] = []): string {
  const images = worstFirst(verdict.images);
  const lines = [...images.flatMap(imageLines), ...listOf(images), ...notes, decisionOf(verdict)];
  return `${lines.map((line) => printable(line, 2000)).join('\n')}\n`;
}

/** Of several images, those that a reader of the end must know of. */
function listOf(images: readonly ImageVerdict[]): readonly string[] {
  const open = images.length > 1 ? notPassed(images) : [];
  return open.map((image) => `${mark(image.outcome)} ${image.name}: ${STATE_WORDS[image.outcome]}`);
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

function imageLines(image: ImageVerdict): readonly string[] {
  const said = new Said();
  const covered = image.coverage.filter((one) => one.covered).length;
  const parts = counted(image.coverage.length, 'part');
  const gaps = image.coverage.filter((one) => !one.covered).map(({ object }) => `not covered: ${object}`);
  const stages = image.stages.flatMap((stage) => stageLines(stage, image, said));
  const problems = said.fresh(image.reasons.filter(isProblem));
  const remarks = image.reasons.filter((one) => !isProblem(one));
  const state = stateOf(image);
  return [
    `${mark(image.outcome)} ${image.name}${state}  ${image.contentDigests.map(shortDigest).join(' ')}`.trimEnd(),
    ...(image.reference === null ? [] : [`  ${image.reference}${image.dataVerified ? '' : '  (data not read)'}`]),
    ...section('stages', stages),
    ...section(
      'problems',
      problems.flatMap((one) => problemLines(one, said)),
    ),
    ...section('to make it pass', stepLines(image)),
    ...section('no step makes it pass', image.lacking ?? []),
    ...section(
      'layers',
      image.layers.flatMap((layer) => layerLines(layer, said)),
    ),
    ...section(
      'evidence',
      image.evidence.flatMap((one) => evidenceLines(one, said)),
    ),
    ...section('custody', custodyLines(image)),
    ...section('not judged', unjudgedLines(image.notJudged)),
    ...section('coverage', image.coverage.length === 0 ? [] : [`${covered} of ${parts}`, ...gaps]),
    ...section(
      'remarks',
      said.fresh(remarks).map(({ message }) => message),
    ),
    '',
  ];
}

function stateOf(image: ImageVerdict): string {
  if (image.outcome === 'error') return `  ${STATE_WORDS.error}`;
  if (isByBreakGlass(image)) return `  ${STATE_WORDS['break-glass']}`;
  return image.unsigned ? '  unsigned' : '';
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function stageLines(stage: StageReport, image: ImageVerdict, said: Said): readonly string[] {
  const width = Math.max(...image.stages.map((one) => one.stage.length));
  const by = stage.approvedBy.length > 0 ? stage.approvedBy.join(', ') : 'nobody';
  const needed = stage.needed > 1 ? ` (${stage.needed} needed)` : '';
  const head = `${mark(stage.verdict)} ${stage.stage.padEnd(width)}  `;
  if (stage.verdict === 'not-checked') return [`${head}${STATE_WORDS['not-checked']}`];
  const remarks = remarkLines(said.fresh(stage.reasons.filter((one) => !isProblem(one))));
  if (stage.verdict === 'break-glass') return [`${head}${STATE_WORDS['break-glass']}`, ...remarks];
  const problems = stage.reasons.filter(isProblem);
  const [first = problems[0], ...rest] = said.fresh(problems);
  if (stage.verdict === 'passed' || !first) return [`${head}${by}${needed}${aboutText(stage)}`, ...remarks];
  const missing = stage.verdict === 'missing' ? 'missing: ' : '';
  const lines = [`${head}${missing}${first.message} [${first.code}]`, ...said.hint(first)];
  const more = rest.flatMap((one) => problemLines(one, said).map((line) => `  ${line}`));
  return [...lines, ...more, ...remarks];
}

function remarkLines(reasons: readonly Reason[]): readonly string[] {
  return reasons.map(({ message }) => `  · ${message}`);
}

function problemLines(one: Reason, said: Said): readonly string[] {
  return [`${mark('failed')} ${one.message} [${one.code}]`, ...said.hint(one)];
}

function layerLines(layer: ImageVerdict['layers'][number], said: Said): readonly string[] {
  const stage = layer.stage === null ? '' : `  stage ${layer.stage}`;
  const time = layer.signedAt === null ? '' : `  ${toSecond(layer.signedAt)}`;
  const parts = [layer.where.padEnd(10), layer.kind.padEnd(11), statusWord(layer.status).padEnd(14)];
  const line = `${parts.join('  ')}  ${signerOf(layer.signer)}${stage}${time}  ${shortDigest(layer.digest)}`;
  return [line, ...groundsOf(layer).map((ground) => `  ${ground}`), ...detailLines(layer.reasons, said)];
}

function evidenceLines(one: ImageVerdict['evidence'][number], said: Said): readonly string[] {
  const parts = [one.where.padEnd(10), one.kind.padEnd(11), statusWord(one.status).padEnd(14)];
  const type = one.kind === 'other' ? `  ${one.predicateType}` : '';
  const line = `${parts.join('  ')}  ${signerOf(one.signer)}${type}  ${shortDigest(one.digest)}`;
  const time = one.provenTime ? [`  ${timeText(one.provenTime)}`] : [];
  return [line, ...(one.says ?? []).map((text) => `  ${text}`), ...time, ...detailLines(one.reasons, said)];
}

function detailLines(reasons: readonly Reason[], said: Said): readonly string[] {
  return said
    .fresh(reasons)
    .flatMap((one) => [
      `  ${one.message} [${one.code}]`,
      ...(isProblem(one) ? said.hint(one).map((hint) => `  ${hint}`) : []),
    ]);
}

function statusWord(status: LayerStatus): string {
  return status === 'unknown-signer' ? 'unknown signer' : status;
}

function mark(state: keyof typeof STATE_WORDS): string {
  return { passed: '✓', 'break-glass': '!', failed: '✗', missing: '✗', error: '?', 'not-checked': '?' }[state];
}
