// SPDX-License-Identifier: Apache-2.0
// The list `deny`, as docs/policy.md says it: what it names is there and worth nothing, unless it is proven to be older.

import { type Image, type Layer, type Paper, type Rules, sameSigner } from './material.ts';
import { People } from './people.ts';

type Entry = Rules['deny'][number];

/** The image as it is once the list has been read. */
export function afterDenials(rules: Rules, image: Image): Image {
  const people = new People(rules, image, 0);
  const named = ({ what }: Entry, { signer, digest }: Layer | Paper): boolean => {
    const keys = [signer?.hint, signer?.fingerprint, signer?.subkey].filter((key) => key !== undefined);
    if (what.of === 'key') return keys.some((key) => key === what.hint || key === what.fingerprint);
    if (what.of === 'principal') return signer !== null && people.isPrincipal(signer, what.name ?? '');
    return what.of === 'statement' ? digest === what.digest : isContent({ what }, image);
  };
  const older = ({ since }: Entry, { proven }: Layer | Paper): boolean =>
    since !== undefined && proven !== undefined && proven.latest.getTime() < since.getTime();
  const after = <T extends Layer | Paper>(layer: T): T => {
    if (layer.signature !== 'valid') return layer;
    const entries = rules.deny.filter((entry) => named(entry, layer) && !older(entry, layer));
    return entries.length === 0
      ? layer
      : { ...layer, signature: 'untrusted', reasons: [...layer.reasons, { code: 'X_DENIED' }] };
  };
  return { ...image, layers: image.layers.map(after), evidence: image.evidence.map(after) };
}

/** True when the image is to be encrypted and is not: one open file system is enough, and so is none at all. */
export function openFileSystem(rules: Rules, { units }: Image): boolean {
  if (!rules.objects?.mustBeEncrypted) return false;
  const sealed = units.filter((unit) => unit.encrypted === true).length;
  return sealed === 0 || units.some((unit) => unit.encrypted === false);
}

/** True when the content of the image is denied for good. */
export function contentDenied(rules: Rules, image: Image): boolean {
  return rules.deny.some((entry) => entry.since === undefined && isContent(entry, image));
}

function isContent({ what }: Pick<Entry, 'what'>, { contentDigests }: Image): boolean {
  return what.of === 'content' && contentDigests.some((digest) => digest === what.digest);
}

/** The image once it is known what people took back, approvals and grants: their own, by the same key or as the same principal. */
export function afterWithdrawals(rules: Rules, image: Image): Image {
  const people = new People(rules, image, 0);
  const takenBack = (layer: Layer | Paper): boolean =>
    image.evidence.some((one) => {
      const verifies = one.signature === 'valid' || one.signature === 'untrusted';
      if (!verifies || one.contradicted || !one.withdrawal?.approvals.includes(layer.digest)) return false;
      return (
        // Without a key of one's own it counts for the principal alone.
        (one.signer?.method !== 'sigstore' && sameSigner(one.signer, layer.signer)) ||
        people
          .behind(one)
          .some((name) => people.behind(layer).includes(name) && people.isSame(name, layer.signer, one.signer))
      );
    });
  const layers = image.layers.map((layer) =>
    takenBack(layer) ? { ...layer, reasons: [...layer.reasons, { code: 'APPROVAL_WITHDRAWN' }] } : layer,
  );
  const evidence = image.evidence.map((paper) => (takenBack(paper) ? { ...paper, withdrawn: true } : paper));
  return { ...image, layers, evidence };
}
