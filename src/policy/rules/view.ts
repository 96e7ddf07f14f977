// SPDX-License-Identifier: Apache-2.0
// An image as evaluation looks at it: each layer with the principals behind its signer, and the lookups that all rules
// share. Layers are put into one fixed order first, so that no verdict depends on theirs.

import type { Approval, RosterEntry } from '../../attest/approval.ts';
import { shortDigest } from '../../base/bytes.ts';
import {
  isNamed,
  isSameSigner,
  type Reason,
  type SignerIdentity,
  type X509Identity,
} from '../../findings/signature.ts';
import type { Credential, Policy, X509Credential } from '../document/model.ts';
import type { EvidenceFact, ImageFacts, LayerFact, Place } from '../facts.ts';
import { reason } from '../reasons.ts';
import { matchesPattern, type PatternKind } from './pattern.ts';

/** A layer and who is behind it. */
export interface LayerView {
  readonly fact: LayerFact;
  /** `object 5`, or what the registry calls it. */
  readonly where: string;
  /** Principals that the signer is, proven by a valid signature; empty without a policy. */
  readonly principals: readonly string[];
  /** Valid, of a kind that may count, and by a principal (with a policy) or by trusted material (without). */
  readonly trusted: boolean;
}

/** A layer that is an approval. */
export interface ApprovalView extends LayerView {
  readonly approval: Approval;
}

/** An image and its layers in one order. */
export interface ImageView {
  readonly facts: ImageFacts;
  readonly layers: readonly LayerView[];
  readonly evidence: readonly EvidenceFact[];
  readonly now: Date;
}

/** The image as evaluation sees it. */
export function viewImage(policy: Policy | undefined, facts: ImageFacts, now: Date): ImageView {
  const ordered = [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b)));
  const layers = ordered.map((fact) => {
    const valid = fact.signature === 'valid' && fact.kind !== 'native-legacy' && fact.signer !== null;
    const principals = valid && policy && fact.signer ? matchPrincipals(policy, fact.signer) : [];
    const trusted = valid && isGivenBySigner(fact) && (policy === undefined || principals.length > 0);
    return { fact, where: whereOf(fact.place), principals, trusted };
  });
  const evidence = [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b)));
  return { facts, layers, evidence, now };
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

/**
 * True when two signatures without a statement may be parts of one: by one signer, in one format. Natively the header that
 * both cover must have an ID, or they must have been made in one second as one run makes them, lest the groups come from
 * several images.
 */
export function arePartsOfOne(one: LayerFact, other: LayerFact, { hasId }: ImageFacts): boolean {
  if (one.kind !== other.kind || !isSameSigner(one.signer, other.signer)) return false;
  return one.kind === 'cosign' || hasId === true || (one.signedAt !== null && one.signedAt === other.signedAt);
}

/** True when the layer is about everything in this image and about nothing else. */
export function coversAll(view: LayerView, image: ImageView): boolean {
  const covered = new Set(view.fact.covers);
  const { units } = image.facts;
  return units.length > 0 && !view.fact.contradicted && units.every(({ id }) => covered.has(id));
}

/** What is wrong with a layer that names content which the image does not have. */
export function otherContent(view: LayerView): Reason {
  const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
  return reason('APPROVAL_OTHER_CONTENT', message);
}

/** Why the layer does not cover the image as it is; empty when it does. */
export function contentReasons(view: LayerView, image: ImageView): readonly Reason[] {
  if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
  if (coversAll(view, image)) return [];
  const covered = new Set(view.fact.covers);
  const gaps = image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
  const parts = gaps.slice(0, 5).join(', ') || 'everything';
  return [reason('LAYER_PARTIAL', `${nameLayer(view)}: ${subjectOf(view)} leaves out ${parts}`)];
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

/**
 * Names of all principals that the identity belongs to, in the policy's order. Ask only for a signature whose status is
 * `valid`: before that an identity is a claim.
 */
export function matchPrincipals(policy: Pick<Policy, 'principals'>, identity: SignerIdentity): readonly string[] {
  return policy.principals
    .filter((principal) => principal.credentials.some((credential) => matchesCredential(credential, identity)))
    .map(({ name }) => name);
}

/**
 * True when the identity proves the credential. A fingerprint is compared whole and with the primary key only; a
 * certificate never satisfies a `key` credential, because its key may outlive the CA's consent.
 */
export function matchesCredential(credential: Credential, identity: SignerIdentity): boolean {
  switch (credential.method) {
    case 'pgp':
      return identity.method === 'pgp' && identity.fingerprint === credential.fingerprint;
    case 'key':
      return identity.method === 'key' && identity.hint === credential.hint;
    case 'x509':
      return identity.method === 'x509' && matchesCertificate(credential, identity);
    default:
      return credential satisfies never;
  }
}

function matchesCertificate(credential: X509Credential, identity: X509Identity): boolean {
  const { anchors, san, subject, issuer } = credential;
  if (!anchors.some((anchor) => identity.anchors.includes(anchor))) return false;
  if (san.length === 0 && subject.length === 0) return false;
  return (
    matchesField(san, identity.san, 'san') &&
    matchesField(subject, [identity.subject], 'subject') &&
    matchesField(issuer, [identity.issuer], 'issuer')
  );
}

/** A field that the policy leaves out does not restrict. */
function matchesField(patterns: readonly string[], values: readonly string[], kind: PatternKind): boolean {
  return (
    patterns.length === 0 || patterns.some((pattern) => values.some((value) => matchesPattern(pattern, value, kind)))
  );
}

/**
 * What one approval uses up of the person behind it: the key, the OpenPGP key with all its subkeys, and the names in a
 * certificate by which the policy recognises somebody. Two signers who have one of them in common are one person.
 */
export function personOf(policy: Pick<Policy, 'principals'>, identity: SignerIdentity): readonly string[] {
  const key = identity.hint ? [`key ${identity.hint}`] : [];
  if (identity.method === 'pgp') return [...key, `pgp ${identity.fingerprint}`];
  if (identity.method === 'key') return key;
  const names = policy.principals.flatMap(({ name, credentials }) =>
    credentials.flatMap((credential) =>
      matchesCredential(credential, identity) && credential.method === 'x509'
        ? namesMatched(credential, identity).map((value) => `name ${name} ${value.toLowerCase()}`)
        : [],
    ),
  );
  return [...key, ...names];
}

function namesMatched({ san, subject }: X509Credential, identity: X509Identity): readonly string[] {
  if (san.length === 0) return subject.length === 0 ? [] : [identity.subject];
  return identity.san.filter((value) => san.some((pattern) => matchesPattern(pattern, value, 'san')));
}

const EXPIRY: ReadonlySet<string> = new Set(['PGP_KEY_EXPIRED', 'PGP_SIGNATURE_EXPIRED']);

/**
 * Principals behind a signature that verifies, also when nothing but age is wrong with it now. Such a signature does not
 * count; it still shows who made it.
 */
export function principalsBehind(
  policy: Pick<Policy, 'principals'>,
  { signature, signer, reasons }: Pick<LayerFact, 'signature' | 'signer' | 'reasons'>,
): readonly string[] {
  if (!signer) return [];
  // Whose certificate has another fault than age leads to no anchor, and matches nobody.
  const aged =
    signature === 'untrusted' &&
    (signer.method === 'x509' || (reasons.length > 0 && reasons.every(({ code }) => EXPIRY.has(code))));
  return signature === 'valid' || aged ? matchPrincipals(policy, signer) : [];
}

/** An identity for people, in a few words. */
export function describeIdentity(identity: SignerIdentity | null): string {
  if (identity === null) return 'somebody unknown';
  switch (identity.method) {
    case 'pgp':
      return `OpenPGP key ${identity.fingerprint}`;
    case 'key':
      return `${identity.algorithm} key ${identity.hint}`;
    case 'x509':
      return `certificate of ${identity.san[0] ?? (identity.subject || identity.certificateSha256)}`;
    default:
      return identity satisfies never;
  }
}

/** An identity by all that a policy can recognise it by, in the policy's own spelling. */
export function describeForPolicy(identity: SignerIdentity): string {
  if (identity.method !== 'x509') return describeIdentity(identity);
  const { subject, san } = identity;
  const names = [
    ...(subject === '' ? [] : [`subject ${JSON.stringify(subject)}`]),
    ...san.map((name) => `san ${JSON.stringify(name)}`),
  ];
  return `the certificate with ${names.join(', ') || 'no name'}`;
}
