// SPDX-License-Identifier: Apache-2.0
// A document for people and their programs → JSON without secrets, safe to look at. Every text is taken for one from outside
// unless its member holds, by its type, nothing but what is ours: then a secret that happens to be spelled alike is no
// reason to change it, and gates rely on it. Never for what is signed: its bytes would be others.

import { parseJson } from '../base/json.ts';
import { UNSAFE } from '../base/text.ts';

/** Takes the secrets out of a text, which may be the value of a member. */
export type Redact = (text: string, name?: string) => string;

/** Members, and outputs of steps, whose type is a list of words of ours. */
const OWN_WORDS: ReadonlySet<string> = new Set(
  `schema verdict severity code kind method status outcome use algorithm verified data-verified cache-hit error-code
  $schema level columnKind revocation proof`.split(/\s+/),
);
const WORD = /^[A-Za-z][\w.:/-]*( [a-z]+)?$/;

/** Texts that we compute or write in one form alone, in any member: they have room for nothing else. */
const DIGEST = 'sha(?:256[:-][0-9a-f]{64}|512[:-][0-9a-f]{128})';
const OWN_FORMS: readonly RegExp[] = [
  new RegExp(`^(?:(?:manifest|referrer|tag) )?${DIGEST}(?:\\.(?:sig|att|sbom))?$`),
  /^(?:object|group) \d{1,10}$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/,
];
/** And in these members: numbers for programs that do not take them as numbers. */
const OWN_NUMBERS: ReadonlyMap<string, RegExp> = new Map([
  ['version', /^\d{1,3}\.\d{1,3}\.\d{1,3}$/],
  ['security-severity', /^\d{1,2}\.\d$/],
  ['primaryLocationLineHash', /^[0-9a-f]{16}:\d{1,10}$/],
  ['findings-count', /^\d{1,10}$/],
  ['blocking-count', /^\d{1,10}$/],
]);
/** How our documents spell the names of their members. None of them has names from outside. */
const OWN_NAME = /^\$?[A-Za-z][A-Za-z0-9]*(?:-[a-z]+)*$/;

function isOwnText(text: string, member: string): boolean {
  return (
    (OWN_WORDS.has(member) && WORD.test(text)) ||
    OWN_FORMS.some((form) => form.test(text)) ||
    (OWN_NUMBERS.get(member)?.test(text) ?? false)
  );
}

/** The same value but for secrets; ends with a line end. */
export function redactedJson(document: unknown, redact: Redact, indent = 2): string {
  return [...redactedPieces(document, redact, indent)].join('');
}

/** The same in pieces, each made when it is asked for: the text about a large report is several times as long. */
export function redactedPieces(document: unknown, redact: Redact, indent = 2): Iterable<string> {
  return new Writer(redact, indent).pieces(document);
}

/** Characters of a piece at least, but for the last one. */
const PIECE = 64 * 1024;

/** A list or object that is being written. */
interface Level {
  /** Of the members of an object. */
  readonly names: readonly string[] | undefined;
  readonly values: readonly unknown[];
  /** How many of them were written. */
  done: number;
  isEmpty: boolean;
}

class Writer {
  readonly #redact: Redact;
  readonly #indent: string;
  readonly #open: Level[] = [];
  /** Begins a line in the innermost level. */
  #margin = '\n';
  #piece = '';

  constructor(redact: Redact, indent: number) {
    this.#redact = redact;
    this.#indent = ' '.repeat(indent);
  }

  *pieces(document: unknown): Generator<string> {
    this.#write(document, '');
    for (let level = this.#open.at(-1); level; level = this.#open.at(-1)) {
      this.#next(level);
      if (this.#piece.length < PIECE) continue;
      yield this.#piece;
      this.#piece = '';
    }
    yield `${this.#piece}\n`;
  }

  #write(given: unknown, name: string): void {
    const value = ownJson(given);
    if (typeof value !== 'object' || value === null) this.#piece += scalar(value, name, this.#redact);
    else if (Array.isArray(value)) this.#enter('[', undefined, value);
    else {
      const shown = withShownNames(value, this.#redact);
      this.#enter('{', Object.keys(shown), Object.values(shown));
    }
  }

  #enter(begin: string, names: Level['names'], values: Level['values']): void {
    this.#piece += begin;
    this.#margin += this.#indent;
    this.#open.push({ names, values, done: 0, isEmpty: true });
  }

  /** The next value, or the end. */
  #next(level: Level): void {
    const { names, values, done, isEmpty } = level;
    level.done += 1;
    if (done === values.length) {
      this.#open.pop();
      this.#margin = this.#margin.slice(0, this.#margin.length - this.#indent.length);
      this.#piece += (isEmpty ? '' : this.#margin) + (names ? '}' : ']');
      return;
    }
    const value = values[done];
    const name = names?.[done] ?? '';
    if (names && (value === undefined || typeof value === 'function' || typeof value === 'symbol')) return;
    level.isEmpty = false;
    this.#piece += (isEmpty ? '' : ',') + this.#margin + (names ? `${quoted(name)}: ` : '');
    this.#write(value, name);
  }
}

/** With names that hold secrets cleaned; of two that are alike then the last one stays. */
function withShownNames(object: object, redact: Redact): object {
  const shown = (name: string) => (OWN_NAME.test(name) ? name : redact(name));
  if (Object.keys(object).every((name) => shown(name) === name)) return object;
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [shown(name), value]));
}

/** What the value is in JSON by its own word. */
function ownJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('toJSON' in value)) return value;
  const { toJSON } = value;
  return typeof toJSON === 'function' ? Reflect.apply(toJSON, value, []) : value;
}

function scalar(value: unknown, name: string, redact: Redact): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  const clean = redact(value, name);
  return quoted(clean === value || isOwnText(value, name) ? value : clean);
}

/** JSON leaves what turns the writing direction or hides text as it is. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  return /^[ -~]*$/.test(json) ? json : json.replace(UNSAFE, escaped);
}

/**
 * Whether a text, the value of this name, holds a secret. JSON is looked through value by value, as a document is, so that a
 * secret spelled like one of its member names does not count.
 */
export function holdsSecret(text: string, name: string, redact: Redact): boolean {
  if (isOwnText(text, name) || redact(text) === text) return false;
  const document = /^[[{]/.test(text) ? parsed(text) : undefined;
  return document === undefined || redactedJson(document, redact) !== redactedJson(document, (value) => value);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, 'an output');
  } catch {
    return undefined;
  }
}

function escaped(char: string): string {
  return Array.from(
    { length: char.length },
    (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
