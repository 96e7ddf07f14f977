// SPDX-License-Identifier: Apache-2.0
// Signatures of the Notary Project as referrers of a manifest.

import { sha256, utf8 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { toSecond } from '../../base/text.ts';
import { RegistryError } from '../errors.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../manifest.ts';
import { type BlobPusher, MEDIA_TYPE, type OciDescriptor, type Referrer, type ReferrerWriter } from '../oci.ts';
import { type BlobReader, memoryBlob, readSmallBlob } from './bundles.ts';

const ARTIFACT_TYPE = 'application/vnd.cncf.notary.signature';
const THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';

/** A signature as it is attached. */
export interface NotationToAttach {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** DER, as in the signature. */
  readonly chain: readonly Uint8Array[];
  readonly createdAt: Date;
}

/** True for a referrer that holds a signature; where it has no artifact type of its own, its config has it. */
export function isNotationReferrer({ descriptor }: Referrer): boolean {
  return descriptor.artifactType === ARTIFACT_TYPE;
}

/**
 * The envelope that a referrer holds, and its media type.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID when it does not hold one alone; and as readBlob
 */
export async function readNotation(
  repository: BlobReader,
  { descriptor, manifest }: Referrer,
): Promise<Pick<NotationToAttach, 'bytes' | 'mediaType'>> {
  const what = `the referrer ${descriptor.digest}`;
  const [layer, ...others] = parseManifest(manifest, what).layers;
  if (!layer || others.length > 0 || layer.size > LIMITS.bundleBytes)
    throw new RegistryError('REGISTRY_MANIFEST_INVALID', `${what} does not hold one Notation signature alone`, {
      hint: 'sign the image again with notation or countersign',
    });
  return { bytes: await readSmallBlob(repository, layer), mediaType: layer.mediaType };
}

/**
 * Pushes a signature and attaches it; the same one twice is one referrer.
 * @throws RegistryError, NetworkError
 * @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#storage
 */
export async function attachNotation(
  repository: BlobPusher & ReferrerWriter,
  subject: OciDescriptor,
  { bytes, mediaType, chain, createdAt }: NotationToAttach,
): Promise<RegistryError | undefined> {
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType: ARTIFACT_TYPE,
    config: { mediaType: MEDIA_TYPE.empty, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType, size: bytes.length, digest: sha256(bytes) }],
    subject: { mediaType: subject.mediaType, size: subject.size, digest: subject.digest },
    annotations: {
      [THUMBPRINTS]: JSON.stringify(chain.map((der) => sha256(der).slice('sha256:'.length))),
      'org.opencontainers.image.created': toSecond(createdAt),
    },
  };
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  return repository.attachReferrer(makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest));
}
