// SPDX-License-Identifier: Apache-2.0
// A document for people and their programs → JSON without secrets, safe to look at. Secrets are taken out value by
// value, so that it stays JSON. Never for what is signed: its bytes would be others.

import { UNSAFE } from './unsafe-text.ts';

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;

/** The same value but for secrets; ends with a line end. */
export function redactedJson(document: unknown, redact: Redact, indent = 2): string {
  const text = JSON.stringify(document, (_, value: unknown) => withoutSecrets(value, redact), indent);
  // JSON leaves what turns the writing direction or hides text as it is; its own line ends are wanted.
  return `${text.replace(UNSAFE, (char) => (char === '\n' ? char : escaped(char)))}\n`;
}

/** A value with its strings and names cleaned; members are visited on their own. */
function withoutSecrets(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([name]) => redact(name) === name)) return value;
  return Object.fromEntries(entries.map(([name, member]) => [redact(name), member]));
}

function escaped(char: string): string {
  return Array.from(
    { length: char.length },
    (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
