// SPDX-License-Identifier: Apache-2.0
// Is all of an image there, and is it what its manifests name? A manifest's digest binds config and layers; this looks at
// the bytes themselves, for every platform: read and hashed on request, else, in a layout folder, their sizes.

import { counted } from '../../base/text.ts';
import { shortDigest, type Digest } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Reason } from '../../findings/signature.ts';
import { RegistryError } from '../../oci/errors.ts';
import { ACCEPT_MANIFESTS, parseManifest } from '../../oci/manifest.ts';
import type { OciDescriptor, BlobFetcher } from '../../oci/oci.ts';
import { isFolder, type RegistryImage } from './image.ts';

/** Problems that are listed one by one. */
const SHOWN = 20;
/** Layers that their maker keeps outside registries, as old Windows base images do. */
const KEPT_ELSEWHERE = /\.nondistributable\.|\.foreign\./;
const MANIFEST_TYPES: readonly string[] = ACCEPT_MANIFESTS.split(', ');

/** How the blobs of an image are looked at. */
export interface BlobCheck {
  /** Read and hash every blob; without it only those in a folder are looked at, by size. */
  readonly verifyData: boolean;
  readonly onBytes?: (done: number, total: number) => void;
}

interface Wanted extends OciDescriptor {
  /** `config` or `layer`, and of which manifest. */
  readonly what: string;
}

/**
 * What is missing or altered in an image that is no SIF.
 * @throws RegistryError, NetworkError, SystemError when it cannot be found out
 */
export async function blobProblems(image: RegistryImage, check: BlobCheck): Promise<readonly Reason[]> {
  const { repository } = image;
  const problems: Reason[] = [];
  const wanted = new Map<string, Wanted>();
  for (const subject of image.subjects) {
    const found = await manifestProblems(image, subject, wanted);
    problems.push(...(isFolder(repository) ? found.map(asAbsentPlatform) : found));
    if (wanted.size > LIMITS.imageBlobs) return [tooMany(image)];
  }
  const total = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const blob of wanted.values()) {
    const progress = (bytes: number): void => check.onBytes?.(done + bytes, total);
    const problem = check.verifyData
      ? await readProblem(repository, blob, progress)
      : await sizeProblem(repository, blob);
    if (problem) problems.push(problem);
    done += blob.size;
  }
  return shortened(problems);
}

/**
 * A folder may hold some platforms of an image only, as docker and containerd save what they have: then nobody can run
 * the others from it.
 */
function asAbsentPlatform(problem: Reason): Reason {
  if (problem.code !== 'REGISTRY_BLOB_MISSING') return problem;
  return {
    ...problem,
    severity: 'remark',
    hint: 'nothing, if this platform is not needed here; else copy the image anew with all its platforms',
  };
}

/** Adds what a manifest names to `wanted`, each blob once. */
async function manifestProblems(
  { repository, manifest: top }: RegistryImage,
  subject: OciDescriptor,
  wanted: Map<string, Wanted>,
): Promise<readonly Reason[]> {
  const what = `manifest ${subject.digest}`;
  const add = (blob: OciDescriptor, name: string): void => {
    wanted.set(`${blob.digest} ${blob.size}`, { ...blob, what: name });
  };
  if (!MANIFEST_TYPES.includes(subject.mediaType)) {
    add(subject, 'entry of the index');
    return [];
  }
  try {
    const manifest = subject.digest === top.digest ? top : await repository.getManifest(subject.digest);
    if (!manifest) return [missing(what, subject)];
    if (manifest.bytes.length !== subject.size) return [otherSize(what, manifest.bytes.length, subject)];
    const { config, layers } = parseManifest(manifest, what);
    const of = `of ${shortDigest(subject.digest)}`;
    if (config) add(config, `config ${of}`);
    for (const layer of layers) add(layer, `layer ${of}`);
    return [];
  } catch (error) {
    return [contentProblem(error, what, subject)];
  }
}

async function sizeProblem(repository: BlobFetcher, blob: Wanted): Promise<Reason | undefined> {
  const size = await repository.blobSize(blob.digest);
  if (size === undefined) return missing(blob.what, blob);
  return size === blob.size ? undefined : otherSize(blob.what, size, blob);
}

async function readProblem(
  repository: BlobFetcher,
  blob: Wanted,
  progress: (bytes: number) => void,
): Promise<Reason | undefined> {
  try {
    let done = 0;
    for await (const chunk of repository.readBlob(blob.digest, { sizeBytes: blob.size })) {
      done += chunk.length;
      progress(done);
    }
    return undefined;
  } catch (error) {
    return contentProblem(error, blob.what, blob);
  }
}

/** Trouble with the registry itself is thrown on: then nothing is known. */
function contentProblem(error: unknown, what: string, blob: OciDescriptor): Reason {
  if (!(error instanceof RegistryError)) throw error;
  switch (error.code) {
    case 'REGISTRY_NOT_FOUND':
      return missing(what, blob);
    case 'REGISTRY_DIGEST_MISMATCH':
      return altered(what, 'has other content than its digest says', blob);
    case 'REGISTRY_DOCUMENT_AMBIGUOUS':
    case 'REGISTRY_SIZE_MISMATCH':
    case 'REGISTRY_MANIFEST_INVALID':
      return altered(what, `is not what is named: ${error.message}`, blob);
    default:
      throw error;
  }
}

function missing(what: string, { digest, mediaType }: OciDescriptor): Reason {
  if (KEPT_ELSEWHERE.test(mediaType))
    return {
      code: 'REGISTRY_BLOB_ELSEWHERE',
      message: `${naming(what, digest)} is kept outside the registry and was not looked at`,
      hint: 'nothing: who runs the image fetches it by its digest',
      severity: 'remark',
    };
  return {
    code: 'REGISTRY_BLOB_MISSING',
    message: `${naming(what, digest)} is not there`,
    hint: 'copy or push the image again, all platforms of it',
  };
}

function otherSize(what: string, size: number, blob: OciDescriptor): Reason {
  return altered(what, `has ${counted(size, 'byte')} instead of ${blob.size}`, blob);
}

function altered(what: string, problem: string, { digest }: OciDescriptor): Reason {
  return {
    code: 'REGISTRY_BLOB_ALTERED',
    message: `${naming(what, digest)} ${problem}`,
    hint: 'do not use this image; copy or push it again, and find out who altered it',
  };
}

/** The kind of thing and its whole digest, once. */
function naming(what: string, digest: Digest): string {
  return what.includes(digest) ? `the ${what}` : `the ${what}, ${digest},`;
}

function tooMany({ name: image }: RegistryImage): Reason {
  return {
    code: 'REGISTRY_BLOBS_TOO_MANY',
    message: `${image} names more than ${LIMITS.imageBlobs} blobs, all platforms together, and they were not looked at`,
    hint: 'check that this is the right image; if it is, build it with fewer layers, or as an image for each platform',
  };
}

/** The first ones and how many more there are; a remark pushes no problem out. */
function shortened(problems: readonly Reason[]): readonly Reason[] {
  const real = problems.filter(({ severity }) => severity !== 'remark');
  const ordered = [...real, ...problems.filter(({ severity }) => severity === 'remark')];
  const [next] = ordered.slice(SHOWN);
  if (!next) return ordered;
  return [...ordered.slice(0, SHOWN), { ...next, message: `and ${ordered.length - SHOWN} more, as ${next.message}` }];
}
