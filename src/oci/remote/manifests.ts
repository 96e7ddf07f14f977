// SPDX-License-Identifier: Apache-2.0
// Manifests and tags of a registry repository: resolve, get, put, list.

import { isDigest, type Digest } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import type { HttpResponse } from '../../net/response.ts';
import { isJsonObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { isPassingNetworkError, NetworkError } from '../../net/errors.ts';
import { isRetryableStatus } from '../../net/retry.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { RegistryError } from '../errors.ts';
import { ACCEPT_MANIFESTS, checkManifest } from '../manifest.ts';
import { formatPlace, isTag } from '../reference.ts';
import type { Manifest, OciDescriptor } from '../oci.ts';

const ACCEPT = { accept: ACCEPT_MANIFESTS } as const;
const MAX_TAG_PAGES = 1000;
const MAX_TAGS = 500_000;
/** One page; some registries put every tag on one. */
const TAGS_BYTES = 16 * 1024 * 1024;

/**
 * Digest, size and type by HEAD, which costs no pull quota; a registry that leaves one of them out is asked by GET.
 * @throws RegistryError, NetworkError
 */
export async function resolveManifest(client: RegistryClient, reference: string): Promise<OciDescriptor | undefined> {
  const at = `manifests/${reference}`;
  const response = await client.send({ method: 'HEAD', at, headers: ACCEPT, expect: [200, 404, 405] });
  await response.discard();
  if (response.status === 404) return undefined;
  const digest = response.header('docker-content-digest');
  const size = response.contentLength();
  const mediaType = response.mediaType();
  if (response.status === 200 && digest && isDigest(digest) && size !== undefined && mediaType)
    if (!isDigest(reference) || reference === digest) return { digest, size, mediaType };
  const manifest = await getManifest(client, reference);
  return manifest && { digest: manifest.digest, size: manifest.bytes.length, mediaType: manifest.mediaType };
}

/**
 * The manifest with its exact bytes, checked against every digest it came with.
 * @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_MANIFEST_INVALID and by status; NetworkError
 */
export async function getManifest(client: RegistryClient, reference: string): Promise<Manifest | undefined> {
  return (await getManifestAndTag(client, reference))?.manifest;
}

/** The manifest of a shared tag; the one that we wrote is not read again while it stands. @throws as getManifest */
export async function getSharedTag(client: RegistryClient, tag: string): Promise<Manifest | undefined> {
  const written = client.written.get(tag);
  if (written && (await resolveManifest(client, tag))?.digest === written.digest) return written;
  return getManifest(client, tag);
}

/** Manifests kept for a session, bytes. */
const REMEMBERED_BYTES = 16 * 1024 * 1024;

function remember({ received }: RegistryClient, manifest: Manifest): void {
  const bytes = [...received.values()].reduce((sum, one) => sum + one.bytes.length, manifest.bytes.length);
  if (bytes <= REMEMBERED_BYTES) received.set(manifest.digest, manifest);
}

/** Like getManifest, with the ETag for a conditional write. */
export async function getManifestAndTag(
  client: RegistryClient,
  reference: string,
): Promise<{ readonly manifest: Manifest; readonly etag: string | undefined } | undefined> {
  const known = isDigest(reference) ? client.received.get(reference) : undefined;
  if (known) return { manifest: known, etag: undefined };
  const at = `manifests/${reference}`;
  const request = { method: 'GET', at, headers: ACCEPT, expect: [200, 404] } as const;
  const { response, bytes } = await client.read(request, LIMITS.manifestBytes);
  if (response.status === 404) return undefined;
  if (response.mediaType() === 'text/html') throw isPage(client, reference);
  const received = {
    bytes,
    mediaType: response.mediaType(),
    reference,
    claimed: (response.header('docker-content-digest') ?? '').split(',').map((digest) => digest.trim()),
  };
  const manifest = checkManifest(received, formatPlace(client.reference));
  remember(client, manifest);
  return { manifest, etag: response.header('etag') };
}

/** A login, maintenance or error page with the status of success says nothing of an image. */
function isPage(client: RegistryClient, reference: string): RegistryError {
  const what = `${formatPlace(client.reference)} answered with a page (text/html), and not with the manifest ${reference}`;
  return new RegistryError('REGISTRY_ANSWER_INVALID', what);
}

const PUT_TRIES = 6;
const PUT_PAUSE_MS = 100;

/** What a registry says of a manifest that was put. */
export interface PutAnswer {
  readonly subjectHandled: boolean;
  /** The write was refused because somebody else wrote in between (412). */
  readonly conflict: boolean;
}

/**
 * Writes a manifest under a tag or its digest. After a failure the registry is asked: what it names has been written,
 * whatever was answered, or not.
 * @throws RegistryError REGISTRY_DIGEST_MISMATCH when the registry stored something else, REGISTRY_OUTCOME_UNKNOWN when
 * the answer was lost and it cannot be asked; by status; NetworkError
 */
export async function putManifest(
  client: RegistryClient,
  manifest: Manifest,
  target: { readonly reference: string; readonly subject?: Digest | undefined; readonly ifMatch?: string | undefined },
): Promise<PutAnswer> {
  for (let tries = 1; ; tries += 1)
    try {
      return await putOnce(client, manifest, target);
    } catch (error) {
      if (await isWritten(client, manifest, { reference: target.reference, error }))
        return { subjectHandled: false, conflict: false };
      if (tries === PUT_TRIES || !isStorageRace(error)) throw error;
      const { clock } = client.options;
      await clock.sleep(PUT_PAUSE_MS * (tries + clock.random()));
    }
}

/** @throws RegistryError REGISTRY_OUTCOME_UNKNOWN */
async function isWritten(
  client: RegistryClient,
  { digest }: Manifest,
  { reference, error }: { readonly reference: string; readonly error: unknown },
): Promise<boolean> {
  if (!(error instanceof RegistryError || error instanceof NetworkError)) throw error;
  if (error.code === 'REGISTRY_DIGEST_MISMATCH') return false;
  try {
    return (await resolveManifest(client, reference))?.digest === digest;
  } catch {
    if (!isPassingNetworkError(error) && error.code !== 'REGISTRY_UNAVAILABLE') return false;
    const what = `${formatPlace(client.reference)} was sent ${reference}, and whether it took it is not known`;
    throw new RegistryError('REGISTRY_OUTCOME_UNKNOWN', `${what}: ${error.message}`, { cause: error });
  }
}

/**
 * distribution answers so when it reads the link file of a blob in the moment in which another upload of the same blob
 * writes it. We know that the digest fits.
 */
function isStorageRace(error: unknown): boolean {
  return error instanceof RegistryError && error.status === 400 && error.registryCode === 'DIGEST_INVALID';
}

async function putOnce(
  client: RegistryClient,
  manifest: Manifest,
  target: Parameters<typeof putManifest>[2],
): Promise<PutAnswer> {
  const response = await client.send({
    method: 'PUT',
    at: `manifests/${target.reference}`,
    headers: {
      'content-type': manifest.mediaType,
      ...(target.ifMatch === undefined ? {} : { 'if-match': target.ifMatch }),
    },
    body: manifest.bytes,
    expect: target.ifMatch === undefined ? [200, 201, 202] : [200, 201, 202, 412],
  });
  await response.discard();
  if (response.status === 412) return { subjectHandled: false, conflict: true };
  assertStored(response, manifest);
  // What does not name the digest may be no registry's answer.
  const isNamed = response.header('docker-content-digest') === manifest.digest;
  if (!isNamed && (await resolveManifest(client, target.reference))?.digest !== manifest.digest)
    throw notTaken(response, target.reference);
  const handled = target.subject !== undefined && response.header('oci-subject') === target.subject;
  return { subjectHandled: handled, conflict: false };
}

function notTaken({ status, url }: HttpResponse, reference: string): RegistryError {
  const what = `${url.host} answered ${status} to the write of ${reference}, and does not have it`;
  return new RegistryError('REGISTRY_ANSWER_INVALID', what);
}

function assertStored(response: HttpResponse, manifest: Manifest): void {
  const stored = response.header('docker-content-digest');
  if (stored === undefined || stored === manifest.digest || !isDigest(stored)) return;
  if (!stored.startsWith('sha256:') || !manifest.digest.startsWith('sha256:')) return;
  throw new RegistryError('REGISTRY_DIGEST_MISMATCH', `the registry stored ${manifest.digest} as ${stored}`, {
    hint: 'do not use this registry for signed content: it rewrites manifests',
  });
}

/**
 * The tags of the repository, page by page; with `prefix` at least those that begin with it. Some registries take for
 * `last` only what they gave out themselves; they are asked for all tags.
 * @throws RegistryError REGISTRY_ANSWER_INVALID and by status; NetworkError
 */
export async function listTags(client: RegistryClient, prefix?: string): Promise<readonly string[]> {
  if (prefix === undefined || client.refusesLast) return (await readTagPages(client)) ?? [];
  try {
    const tags = await readTagPages(client, prefix);
    if (tags) return tags;
  } catch (error) {
    if (!(error instanceof RegistryError) || !isRefusedRequest(error.status)) throw error;
  }
  const tags = await readTagPages(client);
  client.refusesLast = tags !== undefined;
  return tags ?? [];
}

/** True for an answer that says something about the request, and will not be another one later. */
function isRefusedRequest(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && !isRetryableStatus(status);
}

/** Undefined when the registry knows of no list. */
async function readTagPages(client: RegistryClient, prefix?: string): Promise<readonly string[] | undefined> {
  const tags: string[] = [];
  let next: string | URL | undefined = `tags/list?n=1000${prefix === undefined ? '' : `&last=${prefix}`}`;
  for (let pages = 0; next !== undefined; pages += 1) {
    if (pages === MAX_TAG_PAGES) throw noTags(client, `more than ${MAX_TAG_PAGES} pages of tags`);
    const page = { limitBytes: TAGS_BYTES, isFirst: pages === 0 };
    const answer: ReadAnswer = await readListPage(client, { at: next, expect: [200, 404] }, page);
    const { response } = answer;
    if (response.status === 404) return undefined;
    const found = readTags(answer.bytes, client);
    for (const tag of found) tags.push(tag);
    if (tags.length > MAX_TAGS) throw noTags(client, `more than ${MAX_TAGS} tags`);
    next = prefix !== undefined && isPast(found, prefix) ? undefined : nextPage(response);
  }
  return [...new Set(tags)];
}

/**
 * A page of a list; `request` is for the first. A later one that is refused means that the list broke off, not that
 * there is none.
 * @throws RegistryError REGISTRY_ANSWER_INVALID, and by status; NetworkError
 */
export async function readListPage(
  client: RegistryClient,
  request: Omit<RegistryRequest, 'method'>,
  { limitBytes, isFirst }: { readonly limitBytes: number; readonly isFirst: boolean },
): Promise<ReadAnswer> {
  const expect = isFirst ? request.expect : [200];
  try {
    return await client.read({ ...request, method: 'GET', expect }, limitBytes);
  } catch (error) {
    const isRefused = error instanceof RegistryError && error.status !== undefined && error.status < 500;
    throw isRefused && !isFirst ? brokenOff(`breaks off: ${error.message}`, error) : error;
  }
}

function brokenOff(how: string, cause?: unknown): RegistryError {
  return new RegistryError('REGISTRY_ANSWER_INVALID', `a list of the registry ${how}`, {
    hint: 'check the registry and any proxy in front of it; without the rest nothing can be said about the image',
    cause,
  });
}

/** An answer with its body. */
export type ReadAnswer = Awaited<ReturnType<RegistryClient['read']>>;

/** True when the registry went by `last`, so that the page is in order and everything with the prefix came before. */
function isPast(page: readonly string[], prefix: string): boolean {
  const inOrder = page.every((tag, index) => tag > (index === 0 ? prefix : (page[index - 1] ?? '')));
  return inOrder && page.some((tag) => !tag.startsWith(prefix));
}

function readTags(bytes: Uint8Array, client: RegistryClient): readonly string[] {
  try {
    const document = parseJson(bytes, 'the list of tags');
    const tags = isJsonObject(document) ? (document['tags'] ?? []) : undefined;
    if (Array.isArray(tags)) return tags.filter((tag) => typeof tag === 'string').filter(isTag);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
  }
  throw noTags(client, 'no list of tags');
}

function noTags(client: RegistryClient, what: string): RegistryError {
  return new RegistryError('REGISTRY_ANSWER_INVALID', `${formatPlace(client.reference)} gave ${what}`, {
    hint: 'check that the address is a container registry, and remove tags that are not needed',
  });
}

/**
 * The address in `Link: <…>; rel="next"`, always at the host that was asked: a registry behind a proxy names the address
 * at which it sees itself.
 * @throws RegistryError REGISTRY_ANSWER_INVALID when there is more, and no way to get to it
 */
export function nextPage(response: HttpResponse): URL | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(response.header('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const named = URL.canParse(target, response.url.href) ? new URL(target, response.url) : undefined;
  const url = new URL(response.url);
  url.pathname = named?.pathname ?? '';
  url.search = named?.search ?? '';
  if (named && /^https?:$/.test(named.protocol) && url.href !== response.url.href) return url;
  throw brokenOff(
    `goes on at ${JSON.stringify(target.slice(0, 200))}, which is no page after ${response.url.origin}${response.url.pathname}`,
  );
}
