// SPDX-License-Identifier: Apache-2.0
// An OCI image layout folder as a Repository. Blobs appear whole by rename; index.json is changed under a lock file;
// referrers are found by looking at every listed manifest, however another tool listed it.

import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../../base/text.ts';
import { digestHex, isDigest, type Digest } from '../../base/bytes.ts';
import { fileError, isErrnoException, SystemError } from '../../base/errors.ts';
import { FileSink, readFileChunks } from '../../files/chunks.ts';
import { readKeyFile } from '../../files/files.ts';
import { makeFolder } from '../../files/folder.ts';
import { parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { asObject } from '../../base/members.ts';
import { digestMismatch, hashFor, sizeMismatch } from '../remote/blobs.ts';
import { subjectOf } from '../referrers/attach.ts';
import { indexWithout } from '../referrers/detach.ts';
import { RegistryError } from '../errors.ts';
import type { LayoutIndex } from './index.ts';
import { memoryBlob } from '../referrers/bundles.ts';
import { orUndefined } from '../cosign/cosign.ts';
import { blobPath, checkManifest, makeManifest, parseManifest, sniffMediaType } from '../manifest.ts';
import { collectReferrers, describeManifest, type ListedReferrers, readShared } from '../referrers/referrers.ts';
import { referrersTag, sbomTag } from '../reference.ts';
import {
  type BlobSource,
  type ByteRange,
  type Manifest,
  type OciDescriptor,
  type PushBlobOptions,
  type PushedBlob,
  type ReadBlobOptions,
  type ReferrerList,
  type Repository,
  type StreamBlobOptions,
} from '../oci.ts';

/** Manifests of index.json: those that were not read yet, and what others refer to. */
interface Scanned {
  readonly list: readonly OciDescriptor[];
  readonly unread: Set<string>;
  readonly referrers: Map<Digest, readonly string[]>;
}

/** An OCI layout folder; `LayoutIndex.create` makes a new one. */
export class LayoutRepository implements Repository {
  readonly name: string;
  readonly #folder: string;
  readonly #index: LayoutIndex;
  /** What is known of the manifests in a list: each is read once, whatever the subject. */
  #scanned: Scanned | undefined;

  constructor(folder: string, index: LayoutIndex) {
    this.name = `oci:${folder}`;
    this.#folder = folder;
    this.#index = index;
  }

  async resolve(reference: string): Promise<OciDescriptor | undefined> {
    const manifest = await this.getManifest(reference);
    return manifest && { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length };
  }

  async getManifest(reference: string): Promise<Manifest | undefined> {
    const listed = await this.#index.find(reference);
    const digest = listed?.digest ?? (isDigest(reference) ? reference : undefined);
    if (digest === undefined) return undefined;
    const bytes = await this.#readSmall(digest);
    const mediaType = bytes && (listed?.mediaType || sniffMediaType(bytes));
    return bytes && checkManifest({ bytes, mediaType, reference: digest, claimed: [] }, this.name);
  }

  async blobSize(digest: Digest): Promise<number | undefined> {
    try {
      const found = await stat(this.#path(digest));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isErrnoException(error) && error.code === 'ENOENT') return undefined;
      throw fileError(error, this.#path(digest), 'read');
    }
  }

  async *readBlob(digest: Digest, options: ReadBlobOptions = {}): AsyncGenerator<Uint8Array, void> {
    const size = await this.blobSize(digest);
    if (size === undefined) throw this.#missing(digest);
    const { range, sizeBytes, onBytes } = options;
    if (range) {
      yield* this.#readRange(digest, range);
      return;
    }
    if (sizeBytes !== undefined && sizeBytes !== size)
      throw sizeMismatch(digest, this.name, { got: size, wanted: sizeBytes });
    const hash = hashFor(digest);
    let done = 0;
    for await (const chunk of readFileChunks(this.#path(digest))) {
      hash.update(chunk);
      done += chunk.length;
      onBytes?.(done, size);
      yield chunk;
    }
    if (hash.digest('hex') !== digestHex(digest)) throw digestMismatch(digest, this.name);
  }

  async *#readRange(digest: Digest, { offset, lengthBytes }: ByteRange): AsyncGenerator<Uint8Array, void> {
    let left = lengthBytes;
    for await (const chunk of readFileChunks(this.#path(digest), offset)) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) yield part;
      if (left === 0) return;
    }
    if (left > 0)
      throw sizeMismatch(digest, this.name, { got: offset + lengthBytes - left, wanted: offset + lengthBytes });
  }

  async listReferrers(subject: Digest): Promise<ReferrerList> {
    const here = { fetch: (reference: string) => this.getManifest(reference), counts: 'kept' } as const;
    const { unread, referrers } = await this.#scannedList();
    const listed = [...unread, ...(referrers.get(subject) ?? [])];
    const scanned = await collectReferrers(listed, subject, { ...here, fetch: (digest) => this.#scan(digest) });
    const shared = await this.#sharedEntries(subject);
    const named = await collectReferrers(shared.digests, subject, here);
    const known = new Set(scanned.referrers.map(({ descriptor }) => descriptor.digest));
    const more = named.referrers.filter(({ descriptor }) => !known.has(descriptor.digest));
    return {
      referrers: [...scanned.referrers, ...more].toSorted((a, b) =>
        a.descriptor.digest < b.descriptor.digest ? -1 : 1,
      ),
      // What else the folder lists has nothing to do with the subject; only a list made for it can be wrong.
      rejected: [...named.rejected, ...shared.rejected],
      readBytes: scanned.readBytes + named.readBytes,
      complete: scanned.complete && named.complete && shared.complete,
      otherTags: (await this.tags()).filter((tag) => tag === sbomTag(subject)),
    };
  }

  async #scannedList(): Promise<Scanned> {
    const list = await this.#index.entries();
    if (this.#scanned?.list !== list)
      this.#scanned = { list, unread: new Set(list.map(({ digest }) => digest)), referrers: new Map() };
    return this.#scanned;
  }

  async #scan(digest: string): Promise<Manifest | undefined> {
    const { unread, referrers } = await this.#scannedList();
    const first = unread.delete(digest);
    const manifest = await this.getManifest(digest);
    const subject = first && manifest && orUndefined(() => parseManifest(manifest, digest).subject?.digest);
    if (subject) referrers.set(subject, [...(referrers.get(subject) ?? []), digest]);
    return manifest;
  }

  async #sharedEntries(subject: Digest): Promise<ListedReferrers> {
    return readShared(referrersTag(subject), subject, (tag) => this.getManifest(tag));
  }

  async tags(): Promise<readonly string[]> {
    return this.#index.tags();
  }

  async pushBlob(digest: Digest, source: BlobSource, options: PushBlobOptions = {}): Promise<PushedBlob> {
    const { sizeBytes } = source;
    if ((await this.blobSize(digest)) === sizeBytes) return { digest, sizeBytes, outcome: 'exists' };
    const commit = (written: Digest): Promise<boolean> => {
      if (written === digest) return Promise.resolve(true);
      throw new RegistryError('REGISTRY_SOURCE_CHANGED', `the bytes to push have not the digest ${digest}`, {
        hint: 'repeat when nothing else writes to the file',
      });
    };
    const algorithm = digest.startsWith('sha512:') ? 'sha512' : 'sha256';
    return this.#write(source, { ...options, commit }, algorithm);
  }

  streamBlob(source: BlobSource, options: StreamBlobOptions): Promise<PushedBlob> {
    return this.#write(source, options, 'sha256');
  }

  /** Writes beside the blobs and renames when `commit` agrees. */
  async #write(source: BlobSource, options: StreamBlobOptions, algorithm: 'sha256' | 'sha512'): Promise<PushedBlob> {
    const folder = join(this.#folder, 'blobs', algorithm);
    const temporary = join(folder, `.upload-${randomBytes(8).toString('hex')}`);
    try {
      await makeFolder(folder);
      const digest = await writeStream(temporary, source, { ...options, algorithm });
      const { sizeBytes } = source;
      if (!(await options.commit(digest))) return { digest, sizeBytes, outcome: 'declined' };
      await rename(temporary, this.#path(digest));
      return { digest, sizeBytes, outcome: 'uploaded' };
    } catch (error) {
      throw isErrnoException(error) ? fileError(error, temporary, 'write') : error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async mountBlob(digest: Digest): Promise<boolean> {
    return (await this.blobSize(digest)) !== undefined;
  }

  async putManifest(manifest: Manifest, reference: string): Promise<void> {
    await this.#store(manifest);
    await this.#index.put([describeManifest(manifest)], isDigest(reference) ? undefined : reference);
  }

  async #store(manifest: Manifest): Promise<void> {
    this.#scanned = undefined;
    await this.pushBlob(manifest.digest, memoryBlob(manifest.bytes));
  }

  attachReferrer(manifest: Manifest): Promise<undefined> {
    return this.attachReferrers([manifest]);
  }

  async attachReferrers(manifests: readonly Manifest[]): Promise<undefined> {
    for (const manifest of manifests) {
      subjectOf(manifest);
      await this.#store(manifest);
    }
    await this.#index.put(manifests.map(describeManifest), undefined);
  }

  /** What a folder holds can be deleted. */
  assertDetachable(_referrer: Manifest): Promise<void> {
    return Promise.resolve();
  }

  async detachReferrer(referrer: Manifest, _instead: Manifest): Promise<void> {
    const { digest } = referrer;
    const tag = referrersTag(subjectOf(referrer));
    const shared = (await this.#sharedEntries(subjectOf(referrer))).digests.includes(digest)
      ? await this.getManifest(tag)
      : undefined;
    if (shared) {
      const left = indexWithout(asObject(parseJson(shared.bytes, `the tag ${tag}`), `the tag ${tag}`), digest);
      await this.putManifest(makeManifest(left, shared.mediaType), tag);
    }
    await this.#index.remove(digest);
    try {
      await rm(this.#path(digest), { force: true });
    } catch (error) {
      throw isErrnoException(error) ? fileError(error, this.#path(digest), 'write') : error;
    }
  }

  /** A folder finds referrers by looking at every manifest: there is no list to lose them. */
  repairReferrers(_subject: Digest): Promise<boolean> {
    return Promise.resolve(false);
  }

  #path(digest: Digest): string {
    return join(this.#folder, 'blobs', ...blobPath(digest));
  }

  #missing(digest: Digest): RegistryError {
    return new RegistryError('REGISTRY_NOT_FOUND', `${this.name} has no blob ${digest}`, {
      hint: 'the folder is incomplete; copy the image into it again',
    });
  }

  async #readSmall(digest: Digest): Promise<Uint8Array | undefined> {
    try {
      return await readKeyFile(this.#path(digest), LIMITS.manifestBytes);
    } catch (error) {
      if (error instanceof SystemError && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    }
  }
}

async function writeStream(
  path: string,
  source: BlobSource,
  options: PushBlobOptions & { readonly algorithm: string },
): Promise<Digest> {
  const hash = createHash(options.algorithm);
  await using file = await open(path, 'wx', 0o644);
  const sink = new FileSink(file, 0);
  let done = 0;
  for await (const chunk of source.open(0)) {
    hash.update(chunk);
    await sink.write(chunk);
    done += chunk.length;
    options.onBytes?.(done, source.sizeBytes);
  }
  if (done !== source.sizeBytes)
    throw new RegistryError(
      'REGISTRY_SOURCE_CHANGED',
      `the data to push has ${done} of ${counted(source.sizeBytes, 'byte')}`,
      {
        hint: 'repeat when nothing else writes to the file',
      },
    );
  await sink.flush();
  await file.sync();
  const hex = hash.digest('hex');
  return options.algorithm === 'sha512' ? `sha512:${hex}` : `sha256:${hex}`;
}
