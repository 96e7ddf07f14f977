// SPDX-License-Identifier: Apache-2.0
// Does what the trusted approvals say they saw still hold? Every layer and piece of evidence that they list must be
// there, their place in the order must follow from what they list, and their native signatures must stand beside them.

import { type Digest, shortDigest } from '../../base/bytes.ts';
import type { Approval, NativeEntry, RosterEntry } from '../../attest/approval.ts';
import { reason } from '../reasons.ts';
import { evidenceReason } from '../requires/listed.ts';
import type { Policy } from '../document/model.ts';
import { isNamed, isSameSigner, nameText, type Reason } from '../../findings/signature.ts';
import { copyText } from './outsiders.ts';
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
  const byDigest = Map.groupBy(image.layers, ({ fact }) => fact.digest);
  const chain: Chain = { image, policy, byDigest, replacements };
  const approvals = image.layers.flatMap((layer) => asApproval(layer) ?? []);
  return approvals
    .filter((view) => view.trusted && coversAll(view, image) && !replacementOf(view, replacements))
    .flatMap((view) => {
      const { roster, evidence, native, stage } = view.approval;
      const gone = roster.flatMap((entry) => goneFinding(view, entry, chain) ?? []);
      const reasons = [
        gone.length > 0 ? undefined : inconsistency(view, byDigest),
        ...evidence.map((entry) => evidenceReason(entry, view, image)),
        ...native.map((entry) => nativeReason(view, entry, image)),
        nativeGap(view, image),
      ].filter((found) => found !== undefined);
      return [...gone, ...reasons.map((found) => ({ approval: view, stage, reason: found }))];
    });
}

function inconsistency(view: ApprovalView, byDigest: Chain['byDigest']): Reason | undefined {
  const { roster } = view.approval;
  const problem =
    roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ??
    sequenceProblem(view, byDigest);
  return problem === undefined
    ? undefined
    : reason('CHAIN_INCONSISTENT', `${nameApproval(view)} is inconsistent: ${problem}`);
}

function goneFinding(view: ApprovalView, entry: RosterEntry, chain: Chain): ChainFinding | undefined {
  const { stage, digest } = entry;
  const copies = chain.byDigest.get(digest) ?? [];
  if (copies.some((copy) => isThere(entry, copy, chain)) || isReplaced(entry, chain.replacements)) return undefined;
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
  return { approval: view, stage: stage ?? view.approval.stage, reason: found };
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

function nativeReason(view: ApprovalView, entry: NativeEntry, image: ImageView): Reason | undefined {
  const natives = image.layers.filter(({ fact }) => fact.kind === 'native-pgp' || fact.kind === 'native-dsse');
  const named = natives.filter(({ fact }) => fact.digest === entry.digest);
  if (named.some((native) => isSound(native, view))) return undefined;
  const what = `the native signature of group ${entry.group} that belongs to ${nameApproval(view)}`;
  const [first] = named;
  if (first) return reason('NATIVE_SIGNATURE_ALTERED', `${what} does not hold: see ${first.where}`);
  const others = natives.filter(({ fact }) => !isClaimed(fact.digest, image));
  const other = others.find(({ fact }) => isSameSigner(fact.signer, view.fact.signer));
  if (other)
    return reason(
      'NATIVE_SIGNATURE_ALTERED',
      `${what} is gone; ${other.where} is of the same signer and has other bytes`,
    );
  return reason('NATIVE_SIGNATURE_MISSING', `${what} was removed`);
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
function nativeGap(view: ApprovalView, image: ImageView): Reason | undefined {
  const { native, stage } = view.approval;
  const digests = native.map(({ digest }) => digest);
  const sound = image.layers.filter((layer) => digests.includes(layer.fact.digest) && isSound(layer, view));
  if (native.length === 0 || sound.length < digests.length) return undefined;
  const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
  const gap = image.about(stage).find((id) => !covered.has(id));
  if (gap === undefined) return undefined;
  const message = `the native signatures that belong to ${nameApproval(view)} leave out ${gap}`;
  return reason('NATIVE_SIGNATURE_MISSING', message);
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
    ({ approval: { stage, replaces } }) => stage === entry.stage && replaces.some((one) => isEntryOf(one, entry)),
  );
}

/** True when a replaced approval is the one that a roster lists. */
export function isEntryOf({ digest, signer }: Approval['replaces'][number], entry: RosterEntry): boolean {
  return digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer));
}
