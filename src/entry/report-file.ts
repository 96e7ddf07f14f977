// SPDX-License-Identifier: Apache-2.0
// The document with the full result: what `--json` prints and what the file `report-path` holds.

import { writeDocument } from '../primitives/file.ts';

/** What may follow in a name from an image and turn the writing direction or move a cursor; JSON leaves them as they are. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The document as `--json` prints it: the same value, safe to look at. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2).replace(UNSAFE, escaped)}\n`;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Writes the report.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeReport(path: string, document: unknown): Promise<void> {
  await writeDocument(path, jsonText(document));
}
