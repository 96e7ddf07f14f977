// SPDX-License-Identifier: Apache-2.0
// Of bundles that travelled beside a file, those that say nothing more than another one does: anybody can attach copies,
// and each would take a slot.

import { type Digest, sha256 } from '../base/bytes.ts';
import { isNamed, type SignatureStatus, type SignerName } from '../findings/signature.ts';
import type { BundleFact } from '../image/bundle.ts';
import type { SifExamination } from '../image/sif/examine.ts';
import { identityKey } from '../stage/approval.ts';

/**
 * Bundles of signers whom the trust does not know, but one for each statement that has no other bundle: that keeps what a
 * valid approval lists from being missed. Anybody can sign a listed statement with keys of their own, as often as the
 * file has slots. An approval names who gives it, and a bundle by another signer is a copy that stands for nothing.
 */
export function needlessStrangers(
  bundles: readonly BundleFact[],
  { bundles: all, facts }: SifExamination,
): ReadonlySet<BundleFact> {
  const listed = listedEvidence(facts);
  const inside = all.filter(
    (one) => one.fact.place.in === 'sif' && STANDING.has(one.fact.signature) && !isCopy(one, listed),
  );
  const present = new Set([...inside, ...bundles.filter(isKnown)].map(({ fact }) => fact.digest));
  const needless = new Set<BundleFact>();
  const strangers = bundles.filter((bundle) => !isKnown(bundle));
  for (const stranger of strangers.toSorted((a, b) => compare(qualityOf(a), qualityOf(b)))) {
    const copied = isCopy(stranger, listed);
    if (copied || present.has(stranger.fact.digest)) needless.add(stranger);
    if (!copied) present.add(stranger.fact.digest);
  }
  return needless;
}

type Listed = ReadonlyMap<Digest, readonly SignerName[]>;

/** Whose the evidence is that valid approvals list. */
function listedEvidence({ layers }: SifExamination['facts']): Listed {
  const listed = new Map<Digest, SignerName[]>();
  for (const { approval, signature } of layers)
    for (const { digest, signer } of (signature === 'valid' && approval?.evidence) || [])
      if (signer) listed.set(digest, [...(listed.get(digest) ?? []), signer]);
  return listed;
}

/**
 * True when an approval names another signer than the one this bundle claims: its own, or that of evidence that it lists.
 * Statements of edition 0.1.0 name none.
 */
function isCopy(bundle: BundleFact, listed: Listed): boolean {
  const own = bundle.is === 'layer' ? bundle.fact.approval?.signer : undefined;
  const names = bundle.is === 'layer' ? (own ? [own] : undefined) : listed.get(bundle.fact.digest);
  return names !== undefined && !names.some((name) => isNamed(bundle.fact.signer, name));
}

function isKnown({ fact }: BundleFact): boolean {
  return fact.signature === 'valid';
}

/** What a bundle in the file may be and still stand for its statement. */
const STANDING: ReadonlySet<SignatureStatus> = new Set(['valid', 'unknown-signer', 'untrusted']);

/**
 * One bundle for each signer of a statement, and none if the file has it. The bytes around the signed ones can be varied
 * at will, by white space for instance, a signature often too, and every variant would take a slot. A valid one stands
 * for all; of the others only those of the same signature and key are doubles, lest a worthless one displaces a good one.
 * What a timestamp proves would be lost with it: so a copy that is stamped joins one in the file that is not.
 */
export function withoutDoubles(
  bundles: readonly BundleFact[],
  { bundles: all }: SifExamination,
): { readonly missing: readonly BundleFact[]; readonly stamped: readonly BundleFact[] } {
  const inside = Map.groupBy(
    all.filter(({ fact }) => fact.place.in === 'sif' && fact.signature === 'valid'),
    doubleKey,
  );
  const [missing, stamped] = [new Map<string, BundleFact>(), new Map<string, BundleFact>()];
  const proven = new Set(bundles.filter(({ fact }) => fact.signature === 'valid').map(signatureKey));
  for (const bundle of bundles.toSorted((a, b) => compare(qualityOf(a), qualityOf(b)))) {
    if (bundle.fact.signature !== 'valid' && proven.has(signatureKey(bundle))) continue;
    const key = doubleKey(bundle);
    const there = inside.get(key);
    const better = there?.every((one) => stampOf(bundle) < stampOf(one)) ?? true;
    const place = there ? stamped : missing;
    if (better && !place.has(key)) place.set(key, bundle);
  }
  return { missing: [...missing.values()], stamped: [...stamped.values()] };
}

/** When a bundle existed by its own timestamps. */
function stampOf({ opened }: BundleFact): number {
  return opened?.stampedAt?.getTime() ?? Number.MAX_VALUE;
}

function signatureKey({ opened }: BundleFact): string {
  return opened ? `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}` : '';
}

/** Bundles that have it in common are one layer or piece of evidence. */
function doubleKey(bundle: BundleFact): string {
  const { signer, signature, digest } = bundle.fact;
  if (signer && signature === 'valid') return `${digest} ${identityKey(signer)}`;
  const material = bundle.opened?.bundle.material;
  const chain = material?.kind === 'certificates' ? material.chain.map(sha256) : [];
  return `${signatureKey(bundle)} ${material?.kind === 'public-key' ? material.hint : chain.join(' ')}`;
}

/** The best comes first: valid, with the earliest timestamp, with what others need to find the key, the shortest, and any of those. */
function qualityOf(bundle: BundleFact): readonly (string | number)[] {
  const bytes = bundle.opened?.found.bytes ?? new Uint8Array();
  return [bundle.fact.signature === 'valid' ? 0 : 1, stampOf(bundle), -helpOf(bundle), bytes.length, sha256(bytes)];
}

/** How much the material around a signature helps others: the certificates, or the true name of the key. */
function helpOf({ fact: { signer }, opened }: BundleFact): number {
  const material = opened?.bundle.material;
  if (material?.kind === 'certificates') return material.chain.length;
  const hint = signer?.method === 'pgp' ? `openpgp4fpr:${signer.fingerprint.toLowerCase()}` : signer?.hint;
  return Number(material?.hint === hint);
}

/** Below zero when the first differing part of `a` is the smaller one. */
export function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  const [left, right] = [a[at] ?? '', b[at] ?? ''];
  return at < 0 ? 0 : left < right ? -1 : 1;
}
