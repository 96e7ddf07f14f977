// SPDX-License-Identifier: Apache-2.0
// Does what the trusted approvals say they saw still hold? Every layer and piece of evidence that they list must be
// there, their place in the order must follow from what they list, and their native signatures must stand beside them.

import { shortDigest, type Digest } from '../../base/bytes.ts';
import type { EvidenceEntry, NativeEntry, RosterEntry } from '../../attest/approval.ts';
import { reason, remark } from '../reasons.ts';
import type { Policy } from '../document/model.ts';
import { isNamed, isSameSigner, nameText, type Reason } from '../../findings/signature.ts';
import type { EvidenceFact } from '../facts.ts';
import { principalsBehind } from './people.ts';
import {
  type ApprovalView,
  asApproval,
  coversAll,
  type ImageView,
  isBound,
  isListed,
  type LayerView,
  nameApproval,
  whereOf,
} from './view.ts';

/** Something that an approval relies on and that no longer holds. */
export interface ChainFinding {
  /** The approval that relies on it. */
  readonly approval: ApprovalView;
  /** The stage that suffers: that of a removed approval, or the finding approval's own. */
  readonly stage: string | null;
  readonly reason: Reason;
}

/** False for what only makes the approval itself not count: nothing was taken away. */
export function isLoss({ reason: { code } }: ChainFinding): boolean {
  return code !== 'CHAIN_INCONSISTENT';
}

/** The approvals of an image whose lists are looked at, and what they may list. */
interface Chain {
  readonly image: ImageView;
  readonly policy: Policy | undefined;
  readonly byDigest: ReadonlyMap<Digest, readonly LayerView[]>;
  readonly replacements: readonly ApprovalView[];
}

/** Checks all trusted approvals of this content that were not replaced, in a fixed order. */
export function checkChain(
  image: ImageView,
  policy: Policy | undefined,
  replacements: readonly ApprovalView[],
): readonly ChainFinding[] {
  const byDigest = new Map<Digest, LayerView[]>();
  for (const layer of image.layers)
    byDigest.set(layer.fact.digest, [...(byDigest.get(layer.fact.digest) ?? []), layer]);
  const chain: Chain = { image, policy, byDigest, replacements };
  const approvals = image.layers.flatMap((layer) => asApproval(layer) ?? []);
  return approvals
    .filter((view) => view.trusted && coversAll(view, image) && !replacementOf(view, replacements))
    .flatMap((view) => [
      ...checkRoster(view, chain),
      ...checkEvidence(view, image),
      ...view.approval.native.flatMap((entry) => checkNative(view, entry, image)),
      ...checkNativeCoverage(view, image),
    ]);
}

function checkRoster(view: ApprovalView, chain: Chain): readonly ChainFinding[] {
  const { approval } = view;
  const { byDigest } = chain;
  const gone = approval.roster.flatMap((entry) => goneFinding(view, entry, chain));
  if (gone.length > 0) return gone;
  const problem =
    approval.roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ??
    sequenceProblem(view, byDigest);
  if (problem === undefined) return [];
  return [
    {
      approval: view,
      stage: approval.stage,
      reason: reason('CHAIN_INCONSISTENT', `${nameApproval(view)} is inconsistent: ${problem}`),
    },
  ];
}

function goneFinding(view: ApprovalView, entry: RosterEntry, chain: Chain): readonly ChainFinding[] {
  const { stage, digest } = entry;
  const copies = chain.byDigest.get(digest) ?? [];
  if (copies.some((copy) => isThere(entry, copy, chain)) || isReplaced(entry, chain.replacements)) return [];
  const what = `${stage === null ? 'a native signature' : `an approval of stage ${stage}`} (${shortDigest(digest)})`;
  const listed = copies.find((copy) => isListed(entry, copy));
  const found = listed
    ? reason(
        'LAYER_NOT_VALID',
        `${what} no longer holds (${listed.where} is ${listed.fact.signature}): ${nameApproval(view)} lists it`,
      )
    : reason(
        'LAYER_REMOVED',
        `${what} was removed${copyText(copies.map(({ where }) => where))}: ${nameApproval(view)} lists it`,
      );
  return [{ approval: view, stage: stage ?? view.approval.stage, reason: found }];
}

function copyText([where]: readonly string[]): string {
  return where === undefined ? '' : ` (${where} is a copy of it by another signer)`;
}

/** False for a copy by somebody else. What is altered can be nobody's, and is said to be that. */
function isListedEvidence({ signer }: EvidenceEntry, fact: EvidenceFact): boolean {
  const isBroken = fact.signature === 'invalid' || fact.signature === 'unreadable';
  return !signer || isNamed(fact.signer, signer) || (isBroken && fact.signer === null);
}

/**
 * Is this layer the listed one, its signature whole? One by somebody who is unknown here, or whose key or certificate has
 * merely expired, is there. Where nothing says whose it was, only a valid signature of an approver stands for it, since
 * anybody could have put in a copy.
 */
function isThere(entry: RosterEntry, layer: LayerView, { policy }: Chain): boolean {
  if (!isListed(entry, layer)) return false;
  const { signature, approval, kind } = layer.fact;
  const approvers = policy?.stages.find(({ name }) => name === entry.stage)?.approvers;
  if (signature === 'valid')
    return isBound(entry, layer) || !approvers || layer.principals.some((name) => approvers.includes(name));
  if (signature !== 'unknown-signer' && signature !== 'untrusted') return false;
  if (kind.startsWith('native-') || approval?.signer) return true;
  return policy !== undefined && entry.signer !== null && principalsBehind(policy, layer.fact).length > 0;
}

/** A digest fixes the statement, so a listed approval cannot be for another stage than the roster says. */
function entryProblem({ stage, digest }: RosterEntry, layers: readonly LayerView[]): string | undefined {
  const stages = layers.map(({ fact }) => (fact.kind.startsWith('native-') ? null : fact.approval?.stage));
  if (stages.length === 0 || stages.includes(stage) || stages.includes(undefined)) return undefined;
  return `it lists ${shortDigest(digest)} as ${stage === null ? 'a native signature' : `stage ${stage}`}, which it is not`;
}

function sequenceProblem(
  { approval, fact }: ApprovalView,
  byDigest: ReadonlyMap<Digest, readonly LayerView[]>,
): string | undefined {
  const { roster, sequence, previous } = approval;
  const names = roster.map(({ digest, signer }) => `${digest} ${signer ? nameText(signer) : ''}`);
  if (new Set(names).size < roster.length) return 'it lists a layer twice';
  if (roster.some(({ digest }) => digest === fact.digest)) return 'it lists itself';
  const ranked = roster.map(({ digest }) => ({
    digest,
    sequence: Math.max(0, ...(byDigest.get(digest) ?? []).map((layer) => layer.fact.approval?.sequence ?? 0)),
  }));
  const highest = Math.max(0, ...ranked.map((entry) => entry.sequence));
  // A replaced approval may be gone, and its number with it.
  const whole = roster.every(({ digest }) => byDigest.has(digest));
  if (whole ? sequence !== highest + 1 : sequence <= highest)
    return `its number is ${sequence} where ${highest + 1} follows from what it lists`;
  const last = ranked.filter((entry) => !whole || entry.sequence === highest).map(({ digest }) => digest);
  if (previous === null ? highest > 0 : !last.includes(previous))
    return `its predecessor ${previous === null ? 'is not given' : `${shortDigest(previous)} is not the last one it lists`}`;
  return undefined;
}

function checkEvidence(view: ApprovalView, image: ImageView): readonly ChainFinding[] {
  return view.approval.evidence.flatMap((entry) => {
    const found = evidenceReason(entry, view, image);
    return found ? [{ approval: view, stage: view.approval.stage, reason: found }] : [];
  });
}

function evidenceReason(entry: EvidenceEntry, view: ApprovalView, image: ImageView): Reason | undefined {
  const same = image.evidence.filter(({ digest }) => digest === entry.digest);
  const copies = same.filter((fact) => isListedEvidence(entry, fact));
  const what = `${entry.predicateType} (${shortDigest(entry.digest)})`;
  if (copies.length === 0 && entry.detached === true)
    return remark('EVIDENCE_ELSEWHERE', `evidence ${what} is kept outside the image, says ${nameApproval(view)}`);
  if (copies.length === 0)
    return reason(
      'EVIDENCE_REMOVED',
      `evidence ${what} was removed${copyText(same.map(({ place }) => whereOf(place)))}: ${nameApproval(view)} relies on it`,
    );
  const good = copies.some(
    ({ signature, contradicted }) => !contradicted && signature !== 'invalid' && signature !== 'unreadable',
  );
  if (good) return undefined;
  return reason('EVIDENCE_NOT_VALID', `evidence ${what} does not hold: ${nameApproval(view)} relies on it`);
}

function checkNative(view: ApprovalView, entry: NativeEntry, image: ImageView): readonly ChainFinding[] {
  const finding = (one: Reason): readonly ChainFinding[] => [
    { approval: view, stage: view.approval.stage, reason: one },
  ];
  const natives = image.layers.filter(({ fact }) => fact.kind === 'native-pgp' || fact.kind === 'native-dsse');
  const named = natives.filter(({ fact }) => fact.digest === entry.digest);
  if (named.some((native) => isSound(native, view))) return [];
  const what = `the native signature of group ${entry.group} that belongs to ${nameApproval(view)}`;
  const [first] = named;
  if (first) return finding(reason('NATIVE_SIGNATURE_ALTERED', `${what} does not hold: see ${first.where}`));
  const others = natives.filter(({ fact }) => !isClaimed(fact.digest, image));
  const other = others.find(({ fact }) => isSameSigner(fact.signer, view.fact.signer));
  if (other)
    return finding(
      reason('NATIVE_SIGNATURE_ALTERED', `${what} is gone; ${other.where} is of the same signer and has other bytes`),
    );
  return finding(reason('NATIVE_SIGNATURE_MISSING', `${what} was removed`));
}

/** True when some approval names the native signature as its own: then it is not an altered form of another one. */
function isClaimed(digest: Digest, { layers }: ImageView): boolean {
  return layers.some(({ fact }) => fact.approval?.native.some((entry) => entry.digest === digest));
}

function isSound(native: LayerView, view: ApprovalView): boolean {
  const { signature, contradicted, covers } = native.fact;
  return (
    signature === 'valid' && isSameSigner(native.fact.signer, view.fact.signer) && !contradicted && covers.length > 0
  );
}

/** An approval that has native signatures has one for every group: together they cover what it covers. */
function checkNativeCoverage(view: ApprovalView, image: ImageView): readonly ChainFinding[] {
  const { native, stage } = view.approval;
  const digests = native.map(({ digest }) => digest);
  const sound = image.layers.filter((layer) => digests.includes(layer.fact.digest) && isSound(layer, view));
  if (native.length === 0 || sound.length < digests.length) return [];
  const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
  const gap = image.about(stage).find((id) => !covered.has(id));
  if (gap === undefined) return [];
  const message = `the native signatures that belong to ${nameApproval(view)} leave out ${gap}`;
  return [{ approval: view, stage, reason: reason('NATIVE_SIGNATURE_MISSING', message) }];
}

/**
 * Approvals of this image that replaced others of their stage. With a policy only its approvers may; of a stage that the
 * policy does not have, any principal may.
 */
export function findReplacements(image: ImageView, policy: Policy | undefined): readonly ApprovalView[] {
  return image.layers
    .flatMap((layer) => asApproval(layer) ?? [])
    .filter((view) => {
      const stage = policy?.stages.find(({ name }) => name === view.approval.stage);
      const approver = !stage || view.principals.some((principal) => stage.approvers.includes(principal));
      // A stage of the same name of somebody else's policy is another one.
      const allowed = approver && (!stage || view.approval.verifierId === stage.id);
      return allowed && view.approval.replaces.length > 0 && view.trusted && coversAll(view, image);
    });
}

/** The approval that took the place of this one. */
export function replacementOf(
  { approval, fact }: ApprovalView,
  replacements: readonly ApprovalView[],
): ApprovalView | undefined {
  return replacements.find(
    ({ approval: { stage, replaces } }) =>
      stage === approval.stage &&
      replaces.some(({ digest, signer }) => digest === fact.digest && isNamed(fact.signer, signer)),
  );
}

/** True when a listed approval was replaced, whether or not it is still there. */
function isReplaced(entry: RosterEntry, replacements: readonly ApprovalView[]): boolean {
  return replacements.some(
    ({ approval: { stage, replaces } }) =>
      stage === entry.stage &&
      replaces.some(
        ({ digest, signer }) =>
          digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer)),
      ),
  );
}
