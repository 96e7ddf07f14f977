// SPDX-License-Identifier: Apache-2.0
// Reference → the repository or folder it names, ready to use. A repository of a registry is composed here, of blobs, uploads,
// manifests and referrers over one session.

import type { Digest } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isLoopbackHost, proxyFromEnv } from '../net/connect.ts';
import { createHttpClient } from '../net/http.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../net/retry.ts';
import { type CredentialSources, findCredential, usableAt } from './auth/credentials.ts';
import type { RegistryError } from './errors.ts';
import { LayoutIndex } from './layout/index.ts';
import { LayoutRepository } from './layout/layout.ts';
import { parseList } from './manifest.ts';
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
} from './oci.ts';
import { formatPlace, parseReference, type Reference, referrersTag, type RegistryReference } from './reference.ts';
import { attachReferrer, attachReferrers, type OnUnwanted, repairReferrers } from './referrers/attach.ts';
import { assertDetachable, detachReferrer } from './referrers/detach.ts';
import { askReferrersApi, listReferrers, readShared } from './referrers/referrers.ts';
import { blobSize, readBlob, sizeMismatch } from './remote/blobs.ts';
import { type ClientOptions, RegistryClient, type UploadPreference } from './remote/client.ts';
import { getManifest, getSharedTag, listTags, putManifest, resolveManifest } from './remote/manifests.ts';
import { openSession } from './remote/upload-session.ts';
import { uploadBlob } from './remote/upload.ts';

/** How a reference is opened. */
export interface OpenOptions {
  readonly access: 'pull' | 'push';
  /** The image is there already: a layout folder that does not exist is an error, whatever the access. */
  readonly existing?: boolean;
  readonly clock: Clock;
  readonly credentials: CredentialSources;
  /** PEM certificates of private CAs. */
  readonly extraCa?: readonly string[];
  readonly retry?: RetryPolicy;
  readonly idleTimeoutMs?: number | undefined;
  readonly connectTimeoutMs?: number;
  /** HTTP without TLS; by default only for this machine, and never for the public registries. */
  readonly plainHttp?: boolean | undefined;
  readonly upload?: UploadPreference;
  readonly mountFrom?: readonly string[];
  readonly userAgent?: string;
}

/** A repository that is open, to be disposed of. */
export interface OpenedRepository extends AsyncDisposable {
  readonly repository: Repository;
  readonly reference: Reference;
}

/**
 * Opens what a reference names; a layout folder is made when it is to be written and is not there.
 * @throws RegistryError REGISTRY_REFERENCE_INVALID, REGISTRY_LAYOUT_INVALID; NetworkError NETWORK_PROXY_FAILED; SystemError
 */
export async function openRepository(text: string | Reference, options: OpenOptions): Promise<OpenedRepository> {
  const reference = typeof text === 'string' ? parseReference(text) : text;
  if (reference.in === 'registry') return openRegistry(reference, options);
  const { access, clock, existing = false } = options;
  const index = await (access === 'push' && !existing
    ? LayoutIndex.create(reference.folder, clock)
    : LayoutIndex.open(reference.folder, clock));
  const repository = new LayoutRepository(reference.folder, index);
  return { repository, reference, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Public registries, which speak TLS and nothing else: plain HTTP there is somebody listening. */
const ONLY_TLS: ReadonlySet<string> = new Set(['ghcr.io', 'docker.io']);

function openRegistry(reference: RegistryReference, options: OpenOptions): OpenedRepository {
  const { credentials, clock, retry = DEFAULT_RETRY, access, idleTimeoutMs } = options;
  const onlyTls = ONLY_TLS.has(reference.registry);
  const plainHttp = options.plainHttp === true && !onlyTls;
  const onThisMachine = isLoopbackHost(new URL(`http://${reference.apiHost}`).hostname);
  const scheme = !onlyTls && (options.plainHttp ?? onThisMachine) ? 'http' : 'https';
  const address = new URL(`${scheme}://${reference.apiHost}`);
  const { connectTimeoutMs, extraCa, userAgent, upload, mountFrom } = options;
  const proxy = proxyFromEnv(credentials.env);
  const http = createHttpClient({ proxy, plainHttp, extraCa, connectTimeoutMs, idleTimeoutMs, userAgent });
  const findLogin = async () => usableAt(await findCredential(reference, credentials), address);
  const login = { findCredential: findLogin, mask: credentials.mask };
  const client: ClientOptions = {
    ...login,
    http,
    plainHttp,
    scheme,
    clock,
    retry,
    access,
    idleTimeoutMs,
    upload,
    mountFrom,
  };
  const repository = new RegistryRepository(reference, client);
  const close = (): Promise<void> => Promise.resolve(http.close());
  return { repository, reference, [Symbol.asyncDispose]: close };
}

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

  attachReferrers(manifests: readonly Manifest[], unwanted?: OnUnwanted): Promise<RegistryError | undefined> {
    return attachReferrers(this.client, manifests, unwanted);
  }

  assertDetachable(referrer: Manifest): Promise<void> {
    return assertDetachable(this.client, referrer);
  }

  detachReferrer(referrer: Manifest, instead: Manifest): Promise<void> {
    return detachReferrer(this.client, referrer, instead);
  }

  repairReferrers(subject: Digest): Promise<boolean> {
    return repairReferrers(this.client, subject);
  }
}
