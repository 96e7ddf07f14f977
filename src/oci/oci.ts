// SPDX-License-Identifier: Apache-2.0
// What a place that stores OCI content can do, whether it is a repository of a registry or an OCI layout folder. Small
// interfaces, composed at the end: code asks for what it uses, and what only reads cannot write.

import type { Digest } from '../base/bytes.ts';
import type { RegistryError } from './errors.ts';

/** Media types that this project reads or writes. */
export const MEDIA_TYPE = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  empty: 'application/vnd.oci.empty.v1+json',
  bundle: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  sifConfig: 'application/vnd.sylabs.sif.config.v1+json',
  sifLayer: 'application/vnd.sylabs.sif.layer.v1.sif',
  /** Written by an early Singularity, misspelt as it is. */
  sifLayerHistoric: 'appliciation/vnd.sylabs.sif.layer.tar',
} as const;

/** Types that a layer may have which is a whole SIF. */
export const SIF_LAYER_TYPES: readonly string[] = [MEDIA_TYPE.sifLayer, MEDIA_TYPE.sifLayerHistoric];

/**
 * Names content in a registry.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md
 */
export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest or index: the exact bytes received or to be sent, never a re-serialisation. */
export interface Manifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** A part of a blob; both numbers in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Called while bytes move: how many have been sent or received, of how many. */
export type OnBytes = (done: number, total: number | undefined) => void;

/** Which part of a blob is read, and how. */
export interface ReadBlobOptions {
  /** Only these bytes; without it the whole blob is read, resumed after broken connections, and its digest checked. */
  readonly range?: ByteRange;
  /** Size from the manifest; more or fewer bytes are an error. Ignored with a range. */
  readonly sizeBytes?: number;
  readonly onBytes?: OnBytes;
}

/** Bytes that can be read from any offset again, so that an interrupted upload can go on. */
export interface BlobSource {
  readonly sizeBytes: number;
  /** The bytes from `offset` to the end; each chunk is valid until the next one is asked for. */
  open(offset: number): AsyncIterable<Uint8Array>;
}

/** How a blob is stored. */
export interface PushBlobOptions {
  readonly onBytes?: OnBytes;
  /** Certainly not there yet: do not ask. */
  readonly fresh?: boolean;
  /** Repository on the same host that may have the blob already, for a mount. */
  readonly mountFrom?: string;
}

/** How a blob is stored whose digest is not known yet. */
export interface StreamBlobOptions extends PushBlobOptions {
  /**
   * Asked once, with the digest of what was sent, when all bytes are there and nothing is published yet.
   * False or an exception leaves nothing behind.
   */
  commit(digest: Digest): Promise<boolean>;
}

/** What became of a blob. */
export interface PushedBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** `exists`: nothing was sent; `mounted`: taken from another repository; `declined`: `commit` said no. */
  readonly outcome: 'uploaded' | 'exists' | 'mounted' | 'declined';
}

/** A manifest whose `subject` is the digest that was asked for: fetched, checked, and described by its own content. */
export interface Referrer {
  /** `artifactType` (else the config's media type) and annotations come from the manifest itself, not from a listing. */
  readonly descriptor: OciDescriptor;
  readonly manifest: Manifest;
}

/** What refers to a manifest. */
export interface ReferrerList {
  /** Ascending by digest. */
  readonly referrers: readonly Referrer[];
  /** Listed entries that are not referrers of the subject, or could not be read. */
  readonly rejected: readonly { readonly digest: string; readonly reason: string }[];
  /** Bytes of all manifests that were read for it, whatever became of them. */
  readonly readBytes: number;
  /** False when entries were left out: more than LIMITS.referrers, or more bytes than LIMITS.referrerManifestBytes. */
  readonly complete: boolean;
  /** Tags of others for the subject, which name what nothing here can check. */
  readonly otherTags: readonly string[];
}

/** What every place has. */
export interface Named {
  /** For people: `registry/repository` or `oci:folder`. */
  readonly name: string;
}

/** Reads manifests by tag or digest. */
export interface ManifestFetcher extends Named {
  /** Digest, size and type of a tag or digest; undefined when there is no such manifest. */
  resolve(reference: string): Promise<OciDescriptor | undefined>;
  /** The manifest of a tag or digest, its digest checked; undefined when there is none. */
  getManifest(reference: string): Promise<Manifest | undefined>;
}

/** Reads blobs by digest. */
export interface BlobFetcher extends Named {
  /** Size of a blob, undefined when it is not there. */
  blobSize(digest: Digest): Promise<number | undefined>;
  /**
   * Streams a blob. A whole read ends with REGISTRY_DIGEST_MISMATCH when the bytes are not the digest's; do not use
   * the bytes before the stream has ended. A range cannot be checked by digest: check what is in it.
   */
  readBlob(digest: Digest, options?: ReadBlobOptions): AsyncIterable<Uint8Array>;
}

/** Lists what refers to a manifest. */
export interface ReferrerLister extends Named {
  /** Every referrer of a manifest, however this place lists them. */
  listReferrers(subject: Digest): Promise<ReferrerList>;
  /** What other clients find, in the order of the list; only a registry has such clients. */
  listAsOthers?(subject: Digest): Promise<readonly Digest[]>;
}

/** Lists tags. */
export interface TagLister extends Named {
  tags(): Promise<readonly string[]>;
}

/** A place to read from. */
export interface ReadableRepository extends ManifestFetcher, BlobFetcher, ReferrerLister, TagLister {}

/** Stores blobs. */
export interface BlobPusher extends Named {
  /** Stores bytes whose digest is known; sends nothing when they are already there. */
  pushBlob(digest: Digest, source: BlobSource, options?: PushBlobOptions): Promise<PushedBlob>;
  /** Stores bytes whose digest is only known when they have been read: one read, published only if `commit` agrees. */
  streamBlob(source: BlobSource, options: StreamBlobOptions): Promise<PushedBlob>;
  /** True when the blob was taken over from another repository of the same host without moving bytes. */
  mountBlob(digest: Digest, fromRepository: string): Promise<boolean>;
}

/** Stores manifests and moves tags. */
export interface ManifestPusher extends Named {
  /** Stores a manifest under a tag or its digest. */
  putManifest(manifest: Manifest, reference: string): Promise<void>;
}

/** Attaches manifests to others, and takes them away again. */
export interface ReferrerWriter extends Named {
  /**
   * Stores a manifest that has a `subject` so that listReferrers finds it: read, merge, write, read back, until it is
   * there. Foreign entries of a shared index survive. Blobs must be pushed before. Where the registry does not let the
   * shared index change, the layer is stored and found all the same: why others do not see it is handed back.
   */
  attachReferrer(manifest: Manifest): Promise<RegistryError | undefined>;
  /** The same for many of one subject at once; with `unwanted` what a registry does not take is told and left out. */
  attachReferrers(
    manifests: readonly Manifest[],
    unwanted?: (manifest: Manifest, why: RegistryError) => void,
  ): Promise<RegistryError | undefined>;
  /** Fails when it is known beforehand that detachReferrer would, before anything is written. */
  assertDetachable(referrer: Manifest): Promise<void>;
  /** Takes a manifest with a `subject` away, so that listReferrers finds it no more; `instead` takes its own tag if need be. */
  detachReferrer(referrer: Manifest, instead: Manifest): Promise<void>;
  /** Puts layers of ours that a shared list lost back into it; true when it lacked one. */
  repairReferrers(subject: Digest): Promise<boolean>;
}

/** A place to read from and write to. */
export interface Repository extends ReadableRepository, BlobPusher, ManifestPusher, ReferrerWriter {}
