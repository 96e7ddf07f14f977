// SPDX-License-Identifier: Apache-2.0
// ecl.toml: written for Apptainer, and read as it reads it. What Apptainer passes over, so that everything runs, is an
// error here.

import { parse, TomlError } from 'smol-toml';
import { decodeUtf8 } from '../../base/bytes.ts';
import { GateError } from '../errors.ts';
import type { ExecutionGroup, ExecutionList } from './list.ts';

/** The text of ecl.toml. `comments` become its first lines. */
export function writeList({ activated, legacyInsecure, groups }: ExecutionList, comments: readonly string[]): string {
  const lines = [
    ...comments.map((comment) => `# ${comment}`),
    `activated = ${activated}`,
    `legacyinsecure = ${legacyInsecure}`,
  ];
  for (const { tagName, mode, folder, fingerprints } of groups)
    lines.push(
      '',
      '[[execgroup]]',
      `  tagname = ${JSON.stringify(tagName)}`,
      `  mode = ${JSON.stringify(mode)}`,
      `  dirpath = ${JSON.stringify(folder)}`,
      `  keyfp = [${fingerprints.map((fingerprint) => JSON.stringify(fingerprint)).join(', ')}]`,
    );
  return [...lines, ''].join('\n');
}

/**
 * The list in the bytes of an ecl.toml; `file` names it in errors. Unknown keys are left out, as Apptainer does.
 * @throws GateError GATE_CONFIGURATION_INVALID where Apptainer would pass over the whole file
 */
export function readList(bytes: Uint8Array, file: string): ExecutionList {
  const refuse = (problem: string, cause?: unknown): GateError =>
    new GateError(
      'GATE_CONFIGURATION_INVALID',
      `${file}: ${problem}; Apptainer passes over such a file, and everything runs`,
      { cause },
    );
  let document: Record<string, unknown>;
  try {
    document = parse(decodeUtf8(bytes, file));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [what] = cause.message.split('\n', 1);
    throw refuse(`line ${cause.line}, column ${cause.column}: ${what}`, cause);
  }
  const groups = document['execgroup'] ?? [];
  if (!Array.isArray(groups)) throw refuse('execgroup is no list of tables');
  return {
    activated: booleanIn(document, 'activated', refuse),
    legacyInsecure: booleanIn(document, 'legacyinsecure', refuse),
    groups: groups.map((group: unknown) => groupFrom(group, refuse)),
  };
}

type Refuse = (problem: string) => GateError;

function groupFrom(group: unknown, refuse: Refuse): Omit<ExecutionGroup, 'mode'> & { readonly mode: string } {
  if (!isTable(group)) throw refuse('an entry of execgroup is no table');
  const fingerprints = group['keyfp'] ?? [];
  if (!Array.isArray(fingerprints)) throw refuse('keyfp is no list');
  return {
    tagName: textIn(group, 'tagname', refuse),
    mode: textIn(group, 'mode', refuse),
    folder: textIn(group, 'dirpath', refuse),
    fingerprints: fingerprints.map((entry: unknown) => {
      if (typeof entry !== 'string') throw refuse('an entry of keyfp is no text');
      return entry;
    }),
  };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function textIn(table: Record<string, unknown>, key: string, refuse: Refuse): string {
  const value = table[key] ?? '';
  if (typeof value !== 'string') throw refuse(`${key} is no text`);
  return value;
}

function booleanIn(table: Record<string, unknown>, key: string, refuse: Refuse): boolean {
  const value = table[key] ?? false;
  if (typeof value !== 'boolean') throw refuse(`${key} is neither true nor false`);
  return value;
}
