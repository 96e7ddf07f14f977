// SPDX-License-Identifier: Apache-2.0
// The document with the full result: what `--json` prints and what the file `report-path` holds. It is made for people
// and their programs, and is neither signed nor verified: secrets are taken out of it value by value.

import { writeDocument } from '../primitives/file.ts';
import { UNSAFE } from '../primitives/unsafe-text.ts';

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;

/** The document as `--json` prints it: the same value but for secrets, safe to look at. */
export function jsonText(document: unknown, redact: Redact): string {
  const text = JSON.stringify(document, (_, value: unknown) => withoutSecrets(value, redact), 2);
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

/**
 * Writes the report.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeReport(path: string, document: unknown, redact: Redact): Promise<void> {
  await writeDocument(path, jsonText(document, redact));
}
