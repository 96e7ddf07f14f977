// SPDX-License-Identifier: Apache-2.0
// What trusted layers say the data of an image is, for judging a SIF in a registry without downloading it. Only layers
// whose signature is valid and whose signer read the data count as witnesses; where witnesses differ, nothing is known.

import { utf8 } from '../../base/bytes.ts';
import {
  compareMetadata,
  type HashName,
  type ObjectDigests,
  parseMetadata,
  type SifMetadata,
} from '../../sif/integrity.ts';
import { groupsOf, objectsInGroup, type SifImage } from '../../sif/sif.ts';
import type { Opened } from '../bundle.ts';
import type { NativeSignature } from './signature-objects.ts';

interface Claim {
  readonly group: number;
  readonly metadata: SifMetadata;
}

/** SHA-256 of each object's data as witnesses state it; objects without a witness, or with disputed ones, are left out. */
export function claimedDigests(
  image: SifImage,
  natives: readonly NativeSignature[],
  opened: readonly Opened[],
): ObjectDigests {
  const stated = new Map<number, Set<string>>();
  for (const { group, metadata } of [...nativeClaims(natives), ...approvalClaims(opened)]) {
    if (!groupsOf(image).includes(group) || !compareMetadata(metadata, image, group, undefined).complete) continue;
    const [lowest] = objectsInGroup(image, group);
    for (const { relativeId, objectDigest } of metadata.objects) {
      if (objectDigest.algorithm !== 'sha256') continue;
      const id = (lowest?.id ?? 1) + relativeId;
      stated.set(id, (stated.get(id) ?? new Set()).add(objectDigest.hex));
    }
  }
  const digests = new Map<number, ReadonlyMap<HashName, string>>();
  for (const [id, values] of stated) {
    const [hex] = values;
    if (values.size === 1 && hex !== undefined) digests.set(id, new Map([['sha256', hex]]));
  }
  return digests;
}

function nativeClaims(natives: readonly NativeSignature[]): readonly Claim[] {
  return natives.flatMap(({ check, group, metadata }) =>
    check.status === 'valid' && group !== undefined && metadata ? [{ group, metadata }] : [],
  );
}

function approvalClaims(opened: readonly Opened[]): readonly Claim[] {
  return opened.flatMap((bundle) => {
    if ('problem' in bundle || bundle.check.status !== 'valid' || !bundle.approval?.approval.dataVerified) return [];
    return bundle.approval.content.flatMap(({ group, metadata }) => {
      const parsed = tryParse(metadata);
      return parsed ? [{ group, metadata: parsed }] : [];
    });
  });
}

function tryParse(metadata: string): SifMetadata | undefined {
  try {
    return parseMetadata(utf8(metadata));
  } catch {
    return undefined;
  }
}
