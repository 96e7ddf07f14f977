// SPDX-License-Identifier: Apache-2.0
// The verdict about an image that lies in a registry or layout folder; apart from that about files, which need none of it.

import type { ImageVerdict } from '../../policy/verdict.ts';
import { examineRegistryImage } from './examine.ts';
import type { RegistryImage } from './attached.ts';
import { type Criteria, judgeImage, type VerifyOptions } from '../verify.ts';

/**
 * The verdict about an image in a registry or layout folder.
 * @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
 */
export async function verifyRegistryImage(
  image: RegistryImage,
  criteria: Criteria,
  options: Pick<VerifyOptions, 'name' | 'onBytes' | 'stages'> & { readonly verifyData: boolean },
): Promise<ImageVerdict> {
  const { verifyData, onBytes } = options;
  const examination = await examineRegistryImage(image, {
    name: options.name ?? image.name,
    verifier: criteria.verifier,
    now: criteria.now,
    verifyData,
    ...(onBytes ? { onBytes } : {}),
  });
  return judgeImage(examination, criteria, options.stages);
}
