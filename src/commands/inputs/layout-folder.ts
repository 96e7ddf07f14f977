// SPDX-License-Identifier: Apache-2.0
// A folder given as `subject-path` → the image in it, when it is an OCI layout folder with exactly one tagged image.

import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { counted } from '../../base/count.ts';
import { CountersignError, isErrnoException, UsageError } from '../../base/errors.ts';
import type { TaggedImage } from '../../oci/layout/index.ts';
import { isLayoutName, type LayoutReference } from '../../oci/reference.ts';

/** Tags shown to a user who has to choose one. */
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
 * The one tagged image of a layout folder. A folder that cannot be read is named without an image: whoever opens it says
 * what is wrong with it, and goes on with the other images.
 * @throws UsageError USAGE_INVALID_INPUT when there are several tagged images, or none
 */
export async function imageInLayout(folder: string, name: string): Promise<LayoutReference> {
  const images = await taggedImages(folder);
  const [first] = images ?? [];
  if (images && new Set(images.map(({ digest }) => digest)).size !== 1) throw ambiguous(name, images);
  if (!first) return { in: 'layout', folder, tag: undefined, digest: undefined };
  // Some tools write anything in the place of the tag; not all of that can stand in a reference.
  return isLayoutName(first.tag) || first.digest === undefined
    ? { in: 'layout', folder, tag: first.tag, digest: undefined }
    : { in: 'layout', folder, tag: undefined, digest: first.digest };
}

/** Undefined when the folder is broken. */
async function taggedImages(folder: string): Promise<readonly TaggedImage[] | undefined> {
  const { imagesInLayout } = await import('../../oci/layout/images.ts');
  try {
    return await imagesInLayout(folder, systemClock());
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

function ambiguous(name: string, images: readonly TaggedImage[]): UsageError {
  const tags = [...new Set(images.map(({ tag }) => tag))];
  const shown = tags.slice(0, SHOWN_TAGS).map((tag) => JSON.stringify(tag.slice(0, 128)));
  const more = tags.length > shown.length ? ` and ${tags.length - shown.length} more` : '';
  const several = `${counted(images.length, 'tagged image')}: ${shown.join(', ')}${more}`;
  const byDigest = `oci:${name}@sha256:…`;
  const [found, hint] =
    tags.length === 0
      ? ['no tagged image', `name the image by its digest: ${byDigest}`]
      : tags.length === 1
        ? [`the tag ${shown.join()} for several images`, `name the image by its digest: ${byDigest}`]
        : [several, `say which one is meant: oci:${name}:TAG, or ${byDigest}`];
  return new UsageError('USAGE_INVALID_INPUT', `subject-path: the layout folder ${name} has ${found}`, { hint });
}
