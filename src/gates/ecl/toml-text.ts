// SPDX-License-Identifier: Apache-2.0
// TOML as Apptainer's reader (go-toml 2.2) cuts it: laxer than the standard in numbers and dates, stricter than TOML 1.1 and in what
// may begin a file. Every difference from it is a list that we would read and Apptainer pass over, or the reverse.

import { utf8 } from '../../base/bytes.ts';

/** A value. Of numbers and dates nothing but the kind is known: no member of the list is one. */
export type TomlValue =
  | { readonly of: 'text'; readonly text: string }
  | { readonly of: 'boolean'; readonly value: boolean }
  | { readonly of: 'number' }
  | { readonly of: 'date' }
  | { readonly of: 'array'; readonly items: readonly TomlValue[] }
  | { readonly of: 'table'; readonly entries: readonly TomlEntry[] };

/** A key with its parts, and its value. */
export interface TomlEntry {
  readonly key: readonly string[];
  readonly value: TomlValue;
  /** Offset in bytes. */
  readonly at: number;
}

/** A line of the document: an entry, or the header of a table or of one more table in a list. */
export type TomlLine =
  | (TomlEntry & { readonly is: 'entry' })
  | { readonly is: 'table' | 'list'; readonly key: readonly string[]; readonly at: number };

/** Nesting that is read; whoever nests deeper writes no list. */
const MAX_DEPTH = 64;
/** Parts of a dotted key. */
const MAX_KEY_PARTS = 64;

/** What ends the reading: the document is no TOML to Apptainer, or what Apptainer makes of it was not worked out. */
export class TomlFault extends Error {
  readonly kind: 'passed over' | 'not worked out';
  /** Offset in bytes. */
  readonly at: number;
  constructor(kind: TomlFault['kind'], message: string, at: number) {
    super(message);
    this.kind = kind;
    this.at = at;
  }
}

const BLANK = /[ \t]*/y;
const NEWLINE = /\r?\n/y;
// Control characters but tabs, and bare carriage returns, are no text; whether the rest is UTF-8 is asked of each piece.
const COMMENT = /#[\t\x20-\x7e\x80-\xff]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const QUOTES = /"+|'+/y;
/** Pieces of the four kinds of texts. They are taken one by one: one pattern for all of a text takes for ever to fail. */
const LITERAL = /[\t\x20-\x26\x28-\x7e\x80-\xff]+/y;
const LITERAL_LINES = /[\t\n\x20-\x26\x28-\x7e\x80-\xff]+|\r\n|'/y;
const BASIC = /[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]+|\\[^\n]/y;
const BASIC_LINES = /[\t\n\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]+|\r\n|\\[^]|"/y;
const LITERAL_VALUE = /true|false|inf|nan/y;
const DATE_BEGINS = /\d{4}-|\d\d:/y;
const DATE = /[\d\-Tt:.+Zz]*(?: \d([^]?)[\d\-Tt:.+Zz]*)?/y;
const PREFIXED = /(?=0[^.eE][^])(?:0x[\da-fA-F_]*|0o[0-7_]*|0b[01_]*|0)/y;
const NUMBER = /[\d+\-_.eE]+(?:inf|nan)?/y;
const ESCAPE = /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([ \t]*\r?\n[\r\n \t]*)|([^]))/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  e: '\x1b',
};

/**
 * The lines of a document, one after another, so that what comes first decides.
 * @throws TomlFault
 */
export function* tomlLines(bytes: Uint8Array): Generator<TomlLine> {
  yield* new Reader(Buffer.from(bytes).toString('latin1')).lines();
}

/** Reads a text with one character a byte. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *lines(): Generator<TomlLine> {
    while (this.#at < this.#text.length) {
      this.#take(BLANK);
      if (!/[#\r\n]/.test(this.#next) && this.#next !== '') yield this.#line();
      this.#take(BLANK);
      this.#comment();
      if (this.#next !== '' && this.#take(NEWLINE) === undefined) throw this.#fault('the line does not end here');
    }
  }

  get #next(): string {
    return this.#text[this.#at] ?? '';
  }

  #line(): TomlLine {
    const at = this.#at;
    if (this.#next !== '[') return { is: 'entry', ...this.#entry(0) };
    const brackets = this.#text[at + 1] === '[' ? 2 : 1;
    this.#at += brackets;
    this.#take(BLANK);
    const key = this.#key();
    for (let count = 0; count < brackets; count += 1) this.#expect(']');
    return { is: brackets === 2 ? 'list' : 'table', key, at };
  }

  #entry(depth: number): TomlEntry {
    const at = this.#at;
    const key = this.#key();
    this.#expect('=');
    this.#take(BLANK);
    return { key, value: this.#value(depth), at };
  }

  /** Takes the blanks behind it, too. */
  #key(): readonly string[] {
    const parts: string[] = [];
    do {
      this.#take(BLANK);
      if (parts.length === MAX_KEY_PARTS)
        throw new TomlFault('not worked out', `the key has more than ${MAX_KEY_PARTS} parts`, this.#at);
      parts.push(this.#keyPart());
      this.#take(BLANK);
    } while (this.#has('.'));
    return parts;
  }

  #keyPart(): string {
    if (this.#next === "'") return this.#literal();
    if (this.#next === '"') return this.#basic();
    const bare = this.#take(BARE_KEY);
    if (bare === undefined) throw this.#fault('there is no key here');
    return bare[0];
  }

  #value(depth: number): TomlValue {
    if (depth > MAX_DEPTH) throw new TomlFault('not worked out', 'values are nested too deeply', this.#at);
    switch (this.#next) {
      case '"':
        return { of: 'text', text: this.#text.startsWith('"""', this.#at) ? this.#basicLines() : this.#basic() };
      case "'":
        return { of: 'text', text: this.#text.startsWith("'''", this.#at) ? this.#literalLines() : this.#literal() };
      case '[':
        return { of: 'array', items: this.#array(depth + 1) };
      case '{':
        return { of: 'table', entries: this.#table(depth + 1) };
      default:
        return this.#plain();
    }
  }

  #plain(): TomlValue {
    const word = this.#take(LITERAL_VALUE)?.[0];
    if (word === 'true' || word === 'false') return { of: 'boolean', value: word === 'true' };
    if (word !== undefined) return { of: 'number' };
    if (this.#sees(DATE_BEGINS)) return this.#date();
    if (this.#take(PREFIXED) ?? this.#take(NUMBER)) return { of: 'number' };
    throw this.#fault('there is no value here');
  }

  /** Apptainer 1.4 takes whatever follows the first digit of a time behind a space. */
  #date(): TomlValue {
    const after = this.#take(DATE)?.[1] ?? '';
    if (!/^\d?$/.test(after)) throw new TomlFault('not worked out', 'a date is followed by half a time', this.#at);
    return { of: 'date' };
  }

  #array(depth: number): readonly TomlValue[] {
    const items: TomlValue[] = [];
    this.#expect('[');
    this.#space();
    while (!this.#has(']')) {
      items.push(this.#value(depth));
      this.#space();
      if (this.#has(',')) this.#space();
      else if (this.#next !== ']') throw this.#fault('the list does not end here');
    }
    return items;
  }

  #table(depth: number): readonly TomlEntry[] {
    const entries: TomlEntry[] = [];
    this.#expect('{');
    this.#take(BLANK);
    while (!this.#has('}')) {
      if (entries.length > 0) this.#expect(',');
      this.#take(BLANK);
      entries.push(this.#entry(depth));
      this.#take(BLANK);
    }
    return entries;
  }

  /** Blanks, comments and newlines. */
  #space(): void {
    do {
      this.#take(BLANK);
      this.#comment();
    } while (this.#take(NEWLINE));
  }

  #comment(): void {
    const found = this.#take(COMMENT);
    if (found) this.#decode(found[0]);
  }

  #literal(): string {
    return this.#decode(this.#quoted("'", LITERAL));
  }

  #literalLines(): string {
    return this.#decode(this.#quotedLines("'", LITERAL_LINES));
  }

  #basic(): string {
    return this.#unescaped(this.#quoted('"', BASIC), false);
  }

  #basicLines(): string {
    return this.#unescaped(this.#quotedLines('"', BASIC_LINES), true);
  }

  #quoted(quote: string, piece: RegExp): string {
    this.#expect(quote);
    const start = this.#at;
    while (this.#next !== quote)
      if (!this.#take(piece)) throw this.#fault('the text ends nowhere in its line, or has a control character');
    this.#at += 1;
    return this.#text.slice(start, this.#at - 1);
  }

  /** Up to two quotes before the three that end the text are part of it. */
  #quotedLines(quote: string, piece: RegExp): string {
    this.#at += 3;
    this.#take(NEWLINE);
    const start = this.#at;
    while (!this.#text.startsWith(quote.repeat(3), this.#at))
      if (!this.#take(piece)) throw this.#fault('the text of several lines ends nowhere, or has a control character');
    const count = this.#take(QUOTES)?.[0].length ?? 0;
    if (count > 5) throw this.#fault('too many quotes end the text');
    return this.#text.slice(start, this.#at - 3);
  }

  #unescaped(raw: string, lines: boolean): string {
    const plain = raw.replace(ESCAPE, (all, short?: string, long?: string, continued?: string, one?: string) => {
      if (continued !== undefined && lines) return '';
      const point = Number.parseInt(short ?? long ?? '', 16);
      const known = one === undefined ? undefined : ESCAPED[one];
      if (known !== undefined) return known;
      if (!(point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff))
        throw this.#fault(`the text has the escape ${JSON.stringify(all)}, which is none`);
      return Buffer.from(utf8(String.fromCodePoint(point))).toString('latin1');
    });
    return this.#decode(plain);
  }

  #decode(raw: string): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(raw, 'latin1'));
    } catch {
      throw this.#fault('the text is no UTF-8');
    }
  }

  #expect(character: string): void {
    if (!this.#has(character)) throw this.#fault(`${JSON.stringify(character)} is missing`);
  }

  #has(character: string): boolean {
    if (this.#next !== character) return false;
    this.#at += 1;
    return true;
  }

  #sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found ?? undefined;
  }

  #fault(problem: string): TomlFault {
    return new TomlFault('passed over', problem, this.#at);
  }
}
