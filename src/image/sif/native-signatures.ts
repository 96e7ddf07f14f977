// SPDX-License-Identifier: Apache-2.0
// The native signatures of a SIF: signature objects that Apptainer itself reads, because they are linked to a group (or,
// in the insecure legacy form, to an object). Checks each against the trust material and says which message it signs.

import type { ProvenTime, Reason } from '../../findings/signature.ts';
import { type Digest, sha256, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Place, VouchedTime } from '../../policy/facts.ts';
import type { LayerKind } from '../../policy/verdict.ts';
import { DATA_TYPE, GROUP_MASK } from '../../sif/format.ts';
import { groupsOf, readObject, type SifImage, type SifObject } from '../../sif/sif.ts';
import { type HashName, parseMetadata, type SifMetadata } from '../../sif/integrity.ts';
import { type Envelope, isNativeDsse, nativePae, parseNativeDsse } from '../../attest/dsse.ts';
import type { SignatureCheck, Verifier } from '../../crypto/verifier.ts';
import { hasLaneName, isLaneObject } from './lane.ts';

/** A native signature's bytes and where they were found. */
export interface FoundNative {
  readonly place: Place;
  readonly data: Uint8Array;
  /** Group that it is linked to; undefined for the legacy object form. */
  readonly group: number | undefined;
  /** Primary key fingerprint that its descriptor names, or the bundle that it travels with. */
  readonly fingerprint: string | undefined;
  /** Its object in the image; undefined when it travels beside the image. */
  readonly object: SifObject | undefined;
}

/** One signature of a native signature object, checked, not yet compared with the image. */
export interface NativeSignature {
  readonly found: FoundNative;
  readonly kind: LayerKind & `native-${string}`;
  /** Group that the object is linked to; undefined for the legacy object form. */
  readonly group: number | undefined;
  /** SHA-256 of the object's data (PGP), or of the signature bytes (DSSE, whose object changes when a signer joins). */
  readonly digest: Digest;
  readonly check: SignatureCheck;
  /** True when the object is stored exactly as we write one: what an approval's native entry asks for. */
  readonly canonical: boolean;
  /** What was signed; undefined when it cannot be read. */
  readonly metadata: SifMetadata | undefined;
  readonly reasons: readonly Reason[];
  /** What it is worth at times that later approvals prove. */
  readonly vouched?: readonly VouchedTime[];
}

/** The signature objects of an image with their data, told apart. */
export interface SignatureObjects {
  readonly natives: readonly FoundNative[];
  readonly lane: readonly { readonly object: SifObject; readonly data: Uint8Array }[];
  /** Cleartext signatures that are not linked to a group, so that nobody reads them, by the SHA-256 of their data. */
  readonly strays: ReadonlyMap<Digest, SifObject>;
}

/**
 * Reads all signature objects of an image once. Unlinked ones that are not ours belong to other tools and are left out.
 * @throws SifError for an object larger than LIMITS.sifSignatureBytes, or all together over the total
 */
export async function readSignatureObjects(image: SifImage): Promise<SignatureObjects> {
  const natives: FoundNative[] = [];
  const lane: { object: SifObject; data: Uint8Array }[] = [];
  const strays = new Map<Digest, SifObject>();
  let left: number = LIMITS.sifSignatureTotalBytes;
  const linked = linkedGroups(image);
  for (const object of signatureObjects(image)) {
    const data = await readObject(image, object, Math.min(left, LIMITS.sifSignatureBytes));
    left -= data.length;
    if (linked(object)) natives.push(foundIn(object, data));
    else if (isLaneObject(object, data)) lane.push({ object, data });
    else if (object.linkedObject !== undefined && isLegacy(data)) natives.push(foundIn(object, data));
    else if (isCleartext(data)) strays.set(sha256(data), object);
  }
  return { natives, lane, strays };
}

/** The objects whose bytes readSignatureObjects reads: they count towards its limits. */
export function signatureObjects(image: SifImage): readonly SifObject[] {
  const linked = linkedGroups(image);
  // Other tools may keep what they like in unlinked objects; one that is too large for a signature is none of ours.
  const isForeign = (object: SifObject): boolean =>
    object.sizeBytes > LIMITS.sifSignatureBytes && !linked(object) && !hasLaneName(object);
  return image.objects.filter((object) => object.dataType === DATA_TYPE.signature && !isForeign(object));
}

/** Apptainer looks for signatures group by group: one that is linked to a group which is not there is read by nobody. */
function linkedGroups(image: SifImage): (object: SifObject) => boolean {
  const groups = new Set(groupsOf(image));
  return ({ linkedGroup }) => linkedGroup !== undefined && groups.has(linkedGroup);
}

function foundIn(object: SifObject, data: Uint8Array): FoundNative {
  const place: Place = { in: 'sif', object: object.id };
  return { place, data, group: object.linkedGroup, fingerprint: object.signature?.fingerprint, object };
}

/** A place for people. */
export function placeText(place: Place): string {
  return place.in === 'sif' ? `object ${place.object}` : place.name;
}

/**
 * Digest algorithms that a native signature may name, found without checking it, so that all of them are computed in the
 * one read of the data.
 */
export function algorithmsNamed({ data }: FoundNative): readonly HashName[] {
  const text = Buffer.from(isNativeDsse(data) ? payloadOf(data) : data).toString('latin1');
  return (['sha224', 'sha384', 'sha512', 'sha512_224', 'sha512_256'] as const).filter((name) =>
    text.includes(`"${name}:`),
  );
}

function payloadOf(data: Uint8Array): Uint8Array {
  try {
    return parseNativeDsse(data).payload;
  } catch (error) {
    if (error instanceof CountersignError) return new Uint8Array();
    throw error;
  }
}

/** With what a native signature is checked. */
export interface CheckOptions {
  readonly verifier: Pick<Verifier, 'verifyCleartext' | 'verifyDsse'>;
  readonly now: Date;
  /** Since when an approval that names the signature proves it to have existed. */
  readonly proven?: ProvenTime;
  /** Signatures that may still be looked at. */
  readonly limit: number;
}

/** Every signature in a native signature object. Never throws for what is in it. */
export async function checkNative(native: FoundNative, options: CheckOptions): Promise<readonly NativeSignature[]> {
  const { data } = native;
  const { verifier, now, proven } = options;
  if (options.limit <= 0) return [tooMany(native)];
  if (isNativeDsse(data)) return checkDsse(native, options);
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

function legacy(native: FoundNative, check: SignatureCheck): NativeSignature {
  const reason: Reason = {
    code: 'NATIVE_LEGACY_INSECURE',
    message: `${placeText(native.place)} is a legacy signature: it protects neither header nor descriptors, and never counts`,
    hint: 'sign the image again with a current tool',
  };
  return {
    found: native,
    kind: 'native-legacy',
    group: native.group,
    digest: sha256(native.data),
    check: { ...check, status: check.status === 'valid' ? 'untrusted' : check.status },
    canonical: false,
    metadata: undefined,
    reasons: [...check.reasons, reason],
  };
}

function unreadable(native: FoundNative): NativeSignature {
  return {
    found: native,
    kind: 'native-pgp',
    group: native.group,
    digest: sha256(native.data),
    check: { status: 'unreadable', identity: null, reasons: [], signedAt: null },
    canonical: false,
    metadata: undefined,
    reasons: [
      {
        code: 'NATIVE_UNREADABLE',
        message: `${placeText(native.place)} is linked as a signature and is none that can be read; Apptainer refuses the image`,
        hint: 'delete the object (`siftool del ID IMAGE`) if it is not needed, and sign again',
      },
    ],
  };
}

/** In a file that fails the image; so nobody can hide a signature behind others. */
function tooMany(native: FoundNative): NativeSignature {
  const reason: Reason = {
    code: 'NATIVE_UNREADABLE',
    message: `${placeText(native.place)} is not looked at: there are more than ${LIMITS.nativeSignatures} native signatures`,
    hint: 'delete the signature objects that are not needed (`siftool del ID IMAGE`)',
  };
  return { ...unreadable(native), reasons: [reason] };
}

const CLEARTEXT = '-----BEGIN PGP SIGNED MESSAGE-----';

function isCleartext(data: Uint8Array): boolean {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  return text.startsWith(CLEARTEXT) || text.includes(`\n${CLEARTEXT}`);
}

function isLegacy(data: Uint8Array): boolean {
  return isCleartext(data) && /\n\r?\nSIFHASH:\r?\n/.test(Buffer.from(data.subarray(0, 65_536)).toString('latin1'));
}

function reasonOf(error: CountersignError): Reason {
  return { code: error.code, message: error.message, hint: error.hint };
}
