// SPDX-License-Identifier: Apache-2.0
// The plain part of YAML that long lists of people are written in, many times faster than the library reads all of it: JSON, and one
// `key: value` or `- value` a line, with values on their line, in brackets, or in a block behind `|`. Whatever else is found ends the
// attempt; what is read here the library reads alike (test/unit/policy/yaml/plain.test.ts).

import type { SourceLocation } from '../../base/errors.ts';
import { Cursor, NotPlain } from './cursor.ts';
import { assertNew, FlowReader, type Key } from './flow.ts';
import type { YamlEntry, YamlNode } from './node.ts';

/** No other break, mark or escape means anything. */
const OTHER_CHARACTER =
  /[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|\r(?!\n)/u;
/** Begins a text that stands as it is in the lines below; other chomping, folding and written indents are left alone. */
const LITERAL = /\|-?(?= *(?: #.*)?$)/y;

/** Blocks in blocks. */
const MAX_DEPTH = 12;

/** A text that is more than plain, and where that begins. */
export interface MoreThanPlain {
  readonly kind: 'more';
  readonly location: SourceLocation;
}

/** The document, as parseYaml reads it, where that is sure. @throws PolicyError POLICY_DUPLICATE */
export function readPlainYaml(text: string, file: string): YamlNode | MoreThanPlain {
  const other = text.search(OTHER_CHARACTER);
  if (other >= 0) {
    const before = text.slice(0, other).split('\n');
    return { kind: 'more', location: { file, line: before.length, column: (before.at(-1) ?? '').length + 1 } };
  }
  try {
    return new BlockReader(new Cursor(text, file)).document();
  } catch (error) {
    if (error instanceof NotPlain) return { kind: 'more', location: error.location };
    throw error;
  }
}

class BlockReader {
  readonly #at: Cursor;
  readonly #flow: FlowReader;

  constructor(cursor: Cursor) {
    this.#at = cursor;
    this.#flow = new FlowReader(cursor);
  }

  document(): YamlNode {
    const at = this.#at;
    at.toContent();
    if (/^--- *$/.test(at.text)) {
      at.line += 1;
      at.toContent();
    }
    const isFlow = at.char === '{' || at.char === '[';
    const node = isFlow ? this.#flow.value(-1) : this.#block();
    if (isFlow) at.endLine();
    if (!at.isAtEnd) throw at.notPlain();
    return node;
  }

  /** The map or list whose first entry begins here. */
  #block(): YamlNode {
    if (this.#at.column !== 0) throw this.#at.notPlain();
    if (this.#at.text.startsWith('- ')) return this.#list(0);
    return this.#map(0, this.#flow.key(0));
  }

  /** @param first key of it, behind which the reader is */
  #map(column: number, first: Key | undefined): YamlNode {
    const at = this.#at;
    if (!first || column > 2 * MAX_DEPTH) throw at.notPlain();
    at.countPart();
    const entries = new Map<string, YamlEntry>();
    for (let key: Key | undefined = first; ; ) {
      if (!key) throw at.notPlain();
      assertNew(entries, key);
      const { name, location, yaml11 } = key;
      entries.set(name, { location, value: this.#value(column), yaml11 });
      if (at.column !== column || at.isAtEnd) break;
      key = this.#flow.key(column);
    }
    if (at.column > column) throw at.notPlain();
    return { kind: 'map', location: first.location, entries };
  }

  /** Behind a key a list may begin at the key's own column, where the next key ends it. */
  #list(column: number, isBelowKey = false): YamlNode {
    const at = this.#at;
    if (column > 2 * MAX_DEPTH) throw at.notPlain();
    at.countPart();
    const location = at.location();
    const items: YamlNode[] = [];
    while (at.column === column && at.text.startsWith('- ', column)) {
      at.column += 2;
      if (at.char === ' ') throw at.notPlain();
      const inner = at.column;
      const key = this.#flow.key(column);
      items.push(key ? this.#map(inner, key) : this.#inline(column));
    }
    if (at.column > column || (at.column === column && !isBelowKey)) throw at.notPlain();
    return { kind: 'list', location, items };
  }

  /** What stands behind a key: on its line, or indented below it. */
  #value(column: number): YamlNode {
    const at = this.#at;
    if (at.char === ' ' && !at.atRest()) {
      at.column += 1;
      return this.#inline(column);
    }
    const { line } = at;
    at.endLine();
    if (at.column === column && at.text.startsWith('- ', column)) return this.#list(column, true);
    if (at.column <= column) throw at.notPlain();
    const below = at.column;
    if (at.text.startsWith('- ', below)) return this.#list(below);
    const key = this.#flow.key(column);
    if (key) return this.#map(below, key);
    // The library takes no comment before a text without quotes there.
    for (let between = line + 1; between < at.line; between += 1)
      if (at.textAt(between).trimStart().startsWith('#')) throw at.notPlain();
    return this.#inline(column);
  }

  /** In an entry that begins at this column. */
  #inline(column: number): YamlNode {
    const at = this.#at;
    const location = at.location();
    const literal = at.match(LITERAL);
    if (literal !== undefined) return this.#literal(column, location, literal === '|');
    const node = this.#flow.value(column);
    at.endLine();
    return node;
  }

  /**
   * The lines below that are indented at least as the first of them, which is indented more than the entry.
   * @see https://yaml.org/spec/1.2.2/#812-literal-style
   */
  #literal(column: number, location: SourceLocation, hasEnd: boolean): YamlNode {
    const at = this.#at;
    at.countValue();
    at.line += 1;
    const indent = at.indent();
    if (indent <= column) throw new NotPlain(location);
    const lines: string[] = [];
    while (at.indent() >= indent || at.text === '') {
      if (at.isLastLine) break;
      if (at.text.includes('\t')) throw new NotPlain(location);
      lines.push(at.text.slice(indent));
      at.line += 1;
    }
    // Not read: lines of blanks, and a text that ends without a break.
    if (at.text !== '' && (at.indent() < 0 || at.indent() >= indent)) throw new NotPlain(location);
    while (lines.at(-1) === '') lines.pop();
    at.toContent();
    const value = `${lines.join('\n')}${hasEnd ? '\n' : ''}`;
    return { kind: 'scalar', location, value, source: value };
  }
}
