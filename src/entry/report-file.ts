// SPDX-License-Identifier: Apache-2.0
// The document with the full result: what `--json` prints and what the file `report-path` holds.

import { writeFileAtomic } from '../primitives/file.ts';

/** The document as `--json` prints it. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/**
 * Writes the report.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeReport(path: string, document: unknown): Promise<void> {
  await writeFileAtomic(path, jsonText(document));
}
