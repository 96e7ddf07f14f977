// SPDX-License-Identifier: Apache-2.0
// The index.json of an OCI layout folder: which manifests it lists, under which tags; changed by one writer at a time.

import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest, type Digest, utf8 } from '../../base/bytes.ts';
import { CountersignError, SystemError } from '../../base/errors.ts';
import { readFileBounded, writeFileAtomic } from '../../files/files.ts';
import { makeFolder } from '../../files/folder.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { parseUnambiguous, type Shape } from '../../base/members.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Clock } from '../../base/clock.ts';
import { layoutInvalid, RegistryError, repeatedTag } from '../errors.ts';
import { tagOf, toJson, withTag, without } from './entries.ts';
import { withLock } from './lock.ts';
import { DESCRIPTOR_MEMBERS, documentError, MANIFEST_MEMBERS, readDescriptor } from '../manifest.ts';
import { MEDIA_TYPE, type OciDescriptor } from '../oci.ts';

/** An index like any other; here one entry that is read in two ways leaves open what the tags of all mean. */
const INDEX_MEMBERS = { ...MANIFEST_MEMBERS, manifests: [DESCRIPTOR_MEMBERS] } as const satisfies Shape;
const MARKER_MEMBERS = { imageLayoutVersion: 'text' } as const satisfies Shape;

/** How often the list is written before others are said to overwrite it. */
const MAX_ROUNDS = 5;

/** An entry of index.json. */
export interface LayoutEntry {
  /** As it stands there; it need not be a tag that registries allow. */
  readonly tag: string | undefined;
  /** Undefined when nobody can tell which image that is: the entry is malformed, or has a digest of an unknown kind. */
  readonly digest: Digest | undefined;
}

/** index.json of one folder. */
export class LayoutIndex {
  readonly #folder: string;
  readonly #clock: Clock;
  #known: Listing | undefined;
  /** Listed by this one without a tag, and by nobody taken away. */
  readonly #ours = new Map<Digest, OciDescriptor>();

  private constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * The index of an existing layout.
   * @throws RegistryError REGISTRY_LAYOUT_INVALID; SystemError
   */
  static async open(folder: string, clock: Clock): Promise<LayoutIndex> {
    const marker = parsedOrInvalid(await readMarker(folder), folder, {
      name: 'oci-layout',
      members: MARKER_MEMBERS,
    });
    const version = marker['imageLayoutVersion'];
    if (typeof version !== 'string' || !version.startsWith('1.'))
      throw layoutInvalid(folder, `has the layout version ${JSON.stringify(version)}`);
    const index = new LayoutIndex(folder, clock);
    const { entries } = await index.#listing();
    const [first] = entries;
    if (first && !entries.some(({ descriptor }) => descriptor))
      throw layoutInvalid(folder, `is damaged: ${first.problem}`);
    return index;
  }

  /**
   * The index of a layout, made if there is none.
   * @throws RegistryError REGISTRY_LAYOUT_INVALID when the folder holds something else; SystemError
   */
  static async create(folder: string, clock: Clock): Promise<LayoutIndex> {
    if (!(await exists(join(folder, 'oci-layout')))) {
      if (await exists(join(folder, 'index.json')))
        throw layoutInvalid(folder, 'has an index.json and no oci-layout', {
          hint: 'give an OCI layout folder, or a new name to create one',
        });
      await makeFolder(join(folder, 'blobs', 'sha256'));
      const index = new LayoutIndex(folder, clock);
      await withLock(index.#path('index.json.lock'), clock, () => index.#writeFirst());
      await writeFileAtomic(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    }
    return LayoutIndex.open(folder, clock);
  }

  /**
   * Every listed manifest; an entry that cannot be read is none, and hides no other. Without media type it is ''. The same
   * array, while the file is as it was.
   */
  async entries(): Promise<readonly OciDescriptor[]> {
    return (await this.#listing()).descriptors;
  }

  /**
   * The entry with a tag or digest. Which of several images a tag means nobody can tell, so that is an error.
   * @throws RegistryError REGISTRY_LAYOUT_INVALID
   */
  async find(reference: string): Promise<OciDescriptor | undefined> {
    const { byDigest, byTag } = await this.#listing();
    if (isDigest(reference)) return byDigest.get(reference);
    const named = byTag.get(reference) ?? [];
    const odd = named.find(({ descriptor }) => !descriptor);
    if (odd) throw layoutInvalid(this.#folder, `is damaged: ${odd.problem}`);
    const digests = [...new Set(named.flatMap(({ descriptor }) => descriptor?.digest ?? []))];
    if (digests.length > 1) throw repeatedTag(this.#folder, reference, digests);
    return named[0]?.descriptor;
  }

  async tags(): Promise<readonly string[]> {
    return [...new Set((await this.all()).flatMap(({ tag }) => tag ?? []))];
  }

  /** Every entry, those that cannot be read among them, in the order of the file. */
  async all(): Promise<readonly LayoutEntry[]> {
    return (await this.#listing()).entries.map(({ tag, descriptor }) => ({ tag, digest: descriptor?.digest }));
  }

  /**
   * Lists manifests; with a tag, which is for one alone, the tag moves to it. Entries of others and unknown fields stay.
   * Whoever writes without our lock may put an older list back: what of ours is lost by that is listed again.
   * @throws RegistryError REGISTRY_LAYOUT_LOCKED, REGISTRY_REFERRER_NOT_LISTED; SystemError
   */
  async put(descriptors: readonly OciDescriptor[], tag: string | undefined): Promise<void> {
    if (tag === undefined) for (const descriptor of descriptors) this.#ours.set(descriptor.digest, descriptor);
    const tagged = tag === undefined ? [] : descriptors;
    await this.#change((entries) => tagged.reduce((all, one) => withTag(all, one, tag ?? ''), entries));
  }

  /** Lists a manifest no more, whatever tags it has. @throws as put */
  async remove(digest: Digest): Promise<void> {
    this.#ours.delete(digest);
    await this.#change((entries) => without(entries, digest));
  }

  async #change(edit: Edit): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const written = await this.#write(round === 0 ? edit : (entries) => entries);
      const from = await versionAt(this.#path('index.json'));
      const isThere = Buffer.compare(written, await this.#bytes()) === 0;
      if (isThere && from !== undefined && from === (await versionAt(this.#path('index.json')))) return;
    }
    throw new RegistryError('REGISTRY_REFERRER_NOT_LISTED', `other writers overwrite ${this.#path('index.json')}`, {
      hint: 'repeat when nothing else writes to the folder',
    });
  }

  /** Gives the bytes that are there then. */
  async #write(edit: Edit): Promise<Uint8Array> {
    let bytes: Uint8Array = new Uint8Array();
    await withLock(this.#path('index.json.lock'), this.#clock, async () => {
      bytes = await this.#bytes();
      const document = this.#parse(bytes);
      const before = this.#rawEntries(document);
      const digests = new Set(before.map((item) => isJsonObject(item) && item['digest']));
      const lost = [...this.#ours.values()].filter(({ digest }) => !digests.has(digest));
      const manifests = edit(lost.length === 0 ? before : [...before, ...lost.map(toJson)]);
      if (manifests === before) return;
      bytes = utf8(JSON.stringify({ ...document, manifests }));
      await writeFileAtomic(this.#path('index.json'), bytes);
    });
    return bytes;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  async #writeFirst(): Promise<void> {
    if (await exists(this.#path('index.json'))) return;
    const empty = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] };
    await writeFileAtomic(this.#path('index.json'), JSON.stringify(empty));
  }

  #bytes(): Promise<Uint8Array> {
    return readFileBounded(this.#path('index.json'), LIMITS.manifestBytes);
  }

  #parse(bytes: Uint8Array): JsonObject {
    return parsedOrInvalid(bytes, this.#folder, { name: 'index.json', members: INDEX_MEMBERS });
  }

  #rawEntries(document: JsonObject): readonly JsonValue[] {
    const entries = document['manifests'];
    if (entries === null) return [];
    if (!Array.isArray(entries)) throw layoutInvalid(this.#folder, 'has an index.json without manifests');
    return entries;
  }

  /** The file may be megabytes, and is asked for each of a thousand platforms: it is read again once it has changed. */
  async #listing(): Promise<Listing> {
    const path = this.#path('index.json');
    const version = await versionOf(path, this.#clock);
    const known = this.#known;
    if (version !== undefined && version === known?.version) return known;
    const bytes = await this.#bytes();
    const isKnown = known !== undefined && Buffer.compare(known.bytes, bytes) === 0;
    this.#known = { ...(isKnown ? known : listingOf(this.#rawEntries(this.#parse(bytes)), bytes)), version };
    return this.#known;
  }
}

/** Gives the same list where nothing changes. */
type Edit = (entries: readonly JsonValue[]) => readonly JsonValue[];

/** An entry of index.json; without descriptor when it cannot be read. */
interface ListedEntry {
  readonly tag: string | undefined;
  readonly descriptor: OciDescriptor | undefined;
  readonly problem: string;
}

/** index.json as it was read. */
interface Listing {
  readonly bytes: Uint8Array;
  readonly version: string | undefined;
  readonly entries: readonly ListedEntry[];
  readonly descriptors: readonly OciDescriptor[];
  readonly byTag: ReadonlyMap<string | undefined, readonly ListedEntry[]>;
  readonly byDigest: ReadonlyMap<string | undefined, OciDescriptor>;
}

function listingOf(raw: readonly JsonValue[], bytes: Uint8Array): Omit<Listing, 'version'> {
  const entries = raw.map(readEntry);
  const descriptors = entries.flatMap(({ descriptor }) => descriptor ?? []);
  const byDigest = new Map(descriptors.toReversed().map((descriptor) => [descriptor.digest, descriptor]));
  return { bytes, entries, descriptors, byTag: Map.groupBy(entries, ({ tag }) => tag), byDigest };
}

/** Times of files are not finer than this. */
const SETTLED_MS = 2000;

/** What changes with every write to a file; undefined while another one could leave it as it is. */
async function versionOf(path: string, clock: Clock): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && clock.nowMs() - found.ctimeMs >= SETTLED_MS ? versionText(found) : undefined;
}

async function versionAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && versionText(found);
}

function versionText({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}

function readEntry(entry: JsonValue, at: number): ListedEntry {
  const named = isJsonObject(entry) ? tagOf(entry) : undefined;
  const tag = typeof named === 'string' ? named : undefined;
  try {
    return { tag, descriptor: readDescriptor(entry, `index.json, manifests[${at}]`, true), problem: '' };
  } catch (error) {
    if (error instanceof CountersignError) return { tag, descriptor: undefined, problem: error.message };
    throw error;
  }
}

function parsedOrInvalid(
  bytes: Uint8Array,
  folder: string,
  { name, members }: { readonly name: string; readonly members: Shape },
): JsonObject {
  try {
    const document = parseUnambiguous(bytes, join(folder, name), members, { plainNumbers: true });
    if (isJsonObject(document)) return document;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    throw documentError(error, () => layoutInvalid(folder, `has a damaged ${name}`, { cause: error }));
  }
  throw layoutInvalid(folder, `has a damaged ${name}`);
}

async function readMarker(folder: string): Promise<Uint8Array> {
  try {
    return await readFileBounded(join(folder, 'oci-layout'), 4096);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'FILE_NOT_FOUND') throw error;
    const what = (await exists(folder)) ? 'is no OCI layout: it has no file oci-layout' : 'is not there';
    throw layoutInvalid(folder, what, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
