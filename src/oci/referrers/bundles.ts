// SPDX-License-Identifier: Apache-2.0
// Sigstore bundles as referrers of a manifest, in the shape that cosign 3 writes and reads.

import { sha256, utf8 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { toSecond } from '../../base/text.ts';
import { RegistryError } from '../errors.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../manifest.ts';
import {
  type BlobFetcher,
  type BlobPusher,
  type BlobSource,
  type Manifest,
  MEDIA_TYPE,
  type OciDescriptor,
  type Referrer,
  type ReferrerWriter,
} from '../oci.ts';

/** Artifact types of bundles begin so, whatever their version: `…bundle.v0.3+json`, `…bundle+json;version=0.3`. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';

/** A further layer of a bundle's manifest: what belongs to the bundle and is none itself. */
export interface Companion {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A bundle as it is attached. */
export interface BundleToAttach {
  readonly bytes: Uint8Array;
  /**
   * Layers after the bundle. cosign passes over a manifest with a second layer instead of judging it, so bundles that
   * it cannot read (OpenPGP) always have one; else they would hide the legacy signatures of other stages from it.
   */
  readonly companions?: readonly Companion[];
  /** Further annotations of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Media type in the bundle itself. */
  readonly mediaType: string;
  readonly predicateType: string;
  /** Time of signing: fixed for a bundle, so that attaching it twice gives the same manifest. */
  readonly createdAt: Date;
}

/**
 * The manifest that attaches a bundle to a subject.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
export function bundleManifest(bundle: BundleToAttach, subject: OciDescriptor): Manifest {
  const companions = (bundle.companions ?? []).map(({ mediaType, bytes, annotations }) => ({
    mediaType,
    size: bytes.length,
    digest: sha256(bytes),
    ...(annotations ? { annotations } : {}),
  }));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.empty, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: bundle.mediaType, size: bundle.bytes.length, digest: sha256(bundle.bytes) }, ...companions],
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': bundle.predicateType,
      'org.opencontainers.image.created': toSecond(bundle.createdAt),
      ...bundle.annotations,
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

/** A manifest that was attached; `unlisted` says why others do not see it, as attachReferrer does. */
export interface Attached {
  readonly manifest: Manifest;
  readonly unlisted: RegistryError | undefined;
}

/**
 * Pushes a bundle and attaches it; the same bundle twice is one referrer. What readBundle would refuse is not pushed.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID and others; NetworkError
 */
export async function attachBundle(
  repository: BlobPusher & ReferrerWriter,
  subject: OciDescriptor,
  bundle: BundleToAttach,
): Promise<Attached> {
  const manifest = bundleManifest(bundle, subject);
  assertReadable(manifest);
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  for (const { bytes } of [bundle, ...(bundle.companions ?? [])])
    await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  return { manifest, unlisted: await repository.attachReferrer(manifest) };
}

/** True for a referrer that says it holds a Sigstore bundle. */
export function isBundleReferrer(referrer: Referrer): boolean {
  const { artifactType } = referrer.descriptor;
  if (artifactType?.startsWith(BUNDLE_TYPE)) return true;
  const { layers } = parseManifest(referrer.manifest, 'the referrer');
  return layers[0]?.mediaType.startsWith(BUNDLE_TYPE) === true;
}

/** A bundle as its referrer holds it. */
export interface AttachedBundle {
  readonly bytes: Uint8Array;
  /** Media types of all layers of its manifest, its own first. */
  readonly layerTypes: readonly string[];
  readonly companions: readonly Companion[];
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The bundle and its companions of one media type, checked by digest and bounded.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID when the first layer is no bundle or something is too large; and as readBlob
 */
export async function readBundle(
  repository: BlobReader,
  referrer: Referrer,
  companionType: string,
): Promise<AttachedBundle> {
  const what = `the referrer ${referrer.descriptor.digest}`;
  const { layers, annotations } = parseManifest(referrer.manifest, what);
  const [layer, ...rest] = layers;
  if (!layer?.mediaType.startsWith(BUNDLE_TYPE)) throw malformed(`${what} holds no bundle as its first layer`);
  const wanted = rest.filter(({ mediaType }) => mediaType === companionType);
  assertSizes(what, layer, wanted);
  const companions: Companion[] = [];
  for (const companion of wanted)
    companions.push({
      mediaType: companion.mediaType,
      bytes: await readSmallBlob(repository, companion),
      ...(companion.annotations ? { annotations: companion.annotations } : {}),
    });
  const layerTypes = layers.map(({ mediaType }) => mediaType);
  return { bytes: await readSmallBlob(repository, layer), layerTypes, companions, annotations };
}

/** The limits of readers: manifest, bundle, and all that travels with it. */
function assertReadable(manifest: Manifest): void {
  const what = 'the manifest to attach';
  const [layer, ...rest] = parseManifest(manifest, what).layers;
  if (manifest.bytes.length > LIMITS.manifestBytes) throw malformed(`${what} has ${manifest.bytes.length} bytes`);
  if (layer) assertSizes(what, layer, rest);
}

function assertSizes(what: string, layer: OciDescriptor, companions: readonly OciDescriptor[]): void {
  const companionBytes = companions.reduce((sum, { size }) => sum + size, 0);
  if (layer.size > LIMITS.bundleBytes || companionBytes > LIMITS.companionBytes)
    throw malformed(`${what} holds a bundle of ${layer.size} bytes and ${companionBytes} bytes beside it`);
}

function malformed(message: string): RegistryError {
  return new RegistryError('REGISTRY_MANIFEST_INVALID', message, { hint: 'attach the bundle again' });
}

/** Where small blobs are read. One that keeps them gives the same bytes to everybody, for reading only. */
export interface BlobReader extends Pick<BlobFetcher, 'readBlob'> {
  readWhole?(descriptor: Pick<OciDescriptor, 'digest' | 'size'>): Promise<Uint8Array>;
}

/** A blob whole in memory; the caller has checked its size against a limit. @throws as readBlob */
export async function readSmallBlob(
  repository: BlobReader,
  descriptor: Pick<OciDescriptor, 'digest' | 'size'>,
): Promise<Uint8Array> {
  if (repository.readWhole) return repository.readWhole(descriptor);
  const parts: Uint8Array[] = [];
  for await (const part of repository.readBlob(descriptor.digest, { sizeBytes: descriptor.size })) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
