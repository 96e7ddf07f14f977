// SPDX-License-Identifier: Apache-2.0
// Signing a stage on an image in a registry or layout folder: the bundle becomes a referrer of the manifest (of an index
// and every platform), with the native signature of a SIF beside it, and for keys and certificates also the legacy
// cosign signature that podman reads. Nothing of the image itself moves.

import { encodePem } from '../primitives/pem.ts';
import { type Digest, sha256 } from '../primitives/digest.ts';
import type { Clock } from '../primitives/retry.ts';
import { attachBundle } from '../registry/bundles.ts';
import { type CosignSignature, encodeSimpleSigning, keepCosignSignatures } from '../registry/cosign.ts';
import type { OciDescriptor, Repository } from '../registry/repository.ts';
import { APPROVAL_PREDICATE_TYPE } from '../signing/approval.ts';
import { parseBundle } from '../signing/bundle.ts';
import type { Signer } from '../signing/signer.ts';
import { StageError } from './errors.ts';
import { planNative } from './native-plan.ts';
import { examineRegistryImage, type RegistryExamination } from './registry-facts.ts';
import { attachable } from './registry-bundles.ts';
import { readCosignNotes } from './cosign-notes.ts';
import { openRegistryImage } from './registry-image.ts';
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
  { signer, now, options }: Change & { readonly options: RegistryTargetOptions },
): Promise<Written> {
  const { repository } = options;
  const signed = parseBundle(layer.bundle);
  const natives = layer.plan.objects.flatMap(({ data, linkedGroup: group }) =>
    data instanceof Uint8Array && group !== undefined ? [{ group, data }] : [],
  );
  const where: string[] = [];
  for (const subject of examined.image.subjects) {
    const legacy = await legacySignature(subject.digest, layer.stage, { signer, now, options });
    const bundle = attachable(signed, { predicateType: APPROVAL_PREDICATE_TYPE, createdAt: now, natives, legacy });
    const manifest = await attachBundle(repository, subject, bundle);
    where.push(`referrer ${manifest.digest}`);
    if (legacy) await keepLegacy(examined, subject, { bundle: bundle.bytes, legacy, options });
  }
  return { where, freeSlots: examined.freeSlots };
}

async function legacySignature(
  digest: Digest,
  stage: string,
  { signer, now, options }: { readonly signer: Signer; readonly now: Date; readonly options: RegistryTargetOptions },
): Promise<CosignSignature | undefined> {
  if (signer.method === 'pgp') return undefined;
  const payload = encodeSimpleSigning(options.place, digest, stage);
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
