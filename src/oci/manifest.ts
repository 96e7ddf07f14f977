// SPDX-License-Identifier: Apache-2.0
// Manifest bytes ↔ typed values. The bytes stay what they are: a parsed value is for looking, never for writing back.

import { createHash } from 'node:crypto';
import { type Digest, digestHex, fromBase64, isDigest, sha256, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { type JsonObject, jsonObjectIn, type JsonValue } from '../base/json.ts';
import {
  asArray,
  asInteger,
  asObject,
  assertUnambiguous,
  asText,
  asTextMap,
  parseUnambiguous,
  type Shape,
} from '../base/members.ts';
import { RegistryError } from './errors.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor } from './oci.ts';

/** An entry of an index; `platform` as the index has it. */
export interface IndexEntry extends OciDescriptor {
  readonly platform?: JsonObject;
}

/** What a manifest or index names. */
export interface ParsedManifest {
  readonly kind: 'manifest' | 'index';
  readonly mediaType: string;
  /** The manifest's own, else the media type of its config; undefined for an index without one. */
  readonly artifactType: string | undefined;
  readonly config: OciDescriptor | undefined;
  readonly layers: readonly OciDescriptor[];
  /** Entries of an index. */
  readonly manifests: readonly IndexEntry[];
  readonly subject: OciDescriptor | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The two bytes `{}` and their name: the config of artifacts that have none. */
export const EMPTY_CONFIG = {
  bytes: utf8('{}'),
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
} as const;

const MANIFEST_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest]);
const INDEX_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex]);
const MAX_ENTRIES = 10_000;

/** Members that Go programs know of a descriptor, wherever it stands. */
export const DESCRIPTOR_MEMBERS = {
  mediaType: 'text',
  digest: 'text',
  size: 'any',
  urls: ['text'],
  annotations: 'object',
  data: 'text',
  artifactType: 'text',
  platform: {
    architecture: 'text',
    os: 'text',
    'os.version': 'text',
    'os.features': ['text'],
    variant: 'text',
    features: ['text'],
  },
} as const satisfies Shape;

/**
 * Members that they know of manifests and indexes of every kind; entries are looked at one by one.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/specs-go/v1/manifest.go
 */
export const MANIFEST_MEMBERS = {
  schemaVersion: 'any',
  mediaType: 'text',
  artifactType: 'text',
  config: 'any',
  layers: 'any',
  manifests: 'any',
  subject: 'any',
  annotations: 'object',
  blobs: 'any',
  fsLayers: 'any',
  history: 'any',
  signatures: 'any',
} as const satisfies Shape;

/** Members by which programs tell other kinds of manifests. */
const OTHER_KINDS = ['blobs', 'fsLayers', 'history', 'signatures'] as const;

/** The `Accept` header of every manifest request; without the OCI types some registries answer 404. */
export const ACCEPT_MANIFESTS = [...MANIFEST_TYPES, ...INDEX_TYPES].join(', ');

/** Digest of bytes by the algorithm of another digest. */
export function digestLike(example: Digest, bytes: Uint8Array): Digest {
  return example.startsWith('sha512:') ? `sha512:${createHash('sha512').update(bytes).digest('hex')}` : sha256(bytes);
}

/** Manifest of bytes that we made. */
export function makeManifest(bytes: Uint8Array, mediaType: string): Manifest {
  return { bytes, mediaType, digest: sha256(bytes) };
}

function invalid(what: string, cause?: unknown): RegistryError {
  return new RegistryError('REGISTRY_MANIFEST_INVALID', what, { cause });
}

/** The error for a document that two programs read differently, else the other one. */
export function documentError(error: CountersignError, otherwise: () => RegistryError): RegistryError {
  if (error.code !== 'DATA_JSON_AMBIGUOUS') return otherwise();
  return new RegistryError('REGISTRY_DOCUMENT_AMBIGUOUS', error.message, { cause: error });
}

/**
 * What a manifest or index says.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID, REGISTRY_DOCUMENT_AMBIGUOUS
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
 */
export function parseManifest(manifest: Pick<Manifest, 'bytes' | 'mediaType'>, what: string): ParsedManifest {
  return parseWith(manifest, what, undefined);
}

/** A list that others write into, with what cannot be told of single entries. */
export interface ParsedList extends ParsedManifest {
  /** Why entries are left out. */
  readonly odd: readonly string[];
}

/**
 * The same for a list that many write into, where one odd entry must not hide the others: it is left out and named.
 * As with readers written in Go, an entry without media type has an empty one, and an annotation that is null is none.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID when it is no manifest at all
 */
export function parseList(manifest: Pick<Manifest, 'bytes' | 'mediaType'>, what: string): ParsedList {
  const odd: string[] = [];
  return { ...parseWith(manifest, what, odd), odd };
}

/** Documents of small manifests, by their bytes: each is looked at several times on its way, and there may be a thousand. */
const documents = new WeakMap<Uint8Array, JsonObject>();
const KEPT_BYTES = 4096;

function documentOf(bytes: Uint8Array, what: string): JsonObject {
  const known = documents.get(bytes);
  if (known) return known;
  const document = asObject(parseUnambiguous(bytes, what, MANIFEST_MEMBERS, { plainNumbers: true }), what);
  if (bytes.length <= KEPT_BYTES) documents.set(bytes, document);
  return document;
}

/** Where odd entries are named; undefined when they make the whole invalid. */
type Odd = string[] | undefined;

function parseWith({ bytes, mediaType }: Pick<Manifest, 'bytes' | 'mediaType'>, what: string, odd: Odd) {
  try {
    return readManifest(documentOf(bytes, what), { mediaType, what, odd });
  } catch (error) {
    if (!(error instanceof CountersignError) || error instanceof RegistryError) throw error;
    throw documentError(error, () => invalid(`${what} is malformed: ${error.message}`, error));
  }
}

function readManifest(
  document: JsonObject,
  { mediaType: contentType, what, odd }: { readonly mediaType: string; readonly what: string; readonly odd: Odd },
): ParsedManifest {
  if (document['schemaVersion'] !== 2) throw invalid(`${what} has not schemaVersion 2`);
  const named = document['mediaType'] === undefined ? undefined : asText(document['mediaType'], 'mediaType');
  const mediaType = named ?? contentType;
  if (mediaType !== contentType)
    throw invalid(`${what} came as ${contentType.slice(0, 120)} and says it is ${mediaType.slice(0, 120)}`);
  const isIndex = INDEX_TYPES.has(mediaType);
  if (!isIndex && !MANIFEST_TYPES.has(mediaType)) throw invalid(`${what} has the type ${mediaType.slice(0, 120)}`);
  if (isIndex ? 'layers' in document || 'config' in document : 'manifests' in document)
    throw invalid(`${what} is a manifest and an index at once`);
  const other = OTHER_KINDS.find((name) => name in document);
  if (other !== undefined) throw invalid(`${what} has the member ${other}, which belongs to another kind of manifest`);
  const isLoose = odd !== undefined;
  const config = isIndex ? undefined : readDescriptor(document['config'], `${what}, config`, isLoose);
  const artifactType = document['artifactType'];
  const one = (item: JsonValue, name: string): IndexEntry =>
    isIndex ? readIndexEntry(item, name, isLoose) : readDescriptor(item, name, isLoose);
  const member = isIndex ? 'manifests' : 'layers';
  const entries = readList(document[member], { what: `${what}, ${member}`, odd }, one);
  return {
    kind: isIndex ? 'index' : 'manifest',
    mediaType,
    artifactType: artifactType === undefined ? config?.mediaType : asText(artifactType, 'artifactType'),
    config,
    layers: isIndex ? [] : entries,
    manifests: isIndex ? entries : [],
    subject: document['subject'] === undefined ? undefined : readDescriptor(document['subject'], `${what}, subject`),
    annotations: readAnnotations(document['annotations'], what, isLoose) ?? {},
  };
}

/** Some tools write null for a list without entries. */
function readList<T>(
  value: JsonValue | undefined,
  { what, odd }: { readonly what: string; readonly odd: Odd },
  read: (item: JsonValue, what: string) => T,
): readonly T[] {
  const items = value === null ? [] : asArray(value, what, MAX_ENTRIES);
  return items.flatMap((item, index): readonly T[] => {
    try {
      return [read(item, `${what}[${index}]`)];
    } catch (error) {
      if (!odd || !(error instanceof CountersignError)) throw error;
      odd.push(error.message);
      return [];
    }
  });
}

/**
 * A descriptor in parsed JSON; `isLoose` as in parseList.
 * @throws DataError DATA_JSON_INVALID; RegistryError REGISTRY_MANIFEST_INVALID
 */
export function readDescriptor(value: JsonValue | undefined, what: string, isLoose = false): OciDescriptor {
  const object = asObject(value, what);
  assertUnambiguous(object, DESCRIPTOR_MEMBERS, what);
  const digest = asText(object['digest'], `${what}.digest`);
  if (!isDigest(digest)) throw invalid(`${what} has the digest ${JSON.stringify(digest.slice(0, 160))}`);
  const artifactType = object['artifactType'];
  const annotations = readAnnotations(object['annotations'], what, isLoose);
  assertCopy(object['data'], digest, `${what}.data`);
  return {
    mediaType: asText(isLoose ? (object['mediaType'] ?? '') : object['mediaType'], `${what}.mediaType`),
    digest,
    size: asInteger(object['size'], `${what}.size`),
    ...(artifactType === undefined ? {} : { artifactType: asText(artifactType, `${what}.artifactType`) }),
    ...(annotations ? { annotations } : {}),
  };
}

/** Some clients take what stands in a descriptor in the place of what it names. */
function assertCopy(data: JsonValue | undefined, digest: Digest, what: string): void {
  if (data === undefined || data === null) return;
  if (digestLike(digest, fromBase64(asText(data, what), what)) !== digest) throw invalid(`${what} is not ${digest}`);
}

function readIndexEntry(value: JsonValue, what: string, isLoose: boolean): IndexEntry {
  const platform = asObject(value, what)['platform'];
  const descriptor = readDescriptor(value, what, isLoose);
  return platform === undefined ? descriptor : { ...descriptor, platform: asObject(platform, `${what}.platform`) };
}

function readAnnotations(
  value: JsonValue | undefined,
  what: string,
  isLoose: boolean,
): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined;
  const name = `${what}, annotations`;
  if (!isLoose) return asTextMap(value, name);
  const given = Object.entries(asObject(value, name)).filter(([, text]) => text !== null);
  return asTextMap(Object.fromEntries(given), name);
}

/** A received manifest as its place and transport describe it. */
export interface ReceivedManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string | undefined;
  /** Tag or digest that was asked for. */
  readonly reference: string;
  /** What `Docker-Content-Digest` says, every time it is given. */
  readonly claimed: readonly string[];
}

/**
 * Checks the bytes against every digest they came with and against their type.
 * @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_MANIFEST_INVALID
 */
export function checkManifest(received: ReceivedManifest, place: string): Manifest {
  const { bytes, reference, claimed, mediaType } = received;
  const what = `manifest ${reference} of ${place}`;
  for (const digest of [reference, ...claimed])
    if (isDigest(digest) && digestLike(digest, bytes) !== digest)
      throw new RegistryError('REGISTRY_DIGEST_MISMATCH', `the ${what} has not the digest ${digest}`, {
        hint: 'do not use this content; the registry or a proxy altered it',
      });
  if (mediaType === undefined) throw invalid(`the ${what} came without a type`);
  // Whoever uses single entries reads them strictly, unless they are a list of many writers.
  parseList({ bytes, mediaType }, `the ${what}`);
  return { bytes, mediaType, digest: isDigest(reference) ? reference : sha256(bytes) };
}

/** Name of a digest's file below `blobs/`: safe as a path because digests are checked when parsed. */
export function blobPath(digest: Digest): readonly [string, string] {
  return [digest.slice(0, digest.indexOf(':')), digestHex(digest)];
}

/** The type that a manifest gives itself, or that its shape shows. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const document = jsonObjectIn(bytes);
  if (!document) return undefined;
  const named = document['mediaType'];
  if (typeof named === 'string') return named;
  return 'manifests' in document ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
}
