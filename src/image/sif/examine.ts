// SPDX-License-Identifier: Apache-2.0
// One SIF → all facts about it. Every signature is checked, every object hashed in one read of the data, and each signed
// message compared with what was found; nothing here decides whether that is enough.

import type { ImageFacts, UnitFact } from '../../policy/facts.ts';
import type { Reason } from '../../findings/signature.ts';
import { decodeUtf8, type Digest, digestHex, sha256, utf8 } from '../../base/bytes.ts';
import {
  compareMetadata,
  encodeMetadata,
  type HashName,
  type ObjectDigests,
  parseMetadata,
} from '../../sif/integrity.ts';
import { hashObjects } from '../../sif/hash/hash.ts';
import { groupsOf, objectsInGroup, type SifImage, type SifObject, uncoverableObjects } from '../../sif/sif.ts';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../../sif/format.ts';
import {
  type BundleFact,
  type ContentView,
  type Examination,
  type FoundBundle,
  placeBundle,
  SIF_SUBJECT,
} from '../bundle.ts';
import { openBundles } from '../open-bundles.ts';
import { checkNatives, differences, firstOf, nativeLayers } from './native-signatures.ts';
import {
  algorithmsNamed,
  type FoundNative,
  type NativeSignature,
  readSignatureObjects,
  type SignatureObjects,
  withLaneDefect,
} from './signature-objects.ts';
import type { ApprovedContent } from '../../attest/approval.ts';
import { withinEffort } from '../../crypto/signatures.ts';
import type { Verifier } from '../../crypto/verifier.ts';
import { carriedCrls, CRL_PREFIX } from '../carried-crls.ts';
import { countedCopies } from './copies.ts';
import { claimedDigests } from './vouched-digests.ts';

/** The signed message of one group, from this run's own hashes. */
export interface GroupContent {
  readonly group: number;
  readonly objects: readonly SifObject[];
  readonly metadata: Uint8Array;
  readonly digest: Digest;
}

/** Everything that was learnt about a SIF in one read. */
export interface SifExamination extends Examination {
  readonly image: SifImage;
  readonly digests: ObjectDigests;
  readonly groups: readonly GroupContent[];
  readonly natives: readonly NativeSignature[];
  readonly objects: SignatureObjects;
}

/** With what a SIF is examined. */
export interface ExamineOptions {
  /** How the image is called in the verdict. */
  readonly name: string;
  readonly verifier: Verifier;
  readonly now: Date;
  /** Bundles that travelled beside the image. */
  readonly beside?: readonly FoundBundle[];
  /** Native signatures that travelled beside the image. */
  readonly besideNatives?: readonly FoundNative[];
  /** Revocation lists that travelled beside the image, DER. */
  readonly besideCrls?: readonly Uint8Array[];
  /** Other digests that name this very image, such as its manifest's. */
  readonly aliases?: readonly Digest[];
  /** `claimed`: do not read the data; take its digests from layers that vouch for it (registry, before a download). */
  readonly data?: 'read' | 'claimed';
  /** How the data is hashed; a command that reads the file for another purpose hashes on the way. */
  readonly hash?: typeof hashObjects;
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Reads, checks and compares everything on a SIF.
 * @throws SifError when the file cannot be read as a SIF at all; SignatureError SIGNATURE_EFFORT_TOO_LARGE
 */
export function examineSif(image: SifImage, options: ExamineOptions): Promise<SifExamination> {
  return withinEffort(async () => {
    const { verifier, besideCrls = [] } = options;
    const carried = besideCrls.length > 0 || image.objects.some(({ name }) => name.startsWith(CRL_PREFIX));
    const examined = await examine(
      image,
      carried ? { ...options, verifier: verifier.withCrls(await carriedCrls(image, besideCrls)) } : options,
    );
    if (!image.objects.some(({ dataType }) => dataType === DATA_TYPE.ociRootIndex)) return examined;
    const { withOciSif } = await import('./oci-sif.ts');
    const { facts, verifier: used } = examined;
    return { ...examined, facts: await withOciSif(facts, examined, { verifier: used, now: options.now }) };
  });
}

async function examine(image: SifImage, options: ExamineOptions): Promise<SifExamination> {
  const objects = await readSignatureObjects(image);
  const foundNatives = [...objects.natives, ...notInside(options.besideNatives ?? [], objects.natives)];
  const dataRead = options.data !== 'claimed';
  const hashing = dataRead ? hashGroups(image, foundNatives, options) : undefined;
  hashing?.catch(() => undefined);
  const all = await openBundles([...objects.lane.map(foundInLane), ...(options.beside ?? [])], options);
  const natives = await checkNatives(foundNatives, all, options);
  const digests = (await hashing) ?? claimedDigests(image, natives, all);
  const groups = groupContents(image, digests);
  const view = viewOf({ image, groups, digests, aliases: options.aliases ?? [] });
  const copied =
    all.length > objects.lane.length || all.some((one) => 'problem' in one || one.check.status !== 'valid');
  const bundles = (copied ? countedCopies(all, objects.lane.length) : all)
    .map((bundle, index) => withLaneDefect(placeBundle(bundle, view), objects.lane[index]))
    .filter(({ is, opened: read }) => is === 'evidence' || !read?.found.evidenceOnly);
  const facts: ImageFacts = {
    name: options.name,
    kind: 'sif',
    contentDigests: groups.map(({ digest }) => digest),
    units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map(unitOf)),
    layers: [
      ...nativeLayers(natives, { image, digests, bundles }),
      ...bundles.flatMap((bundle) => (bundle.is === 'layer' ? [bundle.fact] : [])),
    ],
    evidence: bundles.flatMap((bundle) => (bundle.is === 'evidence' ? [bundle.fact] : [])),
    hasId: /[1-9a-f]/.test(image.header.id),
    dataRead,
    problems: [...imageProblems(image), ...(objects.strays.size > 0 ? strayRemarks(objects.strays, bundles) : [])],
  };
  return {
    image,
    facts,
    digests,
    groups,
    natives,
    objects,
    bundles,
    view,
    verifier: options.verifier,
    subjects: groups.map(({ digest }) => ({ name: SIF_SUBJECT, digest: { sha256: digestHex(digest) } })),
    content: groups.map(({ group, metadata }) => ({ group, metadata: decodeUtf8(metadata, 'sif-metadata') })),
    freeSlots: image.freeSlots,
  };
}

const ENCRYPTED: ReadonlySet<number> = new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);

const USES: ReadonlyMap<number, 'overlay' | 'data'> = new Map([
  [PARTITION_TYPE.overlay, 'overlay'],
  [PARTITION_TYPE.data, 'data'],
]);

function unitOf({ id, group, partition }: SifObject): UnitFact {
  const unit = { id: `object ${id}`, group };
  if (!partition) return unit;
  const { fs, type } = partition;
  const use = USES.get(type);
  return { ...unit, encrypted: ENCRYPTED.has(fs), writable: fs === FILE_SYSTEM.ext3, ...(use ? { use } : {}) };
}

function foundInLane({ object, data }: SignatureObjects['lane'][number]): FoundBundle {
  return { place: { in: 'sif', object: object.id }, bytes: data };
}

/** Native signatures that the image does not hold itself. */
function notInside(beside: readonly FoundNative[], inside: readonly FoundNative[]): readonly FoundNative[] {
  const known = new Set(inside.map(({ data }) => sha256(data)));
  return beside.filter(({ data }) => !known.has(sha256(data)));
}

/** Hashes every grouped object once, with SHA-256 and whatever else the signed messages use. */
async function hashGroups(
  image: SifImage,
  natives: readonly FoundNative[],
  { onBytes, hash = hashObjects }: ExamineOptions,
): Promise<ObjectDigests> {
  const algorithms = new Set<HashName>(['sha256', ...natives.flatMap(algorithmsNamed)]);
  const grouped = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
  return hash(image, grouped, { algorithms, ...(onBytes ? { onBytes } : {}) });
}

/** Groups whose data digests are known; all of them when the data was read. */
function groupContents(image: SifImage, digests: ObjectDigests): readonly GroupContent[] {
  const known = groupsOf(image).filter((group) => objectsInGroup(image, group).every(({ id }) => digests.has(id)));
  return known.map((group) => {
    const metadata = encodeMetadata(image, group, digests);
    return { group, objects: objectsInGroup(image, group), metadata, digest: sha256(metadata) };
  });
}

/** How statements are compared with this image. */
function viewOf({
  image,
  groups,
  digests,
  aliases,
}: Pick<SifExamination, 'image' | 'groups' | 'digests'> & { readonly aliases: readonly Digest[] }): ContentView {
  return {
    kind: 'sif',
    digests: groups.map(({ digest }) => digest),
    aliases,
    units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map((object) => unitOf(object).id)),
    known: groups.length === groupsOf(image).length,
    unitsOf: (digest, numbers) =>
      groups
        .filter((group) => group.digest === digest && (numbers?.has(group.group) ?? true))
        .flatMap((group) => group.objects.map((object) => unitOf(object).id)),
    explain: (content) => firstOf(content.flatMap((approved) => explain(approved, image, digests))),
  };
}

function explain(approved: ApprovedContent, image: SifImage, digests: ObjectDigests): readonly Reason[] {
  if (!groupsOf(image).includes(approved.group))
    return [
      {
        code: 'SIF_GROUP_MISSING',
        message: `group ${approved.group} was approved and is not in the image`,
        hint: 'restore the image from a copy, or have the stages approve the new content',
      },
    ];
  const { reasons } = compareMetadata(parseMetadata(utf8(approved.metadata)), image, approved.group, digests);
  return differences(reasons);
}

/** What is wrong with the image whatever is signed, and remarks on what is odd. */
function imageProblems(image: SifImage): readonly Reason[] {
  const problems: Reason[] = [];
  const add = (code: string, message: string, hint: string) => problems.push({ code, message, hint });
  if (groupsOf(image).length === 0)
    add('SIF_NO_GROUPS', 'the image has no group of objects, so there is nothing to approve', 'build the image again');
  for (const object of uncoverableObjects(image))
    add(
      'SIF_OBJECT_UNGROUPED',
      `object ${object.id} belongs to no group, so no signature can cover it; Apptainer refuses the image`,
      `delete it (\`siftool del ${object.id} IMAGE\`) or add it to a group before signing`,
    );
  for (const object of image.objects)
    if (object.used !== 1)
      add(
        'SIF_DESCRIPTOR_ALTERED',
        `object ${object.id}: its used byte is ${object.used}, which no writer writes`,
        'restore the image from a copy',
      );
  for (const { id, slot, name } of image.hidden)
    problems.push({
      code: 'SIF_OBJECT_HIDDEN',
      message: `object ${id} in slot ${slot}${name === '' ? '' : ` (${JSON.stringify(name)})`} is marked unused and its descriptor is still there: a change was interrupted, or somebody hid it`,
      hint: 'nothing, if all stages pass; else restore the image from a copy',
      severity: 'remark',
    });
  if (image.objects.length > 0 && image.header.descriptorsFree === image.header.descriptorsTotal)
    add('SIF_HEADER_ALTERED', 'the global header says that the image is empty', 'restore the image from a copy');
  return problems;
}

/** Native signatures that approvals name and that nobody reads, because their link was changed. */
function strayRemarks(strays: ReadonlyMap<Digest, SifObject>, bundles: readonly BundleFact[]): readonly Reason[] {
  const named = bundles.flatMap(({ is, fact }) => (is === 'layer' ? (fact.approval?.native ?? []) : []));
  return named.flatMap(({ digest }) => {
    const object = strays.get(digest);
    if (!object) return [];
    return [
      {
        code: 'SIF_DESCRIPTOR_ALTERED',
        message: `object ${object.id} is the native signature that an approval names, and its link to the group was changed`,
        hint: 'restore the image from a copy, or have this signer sign again',
        severity: 'remark',
      },
    ];
  });
}
