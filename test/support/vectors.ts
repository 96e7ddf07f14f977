// SPDX-License-Identifier: Apache-2.0
// The known answers of this project: files below test/vectors, each folder with a PROVENANCE.md.

import { fileURLToPath } from 'node:url';

/** Path of a file below test/vectors. */
export function vectorPath(name: string): string {
  return fileURLToPath(new URL(`../vectors/${name}`, import.meta.url));
}
