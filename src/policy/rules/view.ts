// SPDX-License-Identifier: Apache-2.0
// The facts about an image as evaluation looks at them: each layer with the principals behind its signer, and the
// lookups that all rules share. Layers are put into one fixed order first, so that no verdict depends on theirs.

import type { Approval } from '../../attest/approval.ts';
import { shortDigest } from '../../base/digest.ts';
import type { EvidenceFact, ImageFacts, LayerFact, Place } from '../facts.ts';
import { describeIdentity, matchPrincipals, signerNames } from './principals.ts';
import type { Policy } from '../document/model.ts';

/** A layer and who stands behind it. */
export interface LayerView {
  readonly fact: LayerFact;
  /** `object 5`, or what the registry calls it. */
  readonly where: string;
  /** Principals that the signer is, proven by a valid signature; empty without a policy. */
  readonly principals: readonly string[];
  /** Valid, of a kind that may count, and by a principal (with a policy) or by trusted material (without). */
  readonly trusted: boolean;
  /** The same for all layers of one signer. */
  readonly signer: string;
}

/** A layer that is an approval. */
export interface ApprovalView extends LayerView {
  readonly approval: Approval;
}

export interface ImageView {
  readonly facts: ImageFacts;
  readonly layers: readonly LayerView[];
  readonly evidence: readonly EvidenceFact[];
  readonly now: Date;
}

/** The image as evaluation sees it. */
export function viewImage(policy: Policy | undefined, facts: ImageFacts, now: Date): ImageView {
  const ordered = [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b)));
  const signers = groupSigners(ordered);
  const layers = ordered.map((fact) => {
    const valid = fact.signature === 'valid' && fact.kind !== 'native-legacy' && fact.signer !== null;
    const principals = valid && policy && fact.signer ? matchPrincipals(policy, fact.signer) : [];
    return {
      fact,
      where: whereOf(fact.place),
      principals,
      trusted: valid && (policy === undefined || principals.length > 0),
      signer: signers.get(fact) ?? '',
    };
  });
  const evidence = [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b)));
  return { facts, layers, evidence, now };
}

/** The approval of a layer, undefined for native and plain signatures. */
export function asApproval(view: LayerView): ApprovalView | undefined {
  const { approval, kind } = view.fact;
  return approval && kind === 'bundle' ? { ...view, approval } : undefined;
}

/** True when the layer is about everything in this image and about nothing else. */
export function coversAll(view: LayerView, image: ImageView): boolean {
  const covered = new Set(view.fact.covers);
  const { units } = image.facts;
  return units.length > 0 && !view.fact.contradicted && units.every(({ id }) => covered.has(id));
}

/** `object 5` in a SIF, the name in a registry. */
export function whereOf(place: Place): string {
  return place.in === 'sif' ? `object ${place.object}` : place.name;
}

/** A layer in a sentence: where it is and who made it. */
export function nameLayer(view: LayerView): string {
  return `${view.where} (${view.principals.join(', ') || describeIdentity(view.fact.signer)})`;
}

/** An approval in a sentence. */
export function nameApproval({ approval, fact, where }: ApprovalView): string {
  return `the approval of stage ${approval.stage} at ${where} (${shortDigest(fact.digest)})`;
}

/** Code unit order, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function layerKey({ place, digest, kind, signer }: LayerFact): string {
  const who = signer ? signerNames(signer).join(' ') : '';
  return `${placeKey(place)} ${kind} ${digest} ${who}`;
}

function evidenceKey({ place, digest, signature }: EvidenceFact): string {
  return `${placeKey(place)} ${digest} ${signature}`;
}

function placeKey(place: Place): string {
  return place.in === 'sif' ? `0 ${String(place.object).padStart(12, '0')}` : `1 ${place.name}`;
}

/** One name per signer: layers that share any name belong to the same one. */
function groupSigners(layers: readonly LayerFact[]): ReadonlyMap<LayerFact, string> {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    let root = name;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    return root;
  };
  const valid = layers.filter(({ signature }) => signature === 'valid');
  for (const { signer } of valid) {
    const roots = (signer ? signerNames(signer) : []).map(find).sort();
    for (const root of roots) parent.set(root, roots[0] ?? root);
  }
  return new Map(valid.map((fact) => [fact, find((fact.signer && signerNames(fact.signer)[0]) || '')]));
}
