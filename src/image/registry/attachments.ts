// SPDX-License-Identifier: Apache-2.0
// Everything that is attached to an image in a registry or layout folder, read once and within limits. Nothing is checked
// here; examine.ts does that.

import { NOTATION_MEDIA_TYPE } from '../../attest/notation.ts';
import { parseBundle } from '../../attest/bundle.ts';
import { withIntermediates } from '../../attest/sign.ts';
import { certificatesInPem, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import {
  type CosignAttestation,
  type CosignSignature,
  cosignTag,
  readCosignAttestations,
  readCosignSignatures,
} from '../../oci/cosign/cosign.ts';
import { isTagRefused } from '../../oci/errors.ts';
import { parseManifest } from '../../oci/manifest.ts';
import type { OciDescriptor, Referrer, ReferrerLister } from '../../oci/oci.ts';
import { type AttachedBundle, isBundleReferrer, readBundle } from '../../oci/referrers/bundles.ts';
import { isArtifact, NOTATION_SIGNATURE, readArtifact, REVOCATION_LIST } from '../../oci/referrers/artifacts.ts';
import type { Unjudged } from '../../policy/verdict.ts';
import type { FoundBundle } from '../bundle.ts';
import type { FoundNative } from '../sif/signature-objects.ts';
import { isPassedOver } from '../cosign-rules.ts';
import { AttachedBlobs } from './attached-blobs.ts';
import type { RegistryImage } from './image.ts';

/** Media type of a native SIF signature that travels with its approval. */
export const NATIVE_MEDIA_TYPE = 'application/vnd.countersign.sif-signature.v1+pgp';
/** Annotation of such a layer: the group it signs. */
export const GROUP_ANNOTATION = 'dev.countersign.sif-group';
/** Annotation of a bundle's manifest: PEM of the intermediates that the bundle's copy for cosign leaves out. */
export const CHAIN_ANNOTATION = 'dev.countersign.certificate-chain';
/** Annotation of a bundle's manifest: the legacy cosign signature made with it. */
export const COSIGN_ANNOTATION = 'dev.countersign.cosign-signature';

/** Annotation of a bundle's manifest, `true`: its envelope belongs into cosign's attestation tag as well. */
export const ATTESTATION_ANNOTATION = 'dev.countersign.cosign-attestation';

/** A legacy signature and the manifest whose tag holds it. */
export interface FoundCosign {
  readonly subject: Digest;
  /** True when it lies in an OCI-SIF, whose writer names no place. */
  readonly inside?: boolean;
  readonly signature: CosignSignature;
}

/** A DSSE envelope in a legacy attestation tag, and the manifest whose tag that is. */
export interface FoundEnvelope extends CosignAttestation {
  readonly subject: Digest;
  /** True when it lies in an OCI-SIF. */
  readonly inside?: boolean;
}

/** A signature of the Notary Project, and the manifest that it is attached to. */
export interface FoundNotation {
  readonly subject: OciDescriptor;
  readonly referrer: Digest;
  readonly bytes: Uint8Array;
}

/** What is attached to an image. */
export interface Attachments {
  /** Each bundle once, wherever it is attached. */
  readonly bundles: readonly FoundBundle[];
  readonly natives: readonly FoundNative[];
  readonly cosign: readonly FoundCosign[];
  readonly envelopes: readonly FoundEnvelope[];
  readonly notations: readonly FoundNotation[];
  /** Revocation lists, DER, unchecked. */
  readonly crls: readonly Uint8Array[];
  /** Which subjects a bundle is attached to, by the digest of its bytes. */
  readonly attachedTo: ReadonlyMap<Digest, readonly Digest[]>;
  /** Small blobs that were read, so that they need not be read again. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Entries that could not be read, and why. */
  readonly rejected: readonly { readonly digest: string; readonly reason: string }[];
  /** What refers to the image and is no bundle: nothing here can check it. */
  readonly foreign: readonly Unjudged[];
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
  const reader = new AttachmentReader(new AttachedBlobs(image.repository, atHand));
  for (const subject of image.subjects) await reader.add(image.repository, subject);
  return reader;
}

class AttachmentReader implements Attachments {
  readonly bundles: FoundBundle[] = [];
  readonly natives: FoundNative[] = [];
  readonly cosign: FoundCosign[] = [];
  readonly envelopes: FoundEnvelope[] = [];
  readonly notations: FoundNotation[] = [];
  readonly crls: Uint8Array[] = [];
  readonly attachedTo = new Map<Digest, readonly Digest[]>();
  readonly rejected: { digest: string; reason: string }[] = [];
  readonly foreign: Unjudged[] = [];
  complete = true;
  #mostReferrers = 0;
  #manifestBytes = 0;
  #manifests = 0;
  readonly #nativeKeys = new Set<string>();
  readonly #notationKeys = new Set<string>();
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

  async add(repository: ReferrerLister, on: OciDescriptor): Promise<void> {
    const subject = on.digest;
    // An index has many subjects, and each may have as much attached as is read for one.
    if (this.#manifestBytes > LIMITS.attachedTotalBytes || this.#manifests > LIMITS.imageReferrers) {
      this.complete = false;
      return;
    }
    const { referrers, rejected, complete, readBytes, otherTags } = await repository.listReferrers(subject);
    this.complete &&= complete;
    this.#manifestBytes += readBytes;
    this.#manifests += referrers.length + rejected.length;
    this.#mostReferrers = Math.max(this.#mostReferrers, referrers.length + rejected.length);
    this.rejected.push(...rejected);
    const others = referrers.filter((referrer) => !isBundleReferrer(referrer));
    const notations = others.filter((referrer) => isArtifact(referrer, NOTATION_SIGNATURE));
    for (const referrer of notations) await this.#readNotation(on, referrer);
    const crls = others.filter((referrer) => isArtifact(referrer, REVOCATION_LIST));
    for (const referrer of crls)
      await this.#unlessUnreadable(referrer.descriptor.digest, async () => {
        this.crls.push((await readArtifact(this.#blobs, referrer, REVOCATION_LIST)).bytes);
      });
    this.#passOver(others.filter((referrer) => !notations.includes(referrer) && !crls.includes(referrer)));
    for (const referrer of referrers.filter(isBundleReferrer))
      await this.#unlessUnreadable(referrer.descriptor.digest, async () => {
        const attached = await readBundle(this.#blobs, referrer, NATIVE_MEDIA_TYPE);
        this.#take(subject, referrer.descriptor.digest, attached);
      });
    await this.#unlessUnreadable(`tag ${cosignTag(subject, 'sig')}`, async () => {
      for (const signature of await readCosignSignatures(this.#blobs, subject))
        this.cosign.push({ subject, signature });
    });
    await this.#unlessUnreadable(`tag ${cosignTag(subject, 'att')}`, async () => {
      for (const found of await readCosignAttestations(this.#blobs, subject))
        this.envelopes.push({ ...found, subject });
    });
    for (const tag of otherTags) await this.#passOverTag(tag);
  }

  /** Each once on a subject. COSE envelopes are named and not judged: they are passed over as what nobody here knows. */
  async #readNotation(subject: OciDescriptor, referrer: Referrer): Promise<void> {
    const { digest } = referrer.descriptor;
    await this.#unlessUnreadable(digest, async () => {
      const { bytes, mediaType } = await readArtifact(this.#blobs, referrer, NOTATION_SIGNATURE);
      if (mediaType !== NOTATION_MEDIA_TYPE) return this.#passOver([referrer]);
      const key = `${subject.digest} ${this.#blobs.digestOf(bytes)}`;
      if (!this.#notationKeys.has(key)) this.notations.push({ subject, referrer: digest, bytes });
      this.#notationKeys.add(key);
    });
  }

  async #passOverTag(tag: string): Promise<void> {
    const where = `tag ${tag}`;
    await this.#unlessUnreadable(where, async () => {
      const manifest = await this.#blobs.getManifest(tag);
      const [layer] = manifest ? parseManifest(manifest, where).layers : [];
      if (manifest) this.foreign.push({ where, type: layer?.mediaType ?? manifest.mediaType });
    });
  }

  /** Each once, as something attached to a platform is found from its index too. */
  #passOver(referrers: readonly Referrer[]): void {
    for (const { descriptor } of referrers) {
      const where = `referrer ${descriptor.digest}`;
      if (this.foreign.some((other) => other.where === where)) continue;
      this.foreign.push({ where, type: descriptor.artifactType ?? descriptor.mediaType });
    }
  }

  #take(subject: Digest, referrer: Digest, attached: AttachedBundle): void {
    const name = `referrer ${referrer}`;
    const bytes = withIntermediatesOf(attached, this.#blobs);
    const digest = this.#blobs.digestOf(bytes);
    const subjects = this.attachedTo.get(digest) ?? [];
    this.attachedTo.set(digest, [...subjects, subject]);
    const found = { place: { in: 'registry', name }, bytes, layerTypes: attached.layerTypes } as const;
    this.#takeNatives(name, bytes, attached);
    if (subjects.length > 0) {
      // One copy as cosign takes it is enough, whatever others are attached.
      const at = this.bundles.findIndex((other) => this.#blobs.digestOf(other.bytes) === digest);
      const first = this.bundles[at];
      if (first && isPassedOver(first) && !isPassedOver(found)) this.bundles.splice(at, 1, found);
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

  async #unlessUnreadable(digest: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!isContentProblem(error) && !isTagRefused(error)) throw error;
      if (error.code === 'REGISTRY_ATTACHED_TOO_LARGE') this.complete = false;
      this.rejected.push({ digest, reason: error.message });
    }
  }
}

/** The bundle of a referrer as it was signed; undefined when its content cannot be read. @throws as readBundle */
export async function readWholeBundle(referrer: Referrer, blobs: AttachedBlobs): Promise<Uint8Array | undefined> {
  try {
    return withIntermediatesOf(await readBundle(blobs, referrer, 'none'), blobs);
  } catch (error) {
    if (isContentProblem(error)) return undefined;
    throw error;
  }
}

/** The bundle as it was signed: with the intermediates that the copy for cosign leaves out. */
export function withIntermediatesOf({ bytes, annotations }: AttachedBundle, blobs: AttachedBlobs): Uint8Array {
  const pem = annotations[CHAIN_ANNOTATION];
  return pem === undefined ? bytes : blobs.derive(bytes, pem, () => withChain(bytes, pem));
}

function withChain(bytes: Uint8Array, pem: string): Uint8Array {
  const intermediates = certificatesInPem(pem);
  return intermediates.length === 0 ? bytes : withIntermediates(parseBundle(bytes), intermediates).bytes;
}

function fingerprintOf(bytes: Uint8Array): string | undefined {
  const { material } = parseBundle(bytes);
  if (material.kind !== 'public-key') return undefined;
  return /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1]?.toUpperCase();
}

/** Trouble with one entry's content; trouble with the registry itself must not make a layer look absent. */
export function isContentProblem(error: unknown): error is CountersignError {
  if (!(error instanceof CountersignError)) return false;
  const { code } = error;
  return (
    [
      'REGISTRY_ATTACHED_TOO_LARGE',
      'REGISTRY_DOCUMENT_AMBIGUOUS',
      'REGISTRY_MANIFEST_INVALID',
      'REGISTRY_NOT_FOUND',
      'REGISTRY_DIGEST_MISMATCH',
      'REGISTRY_SIZE_MISMATCH',
    ].includes(code) ||
    code.startsWith('DATA_') ||
    code.startsWith('SIGNATURE_')
  );
}
