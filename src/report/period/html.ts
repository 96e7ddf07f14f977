// SPDX-License-Identifier: Apache-2.0
// The account of a period → one HTML page for whoever reads it in a browser. It fetches and runs nothing. Texts are
// escaped where elements become text, and only there, so that no value can begin or end one.

import { createHash } from 'node:crypto';
import { counted, toSecond } from '../../base/text.ts';
import type { Redact } from '../redacted-json.ts';
import { escapeHtml } from '../wording.ts';
import type { Period, Release } from './period.ts';
import { remarksOf, sharesOf, sizeOf } from './text.ts';

type Tag = 'h1' | 'h2' | 'p' | 'section' | 'table' | 'tr' | 'th' | 'td' | 'ul' | 'li';

interface Element {
  readonly tag: Tag;
  readonly children: readonly (Element | string)[];
}

const STYLE = `body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;margin:1em 0}
th,td{border:1px solid #888;padding:.2em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
section{border-top:2px solid #888}
@media print{section{break-inside:avoid}}`;

/** Characters of one value; what is longer is cut, and the mark of that shown. */
const SHOWN = 2000;

/** The page, final line end included; `redact` takes the secrets out of each value. */
export function renderHtml(period: Period, redact: Redact): string {
  const { from, to, releases, notCounted } = period;
  const title = `Approvals of images from ${toSecond(from)} to ${toSecond(to)}`;
  const body = [
    element('h1', title),
    element('p', `${sizeOf(period)}: ${sharesOf(period)}`),
    ...releases.map(releaseSection),
    ...(notCounted.length === 0 ? [] : [element('h2', `${counted(notCounted.length, 'report')} not counted`)]),
    ...table(
      ['Report', 'Why'],
      notCounted.map(({ file, why }) => [file, why]),
    ),
  ];
  const style = createHash('sha256').update(STYLE).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${style}'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.map((one) => serialize(one, redact)).join('')}</body>
</html>
`;
}

function releaseSection(release: Release): Element {
  const { names, outcome, content, references, published } = release;
  const remarks = remarksOf(release);
  const facts = [
    ['Content', content.join(', ')],
    ['References', references.join(', ')],
    ['Published', published ? `${toSecond(published.first)} to ${toSecond(published.last)}` : ''],
    ['Tags', published?.tags.join(', ') ?? ''],
  ].filter(([, value]) => value !== '');
  return element(
    'section',
    element('h2', `${names.join(', ')}: ${outcome === 'error' ? 'could not be read' : outcome}`),
    ...table([], facts),
    ...(remarks.length === 0 ? [] : [element('ul', ...remarks.map((one) => element('li', one)))]),
    ...table(
      ['Stage', 'Verdict', 'By'],
      release.stages.map(({ stage, verdict, approvedBy }) => [stage, verdict, approvedBy.join(', ') || 'nobody']),
    ),
    ...table(
      ['Approval', 'By', 'Credential', 'Signed', 'Proven', 'Reason', 'Ticket', 'Expires'],
      release.approvals.map((one) =>
        [one.stage, one.principal, one.credential, one.signedAt, one.provenAt, one.reason, one.ticket, one.expires].map(
          (value) => value ?? '',
        ),
      ),
    ),
    ...table(
      ['Broken glass', 'By', 'From', 'Until', 'Reason', 'Ticket', 'Reviewed by'],
      release.breakGlass.map(({ stage, by, from, until, reason, ticket, reviewedBy }) => [
        stage,
        by,
        from,
        until,
        reason,
        ticket,
        reviewedBy.join(', ') || 'nobody',
      ]),
    ),
    ...table(
      ['Verdict of', 'Outcome', 'Policy', 'Report'],
      release.verdicts.map(({ at, outcome: said, policy, source }) => [at, said, policy ?? 'none', source]),
    ),
  );
}

/** Nothing where there are no rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly Element[] {
  if (rows.length === 0) return [];
  const top = head.length === 0 ? [] : [element('tr', ...head.map((name) => element('th', name)))];
  return [element('table', ...top, ...rows.map((row) => element('tr', ...row.map((cell) => element('td', cell)))))];
}

function element(tag: Tag, ...children: readonly (Element | string)[]): Element {
  return { tag, children };
}

function serialize(node: Element | string, redact: Redact): string {
  if (typeof node === 'string') return escapeHtml(redact(node), SHOWN);
  return `<${node.tag}>${node.children.map((one) => serialize(one, redact)).join('')}</${node.tag}>\n`;
}
