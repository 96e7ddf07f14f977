// SPDX-License-Identifier: Apache-2.0
// Which files do the inputs of a run name, and would one that is written replace one that is read, or another one that is
// written? Asked before any work is done. Files are the same when their real paths are, or device and inode.

import type { BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { globPaths, wouldMatch } from '../../files/glob.ts';
import { assertWritableDocument } from '../../files/files.ts';
import type { FileUse, InputSpec } from './spec.ts';
import { holdsSecret, withoutContent } from './values.ts';

/** A file or folder that an input may mean; one that is not there is meant by nobody. */
export interface NamedFile {
  readonly input: string;
  readonly use: FileUse;
  /** Absolute. */
  readonly path: string;
  /** Set when what is read may be meant as a pattern. */
  readonly pattern?: { readonly text: string; readonly cwd: string };
}

/** Names that statements and bundles get in a `bundle-folder`. */
const BUNDLE_NAME = /\.(?:sigstore|intoto)\.json$/;
const MAX_MATCHES = 10_000;

/**
 * The files that raw inputs name, after a look at those that are written.
 * @throws UsageError USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS; SystemError when a document cannot be written
 */
export async function checkedFiles(
  specs: readonly InputSpec[],
  texts: ReadonlyMap<string, string>,
  folder: string,
): Promise<readonly NamedFile[]> {
  const files = specs.flatMap((input) => namedBy(input, texts, folder));
  const written = files.filter(isWritten);
  for (const [index, file] of written.entries())
    await assertDistinct(file, [...files.filter((other) => !isWritten(other)), ...written.slice(0, index)]);
  for (const { use, path } of written)
    if (use === 'document' && !(await isInFolderToMake(path, files))) await assertWritableDocument(path);
  return files;
}

/** A folder that is not there yet, and that the command makes, may receive a document as well. */
async function isInFolderToMake(path: string, files: readonly NamedFile[]): Promise<boolean> {
  const folder = `${dirname(path)}${sep}`;
  const made = files.filter(({ use, path: other }) => use === 'folder' && folder.startsWith(`${other}${sep}`));
  for (const { path: other } of made) if ((await look(other)) === undefined) return true;
  return false;
}

function namedBy(input: InputSpec, texts: ReadonlyMap<string, string>, folder: string): readonly NamedFile[] {
  const { name, type } = input;
  if (holdsSecret(input)) {
    const path = texts.get(`${name}-path`)?.trim();
    return path && path !== '-' ? [{ input: `${name}-path`, use: 'read', path: resolve(folder, path) }] : [];
  }
  const use = input.file ?? (type === 'path' || type === 'paths' ? 'read' : undefined);
  const text = texts.get(name)?.trim() || input.default;
  if (use === undefined || !text) return [];
  if (use !== 'read' && text === '-')
    throw new UsageError('USAGE_INVALID_INPUT', `${name} is "-", and standard output is no file`, {
      hint: `give a name${input.example ? `, for instance ${input.example}` : ''}${use === 'document' ? '; on the command line --json prints the report' : ''}`,
    });
  if (use !== 'read') return [{ input: name, use, path: resolve(folder, text) }];
  return (type === 'paths' ? withoutContent(text) : text)
    .split(/\r?\n/)
    .flatMap((line) => meanings(line.trim()))
    .map((path) => ({
      input: name,
      use,
      path: resolve(folder, path),
      ...(/[*?[\]{}]/.test(path) ? { pattern: { text: path, cwd: folder } } : {}),
    }));
}

/** A line may be a path, `SUBJECT=FILE`, or `oci:FOLDER` with a tag or digest after it. */
function meanings(line: string): readonly string[] {
  const found = [line];
  for (let at = line.indexOf('='); at >= 0; at = line.indexOf('=', at + 1)) found.push(line.slice(at + 1));
  const layout = /^oci:(?!\/\/)(.+)$/.exec(line)?.[1];
  if (layout === undefined) return found.filter((path) => path !== '');
  // The folder ends at a colon, and may have others.
  const colons = [...layout.matchAll(/:/g)].map(({ index }) => index);
  const folders = [...colons.map((end) => layout.slice(0, end)), layout];
  found.push(...new Set(folders.flatMap((folder) => [folder, folder.replace(/@[^@]*$/, '')])));
  return found.filter((path) => path !== '');
}

function isWritten({ use }: NamedFile): boolean {
  return use === 'document' || use === 'image';
}

/**
 * Refuses a file to be written that is one of the others, or inside of a layout folder or among the bundles.
 * @throws UsageError USAGE_CONFLICTING_INPUTS
 */
export async function assertDistinct(file: NamedFile, others: readonly NamedFile[]): Promise<void> {
  const place = await placeOf(file.path);
  // Devices and pipes are not replaced, and folders are refused when the file is written.
  if (place.stats && !place.stats.isFile()) return;
  for (const other of others) if (await covers(other, place)) throw conflict(file, other);
}

/** The same for every file to be written among some. @throws UsageError USAGE_CONFLICTING_INPUTS */
export async function assertDistinctFrom(files: readonly NamedFile[], others: readonly NamedFile[]): Promise<void> {
  for (const file of files.filter(isWritten)) await assertDistinct(file, others);
}

async function covers(other: NamedFile, place: Place): Promise<boolean> {
  const found = await placeOf(other.path);
  if (other.use === 'folder')
    return isSame({ real: dirname(place.real), stats: undefined }, found) && BUNDLE_NAME.test(place.real);
  if (isSame(place, found)) return true;
  if (other.use !== 'read') return false;
  if (found.stats?.isDirectory()) return isPartOfLayout(place.real, found.real);
  return other.pattern !== undefined && !found.stats && matches(other.pattern, place);
}

/** True for what a layout folder consists of; what else lies in it is nobody's. */
async function isPartOfLayout(path: string, folder: string): Promise<boolean> {
  if (!path.startsWith(folder + sep) || !(await look(join(folder, 'oci-layout')))) return false;
  return /^(?:oci-layout|index\.json.*|blobs)$/.test(relative(folder, path).split(sep)[0] ?? '');
}

/** Whether a pattern names the file, or would name it once it is written: then the next run would read it. */
async function matches({ text, cwd }: NonNullable<NamedFile['pattern']>, place: Place): Promise<boolean> {
  const { real: folder } = await placeOf(cwd);
  if (!place.stats) return wouldMatch(text, relative(folder, place.real)) || wouldMatch(text, place.real);
  let count = 0;
  for await (const path of globPaths(text, cwd)) {
    if (isSame(place, await placeOf(resolve(cwd, path)))) return true;
    if ((count += 1) > MAX_MATCHES) break;
  }
  return false;
}

interface Place {
  /** Without links, as far as it exists. */
  readonly real: string;
  /** Of what a link leads to. */
  readonly stats: BigIntStats | undefined;
}

async function placeOf(path: string): Promise<Place> {
  const real = await realpath(path).catch(async () => {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  });
  return { real, stats: await look(path) };
}

async function look(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}

function isSame(one: Place, other: Place): boolean {
  if (one.real === other.real) return true;
  return one.stats !== undefined && one.stats.dev === other.stats?.dev && one.stats.ino === other.stats.ino;
}

function conflict(file: NamedFile, other: NamedFile): UsageError {
  return new UsageError(
    'USAGE_CONFLICTING_INPUTS',
    `${file.input} would be written over what ${other.input} names: ${file.path}`,
    { hint: `give ⟨${file.input}⟩ a name of its own` },
  );
}
