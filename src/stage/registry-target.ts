// SPDX-License-Identifier: Apache-2.0
// Signing a stage on an image in a registry or layout folder: the bundle becomes a referrer of the manifest (of an index
// and every platform). Nothing of the image itself moves.

import { sha256 } from '../base/bytes.ts';
import { parseBundle } from '../attest/bundle.ts';
import type { FoundBundle } from '../image/bundle.ts';
import { settle } from '../image/verify.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import { examineRegistryImage, type RegistryExamination } from '../image/registry/examine.ts';
import { ApprovalAttacher, type AttachPlace, type Successor } from './attach-approval.ts';
import { assertAttachable, type BundleParts } from './bundles.ts';
import { StageError } from './errors.ts';
import { NO_NATIVES, planNative } from './native.ts';
import { notationSignerOf } from './plain/notation.ts';
import { findOutdated, takeAway } from './replace.ts';
import type { NewLayer, StageTarget, StoredLayer, WriteContext } from './target.ts';

/** Which image in a registry or folder, and how it is examined. */
export interface RegistryTargetOptions extends AttachPlace {
  /** Tag or digest. */
  readonly reference: string;
  readonly verifyData: boolean;
  /** Evidence that is kept elsewhere and was given along. */
  readonly evidence?: readonly FoundBundle[];
}

/** The target for an image in a registry or layout folder. */
export function registryTarget(options: RegistryTargetOptions): StageTarget {
  return {
    name: `${options.place} ${options.reference}`,
    async open(criteria, onBytes) {
      const { verifier, now } = criteria;
      const image = await openRegistryImage(options.repository, options.reference);
      const { verifyData, evidence, lookaside } = options;
      const examined = settle(
        await examineRegistryImage(image, {
          name: image.name,
          verifier,
          now,
          verifyData,
          lookaside,
          ...(evidence ? { evidence } : {}),
          ...(onBytes ? { onBytes } : {}),
        }),
        criteria,
      );
      assertContentKnown(examined);
      return {
        examined,
        planNative: async (request, by) => {
          const { native, signer } = request;
          if (native === 'notation') notationSignerOf(signer);
          // A signature of the manifest is none of the SIF in it.
          const isMade = native === 'dsse' || (native === 'auto' && signer.native.format === 'pgp');
          return examined.sif && isMade ? planNative(examined.sif, request, by) : NO_NATIVES;
        },
        write: (layer, context) => write(examined, layer, { ...context, options }),
        complete: (layer, context) => complete(examined, layer, { ...context, options }),
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
    hint: 'set ⟨verify-data=true⟩ to read and hash the whole image, or have the first stage sign the file',
  });
}

type RegistryContext = WriteContext & { readonly options: RegistryTargetOptions };

/** Attaches the layer to every manifest of the image, then takes away what it replaces. */
async function write(
  examined: RegistryExamination,
  layer: NewLayer,
  { replaced, options, ...by }: RegistryContext,
): Promise<StoredLayer> {
  const natives = [...newNatives(layer), ...(replaced.length > 0 ? keptNatives(examined, layer) : [])];
  const bytes = natives.reduce((sum, { data }) => sum + data.length, layer.bundle.length);
  assertAttachable(examined.attached, { manifests: 1, bytes });
  const { bundle } = layer;
  const outdated = replaced.length > 0 ? await findOutdated(examined, { replaced, bundle }, options.repository) : [];
  const attacher = new ApprovalAttacher(examined, options, {
    ...by,
    bundle: parseBundle(layer.bundle),
    stage: layer.stage,
    natives,
  });
  const successors: Successor[] = [];
  for (const subject of examined.image.subjects) successors.push(await attacher.attach(subject));
  if (outdated.length > 0) await attacher.unlessImmutable(() => takeAway(outdated, successors, options));
  return { where: successors.map(placeOf), freeSlots: examined.freeSlots, remarks: attacher.remarks };
}

function newNatives({ plan }: NewLayer): BundleParts['natives'] {
  return plan.objects.flatMap(({ data, linkedGroup: group }) =>
    data instanceof Uint8Array && group !== undefined ? [{ group, data }] : [],
  );
}

/** Native signatures that the new approval takes over, and that may go with the one it replaces. */
function keptNatives({ attached }: RegistryExamination, { plan }: NewLayer): BundleParts['natives'] {
  return plan.entries.flatMap(({ group, digest }) => {
    const found = attached.natives.find((native) => native.group === group && sha256(native.data) === digest);
    return found ? [{ group, data: found.data }] : [];
  });
}

function placeOf({ manifest }: Successor): string {
  return `referrer ${manifest.digest}`;
}

/**
 * An approval names all platforms, and is attached to one after the other: attaches it where that is missing, and puts
 * back legacy signatures that should be beside it.
 */
async function complete(
  examined: RegistryExamination,
  { stage, bundle }: Pick<NewLayer, 'stage' | 'bundle'>,
  { options, signer, now, native }: RegistryContext,
): Promise<Pick<StoredLayer, 'where' | 'remarks'>> {
  const present = examined.attached.attachedTo.get(sha256(bundle)) ?? [];
  if (present.length === 0) return { where: [], remarks: [] };
  const approval = { bundle: parseBundle(bundle), stage, natives: [], signer, now, native };
  const attacher = new ApprovalAttacher(examined, options, approval);
  const where: string[] = [];
  for (const subject of examined.image.subjects)
    if (present.includes(subject.digest)) where.push(...(await attacher.restoreLegacy(subject)));
    else where.push(placeOf(await attacher.attach(subject)));
  return { where, remarks: attacher.remarks };
}
