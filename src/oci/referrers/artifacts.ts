// SPDX-License-Identifier: Apache-2.0
// Artifacts of one blob alone as referrers of a manifest: revocation lists, and signatures of the Notary Project.

import { sha256, utf8 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { toSecond } from '../../base/text.ts';
import { RegistryError } from '../errors.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../manifest.ts';
import { type BlobPusher, MEDIA_TYPE, type OciDescriptor, type Referrer, type ReferrerWriter } from '../oci.ts';
import { type Attached, type BlobReader, memoryBlob, readSmallBlob } from './bundles.ts';

/** A kind of artifact. */
export interface ArtifactKind {
  readonly artifactType: string;
  /** In words, for errors. */
  readonly what: string;
  readonly limitBytes: number;
  readonly mend: string;
}

/** A list of revoked certificates. */
export const REVOCATION_LIST: ArtifactKind = {
  artifactType: 'application/vnd.countersign.crl.v1',
  what: 'revocation list',
  limitBytes: LIMITS.sifSignatureBytes,
  mend: 'put the list there again with `countersign stamp`',
};

/** A signature of the Notary Project; where it has no artifact type of its own, its config has it. */
export const NOTATION_SIGNATURE: ArtifactKind = {
  artifactType: 'application/vnd.cncf.notary.signature',
  what: 'Notation signature',
  limitBytes: LIMITS.bundleBytes,
  mend: 'sign the image again with notation or countersign',
};

/** @see https://www.rfc-editor.org/rfc/rfc2585.html#section-4.2 */
const CRL_TYPE = 'application/pkix-crl';
const THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';

/** True for a referrer that holds such an artifact. */
export function isArtifact({ descriptor }: Referrer, { artifactType }: ArtifactKind): boolean {
  return descriptor.artifactType === artifactType;
}

/** The bytes of an artifact, and their media type. */
export interface Artifact {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/**
 * What a referrer holds, unchecked.
 * @throws RegistryError REGISTRY_MANIFEST_INVALID when it does not hold one blob alone; and as readBlob
 */
export async function readArtifact(
  repository: BlobReader,
  { descriptor, manifest }: Referrer,
  { what, limitBytes, mend }: ArtifactKind,
): Promise<Artifact> {
  const name = `the referrer ${descriptor.digest}`;
  const [layer, ...others] = parseManifest(manifest, name).layers;
  if (!layer || others.length > 0 || layer.size > limitBytes)
    throw new RegistryError('REGISTRY_MANIFEST_INVALID', `${name} does not hold one ${what} alone`, { hint: mend });
  return { bytes: await readSmallBlob(repository, layer), mediaType: layer.mediaType };
}

/** Pushes a list, DER, and attaches it; the same one twice is one referrer. @throws RegistryError, NetworkError */
export function attachCrl(
  repository: BlobPusher & ReferrerWriter,
  subject: OciDescriptor,
  der: Uint8Array,
): Promise<Attached> {
  return attachArtifact(repository, subject, { ...REVOCATION_LIST, bytes: der, mediaType: CRL_TYPE });
}

/** A Notation signature as it is attached. */
export interface NotationToAttach extends Artifact {
  /** DER, as in the signature. */
  readonly chain: readonly Uint8Array[];
  readonly createdAt: Date;
}

/**
 * Pushes a signature and attaches it; the same one twice is one referrer.
 * @throws RegistryError, NetworkError
 * @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#storage
 */
export function attachNotation(
  repository: BlobPusher & ReferrerWriter,
  subject: OciDescriptor,
  { bytes, mediaType, chain, createdAt }: NotationToAttach,
): Promise<Attached> {
  const annotations = {
    [THUMBPRINTS]: JSON.stringify(chain.map((der) => sha256(der).slice('sha256:'.length))),
    'org.opencontainers.image.created': toSecond(createdAt),
  };
  return attachArtifact(repository, subject, { ...NOTATION_SIGNATURE, bytes, mediaType, annotations });
}

async function attachArtifact(
  repository: BlobPusher & ReferrerWriter,
  subject: OciDescriptor,
  artifact: Artifact & Pick<ArtifactKind, 'artifactType'> & { readonly annotations?: Readonly<Record<string, string>> },
): Promise<Attached> {
  const { artifactType, bytes, mediaType, annotations } = artifact;
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType,
    config: { mediaType: MEDIA_TYPE.empty, size: EMPTY_CONFIG.bytes.length, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType, size: bytes.length, digest: sha256(bytes) }],
    subject: { mediaType: subject.mediaType, size: subject.size, digest: subject.digest },
    annotations,
  };
  const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  return { manifest, unlisted: await repository.attachReferrer(manifest) };
}
