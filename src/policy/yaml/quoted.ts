// SPDX-License-Identifier: Apache-2.0
// Texts in quotes: double ones with the escapes of JSON, single ones that may go on in the lines below.

import type { Cursor } from './cursor.ts';

/** YAML has more of them than JSON. */
const OTHER_ESCAPE = /\\(?!["\\/bfnrt]|u[0-9A-Fa-f]{4})/;
const DOUBLE_END = /[^"\\]*/y;
const MARKER = /^(?:---|\.\.\.|%)/;

/** The text in the quotes that begin here, in an entry that begins at this column. @throws NotPlain */
export function quotedText(at: Cursor, column: number): string {
  return at.char === '"' ? doubleQuoted(at) : singleQuoted(at, column);
}

function doubleQuoted(at: Cursor): string {
  const start = at.column;
  at.column += 1;
  at.match(DOUBLE_END);
  let hasEscapes = false;
  while (at.char === '\\') {
    hasEscapes = true;
    at.column += 2;
    at.match(DOUBLE_END);
  }
  if (at.char !== '"') throw at.notPlain();
  at.column += 1;
  if (!hasEscapes) return at.text.slice(start + 1, at.column - 1);
  const written = at.text.slice(start, at.column);
  if (!OTHER_ESCAPE.test(written.replaceAll('\\\\', '')) && !written.includes('\t')) return String(JSON.parse(written));
  at.column = start;
  throw at.notPlain();
}

/**
 * One line break is a blank, and each empty line a line break.
 * @see https://yaml.org/spec/1.2.2/#732-single-quoted-style
 */
function singleQuoted(at: Cursor, column: number): string {
  at.column += 1;
  let text = '';
  for (let breaks = 0; ; breaks += 1) {
    const end = singleEnd(at.text, at.column);
    const line = at.text.slice(at.column, end ?? at.text.length).replaceAll("''", "'");
    const part = end === undefined ? line.replace(/[ \t]+$/, '') : line;
    if (breaks > 0 && (part !== '' || end !== undefined)) {
      text += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
      breaks = 0;
    }
    text += part;
    if (end !== undefined) {
      at.column = end + 1;
      return text;
    }
    nextOfText(at, column);
  }
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
