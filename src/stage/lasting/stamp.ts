// SPDX-License-Identifier: Apache-2.0
// Adds timestamps to what is signed on an image already, while it is good: from then on it keeps counting. Nothing is signed
// again, and what later approvals call a layer stays the same.

import { type Digest, sha256 } from '../../base/bytes.ts';
import { withTimestamp } from '../../attest/sign.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { BundleFact, Examination, OpenedBundle } from '../../image/bundle.ts';
import { evidenceLabel, type LaneKind } from '../../image/sif/signature-objects.ts';
import { laneObject } from '../../image/sif/lane.ts';
import { openSif } from '../../sif/sif.ts';
import { examineRegistryImage } from '../../image/registry/examine.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import { examineSif } from '../../image/sif/examine.ts';
import { type Criteria, settle } from '../../image/verify.ts';
import { unlistedRemark } from '../../oci/errors.ts';
import type { Repository } from '../../oci/oci.ts';
import { attachBundle } from '../../oci/referrers/bundles.ts';
import { isProblem } from '../../policy/reasons.ts';
import { whereOf } from '../../policy/rules/view.ts';
import { deleteObjects } from '../../sif/edit/append.ts';
import { lockImage } from '../../sif/edit/lock.ts';
import { openFileSource } from '../../sif/source.ts';
import { assertBundleReadable, bundleToAttach } from '../bundles.ts';
import { appendLayers } from '../append.ts';

/** Asks the authority. */
export type Stamp = NonNullable<Signer['stamp']>;

/** What became of one approval or piece of evidence. */
export interface StampedLayer {
  /** Where it was found. */
  readonly where: string;
  /** Stage, or kind of evidence. */
  readonly what: string;
  readonly digest: Digest;
  /** `present`: it has a timestamp that counts. `not-good`: it does not count now, so that a timestamp would prove nothing. */
  readonly outcome: 'stamped' | 'present' | 'not-good';
  /** Where it is now, with its timestamp; empty unless it was stamped. */
  readonly now: readonly string[];
  readonly remarks: readonly string[];
}

interface Candidate {
  readonly opened: OpenedBundle;
  readonly is: LaneKind;
  readonly what: string;
  readonly fact: BundleFact['fact'];
}

/** What a bundle of an image is, and whether a timestamp is missing. */
function candidatesIn({ bundles }: Examination): readonly (Candidate & Pick<StampedLayer, 'outcome'>)[] {
  return bundles.flatMap(({ is, fact, opened }) => {
    if (!opened || (is === 'layer' && !fact.approval)) return [];
    const what = is === 'layer' ? (fact.approval?.stage ?? '') : evidenceLabel(fact.predicateType);
    // A time that a later approval proves is good as long as that one is there. A keyless signature has its time, by the
    // instance that its CA belongs to; one by any other authority beside it would void it.
    const has =
      fact.proven?.proof === 'timestamp' || (fact.signer?.method === 'sigstore' && fact.signature === 'valid');
    const outcome = has ? 'present' : fact.signature === 'valid' && !fact.contradicted ? 'stamped' : 'not-good';
    return [{ opened, is: is === 'layer' ? 'approval' : 'evidence', what, fact, outcome }];
  });
}

type Store = (bytes: Uint8Array, candidate: Candidate) => Promise<Pick<StampedLayer, 'now' | 'remarks'>>;

async function stampAll(examined: Examination, stamp: Stamp, store: Store): Promise<readonly StampedLayer[]> {
  const done: StampedLayer[] = [];
  for (const { outcome, ...candidate } of candidatesIn(examined)) {
    const { opened, is, what, fact } = candidate;
    const report = { where: whereOf(fact.place), what, digest: opened.bundle.payloadDigest, outcome };
    if (outcome === 'stamped') {
      const { bytes } = withTimestamp(opened.bundle, await stamp(opened.bundle.envelope.signature));
      assertBundleReadable(bytes, is, `the layer at ${report.where} with its timestamp`);
      done.push({ ...report, ...(await store(bytes, candidate)) });
    } else {
      const why = fact.reasons.filter(isProblem).map(({ message }) => message);
      done.push({ ...report, now: [], remarks: outcome === 'present' ? [] : why });
    }
  }
  return done;
}

/**
 * Stamps a SIF file in place: each layer is appended with its timestamp, then the one without is taken away. A kill in between
 * leaves both, which is a valid image.
 * @throws SifError when the file cannot be read or changed; SignatureError, NetworkError when no timestamp can be had
 */
export async function stampSif(
  path: string,
  criteria: Criteria,
  { stamp, onBytes }: { readonly stamp: Stamp; readonly onBytes?: (done: number, total: number) => void },
): Promise<readonly StampedLayer[]> {
  const { verifier, now } = criteria;
  await using lock = await lockImage(path);
  await using source = await openFileSource(lock.path);
  const image = await openSif(source);
  const found = await examineSif(image, { name: path, verifier, now, ...(onBytes ? { onBytes } : {}) });
  const examined = settle(found, criteria);
  const options = { now, lock, expected: image, expectedDigests: examined.digests };
  return await stampAll(examined, stamp, async (bytes, { opened, is, what }) => {
    const object = laneObject(is, what, bytes);
    const added = await appendLayers(lock.path, [object], options);
    const { place } = opened.found;
    if (place.in === 'sif') await deleteObjects(lock.path, [place.object], options);
    return { now: added.map((id) => `object ${id}`), remarks: [] };
  });
}

/**
 * Stamps what is attached to an image in a registry or layout folder, and what is in a SIF there: each layer is attached once
 * more with its timestamp, and the one without stays.
 * @throws RegistryError, NetworkError; SignatureError when no timestamp can be had
 */
export async function stampRegistryImage(
  image: RegistryImage,
  repository: Repository,
  { criteria, stamp }: { readonly criteria: Criteria; readonly stamp: Stamp },
): Promise<readonly StampedLayer[]> {
  const { verifier, now } = criteria;
  const found = await examineRegistryImage(image, { name: image.name, verifier, now, verifyData: false });
  const natives = [...found.attached.natives, ...(found.sif?.objects.natives ?? [])];
  return await stampAll(settle(found, criteria), stamp, async (bytes, { opened }) => {
    const holders = found.attached.attachedTo.get(sha256(opened.found.bytes)) ?? [image.descriptor.digest];
    const places: string[] = [];
    const remarks: string[] = [];
    for (const subject of image.subjects.filter(({ digest }) => holders.includes(digest))) {
      const { manifest, unlisted } = await attachBundle(repository, subject, bundleToAttach(bytes, natives));
      places.push(`referrer ${manifest.digest}`);
      if (unlisted) remarks.push(unlistedRemark(unlisted));
    }
    return { now: places, remarks };
  });
}
