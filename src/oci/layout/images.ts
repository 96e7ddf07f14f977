// SPDX-License-Identifier: Apache-2.0
// Which entries of a layout folder are images, and which only what is attached to one: lists of referrers, our layers,
// cosign's signatures and SBOMs. Anybody can give an image such a tag, so what it names decides, too.

import { digestHex, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Clock } from '../../base/clock.ts';
import { ENVELOPE_TYPE, PAYLOAD_TYPE } from '../cosign/cosign.ts';
import { type LayoutEntry, LayoutIndex } from './index.ts';
import { LayoutRepository } from './layout.ts';
import { type ParsedManifest, parseManifest } from '../manifest.ts';
import { referrersTag } from '../reference.ts';
import { MEDIA_TYPE, type OciDescriptor, SIF_LAYER_TYPES } from '../oci.ts';

/** The tags that are known: the list of referrers, and behind a point a layer of ours or what cosign keeps in tags. */
const ATTACHED = /^((?:sha256|sha512)-[0-9a-f]{64})(?:\.(?:(sig|att|sbom)|countersign-([0-9a-f]{32})))?$/;

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
 * The images of a layout folder, in the order of its index: all with a tag, or when none has one, all others. What is
 * attached to an image of the folder is left out, and of those without a tag also the platforms of a listed index.
 * @throws RegistryError REGISTRY_LAYOUT_INVALID; SystemError
 */
export async function imagesInLayout(folder: string, clock: Clock): Promise<readonly LayoutEntry[]> {
  const index = await LayoutIndex.open(folder, clock);
  const repository = new LayoutRepository(folder, index);
  const entries = await index.all();
  const subjects = new Set((await index.entries()).map(({ digest }) => referrersTag(digest)));
  const tagged: LayoutEntry[] = [];
  for (const entry of entries)
    if (entry.tag !== undefined && !(await isAttached(entry.tag, entry.digest, { repository, subjects })))
      tagged.push(entry);
  const others = entries.filter(({ tag }) => tag === undefined);
  return tagged.length > 0 ? tagged : withoutParts(others, repository);
}

/** What cannot be read may be an image, and stays. */
async function withoutParts(
  entries: readonly LayoutEntry[],
  repository: LayoutRepository,
): Promise<readonly LayoutEntry[]> {
  if (entries.length > LIMITS.referrers) return entries;
  const parts = new Set<Digest>();
  const artifacts = new Set<Digest>();
  const kept: { readonly entry: LayoutEntry; readonly below: readonly Digest[] }[] = [];
  for (const entry of entries) {
    const parsed = await readable(entry.digest, repository);
    const below = (parsed?.manifests ?? []).map(({ digest }) => digest);
    for (const digest of below) parts.add(digest);
    if (entry.digest && parsed && isNoImage(parsed)) artifacts.add(entry.digest);
    else kept.push({ entry, below });
  }
  const isList = (below: readonly Digest[]) => below.length > 0 && below.every((digest) => artifacts.has(digest));
  return kept.flatMap(({ entry, below }) =>
    isList(below) || (entry.digest && parts.has(entry.digest)) ? [] : [entry],
  );
}

/** True for what is attached to something, or was under a tag that has moved on. */
function isNoImage(parsed: ParsedManifest): boolean {
  return isArtifact(parsed) || isLegacy(parsed, PAYLOAD_TYPE) || isLegacy(parsed, ENVELOPE_TYPE);
}

async function readable(digest: Digest | undefined, repository: LayoutRepository): Promise<ParsedManifest | undefined> {
  try {
    return digest && (await read(digest, repository));
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** True when tag and content both say so; what cannot be read is taken for an image, so that it is not passed over. */
async function isAttached(
  tag: string,
  digest: Digest | undefined,
  { repository, subjects }: { readonly repository: LayoutRepository; readonly subjects: ReadonlySet<string> },
): Promise<boolean> {
  const [known, subject = '', legacy, ours] = ATTACHED.exec(tag) ?? [];
  if (known === undefined || digest === undefined) return false;
  try {
    if (!subjects.has(subject) && !(await hasBlob(subject, repository))) return false;
    const parsed = await read(digest, repository);
    if (!parsed) return false;
    if (legacy === 'sbom') return isSbom(parsed);
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

/** cosign gives it the configuration of an image, and no layer that could be run. */
function isSbom({ kind, layers }: ParsedManifest): boolean {
  return kind === 'manifest' && layers.length > 0 && !layers.some(isImageLayer);
}

function isImageLayer({ mediaType }: OciDescriptor): boolean {
  return IMAGE_LAYERS.some((type) => mediaType.startsWith(type));
}

function refersTo(parsed: ParsedManifest, subject: string): boolean {
  return isArtifact(parsed) && parsed.subject !== undefined && referrersTag(parsed.subject.digest) === subject;
}

/** True for an artifact about a subject that nobody could run in the place of an image. */
function isArtifact({ kind, config, layers, subject }: ParsedManifest): boolean {
  if (kind === 'index' || !subject) return false;
  if (config && IMAGE_CONFIGS.has(config.mediaType)) return false;
  return !layers.some(isImageLayer);
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
