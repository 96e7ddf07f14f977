// SPDX-License-Identifier: Apache-2.0
// Where the wider set of known answers lives when this project stands beside it; tests that use it skip without it.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** True when the folder of shared vectors is there. */
export const hasShared = existsSync(folder);

/** Path of a file in the folder of shared vectors. */
export function sharedPath(name: string): string {
  return `${folder}${name}`;
}
