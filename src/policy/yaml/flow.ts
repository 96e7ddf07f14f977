// SPDX-License-Identifier: Apache-2.0
// Single values, and the lists and maps in brackets, over as many lines as they like. All of JSON is among them.

import { PolicyError } from '../errors.ts';
import { type Cursor, NotPlain } from './cursor.ts';
import type { YamlEntry, YamlNode } from './node.ts';
import { plainValue } from './scalar.ts';
import { plainText, quotedText } from './text.ts';

const KEY = /[A-Za-z0-9](?:[A-Za-z0-9._@+/-]|:(?=[A-Za-z0-9])){0,999}(?=:(?: |$))/y;

/** Brackets in brackets. */
const MAX_DEPTH = 12;
/** A longer key in quotes is none for YAML. */
const MAX_KEY = 1000;

/** A key, with its place. */
export interface Key extends Omit<YamlEntry, 'value'> {
  readonly name: string;
}

/** Reads values. */
export class FlowReader {
  readonly #at: Cursor;
  #depth = 0;
  /** Where the entry begins that the brackets are in: their lines are indented more. */
  #column = -1;

  constructor(cursor: Cursor) {
    this.#at = cursor;
  }

  /** A value in an entry that begins at this column, or in none (-1). @throws NotPlain; PolicyError POLICY_DUPLICATE */
  value(column: number): YamlNode {
    this.#column = column;
    return this.#value();
  }

  /** The key here, in an entry that begins at this column or at this key, up to its colon in the same line; undefined where there is none. @throws NotPlain */
  key(column: number): Key | undefined {
    const at = this.#at;
    const [start, location] = [at.column, at.location()];
    if (!this.#atQuote()) {
      const name = at.match(KEY);
      if (name === undefined) return undefined;
      const plain = plainValue(name);
      if (typeof plain?.value !== 'string') {
        at.column = start;
        throw at.notPlain();
      }
      at.column += 1;
      return { name, location, yaml11: plain.yaml11 };
    }
    const line = at.line;
    const name = quotedText(at, column);
    at.blanks();
    if (at.line === line && at.char === ':' && name.length <= MAX_KEY && name !== '<<') {
      at.column += 1;
      return { name, location };
    }
    [at.line, at.column] = [line, start];
    return undefined;
  }

  #value(): YamlNode {
    const at = this.#at;
    if (at.char === '{') return this.#map();
    if (at.char === '[') return this.#list();
    const location = at.location();
    at.countValue();
    if (this.#atQuote()) {
      const text = quotedText(at, this.#column);
      return { kind: 'scalar', location, value: text, source: text };
    }
    const source = plainText(at, this.#column, this.#depth > 0);
    const plain = source === undefined ? undefined : plainValue(source);
    if (source !== undefined && plain)
      return { kind: 'scalar', location, value: plain.value, source, yaml11: plain.yaml11 };
    throw new NotPlain(location);
  }

  #atQuote(): boolean {
    return this.#at.char === '"' || this.#at.char === "'";
  }

  #map(): YamlNode {
    const location = this.#at.location();
    const entries = new Map<string, YamlEntry>();
    this.#each('}', () => {
      const key = this.key(this.#column);
      if (!key) throw this.#at.notPlain();
      assertNew(entries, key);
      this.#space();
      const { name, location: place, yaml11 } = key;
      entries.set(name, { location: place, value: this.#value(), yaml11 });
    });
    return { kind: 'map', location, entries };
  }

  #list(): YamlNode {
    const location = this.#at.location();
    const items: YamlNode[] = [];
    this.#each(']', () => items.push(this.#value()));
    return { kind: 'list', location, items };
  }

  /** Entries between brackets, with commas between them and maybe behind the last. */
  #each(end: string, read: () => void): void {
    const at = this.#at;
    if (this.#depth === MAX_DEPTH) throw at.notPlain();
    at.countPart();
    at.column += 1;
    this.#depth += 1;
    this.#space();
    while (at.char !== end) {
      read();
      this.#space();
      if (at.char === ',') {
        at.column += 1;
        this.#space();
      } else if (at.char !== end) throw at.notPlain();
    }
    at.column += 1;
    this.#depth -= 1;
  }

  #space(): void {
    const at = this.#at;
    const line = at.line;
    at.space();
    if (at.line === line || this.#column < 0) return;
    const indent = at.indent();
    // The last bracket may stand below the beginning of the entry.
    const isLast = indent === this.#column && this.#depth === 1 && ']}'.includes(at.char ?? ' ');
    if (indent !== at.column || (indent <= this.#column && !isLast)) throw at.notPlain();
  }
}

/** @throws PolicyError POLICY_DUPLICATE */
export function assertNew(entries: ReadonlyMap<string, YamlEntry>, { name, location }: Key): void {
  if (!entries.has(name)) return;
  throw new PolicyError('POLICY_DUPLICATE', `the key ${JSON.stringify(name)} is repeated`, {
    location,
    hint: 'remove or rename one of the two',
  });
}
