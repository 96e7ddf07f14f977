// SPDX-License-Identifier: Apache-2.0
// From one repository, registry or layout folder to another: the image, its platforms, and everything attached to them.
// Blobs are mounted where the registry can, else streamed; the destination is verified before any tag moves.

import type { ImageVerdict } from '../policy/verdict.ts';
import type { Digest } from '../primitives/digest.ts';
import type { Clock } from '../primitives/retry.ts';
import { cosignTag, readCosignSignatures } from '../registry/cosign.ts';
import { keepCosignSignatures } from '../registry/cosign-write.ts';
import { RegistryError } from '../registry/errors.ts';
import { parseManifest } from '../registry/manifest.ts';
import { moveTag } from '../registry/push.ts';
import type {
  BlobSource,
  Manifest,
  OciDescriptor,
  OnBytes,
  ReadableRepository,
  Repository,
} from '../registry/repository.ts';
import { openRegistryImage, type RegistryImage } from './registry-image.ts';
import type { Judge } from './verify.ts';
import { verifyRegistryImage } from './verify-registry.ts';

export interface Promotion {
  readonly from: ReadableRepository;
  readonly to: Repository;
  /** Repository name at `to`'s registry that blobs may be mounted from; undefined when it is another registry. */
  readonly mountFrom: string | undefined;
  readonly tags: readonly string[];
  readonly judge: Judge | undefined;
  /** Read a SIF's data at the source. False moves tags on the word of those who vouch for it. */
  readonly verifyData: boolean;
  readonly clock: Clock;
  readonly onBytes?: OnBytes;
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
  for (const subject of image.subjects.slice(1)) await copyManifest(subject.digest, promotion);
  await copyManifest(image.descriptor.digest, promotion);
  let attached = 0;
  for (const subject of image.subjects) attached += await copyAttached(subject.digest, promotion);
  const there = await openRegistryImage(promotion.to, image.descriptor.digest);
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

async function copyManifest(digest: Digest, promotion: Promotion): Promise<Manifest> {
  const manifest = await promotion.from.getManifest(digest);
  if (!manifest)
    throw new RegistryError('REGISTRY_NOT_FOUND', `${promotion.from.name} has no manifest ${digest}`, {
      hint: 'the image is incomplete at its source; push it again there',
    });
  await copyBlobs(manifest, promotion);
  await promotion.to.putManifest(manifest, digest);
  return manifest;
}

async function copyBlobs(manifest: Manifest, promotion: Promotion): Promise<void> {
  const { config, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
  for (const blob of [...(config ? [config] : []), ...layers]) await copyBlob(blob, promotion);
}

async function copyBlob(blob: OciDescriptor, { from, to, mountFrom, onBytes }: Promotion): Promise<void> {
  if ((await to.blobSize(blob.digest)) === blob.size) return;
  if (mountFrom !== undefined && (await to.mountBlob(blob.digest, mountFrom))) return;
  await to.pushBlob(blob.digest, remoteBlob(from, blob), onBytes ? { onBytes } : {});
}

/** A blob elsewhere as something to push; an interrupted upload asks for the rest only. */
function remoteBlob(repository: ReadableRepository, { digest, size }: OciDescriptor): BlobSource {
  return {
    sizeBytes: size,
    open: (offset) =>
      repository.readBlob(
        digest,
        offset === 0 ? { sizeBytes: size } : { range: { offset, lengthBytes: size - offset } },
      ),
  };
}

async function copyAttached(subject: Digest, promotion: Promotion): Promise<number> {
  const { from, to, clock } = promotion;
  const { referrers } = await from.listReferrers(subject);
  for (const { manifest } of referrers) {
    await copyBlobs(manifest, promotion);
    await to.attachReferrer(manifest);
  }
  const legacy = await readCosignSignatures(from, subject);
  if (legacy.length > 0) await keepCosignSignatures(to, subject, { ours: legacy, clock });
  const attestations = cosignTag(subject, 'att');
  const present = await from.getManifest(attestations);
  if (present && !(await to.getManifest(attestations))) {
    await copyBlobs(present, promotion);
    await to.putManifest(present, attestations);
  }
  return referrers.length;
}
