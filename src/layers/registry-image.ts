// SPDX-License-Identifier: Apache-2.0
// An image in a registry or layout folder: what a reference names, resolved once, and everything that was attached to it.
// Nothing here is checked; registry-facts.ts does that.

import { type Digest, sha256 } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { encodePem, parsePem } from '../primitives/pem.ts';
import { type AttachedBundle, isBundleReferrer, readBundle } from '../registry/bundles.ts';
import {
  type CosignSignature,
  parseCosignNote,
  readCosignAttestations,
  readCosignSignatures,
} from '../registry/cosign.ts';
import { RegistryError } from '../registry/errors.ts';
import { parseManifest } from '../registry/manifest.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor, type ReadableRepository } from '../registry/repository.ts';
import { parseBundle, withIntermediates } from '../signing/bundle.ts';
import type { FoundBundle } from './bundle-facts.ts';
import type { FoundNative } from './sif-natives.ts';

/** Media type of a native SIF signature that travels with its approval. */
export const NATIVE_MEDIA_TYPE = 'application/vnd.countersign.sif-signature.v1+pgp';
/** Annotation of such a layer: the group it signs. */
export const GROUP_ANNOTATION = 'dev.countersign.sif-group';
/** Annotation of a bundle's manifest: PEM of the intermediates that the bundle's copy for cosign leaves out. */
export const CHAIN_ANNOTATION = 'dev.countersign.certificate-chain';
/** Annotation of a bundle's manifest: the legacy cosign signature made with it. */
export const COSIGN_ANNOTATION = 'dev.countersign.cosign-signature';

const SIF_LAYERS: readonly string[] = [MEDIA_TYPE.sifLayer, MEDIA_TYPE.sifLayerHistoric];
const ATTESTATION_MANIFEST = 'vnd.docker.reference.type';

/** What a manifest is: a SIF, a multi-platform index, or any other image or artifact. */
export type RegistryShape =
  | { readonly is: 'sif'; readonly layer: OciDescriptor; readonly title: string | undefined }
  | { readonly is: 'index'; readonly children: readonly OciDescriptor[] }
  | { readonly is: 'image' };

export interface RegistryImage {
  readonly repository: ReadableRepository;
  /** `place@digest`. */
  readonly name: string;
  readonly descriptor: OciDescriptor;
  readonly manifest: Manifest;
  readonly shape: RegistryShape;
  /** The manifest itself, and for an index every platform manifest: what layers are attached to. */
  readonly subjects: readonly OciDescriptor[];
}

/**
 * What a tag or digest names; a tag is resolved here and never again.
 * @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_MANIFEST_INVALID and as getManifest
 */
export async function openRegistryImage(repository: ReadableRepository, reference: string): Promise<RegistryImage> {
  const manifest = await repository.getManifest(reference);
  if (!manifest)
    throw new RegistryError('REGISTRY_NOT_FOUND', `${repository.name} has no manifest ${reference}`, {
      hint: 'check the tag or digest; a private repository also answers so without permission',
    });
  const { digest, mediaType, bytes } = manifest;
  const descriptor = { digest, mediaType, size: bytes.length };
  const shape = shapeOf(manifest);
  const children = shape.is === 'index' ? shape.children : [];
  return {
    repository,
    name: `${repository.name}@${digest}`,
    descriptor,
    manifest,
    shape,
    subjects: [descriptor, ...children],
  };
}

function shapeOf(manifest: Manifest): RegistryShape {
  const { kind, layers, manifests } = parseManifest(manifest, `the manifest ${manifest.digest}`);
  if (kind === 'index') {
    const platforms = manifests.filter(({ annotations }) => annotations?.[ATTESTATION_MANIFEST] === undefined);
    const children = new Map(platforms.map(({ mediaType, digest, size }) => [digest, { mediaType, digest, size }]));
    return { is: 'index', children: [...children.values()] };
  }
  const [layer] = layers;
  if (layer && layers.length === 1 && SIF_LAYERS.includes(layer.mediaType))
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
export interface RegistryLayers {
  /** Each bundle once, wherever it is attached. */
  readonly bundles: readonly FoundBundle[];
  readonly natives: readonly FoundNative[];
  readonly cosign: readonly FoundCosign[];
  readonly envelopes: readonly FoundEnvelope[];
  /** Which subjects a bundle is attached to, by the digest of its bytes. */
  readonly attachedTo: ReadonlyMap<Digest, readonly Digest[]>;
  /** Legacy signatures that travel in annotations of bundles, for putting lost ones back. */
  readonly notes: readonly FoundCosign[];
  /** Entries that could not be read, and why. */
  readonly rejected: readonly { readonly digest: string; readonly reason: string }[];
  /** False when a limit cut the list. */
  readonly complete: boolean;
}

/**
 * Reads everything attached to the image and its platforms; one unreadable entry never hides the others. What is at
 * hand already, by digest, is not fetched again: a SIF's own layers are often attached to it too.
 */
export async function readRegistryLayers(
  image: RegistryImage,
  atHand: ReadonlyMap<Digest, Uint8Array> = new Map(),
): Promise<RegistryLayers> {
  const gathered = new Gathered(atHand);
  for (const subject of image.subjects) await gathered.add(image.repository, subject.digest);
  return gathered;
}

class Gathered implements RegistryLayers {
  readonly bundles: FoundBundle[] = [];
  readonly natives: FoundNative[] = [];
  readonly cosign: FoundCosign[] = [];
  readonly envelopes: FoundEnvelope[] = [];
  readonly attachedTo = new Map<Digest, readonly Digest[]>();
  readonly notes: FoundCosign[] = [];
  readonly rejected: { digest: string; reason: string }[] = [];
  complete = true;
  readonly #atHand: ReadonlyMap<Digest, Uint8Array>;

  constructor(atHand: ReadonlyMap<Digest, Uint8Array>) {
    this.#atHand = atHand;
  }

  async add(repository: ReadableRepository, subject: Digest): Promise<void> {
    const { referrers, rejected, complete } = await repository.listReferrers(subject);
    this.complete &&= complete;
    this.rejected.push(...rejected);
    for (const referrer of referrers.filter(isBundleReferrer))
      await this.#tolerant(referrer.descriptor.digest, async () => {
        const attached = await readBundle(this.#blobsOf(repository), referrer, NATIVE_MEDIA_TYPE);
        this.#take(subject, referrer.descriptor.digest, attached);
      });
    await this.#tolerant(`legacy signatures of ${subject}`, async () => {
      for (const signature of await readCosignSignatures(repository, subject)) this.cosign.push({ subject, signature });
      for (const bytes of await readCosignAttestations(repository, subject)) this.envelopes.push({ subject, bytes });
    });
  }

  #blobsOf(repository: ReadableRepository): Pick<ReadableRepository, 'readBlob'> {
    const atHand = this.#atHand;
    return {
      async *readBlob(digest, options) {
        const bytes = atHand.get(digest);
        if (bytes && bytes.length === options?.sizeBytes) yield bytes;
        else yield* repository.readBlob(digest, options);
      },
    };
  }

  #take(subject: Digest, referrer: Digest, attached: AttachedBundle): void {
    const name = `referrer ${referrer}`;
    const bytes = withChain(attached);
    const digest = sha256(bytes);
    const subjects = this.attachedTo.get(digest) ?? [];
    this.attachedTo.set(digest, [...subjects, subject]);
    const note = attached.annotations[COSIGN_ANNOTATION];
    const signature = note === undefined ? undefined : parseCosignNote(note);
    if (signature) this.notes.push({ subject, signature: { ...signature, ...certificatesOf(bytes) } });
    if (subjects.length > 0) return;
    this.bundles.push({ place: { in: 'registry', name }, bytes });
    const fingerprint = fingerprintOf(bytes);
    for (const { bytes: data, annotations } of attached.companions) {
      const group = Number(annotations?.[GROUP_ANNOTATION]);
      if (fingerprint === undefined || !Number.isSafeInteger(group) || group < 1) continue;
      this.natives.push({ place: { in: 'registry', name }, data, group, fingerprint, object: undefined });
    }
  }

  async #tolerant(digest: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof CountersignError) || !isContentProblem(error)) throw error;
      this.rejected.push({ digest, reason: error.message });
    }
  }
}

/** Trouble with one entry's content; trouble with the registry itself must not make a layer look absent. */
function isContentProblem({ code }: CountersignError): boolean {
  return (
    ['REGISTRY_MANIFEST_INVALID', 'REGISTRY_NOT_FOUND', 'REGISTRY_DIGEST_MISMATCH', 'REGISTRY_SIZE_MISMATCH'].includes(
      code,
    ) ||
    code.startsWith('DATA_') ||
    code.startsWith('SIGNATURE_')
  );
}

/** The bundle as it was signed: with the intermediates that the copy for cosign leaves out. */
function withChain({ bytes, annotations }: AttachedBundle): Uint8Array {
  const pem = annotations[CHAIN_ANNOTATION];
  if (pem === undefined) return bytes;
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

function certificatesOf(bytes: Uint8Array): Pick<CosignSignature, 'certificate' | 'chain'> {
  const { material } = parseBundle(bytes);
  if (material.kind !== 'certificates') return { certificate: undefined, chain: undefined };
  const [leaf, ...rest] = material.chain.map((der) => encodePem('CERTIFICATE', der));
  return { certificate: leaf, chain: rest.join('') };
}
