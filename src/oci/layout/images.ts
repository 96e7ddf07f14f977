// SPDX-License-Identifier: Apache-2.0
// Which tags of a layout folder name images, and which only what is attached to one: lists of referrers, our layers,
// cosign's signatures. Anybody can give an image such a tag, so what it names decides, too.

import { digestHex, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Clock } from '../../base/clock.ts';
import { ENVELOPE_TYPE, PAYLOAD_TYPE } from '../cosign/cosign.ts';
import { LayoutIndex, type TaggedImage } from './index.ts';
import { LayoutRepository } from './layout.ts';
import { type ParsedManifest, parseManifest } from '../manifest.ts';
import { referrersTag } from '../reference.ts';
import { MEDIA_TYPE, SIF_LAYER_TYPES } from '../oci.ts';

/** The tags that are known: the list of referrers, and behind a point a layer of ours or cosign's legacy signatures. */
const ATTACHED = /^((?:sha256|sha512)-[0-9a-f]{64})(?:\.(?:(sig|att)|countersign-([0-9a-f]{32})))?$/;

const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  MEDIA_TYPE.sifConfig,
]);
const IMAGE_LAYERS: readonly string[] = [
  'application/vnd.oci.image.layer.',
  'application/vnd.docker.image.rootfs.',
  ...SIF_LAYER_TYPES,
];

/**
 * Every tagged image of a layout folder, in the order of its index; what is attached to an image of it is left out.
 * @throws RegistryError REGISTRY_LAYOUT_INVALID; SystemError
 */
export async function imagesInLayout(folder: string, clock: Clock): Promise<readonly TaggedImage[]> {
  const index = await LayoutIndex.open(folder, clock);
  const tagged = await index.tagged();
  const candidates = tagged.filter(({ tag }) => ATTACHED.test(tag));
  if (candidates.length === 0) return tagged;
  const repository = new LayoutRepository(folder, index);
  const subjects = new Set((await index.entries()).map(({ digest }) => referrersTag(digest)));
  const attached = new Set<TaggedImage>();
  for (const image of candidates) if (await isAttached(image, repository, subjects)) attached.add(image);
  return tagged.filter((image) => !attached.has(image));
}

/** True when tag and content both say so; what cannot be read is taken for an image, so that it is not passed over. */
async function isAttached(
  { tag, digest }: TaggedImage,
  repository: LayoutRepository,
  subjects: ReadonlySet<string>,
): Promise<boolean> {
  const [, subject = '', legacy, ours] = ATTACHED.exec(tag) ?? [];
  if (digest === undefined) return false;
  try {
    if (!subjects.has(subject) && !(await hasBlob(subject, repository))) return false;
    const parsed = await read(digest, repository);
    if (!parsed) return false;
    if (legacy !== undefined) return isLegacy(parsed, legacy === 'sig' ? PAYLOAD_TYPE : ENVELOPE_TYPE);
    if (ours !== undefined) return digestHex(digest).startsWith(ours) && refersTo(parsed, subject);
    return await isReferrerList(parsed, subject, repository);
  } catch (error) {
    if (error instanceof CountersignError) return false;
    throw error;
  }
}

/** A platform of an index need not be listed itself. */
async function hasBlob(subject: string, repository: LayoutRepository): Promise<boolean> {
  const hex = /^sha256-([0-9a-f]{64})$/.exec(subject)?.[1];
  return hex !== undefined && (await repository.blobSize(`sha256:${hex}`)) !== undefined;
}

async function read(digest: Digest, repository: LayoutRepository): Promise<ParsedManifest | undefined> {
  const manifest = await repository.getManifest(digest);
  return manifest && parseManifest(manifest, `the manifest ${digest}`);
}

function isLegacy({ kind, layers }: ParsedManifest, type: string): boolean {
  return kind === 'manifest' && layers.length > 0 && layers.every(({ mediaType }) => mediaType === type);
}

/** An artifact about the subject that nobody could run in the place of an image. */
function refersTo(parsed: ParsedManifest, subject: string): boolean {
  const { kind, config, layers } = parsed;
  if (kind === 'index' || !parsed.subject || referrersTag(parsed.subject.digest) !== subject) return false;
  if (config && IMAGE_CONFIGS.has(config.mediaType)) return false;
  return !layers.some(({ mediaType }) => IMAGE_LAYERS.some((type) => mediaType.startsWith(type)));
}

/** An index of platforms has the same form, but its entries refer to nothing. */
async function isReferrerList(
  { kind, manifests }: ParsedManifest,
  subject: string,
  repository: LayoutRepository,
): Promise<boolean> {
  if (kind !== 'index' || manifests.length > LIMITS.referrers) return false;
  for (const { digest } of manifests) {
    const entry = await read(digest, repository);
    if (entry && !refersTo(entry, subject)) return false;
  }
  return true;
}
