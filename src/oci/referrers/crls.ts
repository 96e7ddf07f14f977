// SPDX-License-Identifier: Apache-2.0
// Revocation lists as referrers of a manifest, one list each.

import { sha256, utf8 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { RegistryError } from '../errors.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../manifest.ts';
import {
  type BlobPusher,
  type Manifest,
  MEDIA_TYPE,
  type OciDescriptor,
  type Referrer,
  type ReferrerWriter,
} from '../oci.ts';
import { type BlobReader, memoryBlob, readSmallBlob } from './bundles.ts';

const ARTIFACT_TYPE = 'application/vnd.countersign.crl.v1';
/** @see https://www.rfc-editor.org/rfc/rfc2585.html#section-4.2 */
const CRL_TYPE = 'application/pkix-crl';

/** True for a referrer that carries a list. */
export function isCrlReferrer({ descriptor }: Referrer): boolean {
  return descriptor.artifactType === ARTIFACT_TYPE;
}

/**
 * The list that a referrer carries, unchecked.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID when it does not hold one alone; and as readBlob
 */
export async function readCrl(repository: BlobReader, { descriptor, manifest }: Referrer): Promise<Uint8Array> {
  const what = `the referrer ${descriptor.digest}`;
  const [layer, ...others] = parseManifest(manifest, what).layers;
  if (!layer || others.length > 0 || layer.size > LIMITS.sifSignatureBytes)
    throw new RegistryError('REGISTRY_MANIFEST_INVALID', `${what} does not hold one revocation list alone`, {
      hint: 'put the list there again with `countersign stamp`',
    });
  return readSmallBlob(repository, layer);
}

/** The manifest that attaches a list, DER; the same one twice is one referrer. */
export function crlManifest(der: Uint8Array, subject: OciDescriptor): Manifest {
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType: ARTIFACT_TYPE,
    config: { mediaType: MEDIA_TYPE.empty, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: CRL_TYPE, size: der.length, digest: sha256(der) }],
    subject: { mediaType: subject.mediaType, size: subject.size, digest: subject.digest },
  };
  return makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
}

/** Pushes a list and attaches it. @throws RegistryError, NetworkError */
export async function attachCrl(
  repository: BlobPusher & ReferrerWriter,
  subject: OciDescriptor,
  der: Uint8Array,
): Promise<{ readonly manifest: Manifest; readonly unlisted: RegistryError | undefined }> {
  const manifest = crlManifest(der, subject);
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(der), memoryBlob(der));
  return { manifest, unlisted: await repository.attachReferrer(manifest) };
}
