// SPDX-License-Identifier: Apache-2.0
// The folder for temporary files of one run: made when first asked for, readable by this user only, removed at the end
// or on the way out after a signal.

import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../base/errors.ts';

/** A folder that is made when it is first asked for. */
export class TemporaryFolder {
  readonly #base: string;
  #path: Promise<string> | undefined;
  #made: string | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  /** Absolute path; the same one for the whole run. */
  path(): Promise<string> {
    this.#path ??= this.#make();
    return this.#path;
  }

  async #make(): Promise<string> {
    try {
      const path = await mkdtemp(join(this.#base, 'countersign-'));
      this.#made = path;
      await chmod(path, 0o700);
      return path;
    } catch (error) {
      throw fileError(error, this.#base, 'write');
    }
  }

  async remove(): Promise<void> {
    if (this.#made !== undefined) await rm(this.#made, { recursive: true, force: true, maxRetries: 3 });
  }

  /** For signal handlers, which cannot wait. */
  removeNow(): void {
    if (this.#made !== undefined) rmSync(this.#made, { recursive: true, force: true, maxRetries: 3 });
  }
}
