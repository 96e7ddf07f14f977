// SPDX-License-Identifier: Apache-2.0
// Texts in quotes and without, which may go on in the lines below: there one line break is a blank, and each empty line a line break.

import type { Cursor } from './cursor.ts';

/** Beyond ASCII what no program takes for a blank, a line break or a mark. */
const WIDE = String.raw`\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff`;
/** What goes on behind a colon, or behind blanks, is the same text; the second form is for inside of brackets. */
const [INSIDE, AFTER_BLANK] = ['!-9;-~', '!-"$-~'];
const [INNER, INNER_AFTER_BLANK] = [String.raw`!-+\--9;-Z\\^-z|~`, String.raw`!-"$-+\--9;-Z\\^-z|~`];
const TEXT = new RegExp(
  `[A-Za-z0-9/${WIDE}](?:[${INSIDE}${WIDE}]|:(?=[${INSIDE}:${WIDE}])| +(?=[${AFTER_BLANK}${WIDE}])){0,2000}`,
  'y',
);
const INNER_TEXT = new RegExp(
  `[A-Za-z0-9/${WIDE}](?:[${INNER}${WIDE}]|:(?=[${INNER}:${WIDE}])| +(?=[${INNER_AFTER_BLANK}${WIDE}])){0,2000}`,
  'y',
);

const ESCAPE =
  /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U(000[\dA-Fa-f]{5}|0010[\dA-Fa-f]{4})|([0abefnrtvNLP_ "/\\\t]))/g;
/** @see https://yaml.org/spec/1.2.2/#57-escaped-characters */
const ESCAPED: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const DOUBLE_END = /[^"\\]*/y;
const MARKER = /^(?:---|\.\.\.|%)/;

/** A text without quotes here, in an entry that begins at this column; undefined where none is. */
export function plainText(at: Cursor, column: number, isInBrackets: boolean): string | undefined {
  if (isInBrackets) return at.match(INNER_TEXT);
  let text = at.match(TEXT);
  while (text !== undefined && at.match(/ *$/y) !== undefined) {
    const [line, place] = [at.line, at.column];
    do at.line += 1;
    while (at.indent() < 0 && !at.isAtEnd);
    const breaks = at.line - line;
    at.column = at.indent();
    const more = at.column > column ? at.match(TEXT) : undefined;
    if (more === undefined) {
      [at.line, at.column] = [line, place];
      break;
    }
    at.countValue();
    text += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + more;
  }
  return text;
}

/** The text in the quotes that begin here, in an entry that begins at this column. @throws NotPlain */
export function quotedText(at: Cursor, column: number): string {
  const read = at.char === '"' ? doublePart : singlePart;
  at.column += 1;
  let text = '';
  for (let breaks = 0; ; breaks += 1) {
    const { part, ending } = read(at);
    if (breaks > 0 && (part !== '' || ending !== 'break')) {
      text += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
      breaks = 0;
    }
    text += part;
    if (ending === 'end') return text;
    if (ending === 'join') breaks = -1;
    nextOfText(at, column);
  }
}

/** What a line says of a text in quotes; behind it the text ends, goes on after a break, or goes on at once. */
interface Part {
  readonly part: string;
  readonly ending: 'end' | 'break' | 'join';
}

function doublePart(at: Cursor): Part {
  const start = at.column;
  let escape = start;
  at.match(DOUBLE_END);
  while (at.char === '\\') {
    at.column += 2;
    escape = at.column;
    at.match(DOUBLE_END);
  }
  const { length } = at.text;
  if (escape > length) return { part: unescaped(at, start, at.text.slice(start, length - 1)), ending: 'join' };
  const written = at.text.slice(start, at.column);
  if (at.char === undefined) {
    const kept = escape - start;
    const part = written.slice(0, kept) + withoutBlanksAtEnd(written.slice(kept));
    return { part: unescaped(at, start, part), ending: 'break' };
  }
  const part = escape === start ? written : unescaped(at, start, written);
  at.column += 1;
  return { part, ending: 'end' };
}

/** @throws NotPlain for an escape that is none */
function unescaped(at: Cursor, start: number, written: string): string {
  let [text, from] = ['', 0];
  for (const found of written.matchAll(ESCAPE)) {
    const [whole, x, u, long, char = ''] = found;
    const between = written.slice(from, found.index);
    if (between.includes('\\')) break;
    const code = x ?? u ?? long;
    text += between + (code === undefined ? (ESCAPED[char] ?? char) : String.fromCodePoint(Number.parseInt(code, 16)));
    from = found.index + whole.length;
  }
  const rest = written.slice(from);
  if (!rest.includes('\\')) return text + rest;
  at.column = start - 1;
  throw at.notPlain();
}

function singlePart(at: Cursor): Part {
  const end = singleEnd(at.text, at.column);
  const part = at.text.slice(at.column, end ?? at.text.length).replaceAll("''", "'");
  if (end === undefined) return { part: withoutBlanksAtEnd(part), ending: 'break' };
  at.column = end + 1;
  return { part, ending: 'end' };
}

function withoutBlanksAtEnd(text: string): string {
  let { length } = text;
  while (length > 0 && ' \t'.includes(text[length - 1] ?? '')) length -= 1;
  return text.slice(0, length);
}

/** Where the quote is that ends the text; undefined if it is not in this line. */
function singleEnd(line: string, from: number): number | undefined {
  let at = line.indexOf("'", from);
  while (at >= 0 && line[at + 1] === "'") at = line.indexOf("'", at + 2);
  return at < 0 ? undefined : at;
}

function nextOfText(at: Cursor, column: number): void {
  at.countValue();
  at.line += 1;
  at.column = at.indent();
  if (at.isAtEnd || MARKER.test(at.text) || at.text[at.column] === '\t') throw at.notPlain();
  if (at.column < 0) at.column = at.text.length;
  else if (at.column <= column) throw at.notPlain();
}
