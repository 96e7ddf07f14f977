// SPDX-License-Identifier: Apache-2.0
// The image gets its name last: it is built under another name in the same folder, looked at, flushed, and only then
// put in place in one step, without ever overwriting what was not to be overwritten.

import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, isErrnoException, CountersignError } from '../../base/errors.ts';
import { isNamed } from '../../files/unfinished.ts';
import { DATA_TYPE, PARTITION_TYPE } from '../../sif/format.ts';
import { openSif } from '../../sif/sif.ts';
import { openFileSource } from '../../sif/source.ts';
import { BuildError } from './errors.ts';

/** A name for the unfinished image, in the folder of the finished one, which the build then fills. */
export function partialPath(imagePath: string): string {
  return join(dirname(imagePath), `.${basename(imagePath)}.${randomBytes(6).toString('hex')}.partial`);
}

/** @throws BuildError BUILD_IMAGE_EXISTS; SystemError when the folder does not exist */
export async function assertFree(imagePath: string, overwrite: boolean): Promise<void> {
  const folder = await stat(dirname(imagePath)).catch((error: unknown) => {
    throw fileError(error, dirname(imagePath), 'write');
  });
  if (!folder.isDirectory()) throw exists(dirname(imagePath), 'is not a folder');
  const there = await lstat(imagePath).catch(() => undefined);
  if (there && !there.isFile()) throw exists(imagePath, 'exists and is not a file');
  if (there && !overwrite) throw exists(imagePath, 'exists already');
}

function exists(path: string, problem: string, cause?: unknown): BuildError {
  return new BuildError('BUILD_IMAGE_EXISTS', `${path} ${problem}`, { cause });
}

/** @throws BuildError BUILD_OUTPUT_INVALID when the file is no SIF image with a primary partition */
export async function assertImage(path: string): Promise<void> {
  try {
    await using source = await openFileSource(path);
    const { objects } = await openSif(source);
    if (
      objects.some(
        ({ dataType, partition }) =>
          dataType === DATA_TYPE.partition && partition?.type === PARTITION_TYPE.primarySystem,
      )
    )
      return;
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new BuildError('BUILD_OUTPUT_INVALID', `the build wrote no readable SIF image: ${cause.message}`, { cause });
  }
  throw new BuildError('BUILD_OUTPUT_INVALID', 'the build wrote a SIF file without a primary partition');
}

/**
 * Flushes the finished file and gives it its name.
 * @throws BuildError BUILD_IMAGE_EXISTS when the name was taken meanwhile, BUILD_INPUT_CHANGED; SystemError
 */
export async function publishImage(partial: string, imagePath: string, overwrite: boolean): Promise<void> {
  try {
    await using file = await open(partial, 'r+');
    await file.sync();
    const finished = await file.stat({ bigint: true });
    if (overwrite) await rename(partial, imagePath);
    else await linkInPlace(partial, imagePath);
    if (!(await isNamed(imagePath, finished)))
      throw new BuildError('BUILD_INPUT_CHANGED', `${imagePath} is not the image that was built: somebody changed it`);
  } catch (error) {
    throw fileError(error, imagePath, 'write');
  }
}

/** A hard link fails when the name exists, which a rename does not; file systems without links get the rename. */
async function linkInPlace(partial: string, imagePath: string): Promise<void> {
  try {
    await link(partial, imagePath);
    await rm(partial);
  } catch (error) {
    if (!isErrnoException(error)) throw error;
    if (error.code === 'EEXIST') throw exists(imagePath, 'was written by somebody else meanwhile', error);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(error.code ?? '')) throw error;
    await assertFree(imagePath, false);
    await rename(partial, imagePath);
  }
}
