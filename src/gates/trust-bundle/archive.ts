// SPDX-License-Identifier: Apache-2.0
// Files as a tar archive of exactly one form: the same files give the same bytes, and no other bytes are read. So there are
// no links, devices, doubled names, times or owners in it, and nothing behind its end.

import { equalBytes, utf8 } from '../../base/bytes.ts';
import { GateError } from '../errors.ts';

/** A file in an archive. */
export interface ArchivedFile {
  /** Relative, with `/` between its parts; none of these is `.` or `..`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const MAX_FILES = 4096;
const NAME_BYTES = 100;

/**
 * The archive.
 * @throws GateError GATE_BUNDLE_INVALID when a name cannot be stored, or there are more files than are read
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function encodeArchive(files: readonly ArchivedFile[]): Uint8Array {
  assertNames(files);
  const blocks = files.flatMap(({ name, bytes }) => [
    headerOf(name, bytes.length),
    bytes,
    new Uint8Array(paddingOf(bytes.length)),
  ]);
  return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)]);
}

/** The files. @throws GateError GATE_BUNDLE_INVALID for everything that encodeArchive would not have written */
export function decodeArchive(archive: Uint8Array): readonly ArchivedFile[] {
  const files: ArchivedFile[] = [];
  let at = 0;
  while (at + BLOCK <= archive.length && archive[at] !== 0) {
    const header = Buffer.from(archive.subarray(at, at + BLOCK));
    const size = /^([0-7]{11})\0/.exec(header.toString('latin1', 124, 136))?.[1];
    const length = Number.parseInt(size ?? '', 8);
    const end = at + BLOCK + length;
    if (size === undefined || end > archive.length) throw invalid(`the entry at byte ${at} has no size that fits`);
    files.push({ name: nameIn(header), bytes: archive.subarray(at + BLOCK, end) });
    assertCount(files);
    at = end + paddingOf(length);
  }
  if (!equalBytes(encodeArchive(files), archive))
    throw invalid('it has links, folders, attributes, or bytes that a trust bundle does not have');
  return files;
}

function assertCount({ length }: readonly ArchivedFile[]): void {
  if (length > MAX_FILES)
    throw invalid(`it has more than ${MAX_FILES} files; put keys and certificates of a kind into one file`);
}

function assertNames(files: readonly ArchivedFile[]): void {
  assertCount(files);
  const seen = new Set<string>();
  for (const { name } of files) {
    if (!isSafeName(name))
      throw invalid(`${JSON.stringify(name.slice(0, 200))} is no name of a file in a trust bundle`);
    // Some file systems take both for one.
    const folded = name.normalize('NFC').toLowerCase();
    if (seen.has(folded)) throw invalid(`it has ${JSON.stringify(name)} twice`);
    seen.add(folded);
  }
}

function isSafeName(name: string): boolean {
  const parts = name.split('/');
  return (
    utf8(name).length <= NAME_BYTES &&
    name.isWellFormed() &&
    !/[\p{Cc}\p{Cf}\\:]/u.test(name) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function headerOf(name: string, size: number): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, NAME_BYTES, 'utf8');
  header.write('0000644\0' + '0000000\0'.repeat(2), 100, 'latin1');
  header.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function nameIn(header: Buffer): string {
  const end = header.indexOf(0);
  return header.toString('utf8', 0, end < 0 || end > NAME_BYTES ? NAME_BYTES : end);
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** An archive, or what is to become one, that is no trust bundle. */
export function invalid(problem: string, cause?: unknown): GateError {
  return new GateError('GATE_BUNDLE_INVALID', `the trust bundle cannot be used: ${problem}`, { cause });
}
