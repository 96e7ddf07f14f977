// SPDX-License-Identifier: Apache-2.0
// Attaching a manifest to its subject so that no parallel writer can lose it. Where the registry keeps no list, the
// shared fallback tag is read, merged, written and read again; a tag of our own per layer tells every later writer
// what must be in it, so that each of them repairs what another one overwrote.

import { type Digest, utf8 } from '../../base/bytes.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { cannotChange, immutableTag, isTagRefused, namesMissing, RegistryError } from '../errors.ts';
import { makeManifest, parseList, parseManifest } from '../manifest.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor } from '../oci.ts';
import { referrersTag } from '../reference.ts';
import type { RegistryClient } from '../remote/client.ts';
import { getManifestAndTag, putManifest, resolveManifest } from '../remote/manifests.ts';
import { askReferrersApi, describeManifest, listReferrers, ownTag, readOwnTags } from './referrers.ts';

/** How often a shared list is written before others are said to overwrite it. */
export const MAX_ROUNDS = 20;
const API_CHECKS = 4;
/** Random pause between writing the shared tag and reading it again. */
const PAUSE_MS = { from: 100, to: 500 } as const;

/**
 * Stores a manifest and sees to it that it is listed. Where the registry does not let the shared tag change, or be read,
 * and the manifest is found otherwise, the error is handed back, for others may not look there.
 * @throws RegistryError REGISTRY_REFERRER_INVALID, REGISTRY_REFERRER_NOT_LISTED, REGISTRY_REFERRERS_TAG_TAKEN, by status;
 * NetworkError
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 */
export async function attachReferrer(client: RegistryClient, manifest: Manifest): Promise<RegistryError | undefined> {
  return attachReferrers(client, [manifest]);
}

/**
 * The same for many of one subject, for which the list is asked, or written, once. With `unwanted` what the registry does
 * not take, or its list has no room for, is told and left out.
 * @throws as attachReferrer
 */
export async function attachReferrers(
  client: RegistryClient,
  manifests: readonly Manifest[],
  unwanted?: OnUnwanted,
): Promise<RegistryError | undefined> {
  const [first] = manifests;
  if (!first) return undefined;
  const subject = subjectOf(first);
  const put = (of: readonly Manifest[], referenceOf: (manifest: Manifest) => string) =>
    putAll(client, of, { subject, referenceOf, unwanted });
  let left = manifests;
  if (!client.lacksReferrersApi) {
    const stored = await put(left, ({ digest }) => digest);
    // ECR once claimed in the header what its API did not do, so both are asked.
    const listed = stored.isHandled ? await listedByApi(client, subject, stored.manifests) : new Set<Digest>();
    left = stored.manifests.filter(({ digest }) => !listed.has(digest));
  }
  if (unwanted) left = await withRoom(client, subject, { manifests: left, unwanted });
  if (left.length === 0) return undefined;
  const tagged = await put(left, ({ digest }) => ownTag(subject, digest));
  // A promotion looks at what is there before a tag moves; here something may be replaced next.
  if (!unwanted) for (const { digest } of tagged.manifests) await assertThere(client, ownTag(subject, digest), digest);
  try {
    await keepListed(client, subject, tagged.manifests);
    return undefined;
  } catch (error) {
    const refused = isTagRefused(error) || (error instanceof RegistryError && error.code === 'REGISTRY_TAG_IMMUTABLE');
    if (!refused || !(await areFound(client, subject, tagged.manifests))) throw error;
    return error;
  }
}

/** A registry's word that it took something is not enough. */
async function assertThere(client: RegistryClient, tag: string, digest: Digest): Promise<void> {
  const what = `${tag} cannot be read back right after it was written`;
  if ((await resolveManifest(client, tag))?.digest !== digest)
    throw new RegistryError('REGISTRY_REFERRER_NOT_LISTED', what);
}

/** Told of a manifest that is not attached, and why. */
export type OnUnwanted = (manifest: Manifest, why: RegistryError) => void;

/** Answers of a registry that does not want this manifest, whatever else it takes. */
const UNWANTED: ReadonlySet<number | undefined> = new Set([400, 405, 413, 415, 422]);

async function putAll(
  client: RegistryClient,
  manifests: readonly Manifest[],
  {
    subject,
    referenceOf,
    unwanted,
  }: { subject: Digest; referenceOf: (manifest: Manifest) => string; unwanted: OnUnwanted | undefined },
) {
  const stored: Manifest[] = [];
  let isHandled = true;
  for (const manifest of manifests)
    try {
      const { subjectHandled } = await putManifest(client, manifest, { reference: referenceOf(manifest), subject });
      isHandled &&= subjectHandled;
      stored.push(manifest);
    } catch (error) {
      if (!unwanted || !(error instanceof RegistryError) || !UNWANTED.has(error.status)) throw error;
      unwanted(manifest, error);
    }
  return { manifests: stored, isHandled };
}

/** The shared list; one that may not be read takes nothing, and is no obstacle to what is found otherwise. */
async function readSharedOrNone(
  client: RegistryClient,
  subject: Digest,
): Promise<Pick<SharedIndex, 'document' | 'listed'>> {
  try {
    return await readShared(client, subject);
  } catch (error) {
    if (isTagRefused(error)) return { document: {}, listed: new Set() };
    throw error;
  }
}

/** Those for which a shared list has room, and leaves as much for what comes after them. */
async function withRoom(
  client: RegistryClient,
  subject: Digest,
  { manifests, unwanted }: { manifests: readonly Manifest[]; unwanted: OnUnwanted },
): Promise<readonly Manifest[]> {
  if (manifests.length === 0) return [];
  const { document, listed } = await readSharedOrNone(client, subject);
  let room = LIMITS.manifestBytes / 2 - JSON.stringify(document).length;
  return manifests.filter((manifest) => {
    if (listed.has(manifest.digest)) return true;
    room -= JSON.stringify(describeManifest(manifest)).length + 1;
    if (room < 0) unwanted(manifest, noRoom());
    return room >= 0;
  });
}

/** True when a reader finds the manifests, by whatever list or tag. @throws as listReferrers */
export async function areFound(
  client: RegistryClient,
  subject: Digest,
  manifests: readonly Pick<Manifest, 'digest'>[],
): Promise<boolean> {
  const { referrers } = await listReferrers(client, subject);
  const found = new Set(referrers.map(({ descriptor }) => descriptor.digest));
  return manifests.every(({ digest }) => found.has(digest));
}

/**
 * Puts every layer that has a tag of ours back into the shared list. True when one was missing there.
 * @throws as attachReferrer
 */
export async function repairReferrers(client: RegistryClient, subject: Digest): Promise<boolean> {
  return keepListed(client, subject, []).catch(async (error: unknown) => {
    // Where the registry keeps a list of its own, the tag need not be readable.
    if (isTagRefused(error) && (await askReferrersApi(client, subject, 1))) return false;
    throw error;
  });
}

/** The subject's digest. @throws RegistryError REGISTRY_REFERRER_INVALID */
export function subjectOf(manifest: Manifest): Digest {
  const { subject } = parseManifest(manifest, 'the manifest to attach');
  if (subject) return subject.digest;
  throw new RegistryError('REGISTRY_REFERRER_INVALID', 'the manifest to attach names no subject');
}

/** What of these the API lists. */
async function listedByApi(
  client: RegistryClient,
  subject: Digest,
  manifests: readonly Manifest[],
): Promise<ReadonlySet<Digest>> {
  let listed = new Set<Digest>();
  for (let check = 0; check < API_CHECKS; check += 1) {
    const list = await askReferrersApi(client, subject);
    listed = new Set(list?.digests);
    if (!list || manifests.every(({ digest }) => listed.has(digest))) break;
    await pause(client);
  }
  return listed;
}

/** Lets other writers finish. */
export function pause(client: RegistryClient): Promise<void> {
  const { clock } = client.options;
  return clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
}

/** Merges until the shared list holds ours and everything that has a tag of its own, seen after our last write; false when it did at once. */
async function keepListed(client: RegistryClient, subject: Digest, ours: readonly Manifest[]): Promise<boolean> {
  let written: Manifest | undefined;
  let refusedOver: Digest | undefined;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (written && (await standsWhole(client, subject, written))) return true;
    const current = await readShared(client, subject);
    const tagged = await readOwnTags(client, subject, [...current.listed, ...ours.map(({ digest }) => digest)]);
    const wanted = [...ours, ...tagged].filter((manifest) => refersTo(manifest, subject));
    const missing = wanted.filter(({ digest }) => !current.listed.has(digest)).map(describeManifest);
    if (missing.length === 0) return round > 0;
    const merged = makeManifest(mergedIndex(current.document, missing), MEDIA_TYPE.index);
    written = await replaceShared(client, merged, { subject, current, refusedOver });
    refusedOver = written ? undefined : current.digest;
    if (written) client.written.set(referrersTag(subject), written);
    await pause(client);
  }
  throw new RegistryError(
    'REGISTRY_REFERRER_NOT_LISTED',
    `the list of referrers of ${subject} was overwritten ${MAX_ROUNDS} times`,
    { hint: 'let fewer jobs attach to the same image at once, and repeat; nothing was overwritten by us' },
  );
}

/**
 * Writes the shared tag, without entries that are gone if it must; undefined when somebody else wrote in between.
 * @throws RegistryError REGISTRY_TAG_IMMUTABLE; as putManifest
 */
export async function replaceShared(
  client: RegistryClient,
  merged: Manifest,
  { subject, current, refusedOver }: { subject: Digest; current: SharedIndex; refusedOver: Digest | undefined },
): Promise<Manifest | undefined> {
  const tag = referrersTag(subject);
  try {
    const { conflict } = await putManifest(client, merged, { reference: tag, ifMatch: current.etag });
    if (!conflict) return merged;
  } catch (error) {
    const { withoutGone } = await import('./gone.ts');
    const whole = namesMissing(error) ? await withoutGone(client, merged, current.listed) : merged;
    if (whole.digest !== merged.digest) return replaceShared(client, whole, { subject, current, refusedOver });
    throw (current.digest && immutableTag(tag, error)) ?? error;
  }
  // The answer to a write in between is the same as that for a tag which must not change; then nobody did write.
  if (current.digest !== undefined && refusedOver === current.digest) throw cannotChange(tag, 'answered 412 twice');
  return undefined;
}

/** True when the list that we wrote is still there and lacks nobody's layer: asked without reading it again. */
async function standsWhole(client: RegistryClient, subject: Digest, written: Manifest): Promise<boolean> {
  const present = await resolveManifest(client, referrersTag(subject));
  if (present?.digest !== written.digest) return false;
  const { manifests } = parseList(written, 'the list of referrers');
  const known = manifests.map(({ digest }) => digest);
  return !(await readOwnTags(client, subject, known)).some((manifest) => refersTo(manifest, subject));
}

function refersTo(manifest: Manifest, subject: Digest): boolean {
  try {
    return parseManifest(manifest, 'an attached manifest').subject?.digest === subject;
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

/** The shared list of referrers as it stands. */
export interface SharedIndex {
  readonly document: JsonObject;
  readonly listed: ReadonlySet<Digest>;
  readonly etag: string | undefined;
  /** Undefined when there is none yet. */
  readonly digest: Digest | undefined;
}

/** @throws RegistryError REGISTRY_REFERRERS_TAG_TAKEN; as getManifest */
export async function readShared(client: RegistryClient, subject: Digest): Promise<SharedIndex> {
  const tag = referrersTag(subject);
  const found = await getManifestAndTag(client, tag);
  // GitLab resolves this tag to the subject itself.
  if (!found || found.manifest.digest === subject)
    return {
      document: { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] },
      listed: new Set<Digest>(),
      etag: undefined,
      digest: undefined,
    };
  const { manifest, etag } = found;
  const document = parseJson(manifest.bytes, `the tag ${tag}`);
  if (manifest.mediaType !== MEDIA_TYPE.index || !isJsonObject(document))
    throw new RegistryError('REGISTRY_REFERRERS_TAG_TAKEN', `the tag ${tag} is a ${manifest.mediaType}`, {
      hint: 'remove or rename that tag; the OCI specification reserves it for the list of referrers',
    });
  const { manifests } = parseList(manifest, `the tag ${tag}`);
  return { document, listed: new Set(manifests.map(({ digest }) => digest)), etag, digest: manifest.digest };
}

/** The index with entries added; whatever else it holds stays. @throws RegistryError REGISTRY_REFERRER_NOT_LISTED */
export function mergedIndex(document: JsonObject, added: readonly OciDescriptor[]): Uint8Array {
  const before: JsonValue | undefined = document['manifests'];
  const unique = new Map(added.map((descriptor) => [descriptor.digest, descriptor]));
  const manifests = [...(Array.isArray(before) ? before : []), ...unique.values()];
  const bytes = utf8(JSON.stringify({ ...document, manifests }));
  if (bytes.length <= LIMITS.manifestBytes) return bytes;
  throw noRoom();
}

function noRoom(): RegistryError {
  return new RegistryError('REGISTRY_REFERRER_NOT_LISTED', 'the list of referrers has no room left', {
    hint: 'remove outdated referrers of this image from the registry',
  });
}
