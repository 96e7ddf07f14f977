// SPDX-License-Identifier: Apache-2.0
// Whether an image is the one that whoever asks to sign it means.

import type { Digest } from '../base/bytes.ts';
import type { ImageFacts } from '../policy/facts.ts';
import { STAGE_CODES, StageError } from './errors.ts';

/**
 * Refuses another image than the expected one. In a registry it is that by its manifest too, which names all of it.
 * @throws StageError STAGE_DIGEST_UNEXPECTED
 */
export function assertExpected(
  { name, contentDigests, pinned }: ImageFacts,
  expected: readonly Digest[] | undefined,
): void {
  if (!expected) return;
  const manifest = pinned?.slice(pinned.indexOf('@') + 1);
  if (expected.some((digest) => digest === manifest)) return;
  if (contentDigests.length > 0 && contentDigests.every((digest) => expected.includes(digest))) return;
  const found = [...new Set([...contentDigests, ...(manifest === undefined ? [] : [manifest])])].join(', ');
  throw new StageError('STAGE_DIGEST_UNEXPECTED', `${name} is ${found}, and not ${expected.join(', ')}`, {
    hint: STAGE_CODES.STAGE_DIGEST_UNEXPECTED.fix,
  });
}
