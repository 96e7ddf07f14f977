// SPDX-License-Identifier: Apache-2.0
// Signing a stage on an image in a registry or layout folder: the bundle becomes a referrer of the manifest (of an index
// and every platform), with the native signature of a SIF beside it, and for keys and certificates also the legacy
// cosign signature that podman reads. Nothing of the image itself moves.

import { encodePem } from '../base/pem.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { Clock } from '../base/clock.ts';
import { attachBundle } from '../oci/referrers/bundles.ts';
import { type CosignSignature, cosignTag, encodeSimpleSigning } from '../oci/cosign/cosign.ts';
import { keepCosignSignatures } from '../oci/cosign/write.ts';
import { RegistryError } from '../oci/errors.ts';
import { unlistedRemark } from '../oci/immutable-tag.ts';
import type { OciDescriptor, Repository } from '../oci/oci.ts';
import { APPROVAL_PREDICATE_TYPE } from '../attest/approval.ts';
import { type Bundle, parseBundle } from '../attest/bundle.ts';
import type { Signer } from '../crypto/signer.ts';
import { identityKey } from './approval.ts';
import { StageError } from './errors.ts';
import { planNative } from './native.ts';
import { assertAttachable } from './readable.ts';
import { examineRegistryImage, type RegistryExamination } from '../image/registry/examine.ts';
import { attachable, type BundleParts } from './registry-bundles.ts';
import { readCosignNotes } from './cosign-notes.ts';
import { openRegistryImage } from '../image/registry/attached.ts';
import { findOutdated, type Successor, takeAway } from './replace.ts';
import type { Change, NewLayer, StageTarget, Written } from './target.ts';

export interface RegistryTargetOptions {
  readonly repository: Repository;
  /** Tag or digest. */
  readonly reference: string;
  /** Name for `docker-reference`: `registry/repository`. */
  readonly place: string;
  readonly verifyData: boolean;
  readonly clock: Clock;
}

/** The target for an image in a registry or layout folder. */
export function registryTarget(options: RegistryTargetOptions): StageTarget {
  return {
    name: `${options.place} ${options.reference}`,
    async open({ verifier, now }, onBytes) {
      const image = await openRegistryImage(options.repository, options.reference);
      const { verifyData } = options;
      const examined = await examineRegistryImage(image, {
        name: image.name,
        verifier,
        now,
        verifyData,
        ...(onBytes ? { onBytes } : {}),
      });
      assertContentKnown(examined);
      return {
        examined,
        planNative: (request, by) =>
          examined.sif
            ? planNative(examined.sif, request, by)
            : Promise.resolve({ entries: [], objects: [], facts: [], outdated: [], remarks: [] }),
        write: (layer, change) => write(examined, layer, { ...change, options }),
        finish: (layer, change) => finish(examined, layer, { ...change, options }),
      };
    },
  };
}

/** Without the data and without anybody who vouches for it there is nothing to approve. */
function assertContentKnown({ sif }: RegistryExamination): void {
  if (!sif || sif.facts.dataRead) return;
  const known = new Set(sif.groups.flatMap(({ objects }) => objects.map(({ id }) => id)));
  if (sif.facts.units.length === known.size) return;
  throw new StageError('STAGE_DATA_UNKNOWN', 'no trusted layer says what the data of this image is', {
    hint: 'set verify-data: true to read and hash the whole image, or have the first stage sign the file',
  });
}

async function write(
  examined: RegistryExamination,
  layer: NewLayer,
  { signer, replaced, now, options }: Change & { readonly options: RegistryTargetOptions },
): Promise<Written> {
  const signed = parseBundle(layer.bundle);
  const natives = [...newNatives(layer), ...(replaced.length > 0 ? keptNatives(examined, layer) : [])];
  const bytes = natives.reduce((sum, { data }) => sum + data.length, layer.bundle.length);
  assertAttachable(examined.layers, { manifests: 1, bytes });
  const where: string[] = [];
  const unlisted: RegistryError[] = [];
  const outgoing = { signed, stage: layer.stage, natives, signer, now, options };
  const outdated = await findOutdated(examined, { replaced, bundle: layer.bundle }, options.repository);
  const successors: Successor[] = [];
  for (const subject of examined.image.subjects)
    successors.push(await attachTo(subject, { examined, unlisted }, outgoing));
  where.push(...successors.map(placeOf));
  await unlessImmutable(unlisted, () => takeAway(outdated, successors, options));
  return { where, freeSlots: examined.freeSlots, remarks: unlisted.map(unlistedRemark) };
}

function newNatives({ plan }: NewLayer): BundleParts['natives'] {
  return plan.objects.flatMap(({ data, linkedGroup: group }) =>
    data instanceof Uint8Array && group !== undefined ? [{ group, data }] : [],
  );
}

/** Native signatures that the new approval takes over, and that may go with the one it replaces. */
function keptNatives({ layers }: RegistryExamination, { plan }: NewLayer): BundleParts['natives'] {
  return plan.entries.flatMap(({ group, digest }) => {
    const found = layers.natives.find((native) => native.group === group && sha256(native.data) === digest);
    return found ? [{ group, data: found.data }] : [];
  });
}

function placeOf({ manifest }: Successor): string {
  return `referrer ${manifest.digest}`;
}

/** Writing into a shared tag that must not change is nothing that would make an approval invalid. */
async function unlessImmutable<T>(unlisted: RegistryError[], change: () => Promise<T>): Promise<T | undefined> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_TAG_IMMUTABLE') throw error;
    unlisted.push(error);
    return undefined;
  }
}

/** An examined image, and why other tools will not see what is attached to it. */
interface Attaching {
  readonly examined: RegistryExamination;
  readonly unlisted: RegistryError[];
}

/** An approval on its way to one manifest. */
interface Outgoing {
  readonly signed: Bundle;
  readonly stage: string;
  readonly natives: BundleParts['natives'];
  readonly signer: Signer;
  readonly now: Date;
  readonly options: RegistryTargetOptions;
}

async function attachTo(
  subject: OciDescriptor,
  { examined, unlisted }: Attaching,
  outgoing: Outgoing,
): Promise<Successor> {
  const { signed, stage, natives, now, options } = outgoing;
  const optional = { stage, ...(examined.facts.dataRead ? {} : { dataVerified: 'false' }) };
  const legacy = await legacySignature(subject.digest, optional, outgoing);
  const bundle = attachable(signed, { predicateType: APPROVAL_PREDICATE_TYPE, createdAt: now, natives, legacy });
  const attached = await attachBundle(options.repository, subject, bundle);
  if (attached.unlisted) unlisted.push(attached.unlisted);
  if (legacy)
    await unlessImmutable(unlisted, () => keepLegacy(examined, subject, { bundle: bundle.bytes, legacy, options }));
  return { subject: subject.digest, manifest: attached.manifest, legacy };
}

/**
 * An approval names all platforms, and is attached to one after the other: attaches it where that is missing, and puts
 * back legacy signatures that should be beside it.
 */
async function finish(
  examined: RegistryExamination,
  { stage, bundle }: Pick<NewLayer, 'stage' | 'bundle'>,
  { signer, now, options }: Change & { readonly options: RegistryTargetOptions },
): Promise<Pick<Written, 'where' | 'remarks'>> {
  const { image, layers } = examined;
  const attached = layers.attachedTo.get(sha256(bundle)) ?? [];
  const where: string[] = [];
  const unlisted: RegistryError[] = [];
  if (attached.length === 0) return { where, remarks: [] };
  const outgoing = { signed: parseBundle(bundle), stage, natives: [], signer, now, options };
  for (const subject of image.subjects)
    if (!attached.includes(subject.digest))
      where.push(placeOf(await attachTo(subject, { examined, unlisted }, outgoing)));
    else if (signer.method !== 'pgp' && !hasLegacy(examined, subject, signer)) {
      const others = () => readCosignNotes(options.repository, subject.digest, layers.blobs);
      const { repository, clock } = options;
      const kept = { ours: [], others, clock };
      if (await unlessImmutable(unlisted, () => keepCosignSignatures(repository, subject.digest, kept)))
        where.push(`tag ${cosignTag(subject.digest, 'sig')}`);
    }
  return { where, remarks: unlisted.map(unlistedRemark) };
}

function hasLegacy({ facts }: RegistryExamination, { digest }: OciDescriptor, { identity }: Signer): boolean {
  const name = `tag ${cosignTag(digest, 'sig')}`;
  return facts.layers.some(
    ({ kind, place, signature, signer }) =>
      kind === 'cosign' &&
      place.in === 'registry' &&
      place.name === name &&
      signature === 'valid' &&
      signer !== null &&
      identityKey(signer) === identityKey(identity),
  );
}

/** Says as the approval does when nobody read the data: tools that look at this signature alone can ask for it. */
async function legacySignature(
  digest: Digest,
  optional: Readonly<Record<string, string>>,
  { signer, now, options }: { readonly signer: Signer; readonly now: Date; readonly options: RegistryTargetOptions },
): Promise<CosignSignature | undefined> {
  if (signer.method === 'pgp') return undefined;
  const payload = encodeSimpleSigning(options.place, digest, optional);
  const signature = await signer.signPae(payload, now);
  const { material } = signer;
  if (material.kind !== 'certificates') return { payload, signature, certificate: undefined, chain: undefined };
  const [certificate, ...rest] = material.chain.map((der) => encodePem('CERTIFICATE', der));
  return { payload, signature, certificate, chain: rest.join('') };
}

interface OwnSignature {
  /** The bundle as it is attached. */
  readonly bundle: Uint8Array;
  readonly legacy: CosignSignature;
  readonly options: RegistryTargetOptions;
}

/** Writes the legacy signature, and puts back those of other layers that a parallel writer may have overwritten. */
async function keepLegacy(
  { layers }: RegistryExamination,
  subject: OciDescriptor,
  { bundle, legacy, options }: OwnSignature,
): Promise<void> {
  const { repository, clock } = options;
  const atHand = new Map([...layers.blobs, [sha256(bundle), bundle] as const]);
  await keepCosignSignatures(repository, subject.digest, {
    clock,
    ours: [legacy],
    others: () => readCosignNotes(repository, subject.digest, atHand),
  });
}
