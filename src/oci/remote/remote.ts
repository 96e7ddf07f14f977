// SPDX-License-Identifier: Apache-2.0
// A repository of a registry as a Repository: composes blobs, uploads, manifests and referrers over one session.

import type { Digest } from '../../base/bytes.ts';
import { attachReferrer, repairReferrers } from '../referrers/attach.ts';
import { blobSize, readBlob, sizeMismatch } from './blobs.ts';
import { type ClientOptions, RegistryClient } from './client.ts';
import { assertDetachable, detachReferrer } from '../referrers/detach.ts';
import type { RegistryError } from '../errors.ts';
import { getManifest, getSharedTag, listTags, putManifest, resolveManifest } from './manifests.ts';
import { parseList } from '../manifest.ts';
import { askReferrersApi, listReferrers, readShared } from '../referrers/referrers.ts';
import { formatPlace, referrersTag, type RegistryReference } from '../reference.ts';
import type {
  BlobSource,
  Manifest,
  OciDescriptor,
  PushBlobOptions,
  PushedBlob,
  ReadBlobOptions,
  ReferrerList,
  Repository,
  StreamBlobOptions,
} from '../oci.ts';
import { openSession } from './upload-session.ts';
import { uploadBlob } from './upload.ts';

/** A repository of a registry. */
export class RegistryRepository implements Repository {
  readonly name: string;
  readonly client: RegistryClient;

  constructor(reference: RegistryReference, options: ClientOptions) {
    this.name = formatPlace(reference);
    this.client = new RegistryClient(reference, options);
  }

  resolve(reference: string): Promise<OciDescriptor | undefined> {
    return resolveManifest(this.client, reference);
  }

  getManifest(reference: string): Promise<Manifest | undefined> {
    return getManifest(this.client, reference);
  }

  blobSize(digest: Digest): Promise<number | undefined> {
    return blobSize(this.client, digest);
  }

  readBlob(digest: Digest, options?: ReadBlobOptions): AsyncIterable<Uint8Array> {
    return readBlob(this.client, digest, options);
  }

  listReferrers(subject: Digest): Promise<ReferrerList> {
    return listReferrers(this.client, subject);
  }

  async listAsOthers(subject: Digest): Promise<readonly Digest[]> {
    const list =
      (await askReferrersApi(this.client, subject, 1)) ??
      (await readShared(referrersTag(subject), subject, (tag) => getSharedTag(this.client, tag)));
    return list.digests;
  }

  tags(): Promise<readonly string[]> {
    return listTags(this.client);
  }

  async pushBlob(digest: Digest, source: BlobSource, options: PushBlobOptions = {}): Promise<PushedBlob> {
    const { sizeBytes } = source;
    const there = options.fresh ? undefined : await this.blobSize(digest);
    if (there !== undefined && there !== sizeBytes)
      throw sizeMismatch(digest, this.name, { got: there, wanted: sizeBytes });
    if (there !== undefined) return { digest, sizeBytes, outcome: 'exists' };
    const mount = options.mountFrom === undefined ? undefined : { digest, from: options.mountFrom };
    const session = await openSession(this.client, mount);
    if (session === 'mounted') return { digest, sizeBytes, outcome: 'mounted' };
    await uploadBlob(this.client, source, { ...options, digest, session });
    return { digest, sizeBytes, outcome: 'uploaded' };
  }

  async streamBlob(source: BlobSource, options: StreamBlobOptions): Promise<PushedBlob> {
    const { sizeBytes } = source;
    let asked: Digest | undefined;
    const commit = (digest: Digest): Promise<boolean> => {
      asked = digest;
      return options.commit(digest);
    };
    const stored = await uploadBlob(this.client, source, { ...options, commit });
    const digest = stored ?? asked;
    if (digest === undefined) throw new Error('an upload ended without a digest');
    return { digest, sizeBytes, outcome: stored === undefined ? 'declined' : 'uploaded' };
  }

  async mountBlob(digest: Digest, fromRepository: string): Promise<boolean> {
    return (await openSession(this.client, { digest, from: fromRepository })) === 'mounted';
  }

  async putManifest(manifest: Manifest, reference: string): Promise<void> {
    const subject = parseList(manifest, 'the manifest to put').subject?.digest;
    await putManifest(this.client, manifest, { reference, subject });
  }

  attachReferrer(manifest: Manifest): Promise<RegistryError | undefined> {
    return attachReferrer(this.client, manifest);
  }

  assertDetachable(referrer: Manifest): Promise<void> {
    return assertDetachable(this.client, referrer);
  }

  detachReferrer(referrer: Manifest, instead: Manifest): Promise<void> {
    return detachReferrer(this.client, referrer, instead);
  }

  repairReferrers(subject: Digest): Promise<void> {
    return repairReferrers(this.client, subject);
  }
}
