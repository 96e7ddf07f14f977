// SPDX-License-Identifier: Apache-2.0
// Sigstore bundles as referrers of a manifest, in the shape that cosign 3 writes and reads.

import { utf8 } from '../primitives/bytes.ts';
import { sha256 } from '../primitives/digest.ts';
import { LIMITS } from '../primitives/limits.ts';
import { RegistryError } from './errors.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from './manifest.ts';
import {
  type BlobSource,
  type Manifest,
  MEDIA_TYPE,
  type OciDescriptor,
  type ReadableRepository,
  type Referrer,
  type Repository,
} from './repository.ts';

/** Artifact types of bundles begin so, whatever their version: `…bundle.v0.3+json`, `…bundle+json;version=0.3`. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';

export interface BundleToAttach {
  readonly bytes: Uint8Array;
  /** Media type in the bundle itself. */
  readonly mediaType: string;
  readonly predicateType: string;
  /** Time of signing: fixed for a bundle, so that attaching it twice gives the same manifest. */
  readonly createdAt: Date;
}

/**
 * The manifest that attaches a bundle to a subject.
 * @see OCI image-spec v1.1.0, manifest.md, section Guidelines for Artifact Usage
 */
export function bundleManifest(bundle: BundleToAttach, subject: OciDescriptor): Manifest {
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.empty, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: bundle.mediaType, size: bundle.bytes.length, digest: sha256(bundle.bytes) }],
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': bundle.predicateType,
      'org.opencontainers.image.created': `${bundle.createdAt.toISOString().slice(0, 19)}Z`,
    },
    subject: { mediaType: subject.mediaType, size: subject.size, digest: subject.digest },
    artifactType: bundle.mediaType,
  };
  return makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
}

/** Bytes in memory as something to push. */
export function memoryBlob(bytes: Uint8Array): BlobSource {
  return {
    sizeBytes: bytes.length,
    async *open(offset) {
      if (offset < bytes.length) yield bytes.subarray(offset);
    },
  };
}

/**
 * Pushes a bundle and attaches it; the same bundle twice is one referrer.
 * @throws RegistryError, NetworkError
 */
export async function attachBundle(
  repository: Repository,
  subject: OciDescriptor,
  bundle: BundleToAttach,
): Promise<Manifest> {
  const manifest = bundleManifest(bundle, subject);
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(bundle.bytes), memoryBlob(bundle.bytes));
  await repository.attachReferrer(manifest);
  return manifest;
}

/** True for a referrer that says it holds a Sigstore bundle. */
export function isBundleReferrer(referrer: Referrer): boolean {
  const { artifactType } = referrer.descriptor;
  if (artifactType?.startsWith(BUNDLE_TYPE)) return true;
  const { layers } = parseManifest(referrer.manifest, 'the referrer');
  return layers.length === 1 && layers[0]?.mediaType.startsWith(BUNDLE_TYPE) === true;
}

/**
 * The bundle's bytes, checked by digest, at most LIMITS.bundleBytes.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID when there is not exactly one layer or it is too large; and as readBlob
 */
export async function readBundle(repository: ReadableRepository, referrer: Referrer): Promise<Uint8Array> {
  const what = `the referrer ${referrer.descriptor.digest}`;
  const { layers } = parseManifest(referrer.manifest, what);
  const [layer] = layers;
  if (!layer || layers.length !== 1) throw malformed(`${what} has ${layers.length} layers and not one`);
  if (layer.size > LIMITS.bundleBytes) throw malformed(`${what} holds a bundle of ${layer.size} bytes`);
  return readSmallBlob(repository, layer);
}

function malformed(message: string): RegistryError {
  return new RegistryError('REGISTRY_MANIFEST_INVALID', message, { hint: 'attach the bundle again' });
}

/** A blob whole in memory; the caller has checked its size against a limit. @throws as readBlob */
export async function readSmallBlob(repository: ReadableRepository, descriptor: OciDescriptor): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of repository.readBlob(descriptor.digest, { sizeBytes: descriptor.size })) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
