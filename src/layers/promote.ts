// SPDX-License-Identifier: Apache-2.0
// From one repository, registry or layout folder to another: the image, its platforms, and everything attached to them.
// Blobs are mounted where the registry can, else streamed; the destination is verified before any tag moves.

import type { ImageVerdict } from '../policy/verdict.ts';
import type { Digest } from '../primitives/digest.ts';
import type { Clock } from '../primitives/retry.ts';
import { cosignTag, readCosignSignatures } from '../registry/cosign.ts';
import { keepCosignSignatures } from '../registry/cosign-write.ts';
import { moveTag } from '../registry/push.ts';
import type { OciDescriptor } from '../registry/repository.ts';
import { carryImage, carryParts, type Route } from './carry.ts';
import { openRegistryImage, type RegistryImage } from './registry-image.ts';
import type { Judge } from './verify.ts';
import { verifyRegistryImage } from './verify-registry.ts';

export interface Promotion extends Route {
  readonly tags: readonly string[];
  readonly judge: Judge | undefined;
  /** Read a SIF's data at the source. False moves tags on the word of those who vouch for it. */
  readonly verifyData: boolean;
  readonly clock: Clock;
}

export interface Promoted {
  /** The manifest at both places; undefined when the verdict failed and no tag moved. */
  readonly manifest: OciDescriptor | undefined;
  readonly verdict: ImageVerdict | undefined;
  /** Number of attached manifests carried over. */
  readonly attached: number;
}

/**
 * Carries an image with all its layers over. The image stays under its digest; the verdict is asked for at the source,
 * before anything is copied, and at the destination, before a tag moves.
 * @throws RegistryError, NetworkError
 */
export async function promoteImage(reference: string, promotion: Promotion): Promise<Promoted> {
  const image = await openRegistryImage(promotion.from, reference);
  const before = await judgeAt(image, promotion, promotion.verifyData);
  if (before?.verdict === 'failed') return { manifest: undefined, verdict: before, attached: 0 };
  // What is carried is all there is; what is signed and judged are the parts that can be run.
  const below = await carryImage(image.manifest, promotion);
  let attached = 0;
  for (const digest of [image.descriptor.digest, ...below]) attached += await copyAttached(digest, promotion);
  const there = await openRegistryImage(promotion.to, image.descriptor.digest, promotion.tags[0]);
  const after = await judgeAt(there, promotion, false);
  if (after?.verdict === 'failed') return { manifest: undefined, verdict: after, attached };
  for (const tag of promotion.tags) await moveTag(promotion.to, there.manifest, tag);
  return { manifest: there.descriptor, verdict: after, attached };
}

async function judgeAt(
  image: RegistryImage,
  { judge }: Promotion,
  verifyData: boolean,
): Promise<ImageVerdict | undefined> {
  return judge && verifyRegistryImage(image, judge, { verifyData });
}

async function copyAttached(subject: Digest, promotion: Promotion): Promise<number> {
  const { from, to, clock } = promotion;
  const { referrers } = await from.listReferrers(subject);
  for (const { manifest } of referrers) {
    await carryParts(manifest, promotion);
    await to.attachReferrer(manifest);
  }
  const legacy = await readCosignSignatures(from, subject);
  if (legacy.length > 0) await keepCosignSignatures(to, subject, { ours: legacy, clock });
  const attestations = cosignTag(subject, 'att');
  const present = await from.getManifest(attestations);
  if (present && !(await to.getManifest(attestations))) {
    await carryParts(present, promotion);
    await to.putManifest(present, attestations);
  }
  return referrers.length;
}
