// SPDX-License-Identifier: Apache-2.0
// YAML text → a small tree in which every key and value knows its line and column. One plain document only: what makes
// YAML surprising or expensive (aliases, tags, directives, repeated keys, keys that are no text) is refused. Many tools
// still read YAML 1.1, so what that version reads as another value is marked.

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { SourceLocation } from '../../base/errors.ts';
import { PolicyError, type PolicyErrorCode } from '../errors.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './node.ts';
import { readPlainYaml } from './plain.ts';
import { otherReading } from './scalar.ts';

const MAX_DEPTH = 32;
/** Characters that take the library a moment. */
const LONG_TEXT = 65_536;
/** Names, values, brackets, commas … of a longer text: each takes the library up to a kilobyte, each character forty bytes. */
const MAX_TOKENS = 120_000;
const MAX_LIBRARY_TEXT = 3 * 1024 * 1024;
/** In documents of other tools; a few may stand for very much. */
const MAX_ALIASES = 100;

/** A document that is read has at most MAX_DEPTH of them outside of texts. */
const MAX_OPEN_BRACKETS = 10_000;
/** `[` and `]` of a character code whose bit 0x20 is set, as `{` and `}` have it. */
const [OPENING, CLOSING] = [0x7b, 0x7d];

/** What some YAML reader takes for something else, or does not take. */
const UNEVEN = /[^\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[^\n]{1001}/u;

/** Line breaks in YAML 1.1 and ordinary characters in 1.2: what is a comment in one goes on as text in the other. */
const OTHER_LINE_BREAK = /[\u0085\u2028\u2029]/;

/**
 * The tree of a YAML 1.2 document (core schema).
 * @throws PolicyError POLICY_SYNTAX, POLICY_DUPLICATE
 * @see https://yaml.org/spec/1.2.2/#103-core-schema
 */
export function parseYaml(text: string, file: string): YamlNode {
  if (text.length <= LONG_TEXT) return parseAnyYaml(text, file);
  const plain = readPlainYaml(text, file);
  return plain.kind === 'more' ? parseAnyYaml(text, file, plain.location) : plain;
}

/**
 * The tree of a document that another tool reads: anchors count for what they stand for, keys may be any single value but
 * null, and an empty document is null. What YAML readers of other versions read otherwise is still refused.
 * @throws PolicyError POLICY_SYNTAX, POLICY_DUPLICATE
 */
export function parseForeignYaml(text: string, file: string): YamlNode {
  const odd = text.search(UNEVEN);
  const plain = odd < 0 && text.length > LONG_TEXT ? readPlainYaml(text, file) : undefined;
  if (plain && plain.kind !== 'more') return plain;
  const lines = new LineCounter();
  const reader = new Reader(file, lines, true);
  const documents = compose(text, lines, reader, plain?.location);
  if (odd >= 0)
    throw reader.error('POLICY_SYNTAX', 'not every YAML reader takes this character, or so long a line', odd);
  return documentIn(text, documents, reader);
}

/** The same as parseYaml by the library alone; `notPlain` is what of a long text no other reader understands. */
export function parseAnyYaml(text: string, file: string, notPlain?: SourceLocation): YamlNode {
  const lines = new LineCounter();
  const reader = new Reader(file, lines);
  return documentIn(text, compose(text, lines, reader, notPlain), reader);
}

function documentIn(text: string, [first, second]: ReturnType<typeof documentsOf>, reader: Reader): YamlNode {
  const problem = first?.errors[0] ?? first?.warnings[0];
  if (problem) throw reader.error('POLICY_SYNTAX', `not valid YAML: ${firstLine(problem.message)}`, problem.pos[0]);
  const directive = text.search(/^%/m);
  if (directive >= 0) throw reader.error('POLICY_SYNTAX', 'YAML directives (%…) are not read here', directive);
  const lineBreak = text.search(OTHER_LINE_BREAK);
  if (lineBreak >= 0)
    throw reader.error('POLICY_SYNTAX', 'this character is a line break in YAML 1.1 and none in YAML 1.2', lineBreak);
  if (second) throw reader.error('POLICY_SYNTAX', 'a second YAML document begins here', second.range[0]);
  return reader.contents(first);
}

/** The library takes seconds for a million brackets that nobody closes. Those in quotes and comments count as well. */
function openBrackets(text: string): number {
  let [open, most] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at) | 0x20;
    if (char === OPENING) most = Math.max(most, (open += 1));
    else if (char === CLOSING && open > 0) open -= 1;
  }
  return most;
}

function compose(
  text: string,
  lines: LineCounter,
  reader: Reader,
  notPlain?: SourceLocation,
): ReturnType<typeof documentsOf> {
  if (openBrackets(text) > MAX_OPEN_BRACKETS) throw reader.error('POLICY_SYNTAX', 'nested too deeply', 0);
  if (text.length > MAX_LIBRARY_TEXT || (text.length > LONG_TEXT && hasTooMany(new Lexer().lex(text))))
    throw tooMuch(notPlain ?? reader.location(0));
  try {
    return documentsOf(text, lines);
  } catch (cause) {
    throw reader.error('POLICY_SYNTAX', 'the policy cannot be read as YAML', 0, cause);
  }
}

function tooMuch(location: SourceLocation): PolicyError {
  const much = `more than ${MAX_TOKENS.toLocaleString('en')} names, values, brackets and commas, or more than 3 MiB`;
  return new PolicyError('POLICY_SYNTAX', `in a text of ${much} this is not read`, {
    location,
    hint: 'look for a mistake at this line and column; if there is none, write the policy as JSON, or without what is special there: an anchor, a tag, a text behind >',
  });
}

function hasTooMany(tokens: Iterator<string>): boolean {
  for (let count = 0; count <= MAX_TOKENS; count += 1) if (tokens.next().done) return false;
  return true;
}

function documentsOf(text: string, lineCounter: LineCounter) {
  const options = {
    version: '1.2',
    schema: 'core',
    // Checked by Reader.map with a set: the library's own check takes quadratic time.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
    merge: false,
    lineCounter,
  } as const;
  const documents = parseAllDocuments(text, options);
  return Array.isArray(documents) ? documents : [];
}

function firstLine(message: string): string {
  // The YAML reader recurses, and reports an exhausted stack as an ordinary problem.
  if (/call stack/i.test(message)) return 'nested too deeply';
  return message.split('\n', 1)[0]?.trim() ?? '';
}

class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  /** Whether another tool reads the document, which may have more than a policy. */
  readonly #foreign: boolean;
  #aliases = 0;
  /** Where anchors are looked up. */
  #document: ReturnType<typeof documentsOf>[number] | undefined;

  constructor(file: string, lines: LineCounter, foreign = false) {
    this.#file = file;
    this.#lines = lines;
    this.#foreign = foreign;
  }

  /** @throws PolicyError POLICY_SYNTAX, POLICY_DUPLICATE */
  contents(document: ReturnType<typeof documentsOf>[number] | undefined): YamlNode {
    this.#document = document;
    if (document?.contents) return this.node(document.contents, 0);
    if (this.#foreign) return { kind: 'scalar', location: this.location(0), value: null, source: '' };
    throw this.error('POLICY_SYNTAX', 'the policy is empty', 0);
  }

  node(node: Node, depth: number): YamlNode {
    const offset = node.range?.[0] ?? 0;
    if (depth > MAX_DEPTH) throw this.error('POLICY_SYNTAX', `nested deeper than ${MAX_DEPTH} levels`, offset);
    if (isAlias(node)) return this.node(this.#aliased(node), depth + 1);
    if ('anchor' in node && node.anchor !== undefined && !this.#foreign)
      throw this.error('POLICY_SYNTAX', `anchors (&${node.anchor}) are not read here`, offset);
    if (node.tag !== undefined) throw this.error('POLICY_SYNTAX', 'tags (!name) are not read here', offset);
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) return this.#list(node, depth);
    if (isScalar(node)) return this.#scalar(node);
    throw this.error('POLICY_SYNTAX', 'this kind of YAML value is not read here', offset);
  }

  #aliased(alias: Alias): Node {
    this.#aliases += 1;
    const target = this.#foreign && this.#aliases <= MAX_ALIASES && this.#document && alias.resolve(this.#document);
    if (target) return target;
    throw this.error('POLICY_SYNTAX', 'aliases (*name) are not read here', offsetOf(alias));
  }

  #map(node: YAMLMap, depth: number): YamlMap {
    const entries = new Map<string, YamlEntry>();
    for (const pair of node.items) {
      const key = this.#key(pair, node);
      if (entries.has(key.source))
        throw this.error('POLICY_DUPLICATE', `the key ${JSON.stringify(key.source)} is repeated`, key.offset);
      const { source, offset, yaml11 } = key;
      entries.set(source, { location: this.location(offset), value: this.#value(pair, offset, depth), yaml11 });
    }
    return { kind: 'map', location: this.location(node.range?.[0] ?? 0), entries };
  }

  #key(pair: Pair, node: YAMLMap): { source: string; offset: number; yaml11: string | undefined } {
    const key = pair.key;
    if (isAlias(key)) throw this.error('POLICY_SYNTAX', 'aliases (*name) are not read here', offsetOf(key));
    if (!isScalar(key)) throw this.error('POLICY_SYNTAX', 'a key must be a text', node.range?.[0] ?? 0);
    const read = this.node(key, 0);
    const offset = offsetOf(key);
    const isText = read.kind === 'scalar' && (typeof read.value === 'string' || (this.#foreign && read.value !== null));
    if (!isText || read.value === '<<') throw this.error('POLICY_SYNTAX', 'a key must be a text', offset);
    return { source: this.#foreign ? read.source : String(read.value), offset, yaml11: read.yaml11 };
  }

  #value(pair: Pair, offset: number, depth: number): YamlNode {
    const value = pair.value;
    if (isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)) return this.node(value, depth + 1);
    return { kind: 'scalar', location: this.location(offset), value: null, source: '' };
  }

  #list(node: YAMLSeq, depth: number): YamlList {
    const items = node.items.map((item) => {
      if (isScalar(item) || isMap(item) || isSeq(item) || isAlias(item)) return this.node(item, depth + 1);
      throw this.error('POLICY_SYNTAX', 'this list has an entry that cannot be read', node.range?.[0] ?? 0);
    });
    return { kind: 'list', location: this.location(node.range?.[0] ?? 0), items };
  }

  #scalar(node: Scalar): YamlScalar {
    const value = node.value;
    const location = this.location(offsetOf(node));
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return { kind: 'scalar', location, value, source: node.source ?? String(value), yaml11: readOtherwise(node) };
    throw this.error('POLICY_SYNTAX', 'this kind of YAML value is not read here', offsetOf(node));
  }

  location(offset: number): SourceLocation {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  error(code: PolicyErrorCode, message: string, offset: number, cause?: unknown): PolicyError {
    return new PolicyError(code, message, {
      cause,
      location: this.location(offset),
      hint: 'write the policy as one plain YAML document, as docs/policy.md shows',
    });
  }
}

function readOtherwise({ type, value }: Scalar): string | undefined {
  return type === 'PLAIN' && typeof value === 'string' ? otherReading(value) : undefined;
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
