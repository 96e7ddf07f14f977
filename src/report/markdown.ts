// SPDX-License-Identifier: Apache-2.0
// Verdict → Markdown for a job summary: a table with one row per image and stage, a diagram of each chain, and the
// details folded away. Rows are left out, and counted, rather than let the summary grow past what a runner takes.

import type { Reason } from '../findings/signature.ts';
import { isProblem } from '../policy/reasons.ts';
import type { ImageVerdict, Verdict } from '../policy/verdict.ts';
import { counted, toSecond } from '../base/text.ts';
import { shortDigest } from '../base/bytes.ts';
import {
  aboutText,
  custodyLines,
  decisionOf,
  escapeHtml,
  escapeMarkdown as md,
  escapeMermaid,
  groundsOf,
  isByBreakGlass,
  layersOf,
  notPassed,
  signerOf,
  STATE_WORDS,
  stepsOf,
  worstFirst,
  unjudgedLines,
} from './wording.ts';

/** GitHub refuses a step summary above 1 MiB; other steps of the job's step may add to it. */
const SUMMARY_LIMIT_BYTES = 1024 * 1024 - 64 * 1024;
/** Diagrams are drawn for the first images only: the browser draws them one by one. */
const MAX_DIAGRAMS = 10;
/** Names in the list that closes the page. */
const MAX_NAMES = 20;
/** Room kept for the lines that say what was left out. */
const RESERVE_BYTES = 2048;

/** Collects text up to a number of bytes. */
class Budget {
  #left: number;
  #text = '';
  /** Rows that found no room. */
  dropped = 0;

  constructor(limitBytes: number) {
    this.#left = limitBytes;
  }

  /** Adds a piece if it fits with `after` bytes to spare. */
  add(piece: string, after = 0): boolean {
    const size = Buffer.byteLength(piece);
    if (size + after > this.#left) {
      this.dropped += 1;
      return false;
    }
    this.#left -= size;
    this.#text += piece;
    return true;
  }

  get text(): string {
    return this.#text;
  }
}

/** Markdown for a job summary, below `limitBytes` by dropping rows. */
export function renderMarkdown(verdict: Verdict, options: { readonly limitBytes?: number } = {}): string {
  const images = worstFirst(verdict.images);
  const closing = listOf(images);
  const limitBytes = Math.max(RESERVE_BYTES, options.limitBytes ?? SUMMARY_LIMIT_BYTES) - RESERVE_BYTES / 2;
  const budget = new Budget(limitBytes - Buffer.byteLength(closing));
  budget.add(`### ${MARKS[verdict.outcome]} ${md(decisionOf(verdict))}\n\n`);
  budget.add('| Image | Stage | Verdict | Signer | Key | Layer | Time |\n|---|---|---|---|---|---|---|\n');
  for (const image of images) for (const line of stageRows(image)) budget.add(line);
  budget.add('\n');
  for (const image of images.slice(0, MAX_DIAGRAMS)) budget.add(diagram(image));
  for (const image of images) addDetails(image, budget);
  const left =
    budget.dropped > 0
      ? `\n_${counted(budget.dropped, 'row')} left out for lack of room; the report file has them._\n`
      : '';
  return budget.text + left + closing;
}

/** Of several images, the names of those that did not pass, so that the end of a long page says it too. */
function listOf(images: readonly ImageVerdict[]): string {
  const open = images.length > 1 ? notPassed(images) : [];
  if (open.length === 0) return '';
  const names = open
    .slice(0, MAX_NAMES)
    .map(({ name, outcome }) => `<code>${md(name)}</code> (${STATE_WORDS[outcome]})`);
  const more = open.length > MAX_NAMES ? ` and ${open.length - MAX_NAMES} more` : '';
  return `\nNot passed: ${names.join(', ')}${more}\n`;
}

function stageRows(image: ImageVerdict): readonly string[] {
  const name = `<code>${md(image.name)}</code>`;
  if (image.outcome === 'error' || image.stages.length === 0)
    return [row([name, '–', withMark(image.outcome), withWhy('–', image.reasons), '', '', ''])];
  return image.stages.map((stage) => {
    const layers = layersOf(stage, image);
    const signers = stage.approvedBy.length > 0 ? stage.approvedBy.map((one) => md(one)).join(', ') : '–';
    return row([
      name,
      md(`${stage.stage}${aboutText(stage)}`),
      withMark(stage.verdict),
      stage.verdict === 'break-glass' ? withGlass(signers, stage) : withWhy(signers, stage.reasons),
      [...new Set(layers.map(({ method }) => method ?? ''))].map((one) => md(one)).join(', '),
      layers.map(({ digest }) => digestCell(digest)).join('<br>'),
      layers.map(({ signedAt }) => md(signedAt === null ? '' : toSecond(signedAt))).join('<br>'),
    ]);
  });
}

/** The first problem below what the cell says. */
function withWhy(cell: string, reasons: readonly Reason[]): string {
  const why = reasons.find(isProblem);
  return why ? `${cell}<br>${md(why.message)}` : cell;
}

/** Who let the stage be skipped, until when and why, below what the cell says. */
function withGlass(cell: string, { breakGlass = [] }: ImageVerdict['stages'][number]): string {
  const broken = breakGlass.filter((one) => one.holds);
  const lines = broken.map(({ by, until, reason, ticket }) => md(`by ${by} until ${until}: ${reason} (${ticket})`));
  return [cell, ...lines].join('<br>');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

const MARKS = {
  passed: '✅',
  'break-glass': '⚠️',
  failed: '❌',
  missing: '❌',
  error: '⚠️',
  'not-checked': '⚠️',
} as const;

function withMark(state: keyof typeof STATE_WORDS): string {
  return `${MARKS[state]} ${STATE_WORDS[state]}`;
}

function digestCell(digest: string): string {
  return `<abbr title="${escapeHtml(digest)}"><code>${md(shortDigest(digest))}</code></abbr>`;
}

/** The stages as a chain, coloured by verdict. */
function diagram(image: ImageVerdict): string {
  if (image.stages.length === 0) return '';
  const nodes = image.stages.map((stage, index) => {
    const by =
      stage.verdict === 'passed'
        ? stage.approvedBy.map((one) => escapeMermaid(one)).join(', ')
        : STATE_WORDS[stage.verdict];
    return `  s${index}["${escapeMermaid(stage.stage)}<br/>${by}"]:::${stage.verdict.replace('-', '')}\n`;
  });
  const content = `  image(["${escapeMermaid(image.name)}"])\n`;
  const arrows = ['image', ...image.stages.map((_, index) => `s${index}`)].join(' --> ');
  return [
    '```mermaid\nflowchart LR\n',
    content,
    ...nodes,
    `  ${arrows}\n`,
    '  classDef passed fill:#dafbe1,stroke:#1a7f37,color:#1f2328\n',
    '  classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328\n',
    '  classDef breakglass fill:#fff8c5,stroke:#9a6700,color:#1f2328\n',
    '  classDef missing fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4\n',
    '  classDef notchecked fill:#f6f8fa,stroke:#656d76,color:#1f2328,stroke-dasharray:4\n```\n\n',
  ].join('');
}

const CLOSING = '\n</details>\n\n';

function addDetails(image: ImageVerdict, budget: Budget): void {
  const state = isByBreakGlass(image) ? 'break-glass' : image.outcome;
  const open = `<details><summary>${withMark(state)}: <code>${md(image.name)}</code></summary>\n\n`;
  if (!budget.add(open, CLOSING.length)) return;
  const add = (piece: string) => budget.add(piece, CLOSING.length);
  if (image.reference !== null)
    add(`<code>${md(image.reference)}</code>${image.dataVerified ? '' : ' (data not read)'}\n\n`);
  for (const one of image.reasons) add(reasonLine(one));
  for (const { stage, verdict, reasons } of image.stages)
    if (verdict !== 'not-checked') for (const one of reasons) add(reasonLine(one, `stage ${stage}`));
  for (const { text, command } of stepsOf(image))
    add(`- ➡️ ${md(text)}${command === undefined ? '' : `<br><code>${md(command, 2000)}</code>`}\n`);
  for (const text of image.lacking ?? []) add(`- 🚧 ${md(text, 2000)}\n`);
  for (const { object } of image.coverage.filter(({ covered }) => !covered)) add(`- not covered: ${md(object)}\n`);
  for (const line of custodyLines(image)) add(`- 🖊️ ${md(line)}\n`);
  add('\n| Where | Kind | Stage | Signer | Status | Digest |\n|---|---|---|---|---|---|\n');
  for (const layer of image.layers)
    add(
      row([
        md(layer.where),
        layer.kind,
        md(layer.stage ?? ''),
        [signerOf(layer.signer), ...groundsOf(layer)].map((ground) => md(ground)).join('<br>'),
        layer.status,
        digestCell(layer.digest),
      ]),
    );
  for (const one of image.evidence)
    add(
      row([
        md(one.where),
        one.kind === 'other' ? 'evidence' : one.kind,
        md(one.predicateType),
        [signerOf(one.signer), ...(one.says ?? [])].map((text) => md(text)).join('<br>'),
        one.status,
        digestCell(one.digest),
      ]),
    );
  for (const line of unjudgedLines(image.notJudged)) add(row([md(line), 'not judged', '', '', '', '']));
  budget.add(CLOSING);
}

function reasonLine(one: Reason, where?: string): string {
  const lead = `${isProblem(one) ? '❌' : 'ℹ️'} <code>${md(one.code)}</code> ${where === undefined ? '' : `${md(where)}: `}`;
  return `- ${lead}${md(one.message)}${isProblem(one) ? ` — ${md(one.hint)}` : ''}\n`;
}
