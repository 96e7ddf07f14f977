// SPDX-License-Identifier: Apache-2.0
// Which of several copies of a bundle counts, and whose an altered one is.

import { type Digest, sha256 } from '../../base/bytes.ts';
import type { Opened } from '../bundle.ts';

/** The bundles that count: those in the lane, then those beside the image that are not there as well. */
export function countedCopies(all: readonly Opened[], inLane: number): readonly Opened[] {
  return withoutCopies(all, inLane).map(asNobodys(all));
}

/** A signature that an altered copy may have. */
export function isUnsigned(opened: Opened): boolean {
  return !('problem' in opened) && (opened.check.status === 'invalid' || opened.check.status === 'unreadable');
}

/**
 * A bundle that travels beside the image and is in its lane too counts once; an altered copy hides no intact one, nor does
 * one without a timestamp hide one with.
 */
function withoutCopies(opened: readonly Opened[], inLane: number): readonly Opened[] {
  const known = new Map<string, number>();
  for (const bundle of opened.slice(0, inLane)) {
    const key = signatureKey(bundle);
    known.set(key, Math.min(stampOf(bundle), known.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return opened.filter((bundle, index) => {
    const stamped = index < inLane || 'problem' in bundle ? undefined : known.get(signatureKey(bundle));
    return stamped === undefined || stampOf(bundle) < stamped;
  });
}

/** When a bundle existed by its own timestamps; it may never have without any. */
function stampOf(opened: Opened): number {
  return 'problem' in opened ? Number.POSITIVE_INFINITY : (opened.stampedAt?.getTime() ?? Number.POSITIVE_INFINITY);
}

/**
 * A statement that is there with a good signature was not altered: another bundle that holds it, names a known key and is
 * not signed by it, is a stranger's.
 */
function asNobodys(all: readonly Opened[]): (opened: Opened) => Opened {
  const good = all.flatMap((one) =>
    'problem' in one || one.check.status !== 'valid' ? [] : [one.bundle.payloadDigest],
  );
  const intact = new Set<Digest>(good);
  return (one) =>
    'problem' in one || !isUnsigned(one) || !intact.has(one.bundle.payloadDigest)
      ? one
      : { ...one, check: { ...one.check, status: 'unknown-signer', identity: null } };
}

function signatureKey(opened: Opened): string {
  if ('problem' in opened) return '';
  return `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}`;
}
