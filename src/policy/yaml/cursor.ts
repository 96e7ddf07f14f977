// SPDX-License-Identifier: Apache-2.0
// Where the plain reader is in a text, and what is passed over there: blanks, comments and line breaks.

import type { SourceLocation } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';

/** Thrown where the text is more than plain. */
export class NotPlain extends Error {
  readonly location: SourceLocation;

  constructor(location: SourceLocation) {
    super('more than plain');
    this.location = location;
  }
}

/** A policy of hundreds of thousands of people has a value, or a line of a text in quotes, for so many characters at least. */
const VALUE_LENGTH = 20;
/** And a line for so many. */
const LINE_LENGTH = 8;

/** Ends a line; behind a value a comment needs a blank before it. */
const REST = / *(?: #.*)?$/y;

/** A place in a text. */
export class Cursor {
  readonly lines: readonly string[];
  readonly #file: string;
  /** How many maps and lists may still begin, and how many values. */
  #parts: number;
  #values: number;
  line = 0;
  column = 0;

  constructor(text: string, file: string) {
    this.lines = hasTooManyLines(text) ? [] : text.split(/\r?\n/);
    this.#file = file;
    this.#parts = LIMITS.jsonParts + text.length / LIMITS.jsonPartLength;
    this.#values = LIMITS.jsonValues + text.length / VALUE_LENGTH;
  }

  /** The line. */
  get text(): string {
    return this.lines[this.line] ?? '';
  }

  get isAtEnd(): boolean {
    return this.line >= this.lines.length;
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

  /** One more map or list begins. @throws NotPlain for more than become of real texts of the length */
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
    const last = Math.max(this.lines.length, 1);
    return new NotPlain(
      line > last
        ? { file, line: last, column: (this.lines[last - 1] ?? '').length + 1 }
        : { file, line, column: Math.max(column, 1) },
    );
  }
}

function hasTooManyLines(text: string): boolean {
  let left = LIMITS.jsonValues + text.length / LINE_LENGTH;
  for (let at = text.indexOf('\n'); at >= 0 && left >= 0; at = text.indexOf('\n', at + 1)) left -= 1;
  return left < 0;
}
