// SPDX-License-Identifier: Apache-2.0
// One SIF → all facts about it. Every signature is checked, every object hashed once, and each signed message compared
// with what was found; nothing here decides whether that is enough. Reads the data exactly once, whatever the number
// of layers.

import type { ImageFacts, LayerFact, Place } from '../../policy/facts.ts';
import type { Reason } from '../../findings/reason.ts';
import { utf8 } from '../../base/bytes.ts';
import { type Digest, sha256 } from '../../base/digest.ts';
import { LIMITS } from '../../base/limits.ts';
import { hashObjects } from '../../sif/hash/hash.ts';
import type { HashName, ObjectDigests } from '../../sif/hash/blocks.ts';
import { groupsOf, objectsInGroup, type SifImage, type SifObject } from '../../sif/sif.ts';
import {
  compareMetadata,
  encodeMetadata,
  type MetadataComparison,
  parseMetadata,
  type SifMetadata,
} from '../../sif/integrity.ts';
import type { ApprovedContent } from '../../attest/approval.ts';
import type { Verifier } from '../../crypto/verifier.ts';
import { type BundleFact, type ContentView, type FoundBundle, openBundle, placeBundle } from '../bundle.ts';
import { laneDefect } from './lane.ts';
import { claimedDigests } from './vouched-digests.ts';
import { imageProblems, strayRemarks } from './problems.ts';
import {
  algorithmsNamed,
  checkNative,
  type FoundNative,
  type NativeSignature,
  placeText,
  readSignatureObjects,
  type SignatureObjects,
} from './native-signatures.ts';

/** The signed message of one group, from this run's own hashes. */
export interface GroupContent {
  readonly group: number;
  readonly objects: readonly SifObject[];
  readonly metadata: Uint8Array;
  readonly digest: Digest;
}

/** Everything that was learnt about a SIF in one read. */
export interface SifExamination {
  readonly image: SifImage;
  readonly facts: ImageFacts;
  readonly digests: ObjectDigests;
  readonly groups: readonly GroupContent[];
  readonly natives: readonly NativeSignature[];
  readonly objects: SignatureObjects;
  readonly bundles: readonly BundleFact[];
  readonly aliases: readonly Digest[];
}

export interface ExamineOptions {
  /** How the image is called in the verdict. */
  readonly name: string;
  readonly verifier: Verifier;
  readonly now: Date;
  /** Bundles that travelled beside the image. */
  readonly beside?: readonly FoundBundle[];
  /** Native signatures that travelled beside the image. */
  readonly besideNatives?: readonly FoundNative[];
  /** Other digests that name this very image, such as its manifest's. */
  readonly aliases?: readonly Digest[];
  /** `claimed`: do not read the data; take its digests from layers that vouch for it (registry, before a download). */
  readonly data?: 'read' | 'claimed';
  /** How the data is hashed; a command that reads the file for another purpose hashes on the way. */
  readonly hash?: typeof hashObjects;
  readonly onBytes?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Reason for an object whose data was neither read nor vouched for: an open question, no difference. */
const NOT_HASHED = 'SIF_DATA_NOT_HASHED';

/** Reads, checks and compares everything on a SIF. @throws SifError when the file cannot be read as a SIF at all */
export async function examineSif(image: SifImage, options: ExamineOptions): Promise<SifExamination> {
  const { verifier, now } = options;
  const objects = await readSignatureObjects(image);
  const foundNatives = [...objects.natives, ...notInside(options.besideNatives ?? [], objects.natives)];
  const dataRead = options.data !== 'claimed';
  // Signatures are checked while the data is hashed, on another thread if it is large.
  const hashing = dataRead ? hashGroups(image, foundNatives, options) : undefined;
  hashing?.catch(() => undefined);
  const natives: NativeSignature[] = [];
  for (const native of foundNatives) {
    const limit = LIMITS.nativeSignatures - natives.length;
    natives.push(...(await checkNative(native, { verifier, now, limit })));
  }
  const found = [...objects.lane.map(foundInLane), ...(options.beside ?? [])];
  const all = await Promise.all(found.map((bundle) => openBundle(bundle, verifier, now)));
  const digests = (await hashing) ?? claimedDigests(image, natives, all);
  const opened = withoutCopies(all, objects.lane.length);
  const groups = groupContents(image, digests);
  const view = sifView({ image, groups, digests, aliases: options.aliases ?? [] });
  const placed = opened.map((bundle) => placeBundle(bundle, view));
  const bundles = placed
    .map((fact, index) => withLaneDefect(fact, objects.lane[index]))
    .filter(({ is, opened: read }) => is === 'evidence' || !read?.found.evidenceOnly);
  const claimed = claimedNatives(bundles);
  const compare = comparer(image, digests);
  const facts: ImageFacts = {
    name: options.name,
    kind: 'sif',
    contentDigests: groups.map(({ digest }) => digest),
    units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map(unitOf)),
    layers: [
      ...natives.map((native) => withClaim(nativeFact(native, compare(native)), native, claimed)),
      ...bundles.flatMap((bundle) => (bundle.is === 'layer' ? [bundle.fact] : [])),
    ],
    evidence: bundles.flatMap((bundle) => (bundle.is === 'evidence' ? [bundle.fact] : [])),
    dataRead,
    problems: [...imageProblems(image), ...strayRemarks(objects.strays, bundles)],
  };
  return { image, facts, digests, groups, natives, objects, bundles, aliases: options.aliases ?? [] };
}

function unitOf(object: SifObject) {
  return { id: `object ${object.id}` };
}

function foundInLane({ object, data }: SignatureObjects['lane'][number]): FoundBundle {
  return { place: { in: 'sif', object: object.id }, bytes: data };
}

/** Native signatures that the image does not hold itself. */
function notInside(beside: readonly FoundNative[], inside: readonly FoundNative[]): readonly FoundNative[] {
  const known = new Set(inside.map(({ data }) => sha256(data)));
  return beside.filter(({ data }) => !known.has(sha256(data)));
}

/** A bundle that travels beside the image and is in its lane too counts once; an altered copy hides no intact one. */
function withoutCopies(opened: readonly Opened[], inLane: number): readonly Opened[] {
  const known = new Set(opened.slice(0, inLane).map(signatureKey));
  return opened.filter((bundle, index) => index < inLane || 'problem' in bundle || !known.has(signatureKey(bundle)));
}

type Opened = Awaited<ReturnType<typeof openBundle>>;

function signatureKey(opened: Opened): string {
  if ('problem' in opened) return '';
  return `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}`;
}

/** Hashes every grouped object once, with SHA-256 and whatever else the signed messages use. */
async function hashGroups(
  image: SifImage,
  natives: readonly FoundNative[],
  { onBytes, signal, hash = hashObjects }: ExamineOptions,
): Promise<ObjectDigests> {
  const algorithms = new Set<HashName>(['sha256', ...natives.flatMap(algorithmsNamed)]);
  const grouped = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
  return hash(image, grouped, { algorithms, ...(onBytes ? { onBytes } : {}), ...(signal ? { signal } : {}) });
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
export function sifView({
  image,
  groups,
  digests,
  aliases,
}: Pick<SifExamination, 'image' | 'groups' | 'digests' | 'aliases'>): ContentView {
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

/** Differences that are told one by one; a hostile image may have millions. */
const TOLD = 20;

function firstOf(reasons: readonly Reason[]): readonly Reason[] {
  const [next, ...more] = reasons.slice(TOLD);
  if (!next || more.length === 0) return reasons;
  return [...reasons.slice(0, TOLD), { ...next, message: `${next.message}; and ${more.length} more differences` }];
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
  return reasons.filter(({ code }) => code !== NOT_HASHED);
}

/** A lane object must be stored exactly as its content says; the name also names the bytes. */
function withLaneDefect(fact: BundleFact, stored: SignatureObjects['lane'][number] | undefined): BundleFact {
  if (!stored) return fact;
  const { object, data } = stored;
  const defect = laneDefect(object, {
    is: fact.is === 'evidence' ? 'evidence' : 'approval',
    label: labelOf(fact, object),
    bundle: data,
    reservable: fact.is === 'layer' && fact.fact.approval !== null,
  });
  if (defect === undefined) return fact;
  const reason: Reason = {
    code: 'LANE_ALTERED',
    message: `object ${object.id} was altered: ${defect}`,
    hint: 'restore the image from a copy, or delete the object and sign again',
  };
  const altered = { signature: 'invalid', reasons: [reason, ...fact.fact.reasons] } as const;
  if (fact.is === 'evidence') return { ...fact, fact: { ...fact.fact, ...altered } };
  return { ...fact, fact: { ...fact.fact, ...altered } };
}

/** The label that the content asks for; unreadable content leaves only the name's own. */
function labelOf(fact: BundleFact, object: SifObject): string {
  if (fact.is === 'evidence') return evidenceLabel(fact.fact.predicateType);
  return fact.fact.approval?.stage ?? object.name.split('/')[2] ?? '';
}

/** Short word for a kind of evidence, used in lane names and file names. */
export function evidenceLabel(predicateType: string): string {
  if (predicateType.startsWith('https://slsa.dev/provenance/')) return 'provenance';
  if (predicateType.startsWith('https://cyclonedx.org/bom') || predicateType.startsWith('https://spdx.dev/Document'))
    return 'sbom';
  if (predicateType.startsWith('https://in-toto.io/attestation/vulns/')) return 'vulns';
  return 'other';
}

/** Compares a native signature's message with the image; all signatures of one envelope share the answer. */
function comparer(image: SifImage, digests: ObjectDigests) {
  const groups = new Set(groupsOf(image));
  const known = new Map<SifMetadata, MetadataComparison>();
  return ({ group, metadata }: NativeSignature): MetadataComparison | undefined => {
    if (!metadata || group === undefined || !groups.has(group)) return undefined;
    const comparison = known.get(metadata) ?? compareMetadata(metadata, image, group, digests);
    known.set(metadata, comparison);
    return comparison;
  };
}

function nativeFact(native: NativeSignature, comparison: MetadataComparison | undefined): LayerFact {
  const { check } = native;
  const { place } = native.found;
  const found = comparison?.reasons ?? [];
  const reasons = found.filter(({ code }) => code !== NOT_HASHED);
  const contradicted = reasons.some(({ code }) => code !== 'SIF_OBJECT_NOT_SIGNED');
  const partial = reasons.length > 0 && !contradicted;
  return {
    place,
    kind: native.kind,
    method: check.identity?.method ?? (native.kind === 'native-dsse' ? 'key' : 'pgp'),
    digest: native.digest,
    signer: check.identity,
    signature: contradicted && check.status === 'valid' ? 'invalid' : check.status,
    reasons: [...native.reasons, ...firstOf(reasons), ...(partial ? [partialReason(place)] : [])],
    covers: contradicted ? [] : (comparison?.matchingObjects ?? []).map((id) => `object ${id}`),
    contradicted,
    approval: null,
    signedAt: check.signedAt?.toISOString() ?? null,
  };
}

function partialReason(place: Place): Reason {
  return {
    code: 'NATIVE_PARTIAL',
    message: `${placeText(place)} signs only some objects of its group; Apptainer refuses such an image for good`,
    hint: 'delete it (`siftool del ID IMAGE`) and sign the whole group',
  };
}

/** Native signatures that valid approvals of the same signer name as their other half: digest + fingerprint. */
function claimedNatives(bundles: readonly BundleFact[]): ReadonlySet<string> {
  const claims = bundles.flatMap(({ is, fact }) => {
    if (is !== 'layer' || fact.signature !== 'valid' || fact.signer?.method !== 'pgp') return [];
    const { fingerprint } = fact.signer;
    return (fact.approval?.native ?? []).map(({ digest }) => `${digest} ${fingerprint}`);
  });
  return new Set(claims);
}

/** Our own native signatures have one possible descriptor; anything else means that somebody changed it. */
function withClaim(fact: LayerFact, native: NativeSignature, claimed: ReadonlySet<string>): LayerFact {
  if (fact.signer?.method !== 'pgp' || !claimed.has(`${fact.digest} ${fact.signer.fingerprint}`)) return fact;
  if (native.canonical) return fact;
  const reason: Reason = {
    code: 'SIF_DESCRIPTOR_ALTERED',
    message: `${placeText(native.found.place)}: the descriptor of this signature was changed after signing`,
    hint: 'restore the image from a copy, or have this signer sign again',
  };
  return { ...fact, signature: 'invalid', reasons: [reason, ...fact.reasons] };
}
