// SPDX-License-Identifier: Apache-2.0
// A document for people and their programs → JSON without secrets, safe to look at. Secrets are taken out value by
// value, so that it stays JSON, and not out of what is ours: see own-words.ts. Never for what is signed: its bytes would
// be others.

import { isOwnName, isOwnValue } from './own-words.ts';
import { parseJson } from '../base/json.ts';
import { UNSAFE } from '../base/unsafe-text.ts';

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;

/** The same value but for secrets; ends with a line end. */
export function redactedJson(document: unknown, redact: Redact, indent = 2): string {
  const text = JSON.stringify(document, (name, value: unknown) => withoutSecrets(name, value, redact), indent);
  // JSON leaves what turns the writing direction or hides text as it is; its own line ends are wanted.
  return `${text.replace(UNSAFE, (char) => (char === '\n' ? char : escaped(char)))}\n`;
}

/** A value with its strings and names cleaned; members are visited on their own. */
function withoutSecrets(name: string, value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return isOwnValue(value, name) ? value : redact(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const shown = (member: string) => (isOwnName(member) ? member : redact(member));
  if (entries.every(([member]) => shown(member) === member)) return value;
  return Object.fromEntries(entries.map(([member, content]) => [shown(member), content]));
}

/**
 * Whether a text, the value of this name, holds a secret. JSON is looked through value by value, as a document is, so that a
 * secret spelled like one of its member names does not count.
 */
export function holdsSecret(text: string, name: string, redact: Redact): boolean {
  if (isOwnValue(text, name) || redact(text) === text) return false;
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
