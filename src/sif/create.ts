// SPDX-License-Identifier: Apache-2.0
// Creating an image from nothing.

import type { NewObject } from './writer.ts';

export interface CreateOptions {
  readonly now: Date;
  readonly deterministic?: boolean;
  /** UUID text; default random, or all zero when deterministic. */
  readonly id?: string;
  /** Unix seconds. */
  readonly time?: number;
  /** At most 31 bytes. */
  readonly launchScript?: string;
  /** Descriptor slots, default 48. */
  readonly capacity?: number;
  readonly objects?: readonly NewObject[];
  /** Replace a file that exists; default: refuse. */
  readonly replace?: boolean;
}

export async function createSif(path: string, options: CreateOptions): Promise<void> {
  throw new Error(`${path} ${options.now.toISOString()}`);
}
