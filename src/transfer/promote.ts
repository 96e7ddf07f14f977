// SPDX-License-Identifier: Apache-2.0
// From one repository, registry or layout folder to another: the image, its platforms, and everything attached to them.
// Blobs are mounted where the registry can, else streamed; the destination is verified before any tag moves.

import type { Clock } from '../base/clock.ts';
import { openRegistryImage, type RegistryImage } from '../image/registry/image.ts';
import { verifyRegistryImage } from '../image/registry/examine.ts';
import type { Criteria } from '../image/verify.ts';
import { copyLookaside, filedName } from '../oci/lookaside.ts';
import type { OciDescriptor } from '../oci/oci.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import { type CopiedAttachments, copyAttachments } from './copy-attached.ts';
import { copyImage, type Route } from './copy.ts';
import { assertNothingUnread, moveTag } from './send-sif.ts';

/** From where to where an image is promoted, and by what it is judged. */
export interface Promotion extends Route {
  readonly tags: readonly string[];
  readonly criteria: Criteria | undefined;
  /** Read a SIF's data at the source. False moves tags on the word of those who vouch for it. */
  readonly verifyData: boolean;
  /** Folder with GPG signatures, which are read, and filed for the destination too. */
  readonly lookaside?: string | undefined;
  /** Asked when the verdict at the source has passed; false copies nothing. */
  readonly admits?: (image: RegistryImage) => Promise<boolean>;
  readonly clock: Clock;
}

/** What became of a promotion. */
export interface Promoted extends CopiedAttachments {
  /** The manifest at both places; undefined when the verdict failed or the image was not admitted, and no tag moved. */
  readonly manifest: OciDescriptor | undefined;
  readonly verdict: ImageVerdict | undefined;
}

/**
 * Copies an image with all its layers. The image stays under its digest; the verdict is asked for at the source,
 * before anything is copied, and at the destination, before a tag moves.
 * @throws RegistryError, NetworkError; SystemError for the lookaside
 */
export async function promoteImage(reference: string, promotion: Promotion): Promise<Promoted> {
  const image = await openRegistryImage(promotion.from, reference);
  const before = await judgeAt(image, promotion, promotion.verifyData);
  const passed = before?.verdict !== 'failed';
  // A gate is asked about the destination, and reads its files there.
  if (passed) await copyFiled(image, promotion);
  const admitted = passed && ((await promotion.admits?.(image)) ?? true);
  if (!admitted) return { manifest: undefined, verdict: before, attached: 0, remarks: [] };
  // What is copied is all there is; what is signed and judged are the parts that can be run.
  const below = await copyImage(image.manifest, promotion, { admit: assertNothingUnread });
  const copied = await copyAttachments([image.descriptor.digest, ...below], promotion);
  const there = await openRegistryImage(promotion.to, image.descriptor.digest, promotion.tags[0]);
  const unread = await judgeAt(there, promotion, false);
  const after = unread && promotion.verifyData ? withDataRead(unread) : unread;
  if (after?.verdict === 'failed') return { manifest: undefined, verdict: after, ...copied };
  for (const tag of promotion.tags) await moveTag(promotion.to, there.manifest, tag);
  return { manifest: there.descriptor, verdict: after, ...copied };
}

/** GPG signatures name the place they were made for, and stay as they are. */
async function copyFiled({ subjects }: RegistryImage, { lookaside: folder, from, to }: Promotion): Promise<void> {
  const [source, target] = [filedName(from.name), filedName(to.name)];
  if (folder === undefined || source === target) return;
  for (const { digest } of subjects)
    await copyLookaside(folder, { repository: source, digest }, { repository: target, digest });
}

/** What was copied has the digests of what was read at the source in this very run. */
function withDataRead(verdict: ImageVerdict): ImageVerdict {
  return { ...verdict, dataVerified: true, reasons: verdict.reasons.filter(({ code }) => code !== 'DATA_NOT_READ') };
}

async function judgeAt(
  image: RegistryImage,
  { criteria, lookaside }: Promotion,
  verifyData: boolean,
): Promise<ImageVerdict | undefined> {
  return criteria && verifyRegistryImage(image, criteria, { verifyData, lookaside });
}
