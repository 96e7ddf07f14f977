// SPDX-License-Identifier: Apache-2.0
// GPG signatures beside a registry: a folder that a web server or a file system gives to podman, with a file
// `REPOSITORY@sha256=HEX/signature-N` a signature, numbered from 1 without a gap.

import { link, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Digest } from '../base/bytes.ts';
import { fileError, isErrnoException, SystemError } from '../base/errors.ts';
import { readFileBounded } from '../files/files.ts';
import { makeFolder } from '../files/folder.ts';

/** The repository's name without the host, as signatures are filed: `octo-org/app`. */
export function filedName(place: string): string {
  return place.slice(place.indexOf('/') + 1);
}

/**
 * So many, or more, podman takes for an error of the server, and refuses the image.
 * @see https://github.com/containers/image/blob/v5.36.2/docker/docker_image_src.go
 */
export const TOO_MANY_SIGNATURES = 128;
const MAX_BYTES = 65_536;

/** An image as its signatures are filed. */
export interface FiledImage {
  /** Without the host: `octo-org/app`. */
  readonly repository: string;
  readonly digest: Digest;
}

/**
 * The file of a signature, from 1, below the folder.
 * @see https://github.com/containers/image/blob/v5.36.2/docs/signature-protocols.md
 */
export function signaturePath(folder: string, { repository, digest }: FiledImage, index: number): string {
  return join(folder, `${repository}@${digest.replace(':', '=')}`, `signature-${index}`);
}

/**
 * The signatures of an image, as podman reads them: up to the first number that is missing.
 * @throws SystemError, DataError DATA_TOO_LARGE
 */
export async function readLookaside(folder: string, image: FiledImage): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = [];
  while (found.length < TOO_MANY_SIGNATURES) {
    try {
      found.push(await readFileBounded(signaturePath(folder, image, found.length + 1), MAX_BYTES));
    } catch (error) {
      const isMissing = error instanceof SystemError && error.code === 'FILE_NOT_FOUND';
      // A file in the place of a folder is an error for podman.
      if (!isMissing || (isErrnoException(error.cause) && error.cause.code === 'ENOTDIR')) throw error;
      break;
    }
  }
  return found;
}

/** First bytes of an OpenPGP message, as podman knows them. */
const OPENPGP: ReadonlySet<number> = new Set([
  0xa0, 0xa1, 0xa2, 0xa3, 0xc8, 0x90, 0x91, 0x92, 0x3d, 0xc4, 0x88, 0x89, 0x8a, 0x8b, 0xc2,
]);
const NAMED = Buffer.from('\0simple-signing\n');
const OTHER = Buffer.from('\0sigstore-json\n');

/** The OpenPGP message in a file; `other` for a form that podman knows too; undefined for what makes it fail. */
export function simpleSignature(blob: Uint8Array): Uint8Array | 'other' | undefined {
  if (OPENPGP.has(blob[0] ?? 0)) return blob;
  const starts = (name: Buffer) => Buffer.from(blob).subarray(0, name.length).equals(name);
  if (starts(NAMED)) return blob.subarray(NAMED.length);
  return starts(OTHER) ? 'other' : undefined;
}

/**
 * Adds a signature under the next free number and returns its file. It appears as a whole, and of several writers each
 * gets a number of its own.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED, also where there are too many signatures
 */
export async function addToLookaside(folder: string, image: FiledImage, signature: Uint8Array): Promise<string> {
  const temporary = join(dirname(signaturePath(folder, image, 1)), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await makeFolder(dirname(temporary));
    await writeFile(temporary, signature, { flag: 'wx', mode: 0o644, flush: true });
    for (let index = 1; index < TOO_MANY_SIGNATURES; index += 1) {
      const path = signaturePath(folder, image, index);
      if (await isLinked(temporary, path)) return path;
    }
  } catch (error) {
    throw fileError(error, folder, 'write');
  } finally {
    await rm(temporary, { force: true });
  }
  throw new SystemError(
    'FILE_WRITE_FAILED',
    `${dirname(temporary)} has ${TOO_MANY_SIGNATURES - 1} signatures, and podman refuses an image with more`,
    {
      hint: 'remove signatures that are not needed, and number the others from 1 without a gap',
    },
  );
}

/** False when the number is taken. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isErrnoException(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Adds the signatures of one image to those of another that it is a copy of, those that are there aside; how many.
 * @throws as readLookaside, addToLookaside
 */
export async function copyLookaside(folder: string, from: FiledImage, to: FiledImage): Promise<number> {
  const present = await readLookaside(folder, to);
  const missing = (await readLookaside(folder, from)).filter(
    (one) => !present.some((other) => Buffer.compare(one, other) === 0),
  );
  for (const signature of missing) await addToLookaside(folder, to, signature);
  return missing.length;
}
