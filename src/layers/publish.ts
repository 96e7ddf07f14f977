// SPDX-License-Identifier: Apache-2.0
// A SIF file → a registry or layout folder: one read of the file serves the upload, its digest and the verdict. The
// blob is only published when the verdict about these very bytes has passed.

import type { ImageVerdict } from '../policy/verdict.ts';
import { RegistryError } from '../registry/errors.ts';
import { pushSif, type PublishedSif } from '../registry/push.ts';
import type { BlobSource, OnBytes, Repository } from '../registry/repository.ts';
import { openSif, type SifImage } from '../sif/image.ts';
import { type ByteSource, openFileSource } from '../sif/source.ts';
import { bundlesOfLane, type LeftOut } from './registry-bundles.ts';
import { examineSif } from './sif-facts.ts';
import { fileChunks, type PassBytes, StreamedDigests } from './streamed.ts';
import { type Judge, judgeFacts } from './verify.ts';

export interface PublishRequest {
  readonly path: string;
  /** How the image is called in the verdict. */
  readonly name: string;
  /** Base name that the manifest gives to the file. */
  readonly title: string;
  readonly tags: readonly string[];
  /** Without a judge everything that is a SIF is published. */
  readonly judge: Judge | undefined;
  readonly onBytes?: OnBytes;
  readonly signal?: AbortSignal;
}

export interface Published {
  /** Undefined when the verdict failed: nothing was published. */
  readonly sif: PublishedSif | undefined;
  readonly verdict: ImageVerdict | undefined;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Publishes an image with its layers, tags last.
 * @throws SifError, RegistryError, NetworkError, SystemError
 */
export async function publishSif(repository: Repository, request: PublishRequest): Promise<Published> {
  await using file = await openFileSource(request.path);
  const image = await openSif(file);
  const { bundles, leftOut } = await bundlesOfLane(image);
  const judging = request.judge ? startJudging(image, request.judge, request) : undefined;
  try {
    const hasher = await judging?.streamed.hasher;
    let verdict: ImageVerdict | undefined;
    const sif = await pushSif(repository, {
      title: request.title,
      tags: request.tags,
      source: blobSource(file, (offset, bytes) => hasher?.update(offset, bytes)),
      async admit() {
        verdict = await judging?.verdict;
        await assertUnchanged(file);
        return verdict === undefined || verdict.verdict === 'passed' ? bundles : undefined;
      },
      ...(request.onBytes ? { onBytes: request.onBytes } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
    });
    return { sif, verdict, leftOut };
  } finally {
    await judging?.abandon();
  }
}

interface Judging {
  readonly streamed: StreamedDigests;
  readonly verdict: Promise<ImageVerdict>;
  /** Ends the wait for bytes that will not come. */
  abandon(): Promise<void>;
}

/** Examines the image with digests that the upload delivers while it streams. */
function startJudging(image: SifImage, judge: Judge, { name }: PublishRequest): Judging {
  const streamed = new StreamedDigests(image);
  const examining = examineSif(image, { name, verifier: judge.verifier, now: judge.now, hash: streamed.hash });
  examining.catch((error: unknown) => streamed.fail(error));
  const verdict = examining.then((examination) => judgeFacts(examination, judge));
  verdict.catch(() => undefined);
  return {
    streamed,
    verdict,
    async abandon() {
      streamed.fail(new Error('the upload ended early'));
      await verdict.catch(() => undefined);
    },
  };
}

/** @throws RegistryError REGISTRY_SOURCE_CHANGED */
export async function assertUnchanged(file: ByteSource): Promise<void> {
  if ((await file.current?.()) === undefined) return;
  throw new RegistryError('REGISTRY_SOURCE_CHANGED', `${file.name} changed while it was pushed`, {
    hint: 'repeat when nothing else writes to the file; nothing was published',
  });
}

/** A file as something to push; `pass` sees every chunk on its way. */
function blobSource(file: ByteSource, pass: PassBytes): BlobSource {
  return {
    sizeBytes: file.sizeBytes,
    open: (offset) => fileChunks(file, { from: offset, to: file.sizeBytes }, pass),
  };
}
