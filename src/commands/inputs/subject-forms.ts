// SPDX-License-Identifier: Apache-2.0
// A folder given as `subject-path` → the image in it, when it is an OCI layout folder with exactly one.

import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeUtf8 } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { CountersignError, isErrnoException, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { counted } from '../../base/text.ts';
import { readFileBounded } from '../../files/files.ts';
import type { LayoutEntry } from '../../oci/layout/index.ts';
import { isLayoutName, type LayoutReference } from '../../oci/reference.ts';
import type { InputSpec } from './spec.ts';

/** Tags or digests shown to a user who has to choose one. */
const SHOWN_TAGS = 10;

/**
 * True for a folder that calls itself an OCI layout, or has all else of one. A folder of which that cannot be told is
 * taken for one, so that whoever opens it says why and it is not passed over.
 */
export async function isLayoutFolder(path: string): Promise<boolean> {
  if (!(await isFolder(path))) return false;
  const has = async (name: string): Promise<boolean> => lstat(join(path, name)).then(() => true, isNotAbsence);
  return (await has('oci-layout')) || ((await has('index.json')) && (await has('blobs')));
}

/** True for a folder that is there. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isNotAbsence(error: unknown): boolean {
  return !(isErrnoException(error) && error.code === 'ENOENT');
}

/**
 * The one tagged image of a layout folder, or when none has a tag, the one that is there. A folder that cannot be read is named without an image: whoever opens it says
 * what is wrong with it, and goes on with the other images.
 * @throws UsageError USAGE_INVALID_INPUT when there are several such images, or none
 */
export async function imageInLayout(folder: string, name: string): Promise<LayoutReference> {
  const images = await imagesIn(folder);
  const [first] = images ?? [];
  if (images && !isOneImage(images)) throw ambiguous(name, images);
  if (!first) return { in: 'layout', folder, tag: undefined, digest: undefined };
  // Some tools write anything in the place of the tag; not all of that can stand in a reference.
  return first.digest === undefined || (first.tag !== undefined && isLayoutName(first.tag))
    ? { in: 'layout', folder, tag: first.tag, digest: undefined }
    : { in: 'layout', folder, tag: undefined, digest: first.digest };
}

/** Undefined when the folder is broken. */
async function imagesIn(folder: string): Promise<readonly LayoutEntry[] | undefined> {
  const { imagesInLayout } = await import('../../oci/layout/images.ts');
  try {
    return await imagesInLayout(folder, systemClock());
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** An entry that cannot be read is known by its tag alone. */
function isOneImage(images: readonly LayoutEntry[]): boolean {
  const [first] = images;
  if (!first || (first.tag === undefined && first.digest === undefined)) return false;
  return new Set(images.map(({ digest }) => digest)).size === 1;
}

function ambiguous(name: string, images: readonly LayoutEntry[]): UsageError {
  const byDigest = `oci:${name}@sha256:…`;
  const tags = [...new Set(images.flatMap(({ tag }) => tag ?? []))];
  const [found, hint] =
    images.length === 0
      ? ['no image', 'name a folder into which an image was written']
      : tags.length === 0
        ? [
            `no tag, and several manifests: ${shown(images.map(({ digest }) => digest ?? 'one that cannot be read'))}`,
            '',
          ]
        : tags.length === 1
          ? [`the tag ${shown(tags.map(quoted))} for several images`, '']
          : [
              `${counted(images.length, 'tagged image')}: ${shown(tags.map(quoted))}`,
              `say which one is meant: oci:${name}:TAG, or ${byDigest}`,
            ];
  return new UsageError('USAGE_INVALID_INPUT', `subject-path: the layout folder ${name} has ${found}`, {
    hint: hint || `name the image by its digest: ${byDigest}`,
  });
}

/** A name from the folder cannot act on a terminal. */
function quoted(tag: string): string {
  return JSON.stringify(tag.slice(0, 128));
}

function shown(names: readonly string[]): string {
  const more = names.length > SHOWN_TAGS ? ` and ${names.length - SHOWN_TAGS} more` : '';
  return `${names.slice(0, SHOWN_TAGS).join(', ')}${more}`;
}

/** The input with the list of images that an earlier job hands on. */
export const CHECKSUMS_INPUT = {
  name: 'subject-checksums',
  type: 'path',
  description:
    'File that lists images in registries or OCI layout folders as `sha256sum` writes it, one a line: 64 hex digits of the manifest digest, two spaces, and `registry/repository` or `oci:FOLDER`. They are taken besides those of `subject-name`.',
  example: 'images.sha256',
} as const satisfies InputSpec;

const LINE = /^([0-9a-f]{64}) [ *](\S+)$/;
/** A host, so that a file name is not taken for a repository on Docker Hub. */
const PLACE = /^(?:oci:|(?:oras|docker):\/\/|localhost\/|[^/\s]+[.:][^/\s]*\/)/;

/**
 * The references that the file lists, each with its digest.
 * @throws UsageError USAGE_INVALID_INPUT with the line; SystemError, DataError
 */
export async function checksumNames(path: string): Promise<readonly string[]> {
  const lines = decodeUtf8(await readFileBounded(path, LIMITS.listBytes), path).split(/\r?\n/);
  const names = lines.flatMap((line, index) => (line.trim() === '' ? [] : [nameIn(line, { path, line: index + 1 })]));
  if (names.length === 0) throw invalid(`${path} lists no image`, { file: path, line: 1, column: 1 });
  return names;
}

function nameIn(text: string, at: { readonly path: string; readonly line: number }): string {
  const [, hex, name] = LINE.exec(text) ?? [];
  const location = { file: at.path, line: at.line, column: 1 };
  if (!hex || !name) throw invalid(`line ${at.line} of ${at.path} is no digest and name`, location);
  if (!PLACE.test(name) || name.includes('@'))
    throw invalid(
      `line ${at.line} of ${at.path} does not name an image in a registry: ${JSON.stringify(name)}`,
      location,
    );
  return `${name}@sha256:${hex}`;
}

function invalid(problem: string, location: { file: string; line: number; column: number }): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `subject-checksums: ${problem}`, {
    hint: 'write lines of 64 lower-case hex digits, two spaces, and registry/repository or oci:FOLDER; give files as ⟨subject-path⟩',
    location,
  });
}
