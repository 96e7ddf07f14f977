// SPDX-License-Identifier: Apache-2.0
// An export as a folder: its files, a page that says where each goes and what the gate cannot ask, and checksums.

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256Hex, utf8 } from '../base/bytes.ts';
import { isErrnoException } from '../base/errors.ts';
import { writeFileAtomic } from '../files/files.ts';
import { makeFolder } from '../files/folder.ts';
import { GateError } from './errors.ts';
import type { ExportedFile, GateExport, Loss } from './verdict.ts';

/** What the page of an export says besides what is in it. */
export interface Page {
  readonly title: string;
  /** Policy name and digest. */
  readonly source: string;
  /** Markdown: how to install the files, and what this kind of gate does not do. */
  readonly body: readonly string[];
}

/**
 * Writes the folder, made when it is missing.
 * @throws GateError GATE_FOLDER_NOT_EMPTY; SystemError
 */
export async function writeExport(folder: string, made: GateExport, page: Page): Promise<readonly string[]> {
  const files: readonly ExportedFile[] = [...made.files, { name: 'README.md', content: pageText(made, page) }];
  const sums = files.map(({ name, content }) => `${sha256Hex(bytesOf(content))}  ${name}\n`);
  return writeNewFolder(folder, [...files, { name: 'SHA256SUMS', content: sums.join('') }]);
}

/**
 * Writes files into a folder that is new or empty, and returns their names. The first, which stands for the others, is
 * written last: without it nobody takes what was cut off for the whole.
 * @throws GateError GATE_FOLDER_NOT_EMPTY; SystemError
 */
export async function writeNewFolder(folder: string, files: readonly ExportedFile[]): Promise<readonly string[]> {
  const there = await readdir(folder).catch((error: unknown) => {
    // Where a file is in the way, making the folder says so.
    if (isErrnoException(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  });
  if (there.length > 0) throw new GateError('GATE_FOLDER_NOT_EMPTY', `${folder} is not empty`);
  for (const { name, content, executable } of [...files.slice(1), ...files.slice(0, 1)]) {
    const path = join(folder, name);
    await makeFolder(dirname(path));
    await writeFileAtomic(path, content, executable ? 0o755 : 0o644);
  }
  return files.map(({ name }) => name);
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? utf8(content) : content;
}

function pageText({ asks, losses, whole, unasked, warnings }: GateExport, { title, source, body }: Page): string {
  return [
    `# ${title}`,
    '',
    `Made by \`countersign export\` from the policy ${source}. Check the files before installing: \`sha256sum -c SHA256SUMS\`.`,
    '',
    '## What the gate asks',
    '',
    ...list(asks, 'Nothing.'),
    '',
    ...(whole ? [] : losing(losses, unasked)),
    ...(warnings.length > 0 ? ['## Before installing', '', ...list(warnings, ''), ''] : []),
    ...body,
    '',
  ].join('\n');
}

const UNASKED =
  'For which stage a signature was given, whether it was withdrawn or replaced since, and when its approval expires, no gate asks of any policy.';

function losing(losses: readonly Loss[], unasked = UNASKED): readonly string[] {
  return [
    '## What the policy asks and this gate cannot',
    '',
    ...list(losses.map(lossText), 'Nothing that this policy uses.'),
    '',
    unasked,
    'Only `countersign verify-all` decides by the whole policy.',
    '',
  ];
}

function list(items: readonly string[], none: string): readonly string[] {
  return items.length === 0 ? [none] : items.map((item) => `- ${item}`);
}

/** A loss as a line. */
export function lossText({ rule, text }: Loss): string {
  return `${rule}: ${text}`;
}
