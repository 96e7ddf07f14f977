// SPDX-License-Identifier: Apache-2.0
// Text → the place and name of a manifest: registry/repository[:tag][@digest], oci:FOLDER:TAG, oci:FOLDER@digest. In a
// folder the tag may be whatever name its index gives an image, often a whole reference: oci:FOLDER:ghcr.io/org/app:1.0.

import { digestHex, isDigest, type Digest } from '../base/bytes.ts';
import { RegistryError } from './errors.ts';

/** An image in a registry. */
export interface RegistryReference {
  readonly in: 'registry';
  /** Canonical name for people and credentials: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** Host and port that speaks the registry API. */
  readonly apiHost: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** An image in an OCI layout folder. */
export interface LayoutReference {
  readonly in: 'layout';
  readonly folder: string;
  /** A tag, or another name that the index of the folder gives the image. */
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** Where an image is. */
export type Reference = RegistryReference | LayoutReference;

const MAX_LENGTH = 1024;
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const DOCKER_HUB: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** True for a text that may be a tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * The reference in a text; a leading `oras://`, `docker://` or `oci://` is dropped.
 * @throws RegistryError REGISTRY_REFERENCE_INVALID
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
export function parseReference(text: string): Reference {
  if (text.length > MAX_LENGTH) throw invalid(text, `longer than ${MAX_LENGTH} characters`);
  if (namesLayout(text)) return parseLayout(text);
  return parseRegistry(text);
}

function namesLayout(text: string): boolean {
  return /^oci:(?!\/\/)/.test(text);
}

/** Names of images in a layout folder, a little wider than the grammar of the annotation. */
const LAYOUT_NAME = /^[A-Za-z0-9_][A-Za-z0-9._:+-]*(?:[/@][A-Za-z0-9_][A-Za-z0-9._:+-]*)*$/;

/** True for a name that an image in a layout folder may have in references of ours. */
export function isLayoutName(text: string): boolean {
  return text.length <= 255 && LAYOUT_NAME.test(text);
}

/** A registry before a slash, as it begins the names that other tools give images in a folder. */
const NAMED_HOST = /:(?:localhost|(?:[a-z0-9-]+\.)+[a-z]{2,}|[0-9]+(?:\.[0-9]+){3}|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?\//i;

/**
 * What a text means when no folder says otherwise: the folder ends at a slash before a colon, else where the name of an
 * image in a registry begins, else at the last colon, when no slash comes after it.
 */
function parseLayout(text: string): LayoutReference {
  const { rest, digest } = splitDigest(text.slice('oci:'.length), text);
  const host = NAMED_HOST.exec(rest)?.index ?? -1;
  const last = rest.lastIndexOf(':');
  const end = endingSlash(rest) ?? (host > 0 ? host : /[\\/]/.test(rest.slice(last)) ? -1 : last);
  const { folder, tag } = cutLayout(rest, end < 0 ? rest.length : end);
  if (folder === '' || folder.includes('\0')) throw invalid(text, 'without a folder');
  if (tag !== undefined && !isLayoutName(tag))
    throw invalid(text, `with the bad tag ${JSON.stringify(tag.slice(0, 80))}`);
  return { in: 'layout', folder, tag, digest };
}

/**
 * Every image in a layout folder that a text may mean, the shortest folder first, as folders and tags may both have
 * colons; only one when a slash ends the folder, none when no folder could be meant. Which of them is there decides.
 * @throws RegistryError REGISTRY_REFERENCE_INVALID
 */
export function layoutReadings(text: string): readonly LayoutReference[] {
  if (text.length > MAX_LENGTH || !namesLayout(text)) return [];
  const { rest, digest } = splitDigest(text.slice('oci:'.length), text);
  const slash = endingSlash(rest);
  const colons = [...rest.matchAll(/:/g)].map(({ index }) => index);
  const ends = slash === undefined ? [...colons, rest.length] : [slash];
  return ends
    .map((end): LayoutReference => ({ in: 'layout', ...cutLayout(rest, end), digest }))
    .filter(({ folder, tag }) => folder !== '' && !folder.includes('\0') && (tag === undefined || isLayoutName(tag)));
}

/** Where a slash right before the colon says that the folder ends; no name of an image has one there. */
function endingSlash(rest: string): number | undefined {
  const colon = rest.lastIndexOf('/:') + 1;
  return colon > 0 && isLayoutName(rest.slice(colon + 1)) ? colon : undefined;
}

function cutLayout(rest: string, end: number): Pick<LayoutReference, 'folder' | 'tag'> {
  const folder = rest.slice(0, end).replace(/(?<=[^/:\\])\/+$/, '');
  return { folder, tag: end < rest.length ? rest.slice(end + 1) : undefined };
}

function parseRegistry(text: string): RegistryReference {
  const { rest, digest } = splitDigest(text.replace(/^(?:oras|docker|oci):\/\//, ''), text);
  const { host, path } = splitHost(rest);
  const registryHost = host?.toLowerCase();
  const colon = path.indexOf(':');
  const name = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const hub = registryHost === undefined || DOCKER_HUB.has(registryHost);
  const repository = hub && !name.includes('/') ? `library/${name}` : name;
  if (host !== undefined && !HOST.test(host)) throw invalid(text, `with the bad host ${JSON.stringify(host)}`);
  if (!REPOSITORY.test(repository) || repository.length > 255)
    throw invalid(text, `with the bad repository name ${JSON.stringify(name.slice(0, 120))}`, lowerCaseHint(name));
  if (tag !== undefined && !TAG.test(tag)) throw invalid(text, `with the bad tag ${JSON.stringify(tag.slice(0, 80))}`);
  const registry = hub ? 'docker.io' : registryHost;
  const apiHost = hub ? 'registry-1.docker.io' : registry;
  return { in: 'registry', registry, apiHost, repository, tag, digest };
}

function splitDigest(text: string, whole: string): { rest: string; digest: Digest | undefined } {
  const at = text.lastIndexOf('@');
  if (at < 0) return { rest: text, digest: undefined };
  const digest = text.slice(at + 1);
  if (!isDigest(digest)) {
    if (text.slice(at).includes('/')) return { rest: text, digest: undefined };
    throw invalid(whole, `with the bad digest ${JSON.stringify(digest.slice(0, 160))}`);
  }
  return { rest: text.slice(0, at), digest };
}

/** The part before the first slash is a host only if it looks like one; otherwise the image is on Docker Hub. */
function splitHost(text: string): { host: string | undefined; path: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first.toLowerCase() === 'localhost';
  return isHost ? { host: first, path: text.slice(slash + 1) } : { host: undefined, path: text };
}

/** Owners on GitHub may have capitals, repositories in registries may not. */
function lowerCaseHint(name: string): string | undefined {
  const lower = name.toLowerCase();
  return lower !== name && REPOSITORY.test(lower) ? `names in registries are lower case: write ${lower}` : undefined;
}

function invalid(
  text: string,
  how: string,
  hint = 'write registry/repository:tag, registry/repository@sha256:…, oci:FOLDER:TAG or oci:FOLDER@sha256:…',
): RegistryError {
  return new RegistryError(
    'REGISTRY_REFERENCE_INVALID',
    `${JSON.stringify(text.slice(0, 200))} is a reference ${how}`,
    { hint },
  );
}

/**
 * What to ask the repository for: the digest if there is one, else the tag.
 * @throws RegistryError REGISTRY_TAG_MISSING
 */
export function manifestName(reference: Reference): string {
  const name = reference.digest ?? reference.tag;
  if (name !== undefined) return name;
  throw new RegistryError('REGISTRY_TAG_MISSING', `${formatReference(reference)} names no tag and no digest`);
}

/** The place without tag and digest: `ghcr.io/org/image`, `oci:folder`. */
export function formatPlace(reference: Reference): string {
  if (reference.in === 'registry') return `${reference.registry}/${reference.repository}`;
  return formatFolder({ ...reference, tag: undefined });
}

/** With a slash that ends the folder, where its name or the tag could be taken for something else. */
function formatFolder({ folder, tag }: LayoutReference): string {
  const place = `oci:${folder}`;
  const hasColon = folder.replace(/^[A-Za-z]:(?=[\\/])/, '').includes(':');
  return !hasColon && (tag === undefined || isRead(`${place}:${tag}`, folder)) ? place : `${place.replace(/\/$/, '')}/`;
}

function isRead(text: string, folder: string): boolean {
  try {
    return parseLayout(text).folder === folder;
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

/** The whole reference as text. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const place = reference.in === 'layout' ? formatFolder(reference) : formatPlace(reference);
  return `${place}${tag}${reference.digest === undefined ? '' : `@${reference.digest}`}`;
}

/**
 * The tag that lists a manifest's referrers where the registry has no referrers API: algorithm cut to 32, hex to 64.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
export function referrersTag(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(':')).slice(0, 32)}-${digestHex(digest).slice(0, 64)}`;
}

/** What `cosign attach sbom` calls an SBOM that nobody signed. In a list it comes after our own tags. */
export function sbomTag(subject: Digest): string {
  return `${referrersTag(subject)}.sbom`;
}

/** Name, tag and digest of an image, as texts. */
export interface DockerReference {
  /** Host and path: `docker.io/library/alpine`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const HOST_PART = '(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])';
const DOCKER_HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const SUFFIX =
  /^(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}))?$/;
const MAX_NAME = 255;
const HUB = 'docker.io';

/**
 * The reference in a text; undefined when it is none.
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
export function parseDockerReference(text: string): DockerReference | undefined {
  if (text.length > 1024 || /^[0-9a-f]{64}$/.test(text)) return undefined;
  const { host, rest } = splitDockerHost(text);
  const end = rest.search(/[:@]/);
  const given = end < 0 ? rest : rest.slice(0, end);
  const path = host === HUB && !given.includes('/') ? `library/${given}` : given;
  const suffix = SUFFIX.exec(rest.slice(given.length));
  const name = `${host}/${path}`;
  if (!DOCKER_HOST.test(host) || !PATH.test(path) || !suffix || name.length > MAX_NAME) return undefined;
  return { name, tag: suffix[1], digest: suffix[2] };
}

/** True when it names neither tag nor digest. */
export function isNameOnly({ tag, digest }: DockerReference): boolean {
  return tag === undefined && digest === undefined;
}

/** The whole reference as one text; two are the same when these are. */
export function formatDockerReference({ name, tag, digest }: DockerReference): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** What comes before the first slash is a host only if it looks like one. */
function splitDockerHost(text: string): { readonly host: string; readonly rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (!isHost) return { host: HUB, rest: text };
  return { host: first === 'index.docker.io' ? HUB : first, rest: text.slice(slash + 1) };
}

/** The place as statements name it, which are public: of a layout folder only the last part of its path. */
export function publicPlace(reference: Reference): string {
  if (reference.in === 'registry') return formatPlace(reference);
  return `oci:${reference.folder.split(/[\\/]/).findLast((part) => part !== '') ?? ''}`;
}
