// SPDX-License-Identifier: Apache-2.0
// An image as evaluation looks at it: each layer with the principals behind its signer, and the lookups that all rules
// share. Layers are put into one fixed order first, so that no verdict depends on theirs.

import { compareText, toSecond } from '../../base/text.ts';
import type { Approval, RosterEntry } from '../../attest/approval.ts';
import { shortDigest } from '../../base/bytes.ts';
import { isNamed, isSameSigner, type Reason } from '../../findings/signature.ts';
import type { Policy, Stage } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact, Place, UnitFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { objectsByStage } from '../objects/scope.ts';
import { type Vouching, vouchingFor } from './grants.ts';
import { describeIdentity, peopleBehind, principalsAt } from './people.ts';
import { withinWindows, withoutDenied, withoutWithdrawn } from './standing.ts';

/** A layer and who is behind it. */
export interface LayerView {
  readonly fact: LayerFact;
  /** `object 5`, or what the registry calls it. */
  readonly where: string;
  /** Principals that the signer is, proven by a valid signature; empty without a policy. */
  readonly principals: readonly string[];
  /** Names of these people: the principals themselves, or who they are of those that a principal stands for. */
  readonly people: readonly string[];
  /** Who vouches for a signer whose key only grants name. */
  readonly vouching?: Vouching;
  /** Valid, of a kind that may count, and by a principal (with a policy) or by trusted material (without). */
  readonly trusted: boolean;
}

/** A layer that is an approval. */
export interface ApprovalView extends LayerView {
  readonly approval: Approval;
}

/** The objects that a stage is about, by its name; those of a stage that the policy does not have are all. */
export type ScopeOf = (stage: string | undefined) => readonly string[];

/** An image and its layers in one order. */
export interface ImageView {
  readonly facts: ImageFacts;
  readonly layers: readonly LayerView[];
  readonly evidence: readonly EvidenceFact[];
  readonly now: Date;
  /** What a stage is about. */
  readonly about: ScopeOf;
}

/** The facts, in the order they were in, with what signers took back and whom the policy does not count at their time. */
export function standingFacts(policy: Policy | undefined, found: ImageFacts, now: Date): ImageFacts {
  const isWithdrawn = found.evidence.some(({ withdrawal }) => withdrawal !== undefined);
  const standing = isWithdrawn ? withoutWithdrawn(policy, found) : found;
  if (!policy) return standing;
  const allowed = policy.deny.length > 0 ? withoutDenied(policy, standing) : standing;
  const isLimited = policy.principals.some(({ credentials }) => credentials.some(({ window }) => window));
  return isLimited ? withinWindows(policy, allowed, now) : allowed;
}

/** True when some stage is not about all objects. */
export function isScoped({ stages, objects }: Pick<Policy, 'stages' | 'objects'>): boolean {
  return stages.some((stage) => stage.objects !== undefined) || (objects?.unsigned ?? []).length > 0;
}

/** What each stage is about on an image of these units. */
export function scopesOf(policy: Pick<Policy, 'stages' | 'objects'> | undefined, units: readonly UnitFact[]): ScopeOf {
  const all = units.map(({ id }) => id);
  if (!policy || !isScoped(policy)) return () => all;
  const known = objectsByStage(policy, units);
  return (stage) => known.get(stage ?? '') ?? all;
}

/** Who vouches for a layer by a key that only grants name. */
export function vouchingOf(
  policy: Policy,
  facts: ImageFacts,
  { fact, now }: { readonly fact: LayerFact; readonly now: Date },
): Vouching {
  const objects = scopesOf(policy, facts.units)(fact.approval?.stage);
  return vouchingFor(policy, fact, { evidence: facts.evidence, now, isAbout: (one) => isAboutAll(one, objects) });
}

/** The image as evaluation sees it. */
export function viewImage(policy: Policy | undefined, found: ImageFacts, now: Date): ImageView {
  const facts = standingFacts(policy, found, now);
  const ordered = [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b)));
  const layers = ordered.map((fact) => {
    const valid = fact.signature === 'valid' && fact.kind !== 'native-legacy' && fact.signer !== null;
    const vouching = valid && policy && fact.granted ? vouchingOf(policy, facts, { fact, now }) : undefined;
    const own = valid && policy && fact.signer && !fact.granted ? fact.signer : undefined;
    const principals = policy && own ? principalsAt(policy, fact, now) : givers(vouching);
    const known = policy === undefined ? fact.granted !== true : principals.length > 0;
    const trusted = valid && isGivenBySigner(fact) && known;
    const vouched = (vouching?.vouchers ?? []).map(({ text }) => text);
    const people = policy && own && principals.length > 0 ? peopleBehind(policy, own) : vouched;
    return { fact, where: whereOf(fact.place), principals, people, trusted, ...(vouching ? { vouching } : {}) };
  });
  const evidence = [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b)));
  return { facts, layers, evidence, now, about: scopesOf(policy, facts.units) };
}

function givers(vouching: Vouching | undefined): readonly string[] {
  return [...new Set((vouching?.vouchers ?? []).map(({ giver }) => giver))];
}

/** False when the statement names another signer: then it is a copy of what that one gave. */
export function isGivenBySigner({ approval, signer }: LayerFact): boolean {
  return !approval?.signer || isNamed(signer, approval.signer);
}

/** The approval of a layer, undefined for native and plain signatures. */
export function asApproval(view: LayerView): ApprovalView | undefined {
  const { approval, kind } = view.fact;
  return approval && kind === 'bundle' ? { ...view, approval } : undefined;
}

/**
 * True when the layer is what the roster entry names: this statement, by its own signer. Entries of edition 0.1.0 name the
 * statement alone, which anybody can sign again; the statement itself may say more.
 */
export function isListed(entry: Pick<RosterEntry, 'digest' | 'signer'>, { fact }: LayerView): boolean {
  if (fact.digest !== entry.digest || !isGivenBySigner(fact)) return false;
  return entry.signer === null || isNamed(fact.signer, entry.signer);
}

/** True when statement or entry say whose the layer is; native signatures are named by their own bytes. */
export function isBound(entry: Pick<RosterEntry, 'signer'>, { fact }: LayerView): boolean {
  return entry.signer !== null || Boolean(fact.approval?.signer) || fact.kind.startsWith('native-');
}

/** Formats of others that sign a manifest and name at most a stage. */
const PLAIN = ['cosign', 'notation', 'simple-signing'] as const satisfies readonly LayerFact['kind'][];

/** True for signatures in these formats. */
export function isPlain<T extends Pick<LayerFact, 'kind'>>(
  layer: T,
): layer is T & { readonly kind: (typeof PLAIN)[number] } {
  return PLAIN.some((kind) => kind === layer.kind);
}

/**
 * True when two signatures without a statement may be parts of one: by one signer, in one format. Natively the header that
 * both cover must have an ID, or they must have been made in one second as one run makes them, lest the groups come from
 * several images.
 */
export function arePartsOfOne(one: LayerFact, other: LayerFact, { hasId }: ImageFacts): boolean {
  if (one.kind !== other.kind || !isSameSigner(one.signer, other.signer)) return false;
  return isPlain(one) || hasId === true || (one.signedAt !== null && one.signedAt === other.signedAt);
}

/** True when a layer or evidence is about all of these objects, and about nothing that is not in the image. */
export function isAboutAll(
  { covers, contradicted }: Pick<LayerFact, 'covers' | 'contradicted'>,
  objects: readonly string[],
): boolean {
  const covered = new Set(covers);
  return objects.length > 0 && !contradicted && objects.every((id) => covered.has(id));
}

/**
 * The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
 * whose stage a plain signature names.
 */
export function claimantOf({ fact }: LayerView, image: ImageView): ApprovalView | undefined {
  const { kind, digest, statedStage, signer } = fact;
  return approvalsBy(signer, image).find(({ approval }) =>
    isPlain({ kind }) ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest),
  );
}

/** Approvals by a signer whose signature of them is good. */
export function approvalsBy(signer: LayerView['fact']['signer'], image: ImageView): readonly ApprovalView[] {
  return image.layers
    .flatMap((other) => asApproval(other) ?? [])
    .filter(({ fact }) => fact.signature === 'valid' && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
}

/** True when the layer is about everything that its stage is about, and about nothing that is not in the image. */
export function coversAll({ fact }: LayerView, image: ImageView, stage = fact.approval?.stage): boolean {
  return isAboutAll(fact, image.about(stage));
}

/** What is wrong with a layer that names content which the image does not have. */
export function otherContent(view: LayerView): Reason {
  const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
  return reason('APPROVAL_OTHER_CONTENT', message);
}

/** Why the layer does not cover what the stage is about as it is; empty when it does. */
export function contentReasons(
  view: LayerView,
  image: ImageView,
  stage = view.fact.approval?.stage,
): readonly Reason[] {
  if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
  if (coversAll(view, image, stage)) return [];
  const covered = new Set(view.fact.covers);
  const gaps = image.about(stage).filter((id) => !covered.has(id));
  const parts = gaps.slice(0, 5).join(', ') || 'everything';
  return [reason('LAYER_PARTIAL', `${nameLayer(view)}: ${subjectOf(view)} leaves out ${parts}`)];
}

/** Why a layer is too old for its stage; a time that the signer states can make it older than it is proven to be. */
export function ageReasons(view: LayerView, { name, maxAge }: Stage, now: Date): readonly Reason[] {
  if (maxAge === undefined) return [];
  const { approval, signedAt, proven } = view.fact;
  const stated = Date.parse(approval?.timeVerified ?? signedAt ?? '');
  const times = [...(Number.isNaN(stated) ? [] : [stated]), ...(proven ? [proven.time.getTime()] : [])];
  const [oldest] = times.toSorted((a, b) => a - b);
  if (oldest !== undefined && now.getTime() - oldest <= maxAge) return [];
  const of = oldest === undefined ? 'does not say when it was made' : `is of ${toSecond(new Date(oldest))}`;
  return [reason('APPROVAL_TOO_OLD', `${nameLayer(view)}: it ${of}, too old for stage ${name}`)];
}

function subjectOf({ fact }: LayerView): string {
  return fact.approval ? `the approval of stage ${fact.approval.stage}` : 'the signature';
}

/** `object 5` in a SIF, the name in a registry. */
export function whereOf(place: Place): string {
  return place.in === 'sif' ? `object ${place.object}` : place.name;
}

/** A layer in a sentence: where it is and who made it. */
export function nameLayer(view: LayerView): string {
  return `${view.where} (${view.people.join(', ') || describeIdentity(view.fact.signer)})`;
}

/** An approval in a sentence. */
export function nameApproval({ approval, fact, where }: ApprovalView): string {
  return `the approval of stage ${approval.stage} at ${where} (${shortDigest(fact.digest)})`;
}

/** After every approval. */
const NO_SEQUENCE = Number.MAX_SAFE_INTEGER;

/** Objects of a file come as they lie there, what is attached in a registry in the order of approval. */
function layerKey({ place, digest, kind, signer, approval }: LayerFact): string {
  const order = place.in === 'sif' ? '' : `1 ${String(approval?.sequence ?? NO_SEQUENCE).padStart(16, '0')} `;
  return `${order}${placeKey(place)} ${kind} ${digest} ${JSON.stringify(signer)}`;
}

function evidenceKey({ place, digest, signature }: EvidenceFact): string {
  return `${placeKey(place)} ${digest} ${signature}`;
}

function placeKey(place: Place): string {
  return place.in === 'sif' ? `0 ${String(place.object).padStart(12, '0')}` : `1 ${place.name}`;
}

/** What a layer has to do with a stage. It counts unless one of the reasons is a problem. */
export interface Claim {
  readonly layer: LayerView;
  readonly reasons: readonly Reason[];
  readonly counts: boolean;
  /** Made by an outsider, or beside an approval that is not here: no approval of this stage, which stays missing. */
  readonly outsider: boolean;
}

/** Claims by stage name, for all stages of the policy. */
export type Claims = ReadonlyMap<string, readonly Claim[]>;
