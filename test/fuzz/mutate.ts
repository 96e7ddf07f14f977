// SPDX-License-Identifier: Apache-2.0
// Damages bytes as what they are: image, JSON, certificate, OpenPGP packets, text, or just bytes.

import { type Material, mutateBytes } from './bytes.ts';
import { mutateDer, mutatePackets } from './der.ts';
import { mutateJson } from './json.ts';
import type { Random } from './random.ts';
import { isSif, mutateSif } from './sif.ts';
import { mutateText } from './text.ts';

/** Longer ones are only shortened or changed in a few bytes. */
const MAX_STRUCTURED_BYTES = 3_000_000;

/** The bytes with one or a few things changed. */
export function mutate(random: Random, bytes: Uint8Array, material: Material): Uint8Array {
  if (bytes.length === 0 || bytes.length > MAX_STRUCTURED_BYTES || random.once(8))
    return mutateBytes(random, bytes, material);
  try {
    return mutateAs(random, bytes, material) ?? mutateBytes(random, bytes, material);
  } catch (error) {
    // What was nested for a reader to fail at is nested too deeply to be nested further.
    if (!(error instanceof RangeError)) throw error;
    return mutateBytes(random, bytes, material);
  }
}

function mutateAs(random: Random, bytes: Uint8Array, material: Material): Uint8Array | undefined {
  if (isSif(bytes)) return mutateSif(random, bytes, material, mutate);
  const [first = 0] = bytes;
  if (first === 0x7b || first === 0x5b) return mutateJson(random, bytes, material, mutate);
  if (first === 0x30) return mutateDer(random, bytes, material);
  if (first >= 0x80) return mutatePackets(random, bytes, material);
  return Buffer.from(mutateText(random, Buffer.from(bytes).toString('utf8'), material));
}
