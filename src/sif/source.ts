// SPDX-License-Identifier: Apache-2.0
// Where the bytes of an image come from: a file, memory, or anything else that answers reads at an offset (a registry
// with range requests). Knows nothing of the format.

import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { counted } from '../base/text.ts';
import { fileError } from '../base/errors.ts';
import { stateOf } from '../files/files.ts';
import { SifError } from './errors.ts';

/** Random access to a byte sequence of known length. */
export interface ByteSource {
  /** For messages: a path or a reference. */
  readonly name: string;
  readonly sizeBytes: number;
  /**
   * Exactly `lengthBytes` bytes from `offset`.
   * @throws SifError SIF_TRUNCATED
   */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
  /** Like read, into memory of the caller; sources that can avoid an allocation offer it. */
  readInto?(target: Uint8Array, offset: number): Promise<void>;
  /** When the content may have changed since the source was opened: the content as it is now. */
  current?(): Promise<ByteSource | undefined>;
  /**
   * What was read must be what the path still names, untouched, before anything is said about it. Files only.
   * @throws SifError SIF_REPLACED, SIF_CHANGED
   */
  assertStill?(): Promise<void>;
}

/** A source over an opened file. The file stays open, so a rename over its path does not disturb a reader. */
export interface FileSource extends ByteSource, AsyncDisposable {
  readonly path: string;
  /** Device and inode: what tells whether a path still names this file. */
  readonly identity: string;
  /**
   * Identity, size and both times when it was opened. Anybody can put the modification time back, nobody the change time.
   */
  readonly state: string;
  assertStill(): Promise<void>;
}

/**
 * Fails unless the path names the file of these attributes, untouched since.
 * @throws SifError SIF_REPLACED, SIF_CHANGED
 */
export async function assertAtPath(path: string, expected: BigIntStats): Promise<void> {
  const now = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw new SifError('SIF_REPLACED', `${path} is no longer there`, { cause });
  });
  if (now.dev !== expected.dev || now.ino !== expected.ino)
    throw new SifError('SIF_REPLACED', `${path} is another file now than the one that was opened`);
  if (stateOf(now) !== stateOf(expected)) throw new SifError('SIF_CHANGED', `${path} changed while it was in use`);
}

/**
 * Opens a regular file for reading.
 * @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_READ_FAILED; SifError SIF_NOT_SIF when it is no regular file
 */
export async function openFileSource(path: string): Promise<FileSource> {
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return await handleSource(path, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** Fails early where a file could not be changed later. @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION */
export async function assertChangeable(path: string): Promise<void> {
  try {
    const handle = await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
    await handle.close();
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/**
 * A source over a file that the caller has opened and will close.
 * @throws SifError SIF_NOT_SIF when it is no regular file
 */
export async function handleSource(path: string, handle: FileHandle): Promise<FileSource> {
  const opened = await handle.stat({ bigint: true });
  if (!opened.isFile()) throw new SifError('SIF_NOT_SIF', `${path} is not a regular file`);
  return new OpenedFile(path, handle, opened);
}

class OpenedFile implements FileSource {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly identity: string;
  readonly state: string;
  readonly #handle: FileHandle;
  readonly #opened: BigIntStats;

  constructor(path: string, handle: FileHandle, opened: BigIntStats) {
    this.name = path;
    this.path = path;
    this.sizeBytes = Number(opened.size);
    this.identity = `${opened.dev}:${opened.ino}`;
    this.state = stateOf(opened);
    this.#handle = handle;
    this.#opened = opened;
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    assertInside(this, offset, lengthBytes);
    const target = new Uint8Array(lengthBytes);
    await this.readInto(target, offset);
    return target;
  }

  async readInto(target: Uint8Array, offset: number): Promise<void> {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await this.#readSome(target, done, offset + done);
      if (bytesRead === 0) throw truncated(this.name, offset + done);
      done += bytesRead;
    }
  }

  async current(): Promise<ByteSource | undefined> {
    const now = await this.#handle.stat({ bigint: true });
    return stateOf(now) === this.state ? undefined : new OpenedFile(this.path, this.#handle, now);
  }

  async assertStill(): Promise<void> {
    await assertAtPath(this.path, this.#opened);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #readSome(target: Uint8Array, start: number, position: number): Promise<{ readonly bytesRead: number }> {
    try {
      return await this.#handle.read(target, start, target.length - start, position);
    } catch (error) {
      throw fileError(error, this.path, 'read');
    }
  }
}

/** A source over bytes in memory; the bytes are not copied. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    async read(offset, lengthBytes) {
      assertInside(this, offset, lengthBytes);
      return new Uint8Array(bytes.subarray(offset, offset + lengthBytes));
    },
  };
}

/** Refuses a read that leaves the source, before any memory is taken for it. */
export function assertInside(source: ByteSource, offset: number, lengthBytes: number): void {
  const end = offset + lengthBytes;
  if (!Number.isSafeInteger(end) || offset < 0 || lengthBytes < 0 || end > source.sizeBytes)
    throw truncated(source.name, source.sizeBytes, `, ${counted(lengthBytes, 'byte')} at ${offset} asked for`);
}

function truncated(name: string, at: number, more = ''): SifError {
  return new SifError('SIF_TRUNCATED', `${name} ends at byte ${at}${more}`);
}
