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

/** Line ends are JSON's own: a document of many findings has a million, and each match costs memory. */
const UNSAFE_IN_LINES = new RegExp(`(?!\\n)${UNSAFE.source}`, UNSAFE.flags);

/** The same value but for secrets; ends with a line end. */
export function redactedJson(document: unknown, redact: Redact, indent = 2): string {
  const text = JSON.stringify(document, (name, value: unknown) => withoutSecrets(name, value, redact), indent);
  // JSON leaves what turns the writing direction or hides text as it is.
  return `${text.replace(UNSAFE_IN_LINES, escaped)}\n`;
}

/** A value with its strings and names cleaned; members are visited on their own. */
function withoutSecrets(name: string, value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return isOwnText(value, name) ? value : redact(value, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const shown = (member: string) => (OWN_NAME.test(member) ? member : redact(member));
  if (entries.every(([member]) => shown(member) === member)) return value;
  return Object.fromEntries(entries.map(([member, content]) => [shown(member), content]));
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
