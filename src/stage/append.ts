// SPDX-License-Identifier: Apache-2.0
// Adding objects to a SIF file so that verifiers can read all of its layers afterwards.

import { LIMITS } from '../base/limits.ts';
import { signatureObjects } from '../image/sif/signature-objects.ts';
import { DATA_TYPE } from '../sif/format.ts';
import type { SifImage } from '../sif/sif.ts';
import { appendObjects, type NewObject, type WriteOptions } from '../sif/edit/append.ts';
import { dataSize } from '../sif/edit/placement.ts';
import { unreadable } from './errors.ts';

/**
 * Adds objects to an image in which all signatures can be read afterwards.
 * @throws StageError STAGE_LAYER_UNREADABLE; as appendObjects
 */
export function appendLayers(
  path: string,
  objects: readonly NewObject[],
  options: Omit<WriteOptions, 'admit'>,
): Promise<readonly number[]> {
  return appendObjects(path, objects, { ...options, admit: (present) => assertRoom(present, objects) });
}

/** Verifiers stop at so many bytes, and then know nothing about the whole image. */
function assertRoom(present: SifImage, added: readonly NewObject[]): void {
  const sizes = added.filter(({ dataType }) => dataType === DATA_TYPE.signature).map(({ data }) => dataSize(data));
  const largest = Math.max(0, ...sizes);
  if (largest > LIMITS.sifSignatureBytes)
    throw unreadable(`a layer has ${largest} bytes; a SIF file takes at most ${LIMITS.sifSignatureBytes}`);
  const read = signatureObjects(present).map(({ sizeBytes }) => sizeBytes);
  const total = [...read, ...sizes].reduce((sum, size) => sum + size, 0);
  if (total > LIMITS.sifSignatureTotalBytes)
    throw unreadable(`all layers of the file together would have ${total} of ${LIMITS.sifSignatureTotalBytes} bytes`, {
      hint: 'keep evidence beside the image (⟨store=file⟩), or attach it in a registry; nothing was written',
    });
}
