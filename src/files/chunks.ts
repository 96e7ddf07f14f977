// SPDX-License-Identifier: Apache-2.0
// A regular file as a stream of large chunks, the next one being read while the last one is used.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from '../base/errors.ts';
import { isLink, notRegular } from './files.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The bytes of a file from `offset`; a symbolic link in its place is refused.
 * @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_READ_FAILED
 */
export async function* readFileChunks(path: string, offset = 0): AsyncGenerator<Uint8Array, void> {
  try {
    await using file = await openRegularFile(path);
    yield* readHandleChunks(file, offset);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** The bytes of an open file from `offset`. @throws what reading it throws */
export async function* readHandleChunks(file: FileHandle, offset = 0): AsyncGenerator<Uint8Array, void> {
  let at = offset;
  let reading = readChunk(file, at);
  for (;;) {
    const chunk = await reading;
    if (chunk.length === 0) return;
    at += chunk.length;
    reading = readChunk(file, at);
    reading.catch(() => undefined);
    yield chunk;
  }
}

async function readChunk(file: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * Opens a regular file for reading, not following a link in its last part.
 * @throws SystemError FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, or what `open` throws
 */
async function openRegularFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') throw isLink(path, error);
    throw error;
  }
  throw notRegular(path);
}
