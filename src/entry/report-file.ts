// SPDX-License-Identifier: Apache-2.0
// The document with the full result: what `--json` prints and what the file `report-path` holds, and where that file is
// in a step of a workflow.

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Host } from '../commands/host.ts';
import { checkedFiles } from '../commands/inputs/files.ts';
import type { CommandSpec } from '../commands/spec.ts';
import { writeDocument } from '../files/files.ts';
import { inWordsOf } from '../commands/inputs/values.ts';
import { redactedPieces } from '../report/redacted-json.ts';

/** What a host does to documents. */
interface DocumentHost extends Pick<Host, 'kind'> {
  redact(text: string): string;
}

/** The document as `--json` prints it, in pieces: the same value but for secrets, safe to look at. */
export function jsonPieces(document: unknown, host: DocumentHost): Iterable<string> {
  return redactedPieces(document, (text, name) => host.redact(name === 'hint' ? inWordsOf(host.kind, text) : text));
}

/** Prints the document piece by piece, as fast as it is read. */
export async function printJson(
  document: unknown,
  { host, write }: { readonly host: DocumentHost; readonly write: (text: string) => Promise<void> },
): Promise<void> {
  for (const piece of jsonPieces(document, host)) await write(piece);
}

/**
 * Writes the report.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeReport(path: string, document: unknown, host: DocumentHost): Promise<void> {
  await writeDocument(path, jsonPieces(document, host));
}

/** Where the report of a step may go. */
interface ReportPlaces {
  /** The input `report-path`, where that may be written, else the default. */
  readonly wanted: string;
  /** A new file of the runner. */
  readonly byDefault: string;
}

/** The places of the report of a step, known before its inputs are read: it tells what was wrong with them, too. */
export async function reportPlaces(
  { name, inputs }: Pick<CommandSpec, 'name' | 'inputs'>,
  texts: ReadonlyMap<string, string>,
  { cwd, env }: Pick<Host, 'cwd' | 'env'>,
): Promise<ReportPlaces> {
  const file = `countersign-${name}-${randomBytes(4).toString('hex')}.json`;
  const byDefault = join(env['RUNNER_TEMP'] ?? tmpdir(), file);
  const given = texts.get('report-path');
  const folder = resolve(cwd, texts.get('working-directory') ?? '.');
  const usable = given !== undefined && (await checkedFiles(inputs, texts, folder).catch(() => undefined));
  return { wanted: usable ? resolve(folder, given) : byDefault, byDefault };
}
