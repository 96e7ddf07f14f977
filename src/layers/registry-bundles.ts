// SPDX-License-Identifier: Apache-2.0
// Bundles on their way between a SIF's lane and the referrers of its manifest in a registry or layout folder.

import { asText } from '../primitives/shape.ts';
import type { Digest } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { isJsonObject, type JsonValue } from '../primitives/json.ts';
import { type BundleToAttach, isBundleReferrer, readBundle } from '../registry/bundles.ts';
import type { ReadableRepository } from '../registry/repository.ts';
import type { SifImage } from '../sif/image.ts';
import { leafOnlyBundle, parseBundle } from '../signing/bundle.ts';
import { parseStatement, type Statement } from '../signing/statement.ts';
import type { FoundBundle } from './bundle-facts.ts';
import { readSignatureObjects } from './sif-natives.ts';

/** A lane object that cannot be attached because it holds no bundle. */
export interface LeftOut {
  readonly object: number;
  readonly why: string;
}

/** Everything in a SIF's lane in the form in which it is attached: certificates without intermediates. */
export async function bundlesOfLane(
  image: SifImage,
): Promise<{ readonly bundles: readonly BundleToAttach[]; readonly leftOut: readonly LeftOut[] }> {
  const { lane } = await readSignatureObjects(image);
  const bundles: BundleToAttach[] = [];
  const leftOut: LeftOut[] = [];
  for (const { object, data } of lane) {
    try {
      bundles.push(bundleToAttach(data));
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      leftOut.push({ object: object.id, why: error.message });
    }
  }
  return { bundles, leftOut };
}

/** @throws SignatureError, DataError when these are not the bytes of a bundle with a statement */
export function bundleToAttach(bytes: Uint8Array): BundleToAttach {
  const bundle = leafOnlyBundle(parseBundle(bytes));
  const statement = parseStatement(bundle.envelope.payload);
  return {
    bytes: bundle.bytes,
    mediaType: bundle.mediaType,
    predicateType: statement.predicateType,
    createdAt: statementTime(statement),
  };
}

/** The time a statement gives for itself; a fixed one if none, so that the same bundle makes the same referrer. */
function statementTime({ predicate }: Statement): Date {
  const paths = [['timeVerified'], ['metadata', 'scanFinishedOn'], ['runDetails', 'metadata', 'finishedOn']];
  for (const path of paths) {
    const text = path.reduce<JsonValue | undefined>(
      (value, key) => (isJsonObject(value) ? value[key] : undefined),
      predicate,
    );
    const time = typeof text === 'string' ? new Date(asText(text, 'time')) : undefined;
    if (time && !Number.isNaN(time.getTime())) return time;
  }
  return new Date(0);
}

/** The bundles attached to a manifest; what cannot be read is given as bytes of nothing with the reason. */
export async function attachedBundles(
  repository: ReadableRepository,
  manifest: Digest,
): Promise<readonly FoundBundle[]> {
  const { referrers } = await repository.listReferrers(manifest);
  const found: FoundBundle[] = [];
  for (const referrer of referrers.filter(isBundleReferrer)) {
    const place = { in: 'registry', name: `referrer ${referrer.descriptor.digest}` } as const;
    try {
      found.push({ place, bytes: await readBundle(repository, referrer) });
    } catch (error) {
      const ofTheEntry = ['REGISTRY_MANIFEST_INVALID', 'REGISTRY_DIGEST_MISMATCH', 'REGISTRY_SIZE_MISMATCH'];
      if (!(error instanceof CountersignError) || !ofTheEntry.includes(error.code)) throw error;
      found.push({ place, bytes: new Uint8Array() });
    }
  }
  return found;
}

/** The bundles that the image does not carry itself, by what was signed. */
export async function notInLane(image: SifImage, found: readonly FoundBundle[]): Promise<readonly FoundBundle[]> {
  const { lane } = await readSignatureObjects(image);
  const inside = new Set(lane.map(({ data }) => payloadDigest(data)));
  return found.filter(({ bytes }) => {
    const digest = payloadDigest(bytes);
    return digest === undefined || !inside.has(digest);
  });
}

function payloadDigest(bytes: Uint8Array): Digest | undefined {
  try {
    return parseBundle(bytes).payloadDigest;
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
