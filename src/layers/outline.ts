// SPDX-License-Identifier: Apache-2.0
// What is on a SIF, by what it says of itself: objects, layers, evidence, free slots. Reads kilobytes, checks no
// signature and hashes no data, so nothing here is proven; verify-all proves.

import { sha256 } from '../primitives/digest.ts';
import { isJsonObject } from '../primitives/json.ts';
import { openSif, type SifImage, type SifObject } from '../sif/image.ts';
import { openFileSource } from '../sif/source.ts';
import { APPROVAL_PREDICATE_TYPE, parseApproval } from '../signing/approval.ts';
import { type Bundle, parseBundle } from '../signing/bundle.ts';
import { isNativeDsse, parseNativeDsse } from '../signing/native-dsse.ts';
import { parseStatement } from '../signing/statement.ts';
import { type FoundNative, placeText, readSignatureObjects } from './sif-natives.ts';

export interface ObjectOutline {
  readonly id: number;
  readonly type: string;
  readonly group: number | null;
  /** `group 1` or `object 3`. */
  readonly link: string | null;
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A layer or piece of evidence as it names itself; every field is a claim. */
export interface ClaimOutline {
  readonly where: string;
  readonly kind: 'native-pgp' | 'native-dsse' | 'approval' | 'evidence' | 'unreadable';
  readonly stage: string | null;
  readonly predicateType: string | null;
  readonly signer: string | null;
  readonly digest: string;
  readonly signedAt: string | null;
}

export interface SifOutline {
  readonly id: string;
  readonly architecture: string;
  readonly sizeBytes: number;
  readonly objects: readonly ObjectOutline[];
  readonly layers: readonly ClaimOutline[];
  readonly evidence: readonly ClaimOutline[];
  readonly freeSlots: number;
  readonly totalSlots: number;
}

/** The outline of a SIF file. @throws SifError when it is no readable SIF; SystemError */
export async function outlineSif(path: string): Promise<SifOutline> {
  await using source = await openFileSource(path);
  const image = await openSif(source);
  const { natives, lane } = await readSignatureObjects(image);
  const claims = [...natives.flatMap(nativeClaims), ...lane.map(({ object, data }) => laneClaim(object, data))];
  return {
    id: image.header.id,
    architecture: primaryArchitecture(image),
    sizeBytes: source.sizeBytes,
    objects: image.objects.map(outlineObject),
    layers: claims.filter(({ kind }) => kind !== 'evidence'),
    evidence: claims.filter(({ kind }) => kind === 'evidence'),
    freeSlots: image.freeSlots,
    totalSlots: image.totalSlots,
  };
}

/** The partition's own architecture; the header's is not protected by any signature (sif.md 7.1). */
function primaryArchitecture(image: SifImage): string {
  const partitions = image.objects.flatMap(({ partition }) => (partition ? [partition] : []));
  return (partitions.find(({ type }) => type === 2) ?? partitions[0])?.arch ?? 'unknown';
}

function outlineObject(object: SifObject): ObjectOutline {
  const { id, typeName, group, linkedGroup, linkedObject, name, offset, sizeBytes } = object;
  const link =
    linkedGroup !== undefined ? `group ${linkedGroup}` : linkedObject !== undefined ? `object ${linkedObject}` : null;
  return { id, type: typeName, group: group === 0 ? null : group, link, name, offset, sizeBytes };
}

function nativeClaims({ place, data, fingerprint }: FoundNative): readonly ClaimOutline[] {
  const base = { where: placeText(place), stage: null, predicateType: null, signedAt: null };
  if (!isNativeDsse(data)) {
    return [{ ...base, kind: 'native-pgp', signer: fingerprint ? `pgp:${fingerprint}` : null, digest: sha256(data) }];
  }
  try {
    return parseNativeDsse(data).signatures.map(({ keyid, signature }) => ({
      ...base,
      kind: 'native-dsse',
      signer: keyid ?? null,
      digest: sha256(signature),
    }));
  } catch {
    return [{ ...base, kind: 'unreadable', signer: null, digest: sha256(data) }];
  }
}

function laneClaim(object: SifObject, data: Uint8Array): ClaimOutline {
  const where = `object ${object.id}`;
  try {
    const bundle = parseBundle(data);
    const { predicateType, predicate } = parseStatement(bundle.envelope.payload);
    const parsed =
      predicateType === APPROVAL_PREDICATE_TYPE && isJsonObject(predicate) ? parseApproval(predicate) : undefined;
    return {
      where,
      kind: parsed ? 'approval' : 'evidence',
      stage: parsed?.approval.stage ?? null,
      predicateType,
      signer: claimedSigner(bundle),
      digest: bundle.payloadDigest,
      signedAt: parsed?.approval.timeVerified ?? null,
    };
  } catch {
    return {
      where,
      kind: 'unreadable',
      stage: null,
      predicateType: null,
      signer: null,
      digest: sha256(data),
      signedAt: null,
    };
  }
}

function claimedSigner({ material }: Bundle): string {
  if (material.kind === 'public-key') {
    const fingerprint = /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1];
    return fingerprint ? `pgp:${fingerprint.toUpperCase()}` : `key:${material.hint}`;
  }
  return `x509:${material.chain[0] ? sha256(material.chain[0]).slice(7) : ''}`;
}
