// SPDX-License-Identifier: Apache-2.0
// The document with the full result: what `--json` prints and what the file `report-path` holds.

import { writeDocument } from '../files/files.ts';
import { type Redact, redactedJson } from '../report/redacted-json.ts';

/** The document as `--json` prints it: the same value but for secrets, safe to look at. */
export function jsonText(document: unknown, redact: Redact): string {
  return redactedJson(document, redact);
}

/**
 * Writes the report.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeReport(path: string, document: unknown, redact: Redact): Promise<void> {
  await writeDocument(path, jsonText(document, redact));
}
