// SPDX-License-Identifier: Apache-2.0
// Many small chunks → a file in few large writes: one block of memory is filled while the other is written.

import type { FileHandle } from 'node:fs/promises';

const BLOCK_BYTES = 1024 * 1024;

/** Writes bytes in order, from a position on. Nothing is certain to be in the file before `flush`. */
export class FileSink {
  readonly #file: FileHandle;
  #filling = new Uint8Array(BLOCK_BYTES);
  #writing = new Uint8Array(BLOCK_BYTES);
  #filled = 0;
  #position: number;
  #pending: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Takes a copy of the bytes. @throws what writing the earlier ones threw */
  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, BLOCK_BYTES - this.#filled);
      this.#filling.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === BLOCK_BYTES) await this.#turn();
    }
  }

  /** Ends when every byte has been handed to the system. */
  async flush(): Promise<void> {
    await this.#turn();
    await this.#pending;
  }

  async #turn(): Promise<void> {
    await this.#pending;
    [this.#filling, this.#writing] = [this.#writing, this.#filling];
    const block = this.#writing.subarray(0, this.#filled);
    this.#pending = writeAll(this.#file, block, this.#position);
    this.#pending.catch(() => undefined);
    this.#position += block.length;
    this.#filled = 0;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
