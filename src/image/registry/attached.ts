// SPDX-License-Identifier: Apache-2.0
// An image in a registry or layout folder: what a reference names, resolved once, and everything that was attached to it.
// Nothing here is checked; registry-facts.ts does that.

import type { Digest } from '../../base/digest.ts';
import { LIMITS } from '../../base/limits.ts';
import { encodePem, parsePem } from '../../base/pem.ts';
import { type AttachedBundle, isBundleReferrer, readBundle } from '../../oci/referrers/bundles.ts';
import { type CosignSignature, readCosignAttestations, readCosignSignatures } from '../../oci/cosign/cosign.ts';
import { RegistryError } from '../../oci/errors.ts';
import { parseManifest } from '../../oci/manifest.ts';
import { type Manifest, type OciDescriptor, type ReadableRepository, SIF_LAYER_TYPES } from '../../oci/oci.ts';
import { parseBundle, withIntermediates } from '../../attest/bundle.ts';
import { AttachedBlobs, isContentProblem } from './blob-cache.ts';
import type { FoundBundle } from '../bundle.ts';
import { isAttestation, manifestsBelow } from './index-tree.ts';
import type { FoundNative } from '../sif/native-signatures.ts';
import { attachedCosignRefusal } from '../cosign-rules.ts';

/** Media type of a native SIF signature that travels with its approval. */
export const NATIVE_MEDIA_TYPE = 'application/vnd.countersign.sif-signature.v1+pgp';
/** Annotation of such a layer: the group it signs. */
export const GROUP_ANNOTATION = 'dev.countersign.sif-group';
/** Annotation of a bundle's manifest: PEM of the intermediates that the bundle's copy for cosign leaves out. */
export const CHAIN_ANNOTATION = 'dev.countersign.certificate-chain';
/** Annotation of a bundle's manifest: the legacy cosign signature made with it. */
export const COSIGN_ANNOTATION = 'dev.countersign.cosign-signature';

/** What a manifest is: a SIF, a multi-platform index, or any other image or artifact. */
export type RegistryShape =
  | { readonly is: 'sif'; readonly layer: OciDescriptor; readonly title: string | undefined }
  /** With its platforms, and nested indexes, at every depth. */
  | { readonly is: 'index'; readonly children: readonly OciDescriptor[] }
  | { readonly is: 'image' };

export interface RegistryImage {
  readonly repository: ReadableRepository;
  /** `place@digest`. */
  readonly name: string;
  /** Tag or digest by which it was asked for. */
  readonly asked: string;
  readonly descriptor: OciDescriptor;
  readonly manifest: Manifest;
  readonly shape: RegistryShape;
  /** The manifest itself, and for an index every manifest below it that can be run: what layers are attached to. */
  readonly subjects: readonly OciDescriptor[];
}

/**
 * What a tag or digest names; a tag is resolved here and never again. `asked` is the tag that somebody resolved already.
 * @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_MANIFEST_INVALID, REGISTRY_INDEX_TOO_LARGE and as getManifest
 */
export async function openRegistryImage(
  repository: ReadableRepository,
  reference: string,
  asked = reference,
): Promise<RegistryImage> {
  const manifest = await repository.getManifest(reference);
  if (!manifest)
    throw new RegistryError('REGISTRY_NOT_FOUND', `${repository.name} has no manifest ${reference}`, {
      hint: 'check the tag or digest; a private repository also answers so without permission',
    });
  const { digest, mediaType, bytes } = manifest;
  const descriptor = { digest, mediaType, size: bytes.length };
  const shape = await shapeOf(repository, manifest);
  const children = shape.is === 'index' ? shape.children : [];
  return {
    repository,
    name: `${repository.name}@${digest}`,
    asked,
    descriptor,
    manifest,
    shape,
    subjects: [descriptor, ...children],
  };
}

async function shapeOf(repository: ReadableRepository, manifest: Manifest): Promise<RegistryShape> {
  const { kind, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
  if (kind === 'index') {
    const below = await manifestsBelow(repository, manifest, (entry) => !isAttestation(entry));
    return { is: 'index', children: below.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })) };
  }
  const [layer] = layers;
  if (layer && layers.length === 1 && SIF_LAYER_TYPES.includes(layer.mediaType))
    return { is: 'sif', layer, title: layer.annotations?.['org.opencontainers.image.title'] };
  return { is: 'image' };
}

/** A legacy signature and the manifest whose tag holds it. */
export interface FoundCosign {
  readonly subject: Digest;
  readonly signature: CosignSignature;
}

/** A DSSE envelope in a legacy attestation tag. */
export interface FoundEnvelope {
  readonly subject: Digest;
  readonly bytes: Uint8Array;
}

/** What is attached to an image. */
export interface Attachments {
  /** Each bundle once, wherever it is attached. */
  readonly bundles: readonly FoundBundle[];
  readonly natives: readonly FoundNative[];
  readonly cosign: readonly FoundCosign[];
  readonly envelopes: readonly FoundEnvelope[];
  /** Which subjects a bundle is attached to, by the digest of its bytes. */
  readonly attachedTo: ReadonlyMap<Digest, readonly Digest[]>;
  /** Small blobs that were read, so that they need not be read again. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Entries that could not be read, and why. */
  readonly rejected: readonly { readonly digest: string; readonly reason: string }[];
  /** False when a limit cut the list. */
  readonly complete: boolean;
  /** What may be attached so that it is still looked at: bytes in all, and manifests to any one subject. */
  readonly room: { readonly bytes: number; readonly referrers: number };
}

/**
 * Reads everything attached to the image and its platforms; one unreadable entry never hides the others. What is at
 * hand already, by digest, is not fetched again: a SIF's own layers are often attached to it too.
 */
export async function readAttachments(
  image: RegistryImage,
  atHand: ReadonlyMap<Digest, Uint8Array> = new Map(),
): Promise<Attachments> {
  const gathered = new Gathered(new AttachedBlobs(image.repository, atHand));
  for (const subject of image.subjects) await gathered.add(image.repository, subject.digest);
  return gathered;
}

class Gathered implements Attachments {
  readonly bundles: FoundBundle[] = [];
  readonly natives: FoundNative[] = [];
  readonly cosign: FoundCosign[] = [];
  readonly envelopes: FoundEnvelope[] = [];
  readonly attachedTo = new Map<Digest, readonly Digest[]>();
  readonly rejected: { digest: string; reason: string }[] = [];
  complete = true;
  #mostReferrers = 0;
  #manifestBytes = 0;
  readonly #nativeKeys = new Set<string>();
  readonly #blobs: AttachedBlobs;

  constructor(blobs: AttachedBlobs) {
    this.#blobs = blobs;
  }

  get blobs(): ReadonlyMap<Digest, Uint8Array> {
    return this.#blobs.known;
  }

  get room(): Attachments['room'] {
    return { bytes: this.#blobs.leftBytes, referrers: LIMITS.referrers - this.#mostReferrers };
  }

  async add(repository: ReadableRepository, subject: Digest): Promise<void> {
    // An index has many subjects, and each may have as much attached as is read for one.
    if (this.#manifestBytes > LIMITS.attachedTotalBytes) {
      this.complete = false;
      return;
    }
    const { referrers, rejected, complete, readBytes } = await repository.listReferrers(subject);
    this.complete &&= complete;
    this.#manifestBytes += readBytes;
    this.#mostReferrers = Math.max(this.#mostReferrers, referrers.length + rejected.length);
    this.rejected.push(...rejected);
    for (const referrer of referrers.filter(isBundleReferrer))
      await this.#tolerant(referrer.descriptor.digest, async () => {
        const attached = await readBundle(this.#blobs, referrer, NATIVE_MEDIA_TYPE);
        this.#take(subject, referrer.descriptor.digest, attached);
      });
    await this.#tolerant(`legacy signatures of ${subject}`, async () => {
      for (const signature of await readCosignSignatures(this.#blobs, subject))
        this.cosign.push({ subject, signature });
      for (const bytes of await readCosignAttestations(this.#blobs, subject)) this.envelopes.push({ subject, bytes });
    });
  }

  #take(subject: Digest, referrer: Digest, attached: AttachedBundle): void {
    const name = `referrer ${referrer}`;
    const bytes = withIntermediatesOf(attached, this.#blobs);
    const digest = this.#blobs.digestOf(bytes);
    const subjects = this.attachedTo.get(digest) ?? [];
    this.attachedTo.set(digest, [...subjects, subject]);
    const cosignRefusal = attachedCosignRefusal(attached);
    const found = { place: { in: 'registry', name }, bytes, ...(cosignRefusal ? { cosignRefusal } : {}) } as const;
    this.#takeNatives(name, bytes, attached);
    if (subjects.length > 0) {
      // One copy as cosign takes it is enough, whatever others are attached.
      const at = this.bundles.findIndex((other) => other.cosignRefusal && this.#blobs.digestOf(other.bytes) === digest);
      if (at >= 0 && !cosignRefusal) this.bundles.splice(at, 1, found);
      return;
    }
    this.bundles.push(found);
  }

  /** Of every copy of a bundle: one that somebody attached without them must not hide its native signatures. */
  #takeNatives(name: string, bytes: Uint8Array, { companions }: AttachedBundle): void {
    const fingerprint = companions.length > 0 ? fingerprintOf(bytes) : undefined;
    if (fingerprint === undefined) return;
    for (const { bytes: data, annotations } of companions) {
      const group = Number(annotations?.[GROUP_ANNOTATION]);
      if (!Number.isSafeInteger(group) || group < 1) continue;
      const key = `${group} ${fingerprint} ${this.#blobs.digestOf(data)}`;
      if (this.#nativeKeys.has(key)) continue;
      this.#nativeKeys.add(key);
      this.natives.push({ place: { in: 'registry', name }, data, group, fingerprint, object: undefined });
    }
  }

  async #tolerant(digest: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!isContentProblem(error)) throw error;
      if (error.code === 'REGISTRY_ATTACHED_TOO_LARGE') this.complete = false;
      this.rejected.push({ digest, reason: error.message });
    }
  }
}

/** The bundle as it was signed: with the intermediates that the copy for cosign leaves out. */
export function withIntermediatesOf({ bytes, annotations }: AttachedBundle, blobs: AttachedBlobs): Uint8Array {
  const pem = annotations[CHAIN_ANNOTATION];
  return pem === undefined ? bytes : blobs.derive(bytes, pem, () => withChain(bytes, pem));
}

function withChain(bytes: Uint8Array, pem: string): Uint8Array {
  const intermediates = parsePem(pem).filter(({ label }) => label === 'CERTIFICATE');
  return intermediates.length === 0
    ? bytes
    : withIntermediates(
        parseBundle(bytes),
        intermediates.map(({ der }) => der),
      ).bytes;
}

function fingerprintOf(bytes: Uint8Array): string | undefined {
  const { material } = parseBundle(bytes);
  if (material.kind !== 'public-key') return undefined;
  return /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1]?.toUpperCase();
}

/** Leaf and intermediates of a bundle as a legacy signature carries them. */
export function certificatesOf(bytes: Uint8Array): Pick<CosignSignature, 'certificate' | 'chain'> {
  const { material } = parseBundle(bytes);
  if (material.kind !== 'certificates') return { certificate: undefined, chain: undefined };
  const [leaf, ...rest] = material.chain.map((der) => encodePem('CERTIFICATE', der));
  return { certificate: leaf, chain: rest.join('') };
}
