// SPDX-License-Identifier: Apache-2.0
// What a new approval must say, from what was found on the image: the roster of earlier approvals, the evidence relied on,
// its place in the order. Pure; the same for SIFs and registries.

import { isSameSigner, nameOfSigner, nameText, type SignerIdentity, type SignerName } from '../findings/signature.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../policy/facts.ts';
import type { LoadedPolicy } from '../policy/document/load.ts';
import { sha256 } from '../base/bytes.ts';
import { compareText, toSecond } from '../base/text.ts';
import { type Approval, defaultVerifierId, type EvidenceEntry, type RosterEntry } from '../attest/approval.ts';
import type { SignedLayer } from '../attest/statement.ts';
import type { Signer } from '../crypto/signer.ts';
import type { Stage } from '../policy/document/model.ts';
import { checkRequirement } from '../policy/requires/requires.ts';
import {
  arePartsOfOne,
  isGivenBySigner,
  isPlain,
  type ScopeOf,
  scopesOf,
  standingFacts,
  viewImage,
} from '../policy/rules/view.ts';
import { withdrawalsIn } from '../policy/rules/standing.ts';
import { glassIn } from '../policy/break-glass/glass.ts';

/** What the user and the run add to an approval. */
export interface ApprovalRequest {
  readonly stage: string;
  readonly now: Date;
  readonly expires: Date | undefined;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  readonly run: Readonly<Record<string, string>> | undefined;
  /** Name of the image for people: a URI, file name or reference. */
  readonly resourceUri: string;
}

/** A policy and what approvals say of it. */
export type PolicyFile = Pick<LoadedPolicy, 'policy' | 'name' | 'digest'>;

/** The approval that follows from what was found on the image. */
export function newApproval(
  facts: ImageFacts,
  request: ApprovalRequest,
  rest: {
    readonly policy: PolicyFile | undefined;
    readonly native: Approval['native'];
    /** Who signs. */
    readonly signer: Pick<Signer, 'identity' | 'material'>;
    /** Earlier approvals of the stage that this one takes the place of. */
    readonly replaces: readonly LayerFact[];
    /** Those of them that are taken away when this approval is stored. */
    readonly without: readonly LayerFact[];
  },
): Approval {
  const { policy, native } = rest;
  const stage = policy?.policy.stages.find(({ name }) => name === request.stage);
  const relied =
    policy && stage && stage.requires.length > 0 ? reliedOn(policy, stage, { facts, now: request.now }) : undefined;
  const about = scopesOf(policy?.policy, facts.units)(request.stage);
  const earlier = (relied ?? facts.evidence.filter((one) => !one.record)).filter((one) =>
    isEarlier(one, facts, { known: policy !== undefined, about }),
  );
  const isChanged = facts.evidence.some((one) => one.withdrawal !== undefined || one.breakGlass !== undefined);
  const kept = isChanged ? [...withdrawalsIn(policy?.policy, facts), ...glassIn(policy?.policy, facts)] : [];
  const evidence = [...earlier, ...kept].map(evidenceEntry).sort((a, b) => compareText(evidenceKey(a), evidenceKey(b)));
  return {
    stage: request.stage,
    signer: signerOf(rest.signer),
    verifierId: stage?.id ?? defaultVerifierId(request.stage),
    timeVerified: toSecond(request.now),
    resourceUri: request.resourceUri,
    policy: policy ? { name: policy.name, digest: policy.digest } : { name: '', digest: null },
    ...order(facts, request, rest),
    replaces: dedupe(rest.replaces.flatMap(signedLayer), entryKey),
    evidence: dedupe(evidence, evidenceKey),
    // What is approved of an image that is no SIF is its manifest, and that is always read.
    dataVerified: facts.kind === 'oci' || facts.dataRead,
    expires: request.expires ? toSecond(request.expires) : null,
    native,
    reason: request.reason ?? null,
    ticket: request.ticket ?? null,
    run: request.run ?? null,
  };
}

/** Exactly the evidence by which the stage's requirements are met. */
function reliedOn(
  { policy }: PolicyFile,
  stage: Stage,
  { facts, now }: { readonly facts: ImageFacts; readonly now: Date },
): readonly EvidenceFact[] {
  const image = viewImage(policy, facts, now);
  return stage.requires.flatMap((one) => checkRequirement(one, { policy, stage, image }).relied);
}

/** The earlier approvals, and the place of the new one after them. */
function order(
  facts: ImageFacts,
  { stage, now }: Pick<ApprovalRequest, 'stage' | 'now'>,
  { policy, without }: { readonly policy: PolicyFile | undefined; readonly without: readonly LayerFact[] },
): Pick<Approval, 'sequence' | 'previous' | 'roster'> {
  const kinds = ['native-pgp', 'native-dsse'];
  for (const kind of ['cosign', 'notation', 'simple-signing'] as const)
    if (policy?.policy.stages.some(({ native }) => native.includes(kind))) kinds.push(kind);
  const about = scopesOf(policy?.policy, facts.units);
  const plain = plainParts(facts, kinds, wholesOf(policy, facts));
  const standing = standingFacts(policy?.policy, facts, now).layers;
  // One that names no signer, as those of edition 0.1.0, and does not stand any more could be listed by nobody.
  const lapsed = facts.layers.filter(
    ({ approval }, at) => approval && !approval.signer && standing[at]?.signature !== 'valid',
  );
  const seen = facts.layers
    .filter((layer) => ![...without, ...lapsed].includes(layer) && isOfConcern(layer, stage, { policy, about }))
    .filter(
      (layer) =>
        plain.includes(layer) ||
        isEarlier(layer, facts, { known: policy !== undefined, about: about(layer.approval?.stage) }),
    );
  const approvals = seen.flatMap(({ approval, digest }) => (approval ? [{ approval, digest }] : []));
  const sequence = 1 + Math.max(0, ...approvals.map(({ approval }) => approval.sequence));
  const [previous = null] = approvals
    .filter(({ approval }) => approval.sequence === sequence - 1)
    .map(({ digest }) => digest)
    .sort();
  const roster = seen
    .map((layer) => ({ stage: layer.approval?.stage ?? null, digest: layer.digest, signer: listedSigner(layer) }))
    .sort((a, b) => compareText(entryKey(a), entryKey(b)));
  return { sequence, previous, roster: dedupe(roster, entryKey) };
}

/**
 * False for an approval of other parts of the image, such as an overlay, that the stage does not come after: listed, it could
 * not be taken away or given anew without this one.
 */
function isOfConcern(
  { approval, covers }: LayerFact,
  stage: string,
  { policy, about }: { readonly policy: PolicyFile | undefined; readonly about: ScopeOf },
): boolean {
  const mine = new Set(about(stage));
  if (!policy || covers.length === 0 || covers.some((id) => mine.has(id))) return true;
  return approval !== null && stagesBefore(policy, stage).includes(approval.stage);
}

/** The name by which the approval is bound to whoever gives it. */
function signerOf({ identity, material }: Pick<Signer, 'identity' | 'material'>): Approval['signer'] {
  const name = nameOfSigner(identity);
  if (!name) return null;
  return { ...name, certificates: material.kind === 'certificates' ? material.chain.map(sha256) : [] };
}

/** Whose a layer is, where its signature shows that. */
function listedSigner({ signature, signer }: LayerFact): SignerName | null {
  return (signature === 'valid' && signer && nameOfSigner(signer)) || null;
}

function signedLayer({ digest, signer }: LayerFact): readonly SignedLayer[] {
  const name = signer && nameOfSigner(signer);
  return name ? [{ digest, signer: name }] : [];
}

/**
 * With whose it is, so that no copy by somebody else stands for it; also of a withdrawal by a key that has ended. An envelope in
 * cosign's tag does not say whose it is to anybody who does not know the key.
 */
function evidenceEntry(fact: EvidenceFact): EvidenceEntry {
  const { predicateType, digest, signature, signer, detached, place } = fact;
  const isBare = place.in === 'registry' && place.name.startsWith('tag ');
  const isKnown = (signature === 'valid' && !isBare) || signature === 'untrusted';
  const name = isKnown && signer && nameOfSigner(signer);
  return { predicateType, digest, ...(name ? { signer: name } : {}), ...(detached ? { detached } : {}) };
}

function evidenceKey({ digest, signer }: EvidenceEntry): string {
  return entryKey({ digest, signer: signer ?? null });
}

function entryKey({ digest, signer }: Pick<RosterEntry, 'digest' | 'signer'>): string {
  return `${digest} ${signer ? nameText(signer) : ''}`;
}

/**
 * True for a layer or evidence that belongs into a roster: it is about this content, and its signature holds. Without a
 * policy nobody is known, so everything readable that names this content counts as seen.
 */
function isEarlier(
  found: LayerFact | EvidenceFact,
  facts: ImageFacts,
  { known, about }: { readonly known: boolean; readonly about: readonly string[] },
): boolean {
  const covered = new Set(found.covers);
  if (found.contradicted || !about.every((id) => covered.has(id))) return false;
  if ('kind' in found && (isPlain(found) || found.kind === 'native-legacy')) return false;
  if ('kind' in found && !isGivenBySigner(found)) return false;
  if ('kind' in found && found.approval === null && isClaimed(found, facts)) return false;
  if (found.signature === 'valid') return true;
  const readable = found.signature === 'unknown-signer' || found.signature === 'untrusted';
  // A number beyond what its own list allows would only serve to drive ours out of range.
  if ('kind' in found && found.approval && found.approval.sequence > found.approval.roster.length + 1) return false;
  return !known && readable && !('kind' in found && found.approval === null);
}

/**
 * Signatures without a stage that one signer made for each part of the image, and that cover it together. What belongs to
 * an approval is in the roster with that.
 */
function plainParts(
  facts: ImageFacts,
  kinds: readonly string[],
  wholes: readonly (readonly string[])[],
): readonly LayerFact[] {
  const valid = facts.layers.filter(({ signature, contradicted }) => signature === 'valid' && !contradicted);
  const plain = valid.filter((layer) => kinds.includes(layer.kind) && !isAccompanying(layer, facts));
  return plain.filter((layer) => {
    const same = plain.filter((other) => arePartsOfOne(other, layer, facts) || other === layer);
    const covered = new Set(same.flatMap(({ covers }) => covers));
    return layer.covers.length > 0 && wholes.some((about) => about.every((id) => covered.has(id)));
  });
}

/** What a signature without a stage may be about: the whole image, or all that a stage is about which accepts such ones. */
function wholesOf(policy: PolicyFile | undefined, { units }: ImageFacts): readonly (readonly string[])[] {
  const about = scopesOf(policy?.policy, units);
  const accepting = policy?.policy.stages.filter(({ native }) => native.length > 0) ?? [];
  return [units.map(({ id }) => id), ...accepting.map(({ name }) => about(name)).filter(({ length }) => length > 0)];
}

/** Beside every approval in a registry is a cosign signature by the same key. */
function isAccompanying(layer: LayerFact, facts: ImageFacts): boolean {
  if (!isPlain(layer)) return isClaimed(layer, facts);
  return facts.layers.some(
    ({ approval, signature, signer }) =>
      approval !== null && signature === 'valid' && isSameSigner(signer, layer.signer),
  );
}

/** A native signature that a valid approval by the same key names as its other half is part of that approval. */
function isClaimed(native: LayerFact, facts: ImageFacts): boolean {
  return facts.layers.some(
    ({ approval, signature, signer }) =>
      signature === 'valid' &&
      isSameSigner(signer, native.signer) &&
      approval?.native.some(({ digest }) => digest === native.digest),
  );
}

/** The part of an identity that stays the same from one signature to the next. */
export function identityKey(identity: SignerIdentity): string {
  switch (identity.method) {
    case 'pgp':
      return `pgp:${identity.fingerprint}`;
    case 'key':
      return `key:${identity.hint}`;
    case 'x509':
      return `x509:${identity.certificateSha256}`;
    case 'sigstore':
      return `sigstore:${identity.san[0] ?? identity.hint}`;
    default:
      return identity satisfies never;
  }
}

/** Names of the stages that must come before this one, transitively, in policy order. */
export function stagesBefore(policy: Pick<LoadedPolicy, 'policy'>, stage: string): readonly string[] {
  const { stages } = policy.policy;
  const needed = new Set<string>();
  const visit = (name: string): void => {
    for (const before of stages.find((candidate) => candidate.name === name)?.after ?? []) {
      if (needed.has(before)) continue;
      needed.add(before);
      visit(before);
    }
  };
  visit(stage);
  return stages.map(({ name }) => name).filter((name) => needed.has(name));
}

function dedupe<T>(entries: readonly T[], keyOf: (entry: T) => string): readonly T[] {
  return [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
}
