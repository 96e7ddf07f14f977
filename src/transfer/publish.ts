// SPDX-License-Identifier: Apache-2.0
// A SIF file → a registry or layout folder: one read of the file serves the upload, its digest and the verdict. The
// blob is only published when the verdict about these very bytes has passed.

import type { ImageVerdict } from '../policy/verdict.ts';
import { pushSif, type PublishedSif } from './send-sif.ts';
import type { BlobSource, OnBytes, Repository } from '../oci/oci.ts';
import { openSif, type SifImage } from '../sif/sif.ts';
import { type ByteSource, openFileSource } from '../sif/source.ts';
import { bundlesOfLane, type LeftOut } from '../stage/bundles.ts';
import { examineSif, type SifExamination } from '../image/sif/examine.ts';
import { readSignatureObjects } from '../image/sif/signature-objects.ts';
import { assertUnchanged, fileChunks, type PassBytes, StreamedDigests } from './file-stream.ts';
import { type Criteria, judgeImage } from '../image/verify.ts';

/** Which file is published, and under which condition. */
export interface PublishRequest {
  readonly path: string;
  /** How the image is called in the verdict. */
  readonly name: string;
  /** Base name that the manifest gives to the file. */
  readonly title: string;
  readonly tags: readonly string[];
  /** Without criteria everything that is a SIF is published. */
  readonly criteria: Criteria | undefined;
  /** Asked about what was read when the verdict has passed; false publishes nothing. */
  readonly admits?: (examination: SifExamination) => Promise<boolean>;
  readonly onBytes?: OnBytes;
}

/** What became of it. */
export interface Published {
  /** Undefined when the verdict failed, or the image was not admitted: nothing was published. */
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
  const objects = await readSignatureObjects(image);
  const { bundles, leftOut } = bundlesOfLane(objects);
  const streamed = new StreamedDigests(image);
  const examining = request.criteria ? examineStreamed(image, request.criteria, { request, streamed }) : undefined;
  if (!examining) void streamed.hash(image, [], { algorithms: new Set(['sha256']) });
  try {
    const hasher = await streamed.hasher;
    let verdict: ImageVerdict | undefined;
    const sif = await pushSif(repository, {
      title: request.title,
      tags: request.tags,
      source: blobSource(file, (offset, bytes) => hasher.update(offset, bytes)),
      async admit() {
        await streamed.assertPassed(objects);
        const examination = await examining;
        if (examination && request.criteria) {
          await streamed.assertPassed(examination.objects);
          verdict = judgeImage(examination, request.criteria);
        }
        const passed = verdict === undefined || verdict.verdict === 'passed';
        const admitted = passed && (!examination || ((await request.admits?.(examination)) ?? true));
        await assertUnchanged(file);
        return admitted ? bundles : undefined;
      },
      confirm: () => assertUnchanged(file),
      ...(request.onBytes ? { onBytes: request.onBytes } : {}),
    });
    return { sif, verdict, leftOut };
  } finally {
    streamed.fail(new Error('the upload ended early'));
    await examining?.catch(() => undefined);
  }
}

/** Examines the image with digests that the upload delivers while it streams. */
function examineStreamed(
  image: SifImage,
  { verifier, now }: Criteria,
  { request, streamed }: { readonly request: PublishRequest; readonly streamed: StreamedDigests },
): Promise<SifExamination> {
  const examining = examineSif(image, { name: request.name, verifier, now, hash: streamed.hash });
  examining.catch((error: unknown) => streamed.fail(error));
  return examining;
}

/** A file as something to push; `pass` sees every chunk on its way. */
function blobSource(file: ByteSource, pass: PassBytes): BlobSource {
  return {
    sizeBytes: file.sizeBytes,
    open: (offset) => fileChunks(file, { from: offset, to: file.sizeBytes }, pass),
  };
}
