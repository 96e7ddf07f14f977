// SPDX-License-Identifier: Apache-2.0
// Where the plain reader is in a text, and what is passed over there: blanks, comments and line breaks.

import type { SourceLocation } from '../../base/errors.ts';

/** Thrown where the text is more than plain. */
export class NotPlain extends Error {
  readonly location: SourceLocation;

  constructor(location: SourceLocation) {
    super('more than plain');
    this.location = location;
  }
}

/** Maps and lists that are read: a hundred thousand people have two each. */
const MOST_PARTS = 240_000;
/** Values, and lines of a text in quotes: two for each of them, and their names as approvers and in teams. */
const MOST_VALUES = 420_000;
/** Lines that any text may have, and beyond these one for so many characters. */
const ANY_LINES = 100_000;
const LINE_LENGTH = 8;

/** Ends a line; behind a value a comment needs a blank before it. */
const REST = / *(?: #.*)?$/y;

/** A place in a text. */
export class Cursor {
  readonly #text: string;
  /** Where each line begins, and behind the last one where one more would. */
  readonly #starts: Uint32Array;
  readonly #file: string;
  /** How many maps and lists may still begin, and how many values. */
  #parts = MOST_PARTS;
  #values = MOST_VALUES;
  #line = 0;
  /** The line, which is asked for again and again. */
  #current: string;
  column = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#starts = lineStarts(text);
    this.#current = this.textAt(0);
    this.#file = file;
  }

  /** The number of the line, from 0. */
  get line(): number {
    return this.#line;
  }

  set line(line: number) {
    this.#line = line;
    this.#current = this.textAt(line);
  }

  /** The line. */
  get text(): string {
    return this.#current;
  }

  /** Another one; empty behind the last. Cut off when it is asked for: hundreds of thousands of lines are not kept. */
  textAt(line: number): string {
    const [start, next] = [this.#starts[line], this.#starts[line + 1]];
    if (start === undefined || next === undefined) return '';
    const end = next - 1;
    return this.#text.slice(
      start,
      end > start && this.#text[end - 1] === '\r' && end < this.#text.length ? end - 1 : end,
    );
  }

  get isLastLine(): boolean {
    return this.#line === this.#starts.length - 2;
  }

  get isAtEnd(): boolean {
    return this.#line >= this.#starts.length - 1;
  }

  /** The character here; undefined at the end of a line. */
  get char(): string | undefined {
    return this.text[this.column];
  }

  /** How many blanks the line begins with; -1 if it has nothing else. */
  indent(): number {
    return this.isAtEnd ? -1 : this.text.search(/[^ ]/);
  }

  /** Passes over empty lines and comments, to where a line says something. */
  toContent(): void {
    while (!this.isAtEnd && /^ *(?:#|$)/.test(this.text)) this.line += 1;
    this.column = this.indent();
  }

  blanks(): void {
    while (this.char === ' ') this.column += 1;
  }

  /** Whether only blanks and a comment are left in the line. */
  atRest(): boolean {
    REST.lastIndex = this.column;
    return REST.test(this.text);
  }

  /** Ends an entry that must end with its line. @throws NotPlain */
  endLine(): void {
    if (!this.atRest()) throw this.notPlain();
    this.line += 1;
    this.toContent();
  }

  /** Passes over all that says nothing inside of brackets. @throws NotPlain at the end of the text */
  space(): void {
    let isOdd = false;
    for (;;) {
      const char = this.char;
      const isComment = char === '#' && (this.column === 0 || ' \t'.includes(this.text[this.column - 1] ?? ''));
      if (char === undefined || isComment) {
        // The library takes no such comment before a comma or a closing bracket.
        isOdd ||= isComment && this.column === 0;
        this.line += 1;
        this.column = 0;
        if (this.isAtEnd) throw this.notPlain();
      } else if (char === ' ' || char === '\t') this.column += 1;
      else if (isOdd && ',]}'.includes(char)) throw this.notPlain();
      else return;
    }
  }

  /** What a pattern with the flag y finds here is passed over. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.column;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.column += found.length;
    return found;
  }

  location(): SourceLocation {
    return { file: this.#file, line: this.line + 1, column: this.column + 1 };
  }

  /** One more map or list begins. @throws NotPlain for more than policies have */
  countPart(): void {
    this.#parts -= 1;
    if (this.#parts < 0) throw this.notPlain();
  }

  /** One more value, likewise. @throws NotPlain */
  countValue(): void {
    this.#values -= 1;
    if (this.#values < 0) throw this.notPlain();
  }

  /** The error that ends the attempt here. */
  notPlain(): NotPlain {
    const { file, line, column } = this.location();
    const last = Math.max(this.#starts.length - 1, 1);
    return new NotPlain(
      line > last
        ? { file, line: last, column: this.textAt(last - 1).length + 1 }
        : { file, line, column: Math.max(column, 1) },
    );
  }
}

/** No line where there are more of them than in real texts of the length. */
function lineStarts(text: string): Uint32Array {
  const most = ANY_LINES + text.length / LINE_LENGTH;
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  if (count > most) return new Uint32Array(1);
  const starts = new Uint32Array(count + 1);
  for (let line = 1; line < count; line += 1) starts[line] = text.indexOf('\n', starts[line - 1]) + 1;
  starts[count] = text.length + 1;
  return starts;
}
