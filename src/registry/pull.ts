// SPDX-License-Identifier: Apache-2.0
// A SIF from a registry or layout into a file: streamed, hashed on the way, resumed, and given its name only when it
// is whole, has its digest and was admitted.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { digestHex } from '../primitives/digest.ts';
import { CountersignError, fileError, isErrnoException, UsageError } from '../primitives/errors.ts';
import { readFileChunks } from '../primitives/file-chunks.ts';
import { digestMismatch } from './blobs.ts';
import { FileSink } from '../primitives/file-sink.ts';
import { assertWritable } from '../primitives/file.ts';
import { abandonedFiles, unfinishedName } from '../primitives/unfinished.ts';
import { RegistryError } from './errors.ts';
import { parseManifest } from './manifest.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor, type OnBytes, type ReadableRepository } from './repository.ts';

const TITLE = 'org.opencontainers.image.title';

export interface SifInRegistry {
  readonly manifest: Manifest;
  readonly layer: OciDescriptor;
  /** Base name the image was pushed under. */
  readonly title: string | undefined;
}

/**
 * The SIF that a tag or digest names.
 * @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_NOT_A_SIF and as getManifest
 */
export async function findSif(repository: ReadableRepository, reference: string): Promise<SifInRegistry> {
  const manifest = await repository.getManifest(reference);
  if (!manifest)
    throw new RegistryError('REGISTRY_NOT_FOUND', `${repository.name} has no manifest ${reference}`, {
      hint: 'check the tag or digest; a private repository also answers so without permission',
    });
  const { layers } = parseManifest(manifest, `the manifest ${reference}`);
  const [layer] = layers;
  const types: readonly string[] = [MEDIA_TYPE.sifLayer, MEDIA_TYPE.sifLayerHistoric];
  if (!layer || layers.length !== 1 || !types.includes(layer.mediaType))
    throw new RegistryError('REGISTRY_NOT_A_SIF', `${repository.name} ${reference} is no SIF image`, {
      hint: 'give the reference of an image pushed by apptainer push, singularity push or push-oras',
    });
  return { manifest, layer, title: layer.annotations?.[TITLE] };
}

export interface PullOptions {
  readonly path: string;
  /** Replace a file that has this name already. */
  readonly overwrite: boolean;
  /** Asked with the complete, checked file under its temporary name; false leaves no file. */
  admit(temporaryPath: string): Promise<boolean>;
  /** Sees all bytes of the image in order as they arrive; offset 0 again when the transfer has to begin anew. */
  pass?(offset: number, bytes: Uint8Array): Promise<void>;
  readonly onBytes?: OnBytes;
  readonly signal?: AbortSignal;
}

/**
 * Writes the image's file; false when `admit` said no. An interrupted transfer leaves `<path>.<digest>.partial`, a killed
 * one its temporary file; the next one goes on with either.
 * @throws UsageError USAGE_FILE_EXISTS; RegistryError REGISTRY_DIGEST_MISMATCH and as readBlob; SystemError
 */
export async function pullSif(
  repository: ReadableRepository,
  layer: OciDescriptor,
  options: PullOptions,
): Promise<boolean> {
  const { path, overwrite } = options;
  await assertWritable(path);
  if (!overwrite && (await isThere(path))) throw alreadyThere(path);
  const label = digestHex(layer.digest).slice(0, 16);
  const partial = `${path}.${label}.partial`;
  await inherit(path, label, partial);
  const temporary = await unfinishedName(path, label);
  const resumed = await claim(partial, temporary);
  try {
    await fetchInto(repository, layer, { temporary, resumed, options });
  } catch (error) {
    await release(temporary, partial, error);
    throw error;
  }
  try {
    if (!(await options.admit(temporary))) return false;
    await place(temporary, path, overwrite);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function alreadyThere(path: string): UsageError {
  return new UsageError('USAGE_FILE_EXISTS', `${path} exists already`, {
    hint: 'choose another name, or set `overwrite` to replace it',
  });
}

/** What killed transfers left is gone on with when it is of the same image, and removed otherwise. */
async function inherit(path: string, label: string, partial: string): Promise<void> {
  for (const left of await abandonedFiles(path)) {
    const wanted = left.label === label && !(await isThere(partial));
    await (wanted ? rename(left.path, partial) : rm(left.path, { force: true })).catch(() => undefined);
  }
}

/** Takes over what an earlier transfer left; renaming makes sure that only one process does. */
async function claim(partial: string, temporary: string): Promise<boolean> {
  try {
    await rename(partial, temporary);
    const found = await lstat(temporary);
    // Somebody else's link under this name would have us write into the file that it leads to.
    if (found.isFile() && found.nlink === 1) return true;
    await rm(temporary, { force: true });
    return false;
  } catch (error) {
    if (isErrnoException(error) && error.code === 'ENOENT') return false;
    throw fileError(error, partial, 'write');
  }
}

/** Keeps an interrupted transfer for the next one; bytes that are wrong are dropped. */
async function release(temporary: string, partial: string, error: unknown): Promise<void> {
  const wrong = ['REGISTRY_DIGEST_MISMATCH', 'REGISTRY_SIZE_MISMATCH', 'REGISTRY_NOT_FOUND', 'DISK_FULL'];
  const keep = !(error instanceof CountersignError && wrong.includes(error.code));
  const size = await stat(temporary).then(
    (found) => found.size,
    () => 0,
  );
  if (keep && size > 0) await rename(temporary, partial).catch(() => undefined);
  await rm(temporary, { force: true });
}

interface Transfer {
  readonly temporary: string;
  readonly resumed: boolean;
  readonly options: PullOptions;
}

async function fetchInto(repository: ReadableRepository, layer: OciDescriptor, transfer: Transfer): Promise<void> {
  const { temporary, resumed, options } = transfer;
  try {
    await using file = await open(temporary, resumed ? constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) : 'wx', 0o644);
    if (!resumed || !(await continueFile(repository, layer, { ...transfer, file })))
      await wholeFile(repository, layer, { ...transfer, file });
    await file.sync();
  } catch (error) {
    throw isErrnoException(error) ? fileError(error, options.path, 'write') : error;
  }
}

async function wholeFile(
  repository: ReadableRepository,
  layer: OciDescriptor,
  { file, options }: Transfer & { readonly file: FileHandle },
): Promise<void> {
  await file.truncate(0);
  const { onBytes, signal } = options;
  const reading = repository.readBlob(layer.digest, {
    sizeBytes: layer.size,
    ...(onBytes ? { onBytes } : {}),
    ...(signal ? { signal } : {}),
  });
  const sink = new FileSink(file, 0);
  let at = 0;
  try {
    for await (const chunk of reading) {
      await options.pass?.(at, chunk);
      await sink.write(chunk);
      at += chunk.length;
    }
  } finally {
    await sink.flush();
  }
}

/** Hashes what is there and fetches the rest; false when it has to be fetched whole after all. */
async function continueFile(
  repository: ReadableRepository,
  layer: OciDescriptor,
  { temporary, file, options }: Transfer & { readonly file: FileHandle },
): Promise<boolean> {
  const hash = createHash(layer.digest.slice(0, layer.digest.indexOf(':')));
  let at = 0;
  for await (const chunk of readFileChunks(temporary)) {
    hash.update(chunk);
    await options.pass?.(at, chunk);
    at += chunk.length;
  }
  if (at > layer.size) return false;
  const sink = new FileSink(file, at);
  try {
    const range = { offset: at, lengthBytes: layer.size - at };
    const { signal, onBytes } = options;
    for await (const chunk of repository.readBlob(layer.digest, { range, ...(signal ? { signal } : {}) })) {
      hash.update(chunk);
      await options.pass?.(at, chunk);
      await sink.write(chunk);
      at += chunk.length;
      onBytes?.(at, layer.size);
    }
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'REGISTRY_RANGE_IGNORED') return false;
    throw error;
  } finally {
    await sink.flush();
  }
  if (hash.digest('hex') === digestHex(layer.digest)) return true;
  if (at === layer.size) throw digestMismatch(layer.digest, repository.name);
  return false;
}

/** Gives the file its name; without `overwrite` a file that appeared meanwhile is left alone. */
async function place(temporary: string, path: string, overwrite: boolean): Promise<void> {
  try {
    if (overwrite) await rename(temporary, path);
    else await link(temporary, path);
  } catch (error) {
    if (isErrnoException(error) && error.code === 'EEXIST') throw alreadyThere(path);
    if (overwrite || !isErrnoException(error) || !['EPERM', 'ENOTSUP', 'EXDEV'].includes(error.code ?? ''))
      throw fileError(error, path, 'write');
    if (await isThere(path)) throw alreadyThere(path);
    await rename(temporary, path);
  }
}
