// SPDX-License-Identifier: Apache-2.0
// The plain part of YAML that long lists of people are written in, many times faster than the library reads all of it: one
// `key: value` or `- value` a line, values on their line or in a block behind `|`. Whatever else is found ends the attempt, and the library
// reads the whole text; what is read here is read there alike (test/unit/policy/yaml/plain.test.ts).

import type { YamlEntry, YamlNode } from './node.ts';

/** Only these characters, so that no break, tab, mark or escape means anything. Without quotes ASCII alone is read. */
const PLAIN_TEXT = /^[\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\u{10000}-\u{10ffff}]*$/u;
const KEY = /[A-Za-z][A-Za-z0-9._@+-]*(?=:(?: |$))/y;
/** A text that no version of YAML takes for anything else, unless it is one of WORDS. */
const WORD = /[A-Za-z/][A-Za-z0-9._@+/=*-]*/y;
/** Fingerprints begin with a digit: a letter that no number has makes them texts. */
const HEX = /(?=[0-9]*[ABCDFabcdf])[1-9][0-9A-Fa-f]*/y;
const NUMBER = /(?:0|[1-9][0-9]{0,8})(?![A-Za-z0-9._@+/=*:-])/y;
const QUOTED = /"([^"\\]*)"|'([^']*)'/y;
const WORDS = new Set(['y', 'yes', 'n', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf']);
const REST = / *(?: #.*)?$/y;
/** Begins a text that stands as it is in the lines below; other chomping, folding and written indents are left alone. */
const LITERAL = /\|(?= *(?: #.*)?$)/y;

/** Brackets in brackets, and blocks in blocks. */
const MAX_DEPTH = 12;

/** Thrown where the text is more than plain. */
class NotPlain extends Error {}

/** The document, as parseYaml reads it; undefined where that is not sure. */
export function readPlainYaml(text: string, file: string): YamlNode | undefined {
  if (!PLAIN_TEXT.test(text)) return undefined;
  try {
    return new LineReader(text.split('\n'), file).document();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class LineReader {
  readonly #lines: readonly string[];
  readonly #file: string;
  #line = 0;
  #column = 0;
  #depth = 0;

  constructor(lines: readonly string[], file: string) {
    this.#lines = lines;
    this.#file = file;
  }

  document(): YamlNode {
    this.#nextLine();
    if (this.#indent() !== 0) throw new NotPlain();
    const node = this.#block(0);
    if (this.#line < this.#lines.length) throw new NotPlain();
    return node;
  }

  get #text(): string {
    return this.#lines[this.#line] ?? '';
  }

  /** Passes over empty lines and comments. */
  #nextLine(): void {
    while (this.#line < this.#lines.length && /^ *(?:#|$)/.test(this.#text)) this.#line += 1;
    this.#column = this.#indent();
  }

  #indent(): number {
    return this.#line < this.#lines.length ? this.#text.search(/[^ ]/) : -1;
  }

  /** A map or list whose entries begin at this column; the first of them is where the reader is. */
  #block(column: number): YamlNode {
    if (column > 2 * MAX_DEPTH) throw new NotPlain();
    if (this.#text.startsWith('- ', column)) return this.#list(column);
    const location = this.#location();
    const entries = new Map<string, YamlEntry>();
    while (this.#column === column && this.#line < this.#lines.length) {
      const at = this.#location();
      const key = this.#take(KEY);
      if (WORDS.has(key.toLowerCase()) || entries.has(key)) throw new NotPlain();
      this.#column += 1;
      entries.set(key, { location: at, value: this.#value(column), yaml11: undefined });
    }
    if (this.#column > column) throw new NotPlain();
    return { kind: 'map', location, entries };
  }

  /** Behind a key a list may begin at the key's own column, where the next key ends it. */
  #list(column: number, isBelowKey = false): YamlNode {
    const location = this.#location();
    const items: YamlNode[] = [];
    while (this.#column === column && this.#text.startsWith('- ', column)) {
      this.#column += 2;
      if (this.#text[this.#column] === ' ') throw new NotPlain();
      KEY.lastIndex = this.#column;
      items.push(KEY.test(this.#text) ? this.#block(this.#column) : this.#inline(column));
    }
    if (this.#column > column || (this.#column === column && !isBelowKey)) throw new NotPlain();
    return { kind: 'list', location, items };
  }

  /** What stands behind a key: on its line, or indented below it. */
  #value(column: number): YamlNode {
    if (this.#text[this.#column] === ' ' && !this.#atEnd()) {
      this.#column += 1;
      return this.#inline(column);
    }
    this.#endLine();
    if (this.#column === column && this.#text.startsWith('- ', column)) return this.#list(column, true);
    if (this.#column <= column) throw new NotPlain();
    return this.#block(this.#column);
  }

  /** In an entry that begins at this column. */
  #inline(column: number): YamlNode {
    LITERAL.lastIndex = this.#column;
    if (LITERAL.test(this.#text)) return this.#literal(column);
    const node = this.#flow(false);
    this.#endLine();
    return node;
  }

  /**
   * The lines below that are indented at least as the first of them, which is indented more than the entry.
   * @see https://yaml.org/spec/1.2.2/#812-literal-style
   */
  #literal(column: number): YamlNode {
    const location = this.#location();
    this.#line += 1;
    const indent = this.#indent();
    if (indent <= column) throw new NotPlain();
    const lines: string[] = [];
    while (this.#indent() >= indent || this.#text === '') {
      if (this.#line === this.#lines.length - 1) break;
      lines.push(this.#text.slice(indent));
      this.#line += 1;
    }
    // Not read: lines of blanks, and a text that ends without a break.
    if (this.#text !== '' && (this.#indent() < 0 || this.#indent() >= indent)) throw new NotPlain();
    while (lines.at(-1) === '') lines.pop();
    this.#nextLine();
    const value = `${lines.join('\n')}\n`;
    return { kind: 'scalar', location, value, source: value, yaml11: undefined };
  }

  #flow(inside: boolean): YamlNode {
    const char = this.#text[this.#column];
    if (char === '{') return this.#flowMap();
    if (char === '[') return this.#flowList();
    const location = this.#location();
    const quoted = this.#match(QUOTED);
    if (quoted) {
      const source = quoted[1] ?? quoted[2] ?? '';
      return { kind: 'scalar', location, value: source, source, yaml11: undefined };
    }
    const number = this.#match(NUMBER)?.[0];
    if (number !== undefined) return this.#scalar(location, Number(number), number, inside);
    const text = this.#match(HEX)?.[0] ?? this.#take(WORD);
    if (WORDS.has(text.toLowerCase())) throw new NotPlain();
    return this.#scalar(location, text, text, inside);
  }

  /** A value without quotes ends with its line or, inside of brackets, with a comma or a bracket. */
  #scalar(location: YamlNode['location'], value: string | number, source: string, inside: boolean): YamlNode {
    const next = this.#text.slice(this.#column).trimStart()[0];
    const ends = inside ? next !== undefined && ',]}'.includes(next) : this.#atEnd();
    if (!ends) throw new NotPlain();
    return { kind: 'scalar', location, value, source, yaml11: undefined };
  }

  #flowMap(): YamlNode {
    const location = this.#location();
    const entries = new Map<string, YamlEntry>();
    this.#each('}', () => {
      const at = this.#location();
      const key = this.#take(KEY);
      if (WORDS.has(key.toLowerCase()) || entries.has(key)) throw new NotPlain();
      this.#column += 1;
      this.#spaces();
      entries.set(key, { location: at, value: this.#flow(true), yaml11: undefined });
    });
    return { kind: 'map', location, entries };
  }

  #flowList(): YamlNode {
    const location = this.#location();
    const items: YamlNode[] = [];
    this.#each(']', () => items.push(this.#flow(true)));
    return { kind: 'list', location, items };
  }

  /** Entries between brackets, with commas between them. */
  #each(end: string, read: () => void): void {
    this.#column += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new NotPlain();
    for (;;) {
      this.#spaces();
      read();
      this.#spaces();
      const char = this.#text[this.#column];
      this.#column += 1;
      if (char === end) break;
      if (char !== ',') throw new NotPlain();
    }
    this.#depth -= 1;
  }

  #spaces(): void {
    while (this.#text[this.#column] === ' ') this.#column += 1;
  }

  #atEnd(): boolean {
    REST.lastIndex = this.#column;
    return REST.test(this.#text);
  }

  #endLine(): void {
    if (!this.#atEnd()) throw new NotPlain();
    this.#line += 1;
    this.#nextLine();
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#column;
    const found = pattern.exec(this.#text);
    if (found) this.#column += found[0].length;
    return found ?? undefined;
  }

  #take(pattern: RegExp): string {
    const found = this.#match(pattern);
    if (!found) throw new NotPlain();
    return found[0];
  }

  #location(): YamlNode['location'] {
    return { file: this.#file, line: this.#line + 1, column: this.#column + 1 };
  }
}
