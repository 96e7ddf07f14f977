// SPDX-License-Identifier: Apache-2.0
// Finding everything that refers to a manifest in a registry: the referrers API, the shared fallback tag, and the tags
// of our own that keep a layer found when others overwrite the shared one. Listings are hints: what counts is that a
// manifest can be fetched and that its own subject is the one asked for.

import { type Digest, digestHex } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { LIMITS } from '../primitives/limits.ts';
import { mapBounded } from '../primitives/parallel.ts';
import type { RegistryClient } from './client.ts';
import { RegistryError } from './errors.ts';
import { parseManifest } from './manifest.ts';
import { getManifest, getSharedTag, listTags, nextPage } from './manifests.ts';
import { referrersTag } from './reference.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor, type Referrer, type ReferrerList } from './repository.ts';

const PARALLEL_FETCHES = 4;
const MAX_PAGES = 100;

/** Reads one manifest of the place that is searched. */
export type FetchManifest = (digest: Digest) => Promise<Manifest | undefined>;

/**
 * Every referrer of a manifest, from all three sources.
 * @throws RegistryError by status; NetworkError
 * @see OCI distribution-spec v1.1.0, section Listing Referrers
 */
export async function listReferrers(client: RegistryClient, subject: Digest): Promise<ReferrerList> {
  const api = await askReferrersApi(client, subject);
  const shared = await readFallbackEntries(client, subject);
  const known = [...(api ?? []), ...shared];
  const own = api ? [] : await readOwnTags(client, subject, known);
  const listed = [...known, ...own.map(({ digest }) => digest)];
  return collectReferrers(listed, subject, (digest) => getManifest(client, digest));
}

/**
 * Fetches and checks listed manifests; a bad entry is reported and spoils nothing else.
 * @throws whatever `fetch` throws for reasons other than the entry itself
 */
export async function collectReferrers(
  listed: readonly Digest[],
  subject: Digest,
  fetch: FetchManifest,
): Promise<ReferrerList> {
  const digests = [...new Set(listed)].toSorted();
  const looked = digests.slice(0, LIMITS.referrers);
  const answers = await mapBounded(looked, PARALLEL_FETCHES, (digest) => readReferrer(digest, subject, fetch));
  return {
    referrers: answers.flatMap((answer) => ('manifest' in answer ? [answer] : [])),
    rejected: answers.flatMap((answer) => ('reason' in answer ? [answer] : [])),
    complete: looked.length === digests.length,
  };
}

async function readReferrer(
  digest: Digest,
  subject: Digest,
  fetch: FetchManifest,
): Promise<Referrer | { readonly digest: string; readonly reason: string }> {
  try {
    const manifest = await fetch(digest);
    if (!manifest) return { digest, reason: 'is listed and not there' };
    const parsed = parseManifest(manifest, `the referrer ${digest}`);
    if (parsed.subject?.digest !== subject)
      return { digest, reason: `refers to ${parsed.subject?.digest ?? 'nothing'}` };
    return { manifest, descriptor: describeManifest(manifest) };
  } catch (error) {
    const ofTheEntry = ['REGISTRY_DIGEST_MISMATCH', 'REGISTRY_MANIFEST_INVALID', 'NETWORK_RESPONSE_TOO_LARGE'];
    if (!(error instanceof CountersignError) || !ofTheEntry.includes(error.code)) throw error;
    return { digest, reason: error.message };
  }
}

/** The descriptor under which an index lists a manifest: its own type and all of its annotations. */
export function describeManifest(manifest: Manifest): OciDescriptor {
  const { artifactType, annotations } = parseManifest(manifest, `the manifest ${manifest.digest}`);
  return {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/**
 * Digests that the referrers API lists, undefined where there is none. Some services redirect the address to a web page
 * or answer with one; all of that means "no such API".
 * @throws RegistryError by status; NetworkError
 */
export async function askReferrersApi(client: RegistryClient, subject: Digest): Promise<readonly Digest[] | undefined> {
  if (client.lacksReferrersApi) return undefined;
  const digests = await fetchPages(client, subject);
  client.lacksReferrersApi = digests === undefined;
  return digests;
}

async function fetchPages(client: RegistryClient, subject: Digest): Promise<readonly Digest[] | undefined> {
  const digests: Digest[] = [];
  let next: string | URL | undefined = `referrers/${subject}`;
  for (let pages = 0; next !== undefined && pages < MAX_PAGES && digests.length <= LIMITS.referrers; pages += 1) {
    const { response, bytes } = await client.read(
      {
        method: 'GET',
        at: next,
        headers: { accept: MEDIA_TYPE.index },
        expect: [200, 301, 302, 303, 307, 308, 400, 404, 405, 406],
        redirects: 'same-origin',
      },
      LIMITS.manifestBytes,
    );
    const isList = response.status === 200 && response.mediaType() === MEDIA_TYPE.index;
    const page = isList ? entriesOf(bytes) : undefined;
    if (!page) return pages === 0 ? undefined : digests;
    digests.push(...page);
    next = nextPage(response);
  }
  return digests;
}

function entriesOf(bytes: Uint8Array): readonly Digest[] | undefined {
  try {
    const parsed = parseManifest({ bytes, mediaType: MEDIA_TYPE.index }, 'the list of referrers');
    return parsed.manifests.map(({ digest }) => digest);
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

async function readFallbackEntries(client: RegistryClient, subject: Digest): Promise<readonly Digest[]> {
  const index = await getSharedTag(client, referrersTag(subject));
  if (!index || index.digest === subject) return [];
  const parsed = parseManifest(index, `the tag ${referrersTag(subject)}`);
  return parsed.manifests.map(({ digest }) => digest);
}

/** Beginning of the tags that each name one of our layers on a subject. */
function ownTagPrefix(subject: Digest): string {
  return `${referrersTag(subject)}.countersign-`;
}

/** A tag for one attached manifest alone, which no other writer has a reason to touch. */
export function ownTag(subject: Digest, manifest: Digest): string {
  return `${ownTagPrefix(subject)}${digestHex(manifest).slice(0, 32)}`;
}

/** The manifests under tags of our own for this subject, those that are known already left out. */
export async function readOwnTags(
  client: RegistryClient,
  subject: Digest,
  known: Iterable<Digest>,
): Promise<readonly Manifest[]> {
  const prefix = ownTagPrefix(subject);
  const listed = new Set(Array.from(known, (digest) => ownTag(subject, digest)));
  const tags = (await listTags(client, prefix)).filter((tag) => tag.startsWith(prefix) && !listed.has(tag));
  const found = await mapBounded(tags.slice(0, LIMITS.referrers + 1), PARALLEL_FETCHES, async (tag) => {
    const manifest = await getManifest(client, tag);
    return manifest && ownTag(subject, manifest.digest) === tag ? [manifest] : [];
  });
  return found.flat();
}
