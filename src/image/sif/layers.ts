// SPDX-License-Identifier: Apache-2.0
// One checked signature of a SIF against the image it was found on: what it covers, and whether its object is stored as
// we write one.

import type { LayerFact, Place } from '../../policy/facts.ts';
import type { Reason } from '../../findings/signature.ts';
import { compareMetadata, type MetadataComparison, type ObjectDigests, type SifMetadata } from '../../sif/integrity.ts';
import { groupsOf, type SifImage, type SifObject } from '../../sif/sif.ts';
import { alsoAtTimes, type BundleFact, timeOf } from '../bundle.ts';
import { evidenceLabel, laneDefect } from './lane.ts';
import { type NativeSignature, placeText, type SignatureObjects } from './native-signatures.ts';

/** Reason for an object whose data was neither read nor vouched for: an open question, no difference. */
const NOT_HASHED = 'SIF_DATA_NOT_HASHED';

/** Differences that are listed one by one; a hostile image may have millions. */
const LISTED = 20;

/** What differs for certain: an object that was not hashed is no difference. */
export function differences(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.filter(({ code }) => code !== NOT_HASHED);
}

/** The first of many differences, and how many more there are. */
export function firstOf(reasons: readonly Reason[]): readonly Reason[] {
  const [next, ...more] = reasons.slice(LISTED);
  if (!next || more.length === 0) return reasons;
  return [...reasons.slice(0, LISTED), { ...next, message: `${next.message}; and ${more.length} more differences` }];
}

/** A lane object must be stored exactly as its content says; the name also names the bytes. */
export function withLaneDefect(fact: BundleFact, stored: SignatureObjects['lane'][number] | undefined): BundleFact {
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

/** What the native signatures are for this image; `bundles` say which of them belong to an approval. */
export function nativeLayers(
  natives: readonly NativeSignature[],
  { image, digests, bundles }: { image: SifImage; digests: ObjectDigests; bundles: readonly BundleFact[] },
): readonly LayerFact[] {
  const named = namedByApprovals(bundles);
  const compare = comparer(image, digests);
  return natives.map((native) => withDescriptorCheck(nativeLayer(native, compare(native)), native, named));
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

function nativeLayer(native: NativeSignature, comparison: MetadataComparison | undefined): LayerFact {
  const { check } = native;
  const { place } = native.found;
  const found = comparison?.reasons ?? [];
  const reasons = differences(found);
  const contradicted = reasons.some(({ code }) => code !== 'SIF_OBJECT_NOT_SIGNED');
  const partial = reasons.length > 0 && !contradicted;
  const differing = [...firstOf(reasons), ...(partial ? [partialReason(place)] : [])];
  return {
    place,
    kind: native.kind,
    method: check.identity?.method ?? (native.kind === 'native-dsse' ? 'key' : 'pgp'),
    digest: native.digest,
    signer: check.identity,
    signature: contradicted && check.status === 'valid' ? 'invalid' : check.status,
    reasons: [...native.reasons, ...differing],
    covers: contradicted ? [] : (comparison?.matchingObjects ?? []).map((id) => `object ${id}`),
    contradicted,
    approval: null,
    ...timeOf(check),
    ...alsoAtTimes(native.vouched, differing),
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

/**
 * Native signatures that approvals of the same signer name as their other half, which are valid or may be by the time of
 * later ones: digest + fingerprint.
 */
function namedByApprovals(bundles: readonly BundleFact[]): ReadonlySet<string> {
  const claims = bundles.flatMap(({ is, fact }) => {
    if (is !== 'layer' || fact.signer?.method !== 'pgp' || !(fact.signature === 'valid' || fact.vouched)) return [];
    const { fingerprint } = fact.signer;
    return (fact.approval?.native ?? []).map(({ digest }) => `${digest} ${fingerprint}`);
  });
  return new Set(claims);
}

/** Our own native signatures have one possible descriptor; anything else means that somebody changed it. */
function withDescriptorCheck(fact: LayerFact, native: NativeSignature, named: ReadonlySet<string>): LayerFact {
  if (fact.signer?.method !== 'pgp' || !named.has(`${fact.digest} ${fact.signer.fingerprint}`)) return fact;
  if (native.canonical) return fact;
  const reason: Reason = {
    code: 'SIF_DESCRIPTOR_ALTERED',
    message: `${placeText(native.found.place)}: the descriptor of this signature was changed after signing`,
    hint: 'restore the image from a copy, or have this signer sign again',
  };
  return { ...fact, signature: 'invalid', reasons: [reason, ...fact.reasons] };
}
