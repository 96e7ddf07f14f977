// SPDX-License-Identifier: Apache-2.0
// Finding everything that refers to a manifest in a registry: the referrers API, the shared fallback tag, and the tags
// of our own that keep a layer found when others overwrite the shared one. Listings are hints: what counts is that a
// manifest can be fetched and that its own subject is the one asked for.

import { digestHex, isDigest, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { mapBounded } from '../../base/parallel.ts';
import { isTagRefused, RegistryError } from '../errors.ts';
import { parseList, parseManifest } from '../manifest.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor, type Referrer, type ReferrerList } from '../oci.ts';
import { referrersTag, sbomTag } from '../reference.ts';
import type { RegistryClient } from '../remote/client.ts';
import { getManifest, getSharedTag, listTags, nextPage, type ReadAnswer, readListPage } from '../remote/manifests.ts';

const PARALLEL_FETCHES = 4;
const MAX_PAGES = 100;

/** The place that is searched. */
export interface ListedManifests {
  /** Reads one manifest by digest or by a tag of our own. */
  readonly fetch: (reference: string) => Promise<Manifest | undefined>;
  /** What counts against the limit: everything that is read, or only what is kept because it refers to the subject. */
  readonly counts: 'read' | 'kept';
}

function fromRegistry(client: RegistryClient): ListedManifests {
  return { fetch: (reference) => getManifest(client, reference), counts: 'read' };
}

/**
 * Every referrer of a manifest, from all three sources. None is left out because another one answered: an API that is
 * there may list nothing, and then the shared tag may be the work of the last writer alone.
 * @throws RegistryError by status; NetworkError
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function listReferrers(client: RegistryClient, subject: Digest): Promise<ReferrerList> {
  const api = await askReferrersApi(client, subject);
  const shared = await readSharedBeside(api, client, subject);
  const known = [...(api?.digests ?? []), ...shared.digests];
  const own = await listOwnTags(client, subject, known);
  const found = await collectReferrers([...known, ...own.tags], subject, fromRegistry(client));
  const refused = own.refused === undefined ? [] : [{ digest: 'the list of tags', reason: own.refused }];
  return {
    ...found,
    rejected: [...found.rejected, ...(api?.rejected ?? []), ...shared.rejected, ...refused],
    complete: found.complete && shared.complete && api?.complete !== false,
    otherTags: own.others,
  };
}

/**
 * Fetches and checks listed manifests; a bad entry is reported and spoils nothing else. What is beyond the limits is not
 * fetched, and the list says that it is not complete.
 * @throws whatever `fetch` throws for reasons other than the entry itself
 */
export async function collectReferrers(
  listed: readonly string[],
  subject: Digest,
  from: ListedManifests,
): Promise<Omit<ReferrerList, 'otherTags'>> {
  const references = [...new Set(listed)].toSorted();
  const looked = references.slice(0, LIMITS.referrers);
  const referrers: Referrer[] = [];
  const rejected: Rejected[] = [];
  let readBytes = 0;
  let leftBytes: number = LIMITS.referrerManifestBytes;
  let complete = looked.length === references.length;
  await mapBounded(looked, PARALLEL_FETCHES, async (reference) => {
    if (leftBytes <= 0) {
      complete = false;
      return;
    }
    const { found, sizeBytes } = await readEntry(reference, subject, from);
    const kept = found !== undefined && 'manifest' in found;
    readBytes += sizeBytes;
    if (kept || from.counts === 'read') leftBytes -= sizeBytes;
    if (kept) referrers.push(found);
    else if (found) rejected.push(found);
  });
  return {
    referrers: referrers.toSorted((a, b) => (a.descriptor.digest < b.descriptor.digest ? -1 : 1)),
    rejected: rejected.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
    readBytes,
    complete,
  };
}

/** An entry that is no referrer. */
export interface Rejected {
  readonly digest: string;
  readonly reason: string;
}

interface Entry {
  readonly found: Referrer | Rejected | undefined;
  /** What was read for it. */
  readonly sizeBytes: number;
}

async function readEntry(reference: string, subject: Digest, { fetch }: ListedManifests): Promise<Entry> {
  const digest = isDigest(reference) ? reference : `tag ${reference}`;
  let sizeBytes = 0;
  try {
    const manifest = await fetch(reference);
    if (!manifest) return { found: { digest, reason: 'is listed and not there' }, sizeBytes };
    sizeBytes = manifest.bytes.length;
    // A tag of our own says what it holds; one that holds something else was set by others and means nothing.
    if (!isDigest(reference) && ownTag(subject, manifest.digest) !== reference) return { found: undefined, sizeBytes };
    const parsed = parseManifest(manifest, `the referrer ${digest}`);
    if (parsed.subject?.digest === subject)
      return { found: { manifest, descriptor: describeManifest(manifest) }, sizeBytes };
    return { found: { digest, reason: `refers to ${parsed.subject?.digest ?? 'nothing'}` }, sizeBytes };
  } catch (error) {
    // How much came before it was refused is not known here: at most this.
    return { found: { digest, reason: reasonOf(error) }, sizeBytes: sizeBytes || LIMITS.manifestBytes };
  }
}

const OF_THE_CONTENT = [
  'REGISTRY_DIGEST_MISMATCH',
  'REGISTRY_DOCUMENT_AMBIGUOUS',
  'REGISTRY_MANIFEST_INVALID',
  'NETWORK_RESPONSE_TOO_LARGE',
];

/** What is wrong with something that was read. @throws the error itself when reading failed for another reason */
function reasonOf(error: unknown): string {
  if (error instanceof CountersignError && OF_THE_CONTENT.includes(error.code)) return error.message;
  throw error;
}

/** The descriptor under which an index lists a manifest: its own type and all of its annotations. */
export function describeManifest(manifest: Manifest): OciDescriptor {
  const { artifactType, annotations } = parseList(manifest, `the manifest ${manifest.digest}`);
  return {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** A list of referrers. */
export interface ListedReferrers {
  readonly digests: readonly Digest[];
  readonly rejected: readonly Rejected[];
  /** False when it goes on and was not followed, or cannot be read. */
  readonly complete: boolean;
}

/**
 * What the referrers API lists, undefined where there is none. Some services redirect the address to a web page or
 * answer with one; all of that means "no such API".
 * @throws RegistryError REGISTRY_ANSWER_INVALID when a list breaks off, and by status; NetworkError
 */
export async function askReferrersApi(
  client: RegistryClient,
  subject: Digest,
  maxPages = MAX_PAGES,
): Promise<ListedReferrers | undefined> {
  if (client.lacksReferrersApi) return undefined;
  const list = await fetchPages(client, subject, maxPages);
  client.lacksReferrersApi = list === undefined;
  return list;
}

/** Answers to the first request that stand for "no such API", besides pages of another type. */
const NO_SUCH_API = [301, 302, 303, 307, 308, 400, 404, 405, 406, 422, 501] as const;

async function fetchPages(client: RegistryClient, subject: Digest, maxPages: number) {
  const digests: Digest[] = [];
  const rejected: Rejected[] = [];
  let next: string | URL | undefined = `referrers/${subject}`;
  for (let pages = 0; next !== undefined; pages += 1) {
    if (pages === maxPages || digests.length > LIMITS.referrers) return { digests, rejected, complete: false };
    const { response, bytes }: ReadAnswer = await readListPage(
      client,
      {
        at: next,
        headers: { accept: MEDIA_TYPE.index },
        expect: [200, ...NO_SUCH_API],
        redirects: 'same-origin',
      },
      { limitBytes: LIMITS.manifestBytes, isFirst: pages === 0 },
    );
    const isList = response.status === 200 && response.mediaType() === MEDIA_TYPE.index;
    if (!isList && pages === 0) return undefined;
    if (!isList) throw noList(response.url, `answered ${response.status}, and no list`);
    const page = readPage(bytes, response.url);
    digests.push(...page.digests);
    rejected.push(...page.rejected);
    next = nextPage(response);
  }
  return { digests, rejected, complete: true };
}

/** A page of the API. @throws RegistryError REGISTRY_ANSWER_INVALID when it is none */
function readPage(bytes: Uint8Array, url: URL): ListedReferrers {
  if (bytes.length === 0) throw noList(url, 'answered 200 with an empty body');
  try {
    return entriesOf({ bytes, mediaType: MEDIA_TYPE.index }, 'the list of referrers');
  } catch (error) {
    throw error instanceof RegistryError ? noList(url, `answered 200 with no list: ${error.message}`, error) : error;
  }
}

function noList(url: URL, how: string, cause?: unknown): RegistryError {
  return new RegistryError('REGISTRY_ANSWER_INVALID', `the referrers API at ${url.origin}${url.pathname} ${how}`, {
    hint: 'check the registry and any proxy in front of it; nobody knows without its list what is attached to the image',
    cause,
  });
}

/** The shared tag. Where there is an API it need not be readable; where there is none it is the list. */
async function readSharedBeside(api: ListedReferrers | undefined, client: RegistryClient, subject: Digest) {
  const tag = referrersTag(subject);
  try {
    return await readShared(tag, subject, (name) => getSharedTag(client, name));
  } catch (error) {
    if (!api || !isTagRefused(error)) throw error;
    return { digests: [], rejected: [{ digest: `tag ${tag}`, reason: error.message }], complete: true };
  }
}

/** The shared tag; what others made of it hides nothing that is found otherwise, and makes nothing whole either. */
export async function readShared(
  tag: string,
  subject: Digest,
  fetch: ListedManifests['fetch'],
): Promise<ListedReferrers> {
  try {
    const index = await fetch(tag);
    if (!index || index.digest === subject) return { digests: [], rejected: [], complete: true };
    return entriesOf(index, `the tag ${tag}`);
  } catch (error) {
    return { digests: [], rejected: [{ digest: `tag ${tag}`, reason: reasonOf(error) }], complete: false };
  }
}

/** The entries of a list of referrers, odd ones named. @throws RegistryError REGISTRY_MANIFEST_INVALID */
export function entriesOf(index: Pick<Manifest, 'bytes' | 'mediaType'>, what: string): ListedReferrers {
  const { manifests, odd } = parseList(index, what);
  const rejected = odd.map((reason) => ({ digest: `entry of ${what}`, reason }));
  return { digests: manifests.map(({ digest }) => digest), rejected, complete: true };
}

/** The layers under tags of our own for this subject, those that are known already left out. */
export async function readOwnTags(
  client: RegistryClient,
  subject: Digest,
  known: Iterable<Digest>,
): Promise<readonly Manifest[]> {
  const { tags } = await listOwnTags(client, subject, known);
  const { referrers } = await collectReferrers(tags, subject, fromRegistry(client));
  return referrers.map(({ manifest }) => manifest);
}

/** A registry that lists no tags, or not for this user. What it lists as referrers can be read all the same. */
const REFUSED: ReadonlySet<number | undefined> = new Set([400, 401, 403, 405, 501]);

function ownTagPrefix(subject: Digest): string {
  return `${referrersTag(subject)}.countersign-`;
}

/** A tag for one attached manifest alone. */
export function ownTag(subject: Digest, manifest: Digest): string {
  return `${ownTagPrefix(subject)}${digestHex(manifest).slice(0, 32)}`;
}

/** Tags of our own for one subject. */
export interface OwnTags {
  readonly tags: readonly string[];
  /** Tags that other tools gave what they know about it. */
  readonly others: readonly string[];
  /** Why the registry gave no list of tags, when it refused to. */
  readonly refused?: string;
}

/** The tags for this subject, ours of known manifests left out. @throws RegistryError by status; NetworkError */
export async function listOwnTags(client: RegistryClient, subject: Digest, known: Iterable<Digest>): Promise<OwnTags> {
  const prefix = ownTagPrefix(subject);
  const listed = new Set(Array.from(known, (digest) => ownTag(subject, digest)));
  try {
    const tags = await listTags(client, prefix);
    const others = tags.filter((tag) => tag === sbomTag(subject));
    return { others, tags: tags.filter((tag) => tag.startsWith(prefix) && !listed.has(tag)) };
  } catch (error) {
    if (error instanceof CountersignError && isNoList(error)) return { tags: [], others: [], refused: error.message };
    throw error;
  }
}

/** Some registries put a map of all manifests on the page of tags, so that it may be larger than is read. */
function isNoList(error: CountersignError): boolean {
  return error instanceof RegistryError ? REFUSED.has(error.status) : error.code === 'NETWORK_RESPONSE_TOO_LARGE';
}
