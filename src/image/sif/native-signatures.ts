// SPDX-License-Identifier: Apache-2.0
// The native signatures of a SIF → facts: each checked against the trust material, and its signed message compared with
// the image it was found on.

import type { ProvenTime, Reason } from '../../findings/signature.ts';
import { sha256, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { LayerFact, Place } from '../../policy/facts.ts';
import { GROUP_MASK } from '../../sif/format.ts';
import { groupsOf, type SifImage, type SifObject } from '../../sif/sif.ts';
import {
  compareMetadata,
  type MetadataComparison,
  type ObjectDigests,
  parseMetadata,
  type SifMetadata,
} from '../../sif/integrity.ts';
import { nativePae, parseNativeDsse } from '../../attest/native-dsse.ts';
import type { Envelope } from '../../attest/bundle.ts';
import type { SignatureCheck, Verifier } from '../../crypto/verifier.ts';
import { alsoAtTimes, type BundleFact, type Opened, timeOf } from '../bundle.ts';
import { type Checking, stampedApprovals } from '../open-bundles.ts';
import { timesByNative, timesOfNative, vouchedTimes } from '../vouched.ts';
import {
  type FoundNative,
  isCleartext,
  isDsse,
  isLegacy,
  type NativeSignature,
  placeText,
} from './signature-objects.ts';
import { legacy, tooMany, unreadable } from './uncounted.ts';

/** With what a native signature is checked. */
export interface CheckOptions {
  readonly verifier: Pick<Verifier, 'verifyCleartext' | 'verifyDsse'>;
  readonly now: Date;
  /** Since when an approval that names the signature proves it to have existed. */
  readonly proven?: ProvenTime;
  /** Signatures that may still be looked at. */
  readonly limit: number;
}

/**
 * Checks all native signatures. They hold no timestamp: one is as old as the approval that it belongs to, or as a later
 * approval that lists it, by itself or by that approval.
 */
export async function checkNatives(
  found: readonly FoundNative[],
  approvals: readonly Opened[],
  { verifier, now }: Checking,
): Promise<readonly NativeSignature[]> {
  const stamped = stampedApprovals(approvals);
  const times = stamped.length > 0 ? timesByNative(stamped) : undefined;
  const natives: NativeSignature[] = [];
  for (const native of found) {
    const proven = times?.get(sha256(native.data));
    const limit = LIMITS.nativeSignatures - natives.length;
    const options = { verifier, now, limit };
    const checked = await checkNative(native, proven ? { ...options, proven } : options);
    for (const one of checked)
      natives.push(times ? await withVouched(one, timesOfNative(one, approvals, stamped), options) : one);
  }
  return natives;
}

async function withVouched(
  native: NativeSignature,
  times: readonly ProvenTime[],
  options: CheckOptions,
): Promise<NativeSignature> {
  if (native.kind === 'native-legacy') return native;
  const vouched = await vouchedTimes(native.check, times, async (proven) => {
    const again = await checkNative(native.found, { ...options, proven });
    return again.find(({ digest, check }) => digest === native.digest && check.status === 'valid')?.check;
  });
  return vouched.length > 0 ? { ...native, vouched } : native;
}

/** Every signature in a native signature object. Never throws for what is in it. */
export async function checkNative(native: FoundNative, options: CheckOptions): Promise<readonly NativeSignature[]> {
  const { data } = native;
  const { verifier, now, proven } = options;
  if (options.limit <= 0) return [tooMany(native)];
  if (isDsse(data)) return checkDsse(native, options);
  if (!isCleartext(data)) return [unreadable(native)];
  const check = await verifier.verifyCleartext(data, native.fingerprint, now, proven);
  if (isLegacy(data)) return [legacy(native, check)];
  const { metadata, reasons } = readMetadata(check.text === null ? undefined : utf8(check.text), native);
  const hashType = hashTypeDefect(native);
  const problems = [...reasons, ...hashType];
  const status = problems.length > 0 && check.status === 'valid' ? 'invalid' : check.status;
  return [
    {
      found: native,
      kind: 'native-pgp',
      group: native.group,
      digest: sha256(data),
      check: { ...check, status },
      canonical: isCanonical(native.object, check),
      metadata,
      reasons: [...check.reasons, ...problems],
    },
  ];
}

async function checkDsse(
  native: FoundNative,
  { verifier, now, limit, proven }: CheckOptions,
): Promise<readonly NativeSignature[]> {
  const envelope = readEnvelope(native.data);
  if (envelope instanceof CountersignError)
    return [{ ...unreadable(native), kind: 'native-dsse', reasons: [reasonOf(envelope)] }];
  if (envelope.signatures.length > limit) return [tooMany(native)];
  const { metadata, reasons } = readMetadata(envelope.payload, native);
  const pae = nativePae(envelope.payload);
  const signatures: NativeSignature[] = [];
  for (const { signature, keyid } of envelope.signatures) {
    // What this throws is about the trust material, never about the image.
    const input = { pae, signature, material: undefined, keyid, hashing: 'native', proven } as const;
    const check = await verifier.verifyDsse(input, now);
    const problems = [...reasons, ...hashTypeDefect(native)];
    const status = problems.length > 0 && check.status === 'valid' ? 'invalid' : check.status;
    signatures.push({
      found: native,
      kind: 'native-dsse',
      group: native.group,
      digest: sha256(signature),
      check: { ...check, status },
      canonical: false,
      metadata,
      reasons: [...check.reasons, ...problems],
    });
  }
  return signatures.length > 0 ? signatures : [unreadable(native)];
}

function readEnvelope(data: Uint8Array): Envelope | CountersignError {
  try {
    return parseNativeDsse(data);
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
}

/** Our native objects have one possible descriptor for given data. */
function isCanonical(object: SifObject | undefined, check: SignatureCheck): boolean {
  if (object === undefined) return true;
  return (
    object.used === 1 &&
    object.rawGroup === GROUP_MASK &&
    object.name === '' &&
    object.uid === 0 &&
    object.gid === 0 &&
    check.signedAt !== null &&
    object.createdAt === Math.floor(check.signedAt.getTime() / 1000) &&
    object.signature?.plain === true
  );
}

function readMetadata(bytes: Uint8Array | undefined, { place }: FoundNative) {
  if (!bytes) return { metadata: undefined, reasons: [] };
  try {
    return { metadata: parseMetadata(bytes), reasons: [] };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, hint } = error;
    return { metadata: undefined, reasons: [{ code, message: `${placeText(place)}: ${message}`, hint }] };
  }
}

/** The reference refuses a signature object whose hash type is none of the five, so a gate would too (docs/spec/sif.md, 1.5). */
function hashTypeDefect({ object }: FoundNative): readonly Reason[] {
  const hashType = object?.signature?.hashType ?? 0;
  if (object === undefined || (hashType >= 1 && hashType <= 5)) return [];
  return [
    {
      code: 'SIF_DESCRIPTOR_ALTERED',
      message: `object ${object.id}: its hash type is ${hashType}`,
      hint: 'restore the image from a copy, or have this signer sign again',
    },
  ];
}

function reasonOf(error: CountersignError): Reason {
  return { code: error.code, message: error.message, hint: error.hint };
}

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
